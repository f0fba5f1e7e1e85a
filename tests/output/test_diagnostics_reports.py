"""Small diagnostics reports, each for one of the rules of reading them, in every format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Callable

import pytest

from ppparser.diagnostics.function_changes import FunctionComparison, function_shares
from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import CoursePoint, Signature
from ppparser.documents.subject import App, Build
from ppparser.output.data.function_changes_csv import comparison_csv_lines
from ppparser.output.data.function_changes_json import comparison_json_lines
from ppparser.output.formats import Format
from ppparser.output.html.function_changes import comparison_html_lines
from ppparser.output.markdown.function_changes import comparison_markdown_lines
from ppparser.output.text.function_changes import comparison_lines
from ppparser.program.terminal import COLOUR
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.fake_api import BUNDLE_ID
from tests.helpers.documents import Object, app_frame, frame, log, logs_document
from tests.helpers.html_text import page_lines
from tests.helpers.schemas import validated
from tests.helpers.signatures import APP, LOGS, NEW, OLD, compared, printed, shares, signature
from tests.helpers.support import Check, document, tagged

FORMATS = {
    "txt": Format.TEXT,
    "md": Format.MARKDOWN,
    "page.txt": Format.HTML,
    "json": Format.JSON,
    "csv": Format.CSV,
}


def course(*percents: float) -> list[CoursePoint]:
    """Return the shares in the last versions up to 8.1.0."""
    versions = ["8.0.0", "8.0.1", "8.1.0"]
    return [CoursePoint(version, percent) for version, percent in zip(versions[-len(percents) :], percents)]


def hangs(*signatures: Signature, count: int = 0) -> DiagnosticsReport:
    """Return a ranking of hangs, with a heading for each of the first signatures."""
    return ranking_report(APP, NEW, {"HANGS": [*signatures]}, count)


def product(name: str, *logs: Object) -> Object:
    return {"signatureId": name, "diagnosticLogs": list(logs)}


def long_path() -> Object:
    """Return a stack of nine frames of the app."""
    root = app_frame("f9", 1, place="F9.m:1")
    for number in range(8, 0, -1):
        root = app_frame(f"f{number}", 1, root, place=f"F{number}.m:1")
    return root


MAIN = signature(direction="UP", course=course(40.0, 50.0))
OTHER = signature("App: other", 0.25, course=course(25.0))
PATH = app_frame("main", 2000, app_frame("inner", 1900, place="B.swift:x"), frame("tiny", 1), place="A.m:1")
DETAILS = {
    "appVersion": "8.1.0",
    "buildVersion": "424",
    "bundleId": BUNDLE_ID,
    "deviceType": "iPhone15_2",
    "osVersion": "iPhone OS 18.5",
    "platformArchitecture": "arm64e",
    "event": "hang",
    "eventDetail": "unresponsive for 1.95 seconds",
    "writesCaused": "3 MB",
}
DOCUMENTATION = "doc://com.apple.documentation/documentation/xcode/reducing-disk-writes#Overview"
INSIGHTS = [
    {"insightsCategory": "Many", "insightsString": "Collect the records. " * 4, "insightsURL": DOCUMENTATION},
    {"insightsString": "Short.", "insightsURL": f"https://example.com/{DOCUMENTATION}"},
    {"insightsCategory": "Bare"},
]
OLD_HANGS = {
    "App: main": 0.1,
    "App: unknown": None,
    "App: same": 0.201,
    "App: better": 0.3,
    "App: gone": 0.0125,
}
NEW_HANGS = {
    "App: new": 0.2,
    "App: main": 0.1234,
    "App: unknown": 0.1,
    "App: same": 0.2005,
    "App: same + 8": 0.0001,
    "App: better": 0.2,
}
SAME = {"HANGS": [signature(), signature("App: main + 8")]}
BINARIES = {"HANGS": [signature(name) for name in ("App: main", "Helper: main", "x")]}
SYSTEM = frame("start", 9, frame("run", 9, frame("read", 9, binaryName="libsystem"), binaryName="libsystem"))

# Name -> a report, and for each of its headings the logs, or why there are none; saved logs have no headings.
REPORTS: dict[str, tuple[DiagnosticsReport, Sequence[Object | str]]] = {
    "ranking": (
        hangs(
            *(MAIN, OTHER, signature("App: b", 0.1234, direction="DOWN", course=course(20.0, 18.0, 12.34))),
            *(signature("App: d", 0.0, direction="SIDEWAYS"), signature("App: e", None, direction="UNDEFINED")),
        ),
        [],
    ),
    "ranking-of-several-binaries": (hangs(signature(), signature("Kit: f + 8", 0.25)), []),
    "ranking-of-types": (
        ranking_report(
            APP,
            NEW,
            {
                "HANGS": [],
                **{kind: [signature(kind=kind)] for kind in ("DISK_WRITES", "LAUNCHES", "NEW_TYPE")},
            },
            0,
        ),
        [],
    ),
    "nothing-known": (
        ranking_report(App(), Build("7c1e"), {"HANGS": [signature("main", None)]}, 1),
        [logs_document({}, signature_id=None)],
    ),
    "lines-to-open": (
        hangs(MAIN, OTHER, signature("App: third", 0.2), signature("App: fourth", 0.1), count=4),
        [
            LOGS,
            *(logs_document(log([root])) for root in (app_frame("b", 4), long_path(), frame("main", 1))),
        ],
    ),
    "signature-with-logs": (
        hangs(MAIN, count=1),
        [
            logs_document(
                *(log([PATH], **DETAILS), log([frame("start", 4)], appVersion="8.1.0"), {}),
                insights=INSIGHTS,
            )
        ],
    ),
    "shared-wrapper": (
        hangs(MAIN, OTHER, signature("App: third", 0.2), signature("App: fourth", 0.1), count=4),
        [LOGS, logs_document(log([app_frame("main", 4, place="A.m:2")])), LOGS, LOGS],
    ),
    "missing-logs": (hangs(MAIN, OTHER, count=2), ["responded 500:\n  \x1b[2J\n  Request ID: 7", LOGS]),
    "no-logs": (hangs(MAIN, count=1), [{"productData": []}]),
    "logs-in-two-places": (hangs(MAIN, count=1), [{"productData": LOGS["productData"] * 2}]),
    "saved-logs": (DiagnosticsReport(), [document("logs.json")]),
    "many-saved-logs": (
        DiagnosticsReport(),
        [{"productData": [product(f"{n}", log([app_frame(f"f{n}", 1), frame("b", 1)])) for n in range(12)]}],
    ),
    "saved-insights": (DiagnosticsReport(), [{"productData": [{"diagnosticInsights": INSIGHTS}]}]),
    "log-without-call-stacks": (hangs(MAIN, count=1), [logs_document(log())]),
    "main-thread-without-counts": (
        hangs(MAIN, count=1),
        [logs_document(log([app_frame("a", None)], [frame("b", None)], per_thread=True))],
    ),
    "run-of-system-frames": (DiagnosticsReport(), [logs_document(log([SYSTEM]))]),
    "comparison": (
        comparison_report(
            APP,
            (NEW, OLD),
            {
                "HANGS": [signature(name, weight) for name, weight in NEW_HANGS.items()],
                "LAUNCHES": [signature("App: b", kind="LAUNCHES")],
            },
            {
                "HANGS": [signature(name, weight) for name, weight in OLD_HANGS.items()],
                "DISK_WRITES": [signature("App: c", kind="DISK_WRITES")],
            },
            2,
        ),
        [LOGS, LOGS],
    ),
    "comparison-with-a-worse-signature": (
        comparison_report(APP, (NEW, OLD), {"HANGS": [signature()]}, {"HANGS": [signature(weight=0.4)]}, 1),
        [LOGS],
    ),
    "comparison-without-changes": (comparison_report(APP, (NEW, OLD), SAME, SAME, 1), []),
    "comparison-of-several-binaries": (comparison_report(App("1"), (NEW, OLD), BINARIES, BINARIES, 1), []),
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_report_is_as_expected(name: str, ending: str, check: Check) -> None:
    check_format(printed(*REPORTS[name], FORMATS[ending], COLOUR), name, ending, check)


@pytest.mark.parametrize("ending", FORMATS)
def test_filters_and_the_number_of_matches_are_named(ending: str, check: Check) -> None:
    filters = LogFilters("iPhone14,5", None, "5")
    lines = printed(*REPORTS["saved-logs"], FORMATS[ending], COLOUR, filters)
    check_format(lines, "saved-logs-filtered", ending, check)


def check_format(lines: list[str], name: str, ending: str, check: Check) -> None:
    """Compare the output with a file; of a page, what a reader sees."""
    if ending == "json" and lines:
        validated("diagnostics", "\n".join(lines))
    if ending == "page.txt" and lines:
        lines = page_lines("\n".join(lines))
    check(tagged(lines) if ending == "txt" else lines, f"reports/{name}.{ending}")


# --- functions

COMPARISON_RENDERERS: dict[str, Callable[[FunctionComparison], Iterable[str]]] = {
    "txt": lambda comparison: tagged(comparison_lines(comparison, COLOUR)),
    "md": comparison_markdown_lines,
    "page.txt": lambda comparison: page_lines("\n".join(comparison_html_lines(comparison))),
    "json": comparison_json_lines,
    "csv": comparison_csv_lines,
}
TINY = function_shares([log([app_frame("a", 1)]), {"callStackTree": []}])._replace(samples=1000)
COMPARISONS = {
    "functions": compared(
        shares(new=100, worse=300, same=200, tiny=9), shares(worse=250, same=201, gone=100, tiny=8, small=9)
    ),
    "functions-without-changes": compared(shares(a=500, tiny=1), shares(a=500, tiny=1)),
    "functions-without-a-line": compared(shares(a=100), shares(a=200)),
    "functions-below-one-percent": compared(TINY, TINY),
    "functions-without-counts": compared(shares(a=1000), function_shares([log([app_frame("a", None)])])),
}


@pytest.mark.parametrize("ending", COMPARISON_RENDERERS)
@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison_of_functions_is_as_expected(name: str, ending: str, check: Check) -> None:
    lines = list(COMPARISON_RENDERERS[ending](COMPARISONS[name]))
    if ending == "json":
        validated("functions", "\n".join(lines))
    check(lines, f"reports/{name}.{ending}")
