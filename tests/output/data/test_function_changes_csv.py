"""What changed between the logs in two reports, as CSV."""

from __future__ import annotations

import csv

import pytest

from ppparser.output.data.function_changes_csv import comparison_csv_lines
from tests.helpers.signatures import hostile_comparison
from tests.output.markdown.test_document import HOSTILE


@pytest.mark.parametrize("name", [*HOSTILE, "=1+1", "+1", "-1", '@SUM("A1")'])
def test_hostile_names_stay_in_their_cells_and_are_no_formulas(name: str) -> None:
    _, row, _ = csv.reader(comparison_csv_lines(hostile_comparison(name)), strict=True)
    function, cell = " ".join(name.split()), f"'{name}" if name[0] in "=+-@" else name
    assert row[2:4] == [f"'{function}" if function[0] in "=+-@" else function, cell]
    assert row[4] == ("-1" if name == "-1" else cell)
