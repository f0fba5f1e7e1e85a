"""From diagnostics reports to their output: the layouts, headings, filters and what follows the last report."""

from __future__ import annotations

import io
from typing import Any, Callable

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.errors import NoDataError
from ppparser.output.diagnostics import DiagnosticsWriter
from ppparser.output.formats import Format
from ppparser.program.terminal import COLOUR, PLAIN, Style
from ppparser.reports.diagnostics import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsReport, SelectedSignature
from ppparser.reports.log_reader import NO_LOGS
from tests.helpers.documents import frame, log
from tests.helpers.support import Check, document, expected

LOGS = document("logs.json")
SAVED_LOGS = DiagnosticsReport()
FOLDED: dict[str, Any] = {"output_format": Format.FOLDED}
CALL_STACKS: dict[str, Any] = {"layout": DiagnosticsLayout.CALL_STACKS}
DOCUMENTS: list[dict[str, Any]] = [
    {"output_format": each} for each in (Format.MARKDOWN, Format.HTML, Format.JSON, Format.CSV)
]
OPTIONS: list[dict[str, Any]] = [{}, CALL_STACKS, {"layout": DiagnosticsLayout.NOTHING}, FOLDED, *DOCUMENTS]


def writer_for(
    stdout: io.StringIO,
    report: DiagnosticsReport = SAVED_LOGS,
    warn: Callable[[str], None] = print,
    style: Style = PLAIN,
    output_format: Format = Format.TEXT,
    **options: Any,
) -> DiagnosticsWriter:
    return DiagnosticsWriter(report, DiagnosticsOptions(**options), output_format, stdout, style, warn)


def printed_logs(*reports_: dict[str, Any], **options: Any) -> tuple[str, str]:
    """Return what is written, and the error or the warnings."""
    stdout = io.StringIO()
    warnings: list[str] = []
    writer = writer_for(stdout, warn=warnings.append, **options)
    try:
        for report in reports_:
            writer.write_logs(report)
        writer.finish()
    except NoDataError as error:
        warnings.append(str(error))
    return stdout.getvalue(), "\n".join(warnings)


@pytest.mark.parametrize(
    ("options", "name"), [({}, "logs.txt"), (CALL_STACKS, "logs-callstack.txt"), (FOLDED, "logs-folded.txt")]
)
def test_layout_of_diagnostics(options: dict[str, Any], name: str, check: Check) -> None:
    out, error = printed_logs(LOGS, **options)
    check(out, name)
    assert error == ""


def test_default_is_the_summary_without_a_limit() -> None:
    assert DiagnosticsOptions() == (None, DiagnosticsLayout.SUMMARY, NO_FILTERS)


def test_limit_counts_logs(check: Check) -> None:
    out, error = printed_logs(LOGS, limit=1, **CALL_STACKS)
    check(out, "logs-limit.txt")
    assert error == ""
    folded, _ = printed_logs(LOGS, limit=1, **FOLDED)
    assert 0 < len(folded) < len(expected("logs-folded.txt"))


def heading(name: str, position: int = 1) -> SelectedSignature:
    return SelectedSignature(Signature("5a", name, "HANGS", 0.5, "", [], ""), position, 2)


def printed_with(
    selected: SelectedSignature, document: dict[str, Any], build: str = "", style: Style = PLAIN
) -> list[str]:
    stdout = io.StringIO()
    report = DiagnosticsReport(build=Build("", build))
    writer_for(stdout, report, style=style).write_logs(document, selected)
    return stdout.getvalue().splitlines()


def test_long_heading_is_wrapped_and_strong() -> None:
    lines = printed_with(heading("Tidepool: a b c d " + "e" * 50), LOGS, style=COLOUR)
    assert lines[:2] == [
        "\x1b[1mSignature 1 of 2, 50 % of hangs: Tidepool: a b c d\x1b[0m",
        f"\x1b[1m  {'e' * 50}\x1b[0m",
    ]


@pytest.mark.parametrize("options", OPTIONS)
def test_report_without_logs_is_an_error(options: dict[str, Any]) -> None:
    assert printed_logs({"productData": []}, **options) == ("", NO_LOGS)


@pytest.mark.parametrize("options", OPTIONS)
def test_one_report_with_logs_is_enough(options: dict[str, Any]) -> None:
    assert printed_logs({"productData": []}, LOGS, **options) == printed_logs(LOGS, **options)


def test_layout_nothing_only_checks_for_logs() -> None:
    assert printed_logs(LOGS, layout=DiagnosticsLayout.NOTHING) == ("", "")


@pytest.mark.parametrize("options", DOCUMENTS)
def test_document_is_written_when_all_logs_have_arrived(options: dict[str, Any]) -> None:
    stdout = io.StringIO()
    writer = writer_for(stdout, **options)
    writer.write_logs(LOGS)
    assert stdout.getvalue() == ""
    writer.finish()
    assert len(stdout.getvalue().splitlines()) > 2


def test_nothing_is_said_about_logs_if_a_report_is_missing() -> None:
    writer = writer_for(io.StringIO())
    writer.add_missing(heading("a"), "the network failed")
    writer.finish()


def test_list_of_signatures_needs_no_logs() -> None:
    writer_for(io.StringIO(), DiagnosticsReport(build=Build("7c1e"))).finish()


def test_filters_select_logs_in_every_layout(check: Check) -> None:
    filters = LogFilters("iPhone14,5", "17", "5")
    out, error = printed_logs(LOGS, filters=filters)
    check(out, "logs-device.txt")
    assert error == ""
    match = "match --device=iPhone14,5 --os=17 --app-version=5"
    folded, warning = printed_logs(LOGS, filters=filters, **FOLDED)
    assert folded.splitlines() == expected("logs-folded.txt").splitlines()[4:7]
    assert warning == f"1 of 4 logs {match}"
    stacks, _ = printed_logs(LOGS, filters=filters, **CALL_STACKS)
    assert stacks.count("  Log 1 of 1\n") == stacks.count("  Log ") == 1
    assert stacks.count(f"\n\n  1 of 2 logs {match}\n\n") == stacks.count(f"\n\n  0 of 2 logs {match}\n\n") == 1


@pytest.mark.parametrize("options", OPTIONS)
def test_filters_without_a_match_list_what_there_is(options: dict[str, Any]) -> None:
    _, error = printed_logs(LOGS, filters=LogFilters("iPhone1", app_version="5.2"), **options)
    assert error == (
        "no log matches --device=iPhone1 --app-version=5.2. The logs have\n"
        "  --device: iPhone13_3, iPhone14_5, unknown, iPad13_18\n"
        "  --app-version: 5.1, 5.0, unknown"
    )


def test_filters_of_insights_without_logs_are_not_mentioned() -> None:
    product = {"signatureId": "5a", "diagnosticInsights": [{"insightsCategory": "Flush"}]}
    out, error = printed_logs({"productData": [product]}, filters=LogFilters("iPhone"))
    assert (out, error) == ("Signature 1 of 1\n  ID 5a\n  insight Flush:\n\n  no logs\n\n", "")


def test_folding_without_counts_warns_that_leaves_are_counted() -> None:
    report = {"productData": [{"diagnosticLogs": [log([frame("a", None, frame("b", None))])]}]}
    assert printed_logs(report, report, **FOLDED) == (
        "a;b 2\n",
        "no frame has a sample count: each leaf counts once",
    )


def test_folding_no_frames_warns_of_nothing() -> None:
    assert printed_logs({"productData": [{"diagnosticLogs": [{}]}]}, **FOLDED) == ("", "")
