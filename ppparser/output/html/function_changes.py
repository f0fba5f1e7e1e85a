"""Render what changed between the logs in two reports as an HTML page, for people without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ppparser.diagnostics.function_changes import FunctionChange, FunctionComparison
from ppparser.output.html.page import TableColumn, code, element, heading, name, page_lines, table
from ppparser.output.html.signature_changes import change_element, function_element
from ppparser.output.text.function_changes import function_reason, omitted_text, share_cell, shares_text, source_text
from ppparser.output.text.signature_changes import RELATIVE_TEXT, UNCHANGED_TEXT, counts_text


def comparison_html_lines(comparison: FunctionComparison) -> Iterator[str]:
    """Yield the lines of a page: the line to open, and the functions of the app, worst first."""
    large = [change for change in comparison.changes if not change.is_small]
    title = f"Functions of your app: {counts_text(change.outcome for change in large)}"
    sources = [
        element("p", f"{label}: ", name(source_text(source)))
        for label, source in (("New", comparison.new), ("Old", comparison.old))
    ]
    header = element("header", heading(1, title), *sources)
    return page_lines(title, [header, _verdict(comparison.worst), _functions(comparison, large)])


def _verdict(worst: FunctionChange | None) -> Element:
    if not worst:
        return element("section", heading(2, "Nothing is new or worse"), class_="verdict")
    in_function = element("p", "in ", code(worst.function.name), class_="quiet") if worst.place else None
    title = heading(2, "Open ", code(worst.place or worst.function.name))
    return element("section", title, in_function, element("p", name(function_reason(worst))), class_="verdict bad")


def _functions(comparison: FunctionComparison, large: list[FunctionChange]) -> Element:
    """Return a table with a row per function, what its figures mean, and how many functions are left out."""
    columns = [
        TableColumn("function and line", [function_element(change.function.name, change.place) for change in large]),
        TableColumn("", [change_element(change.outcome) for change in large]),
        TableColumn("old %", [share_cell(change.percents.old) for change in large], is_number=True),
        TableColumn("new %", [share_cell(change.percents.new) for change in large], is_number=True),
    ]
    texts = (f"{shares_text(comparison)}. {RELATIVE_TEXT}.", UNCHANGED_TEXT)
    legend = element("div", *(element("div", name(text), class_="note") for text in texts))
    omitted_count = len(comparison.changes) - len(large)
    omitted = element("p", f"Left out: {omitted_text(omitted_count)}", class_="note") if omitted_count else None
    functions = table(legend, columns) if large else None
    return element("section", heading(2, "Functions"), functions, omitted)
