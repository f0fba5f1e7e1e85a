"""Judge a report for a job that is to fail: what is too much worse, what of that is accepted, what cannot be judged.

It fails closed: what was not judged does not pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from math import isclose
from typing import NamedTuple, Union

from ppparser.acceptances import Acceptance, Target
from ppparser.errors import ExitStatus
from ppparser.metrics import Dataset, Metric, is_device_group
from ppparser.metrics_changes import BANDS, Goal, goal_at, latest_change
from ppparser.metrics_insights import Insight, Population
from ppparser.selection import Selection


class Rule(Enum):
    """What a gate checks, as its option says."""

    REGRESSION = "--fail-on-regression"
    ABOVE = "--fail-above"
    BELOW_GOAL = "--fail-below-goal"


class GateOptions(NamedTuple):
    """What fails: a regression in the insights, a change above a percentage, a value that is below a goal.

    `below_goal` is `fair`, `good` or "". `acceptances` are the entries of the file of `--accept`.
    """

    fail_on_regression: bool = False
    above_percent: float | None = None
    below_goal: str = ""
    acceptances: Sequence[Acceptance] = ()

    @property
    def rules(self) -> list[Rule]:
        """Return what the gate checks; nothing without one of its options."""
        given = {
            Rule.REGRESSION: self.fail_on_regression,
            Rule.ABOVE: self.above_percent is not None,
            Rule.BELOW_GOAL: bool(self.below_goal),
        }
        return [rule for rule, is_given in given.items() if is_given]


class Regression(NamedTuple):
    """The insights have a regression, whatever its change is; the population is None if there are none."""

    insight: Insight
    population: Population | None


class Rise(NamedTuple):
    """A change in percent exceeds the limit: infinite from 0. The values are as Apple wrote them."""

    percent: float
    baseline: str
    before: str
    after: str
    limit: float


class MissedGoal(NamedTuple):
    """A value misses its goal: Apple's band is below the one `wanted`, or else the recommended value is exceeded."""

    value: str
    goal: Goal
    recommended: str
    wanted: str


class Gap(Enum):
    """Why something cannot be judged."""

    NO_GROUP = "there is no device group"
    NO_POINTS = "there is no value"
    NO_VERSION = "the newest version is unknown"
    OTHER_VERSION = "the last value is of another version"
    NO_VALUE = "the value is not a number"
    NO_BASELINE = "there is no other version"
    NO_BASELINE_VALUE = "the value to compare with is not a number, or there is none"
    SAME_VERSION = "the version would be compared with itself"
    NO_BAND = "there are goals, but none for this value"
    UNKNOWN_BAND = "the goal is not one of Apple's"
    NO_RECOMMENDED_VALUE = "the recommended goal is not a number"


class NotJudged(NamedTuple):
    """A measurement cannot be judged; `detail` is the other version or the unknown goal, or else empty."""

    gap: Gap
    detail: str = ""


Cause = Union[Regression, Rise, MissedGoal, NotJudged]


class Reason(NamedTuple):
    """Why a gate does not pass, as far as one target in one version is concerned.

    Texts are empty if unknown: an insight does not name its platform, and only several apps are named.
    """

    rule: Rule
    target: Target
    cause: Cause
    platform: str = ""
    version: str = ""
    unit: str = ""
    app: str = ""


class Lack(Enum):
    """What a rule needs."""

    INSIGHTS = "insights that tell whether there is a regression"
    CURRENT_INSIGHTS = "insights into the version to judge"
    METRICS = "metrics"
    GROUPS = "device groups"
    GOALS = "goals"
    READABLE_PARTS = "all parts of the report"


class Problem(NamedTuple):
    """A rule cannot judge a report at all, because it lacks something.

    `names` are the versions that insights are about, or the devices that there are. `selection` is known if there are
    no insights, and says why.
    """

    rule: Rule
    lack: Lack
    names: Sequence[str] = ()
    selection: Selection | None = None
    app: str = ""


class Accepted(NamedTuple):
    """A reason, and the entry that accepts it."""

    reason: Reason
    acceptance: Acceptance


