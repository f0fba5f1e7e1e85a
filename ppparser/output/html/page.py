"""A self-contained HTML page, built as a tree: text in it is never markup. It has no scripts and loads nothing.

Its Content Security Policy (CSP) allows one style sheet, by its hash, and no attribute `style`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

# Light and dark, narrow and wide, and on paper. ASCII, as the pages are.
STYLE = "\n" + Path(__file__).with_name("style.css").read_text(encoding="ascii")
# A line break after these is not shown.
_BLOCKS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "div", "figure"),
        *("figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "ul", "li", "table", "caption", "thead"),
        *("tbody", "tr", "svg"),
    )
)
_LONGEST_NUMBER = 16
# Longer ones are not meant to be read as a whole.
_LONGEST_TEXT = 500


def element(tag: str, *content: Element | str | None, **attributes: str | float | None) -> Element:
    """Return an element; None stands for nothing. Of an attribute's name, `_` becomes `-`, and is left out at the end.

    >>> element("p", "see ", element("a", "below", href="#1"), class_="note")
    """
    node = Element(tag, {_attribute(name): str(value) for name, value in attributes.items() if value is not None})
    for part in content:
        if part is None:
            continue
        if not isinstance(part, str):
            node.append(part)
        elif len(node):
            node[-1].tail = (node[-1].tail or "") + part
        else:
            node.text = (node.text or "") + part
    return node


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def heading(level: int, *content: Element | str | None, **attributes: str | None) -> Element:
    """Return a heading; there are six levels."""
    return element(f"h{min(level, 6)}", *content, **attributes)


def name(text: str) -> Element:
    """Return a text of the report whose direction does not reorder what is around it; a very long one scrolls."""
    return element("bdi", text, class_="long" if len(text) > _LONGEST_TEXT else None)


def code(text: str) -> Element:
    """Return code, or a command."""
    return element("code", name(text))


class TableColumn:
    """A column of a table: its title and its cells. Numbers are aligned to the right; narrow pages omit a wide one."""

    def __init__(
        self, title: str, cells: Iterable[Element | str], *, is_number: bool = False, is_wide: bool = False
    ) -> None:
        self.title = title
        self.cells = list(cells)
        self.is_number = is_number
        self.class_ = " ".join(name for name, holds in (("number", is_number), ("wide", is_wide)) if holds) or None

    @property
    def is_empty(self) -> bool:
        """Tell whether no cell has a text or an element."""
        return all(content == "" for content in self.cells)


def table(caption: Element, columns: Sequence[TableColumn]) -> Element:
    """Return a table without its empty columns; the first one has labels. It scrolls by itself if it is too wide."""
    first, *others = columns
    visible = [first, *(column for column in others if not column.is_empty)]
    titles = [element("th", name(column.title), scope="col", class_=column.class_) for column in visible]
    rows = [
        element("tr", _label(label), *(cell(content, column.class_) for column, content in zip(visible[1:], cells)))
        for label, *cells in zip(*(column.cells for column in visible))
    ]
    head, body = element("thead", element("tr", *titles)), element("tbody", *rows)
    return scrolling(element("table", element("caption", caption), head, body))


def scrolling(content: Element) -> Element:
    """Return what scrolls to the side if it is too wide."""
    return element("div", content, class_="scroll")


def _label(content: Element | str) -> Element:
    return element("th", name(content) if isinstance(content, str) else content, scope="row")


def cell(content: Element | str, class_: str | None = None) -> Element:
    """Return a cell, with a dash if its text is empty. A text that is longer than any number breaks into lines."""
    if not isinstance(content, str):
        return element("td", content, class_=class_)
    if class_ and len(content) > _LONGEST_NUMBER:
        class_ += " many"
    return element("td", name(content or "-"), class_=class_)


def page_lines(title: str, sections: Iterable[Element]) -> Iterator[str]:
    """Yield the lines of a page, which are ASCII: it is the same in any encoding."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("ascii")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", STYLE),
    )
    root = element("html", head, element("body", element("main", *sections)), lang="en")
    for block in root.iter():
        if block.tag in _BLOCKS:
            block.tail = (block.tail or "") + "\n"
    yield "<!DOCTYPE html>"
    yield from tostring(root, "us-ascii", "html").decode("ascii").rstrip("\n").split("\n")
