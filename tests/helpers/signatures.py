"""Builders of diagnostics reports with logs, and of compared logs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from ppparser.diagnostics.function_changes import (
    FunctionComparison,
    FunctionShares,
    LogSource,
    compare_functions,
    function_shares,
)
from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signatures import CoursePoint, Signature
from ppparser.documents.subject import App, Build
from ppparser.errors import NoDataError
from ppparser.output.diagnostics import DiagnosticsWriter
from ppparser.output.formats import Format
from ppparser.program.terminal import PLAIN, Style
from ppparser.reports.diagnostics import (
    DiagnosticsOptions,
    DiagnosticsReport,
    MissingLogs,
    SelectedSignature,
    SignatureReport,
    ranking_report,
)
from ppparser.reports.log_reader import LogReader
from tests.helpers.documents import Object, app_frame, frame, log, logs_document

APP = App("1", "Ridgeline", "com.example.ridgeline")
NEW, OLD = Build("7c1e", "431", "8.1.0", "IOS"), Build("5b0d", "424", "8.0.1", "IOS")
LOGS = logs_document(log([app_frame("main", 4, place="A.m:1")]))


def signature(name: str = "App: main", weight: float | None = 0.5, kind: str = "HANGS", **members: Any) -> Signature:
    """Return a signature whose ID is its name."""
    return Signature(name, name, kind, weight, "", [], "")._replace(**members)


def with_logs(
    report: DiagnosticsReport, *downloads: Object | str, filters: LogFilters = NO_FILTERS
) -> DiagnosticsReport:
    """Return a report with the logs of its headings, or why there are none; saved logs have no headings."""
    reader = LogReader(None, filters)
    signatures: list[SignatureReport] = []
    missing = []
    headings: list[SelectedSignature | None] = [*report.selected] or [None]
    for heading, download in zip(headings, downloads):
        if not isinstance(download, str):
            signatures += reader.merge(reader.select(download), heading)
        elif heading:
            missing.append(MissingLogs(heading, download))
    return report._replace(filters=filters, signatures=signatures, missing=missing)


def printed(
    report: DiagnosticsReport,
    downloads: Sequence[Object | str],
    output_format: Format,
    style: Style = PLAIN,
    filters: LogFilters = NO_FILTERS,
) -> list[str]:
    """Return the lines of a report, to whose headings the downloads belong; saved logs have no headings."""
    stdout = io.StringIO()
    writer = DiagnosticsWriter(report, DiagnosticsOptions(filters=filters), output_format, stdout, style, print)
    headings: list[SelectedSignature | None] = [*report.selected] or [None] * len(downloads)
    try:
        for heading, download in zip(headings, downloads):
            if not isinstance(download, str):
                writer.write_logs(download, heading)
            elif heading:
                writer.add_missing(heading, download)
        writer.finish()
    except NoDataError:
        pass
    return stdout.getvalue().split("\n")[:-1]


def hostile_report(name: str) -> DiagnosticsReport:
    """Return a report in which every text is `name`, of one signature with logs and one whose logs are missing."""
    one = Signature(name, name, name, 0.5, name, [CoursePoint(name, 1.0), CoursePoint(name, 50.0)], "")
    members = {"binaryName": name, "fileName": name, "lineNumber": name, "insightsCategory": name}
    stack = frame(name, 2, frame("inner", 2, isBlameFrame=True, fileName=name), isBlameFrame=True, **members)
    keys = ("appVersion", "buildVersion", "bundleId", "deviceType", "osVersion", "event", "eventDetail", "writesCaused")
    logs = logs_document(
        log([stack], **dict.fromkeys(keys, name)),
        signature_id=name,
        insights=[{"insightsCategory": name, "insightsString": name, "insightsURL": name}],
    )
    rankings = {name: [one, one._replace(weight=0.4)]}
    report = ranking_report(App(name, name, name), Build(name, name, name, name, name, name), rankings, 2)
    return with_logs(report, logs, name)


def shares(**samples: int) -> FunctionShares:
    """Return the shares of functions in 1000 samples, each in a file of its own."""
    frames = [app_frame(name, count, place=f"{name}.swift:7") for name, count in samples.items()]
    rest = app_frame("rest", 1000 - sum(samples.values()))
    return function_shares([log([*frames, rest])])


def compared(new: FunctionShares, old: FunctionShares) -> FunctionComparison:
    """Return what became of the functions of two reports, one with logs of two versions, one with unknown ones."""
    sources = LogSource("new.json", 2, ["5.1", "5.0"], new), LogSource("old.json", 1, [], old)
    return FunctionComparison(*sources, compare_functions(new, old))


def hostile_comparison(name: str) -> FunctionComparison:
    """Return a comparison in which every text is `name`, of a function that is new."""
    members = {"binaryName": name, "fileName": name, "lineNumber": name, "isBlameFrame": True}
    new, old = function_shares([log([frame(name, 4, **members)])]), function_shares([log([app_frame("old", 4)])])
    sources = LogSource(name, 1, [name], new), LogSource(name, 1, [name], old)
    return FunctionComparison(*sources, compare_functions(new, old))
