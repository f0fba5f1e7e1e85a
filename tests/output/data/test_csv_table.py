"""Tests of the cells and lines of CSV."""

from __future__ import annotations

import pytest

from ppparser.output.data.csv_table import as_number, as_text, line_maker


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", '@SUM("A1")'])
def test_text_is_never_a_formula(formula: str) -> None:
    assert as_text(formula) == f"'{formula}"


@pytest.mark.parametrize("cell", ["", "a=1", "'=1", "[Store save:]"])
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert as_text(cell) == cell


@pytest.mark.parametrize("cell", ["-1.5", "-1e5", "2E+3", "7"])
def test_number_keeps_its_sign(cell: str) -> None:
    assert as_number(cell) == cell


@pytest.mark.parametrize("cell", ["=1", "-1+2", "+1", "-"])
def test_what_is_not_a_number_is_text(cell: str) -> None:
    assert as_number(cell) == f"'{cell}"


def test_line_quotes_what_would_break_it() -> None:
    assert line_maker()(["a,b", 'c"d', None, 1.5, "e"]) == '"a,b","c""d",,1.5,e'
