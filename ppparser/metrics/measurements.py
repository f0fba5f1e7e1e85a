"""The metrics of a metrics report, their measurements in typed columns.

A report is Apple's `xcodeMetrics`; see "Get Power and Performance Metrics for an App" in the documentation
of the App Store Connect API. selection.py applies the filters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ppparser.documents.fields import get_dict, get_list, get_str, scalar_text, to_float

TYPICAL, TOP = "percentile.fifty", "percentile.ninety"


class Numbers(NamedTuple):
    """A number per point: as Apple wrote it ("" if missing), and as a float (None if missing)."""

    texts: Sequence[str]
    floats: Sequence[float | None]


class RecommendedGoal(NamedTuple):
    """What Apple recommends for a dataset; either text may be empty, and `limit` is the value as a float."""

    value: str
    detail: str
    limit: float | None = None


class Baseline(NamedTuple):
    """What all changes of a dataset are from: a version, its value as Apple wrote it and as a float, and its margin."""

    version: str
    text: str = ""
    value: float | None = None
    margin: float | None = None


class Dataset(NamedTuple):
    """The points of one device and percentile as columns of equal length, oldest version first.

    `shares` maps a subsystem to its share in percent, as Apple wrote it, at each position where a point has one, in
    ascending order. Without a baseline, changes are from the version before. Points before the position `first_shown`
    only serve for changes.
    """

    device: str
    marketing_name: str
    percentile: str
    versions: Sequence[str]
    values: Numbers
    margins: Numbers
    goals: Sequence[str]
    shares: Mapping[str, Mapping[int, str]]
    recommended_goal: RecommendedGoal | None
    baseline: Baseline | None = None
    first_shown: int = 0

    @property
    def device_label(self) -> str:
        """Return the device as people know it."""
        return device_label(self.device, self.marketing_name)


class GoalBand(NamedTuple):
    """A goal and its bounds, as Apple wrote them and as floats; the outer bound of the outermost bands is missing."""

    goal: str
    lower_bound: str
    upper_bound: str
    lower: float | None = None
    upper: float | None = None


class Metric(NamedTuple):
    """A metric of a platform with the datasets that were selected.

    It is known by category and identifier together: BATTERY and TERMINATION share identifiers.
    """

    platform: str
    category: str
    identifier: str
    unit: str
    goal_bands: Sequence[GoalBand]
    datasets: Sequence[Dataset]

    @property
    def key(self) -> tuple[str, str]:
        """Return the category and identifier, by which insights refer to a metric."""
        return self.category, self.identifier


class RawMetric(NamedTuple):
    """A metric before its datasets are read into columns."""

    platform: str
    category: str
    identifier: str
    members: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.category, self.identifier


def read_raw_metrics(document: dict[str, Any]) -> Iterator[RawMetric]:
    for product in get_list(document, "productData"):
        for category in get_list(product, "metricCategories"):
            for metric in get_list(category, "metrics"):
                names = get_str(product, "platform"), get_str(category, "identifier"), get_str(metric, "identifier")
                yield RawMetric(*names, metric)


def read_metric(metric: RawMetric, devices: set[str] | None = None, percentiles: set[str] | None = None) -> Metric:
    """Return a metric with its datasets, or those of `devices` and `percentiles`, read into columns."""
    unit = get_dict(metric.members, "unit")
    return Metric(
        metric.platform,
        metric.category,
        metric.identifier,
        get_str(unit, "displayName") or get_str(unit, "identifier"),
        [
            _goal_band(get_str(key, "goalKey"), key.get("lowerBound"), key.get("upperBound"))
            for key in get_list(metric.members, "goalKeys")
        ],
        [
            _dataset(members, criteria)
            for members in get_list(metric.members, "datasets")
            for criteria in (get_dict(members, "filterCriteria"),)
            if devices is None or get_str(criteria, "device") in devices
            if percentiles is None or get_str(criteria, "percentile") in percentiles
        ],
    )


def _goal_band(goal: str, lower: Any, upper: Any) -> GoalBand:
    return GoalBand(goal, scalar_text(lower), scalar_text(upper), to_float(lower), to_float(upper))


def _dataset(members: dict[str, Any], criteria: dict[str, Any]) -> Dataset:
    points = get_list(members, "points")
    goal = get_dict(members, "recommendedMetricGoal")
    return Dataset(
        get_str(criteria, "device"),
        get_str(criteria, "deviceMarketingName"),
        get_str(criteria, "percentile"),
        text_column(points, "version"),
        _column(points, "value"),
        _column(points, "errorMargin"),
        text_column(points, "goal"),
        _shares(points),
        RecommendedGoal(scalar_text(goal.get("value")), get_str(goal, "detail"), to_float(goal.get("value")))
        if goal
        else None,
    )


def _column(points: list[dict[str, Any]], key: str) -> Numbers:
    values = [point.get(key) for point in points]
    return Numbers(list(map(scalar_text, values)), list(map(to_float, values)))


def text_column(points: list[dict[str, Any]], key: str) -> Sequence[str]:
    """Return the text `key` of each point, "" if it is missing."""
    values: list[Any] = [point.get(key) for point in points]
    try:
        # Usually all of them are printable strings, which a single check of their concatenation shows.
        if "".join(values).isprintable():
            return values
    except TypeError:
        pass
    return [get_str(point, key) for point in points]


def _shares(points: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    shares: dict[str, dict[int, str]] = {}
    for position, point in enumerate(points):
        if "percentageBreakdown" not in point:
            continue
        breakdown = point["percentageBreakdown"]
        # An array in real responses, a single object in Apple's OpenAPI document.
        for share in [breakdown] if isinstance(breakdown, dict) else get_list(point, "percentageBreakdown"):
            column = shares.setdefault(get_str(share, "subSystemLabel") or "unnamed", {})
            column[position] = scalar_text(share.get("value"))
    return shares


def device_label(name: str, marketing_name: str) -> str:
    """Return a device as people know it, followed by the identifier if that adds anything."""
    if not name or not marketing_name:
        return marketing_name or name or "unknown device"
    return marketing_name if is_device_group(name) else f"{marketing_name} ({name})"


def is_device_group(name: str) -> bool:
    """Tell whether a device is a group of devices, such as `all_iphones`, and not a model."""
    return name.lower().startswith("all_")


def percentile_label(percentile: str) -> str:
    """Return `typical` or `top`, or the report's own name for any other percentile."""
    return {TYPICAL: "typical", TOP: "top"}.get(percentile) or percentile or "unknown percentile"