class Gate(NamedTuple):
    """The outcome: what fails, worst first, what is accepted, and what could not be judged.

    `versions` has the version that was judged by platform. `checked` counts the measurements by rule, and
    `without_goal` names those that have none. `used` are the entries that accept something, `expired` those that no
    longer do.
    """

    options: GateOptions
    versions: Mapping[str, str]
    failures: Sequence[Reason] = ()
    unjudged: Sequence[Reason] = ()
    accepted: Sequence[Accepted] = ()
    problems: Sequence[Problem] = ()
    checked: Mapping[Rule, int] = {}
    without_goal: Sequence[Target] = ()
    used: frozenset[Acceptance] = frozenset()
    expired: frozenset[Acceptance] = frozenset()

    @property
    def exit_status(self) -> ExitStatus:
        """Return the status of the program: a failure takes precedence over what cannot be judged."""
        if self.failures:
            return ExitStatus.REGRESSION
        return ExitStatus.FAILURE if self.unjudged or self.problems else ExitStatus.SUCCESS


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
    found: list[Reason] = []
    problems: list[Problem] = []
    if options.fail_on_regression:
        found += _regressions(selection, versions)
        problems += _problems_of_insights(selection, newest, versions)
    if options.above_percent is not None:
        found += _rises(scopes, options.above_percent)
    if options.below_goal:
        found += _missed_goals(scopes, options.below_goal)
    checked: dict[Rule, int] = {
        rule: _checked_count(rule, scopes) for rule in options.rules if rule is not Rule.REGRESSION
    }
    problems += [_problem_of_scope(rule, selection, scopes) for rule, count in checked.items() if not count]
    problems += [Problem(rule, Lack.READABLE_PARTS, unread) for rule, count in checked.items() if unread and count]
    without_goal = [target for scope in scopes for target in _targets_without_goal(scope)] if options.below_goal else []
    return _outcome(Gate(options, versions, problems=problems, checked=checked, without_goal=without_goal), found)


def _judged_versions(selection: Selection, newest: Mapping[str, str]) -> dict[str, str]:
    """Return the version to judge by platform, for those of the selected metrics, or all without metrics."""
    platforms = {metric.platform for metric in selection.metrics} or newest
    return {
        platform: selection.judged_version or version for platform, version in newest.items() if platform in platforms
    }


def _outcome(gate: Gate, found: Iterable[Reason]) -> Gate:
    """Return a gate with the reasons sorted into what fails, what is accepted and what cannot be judged."""
    failures: list[Reason] = []
    unjudged: dict[tuple[object, ...], Reason] = {}
    accepted: list[Accepted] = []
    used: set[Acceptance] = set()
    known = list(filter(None, gate.versions.values()))
    acceptances = gate.options.acceptances
    past = frozenset(one for one in acceptances if known and not any(map(one.holds_for, known)))
    expired = set(past)
    for reason in found:
        entries = [one for one in acceptances if one.covers(reason.target)]
        valid = [one for one in entries if one.holds_for(reason.version) and one not in past]
        used.update(valid)
        expired.update(one for one in entries if one not in valid)
        if valid:
            accepted.append(Accepted(reason, valid[0]))
        elif isinstance(reason.cause, NotJudged):  # Two rules may say the same.
            unjudged.setdefault((reason.platform, reason.target, reason.cause), reason)
        else:
            failures.append(reason)
    return gate._replace(
        failures=sorted(failures, key=_urgency),
        unjudged=list(unjudged.values()),
        accepted=sorted(accepted, key=lambda one: _urgency(one.reason)),
        used=frozenset(used),
        expired=frozenset(expired),
    )


def merge_gates(options: GateOptions, gates: Sequence[tuple[str, Gate]]) -> Gate:
    """Return the outcome for several apps, each with its name. Without any, nothing was judged."""
    problems = [one._replace(app=app) for app, gate in gates for one in gate.problems]
    return Gate(
        options,
        {},
        sorted((one._replace(app=app) for app, gate in gates for one in gate.failures), key=_urgency),
        [one._replace(app=app) for app, gate in gates for one in gate.unjudged],
        [Accepted(reason._replace(app=app), acceptance) for app, gate in gates for reason, acceptance in gate.accepted],
        problems if gates else [Problem(rule, Lack.METRICS) for rule in options.rules],
        {rule: sum(gate.checked.get(rule, 0) for _, gate in gates) for rule in options.rules},
        list(dict.fromkeys(target for _, gate in gates for target in gate.without_goal)),
        frozenset(one for _, gate in gates for one in gate.used),
        frozenset(one for _, gate in gates for one in gate.expired),
    )


def useless_acceptances(gate: Gate) -> tuple[list[Acceptance], list[Acceptance]]:
    """Return the entries that match nothing, and those that no longer accept anything, in the order of the file.

    What a rule could not judge may match anything: then none are said to match nothing.
    """
    rest = [one for one in gate.options.acceptances if one not in gate.used]
    unused = [] if gate.problems else [one for one in rest if one not in gate.expired]
    return unused, [one for one in rest if one in gate.expired]


