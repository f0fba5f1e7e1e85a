"""Layout of text in columns: width, padding, wrapping, tables and sparklines."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from ppparser.program.terminal import WIDTH_COLUMNS, Style

# Wider cells, such as names that nobody expected, are clipped, so that they do not widen every row.
_MAX_CELL_WIDTH = 60
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


def _cell_widths(row: Sequence[str]) -> list[int]:
    joined = "".join(row)
    return list(map(len if joined.isascii() and "\x1b" not in joined else width, row))


def shorten(text: str, columns: int, style: Style) -> str:
    """Return `text`, which has no escape sequences, cut to fit into `columns`, with an ellipsis at its end."""
    if len(text) <= 4 * columns and width(text) <= columns:  # Many combining characters fill few columns.
        return text
    room = max(0, columns - len(style.ellipsis))
    cut = text[:room]
    while width(cut) > room:
        cut = cut[:-1]
    return cut + style.ellipsis


def clip(cell: str) -> str:
    """Return `cell`, or its beginning and the number of characters that are omitted if it is too wide for a column."""
    if width(cell) <= _MAX_CELL_WIDTH:
        return cell
    plain = _COLOUR_SEQUENCE.sub("", cell)
    beginning = plain[: _MAX_CELL_WIDTH // 2]
    return f"{beginning}... (+{len(plain) - len(beginning)})"


def _measured(rows: Sequence[Sequence[str]], clipped_count: int) -> tuple[Sequence[Sequence[str]], list[list[int]]]:
    """Return the rows, with cells that are too wide clipped in the first columns, and the widths of all cells."""
    widths_per_row = [_cell_widths(row) for row in rows]
    if any(max(widths[:clipped_count], default=0) > _MAX_CELL_WIDTH for widths in widths_per_row):
        rows = [[*map(clip, row[:clipped_count]), *row[clipped_count:]] for row in rows]
        widths_per_row = [_cell_widths(row) for row in rows]
    return rows, widths_per_row


def table(rows: Sequence[Sequence[str]], align: str, indent: str = "", gap: str = "  ") -> Iterator[str]:
    """Yield a line per row; all rows have the same length, and `align` holds `<` or `>` for each column.

    Cells that are too wide are clipped, except in a left-aligned last column, which nothing follows.
    """
    has_open_end = align.endswith("<")
    rows, widths_per_row = _measured(rows, len(align) - has_open_end)
    column_widths = [max(column) for column in zip(*widths_per_row)]
    if has_open_end:
        column_widths[-1] = 0
    for row, cell_widths in zip(rows, widths_per_row):
        cells = []
        for cell, cell_width, column_width, side in zip(row, cell_widths, column_widths, align):
            padding = " " * (column_width - cell_width)
            cells.append(padding + cell if side == ">" else cell + padding)
        yield (indent + gap.join(cells)).rstrip()


def wide_table(rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Yield the lines of a table whose first column holds labels and whose other columns are right-aligned.

    A table wider than the screen is split into blocks of columns; each block repeats the labels.
    """
    rows, widths_per_row = _measured(rows, len(rows[0]))
    label_width, *column_widths = [max(column) for column in zip(*widths_per_row)]
    labels = [indent + row[0] + " " * (label_width - widths[0]) for row, widths in zip(rows, widths_per_row)]
    column_widths = [2 + column_width for column_width in column_widths]
    pattern = "".join([f"%{column_width}s" for column_width in column_widths])
    # `%` pads by characters. If those are columns, format the row once and cut it where each block ends.
    formatted = [
        pattern % tuple(row[1:]) if widths == list(map(len, row)) else None for row, widths in zip(rows, widths_per_row)
    ]
    room = WIDTH_COLUMNS - len(indent) - label_width
    first, offset = 0, 0
    while True:
        last, used = first, 0
        while last < len(column_widths) and (last == first or used + column_widths[last] <= room):
            used += column_widths[last]
            last += 1
        for label, whole, row, widths in zip(labels, formatted, rows, widths_per_row):
            if whole is not None:
                yield label + whole[offset : offset + used]
            else:
                cells = zip(row[first + 1 : last + 1], widths[first + 1 : last + 1], column_widths[first:last])
                yield label + "".join([" " * (wanted - cell_width) + cell for cell, cell_width, wanted in cells])
        first, offset = last, offset + used
        if first >= len(column_widths):
            return
        yield ""


def sparkline(values: Sequence[float | None], style: Style) -> str:
    """Return one block per value, from the lowest to the highest, and a blank for None.

    A range below a tenth of the highest value is drawn to the scale of that tenth, so that noise looks flat.
    """
    numbers = [value for value in values if value is not None]
    lowest, highest = min(numbers, default=0), max(numbers, default=0)
    blocks = style.blocks
    span, top = max(highest - lowest, max(abs(lowest), abs(highest)) / 10) or 1, len(blocks) - 1
    # Division first: a fraction of the span lies between 0 and 1, however small the span is.
    return "".join([" " if value is None else blocks[int((value - lowest) / span * top + 0.5)] for value in values])


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
