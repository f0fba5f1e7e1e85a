"""The values of the scorecard: each metric of a selection, judged by one device, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from ppparser.metrics import TOP, TYPICAL, Change, Dataset, Metric, changes, worsening_percent
from ppparser.selection import Selection, newest_version

# Best first.
GOALS = ("good", "fair", "poor")
# A metric is judged by the first of these devices that it has, or else by its first device.
_PREFERRED_DEVICES = ("all_iphones", "all_ipads")


class Alarm(IntEnum):
    """What the insights say about a metric."""

    NONE = 0
    TRENDING_UP = 1
    REGRESSION = 2
    HIGH_IMPACT = 3


class Score(NamedTuple):
    """A metric on one device: the newest typical and top value, and the change and trend of the one that worsened more.

    Texts are empty if unknown; `goal` is the worst of both percentiles.
    """

    alarm: Alarm
    category: str
    identifier: str
    device: str
    version: str
    typical: str
    top: str
    change: Change
    goal: str
    trend: Sequence[float | None]


def scores(selection: Selection) -> list[Score]:
    """Return the score of each metric that has points, worst first."""
    alarms: dict[tuple[str, str], Alarm] = {}
    for insight in selection.insights:
        alarm = Alarm.REGRESSION if insight.is_regression else Alarm.TRENDING_UP
        if insight.is_regression and insight.is_high_impact:
            alarm = Alarm.HIGH_IMPACT
        alarms[insight.key] = max(alarm, alarms.get(insight.key, Alarm.NONE))
    found = [
        _score(metric, datasets, alarms.get(metric.key, Alarm.NONE))
        for metric in selection.metrics
        if (datasets := _judged_datasets([dataset for dataset in metric.datasets if dataset.versions]))
    ]
    return sorted(found, key=lambda score: (-score.alarm, -worsening_percent(score.change)))


def _judged_datasets(datasets: Sequence[Dataset]) -> list[Dataset]:
    by_device: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_device.setdefault(dataset.device, []).append(dataset)
    for device in (*_PREFERRED_DEVICES, *by_device):
        if device in by_device:
            return by_device[device]
    return []


def _score(metric: Metric, datasets: Sequence[Dataset], alarm: Alarm) -> Score:
    """Return the score of a metric for the newest version: percentiles that end at an older one have no part in it."""
    version = newest_version(datasets)
    current = [dataset for dataset in datasets if dataset.versions[-1] == version] or datasets[:1]
    latest = {dataset.percentile: dataset.values.texts[-1] for dataset in current}
    latest_changes = [(changes(dataset) or [Change(None)])[-1] for dataset in current]
    worst = max(range(len(current)), key=lambda position: worsening_percent(latest_changes[position]))
    return Score(
        alarm,
        metric.category,
        metric.identifier,
        current[worst].device_label,
        current[worst].versions[-1],
        latest.get(TYPICAL, ""),
        latest.get(TOP, ""),
        latest_changes[worst],
        _worst_goal([dataset.goals[-1] for dataset in current]),
        current[worst].values.floats,
    )


def _worst_goal(goals: Sequence[str]) -> str:
    """Return the worst of `goals`; if none is in GOALS, the last one that is not empty."""

    def rank(goal: str) -> int:
        return GOALS.index(goal.lower()) if goal.lower() in GOALS else -1

    return max(reversed([goal for goal in goals if goal]), key=rank, default="")
