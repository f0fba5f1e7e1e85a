"""The values of a performance overview: what it says about the metrics, and the code to look at.

An overview is Apple's `xcodeOverview` (App Store Connect API 4.5). Its sections are metrics whose points have no goal,
and its top points are signatures with the place in the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ppparser.diagnostics.signatures import Signature, read_course, weight_order
from ppparser.documents.fields import get_dict, get_list, get_str, to_float
from ppparser.documents.subject import App
from ppparser.errors import NoDataError
from ppparser.metrics.findings import DIAGNOSTIC_TYPES, UNKNOWN_APP, newest_in_report, newest_versions
from ppparser.metrics.insights import insights_obstacle, read_insights
from ppparser.metrics.measurements import RawMetric
from ppparser.metrics.selection import NO_FILTERS, Filters, Selection, select_from
from ppparser.program.terminal import clean

# Type of the diagnostics -> the member with its top points.
_POINT_LISTS = {"HANGS": "topHangPoint", "LAUNCHES": "topLaunchPoint", "DISK_WRITES": "topDiskWritePoint"}


class Point(NamedTuple):
    """A top point: a signature whose course has the weights in the reference versions, and where it is in the code.

    Texts are empty if missing. `place` is `file:line`, and `occurrences` their number as Apple wrote it.
    """

    signature: Signature
    place: str
    occurrences: str


class Overview(NamedTuple):
    """What the filters select from an overview.

    `versions` has the newest version of the app by its platform; either may be empty. `newest` has that of the whole
    overview, whatever the filters are. `points` has the top points of each type that has any, heaviest first: the types
    of the regressions come first, the worst before others.
    """

    selection: Selection
    app: App
    versions: Mapping[str, str]
    points: Mapping[str, Sequence[Point]]
    newest: Mapping[str, str]

    @property
    def app_argument(self) -> str:
        """Return what names the app in a command, which must not be just any text of a file."""
        names = (name for name in (self.app.bundle_id, self.app.id) if re.fullmatch(r"[A-Za-z0-9.-]{1,155}", name))
        return next(names, UNKNOWN_APP)


def read_overview(document: dict[str, Any], filters: Filters = NO_FILTERS) -> Overview:
    """Return what matches the filters; those for a metric select top points by category.

    Raises NoDataError for a filter that matches nothing in the document, and if the overview is empty.
    """
    app = get_dict(document, "appMetadata")
    platform, bundle_id, app_id = get_str(app, "platform"), get_str(app, "bundleId"), get_str(app, "appId")
    sections, insights, points = _sections(document, platform), read_insights(document), _points(document)
    if not sections and not insights and not (points and filters.device is None):
        raise NoDataError(_no_data_text(bundle_id, filters.device))
    selection = select_from(sections, insights, filters, insights_obstacle(document))
    ranking = dict.fromkeys(section.key for section in sorted(sections, key=_relevance))
    selection = selection._replace(ranks={key: rank for rank, key in enumerate(ranking)})
    latest_version = get_str(app, "latestVersion")
    named = {platform: latest_version} if latest_version else {}
    return Overview(
        selection,
        App(app_id, "", bundle_id),
        named or newest_versions(selection),
        _selected_points(points, selection, filters),
        named or newest_in_report(sections),
    )


def _no_data_text(bundle_id: str, device: str | None) -> str:
    """Return what a request for `device` delivered, and why: the API selects it before the filters do."""
    app = f" of {bundle_id}" if bundle_id else ""
    problem = f"the overview{app} contains no data" + ("" if device is None else f" about {clean(device)}")
    reason = "Apple provides none below its usage threshold and in the first days after a release"
    advice = "Try again when more people use the app" if device is None else "Leave out --device to see the others"
    return f"{problem}:\n  {reason}.\n  {advice}"


def _sections(document: dict[str, Any], platform: str) -> list[RawMetric]:
    return [
        RawMetric(platform, _name(category), _name(section), section)
        for category in get_list(document, "categories")
        for section in get_list(category, "sections")
    ]


def _name(members: dict[str, Any]) -> str:
    return get_str(members, "identifier") or get_str(members, "displayName")


def _relevance(section: RawMetric) -> tuple[bool, float, bool, float]:
    """Return a key that sorts by relevance, the highest first, then by sort order; unknown ones come last."""
    relevance, order = (to_float(section.members.get(key)) for key in ("relevanceScore", "sortOrder"))
    return relevance is None, -(relevance or 0), order is None, order or 0


def _points(document: dict[str, Any]) -> dict[str, list[Point]]:
    """Return the points of each type that has any, heaviest first, those without a weight last."""
    signatures = get_dict(document, "signatures")
    by_type = {
        kind: [_point(members, kind) for members in get_list(signatures, key)] for kind, key in _POINT_LISTS.items()
    }
    for points in by_type.values():
        points.sort(key=lambda point: weight_order(point.signature), reverse=True)
    return {kind: points for kind, points in by_type.items() if points}


def _point(members: dict[str, Any], kind: str) -> Point:
    signature_id, weight = get_str(members, "signatureId"), to_float(members.get("weight"))
    references = get_list(get_dict(members, "metricsSummary"), "referenceVersions")
    values = [to_float(reference.get("value")) for reference in references]
    # Apple does not say whether these are fractions. Above 1, a weight is a percentage; so is all of a course.
    weight_scale = 0.01 if _exceeds_1([weight]) else 1
    course_scale = 0.01 if _exceeds_1([weight, *values]) else 1
    weight = None if weight is None else weight * weight_scale
    signature = Signature(
        signature_id,
        get_str(members, "signature") or signature_id or "unknown",
        kind,
        weight,
        get_str(members, "trendInfo"),
        read_course(references, weight, course_scale),
        "",
    )
    file = re.split(r"[/\\]", get_str(members, "sourceFile"))[-1]
    place = ":".join(filter(None, (file, get_str(members, "lineNumber")))) if file else ""
    return Point(signature, place, get_str(members, "count"))


def _exceeds_1(values: Iterable[float | None]) -> bool:
    return any(value is not None and value > 1 for value in values)


def _selected_points(
    points: Mapping[str, Sequence[Point]], selection: Selection, filters: Filters
) -> dict[str, Sequence[Point]]:
    """Return the points of the types that belong to the regressions, then the others unless metrics are filtered."""
    categories = [insight.category for insight in selection.regressions]
    if filters.metric is not None:
        categories += [metric.category for metric in selection.metrics]
        categories += [insight.category for insight in selection.insights]
    types = dict.fromkeys(DIAGNOSTIC_TYPES.get(category.upper(), "") for category in categories)
    if filters.metric is None:
        types.update(dict.fromkeys(points))
    return {kind: points[kind] for kind in types if kind in points}
