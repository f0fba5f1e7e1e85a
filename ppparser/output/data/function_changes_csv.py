"""Render what changed between the logs in two reports as CSV: a line per function of the app."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.function_changes import FunctionComparison
from ppparser.output.data.csv_table import as_number, as_text, line_maker, percent_cell

HEADER = "change,binary,function,file,line,old_percent,new_percent,points"


def comparison_csv_lines(comparison: FunctionComparison) -> Iterator[str]:
    """Yield the header, then a line per function, worst first."""
    yield HEADER
    make_line = line_maker()
    for change in comparison.changes:
        names = [as_text(cell) for cell in (change.outcome.value.lower(), *change.function, change.file)]
        shares = [percent_cell(share) for share in (*change.percents, change.percents.points)]
        yield make_line([*names, as_number(change.line), *shares])
