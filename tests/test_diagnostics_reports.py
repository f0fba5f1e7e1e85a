"""From diagnostics reports to their output: the layouts, headings, filters and what follows the last report."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from documents import app_frame, frame, log
from support import document, expected

from ppparser.diagnostics import Signature
from ppparser.diagnostics_reports import (
    NO_LOGS,
    DiagnosticsLayout,
    DiagnosticsOptions,
    DiagnosticsWriter,
    Heading,
)
from ppparser.errors import NoDataError
from ppparser.log_filters import NO_FILTERS, LogFilters
from ppparser.terminal import COLOUR, PLAIN, Style

LOGS = document("logs.json")


def printed_logs(
    *reports_: dict[str, Any], layout: DiagnosticsLayout = DiagnosticsLayout.SUMMARY, **options: Any
) -> tuple[str, str]:
    """Return what is written, and the error or the warnings."""
    stdout = io.StringIO()
    warnings: list[str] = []
    writer = DiagnosticsWriter(DiagnosticsOptions(layout=layout, **options), stdout, PLAIN, warnings.append)
    try:
        for report in reports_:
            writer.write_report(report)
        writer.finish()
    except NoDataError as error:
        warnings.append(str(error))
    return stdout.getvalue(), "\n".join(warnings)


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        (DiagnosticsLayout.SUMMARY, "logs.txt"),
        (DiagnosticsLayout.CALL_STACKS, "logs-callstack.txt"),
        (DiagnosticsLayout.FOLDED, "logs-folded.txt"),
    ],
)
def test_layout_of_diagnostics(layout: DiagnosticsLayout, name: str) -> None:
    assert printed_logs(LOGS, layout=layout) == (expected(name), "")


def test_default_is_the_summary_without_a_limit() -> None:
    assert DiagnosticsOptions() == (None, DiagnosticsLayout.SUMMARY, NO_FILTERS)


def test_limit_counts_logs() -> None:
    assert printed_logs(LOGS, limit=1, layout=DiagnosticsLayout.CALL_STACKS) == (expected("logs-limit.txt"), "")
    folded, _ = printed_logs(LOGS, limit=1, layout=DiagnosticsLayout.FOLDED)
    assert 0 < len(folded) < len(expected("logs-folded.txt"))


def heading(name: str, position: int = 1, build: str = "") -> Heading:
    return Heading(Signature("5a", name, "HANGS", 0.5, "", [], ""), position, 2, build)


def printed_with(heading: Heading, report: dict[str, Any], style: Style = PLAIN) -> list[str]:
    stdout = io.StringIO()
    DiagnosticsWriter(DiagnosticsOptions(), stdout, style, print).write_report(report, heading)
    return stdout.getvalue().splitlines()


def test_heading_replaces_the_numbers_of_the_signatures() -> None:
    lines = [line for line in expected("logs.txt").splitlines() if not line.startswith("Signature")]
    titled = printed_with(heading("Tidepool: main + 8"), LOGS)
    assert titled == ["Signature 1 of 2, 50 % of hangs: Tidepool: main", *lines]


def test_heading_names_the_frame_and_the_build() -> None:
    lines = printed_with(heading("Tidepool: Catalog.save(_:) + 8", build="5104"), LOGS)
    assert "  look at  [Catalog.swift:88] \u203a Store.swift:31" in lines
    assert any(line.startswith("    5.1      5103 !  iPhone13_3") for line in lines)


def test_long_heading_is_wrapped_and_strong() -> None:
    lines = printed_with(heading("Tidepool: a b c d " + "e" * 50), LOGS, COLOUR)
    assert lines[:2] == [
        "\x1b[1mSignature 1 of 2, 50 % of hangs: Tidepool: a b c d\x1b[0m",
        f"\x1b[1m  {'e' * 50}\x1b[0m",
    ]


def test_conclusions_follow_the_last_signature_with_a_path() -> None:
    stdout = io.StringIO()
    writer = DiagnosticsWriter(DiagnosticsOptions(), stdout, PLAIN, print)
    writer.write_report({"productData": LOGS["productData"][:1]}, heading("Tidepool: Catalog.save(_:) + 8"))
    writer.write_report({"productData": LOGS["productData"][1:]}, heading("Helper: main", 2))
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


@pytest.mark.parametrize("layout", DiagnosticsLayout)
def test_report_without_logs_is_an_error(layout: DiagnosticsLayout) -> None:
    assert printed_logs({"productData": []}, layout=layout) == ("", NO_LOGS)


@pytest.mark.parametrize("layout", DiagnosticsLayout)
def test_one_report_with_logs_is_enough(layout: DiagnosticsLayout) -> None:
    assert printed_logs({"productData": []}, LOGS, layout=layout) == printed_logs(LOGS, layout=layout)


def test_layout_nothing_only_checks_for_logs() -> None:
    assert printed_logs(LOGS, layout=DiagnosticsLayout.NOTHING) == ("", "")


def test_nothing_is_said_about_logs_if_a_report_is_missing() -> None:
    DiagnosticsWriter(DiagnosticsOptions(), io.StringIO(), PLAIN, print).finish(has_failures=True)


def test_filters_select_logs_in_every_layout() -> None:
    filters = LogFilters("iPhone14,5", "17", "5")
    out, error = printed_logs(LOGS, filters=filters)
    assert (out, error) == (expected("logs-device.txt"), "")
    match = "match --device=iPhone14,5 --os=17 --app-version=5"
    folded, warning = printed_logs(LOGS, filters=filters, layout=DiagnosticsLayout.FOLDED)
    assert folded.splitlines() == expected("logs-folded.txt").splitlines()[4:7]
    assert warning == f"1 of 4 logs {match}"
    stacks, _ = printed_logs(LOGS, filters=filters, layout=DiagnosticsLayout.CALL_STACKS)
    assert stacks.count("  Log 1 of 1\n") == stacks.count("  Log ") == 1
    assert stacks.count(f"\n\n  1 of 2 logs {match}\n\n") == stacks.count(f"\n\n  0 of 2 logs {match}\n\n") == 1


@pytest.mark.parametrize("layout", DiagnosticsLayout)
def test_filters_without_a_match_list_what_there_is(layout: DiagnosticsLayout) -> None:
    _, error = printed_logs(LOGS, filters=LogFilters("iPhone1", app_version="5.2"), layout=layout)
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
    assert printed_logs(report, report, layout=DiagnosticsLayout.FOLDED) == (
        "a;b 2\n",
        "no frame has a sample count: each leaf counts once",
    )


def test_folding_no_frames_warns_of_nothing() -> None:
    assert printed_logs({"productData": [{"diagnosticLogs": [{}]}]}, layout=DiagnosticsLayout.FOLDED) == ("", "")
