"""Layout of text in columns: width, padding, wrapping, tables and sparklines."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ppparser.program.terminal import WIDTH_COLUMNS, Style

_COLOUR_SEQUENCE = re.compile("\x1b\\[[0-9;]*m")


def width(text: str) -> int:
    """Return the number of terminal columns that `text` fills; the escape sequences of a style fill none."""
    if "\x1b" in text:
        text = _COLOUR_SEQUENCE.sub("", text)
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def shorten(text: str, columns: int, style: Style) -> str:
    """Return `text`, which has no escape sequences, cut to fit into `columns`, with an ellipsis at its end."""
    if len(text) <= 4 * columns and width(text) <= columns:  # Many combining characters fill few columns.
        return text
    room = max(0, columns - len(style.ellipsis))
    cut = text[:room]
    while width(cut) > room:
        cut = cut[:-1]
    return cut + style.ellipsis


def table(rows: Sequence[Sequence[str]], align: str, indent: str = "", gap: str = "  ") -> Iterator[str]:
    """Yield a line per row; all rows have the same length, and `align` holds `<` or `>` for each column."""
    column_widths = [max(map(width, column)) for column in zip(*rows)]
    for row in rows:
        cells = []
        for cell, column_width, side in zip(row, column_widths, align):
            padding = " " * (column_width - width(cell))
            cells.append(padding + cell if side == ">" else cell + padding)
        yield (indent + gap.join(cells)).rstrip()


def wide_table(rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Yield the lines of a table whose first column holds labels and whose other columns are right-aligned.

    A table wider than the screen is split into blocks of columns; each block repeats the labels.
    """
    widths = [2 + max(map(width, column)) for column in zip(*rows)]
    first = 1
    while first < len(widths):
        last, room = first + 1, WIDTH_COLUMNS + 2 - len(indent) - widths[0] - widths[first]
        while last < len(widths) and widths[last] <= room:
            room -= widths[last]
            last += 1
        if first > 1:
            yield ""
        yield from table([[row[0], *row[first:last]] for row in rows], "<" + ">" * (last - first), indent)
        first = last


def flow(parts: Iterable[str], separator: str, indent: str = "") -> Iterator[str]:
    """Yield lines with as many parts each as fit, and a separator between all of them."""
    line = ""
    for part in parts:
        if line and width(f"{indent}{line}{separator}{part}") > WIDTH_COLUMNS:
            yield f"{indent}{line}{separator.rstrip()}"
            line = ""
        line += separator + part if line else part
    if line:
        yield indent + line


def sparkline(values: Sequence[float | None], style: Style) -> str:
    """Return one block per value, from the lowest to the highest, and a blank for None."""
    lowest, span = spark_scale(values)
    blocks, top = style.blocks, len(style.blocks) - 1
    # Division first: a fraction of the span lies between 0 and 1, however small the span is.
    return "".join([" " if value is None else blocks[int((value - lowest) / span * top + 0.5)] for value in values])


def spark_scale(values: Sequence[float | None]) -> tuple[float, float]:
    """Return the lowest value and the range to draw, at least a tenth of the highest value: noise looks flat."""
    numbers = [value for value in values if value is not None]
    lowest, highest = min(numbers, default=0), max(numbers, default=0)
    return lowest, max(highest - lowest, max(abs(lowest), abs(highest)) / 10) or 1


def titled(title: str, rest: str, style: Style, indent: str = "") -> Iterator[str]:
    """Yield the lines of a title, which is bold if it fits into the first one, and of what follows it."""
    first, *others = wrap(title + rest, indent, "  ")
    yield first.replace(title, f"{style.strong}{title}{style.off}", 1)
    yield from others


def wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """Return `text` wrapped to the width of the screen; words are never split, so that links stay whole."""
    return textwrap.wrap(
        text,
        WIDTH_COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
