"""Read an HTML page, and render it as lines of text that a reader of a test can review."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

_VOID = ("meta", "link", "br", "img", "input")
_INLINE = ("a", "b", "bdi", "code", "span", "strong")
_LINES = ("title", "h1", "h2", "h3", "h4", "p", "figcaption", "li", "caption", "tr")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.builder.end(tag)
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self.builder.data(data)


def read_page(page: str) -> Element:
    """Return the root of a page, all of whose elements are closed where they should be."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.builder.close()


def text_of(element: Element) -> str:
    """Return the text of an element and all in it, with blanks as a browser shows them."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        blank = "" if child.tag in _INLINE else " "
        yield blank
        yield from _texts(child)
        yield blank + (child.tail or "")


def page_lines(html: str) -> list[str]:
    """Return the lines of a page, as `page_lines_of` does."""
    return list(page_lines_of(read_page(html)))


def page_lines_of(root: Element) -> Iterator[str]:
    """Yield a line per heading, paragraph, item and row; of a picture, its title, its description and what it shows."""
    for element in root.iter():
        if element.tag == "svg" and element.get("class") == "plot":
            yield "  ".join(f"({text_of(part)})" for part in element if part.tag in ("title", "desc"))
            shown = [text_of(part) for part in element if part.tag == "text"]
            yield f"[{'; '.join(shown)}]"
        elif element.tag == "svg" and element.get("class") == "flames":
            yield "  ".join(f"({text_of(part)})" for part in element if part.tag in ("title", "desc"))
            yield from map(_bar_line, element.findall("svg"))
        elif element.tag == "pre":
            yield from "".join(element.itertext()).split("\n")
        elif element.tag == "tr":
            yield " | ".join(map(text_of, element))
        elif element.tag in _LINES and element.get("class") != "spark" and not _is_in_picture(element, root):
            level = int(element.tag[1]) if element.tag[0] == "h" else 0
            yield f"{'#' * level} {text_of(element)}".lstrip()


def page_tables_of(root: Element) -> list[list[dict[str, str]]]:
    """Return the rows of each table: title -> text of the cell."""
    return [
        [dict(zip(map(text_of, table.findall("thead/tr/th")), map(text_of, row))) for row in table.findall("tbody/tr")]
        for table in root.iter("table")
    ]


def _bar_line(bar: Element) -> str:
    """Return where a bar of a flame graph is, its label, and its tooltip."""
    place = " ".join(bar.get(name) or "" for name in ("y", "x", "width", "class"))
    label, tooltip = bar.find("text"), bar.find("title")
    lines = (tooltip.text or "").split("\n") if tooltip is not None else []
    return f"[{place}] {text_of(label) if label is not None else '-'}  ({' / '.join(lines)})"


def _is_in_picture(element: Element, root: Element) -> bool:
    return element.tag == "title" and element is not root.find("head/title")
