"""Tests of the parts of a Markdown document: a renderer makes of them the text that went in, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ppparser.output.markdown import document as markdown
from tests.helpers.support import Check

HOSTILE = [
    "std::vector<int>::push_back(int&&)",
    "operator|(A, B)",
    r"a\|b \` c",
    "`code` ``more``",
    "|`\\|`|",
    "@octocat and @org/team",
    "#123 GH-1 octo/repo#2",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</code></pre></details><!--",
    "[link](javascript:alert(1)) ![image](https://evil.example/x.png)",
    "https://evil.example www.evil.example me@evil.example",
    "**bold** _em_ ~~gone~~ $x^2$ :smile:",
    "# heading",
    "GH-12 fixes 0123abc and www.example.com",
    "_em_ a_b_ _c",
    "- item",
    "| --- |",
    "&lt;b&gt; &amp; &#64;",
    "```",
    "~~~",
    "日本語 émoji 🙂",
    "  spaces  ",
]
GFM = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])


def leaves(lines: list[str]) -> list[Token]:
    """Return the inline tokens of a document that have content."""
    tokens = GFM.parse("\n".join(lines))
    return [leaf for token in tokens for leaf in (token.children or [token]) if leaf.content]


def shown(lines: list[str]) -> str:
    """Return the text that a reader sees; what could be more than text must be code."""
    parts = []
    is_code = False
    for leaf in leaves(lines):
        if leaf.type == "html_inline":
            assert leaf.content in ("<code>", "</code>", "<br>")
            is_code = leaf.content == "<code>"
        elif leaf.type in ("code_inline", "fence") or is_code:
            parts.append(leaf.content)
        else:
            assert leaf.type in ("text", "text_special")
            assert not set("@#:<>&*~$`[]!") & set(leaf.content.replace(": ", " "))
            parts.append(leaf.content)
    return "".join(parts)


names = st.text(st.characters(min_codepoint=32, exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
tricky = st.lists(st.sampled_from([*"`|\\@#<>&*_~$[]()!: -a", "www.", "http://", "&#64;"]), min_size=1).map("".join)


def one_line(content: str) -> str:
    return content.strip()


@pytest.mark.parametrize("content", HOSTILE)
def test_hostile_text_is_shown_as_it_is(content: str) -> None:
    cell = markdown.text(content)
    rows = [["name", "share"], [cell, "1 %"]]
    assert shown([f"before {cell} after"]) == f"before {one_line(content)} after"
    table = list(markdown.document([markdown.table(rows, "<>", "names")]))
    assert [leaf for leaf in shown(table).split("1 %") if leaf] == [f"nameshare{one_line(content)}"]


@given(names | tricky)
def test_any_text_is_shown_as_it_is(content: str) -> None:
    if not content.strip() or not content.isprintable():
        return
    table = markdown.table([["a", "b"], [markdown.text(content), markdown.code(content)]], "<<", "names")
    assert shown(list(markdown.document([table]))) == f"ab{2 * one_line(content)}"


@pytest.mark.parametrize("content", ["loadAll()", "937 ms, +48.5 %", "iPhone15_2", "8.0.1 (424)", "Apple's average"])
def test_text_without_markup_stays_as_it_is(content: str) -> None:
    assert markdown.text(content) == content


def test_table_leaves_out_empty_columns_and_fills_empty_cells(check: Check) -> None:
    rows = [["", "a", "b", "c"], ["!", "", "", "1"], ["", "", "2", ""]]
    check(markdown.table(rows, "<<>>", "x").lines)
    assert markdown.table([["a"], [""]], "<", "x").lines == []


@pytest.mark.parametrize("content", ["GH-12", "see 0123abc", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "x www.a.b"])
def test_references_are_code(content: str) -> None:
    assert markdown.text(content) == f"`{content}`"


def test_code_in_a_block_cannot_end_it() -> None:
    lines = list(markdown.document([markdown.code_block(["````", "~~~", "</pre>", "end"], "the call tree")]))
    assert (lines[0], lines[-2]) == ("`````text", "`````")
    [token] = GFM.parse("\n".join(lines))
    assert (token.type, token.content) == ("fence", "````\n~~~\n</pre>\nend\n")


def test_document_has_its_blocks_apart(check: Check) -> None:
    blocks = [
        markdown.heading(2, "Title"),
        markdown.paragraph("one", "two"),
        markdown.table([["a", "b"], ["1", "2"]], "<>", "numbers"),
        markdown.code_block(["x"], "code"),
    ]
    check(markdown.document(blocks))


def test_document_stays_below_the_limit_of_github() -> None:
    line = "x" * 99
    blocks: list[Any] = [
        markdown.paragraph("first"),
        markdown.code_block([line] * 400, "the first tree"),
        markdown.code_block([line] * 400, "the second tree"),
        markdown.heading(2, "More"),
        markdown.table([["a"], *[["1"]] * 9], "<", "the last table"),
    ]
    lines = list(markdown.document(blocks))
    assert 64_000 < len("\n".join(lines)) < 65_536
    omitted = "the second tree, the last table."
    assert lines[-1] == f"Omitted at least in part, as GitHub accepts no more than 65,535 characters: {omitted}"
    assert [token.type for token in GFM.parse("\n".join(lines))][-5:-2] == ["fence", "fence", "paragraph_open"]


def test_lines_stay_lines_and_the_last_ones_may_be_omitted() -> None:
    assert markdown.line_block(["**a**", "b", "c"], "letters").lines == ["**a**  ", "b  ", "c"]
    [opening, inline, *_] = GFM.parse("\n".join(markdown.line_block(["a", "b"], "letters").lines))
    assert [leaf.type for leaf in inline.children or []] == ["text", "hardbreak", "text"]
    assert opening.type == "paragraph_open"
    *_, last = markdown.document([markdown.line_block(["x" * 999] * 70, "letters")])
    assert last.endswith(": letters.")


def test_paragraph_that_does_not_fit_is_named() -> None:
    [line] = markdown.document([markdown.paragraph("x" * 66_000, name="the advice")])
    assert line.endswith(": the advice.")


def test_long_list_of_omissions_is_cut() -> None:
    blocks = [markdown.code_block(["x" * 66_000], f"tree {number}") for number in range(20)]
    [line] = markdown.document(blocks)
    assert line.endswith("tree 6, tree 7 and more.")
