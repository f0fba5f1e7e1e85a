"""Tests of the parts of an HTML page: text is never markup, and the page loads and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree.ElementTree import tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.output.html.page import STYLE, TableColumn, cell, code, element, heading, name, page_lines, table
from tests.helpers.html_text import read_page, text_of
from tests.output.markdown.test_document import HOSTILE

MARKUP = [
    "</style>",
    "</title>",
    "<!--",
    "]]>",
    '"',
    "'",
    "&lt;",
    "&#0;",
    "<svg onload=x>",
    "\U0001f468\u200d\U0001f469",
]


def markup(made: object) -> str:
    return tostring(made, "unicode", "html")  # type: ignore[call-overload,no-any-return]


def page(*content: str, title: str = "title") -> str:
    return "\n".join(page_lines(title, [element("p", one, title=one) for one in content]))


# --- elements


def test_element_has_its_content_in_order() -> None:
    made = element("p", "a ", None, element("b", "c"), " d", " e", class_="x", data_y=1.5, id=None)
    assert markup(made) == '<p class="x" data-y="1.5">a <b>c</b> d e</p>'


def test_heading_has_six_levels() -> None:
    assert [heading(level).tag for level in (1, 6, 7)] == ["h1", "h6", "h6"]


@pytest.mark.parametrize("content", [*HOSTILE, *MARKUP])
def test_hostile_text_is_text(content: str) -> None:
    root = read_page(page(content, title=content))
    [paragraph] = root.iter("p")
    assert (paragraph.text, list(paragraph), paragraph.attrib) == (content, [], {"title": content})
    assert [one.text for one in root.iter("title")] == [content]
    tags = ["html", "head", *["meta"] * 5, "title", "style", "body", "main", "p"]
    assert [one.tag for one in root.iter()] == tags


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_any_text_is_shown_as_it_is(content: str) -> None:
    root = read_page(page(content, title=content))
    assert [one.text or "" for one in root.iter("p")] == [content]
    assert [one.text or "" for one in root.iter("title")] == [content]


# --- tables


def rows(made: object) -> list[list[str]]:
    root = read_page(f"<div>{markup(made)}</div>")
    return [list(map(text_of, row)) for row in root.iter("tr")]


def test_table_has_no_empty_columns() -> None:
    columns = [
        TableColumn("label", ["one", ""]),
        TableColumn("empty", ["", ""]),
        TableColumn("number", ["1", ""], is_number=True),
        TableColumn("element", ["", element("b", "bold")], is_wide=True),
    ]
    made = table(element("span", "caption"), columns)
    assert rows(made) == [["label", "number", "element"], ["one", "1", "-"], ["", "-", "bold"]]
    assert [one.get("scope") for one in made.iter("th")] == ["col", "col", "col", "row", "row"]
    assert [one.get("class") for one in made.iter("td")] == ["number", "wide", "number", "wide"]
    assert [text_of(one) for one in made.iter("caption")] == ["caption"]


def test_only_short_numbers_stay_on_a_line() -> None:
    classes = [cell(content, "number").get("class") for content in ("9" * 16, "9" * 17)]
    assert classes == ["number", "number many"]
    assert cell("text" * 9).get("class") is None


def test_names_and_code_keep_their_direction_to_themselves() -> None:
    assert [name("x" * length).get("class") for length in (500, 501)] == [None, "long"]
    assert (markup(name("a<b")), markup(code("a&b"))) == ("<bdi>a&lt;b</bdi>", "<code><bdi>a&amp;b</bdi></code>")


# --- the page


def test_page_allows_nothing_but_its_style_sheet() -> None:
    root = read_page(page("text"))
    [style] = root.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert [one.get("content") for one in root.iter("meta") if one.get("http-equiv")] == [policy]
    assert style.text == STYLE
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_page_says_what_a_browser_must_know() -> None:
    lines = page("Gr\u00fc\u00dfe", title="a & b").split("\n")
    assert lines[:2] == ["<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">']
    assert "<title>a &amp; b</title>" in lines
    assert '<body><main><p title="Gr&#252;&#223;e">Gr&#252;&#223;e</p>' in lines
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in lines


def test_page_is_ascii() -> None:
    assert page("\u65e5\u672c", "\U0001f600", title="\u00e9").isascii()


# --- colours

LIGHT, DARK, PRINT = (
    dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", declarations))
    for declarations in re.findall(r":root\{([^}]*)\}", STYLE)
)


def test_paper_has_the_light_colours() -> None:
    assert PRINT == LIGHT


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_background(colours: dict[str, str]) -> None:
    assert set(LIGHT) == set(DARK)
    texts = ("ink", "quiet", "bad", "fair", "good", "typical", "top")
    poor = [
        (text, background)
        for text in texts
        for background in ("paper", "card")
        if contrast(colours[text], colours[background]) < 4.5
    ]
    poor += [("ink", one) for one in ("app", "named", "system") if contrast(colours["ink"], colours[one]) < 4.5]
    assert poor == []


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_stand_out_from_the_goal_bands(colours: dict[str, str]) -> None:
    bands = [name for name in colours if name.endswith("-band")]
    pairs = [(line, band) for line in ("typical", "top", "bad", "ink") for band in bands]
    assert [pair for pair in pairs if contrast(*(colours[one] for one in pair)) < 3] == []
