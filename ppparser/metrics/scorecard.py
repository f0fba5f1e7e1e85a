"""The values of the scorecard: each metric of a selection on one device, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import partial
from itertools import islice
from typing import NamedTuple

from ppparser.documents.versions import newest_version
from ppparser.metrics.changes import Change, Goal, change_at, goal_at, reference, worsening_percent
from ppparser.metrics.insights import Insight
from ppparser.metrics.measurements import TOP, TYPICAL, Dataset, Metric, is_device_group
from ppparser.metrics.selection import Selection

# A metric is judged by the first of these devices that it has, or else by another group, or else by its first device.
_PREFERRED_GROUPS = ("all_iphones", "all_ipads", "all_macs")
MAX_DEVICES_NAMED = 3
# As many versions as an app's report has.
TREND_LENGTH = 8


class Alarm(IntEnum):
    """What the insights say about a metric."""

    NONE = 0
    TRENDING_UP = 1
    REGRESSION = 2
    HIGH_IMPACT = 3


class Figure(NamedTuple):
    """A percentile's newest value, its change from the version `previous`, and its goal.

    Numbers are as Apple wrote them, "" if unknown: also the error margin, the previous value and the recommended goal.
    """

    value: str = ""
    change: Change = Change(None)
    previous: str = ""
    goal: Goal = Goal()
    margin: str = ""
    previous_value: str = ""
    recommended: str = ""


class Score(NamedTuple):
    """A metric on one device: all figures belong to `version`, and the trend ends with it.

    `alarm_devices` names the devices that the alarm stems from, unless `device` is one of them: MAX_DEVICES_NAMED of
    them, and one more if there are more.
    """

    alarm: Alarm
    alarm_devices: Sequence[str]
    platform: str
    category: str
    identifier: str
    unit: str
    device: str
    version: str
    typical: Figure
    top: Figure
    trend: Sequence[float | None]

    @property
    def figures(self) -> tuple[Figure, Figure]:
        """Return the figures of both percentiles."""
        return self.typical, self.top


class Scorecard(NamedTuple):
    """The scores, worst first, and what most of them have in common.

    `previous` is the version that all changes are from, "" if they differ; `trend_percentile` is that of all trends.
    """

    scores: Sequence[Score]
    platform: str
    device: str
    version: str
    previous: str
    trend_percentile: str


def scorecard(selection: Selection) -> Scorecard:
    """Return the scores of all metrics that have points, worst first, or by rank if the report ranks its metrics."""
    insights: dict[tuple[str, str], list[Insight]] = {}
    for insight in selection.insights:
        insights.setdefault(insight.key, []).append(insight)
    judged = [
        (metric, datasets)
        for metric in selection.metrics
        if (datasets := _judged_datasets([dataset for dataset in metric.datasets if dataset.versions]))
    ]
    percentiles = {dataset.percentile for _, datasets in judged for dataset in datasets}
    trend_percentile = next((percentile for percentile in (TOP, TYPICAL) if percentile in percentiles), "")
    alarms = {key: _alarm(group) for key, group in insights.items()}
    scores = []
    for metric, datasets in judged:
        alarm, devices = alarms.get(metric.key, (Alarm.NONE, {}))
        others = [] if datasets[0].device in devices else list(islice(devices, MAX_DEVICES_NAMED + 1))
        names = tuple(map(selection.device_label, others))
        scores.append(_score(metric, datasets, alarm, names, trend_percentile))
    scores.sort(key=_urgency)
    if selection.ranks is not None:
        scores.sort(key=partial(_relevance, selection.ranks))
    previous = {figure.previous for score in scores for figure in score.figures if figure.previous}
    return Scorecard(
        scores,
        _most_common(score.platform for score in scores),
        _most_common(score.device for score in scores),
        _most_common(score.version for score in scores),
        previous.pop() if len(previous) == 1 else "",
        trend_percentile,
    )


def _most_common(names: Iterable[str]) -> str:
    [(name, _)] = Counter(names).most_common(1) or [("", 0)]
    return name


def alarm_of(insight: Insight) -> Alarm:
    """Return the alarm that an insight raises."""
    if not insight.is_regression:
        return Alarm.TRENDING_UP
    return Alarm.HIGH_IMPACT if insight.is_high_impact else Alarm.REGRESSION


def _alarm(insights: Sequence[Insight]) -> tuple[Alarm, dict[str, None]]:
    """Return the worst alarm of a metric and the devices that it stems from, as keys."""
    worst = max(map(alarm_of, insights))
    populations = [
        population for insight in insights if alarm_of(insight) == worst for population in insight.populations
    ]
    return worst, dict.fromkeys(population.device for population in populations if population.device)


def _judged_datasets(datasets: Sequence[Dataset]) -> list[Dataset]:
    by_device: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_device.setdefault(dataset.device, []).append(dataset)
    groups = list(filter(is_device_group, by_device))
    for device in (*_PREFERRED_GROUPS, *groups, *by_device):
        if device in by_device:
            return by_device[device]
    return []


def _score(
    metric: Metric, datasets: Sequence[Dataset], alarm: Alarm, alarm_devices: Sequence[str], trend_percentile: str
) -> Score:
    """Return the score of a metric for the newest version: percentiles that end at an older one have no part in it."""
    version = newest_version(dataset.versions for dataset in datasets)
    current = [dataset for dataset in datasets if dataset.versions[-1] == version] or datasets[:1]
    by_percentile = {dataset.percentile: dataset for dataset in current}
    typical, top = (by_percentile.get(percentile) for percentile in (TYPICAL, TOP))
    trend = by_percentile.get(trend_percentile)
    return Score(
        alarm,
        alarm_devices,
        metric.platform,
        metric.category,
        metric.identifier,
        metric.unit,
        current[0].device_label,
        current[0].versions[-1],
        _figure(typical) if typical else Figure(),
        _figure(top) if top else Figure(),
        trend.values.floats[trend.first_shown :] if trend else (),
    )


def _figure(dataset: Dataset) -> Figure:
    newest = len(dataset.versions) - 1
    old = reference(dataset, newest)
    return Figure(
        dataset.values.texts[-1],
        change_at(dataset, newest),
        old.version if old else "",
        goal_at(dataset, -1),
        dataset.margins.texts[-1],
        old.text if old else "",
        dataset.recommended_goal.value if dataset.recommended_goal else "",
    )


def _relevance(ranks: Mapping[tuple[str, str], int], score: Score) -> tuple[int, int]:
    """Return a key that sorts regressions first, those of high impact before others, and then by rank."""
    return -max(score.alarm, Alarm.TRENDING_UP), ranks.get((score.category, score.identifier), len(ranks))


def _urgency(score: Score) -> tuple[int, float, tuple[int, float]]:
    """Return a key that sorts the worst first: by alarm, then by worsening, then by goal."""
    rank, missed = max(figure.goal.severity for figure in score.figures)
    changes = [figure.change for figure in score.figures if figure.change.percent is not None]
    worsening = max(map(worsening_percent, changes), default=0)
    return -score.alarm, -worsening, (-rank, -missed)
