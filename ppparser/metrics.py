"""The values of a metrics report: its metrics in typed columns, its insights, and changes between versions.

A report is Apple's `xcodeMetrics`; see "Get Power and Performance Metrics for an App" in the documentation
of the App Store Connect API. selection.py applies the filters; metrics_text.py and metrics_csv.py render.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import copysign, inf, isclose, isfinite
from typing import Any, NamedTuple

from ppparser.fields import LARGEST_NUMBER, get_dict, get_list, get_str, scalar_text, to_float

TYPICAL, TOP = "percentile.fifty", "percentile.ninety"


class Column(NamedTuple):
    """A number per point: as Apple wrote it ("" if missing), and as a float (None if missing)."""

    texts: Sequence[str]
    floats: Sequence[float | None]


class RecommendedGoal(NamedTuple):
    """What Apple recommends for a dataset; either text may be empty."""

    value: str
    detail: str


class Dataset(NamedTuple):
    """The points of one device and percentile as columns of equal length, oldest version first.

    `shares` maps a subsystem to its percentage at each point, "" where it is missing.
    """

    device: str
    marketing_name: str
    percentile: str
    versions: Sequence[str]
    values: Column
    margins: Column
    goals: Sequence[str]
    shares: Mapping[str, Sequence[str]]
    recommended_goal: RecommendedGoal | None

    @property
    def device_label(self) -> str:
        """Return the device as people know it."""
        return device_label(self.device, self.marketing_name)


class GoalBand(NamedTuple):
    """A goal and its bounds as Apple wrote them; the outer bound of the outermost bands is empty."""

    goal: str
    lower_bound: str
    upper_bound: str


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


class Population(NamedTuple):
    """The devices and percentile an insight is about; numbers are as Apple wrote them, "" if missing."""

    device: str
    percentile: str
    latest_value: str
    reference_average: str
    change_text: str
    change_percent: float
    summary: str


class Insight(NamedTuple):
    """A regression, or a metric that trends up; its change is against the average of the reference versions."""

    is_regression: bool
    category: str
    identifier: str
    latest_version: str
    reference_versions: Sequence[str]
    largest_value: str
    subsystem: str
    summary: str
    is_high_impact: bool
    populations: Sequence[Population]

    @property
    def key(self) -> tuple[str, str]:
        """Return the category and identifier of the metric."""
        return self.category, self.identifier

    @property
    def worst_population(self) -> Population | None:
        """Return the population with the largest increase."""
        return max(self.populations, key=lambda population: population.change_percent, default=None)


class Change(NamedTuple):
    """A change in percent, positive for an increase; infinite from 0, None if a value is missing."""

    percent: float | None
    within_margin: bool = False


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


def read_metric(metric: RawMetric, devices: set[str] | None) -> Metric:
    """Return a metric with its datasets, or those of `devices`, read into columns."""
    unit = get_dict(metric.members, "unit")
    return Metric(
        metric.platform,
        metric.category,
        metric.identifier,
        get_str(unit, "displayName") or get_str(unit, "identifier"),
        [
            GoalBand(get_str(key, "goalKey"), scalar_text(key.get("lowerBound")), scalar_text(key.get("upperBound")))
            for key in get_list(metric.members, "goalKeys")
        ],
        [
            _dataset(members, criteria)
            for members in get_list(metric.members, "datasets")
            for criteria in (get_dict(members, "filterCriteria"),)
            if devices is None or get_str(criteria, "device") in devices
        ],
    )


def _dataset(members: dict[str, Any], criteria: dict[str, Any]) -> Dataset:
    points = get_list(members, "points")
    goal = get_dict(members, "recommendedMetricGoal")
    return Dataset(
        get_str(criteria, "device"),
        get_str(criteria, "deviceMarketingName"),
        get_str(criteria, "percentile"),
        _texts(points, "version"),
        _column(points, "value"),
        _column(points, "errorMargin"),
        _texts(points, "goal"),
        _shares(points),
        RecommendedGoal(scalar_text(goal.get("value")), get_str(goal, "detail")) if goal else None,
    )


def _column(points: list[dict[str, Any]], key: str) -> Column:
    values: list[Any] = [point.get(key) for point in points]
    if set(map(type, values)) == {bytes}:  # Most columns contain only fractions, which are faster to read together.
        floats = list(map(float, values))
        if max(map(abs, floats)) <= LARGEST_NUMBER:
            return Column(b" ".join(values).decode("ascii").split(" "), floats)
    return Column(list(map(scalar_text, values)), list(map(to_float, values)))


def _texts(points: list[dict[str, Any]], key: str) -> Sequence[str]:
    values: list[Any] = [point.get(key) for point in points]
    try:
        # Usually all of them are printable strings, which a single check of their concatenation shows.
        if "".join(values).isprintable():
            return values
    except TypeError:
        pass
    return [get_str(point, key) for point in points]


def _shares(points: list[dict[str, Any]]) -> dict[str, list[str]]:
    shares: dict[str, list[str]] = {}
    for position, point in enumerate(points):
        if "percentageBreakdown" not in point:
            continue
        breakdown = point["percentageBreakdown"]
        # An array in real responses, a single object in Apple's OpenAPI document.
        for share in [breakdown] if isinstance(breakdown, dict) else get_list(point, "percentageBreakdown"):
            column = shares.setdefault(get_str(share, "subSystemLabel") or "unnamed", [""] * len(points))
            column[position] = " + ".join(filter(None, [column[position], scalar_text(share.get("value"))]))
    return shares


def read_insights(document: dict[str, Any]) -> list[Insight]:
    """Return the regressions and the upward trends, worst first: high impact, then the largest increase."""
    members = get_dict(document, "insights")
    insights = [
        _insight(insight, key == "regressions")
        for key in ("regressions", "trendingUp")
        for insight in get_list(members, key)
    ]
    insights.sort(key=_urgency)
    return insights


def _urgency(insight: Insight) -> tuple[bool, float]:
    worst = insight.worst_population
    return not insight.is_high_impact, -worst.change_percent if worst else 0


def _insight(members: dict[str, Any], is_regression: bool) -> Insight:
    references = members.get("referenceVersions")
    # An array in real responses, one string in Apple's OpenAPI document.
    versions = references if isinstance(references, list) else [references]
    return Insight(
        is_regression,
        get_str(members, "metricCategory"),
        get_str(members, "metric"),
        get_str(members, "latestVersion"),
        [text for version in versions if (text := scalar_text(version))],
        scalar_text(members.get("maxLatestVersionValue")),
        get_str(members, "subSystemLabel"),
        get_str(members, "summaryString"),
        members.get("highImpact") is True,
        [_population(population) for population in get_list(members, "populations")],
    )


def _population(members: dict[str, Any]) -> Population:
    change = to_float(members.get("deltaPercentage"))
    return Population(
        get_str(members, "device"),
        get_str(members, "percentile"),
        scalar_text(members.get("latestVersionValue")),
        scalar_text(members.get("referenceAverageValue")),
        scalar_text(members.get("deltaPercentage")),
        -inf if change is None else change,
        get_str(members, "summaryString"),
    )


def device_label(name: str, marketing_name: str) -> str:
    """Return a device as people know it, followed by the identifier if that adds anything."""
    if not name or not marketing_name:
        return marketing_name or name or "unknown device"
    return marketing_name if name.lower().startswith("all_") else f"{marketing_name} ({name})"


def percentile_label(percentile: str) -> str:
    """Return `typical` or `top`, or the report's own name for any other percentile."""
    return {TYPICAL: "typical", TOP: "top"}.get(percentile) or percentile or "unknown percentile"


