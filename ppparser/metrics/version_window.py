"""Judge another version than the newest, compare with another one than the previous, and show fewer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ppparser.documents.versions import is_older, version_order
from ppparser.errors import NoDataError
from ppparser.metrics.findings import newest_versions
from ppparser.metrics.measurements import Baseline, Dataset, Numbers
from ppparser.metrics.obstacles import Obstacle
from ppparser.metrics.selection import Selection, require


class Versions(NamedTuple):
    """The version to judge, the one to compare it with, and the number of versions to show.

    Without them, these are the newest version, the one before it, and all.
    """

    judged: str | None = None
    against: str | None = None
    last: int | None = None


def apply_versions(selection: Selection, versions: Versions) -> Selection:
    """Return a selection that ends at the judged version, with the baseline of `against`, and only the `last` shown.

    Raises NoDataError for a version that the selection does not have.
    """
    judged, against, last = versions
    available = {version for metric in selection.metrics for dataset in metric.datasets for version in dataset.versions}
    for wanted in (judged, against):
        if wanted is not None:
            scope = "the selection by the other filters" if selection.is_filtered else "the report"
            if wanted is judged and available and all(is_older(version, wanted) for version in available):
                newest = max(available, key=version_order)
                raise NoDataError(f"{scope} has no data for {wanted} yet; the newest version is {newest}")
            require(wanted in available, "version", wanted, sorted(available, key=version_order, reverse=True), scope)
    to_judge = {judged} if judged is not None else {*newest_versions(selection).values()}
    if to_judge == {against}:
        raise NoDataError(f"{against} is the version to judge: name another one to compare it with")
    if against is not None:
        selection = _mapped(selection, lambda dataset: _compared(dataset, against))._replace(against=against)
    if judged is not None:
        selection = _with_insights_into(selection, judged)
        platforms = [
            metric for metric in selection.metrics if any(judged in dataset.versions for dataset in metric.datasets)
        ]
        names = {metric.platform for metric in platforms}
        selection = selection._replace(
            metrics=[metric for metric in selection.metrics if metric.platform in names], judged_version=judged
        )
        selection = _mapped(selection, lambda dataset: _ending_at(dataset, judged))
    if last is not None:
        selection = _mapped(
            selection, lambda dataset: dataset._replace(first_shown=max(0, len(dataset.versions) - last))
        )
    return selection


def _mapped(selection: Selection, function: Callable[[Dataset], Dataset]) -> Selection:
    metrics = [metric._replace(datasets=list(map(function, metric.datasets))) for metric in selection.metrics]
    return selection._replace(metrics=metrics)


def _compared(dataset: Dataset, version: str) -> Dataset:
    """Return a dataset whose changes are from `version`; they are unknown if it does not have it."""
    if version not in dataset.versions:
        return dataset._replace(baseline=Baseline(version))
    place = dataset.versions.index(version)
    values, margins = dataset.values, dataset.margins
    return dataset._replace(
        baseline=Baseline(version, values.texts[place], values.floats[place], margins.floats[place])
    )


def _ending_at(dataset: Dataset, version: str) -> Dataset:
    """Return a dataset without the versions after `version`."""
    newer = (place for place, other in enumerate(dataset.versions) if version_order(other) > version_order(version))
    end = next(newer, len(dataset.versions))
    shares = {
        subsystem: {place: share for place, share in column.items() if place < end}
        for subsystem, column in dataset.shares.items()
    }
    return dataset._replace(
        versions=dataset.versions[:end],
        values=_beginning(dataset.values, end),
        margins=_beginning(dataset.margins, end),
        goals=dataset.goals[:end],
        shares={subsystem: column for subsystem, column in shares.items() if column},
    )


def _beginning(column: Numbers, end: int) -> Numbers:
    return Numbers(column.texts[:end], column.floats[:end])


def _with_insights_into(selection: Selection, version: str) -> Selection:
    """Return a selection without the insights into other versions; those of a report are about its newest one."""
    newest = newest_versions(selection).values()
    kept = []
    others: dict[str, None] = {}
    for insight in selection.insights:
        if insight.latest_version == version or (version in newest and not insight.latest_version):
            kept.append(insight)
        else:
            others[insight.latest_version] = None
    if version not in newest:
        others.update(dict.fromkeys(newest))
    return selection._replace(
        insights=kept,
        insights_obstacle=selection.insights_obstacle or (Obstacle.NO_INSIGHTS if others and not kept else None),
        other_insights=list(filter(None, others)),
    )
