"""Render what changed between two builds, or two reports, as tables of an HTML page."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ppparser.diagnostics.signature_changes import Outcome
from ppparser.output.html.page import TableColumn, code, element, heading, name, table
from ppparser.output.html.signature import heading_link
from ppparser.output.text.signature_changes import (
    change_legends,
    change_names,
    changes_title,
    counts_text,
    percent_text,
    points_text,
    several_text,
)
from ppparser.reports.diagnostics import DiagnosticsReport

_CLASSES = {Outcome.WORSE: "bad", Outcome.BETTER: "good", Outcome.GONE: "good"}


def changes_section(report: DiagnosticsReport, level: int) -> Element:
    """Return a table with a row per signature: what became of it, and its share in both builds."""
    changes, old, new = report.changes, report.old_build_number, report.build_number
    headings = [signature.selected for signature in report.signatures if signature.selected]
    selected = {id(heading.change): heading for heading in headings if heading.change}
    has_one_type = len({change.signature.type for change in changes}) == 1
    labels = [
        element(
            "span",
            heading_link(selected.get(id(change)), label),
            several_text(change),
            None if has_one_type else element("span", " ", name(change.signature.type), class_="quiet"),
        )
        for change, label in zip(changes, change_names(changes))
    ]
    columns = [
        TableColumn("signature", labels),
        TableColumn("", [change_element(change.outcome) for change in changes]),
        TableColumn(old, [percent_text(change.percents.old) for change in changes], is_number=True),
        TableColumn(new, [percent_text(change.percents.new) for change in changes], is_number=True),
        TableColumn("points", [points_text(change.percents.points) for change in changes], is_number=True),
    ]
    legends = change_legends(report)
    legend = element("div", *(element("div", name(text), class_="note") for text in legends))
    title = f"{changes_title(old, new)}: {counts_text(change.outcome for change in changes)}"
    return element("section", heading(level, name(title)), table(legend, columns))


def change_element(change: Outcome) -> Element:
    """Return what became of a share as a word in its colour; what is new has a frame."""
    if change is Outcome.NEW:
        return new_badge()
    return element("span", change.value, class_=f"word {_CLASSES.get(change, 'quiet')}")


def new_badge() -> Element:
    """Return the mark of what is new."""
    return element("span", Outcome.NEW.value, class_="badge bad")


def function_element(function: str, place: str) -> Element:
    """Return a function, and below it its file and line, which may be "" if unknown."""
    below = element("span", name(place), class_="notes quiet") if place else None
    return element("span", code(function), " ", below)