def change(
    before: float | None, after: float | None, margin_before: float | None = None, margin_after: float | None = None
) -> Change:
    """Return the change from `before` to `after`, and whether their error margins overlap.

    A margin is half the width of an interval around its value.
    """
    if before is None or after is None:
        return Change(None)
    if before == after:
        return Change(0.0)
    difference = after - before
    margin = (margin_before or 0) + (margin_after or 0)
    within_margin = abs(difference) <= margin
    if isclose(abs(difference), margin):  # Here only the decimals that Apple wrote can tell: 1.1 - 1.0 > 0.1 in binary.
        numbers = (after, before, margin_before or 0, margin_after or 0)
        exact_after, exact_before, *exact_margins = (Decimal(repr(number)) for number in numbers)
        within_margin = abs(exact_after - exact_before) <= sum(exact_margins)
    return Change(100 * difference / abs(before) if before else copysign(inf, difference), within_margin)


def changes(dataset: Dataset) -> list[Change]:
    """Return the change of each point but the first against the point before it."""
    values, margins = dataset.values.floats, dataset.margins.floats
    return list(map(change, values, values[1:], margins, margins[1:]))


def worsening_percent(change: Change) -> float:
    """Return the change in percent, negative for an improvement.

    It is 0 if the change is within the error margins, from a value of 0, or unknown.
    """
    if change.percent is None or change.within_margin or not isfinite(change.percent):
        return 0
    return change.percent
