"""Render the code to look at of a performance overview as part of an HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ppparser.diagnostics.signatures import course_versions, shared_binary
from ppparser.metrics.overview import Overview, Point
from ppparser.output.html.page import code, element, heading, name
from ppparser.output.text.overview import POINTS_PER_TYPE, count_text, point_facts
from ppparser.output.text.signatures import TYPES, share_text
from ppparser.program.terminal import PLAIN


def code_section(overview: Overview, level: int, details: bool) -> Element:
    """Return the two heaviest points of each type; with `details`, all of them, with their IDs."""
    signatures = [point.signature for points in overview.points.values() for point in points]
    versions = f" {PLAIN.arrow} ".join(course_versions(signatures))
    legend = "weight: % of the metric" + (f"; course: {versions}" if versions else "")
    section = element("section", heading(level, "Code to look at"), element("p", name(legend), class_="note"))
    if overview.selection.is_device_selected:
        section.append(element("p", "points are as received: they do not name devices", class_="note"))
    has_binary = not shared_binary(signatures)
    sections = (_section(kind, points, level + 1, has_binary, details) for kind, points in overview.points.items())
    section.append(element("div", *sections, class_="metrics"))
    return section


def _section(diagnostic_type: str, points: Sequence[Point], level: int, has_binary: bool, details: bool) -> Element:
    visible = points if details else points[:POINTS_PER_TYPE]
    count = element("span", count_text(len(visible), len(points)), class_="note")
    items = (element("li", *_point(point, has_binary, details)) for point in visible)
    title = heading(level, TYPES[diagnostic_type].capitalize(), " ", count)
    return element("section", title, element("ul", *items, class_="points"))


def _point(point: Point, has_binary: bool, details: bool) -> Iterator[Element]:
    signature = point.signature
    yield element("span", share_text(signature), class_="share")
    facts = point_facts(point, PLAIN)
    yield element(
        "div",
        element("div", code(signature.label if has_binary else signature.function.name)),
        element("div", code(point.place) if point.place else "line unknown"),
        element("div", name(", ".join(facts)), class_="note") if facts else None,
        element("div", "ID ", name(signature.id), class_="note") if details and signature.id else None,
    )
