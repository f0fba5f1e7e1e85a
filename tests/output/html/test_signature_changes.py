"""What changed between two builds, as a table of an HTML page."""

from __future__ import annotations

import pytest

from ppparser.diagnostics.signature_changes import Change
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import App, Build
from ppparser.output.html.page import element
from ppparser.output.html.signature_changes import change_element, changes_section, function_element
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report
from tests.helpers.html_text import page_lines_of, text_of

BUILDS = Build("7c1e", "431"), Build("5b0d", "424")


def signature(name: str, weight: float, kind: str = "HANGS") -> Signature:
    return Signature(name, f"App: {name}", kind, weight, "", [], "")


def lines(report: DiagnosticsReport) -> list[str]:
    return list(page_lines_of(element("main", changes_section(report, 2))))


def test_changes_have_a_row_each_worst_first() -> None:
    new = {"HANGS": [signature("new", 0.3), signature("worse", 0.2), signature("worse", 0.1)]}
    old = {"HANGS": [signature("worse", 0.1)], "LAUNCHES": [signature("gone", 0.1, "LAUNCHES")]}
    assert lines(comparison_report(App(), BUILDS, new, old, 1)) == [
        "## Signatures of builds 424 and 431: 1 new, 1 worse, 1 gone",
        "% of all of its type in that build; points: the difference. A share is part of its own build's total, so it "
        "can rise only because another one fell. unchanged: less than 0.5 points apart; NEW, GONE: listed for one "
        "build alone build 431 has no LAUNCHES signatures: GONE may only mean too few reports there",
        "signature |  | 424 | 431 | points",
        "new HANGS | NEW | - | 30 % | -",
        "worse (2 signatures) HANGS | worse | 10 % | 30 % | +20",
        "gone LAUNCHES | GONE | 10 % | - | -",
    ]


def test_one_type_is_not_repeated() -> None:
    ranking = {"HANGS": [signature("a", 0.3)]}
    assert lines(comparison_report(App(), BUILDS, ranking, ranking, 1))[-1] == "a | unchanged | 30 % | 30 % | 0"


@pytest.mark.parametrize(
    ("change", "class_"),
    [
        (Change.NEW, "badge bad"),
        (Change.WORSE, "word bad"),
        (Change.UNKNOWN, "word quiet"),
        (Change.UNCHANGED, "word quiet"),
        (Change.BETTER, "word good"),
        (Change.GONE, "word good"),
    ],
)
def test_change_is_a_word_in_its_colour(change: Change, class_: str) -> None:
    made = change_element(change)
    assert (made.text, made.get("class")) == (change.value, class_)


def test_function_has_its_place_below_if_it_is_known() -> None:
    assert [text_of(function_element("f", place)) for place in ("A.m:5", "")] == ["f A.m:5", "f"]
