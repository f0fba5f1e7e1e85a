"""What changed between the logs in two reports, as CSV."""

from __future__ import annotations

import csv

import pytest

from ppparser.output.data.function_changes_csv import comparison_csv_lines
from tests.helpers.signatures import compared, hostile_comparison, shares
from tests.output.markdown.test_document import HOSTILE


def test_function_has_a_line_with_both_shares() -> None:
    new, old = shares(new=100, worse=300, tiny=1), shares(worse=250, gone=100, tiny=1)
    assert list(comparison_csv_lines(compared(new, old))) == [
        "change,binary,function,file,line,old_percent,new_percent,points",
        "new,,new,new.swift,7,,10.0,",
        "worse,,worse,worse.swift,7,25.0,30.0,5.0",
        "unchanged,,tiny,tiny.swift,7,0.1,0.1,0.0",
        "better,,rest,,,64.9,59.9,-5.0",
        "gone,,gone,gone.swift,7,10.0,,",
    ]


@pytest.mark.parametrize("name", [*HOSTILE, "=1+1", "+1", "-1", '@SUM("A1")'])
def test_hostile_names_stay_in_their_cells_and_are_no_formulas(name: str) -> None:
    _, row, _ = csv.reader(comparison_csv_lines(hostile_comparison(name)), strict=True)
    function, cell = " ".join(name.split()), f"'{name}" if name[0] in "=+-@" else name
    assert row[2:4] == [f"'{function}" if function[0] in "=+-@" else function, cell]
    assert row[4] == ("-1" if name == "-1" else cell)
