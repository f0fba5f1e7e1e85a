"""Tests of a diagnostics report as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from ppparser.output.data.diagnostics_csv import report_csv_lines
from ppparser.reports.diagnostics import DiagnosticsReport
from tests.helpers.signatures import hostile_report
from tests.output.markdown.test_document import HOSTILE


def rows_of(report: DiagnosticsReport) -> list[dict[str, str]]:
    """Return the cells that are not empty in each line, by their titles, as a strict reader finds them."""
    lines = io.StringIO("\n".join(report_csv_lines(report)), newline="")
    return [{title: cell for title, cell in row.items() if cell} for row in csv.DictReader(lines, strict=True)]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", '@SUM("A1")'])
def test_no_text_is_a_formula(formula: str) -> None:
    first, second = rows_of(hostile_report(formula))
    titles = {title for title, cell in first.items() if cell == f"'{formula}"} | {"trend"}
    assert titles == {"type", "id", "function", "trend", "app", "build"}
    assert (first["open"], second["problem"]) == (f"'{formula}:{formula}", f"'{formula}")
    assert [cell for row in (first, second) for cell in row.values() if cell[0] in "=+-@"] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_in_their_cells(name: str) -> None:
    first, second = rows_of(hostile_report(name))
    guarded = f"'{name}" if name[0] in "=+-@" else name
    assert (first["type"], first["id"], first["trend"], first["app"], first["build"]) == (
        guarded,
        guarded,
        guarded.lower(),
        guarded,
        guarded,
    )
    assert second["problem"] == guarded
