"""What reaches the terminal: colour, the escaping of untrusted text, output in large pieces, the status line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import IO, Any, NamedTuple, TextIO

from ppparser.program.signals import cleanup_on_signal

WIDTH_COLUMNS = 80
_LINES_PER_WRITE = 4096

# C0 and C1 controls, line and paragraph separators, surrogates, characters that reorder text (Unicode UAX #9), and
# invisible ones; joiners, which emoji and scripts need, are kept.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


class Style(NamedTuple):
    """Escape sequences, all of them empty without colour, the eight characters of a sparkline, and some signs."""

    strong: str = ""
    faint: str = ""
    bad: str = ""
    fair: str = ""
    good: str = ""
    off: str = ""
    blocks: str = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
    arrow: str = "\u2192"
    step: str = "\u203a"
    ellipsis: str = "\u2026"


_ASCII = {"blocks": "_.-:=+*#", "arrow": "->", "step": ">", "ellipsis": "..."}
PLAIN = Style()
COLOUR = Style(strong="\x1b[1m", faint="\x1b[2m", bad="\x1b[1;31m", fair="\x1b[33m", good="\x1b[32m", off="\x1b[0m")


def style_for(stream: TextIO, environ: Mapping[str, str]) -> Style:
    """Return the style for `stream`: coloured on a terminal, unless NO_COLOR or FORCE_COLOR is set.

    NO_COLOR (no-color.org) takes precedence over FORCE_COLOR, as in CPython.
    """
    if environ.get("NO_COLOR"):
        use_color = False
    else:
        use_color = bool(environ.get("FORCE_COLOR")) or (stream.isatty() and environ.get("TERM") != "dumb")
    style = COLOUR if use_color else PLAIN
    try:
        "".join(getattr(style, name) for name in _ASCII).encode(stream.encoding)
    except UnicodeEncodeError:
        return style._replace(**_ASCII)
    return style


def clean(text: str) -> str:
    """Return `text` with control characters, bidirectional overrides and lone surrogates escaped."""
    if text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def write(lines: Iterable[str], stream: TextIO) -> None:
    """Write `lines` in large pieces while they are being made; stop silently when the reader closes the pipe."""
    remaining = iter(lines)
    try:
        while piece := list(islice(remaining, _LINES_PER_WRITE)):
            piece.append("")
            stream.write("\n".join(piece))
        stream.flush()
    except BrokenPipeError:
        discard(stream)


def discard(stream: IO[Any]) -> None:
    """Redirect the rest of `stream` to the null device, so that flushing it at exit cannot fail."""
    null_device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null_device, stream.fileno())
    os.close(null_device)


class StatusLine:
    """A line that says what the program is doing, rewritten in place; silent unless `stream` is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._enabled = stream.isatty()
        self._visible = False
        self._cleanup = cleanup_on_signal(self.clear)

    def __enter__(self) -> StatusLine:
        self._cleanup.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.clear()
        self._cleanup.__exit__(*exception)

    def show(self, text: str) -> None:
        """Replace the line with `text`."""
        if self._enabled:
            self._visible = True
            self._write(f"\r\x1b[K{clean(text)[: WIDTH_COLUMNS - 1]}")

    def clear(self) -> None:
        """Remove the line, before anything else is written."""
        if self._visible:
            self._visible = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # The terminal is gone, which is no reason to stop.
            self._enabled = self._visible = False
            discard(self._stream)
