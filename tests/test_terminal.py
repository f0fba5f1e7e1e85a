"""Tests of what reaches a terminal: cleaned text, tables, sparklines, colour and the status line."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from ppparser.terminal import (
    COLOUR,
    PLAIN,
    StatusLine,
    clean,
    sparkline,
    style_for,
    table,
    wide_table,
    width,
    wrap,
    write,
)


class Stream(io.TextIOWrapper):
    """A stream in memory that may pass for a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        self.memory = io.BytesIO()
        super().__init__(self.memory, encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def content(self) -> str:
        self.flush()
        return self.memory.getvalue().decode(self.encoding)


# --- text -------------------------------------------------------------------------------------------------------------


def test_of_all_characters_those_that_steer_a_terminal_or_reorder_text_are_escaped() -> None:
    marks = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, *range(0xE0000, 0xE0080)}
    unsafe = {
        code
        for code in range(sys.maxunicode + 1)
        if code in marks or unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
    }
    assert {code for code in range(sys.maxunicode + 1) if clean(chr(code)) != chr(code)} == unsafe


def test_an_escaped_character_shows_its_code() -> None:
    assert clean("a\x1b[31mb\nc\td\x9be\u202ef\ud800") == r"a\x1b[31mb\nc\td\x9be\u202ef\ud800"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("launch", 6),
        ("e\u0301tude", 5),
        ("\u63cf\u753b", 4),
        ("\x1b[1;31mpoor!!\x1b[0m", 6),
        ("\uff21\u00e9", 3),
    ],
)
def test_width_counts_columns_and_not_characters(text: str, columns: int) -> None:
    assert width(text) == columns


def test_wrapped_text_keeps_links_whole_and_hangs() -> None:
    link = "https://example.com/" + "a" * 80
    assert wrap(f"see {link} and then go on with what is left of this sentence, which is long", "  ", "  ") == [
        "  see",
        f"    {link}",
        "    and then go on with what is left of this sentence, which is long",
    ]


def test_wrapped_text_fills_eighty_columns_and_no_more() -> None:
    assert wrap(" ".join(["word"] * 33)) == [" ".join(["word"] * 16)] * 2 + ["word"]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_table_aligns_by_columns_whatever_the_cells_hold() -> None:
    rows = [["metric", "value", "goal"], ["\u63cf\u753b", "1", "\x1b[32mgood\x1b[0m"], ["e\u0301", "12.50", ""]]
    assert list(table(rows, "<><", "  ")) == [
        "  metric  value  goal",
        "  \u63cf\u753b        1  \x1b[32mgood\x1b[0m",
        "  e\u0301       12.50",
    ]


def test_a_wide_table_that_fits_is_one_block() -> None:
    rows = [["version", "1.0", "10.0"], ["\u63cf\u753b %", "7", "\x1b[32m-1\x1b[0m"]]
    assert list(wide_table(rows, "  ")) == ["  version  1.0  10.0", "  \u63cf\u753b %     7    \x1b[32m-1\x1b[0m"]


def test_a_wide_table_is_folded_into_blocks_that_repeat_the_labels() -> None:
    rows = [["row", *(f"{n:010}" for n in range(8))], ["b", *"abcdefgh"]]
    assert list(wide_table(rows, " ")) == [
        " row  0000000000  0000000001  0000000002  0000000003  0000000004  0000000005",
        " b             a           b           c           d           e           f",
        "",
        " row  0000000006  0000000007",
        " b             g           h",
    ]


@pytest.mark.parametrize(("last", "lengths"), [("1" * 36, [80]), ("1" * 37, [42, 0, 43])])
def test_a_wide_table_uses_the_eightieth_column_and_no_more(last: str, lengths: list[int]) -> None:
    assert [len(line) for line in wide_table([["ab", "9" * 36, last]], "  ")] == lengths


def test_a_column_wider_than_the_screen_has_a_block_of_its_own() -> None:
    wide = "9" * 100
    assert list(wide_table([["a", "1", wide, "2"]])) == ["a  1", "", f"a  {wide}", "", "a  2"]


# --- sparklines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([7, 0, None, 7], "█▁ █"),
        ([5, 5, 5], "▁▁▁"),
        ([0, 0], "▁▁"),
        ([100, 101, 100], "▁▂▁"),
        ([-7, 0, -3.5], "▁█▅"),
        ([None, None], "  "),
        ([3], "▁"),
        ([], ""),
    ],
)
def test_a_sparkline_spans_its_values_and_keeps_noise_flat(values: list[float | None], drawn: str) -> None:
    assert sparkline(values, PLAIN) == drawn


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_block_characters_gets_sparklines_in_ascii(encoding: str) -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], style_for(Stream(encoding=encoding), {})) == "_.-:=+*#"


# --- colour -----------------------------------------------------------------------------------------------------------


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
def test_colour_is_for_terminals_unless_the_environment_says_otherwise(
    terminal: bool, environ: dict[str, str], coloured: bool
) -> None:
    assert style_for(Stream(terminal=terminal), environ) == (COLOUR if coloured else PLAIN)


# --- status line ------------------------------------------------------------------------------------------------------


def test_the_status_line_is_rewritten_in_place_and_gone_at_the_end() -> None:
    stream = Stream(terminal=True)
    with StatusLine(stream) as status:
        status.show("one")
        status.show("two")
    assert stream.content == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K"


def test_the_status_line_is_gone_after_an_error_too() -> None:
    stream = Stream(terminal=True)
    status = StatusLine(stream)
    status.show("one")
    status.__exit__(KeyError, KeyError(), None)
    assert stream.content == "\r\x1b[Kone\r\x1b[K"


def test_the_status_line_takes_nothing_away_that_is_not_its_own() -> None:
    stream = Stream(terminal=True)
    with StatusLine(stream) as status:
        status.show("one")
        status.clear()
        stream.write("result\n")
    assert stream.content == "\r\x1b[Kone\r\x1b[Kresult\n"


def test_the_status_line_stays_on_one_line() -> None:
    stream = Stream(terminal=True)
    StatusLine(stream).show("a\n" + "b" * 100)
    assert stream.content == "\r\x1b[Ka\\n" + "b" * 76


def test_the_status_line_is_seen_and_gone_at_once() -> None:
    stream = Stream(terminal=True)
    status = StatusLine(stream)
    status.show("one")
    assert stream.memory.getvalue() == b"\r\x1b[Kone"
    status.clear()
    assert stream.memory.getvalue() == b"\r\x1b[Kone\r\x1b[K"


def test_there_is_no_status_line_but_on_a_terminal() -> None:
    stream = Stream()
    with StatusLine(stream) as status:
        status.show("one")
    assert stream.content == ""


# --- writing ----------------------------------------------------------------------------------------------------------


def test_lines_are_written_while_more_are_being_made() -> None:
    stream = Stream()
    seen = 0

    def lines() -> Iterator[str]:
        nonlocal seen
        for number in range(100_000):
            seen = stream.memory.tell()
            yield str(number)

    write(lines(), stream)
    assert stream.content == "".join(f"{number}\n" for number in range(100_000))
    assert seen > len(stream.content) / 2


def test_no_lines_write_nothing() -> None:
    stream = Stream()
    write([], stream)
    assert stream.content == ""


def test_a_closed_pipe_ends_the_writing_and_swallows_what_comes_after() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:
        write(map(str, range(100_000)), stream)
        assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))
        print("more", file=stream, flush=True)
