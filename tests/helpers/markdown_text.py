"""Read a Markdown document as GitHub shows it: its text, its tables and its blocks of code."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

GFM = MarkdownIt("gfm-like", {"linkify": False})


def texts_of(lines: Iterable[str]) -> str:
    """Return the text that a reader sees, after checking that data made no markup of its own."""
    parts = []
    for token in GFM.parse("\n".join(lines)):
        assert token.type not in ("html_block", "hr", "blockquote_open", "bullet_list_open", "ordered_list_open")
        for leaf in token.children or [token]:
            assert leaf.type not in ("link_open", "image", "em_open", "s_open")
            if leaf.type == "html_inline":
                assert leaf.content in ("<code>", "</code>", "<br>")
            parts.append(leaf.content)
    return "\n".join(parts)


def paragraphs_of(lines: Iterable[str]) -> list[str]:
    """Return the text of each heading and paragraph, whose lines stay lines."""
    tokens = GFM.parse("\n".join(lines))
    containers = ("paragraph_open", "heading_open")
    return [_text(inline) for opening, inline in zip(tokens, tokens[1:]) if opening.type in containers]


def tables_of(lines: Iterable[str]) -> list[list[dict[str, str]]]:
    """Return the rows of each table: title -> text of the cell."""
    tables: list[list[list[str]]] = []
    for token in GFM.parse("\n".join(lines)):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level > 3:
            tables[-1][-1].append(_text(token))
    return [[dict(zip(titles, row)) for row in rows] for titles, *rows in tables]


def code_blocks_of(lines: Iterable[str]) -> list[list[str]]:
    """Return the lines of each block of code."""
    return [token.content[:-1].split("\n") for token in GFM.parse("\n".join(lines)) if token.type == "fence"]


def _text(inline: Token) -> str:
    html = {"<br>": "\n", "<code>": "", "</code>": ""}
    parts = (
        "\n" if leaf.type == "hardbreak" else html[leaf.content] if leaf.type == "html_inline" else leaf.content
        for leaf in inline.children or []
    )
    return "".join(parts)
