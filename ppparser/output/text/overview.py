"""Render the code to look at of a performance overview as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.signatures import course_versions, shared_binary
from ppparser.metrics.overview import Overview, Point
from ppparser.output.text.signatures import TYPES, course_text, share_text, trend_text
from ppparser.output.text.tables import flow, shorten, titled, width
from ppparser.program.terminal import WIDTH_COLUMNS, Style

POINTS_PER_TYPE = 2
_WEIGHT_WIDTH = 6


def code_lines(overview: Overview, style: Style, details: bool) -> Iterator[str]:
    """Yield the two heaviest points of each type; with `details`, all of them, with their IDs."""
    if not overview.points:
        return
    signatures = [point.signature for points in overview.points.values() for point in points]
    versions = f" {style.arrow} ".join(course_versions(signatures))
    legend = "; weight: % of the metric" + (f"; course: {versions}" if versions else "")
    yield from titled("Code to look at", legend, style)
    if overview.selection.is_device_selected:
        yield "points are as received: they do not name devices"
    has_binary = not shared_binary(signatures)
    for diagnostic_type, points in overview.points.items():
        visible = points if details else points[:POINTS_PER_TYPE]
        yield from titled(TYPES[diagnostic_type].capitalize(), f": {count_text(len(visible), len(points))}", style)
        for point in visible:
            yield from _point_lines(point, has_binary, details, style)
    yield ""


def count_text(visible: int, total: int) -> str:
    """Return how many points are visible, of how many."""
    points = f"{total} point{'' if total == 1 else 's'}"
    if visible < total:
        return f"the {visible} heaviest of {points}"
    return points if total == 1 else f"{points}, heaviest first"


def _point_lines(point: Point, has_binary: bool, details: bool, style: Style) -> Iterator[str]:
    """Yield the weight, the function and the line to open; below, what is known about them."""
    signature = point.signature
    lead = f"{share_text(signature):>{_WEIGHT_WIDTH}}  "
    indent = " " * len(lead)
    room = WIDTH_COLUMNS - len(lead)
    function = shorten(signature.label if has_binary else signature.function.name, room, style)
    place = shorten(point.place, room, style)
    marked_place = f"{style.strong}{place}{style.off}" if place else "line unknown"
    if width(function) + 2 + width(marked_place) <= room:
        yield f"{lead}{function}  {marked_place}"
    else:
        yield lead + function
        yield indent + marked_place
    yield from flow(point_facts(point, style), ", ", indent)
    if details and signature.id:
        yield f"{indent}ID {signature.id}"


def point_facts(point: Point, style: Style) -> list[str]:
    """Return what is known about a point, besides its weight and its place."""
    signature = point.signature
    course, trend = course_text(signature, style), trend_text(signature, style)
    facts = [
        course if signature.is_new else f"course {course}" if signature.course else "",
        f"trend {trend}" if trend else "",
        f"{point.occurrences} occurrence{'' if point.occurrences == '1' else 's'}" if point.occurrences else "",
    ]
    return list(filter(None, facts))
