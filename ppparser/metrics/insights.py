"""The insights of a metrics report: regressions, and metrics that trend up."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from ppparser.documents.fields import get_dict, get_list, get_str, scalar_text, to_float
from ppparser.metrics.obstacles import Obstacle


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


def insights_obstacle(document: dict[str, Any]) -> Obstacle | None:
    """Return why the insights of a report cannot be judged, or None if they can."""
    insights = document.get("insights")
    if not isinstance(insights, dict):
        return Obstacle.NO_INSIGHTS
    regressions = insights.get("regressions")
    if not isinstance(regressions, list):
        return Obstacle.NO_REGRESSION_LIST
    return None if all(map(_is_readable, regressions)) else Obstacle.UNREADABLE_REGRESSION


def _is_readable(regression: Any) -> bool:
    """Tell whether a regression names its metric or its category, and all of its populations are objects."""
    if not isinstance(regression, dict) or not (get_str(regression, "metricCategory") or get_str(regression, "metric")):
        return False
    populations = regression.get("populations")
    return populations is None or (
        isinstance(populations, list) and len(get_list(regression, "populations")) == len(populations)
    )


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
