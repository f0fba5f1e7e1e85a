"""From diagnostics reports to their output: the layouts, headings, filters and what follows the last report."""

from __future__ import annotations

import io
import re
from typing import Any, Callable

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.errors import NoDataError
from ppparser.output.diagnostics import DiagnosticsWriter
from ppparser.output.formats import Format
from ppparser.program.terminal import COLOUR, PLAIN, Style
from ppparser.reports.diagnostics import DiagnosticsLayout, DiagnosticsOptions, DiagnosticsReport, Heading
from ppparser.reports.log_reader import NO_LOGS
from tests.helpers.documents import app_frame, frame, log
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


def heading(name: str, position: int = 1) -> Heading:
    return Heading(Signature("5a", name, "HANGS", 0.5, "", [], ""), position, 2)


def printed_with(heading: Heading, document: dict[str, Any], build: str = "", style: Style = PLAIN) -> list[str]:
    stdout = io.StringIO()
    report = DiagnosticsReport(build=Build("", build))
    writer_for(stdout, report, style=style).write_logs(document, heading)
    return stdout.getvalue().splitlines()


def test_heading_replaces_the_numbers_of_the_signatures() -> None:
    lines = [line for line in expected("logs.txt").splitlines() if not line.startswith("Signature")]
    titled = printed_with(heading("Tidepool: main + 8"), LOGS)
    assert titled == ["Signature 1 of 2, 50 % of hangs: Tidepool: main", *lines]


def test_heading_names_the_frame_and_the_build() -> None:
    lines = printed_with(heading("Tidepool: Catalog.save(_:) + 8"), LOGS, "5104")
    assert "  look at  [Catalog.swift:88] \u203a Store.swift:31" in lines
    assert any(line.startswith("    5.1      5103 !  iPhone13_3") for line in lines)


def test_long_heading_is_wrapped_and_strong() -> None:
    lines = printed_with(heading("Tidepool: a b c d " + "e" * 50), LOGS, style=COLOUR)
    assert lines[:2] == [
        "\x1b[1mSignature 1 of 2, 50 % of hangs: Tidepool: a b c d\x1b[0m",
        f"\x1b[1m  {'e' * 50}\x1b[0m",
    ]


def test_conclusions_follow_the_last_signature_with_a_path() -> None:
    stdout = io.StringIO()
    writer = writer_for(stdout)
    writer.write_logs({"productData": LOGS["productData"][:1]}, heading("Tidepool: Catalog.save(_:) + 8"))
    writer.write_logs({"productData": LOGS["productData"][1:]}, heading("Helper: main", 2))
    before = stdout.getvalue()
    writer.finish()
    assert stdout.getvalue() == f"{before}Open Catalog.swift:88: 50 % of hangs\n"


def test_report_of_insights_alone_is_printed() -> None:
    product = {"signatureId": "5a", "diagnosticInsights": [{"insightsCategory": "Flush", "insightsString": "Less."}]}
    out = "Signature 1 of 1\n  ID 5a\n  insight Flush: Less.\n\n  no logs\n\n"
    assert printed_logs({"productData": [product]}) == (out, "")


def test_signature_without_logs_has_a_heading_and_says_so() -> None:
    assert printed_with(heading("a"), {"productData": []}) == [
        "Signature 1 of 2, 50 % of hangs: a",
        "  no logs",
        "",
    ]


def test_wrapper_is_labelled_from_its_second_signature_on() -> None:
    def product(name: str) -> dict[str, Any]:
        inner = app_frame("execute", 5, place="DB.m:9", binaryName="App")
        found = log([app_frame(name, 5, inner, place=f"{name}.swift:1")])
        return {"signatureId": name, "diagnosticLogs": [found]}

    other = {"signatureId": "x", "diagnosticLogs": [log([app_frame("execute", 5, place="DB.m:8", binaryName="App")])]}
    out, _ = printed_logs({"productData": [product("a"), other, product("b"), product("c")]})
    labels = [
        (part[0], "\n".join(re.findall(" is a shared wrapper: .*", part))) for part in out.split("Signature ")[1:]
    ]
    assert labels == [
        ("1", ""),
        ("2", ""),
        ("3", " is a shared wrapper: signature 1 ends there too"),
        ("4", " is a shared wrapper: signatures 1, 3 end there too"),
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


def test_reason_of_missing_logs_is_one_safe_line() -> None:
    stdout, one = io.StringIO(), heading("a")
    report = DiagnosticsReport(build=Build("7c1e"), rankings={"HANGS": [one.signature]})
    writer = writer_for(stdout, report, output_format=Format.CSV)
    writer.add_missing(one, "responded 500:\n  \x1b[2J\n  Request ID: 7")
    writer.finish()
    assert r",responded 500: \x1b[2J Request ID: 7," in stdout.getvalue()


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
