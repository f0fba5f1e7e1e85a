"""Tests of what reaches a terminal."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from ppparser.program.terminal import COLOUR, PLAIN, StatusLine, clean, style_for, write


class Stream(io.TextIOWrapper):
    """A stream in memory that may claim to be a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding=encoding, newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def flushed(self) -> str:
        """Return what has left the buffer of the stream."""
        return self._bytes.getvalue().decode(self.encoding)


# --- untrusted text ---------------------------------------------------------------------------------------------------


def test_characters_that_control_reorder_or_hide_are_escaped() -> None:
    marks = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, *range(0xE0000, 0xE0080)}
    invisible = {0xAD, 0x180E, 0x200B, *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC)}
    unsafe = {
        code
        for code in range(sys.maxunicode + 1)
        if code in marks | invisible or unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
    }
    assert {code for code in range(sys.maxunicode + 1) if clean(chr(code)) != chr(code)} == unsafe


def test_escaped_characters_show_their_codes() -> None:
    assert clean("a\x1b[31mb\nc\td\x9be\u202ef\ud800") == r"a\x1b[31mb\nc\td\x9be\u202ef\ud800"


# --- style ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "environ", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": ""}, False),
        (False, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_depends_on_the_terminal_and_the_environment(
    terminal: bool, environ: dict[str, str], coloured: bool
) -> None:
    assert style_for(Stream(terminal=terminal), environ) == (COLOUR if coloured else PLAIN)


def test_styles_differ_only_in_their_escape_sequences() -> None:
    signs = ("▁▂▃▄▅▆▇█", "→", "\u203a", "…")
    assert tuple(PLAIN) == ("",) * 6 + signs
    assert tuple(COLOUR) == ("\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[33m", "\x1b[32m", "\x1b[0m", *signs)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_encoding_without_the_signs_gets_ascii_ones(encoding: str) -> None:
    style = style_for(Stream(terminal=True, encoding=encoding), {})
    assert style == COLOUR._replace(blocks="_.-:=+*#", arrow="->", step=">", ellipsis="...")


# --- status line ------------------------------------------------------------------------------------------------------


def test_status_line_is_rewritten_in_place_and_cleared() -> None:
    stream = Stream(terminal=True)
    with StatusLine(stream) as status:
        status.show("one")
        assert stream.flushed == "\r\x1b[Kone"
        status.show("two")
        status.clear()
        assert stream.flushed == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K"
        stream.write("result\n")  # Must not be cleared.
    stream.flush()
    assert stream.flushed == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[Kresult\n"


def test_status_line_is_cleared_after_an_error() -> None:
    stream = Stream(terminal=True)

    def fail() -> None:
        with StatusLine(stream) as status:
            status.show("one")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert stream.flushed == "\r\x1b[Kone\r\x1b[K"


def test_status_line_is_cut_at_the_width_of_the_terminal() -> None:
    stream = Stream(terminal=True)
    StatusLine(stream).show("a\n" + "b" * 100)
    assert stream.flushed == "\r\x1b[Ka\\n" + "b" * 76


def test_status_line_is_silent_unless_on_a_terminal() -> None:
    stream = Stream()
    with StatusLine(stream) as status:
        status.show("one")
    stream.flush()
    assert stream.flushed == ""


# --- output -----------------------------------------------------------------------------------------------------------


def test_lines_are_written_while_more_are_being_made() -> None:
    stream = Stream()
    flushed_last = ""

    def lines() -> Iterator[str]:
        nonlocal flushed_last
        for number in range(10_000):
            yield str(number)
        flushed_last = stream.flushed
        yield "end"

    write(lines(), stream)
    assert stream.flushed == "".join(f"{number}\n" for number in range(10_000)) + "end\n"
    assert len(flushed_last) > len(stream.flushed) / 2


@pytest.mark.parametrize(("lines", "text"), [([], ""), (["a"], "a\n"), (["a", "", "b"], "a\n\nb\n")])
def test_every_line_is_written_and_flushed(lines: list[str], text: str) -> None:
    stream = Stream()
    write(lines, stream)
    assert stream.flushed == text


def test_closed_pipe_ends_the_output_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:
        write(map(str, range(100_000)), stream)
        assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))
        print("more", file=stream, flush=True)
        lowest_unused = os.dup(writer)  # No descriptor may leak.
        os.close(lowest_unused)
        assert lowest_unused == reader
