"""The values of the verdict on a metrics report: what got worse, where, since when, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ppparser.documents.fields import get_list
from ppparser.documents.versions import newest_version
from ppparser.metrics.changes import Goal, goal_at
from ppparser.metrics.insights import Insight, Population
from ppparser.metrics.measurements import TOP, TYPICAL, Dataset, Metric, RawMetric, text_column
from ppparser.metrics.selection import Selection

_RECENT_VERSIONS = 4
# Category -> the value of `--type` in get-diagnostics-logs.py.
DIAGNOSTIC_TYPES = {"LAUNCH": "LAUNCHES", "HANG": "HANGS", "DISK": "DISK_WRITES"}
# Stands for the app in a suggested command, where nobody has named it.
UNKNOWN_APP = "APP"

_PopulationKey = tuple[str, str, str, str]


class AffectedPopulation(NamedTuple):
    """A population that Apple `reported`, with its values in the recent versions, and the newest one judged.

    Texts may be empty. `share` is that of the subsystem the insight blames, "" if it was not reported.
    """

    reported: Population
    device: str
    values: Sequence[str]
    margin: str
    goal: Goal
    trend: Sequence[float | None]
    share: str


class Finding(NamedTuple):
    """An insight with the populations that it affects; `versions` are the recent ones, the newest last."""

    insight: Insight
    unit: str
    versions: Sequence[str]
    populations: Sequence[AffectedPopulation]

    @property
    def worst(self) -> list[AffectedPopulation]:
        """Return the population with the largest increase of each percentile: typical, top, then any other."""
        worst: dict[str, AffectedPopulation] = {}
        for population in self.populations:
            percentile = population.reported.percentile
            if percentile not in worst or _change(worst[percentile]) < _change(population):
                worst[percentile] = population
        first = [worst.pop(percentile) for percentile in (TYPICAL, TOP) if percentile in worst]
        return [*first, *worst.values()]


def _change(population: AffectedPopulation) -> float:
    return population.reported.change_percent


def newest_versions(selection: Selection) -> dict[str, str]:
    """Return the newest version of each platform; without metrics, that of the insights, under an empty name.

    If a version was chosen to be judged, return that.
    """
    if selection.judged_version:
        return {metric.platform: selection.judged_version for metric in selection.metrics}
    by_platform: dict[str, list[Sequence[str]]] = {}
    for metric in selection.metrics:
        by_platform.setdefault(metric.platform, []).extend(dataset.versions for dataset in metric.datasets)
    newest = {platform: newest_version(columns) for platform, columns in by_platform.items()}
    if not any(newest.values()):
        return {"": next((insight.latest_version for insight in selection.insights), "")}
    return {platform: version for platform, version in newest.items() if version}


def newest_in_report(metrics: Iterable[RawMetric]) -> dict[str, str]:
    """Return the newest version of each platform in a whole report, whatever is selected from it."""
    columns: dict[str, list[Sequence[str]]] = {}
    for metric in metrics:
        for dataset in get_list(metric.members, "datasets"):
            columns.setdefault(metric.platform, []).append(text_column(get_list(dataset, "points"), "version"))
    newest = {platform: newest_version(versions) for platform, versions in columns.items()}
    return {platform: version for platform, version in newest.items() if version}


def findings(selection: Selection) -> Iterator[Finding]:
    """Yield the insights with the populations that they affect: regressions, then upward trends, each worst first."""
    measured: dict[_PopulationKey, Dataset] = {}
    units: dict[tuple[str, str], str] = {}
    for metric in selection.metrics:
        units.setdefault(metric.key, metric.unit)
        for dataset in metric.datasets:
            measured.setdefault((*metric.key, dataset.device, dataset.percentile), dataset)
    names = _short_names(selection)
    positions: dict[int, dict[str, int]] = {}
    for insight in [*selection.regressions, *selection.trending_up]:
        keys = [(*insight.key, affected.device, affected.percentile) for affected in insight.populations]
        datasets = [measured.get(key) for key in keys]
        for dataset in filter(None, datasets):
            if id(dataset) not in positions:
                positions[id(dataset)] = {version: place for place, version in enumerate(dataset.versions)}
        versions = _recent_versions(insight, [dataset for dataset in datasets if dataset], positions)
        populations = [
            _affected(
                insight,
                population,
                names.get(population.device) or selection.device_label(population.device),
                versions,
                dataset,
                positions[id(dataset)] if dataset else {},
            )
            for population, dataset in zip(insight.populations, datasets)
        ]
        yield Finding(insight, units.get(insight.key, ""), versions, populations)


def _short_names(selection: Selection) -> dict[str, str]:
    """Return the marketing names of the devices that do not share theirs."""
    devices: dict[str, list[str]] = {}
    for device, name in selection.marketing_names.items():
        devices.setdefault(name, []).append(device)
    return {sharing[0]: name for name, sharing in devices.items() if name and len(sharing) == 1}


def _recent_versions(insight: Insight, datasets: Sequence[Dataset], positions: dict[int, dict[str, int]]) -> list[str]:
    """Return the newest version of the insight and those before it, oldest first."""
    newest = insight.latest_version or next((dataset.versions[-1] for dataset in datasets if dataset.versions), "")
    for dataset in datasets:
        if newest in positions[id(dataset)]:
            if dataset.baseline:
                return [dataset.baseline.version, newest]
            place = positions[id(dataset)][newest]
            earlier = dataset.versions[max(dataset.first_shown, place + 1 - _RECENT_VERSIONS) : place]
            return [*filter(None, earlier), newest]
    return [newest]


def _affected(
    insight: Insight,
    population: Population,
    device: str,
    versions: Sequence[str],
    dataset: Dataset | None,
    positions: dict[str, int],
) -> AffectedPopulation:
    *earlier, newest = versions
    values = [_value(dataset, positions, version) for version in earlier]
    if dataset is None or newest not in positions:
        return AffectedPopulation(population, device, [*values, population.latest_value], "", Goal(), (), "")
    texts, place = dataset.values.texts, positions[newest]
    return AffectedPopulation(
        population,
        device,
        [*values, population.latest_value or texts[place]],
        dataset.margins.texts[place],
        goal_at(dataset, place),
        dataset.values.floats[dataset.first_shown : place + 1],
        dataset.shares.get(insight.subsystem, {}).get(place, ""),
    )


def _value(dataset: Dataset | None, positions: dict[str, int], version: str) -> str:
    if dataset and dataset.baseline and dataset.baseline.version == version:
        return dataset.baseline.text
    return dataset.values.texts[positions[version]] if dataset and version in positions else ""


def diagnostic_type(insight: Insight) -> str:
    """Return the type of diagnostic logs that may explain a regression, "" for none."""
    return DIAGNOSTIC_TYPES.get(insight.category.upper(), "") if insight.is_regression else ""


def detailed_metrics(selection: Selection) -> list[Metric]:
    """Return the metrics to list in detail: the datasets that insights point to, or all that the filters leave."""
    wanted: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for insight in selection.insights:
        pairs = ((population.device, population.percentile) for population in insight.populations)
        wanted.setdefault(insight.key, set()).update(pairs)
    if selection.is_filtered or not selection.regressions:
        return list(selection.metrics)
    metrics = []
    for metric in selection.metrics:
        keys = wanted.get(metric.key, set())
        if datasets := [dataset for dataset in metric.datasets if (dataset.device, dataset.percentile) in keys]:
            metrics.append(metric._replace(datasets=datasets))
    return metrics
