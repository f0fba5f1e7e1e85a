"""Colour, tables, and what of somebody else's text may reach a terminal."""

from __future__ import annotations

import os
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, NamedTuple, TextIO

WIDTH_COLUMNS = 80
_LINES_PER_WRITE = 4096

# C0 and C1 controls, line and paragraph separators, surrogates, and what reorders text (Unicode UAX #9).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SGR = re.compile("\x1b\\[[0-9;]*m")


class Style(NamedTuple):
    """What to draw with: escape sequences, all empty where colour is not wanted, and eight rising blocks."""

    strong: str = ""
    faint: str = ""
    bad: str = ""
    fair: str = ""
    good: str = ""
    off: str = ""
    blocks: str = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"


_ASCII_BLOCKS = "_.-:=+*#"
PLAIN = Style()
COLOUR = Style(strong="\x1b[1m", faint="\x1b[2m", bad="\x1b[1;31m", fair="\x1b[33m", good="\x1b[32m", off="\x1b[0m")


def style_for(stream: TextIO, environ: Mapping[str, str]) -> Style:
    """The style that suits `stream`: colour on a terminal only, unless NO_COLOR or FORCE_COLOR says otherwise.

    NO_COLOR (no-color.org) goes before FORCE_COLOR, as in CPython.
    """
    if environ.get("NO_COLOR"):
        wanted = False
    else:
        wanted = bool(environ.get("FORCE_COLOR")) or (stream.isatty() and environ.get("TERM") != "dumb")
    style = COLOUR if wanted else PLAIN
    try:
        style.blocks.encode(stream.encoding)
    except UnicodeEncodeError:
        return style._replace(blocks=_ASCII_BLOCKS)
    return style


def clean(text: str) -> str:
    """`text` with control characters, bidirectional overrides and lone surrogates shown as escapes."""
    if text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def width(text: str) -> int:
    """Columns that `text` takes on a terminal; the escape sequences of a style take none."""
    if "\x1b" in text:
        text = _SGR.sub("", text)
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _widths(row: Sequence[str]) -> list[int]:
    joined = "".join(row)
    return list(map(len if joined.isascii() and "\x1b" not in joined else width, row))


def _padded(row: Sequence[str], own: Sequence[int], widths: Sequence[int], align: str) -> Iterator[str]:
    """The cells of `row`, which take `own` columns, filled to `widths`."""
    for cell, taken, wanted, side in zip(row, own, widths, align):
        blanks = " " * (wanted - taken)
        yield blanks + cell if side == ">" else cell + blanks


def table(rows: Sequence[Sequence[str]], align: str, indent: str = "") -> Iterator[str]:
    """Lines of `rows`, all of one length; `align` holds `<` or `>` for each column."""
    measured = [_widths(row) for row in rows]
    widths = [max(column) for column in zip(*measured)]
    for row, own in zip(rows, measured):
        yield (indent + "  ".join(_padded(row, own, widths, align))).rstrip()


def wide_table(rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Lines of `rows` of a label and right-aligned cells, folded into blocks that fit the screen.

    Each block repeats the labels.
    """
    measured = [_widths(row) for row in rows]
    widths = [max(column) for column in zip(*measured)]
    labels = [indent + row[0] + " " * (widths[0] - own[0]) for row, own in zip(rows, measured)]
    columns = [2 + column for column in widths]
    pattern = "".join([f"%{column}s" for column in columns[1:]])
    # Each row is drawn once as a whole, and cut where the screen ends: by characters where those are columns.
    drawn = [
        pattern % tuple(row[1:]) if own == list(map(len, row)) else None  # `%` counts characters, not columns.
        for row, own in zip(rows, measured)
    ]
    room = WIDTH_COLUMNS - len(indent) - widths[0]
    first, offset = 1, 0
    while True:
        last, used = first, 0
        while last < len(columns) and (last == first or used + columns[last] <= room):
            used += columns[last]
            last += 1
        for label, whole, row, own in zip(labels, drawn, rows, measured):
            if whole is not None:
                yield label + whole[offset : offset + used]
            else:
                blanks = (" " * (column - taken) for column, taken in zip(columns[first:last], own[first:last]))
                yield label + "".join(map(str.__add__, blanks, row[first:last]))
        first, offset = last, offset + used
        if first >= len(columns):
            return
        yield ""


def sparkline(values: Sequence[float | None], style: Style) -> str:
    """A block for each value between the lowest and the highest; a blank where there is none.

    A range below a tenth of the highest value is drawn as a part of that tenth, so that noise looks flat.
    """
    known = [value for value in values if value is not None]
    lowest, highest = min(known, default=0), max(known, default=0)
    blocks = style.blocks
    span, top = max(highest - lowest, max(abs(lowest), abs(highest)) / 10) or 1, len(blocks) - 1
    # Divided first: a part of the span is between 0 and 1, however small the span is.
    return "".join([" " if value is None else blocks[int((value - lowest) / span * top + 0.5)] for value in values])


def wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """`text` folded to the width of the screen; a word is never broken, so that links stay whole."""
    return textwrap.wrap(
        text,
        WIDTH_COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write(lines: Iterable[str], stream: TextIO) -> None:
    """Writes `lines` in large pieces as they are made; a reader that went away ends it quietly."""
    remaining = iter(lines)
    try:
        while piece := list(islice(remaining, _LINES_PER_WRITE)):
            piece.append("")
            stream.write("\n".join(piece))
        stream.flush()
    except BrokenPipeError:
        discard(stream)


def discard(stream: IO[Any]) -> None:
    """Sends the rest of `stream` nowhere, so that the interpreter's own flush at exit has nothing to report."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class StatusLine:
    """One line that says what is going on, rewritten in place; silent unless `stream` is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False
        self._on = stream.isatty()

    def __enter__(self) -> StatusLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Puts `text` in the place of what is shown."""
        if self._on:
            self._stream.write(f"\r\x1b[K{clean(text)[: WIDTH_COLUMNS - 1]}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        """Takes the line away, before anything else is written."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