def _urgency(reason: Reason) -> tuple[int, float, float]:
    """Return a key that sorts the worst first: regressions of high impact, others, changes, then goals."""
    cause = reason.cause
    if isinstance(cause, Regression):
        percent = cause.population.change_percent if cause.population else 0.0
        return (0 if cause.insight.is_high_impact else 1), -percent, 0
    if isinstance(cause, Rise):
        return 2, -cause.percent, 0
    if isinstance(cause, MissedGoal):
        rank, missed = cause.goal.severity
        return 3, -rank, -missed
    return 4, 0, 0


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
        # Without the measurements of the report, which may be large.
        yield Problem(Rule.REGRESSION, Lack.INSIGHTS, selection=selection._replace(metrics=[], insights=[]))
        return
    # The insights of a report are about its newest version; some of them say which one that is, but none the platform.
    elsewhere = {version for platform, version in newest.items() if platform not in versions}
    about = set(selection.insight_versions) - elsewhere or {newest[platform] for platform in versions}
    if versions and not about & set(versions.values()):
        yield Problem(Rule.REGRESSION, Lack.CURRENT_INSIGHTS, sorted(about))


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
        return Problem(rule, Lack.GOALS)
    devices = dict.fromkeys(dataset.device for metric in selection.metrics for dataset in metric.datasets)
    return Problem(rule, Lack.GROUPS, list(devices)) if devices else Problem(rule, Lack.METRICS)


def _reason(rule: Rule, scope: _Scope, dataset: Dataset | None, cause: Cause) -> Reason:
    metric = scope.metric
    target = Target(*metric.key, dataset.device, dataset.percentile) if dataset else Target(*metric.key)
    return Reason(rule, target, cause, metric.platform, scope.version, metric.unit)


def _gap_of_value(dataset: Dataset, version: str) -> NotJudged | None:
    """Return why the newest value of a dataset cannot be judged, None if it can."""
    if not dataset.versions:
        return NotJudged(Gap.NO_POINTS)
    if not version:
        return NotJudged(Gap.NO_VERSION)
    if dataset.versions[-1] != version:
        return NotJudged(Gap.OTHER_VERSION, dataset.versions[-1])
    return NotJudged(Gap.NO_VALUE) if dataset.values.floats[-1] is None else None


def _gap_of_baseline(dataset: Dataset) -> NotJudged | None:
    """Return why a dataset has nothing to compare its newest value with, None if it has."""
    version = dataset.versions[-1]
    if baseline := dataset.baseline:
        other, value = baseline.version, baseline.value
    elif len(dataset.versions) > 1:
        other, value = dataset.versions[-2], dataset.values.floats[-2]
    else:
        return NotJudged(Gap.NO_BASELINE)
    if other == version:
        return NotJudged(Gap.SAME_VERSION)
    return NotJudged(Gap.NO_BASELINE_VALUE, other) if value is None else None


def _rises(scopes: Iterable[_Scope], limit: float) -> Iterator[Reason]:
    """Yield a reason for each dataset whose change exceeds `limit` percent, or cannot be judged."""
    for scope in scopes:
        if not scope.datasets:
            yield _reason(Rule.ABOVE, scope, None, NotJudged(Gap.NO_GROUP))
        for dataset in scope.datasets:
            cause: Cause | None = _gap_of_value(dataset, scope.version) or _gap_of_baseline(dataset)
            if cause := cause or _rise(dataset, limit):
                yield _reason(Rule.ABOVE, scope, dataset, cause)


def _rise(dataset: Dataset, limit: float) -> Rise | None:
    percent, within_margin = latest_change(dataset)
    # In binary, 1.1 is more than 10 % above 1.
    if percent is None or within_margin or percent <= limit or isclose(percent, limit):
        return None
    baseline, texts = dataset.baseline, dataset.values.texts
    version, before = (baseline.version, baseline.text) if baseline else (dataset.versions[-2], texts[-2])
    return Rise(percent, version, before, texts[-1], limit)


def _has_goal(metric: Metric, dataset: Dataset) -> bool:
    return bool(metric.goal_bands or dataset.recommended_goal or any(dataset.goals))


def _missed_goals(scopes: Iterable[_Scope], wanted: str) -> Iterator[Reason]:
    """Yield a reason for each dataset with a goal whose newest value misses it, or cannot be judged."""
    for scope in scopes:
        if not scope.datasets and (
            scope.metric.goal_bands or any(_has_goal(scope.metric, one) for one in scope.metric.datasets)
        ):
            yield _reason(Rule.BELOW_GOAL, scope, None, NotJudged(Gap.NO_GROUP))
        for dataset in scope.datasets:
            if _has_goal(scope.metric, dataset):
                gap = _gap_of_value(dataset, scope.version)
                if cause := gap or _missed_goal(scope.metric, dataset, wanted):
                    yield _reason(Rule.BELOW_GOAL, scope, dataset, cause)


def _missed_goal(metric: Metric, dataset: Dataset, wanted: str) -> MissedGoal | NotJudged | None:
    goal = goal_at(dataset, -1)
    band, recommended = goal.band.lower(), dataset.recommended_goal
    if band and band not in BANDS:
        return NotJudged(Gap.UNKNOWN_BAND, goal.band)
    if not band and goal.missed_percent is None:
        is_recommended = recommended and not metric.goal_bands and not any(dataset.goals)
        return NotJudged(Gap.NO_RECOMMENDED_VALUE if is_recommended else Gap.NO_BAND)
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
