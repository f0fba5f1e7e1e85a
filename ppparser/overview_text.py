"""Render the code to look at of a performance overview as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics import course_versions, shared_binary
from ppparser.diagnostics_text import TYPES, course_text, share_text, trend_text
from ppparser.overview import Overview, Point
from ppparser.tables import shorten, width, wrap
from ppparser.terminal import WIDTH_COLUMNS, Style

_POINTS_PER_TYPE = 2
_WEIGHT_WIDTH = 6


def code_lines(overview: Overview, style: Style, details: bool) -> Iterator[str]:
    """Yield the two heaviest points of each type; with `details`, all of them, with their IDs."""
    if not overview.points:
        return
    signatures = [point.signature for points in overview.points.values() for point in points]
    versions = f" {style.arrow} ".join(course_versions(signatures))
    legend = "; weight: % of the type's metric" + (f"; course: {versions}" if versions else "")
    yield from _titled("Code to look at", legend, style)
    if overview.is_device_selected:
        yield "--device does not narrow down the points, which name no device"
    has_binary = not shared_binary(signatures)
    for diagnostic_type, points in overview.points.items():
        shown = points if details else points[:_POINTS_PER_TYPE]
        yield from _titled(TYPES[diagnostic_type].capitalize(), f": {_count_text(len(shown), len(points))}", style)
        for point in shown:
            yield from _point_lines(point, has_binary, details, style)
    yield ""


def _titled(title: str, rest: str, style: Style) -> Iterator[str]:
    """Yield the lines of a title in bold and what follows it."""
    first, *others = wrap(title + rest, "", "  ")
    yield f"{style.strong}{title}{style.off}{first[len(title) :]}"
    yield from others


def _count_text(shown: int, total: int) -> str:
    points = f"{total} point{'' if total == 1 else 's'}"
    return f"the {shown} heaviest of {points}" if shown < total else f"{points}, heaviest first"


def _point_lines(point: Point, has_binary: bool, details: bool, style: Style) -> Iterator[str]:
    """Yield the weight, the function and the line to open; below, what is known about them."""
    signature = point.signature
    lead = f"{share_text(signature):>{_WEIGHT_WIDTH}}  "
    indent = " " * len(lead)
    room = WIDTH_COLUMNS - len(lead)
    function = shorten(signature.label if has_binary else signature.function.name, room, style)
    place = shorten(point.place, room, style)
    gap = "  " if width(function) + 2 + width(place) <= room else f"\n{indent}"
    yield from f"{lead}{function}{gap}{style.strong}{place}{style.off}".split("\n") if place else [lead + function]
    course, trend = course_text(signature, style), trend_text(signature, style)
    facts = [
        course if signature.is_new else f"course {course}" if signature.course else "",
        f"trend {trend}" if trend != "-" else "",
        f"{point.occurrences} occurrence{'' if point.occurrences == '1' else 's'}" if point.occurrences else "",
    ]
    if facts := list(filter(None, facts)):
        yield from wrap(", ".join(facts), indent)
    if details and signature.id:
        yield f"{indent}ID {signature.id}"
