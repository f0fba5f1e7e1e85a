"""The rules of a gate: what they say about the insights and the measurements of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isclose
from typing import NamedTuple

from ppparser.errors import listed
from ppparser.gate.acceptances import Target
from ppparser.gate.outcome import (
    Cause,
    Gate,
    GateOptions,
    MissedGoal,
    Problem,
    Reason,
    Regression,
    Rise,
    Rule,
    with_reasons,
)
from ppparser.metrics.changes import BANDS, change_at, goal_at, reference
from ppparser.metrics.insights import Insight
from ppparser.metrics.measurements import Dataset, Metric, is_device_group
from ppparser.metrics.obstacles import Obstacle, Unjudged
from ppparser.metrics.selection import Selection


class _Scope(NamedTuple):
    """A metric, the datasets of it that are checked, and the version to judge."""

    metric: Metric
    datasets: Sequence[Dataset]
    version: str


def judge_gate(
    selection: Selection, newest: Mapping[str, str], options: GateOptions, unread: Sequence[str] = ()
) -> Gate:
    """Return what the rules of `options` say about a selection. `unread` has the parts of the report that it lacks.

    `newest` has the newest version of each platform in the whole report, whatever the filters are.
    """
    versions = _judged_versions(selection, newest)
    scopes = _scopes(selection, versions)
    reasons: list[Reason] = []
    problems: list[Problem] = []
    if options.fail_on_regression:
        reasons += _regressions(selection, versions)
        problems += _problems_of_insights(selection, newest, versions)
    if options.above_percent is not None:
        reasons += _rises(scopes, options.above_percent)
    if options.below_goal:
        reasons += _missed_goals(scopes, options.below_goal)
    checked: dict[Rule, int] = {
        rule: _checked_count(rule, scopes) for rule in options.rules if rule is not Rule.REGRESSION
    }
    problems += [_problem_of_scope(rule, selection, scopes) for rule, count in checked.items() if not count]
    problems += [
        Problem(rule, Unjudged(Obstacle.UNREADABLE_PARTS, listed(unread)))
        for rule, count in checked.items()
        if unread and count
    ]
    without_goal = [target for scope in scopes for target in _targets_without_goal(scope)] if options.below_goal else []
    return with_reasons(Gate(options, versions, problems=problems, checked=checked, without_goal=without_goal), reasons)


def _judged_versions(selection: Selection, newest: Mapping[str, str]) -> dict[str, str]:
    """Return the version to judge by platform, for those of the selected metrics, or all without metrics."""
    platforms = {metric.platform for metric in selection.metrics} or newest
    return {
        platform: selection.judged_version or version for platform, version in newest.items() if platform in platforms
    }


# --- Insights


def _regressions(selection: Selection, versions: Mapping[str, str]) -> Iterator[Reason]:
    """Yield a reason for each population of each regression, or one for a regression without any."""
    for insight in selection.regressions:
        version = insight.latest_version or _version_of(insight, selection, versions)
        for population in insight.populations:
            target = Target(*insight.key, population.device, population.percentile)
            yield Reason(Rule.REGRESSION, target, Regression(insight, population), version=version)
        if not insight.populations:
            yield Reason(Rule.REGRESSION, Target(*insight.key), Regression(insight, None), version=version)


def _version_of(insight: Insight, selection: Selection, versions: Mapping[str, str]) -> str:
    """Return the version that an insight without one is about: the newest, "" if platforms differ."""
    platforms = {metric.platform for metric in selection.metrics if metric.key == insight.key} or versions
    known = {versions.get(platform, "") for platform in platforms}
    return known.pop() if len(known) == 1 else ""


def _problems_of_insights(
    selection: Selection, newest: Mapping[str, str], versions: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield why the absence of a regression in the insights does not mean that there is none."""
    if not selection.has_insights:
        yield Problem(Rule.REGRESSION, Unjudged(Obstacle.NO_INSIGHTS, selection.reason_without_insights))
        return
    # The insights of a report are about its newest version; some of them say which one that is, but none the platform.
    elsewhere = {version for platform, version in newest.items() if platform not in versions}
    about = set(selection.insight_versions) - elsewhere or {newest[platform] for platform in versions}
    if versions and not about & set(versions.values()):
        yield Problem(Rule.REGRESSION, Unjudged(Obstacle.OTHER_INSIGHTS, listed(sorted(about))))


# --- Measurements


def _scopes(selection: Selection, versions: Mapping[str, str]) -> list[_Scope]:
    """Return what is checked of each metric; nothing if there is nothing to check of any.

    That is the selected devices, or else the device groups, and a device without a name, which may be one.
    """
    scopes = [
        _Scope(
            metric,
            [
                dataset
                for dataset in metric.datasets
                if selection.is_device_selected or not dataset.device or is_device_group(dataset.device)
            ],
            versions.get(metric.platform, ""),
        )
        for metric in selection.metrics
    ]
    return scopes if any(scope.datasets for scope in scopes) else []


def _checked_count(rule: Rule, scopes: Iterable[_Scope]) -> int:
    return sum(
        rule is not Rule.BELOW_GOAL or _has_goal(scope.metric, dataset)
        for scope in scopes
        for dataset in scope.datasets
    )


