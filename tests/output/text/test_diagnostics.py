"""Tests of the lines of a diagnostics report that say what it is about and which line to open."""

from __future__ import annotations

import pytest

from ppparser.diagnostics.log_filters import NO_FILTERS
from ppparser.diagnostics.signatures import CoursePoint, Signature
from ppparser.documents.subject import App, Build
from ppparser.output.text.diagnostics import conclusion_lines, heading_lines, opening_lines
from ppparser.program.terminal import COLOUR, PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, Heading, comparison_report, ranking_report
from ppparser.reports.log_reader import LogReader
from tests.helpers.documents import app_frame, frame, log
from tests.helpers.support import tagged

APP = App("1", "Ridgeline", "com.example.ridgeline")
NEW, OLD = Build("7c1e", "431", "8.1.0", "IOS"), Build("5b0d", "424", "8.0.1", "IOS")
MAIN = Signature("5a", "App: main", "HANGS", 0.5, "UP", [CoursePoint("8.0.1", 40.0), CoursePoint("8.1.0", 50.0)], "")
WORSE = {"HANGS": [MAIN]}, {"HANGS": [MAIN._replace(weight=0.4)]}


def test_opening_names_the_app_and_ranks_the_signatures() -> None:
    assert tagged(opening_lines(ranking_report(APP, NEW, {"HANGS": [MAIN]}, 1), COLOUR)) == [
        "<strong>Ridgeline (com.example.ridgeline)<off>",
        "  version 8.1.0 on iOS, build 431, not on the App Store",
        "",
        "<strong>HANGS signatures of build 431<off>",
        "  share: % of all hangs, heaviest first; course: 8.0.1 <arrow> 8.1.0",
        "  ID  share     course  trend  signature",
        "  5a   50 %  40 <arrow> 50 %  <bad>up<off>     main",
        "",
    ]


def test_opening_of_a_comparison_names_both_builds() -> None:
    lines = list(opening_lines(comparison_report(APP, (NEW, OLD), *WORSE, 1), PLAIN))
    assert lines[:4] == [
        "Ridgeline (com.example.ridgeline)",
        "  version 8.1.0 on iOS, build 431, not on the App Store",
        "  against version 8.0.1 on iOS, build 424, not on the App Store",
        "",
    ]
    assert lines[-4:] == [
        "  worse  40 %  50 %     +10  main",
        "",
        "1 new or worse signature follows",
        "",
    ]


def test_opening_is_empty_without_a_build_and_names_no_unknown_app() -> None:
    assert list(opening_lines(DiagnosticsReport(), PLAIN)) == []
    lines = list(opening_lines(ranking_report(App(), Build("7c1e"), {"HANGS": []}, 1), PLAIN))
    assert lines == ["No HANGS signatures of build 7c1e", ""]


def test_heading_says_what_became_of_the_signature() -> None:
    [heading] = comparison_report(APP, (NEW, OLD), *WORSE, 1).headings
    assert tagged(heading_lines(heading, COLOUR)) == ["<strong>Signature 1 of 1, worse, 50 % of hangs: App: main<off>"]


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (ranking_report(APP, NEW, {"HANGS": [MAIN]}, 1), "50 % of hangs, 40 % in 8.0.1"),
        (comparison_report(APP, (NEW, OLD), *WORSE, 1), "50 % of hangs, 40 % in build 424"),
        (comparison_report(APP, (NEW, OLD), {"HANGS": [MAIN]}, {}, 1), "50 % of hangs, new since build 424"),
    ],
)
def test_conclusion_names_the_line_and_the_reason(report: DiagnosticsReport, reason: str) -> None:
    [heading] = report.headings
    assert conclusion(report, heading, app_frame("main", 1, place="A.m:1")) == [f"Open <bad>A.m:1<off>: {reason}"]


def test_without_a_path_or_a_signature_there_is_no_conclusion() -> None:
    report = ranking_report(APP, NEW, {"HANGS": [MAIN]}, 1)
    assert conclusion(report, report.headings[0], frame("main", 1)) == []
    assert conclusion(report, None, app_frame("main", 1)) == []


def conclusion(report: DiagnosticsReport, heading: Heading | None, root: dict[str, object]) -> list[str]:
    reader = LogReader(None, NO_FILTERS)
    selected = reader.select({"productData": [{"signatureId": "5a", "diagnosticLogs": [log([root])]}]})
    [signature] = reader.merge(selected, heading)
    return [line for one in conclusion_lines(signature, report, COLOUR) for line in tagged([one])]
