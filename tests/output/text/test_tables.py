"""Tests of the layout of text in columns."""

from __future__ import annotations

import pytest

from ppparser.output.text.tables import shorten, sparkline, table, titled, wide_table, width, wrap
from ppparser.program.terminal import COLOUR, PLAIN
from tests.helpers.support import Check


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("launch", 6),
        ("e\u0301tude", 5),
        ("\u63cf\u753b", 4),
        ("\uff21\u00e9", 3),
        ("\x1b[1;31mpoor!!\x1b[0m", 6),
        ("\x1b[32m\u63cf\x1b[0m", 2),
    ],
)
def test_width_counts_columns_rather_than_characters(text: str, columns: int) -> None:
    assert width(text) == columns


# --- tables -----------------------------------------------------------------------------------------------------------


def test_table_aligns_cells_of_any_width(check: Check) -> None:
    rows = [
        ["metric", "value", "goal"],
        ["\u63cf\u753b", "1", "\x1b[32mgood\x1b[0m"],
        ["e\u0301", "\x1b[2m~0\x1b[0m", ""],
        ["a", "12.50", "b"],
    ]
    check(table(rows, "<><", "  "))


def test_wide_table_that_fits_the_screen_is_one_block(check: Check) -> None:
    rows = [
        ["version", "1.0", "10.0"],
        ["\u63cf\u753b %", "7", "\x1b[32m-1\x1b[0m"],
        ["change", "\x1b[2m~0\x1b[0m", "5"],
    ]
    check(wide_table(rows, "  "))


def test_wide_table_is_split_into_blocks_with_the_labels(check: Check) -> None:
    rows = [["row", *(f"{number:010}" for number in range(14))], ["b", *"abcdefghijklm\u63cf"]]
    check(wide_table(rows, " "))


@pytest.mark.parametrize(("last", "lengths"), [("1" * 36, [80]), ("1" * 37, [42, 0, 43])])
def test_wide_table_fills_eighty_columns_and_no_more(last: str, lengths: list[int]) -> None:
    assert [len(line) for line in wide_table([["ab", "9" * 36, last]], "  ")] == lengths


def test_column_wider_than_the_screen_has_its_own_block() -> None:
    label, wide = "a" * 30, "9" * 60
    lines = [f"{label}  1", "", f"{label}  {wide}", "", f"{label}  2"]
    assert list(wide_table([[label, "1", wide, "2"]])) == lines


# --- sparklines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "blocks"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([7, 0, None, 7], "█▁ █"),
        ([5, 5, 5], "▁▁▁"),
        ([0, 0], "▁▁"),
        ([100, 101, 100], "▁▂▁"),
        ([-92.2, -100], "▆▁"),
        ([-7, 0, -3.5], "▁█▅"),
        ([0, 5e-324], "▁█"),
        ([-1e300, 1e300], "▁█"),
        ([None, None], "  "),
        ([3], "▁"),
        ([], ""),
    ],
)
def test_sparkline_spans_the_values_and_keeps_noise_flat(values: list[float | None], blocks: str) -> None:
    assert sparkline(values, PLAIN) == blocks


def test_sparkline_uses_the_blocks_of_the_style() -> None:
    assert sparkline([None, 0, 1, 2], PLAIN._replace(blocks="abc")) == " abc"


# --- wrapping ---------------------------------------------------------------------------------------------------------


def test_wrapped_text_keeps_links_whole_and_is_indented(check: Check) -> None:
    link = "https://example.com/a-link-with-hyphens/" + "a" * 80
    check(wrap(f"see {link} and then continue with the rest of this sentence, which is long", "  ", "  "))


def test_wrapped_text_fills_eighty_columns_and_no_more() -> None:
    assert wrap(" ".join(["word"] * 33)) == [" ".join(["word"] * 16)] * 2 + ["word"]
    assert wrap("a" + "b" * 80) == ["a" + "b" * 80]
    assert wrap("") == []


# --- cutting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        ("電話", 4, "電話"),
        ("電話電", 5, "電話…"),
        ("電話電", 4, "電…"),
        ("abc", 1, "…"),
        ("", 0, ""),
    ],
)
def test_text_too_long_is_cut_with_an_ellipsis(text: str, columns: int, expected: str) -> None:
    assert shorten(text, columns, PLAIN) == expected


def test_ellipsis_is_that_of_the_style() -> None:
    assert shorten("abcdefg", 6, PLAIN._replace(ellipsis="...")) == "abc..."


def test_title_is_bold_and_followed_by_the_rest() -> None:
    lines = list(titled("Title", f": {'word ' * 20}", COLOUR, "  "))
    assert lines[0].startswith(f"  {COLOUR.strong}Title{COLOUR.off}: word word")
    assert lines[1].startswith("    word")
