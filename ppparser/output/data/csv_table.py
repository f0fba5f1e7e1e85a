"""What the reports in CSV share: lines, and cells that a spreadsheet does not take for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable

from ppparser.output.data.json_document import percent

_NUMBER = re.compile(r"-?[0-9.]+([eE][-+]?[0-9]+)?")


class _ReturnLine:
    """A file object whose `write` returns its argument, so that `csv.writer.writerow` returns the line."""

    def write(self, line: str) -> str:
        return line


def line_maker() -> Callable[[Iterable[object]], str]:
    """Return a function that makes a line of cells; None is an empty cell."""
    make_line: Callable[[Iterable[object]], str] = csv.writer(_ReturnLine(), lineterminator="").writerow
    return make_line


def as_number(cell: str) -> str:
    """Return a number as it is, so that a minus sign stays one, and anything else as text."""
    return cell if _NUMBER.fullmatch(cell) else as_text(cell)


def as_text(cell: str) -> str:
    """Return `cell`, after an apostrophe if a spreadsheet would take it for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def percent_cell(value: float | None) -> str:
    """Return a percentage as JSON has it, an empty text if it is unknown."""
    rounded = percent(value)
    return "" if rounded is None else str(rounded)