def _problem_of_scope(rule: Rule, selection: Selection, scopes: Sequence[_Scope]) -> Problem:
    """Return why a rule has nothing to check."""
    if scopes:
        return Problem(rule, Unjudged(Obstacle.NO_GOALS))
    devices = dict.fromkeys(dataset.device for metric in selection.metrics for dataset in metric.datasets)
    cause = Unjudged(Obstacle.ONLY_MODELS, listed(list(devices))) if devices else Unjudged(Obstacle.NO_METRICS)
    return Problem(rule, cause)


def _reason(rule: Rule, scope: _Scope, dataset: Dataset | None, cause: Cause) -> Reason:
    metric = scope.metric
    target = Target(*metric.key, dataset.device, dataset.percentile) if dataset else Target(*metric.key)
    return Reason(rule, target, cause, metric.platform, scope.version, metric.unit)


def _gap_of_value(dataset: Dataset, version: str) -> Unjudged | None:
    """Return why the newest value of a dataset cannot be judged, None if it can."""
    if not dataset.versions:
        return Unjudged(Obstacle.NO_POINTS)
    if not version:
        return Unjudged(Obstacle.NO_VERSION)
    if dataset.versions[-1] != version:
        return Unjudged(Obstacle.OTHER_VERSION, dataset.versions[-1])
    return Unjudged(Obstacle.NO_VALUE) if dataset.values.floats[-1] is None else None


def _gap_of_baseline(dataset: Dataset) -> Unjudged | None:
    """Return why a dataset has nothing to compare its newest value with, None if it has."""
    old = reference(dataset, len(dataset.versions) - 1)
    if not old:
        return Unjudged(Obstacle.NO_BASELINE)
    if old.version == dataset.versions[-1]:
        return Unjudged(Obstacle.SAME_VERSION)
    return Unjudged(Obstacle.NO_BASELINE_VALUE, old.version) if old.value is None else None


def _rises(scopes: Iterable[_Scope], limit: float) -> Iterator[Reason]:
    """Yield a reason for each dataset whose change exceeds `limit` percent, or cannot be judged."""
    for scope in scopes:
        if not scope.datasets:
            yield _reason(Rule.ABOVE, scope, None, Unjudged(Obstacle.NO_GROUP))
        for dataset in scope.datasets:
            cause: Cause | None = _gap_of_value(dataset, scope.version) or _gap_of_baseline(dataset)
            if cause := cause or _rise(dataset, limit):
                yield _reason(Rule.ABOVE, scope, dataset, cause)


def _rise(dataset: Dataset, limit: float) -> Rise | None:
    newest = len(dataset.versions) - 1
    old, (percent, within_margin) = reference(dataset, newest), change_at(dataset, newest)
    # In binary, 1.1 is more than 10 % above 1.
    if old is None or percent is None or within_margin or percent <= limit or isclose(percent, limit):
        return None
    return Rise(percent, old.version, old.text, dataset.values.texts[-1], limit)


def _has_goal(metric: Metric, dataset: Dataset) -> bool:
    return bool(metric.goal_bands or dataset.recommended_goal or any(dataset.goals))


def _missed_goals(scopes: Iterable[_Scope], wanted: str) -> Iterator[Reason]:
    """Yield a reason for each dataset with a goal whose newest value misses it, or cannot be judged."""
    for scope in scopes:
        if not scope.datasets and (
            scope.metric.goal_bands or any(_has_goal(scope.metric, dataset) for dataset in scope.metric.datasets)
        ):
            yield _reason(Rule.BELOW_GOAL, scope, None, Unjudged(Obstacle.NO_GROUP))
        for dataset in scope.datasets:
            if _has_goal(scope.metric, dataset):
                gap = _gap_of_value(dataset, scope.version)
                if cause := gap or _missed_goal(scope.metric, dataset, wanted):
                    yield _reason(Rule.BELOW_GOAL, scope, dataset, cause)


def _missed_goal(metric: Metric, dataset: Dataset, wanted: str) -> MissedGoal | Unjudged | None:
    goal = goal_at(dataset, -1)
    band, recommended = goal.band.lower(), dataset.recommended_goal
    if band and band not in BANDS:
        return Unjudged(Obstacle.UNKNOWN_BAND, goal.band)
    if not band and goal.missed_percent is None:
        is_recommended = recommended and not metric.goal_bands and not any(dataset.goals)
        return Unjudged(Obstacle.NO_RECOMMENDED_VALUE if is_recommended else Obstacle.NO_BAND)
    is_missed = BANDS.index(band) > BANDS.index(wanted) if band else bool(goal.missed_percent)
    if not is_missed:
        return None
    return MissedGoal(dataset.values.texts[-1], goal, recommended.value if recommended else "", wanted)


def _targets_without_goal(scope: _Scope) -> list[Target]:
    """Return what has no goal: the whole metric, or some of its datasets."""
    metric = scope.metric
    if not metric.goal_bands and not any(_has_goal(metric, dataset) for dataset in metric.datasets):
        return [Target(*metric.key)]
    return [
        Target(*metric.key, dataset.device, dataset.percentile)
        for dataset in scope.datasets
        if not _has_goal(metric, dataset)
    ]
