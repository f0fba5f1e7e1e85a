"""The parts of a Markdown document: GitHub Flavored Markdown (GFM), safe whatever the text in it contains.

GitHub turns mentions, references to issues and links into links, even if they are escaped, but not in code. So text
that could be more than text becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# GitHub refuses a comment of 65,536 characters or more. What says that something was omitted has room, too.
_MAX_CHARACTERS = 65_000
_MAX_NAMES = 8
# Neither the address of a website, nor what GitHub takes for an issue (GH-12) or a commit.
_NO_REFERENCE = r"(?!.*(?:www\.|\bgh-[0-9]|\b(?=[0-9]*[a-f])[0-9a-f]{7,40}\b))"
_PLAIN = re.compile(_NO_REFERENCE + r"(?:[a-z0-9 ,.;()%+/'-]|:(?= )|(?<=[a-z0-9])_(?=[a-z0-9]))*", re.IGNORECASE)
# What ends a code span or a cell of a table.
_BREAKS_CODE = re.compile(r"[`|\\]")
_MARKUP = re.compile(r"[\x21-\x2f:-@[-`{-~]")


class Block(NamedTuple):
    """A heading, a paragraph, a table, or lines of code; `name` is what a reader misses if it is omitted."""

    lines: Sequence[str]
    name: str = ""
    is_code: bool = False


def text(content: str) -> str:
    """Return `content` as plain text if it can be nothing else, or else as code."""
    return content.strip() if _PLAIN.fullmatch(content) else code(content)


def code(content: str) -> str:
    """Return `content`, which has no line breaks, as code in a paragraph, a heading or the cell of a table."""
    content = content.strip()
    if not _BREAKS_CODE.search(content):
        return f"`{content}`" if content else ""
    return f"<code>{_MARKUP.sub(lambda match: f'&#{ord(match[0])};', content)}</code>"


def heading(level: int, content: str) -> Block:
    """Return a heading; `content` is Markdown."""
    return Block([f"{'#' * level} {content}"])


def paragraph(*lines: str, name: str = "") -> Block:
    """Return a paragraph of lines of Markdown, which stay lines; it is kept or omitted as a whole."""
    return Block(["<br>".join(lines)], name)


def line_block(lines: Sequence[str], name: str) -> Block:
    """Return a paragraph of lines of Markdown, which stay lines, and of which the last ones may be omitted."""
    return Block([*(f"{line}  " for line in lines[:-1]), *lines[-1:]], name)  # Two spaces are a line break.


def code_block(lines: Iterable[str], name: str) -> Block:
    """Return lines as they are."""
    return Block(list(lines), name, is_code=True)


def table(rows: Sequence[Sequence[str]], align: str, name: str) -> Block:
    """Return a table without its empty columns; in those that have a title, a dash stands for an empty cell.

    The first row has the titles, cells are Markdown, `align` holds `<` or `>` for each column.
    """
    columns = []
    for side, (title, *cells) in zip(align, zip(*rows)):
        if any(cells):
            columns.append([title, {"<": ":--", ">": "--:"}[side], *(cell or ("-" if title else "") for cell in cells)])
    return Block([f"| {' | '.join(row)} |" for row in zip(*columns)], name)


def document(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the lines of a document that GitHub accepts as a comment; the last line says what was omitted, if any."""
    size = 0
    omitted: dict[str, None] = {}
    for block in blocks:
        opening, closing = _fence(block)
        size += sum(len(line) + 1 for line in (*opening, *closing, ""))
        kept = []
        for line in block.lines:
            size += len(line) + 1
            if size <= _MAX_CHARACTERS:
                kept.append(line)
        if kept:
            yield from (*opening, *kept, *closing, "")
        if block.name and len(kept) < len(block.lines):
            omitted[block.name] = None
    if omitted:
        names = ", ".join([*omitted][:_MAX_NAMES]) + (" and more" if len(omitted) > _MAX_NAMES else "")
        yield f"Omitted at least in part, as GitHub accepts no more than 65,535 characters: {names}."


def _fence(block: Block) -> tuple[Sequence[str], Sequence[str]]:
    if not block.is_code:
        return (), ()
    runs = re.findall("`+", "\n".join(block.lines))
    fence = "`" * max(3, 1 + max(map(len, runs), default=0))
    return (f"{fence}text",), (fence,)
