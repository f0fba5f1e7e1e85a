"""The values of the charts: each metric by version, on the device of its scorecard row and on those of insights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ppparser.documents.versions import version_order
from ppparser.metrics.changes import Change, Goal, changes, goal_at
from ppparser.metrics.findings import Finding
from ppparser.metrics.measurements import TOP, TYPICAL, Dataset, GoalBand, Metric, RecommendedGoal
from ppparser.metrics.scorecard import MAX_DEVICES_NAMED, Alarm, Score, alarm_of
from ppparser.metrics.selection import Selection

# More do not fit next to each other on a phone.
MAX_VERSIONS = 60

MetricKey = tuple[str, str, str]


class Mark(NamedTuple):
    """A measurement in a chart: its place among the versions, its numbers as Apple wrote them, and as floats."""

    place: int
    version: str
    text: str
    value: float
    margin_text: str
    margin: float | None
    change: Change
    goal: Goal


class Series(NamedTuple):
    """The measurements of a percentile, oldest first; points without a number are left out."""

    percentile: str
    marks: Sequence[Mark]
    recommended_goal: RecommendedGoal | None


class Chart(NamedTuple):
    """A metric by version on a device.

    Of many versions, the newest are shown, and `omitted_count` are not. An insight into the metric on this device found
    `alarm` in `alarm_version`, for `alarm_percentiles`. All changes are from `baseline`, if it is not empty.
    """

    platform: str
    category: str
    identifier: str
    unit: str
    device: str
    versions: Sequence[str]
    omitted_count: int
    series: Sequence[Series]
    goal_bands: Sequence[GoalBand]
    baseline: str
    alarm: Alarm
    alarm_version: str
    alarm_percentiles: Sequence[str]

    @property
    def key(self) -> MetricKey:
        """Return what the metric of the chart is known by."""
        return self.platform, self.category, self.identifier


class _Alarm(NamedTuple):
    alarm: Alarm = Alarm.NONE
    version: str = ""
    percentiles: Sequence[str] = ()


def metric_charts(
    selection: Selection, scores: Sequence[Score], findings: Sequence[Finding]
) -> Mapping[MetricKey, Sequence[Chart]]:
    """Return the charts of each metric in the order of the scores: that of the row's device comes first."""
    metrics: dict[MetricKey, list[Metric]] = {}
    for metric in selection.metrics:
        metrics.setdefault((metric.platform, *metric.key), []).append(metric)
    alarms = _alarms(findings)
    charts: dict[MetricKey, list[Chart]] = {}
    for score in scores:
        key = score.platform, score.category, score.identifier
        if key not in charts:
            charts[key] = list(_charts(metrics[key], score.device, alarms.get(key[1:], {})))
    return charts


def _alarms(findings: Sequence[Finding]) -> dict[tuple[str, str], dict[str, _Alarm]]:
    """Return the alarms of the insights by metric and device; of several insights, the worst."""
    alarms: dict[tuple[str, str], dict[str, _Alarm]] = {}
    for finding in findings:
        percentiles: dict[str, list[str]] = {}
        for population in sorted(finding.insight.populations, key=lambda population: -population.change_percent):
            percentiles.setdefault(population.device, []).append(population.percentile)
        by_device = alarms.setdefault(finding.insight.key, {})
        for device, names in percentiles.items():
            alarm = _Alarm(alarm_of(finding.insight), finding.versions[-1], names)
            if alarm.alarm > by_device.get(device, _Alarm()).alarm:
                by_device[device] = alarm
    return alarms


def _charts(metrics: Sequence[Metric], row_device: str, alarms: Mapping[str, _Alarm]) -> Iterator[Chart]:
    by_device: dict[str, dict[str, Dataset]] = {}
    row = ""
    for dataset in (dataset for metric in metrics for dataset in metric.datasets if dataset.versions):
        by_device.setdefault(dataset.device, {}).setdefault(dataset.percentile, dataset)
        row = row or (dataset.device if dataset.device_label == row_device else "")
    others = [device for device in alarms if device in by_device and device != row]
    for device in (row, *others[:MAX_DEVICES_NAMED]):
        by_percentile = by_device.get(device, {})
        datasets = [by_percentile[percentile] for percentile in (TYPICAL, TOP) if percentile in by_percentile]
        if datasets and (chart := _chart(metrics[0], datasets, alarms.get(device, _Alarm()))).series:
            yield chart


def _chart(metric: Metric, datasets: Sequence[Dataset], alarm: _Alarm) -> Chart:
    all_versions = _versions([dataset.versions[dataset.first_shown :] for dataset in datasets])
    versions = all_versions[-MAX_VERSIONS:]
    return Chart(
        metric.platform,
        metric.category,
        metric.identifier,
        metric.unit,
        datasets[0].device_label,
        versions,
        len(all_versions) - len(versions),
        [series for dataset in datasets if (series := _series(dataset, versions)).marks],
        metric.goal_bands,
        datasets[0].baseline.version if datasets[0].baseline else "",
        *alarm,
    )


def _versions(columns: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the versions of all columns, oldest first; columns may start and end at different versions."""
    longest = max(columns, key=len)
    if all(version in longest for column in columns for version in column):
        return longest
    return sorted({version for column in columns for version in column}, key=version_order)


def _series(dataset: Dataset, versions: Sequence[str]) -> Series:
    all_changes = changes(dataset)
    places = {version: place for place, version in enumerate(versions)}
    return Series(
        dataset.percentile,
        [
            Mark(
                places[version],
                version,
                dataset.values.texts[position],
                value,
                dataset.margins.texts[position],
                dataset.margins.floats[position],
                all_changes[position],
                goal_at(dataset, position),
            )
            for position, (version, value) in enumerate(zip(dataset.versions, dataset.values.floats))
            if value is not None and version in places and position >= dataset.first_shown
        ],
        dataset.recommended_goal,
    )
