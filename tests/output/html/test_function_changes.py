"""What changed between the logs in two reports, as an HTML page."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.function_changes import FunctionComparison, FunctionShares
from ppparser.output.html.function_changes import comparison_html_lines
from tests.helpers.html_text import page_lines_of, read_page, text_of
from tests.helpers.signatures import compared, hostile_comparison, shares
from tests.output.html.test_diagnostics import DIAGNOSTICS_ATTRIBUTES, DIAGNOSTICS_TAGS
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE


def page(comparison: FunctionComparison) -> Element:
    return read_page("\n".join(comparison_html_lines(comparison)))


def lines(new: FunctionShares, old: FunctionShares) -> list[str]:
    return list(page_lines_of(page(compared(new, old))))


def test_functions_have_a_row_each_after_the_line_to_open() -> None:
    new = shares(new=100, worse=300, same=200, tiny=9)
    old = shares(worse=250, same=201, gone=100, tiny=8, small=9)
    assert lines(new, old) == [
        "Functions of your app: 1 new, 1 worse, 1 unchanged, 1 better, 1 gone",
        "# Functions of your app: 1 new, 1 worse, 1 unchanged, 1 better, 1 gone",
        "New: new.json, 2 logs of 5.1, 5.0",
        "Old: old.json, 1 log",
        "## Open new.swift:7",
        "in new",
        "10 % of the samples, not in the old logs",
        "## Functions",
        "% of all 1000 old and 1000 new samples that were taken in the function or in one that it calls. A share is "
        "part of its own build's total, so it can rise only because another one fell. unchanged: less than 0.5 points "
        "apart",
        "function and line |  | old % | new %",
        "new new.swift:7 | NEW | - | 10.0",
        "worse worse.swift:7 | worse | 25.0 | 30.0",
        "same same.swift:7 | unchanged | 20.1 | 20.0",
        "rest | better | 43.2 | 39.1",
        "gone gone.swift:7 | GONE | 10.0 | -",
        "Left out: 2 functions below 1 % in both",
    ]


def test_functions_without_a_change_for_the_worse_say_so() -> None:
    assert lines(shares(a=500), shares(a=500))[4] == "## Nothing is new or worse"


def test_function_without_a_line_is_named() -> None:
    assert lines(shares(a=100), shares(a=200))[4:6] == ["## Open rest", "90 % of the samples, 80 % in the old logs"]


@pytest.mark.parametrize("name", [*HOSTILE, *MARKUP])
def test_hostile_names_are_shown_as_text(name: str) -> None:
    root = page(hostile_comparison(name))
    assert {one.tag for one in root.iter()} <= DIAGNOSTICS_TAGS
    assert {attribute for one in root.iter() for attribute in one.attrib} <= DIAGNOSTICS_ATTRIBUTES
    assert text_of(root).count(" ".join(name.split())) > 2
    assert not list(root.iter("a"))
