"""The outcome of a gate: failures, accepted failures, and measurements that cannot be judged.

A gate fails closed: what was not judged does not pass. rules.py judges a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple, Union

from ppparser.errors import ExitStatus
from ppparser.gate.acceptances import Acceptance, Target
from ppparser.metrics.changes import Goal
from ppparser.metrics.insights import Insight, Population
from ppparser.metrics.obstacles import Obstacle, Unjudged


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


Cause = Union[Regression, Rise, MissedGoal, Unjudged]


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


class Problem(NamedTuple):
    """A rule cannot judge a report at all; only several apps are named."""

    rule: Rule
    cause: Unjudged
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


def with_reasons(gate: Gate, reasons: Iterable[Reason]) -> Gate:
    """Return a gate with the reasons sorted into what fails, what is accepted and what cannot be judged."""
    failures: list[Reason] = []
    unjudged: dict[tuple[object, ...], Reason] = {}
    accepted: list[Accepted] = []
    used: set[Acceptance] = set()
    versions = list(filter(None, gate.versions.values()))
    acceptances = gate.options.acceptances
    past = frozenset(entry for entry in acceptances if versions and not any(map(entry.holds_for, versions)))
    expired = set(past)
    for reason in reasons:
        entries = [entry for entry in acceptances if entry.covers(reason.target)]
        valid = [entry for entry in entries if entry.holds_for(reason.version) and entry not in past]
        used.update(valid)
        expired.update(entry for entry in entries if entry not in valid)
        if valid:
            accepted.append(Accepted(reason, valid[0]))
        elif isinstance(reason.cause, Unjudged):  # Two rules may say the same.
            unjudged.setdefault((reason.platform, reason.target, reason.cause), reason)
        else:
            failures.append(reason)
    return gate._replace(
        failures=sorted(failures, key=_urgency),
        unjudged=list(unjudged.values()),
        accepted=sorted(accepted, key=lambda acceptance: _urgency(acceptance.reason)),
        used=frozenset(used),
        expired=frozenset(expired),
    )


def merge_gates(options: GateOptions, gates: Sequence[tuple[str, Gate]]) -> Gate:
    """Return the outcome for several apps, each with its name. Without any, nothing was judged."""
    problems = [problem._replace(app=app) for app, gate in gates for problem in gate.problems]
    return Gate(
        options,
        {},
        sorted((failure._replace(app=app) for app, gate in gates for failure in gate.failures), key=_urgency),
        [reason._replace(app=app) for app, gate in gates for reason in gate.unjudged],
        [Accepted(reason._replace(app=app), acceptance) for app, gate in gates for reason, acceptance in gate.accepted],
        problems if gates else [Problem(rule, Unjudged(Obstacle.NO_METRICS)) for rule in options.rules],
        {rule: sum(gate.checked.get(rule, 0) for _, gate in gates) for rule in options.rules},
        list(dict.fromkeys(target for _, gate in gates for target in gate.without_goal)),
        frozenset(entry for _, gate in gates for entry in gate.used),
        frozenset(entry for _, gate in gates for entry in gate.expired),
    )


def useless_acceptances(gate: Gate) -> tuple[list[Acceptance], list[Acceptance]]:
    """Return the entries that match nothing, and those that no longer accept anything, in the order of the file.

    What a rule could not judge may match anything: then no entry is reported as unmatched.
    """
    rest = [entry for entry in gate.options.acceptances if entry not in gate.used]
    unused = [] if gate.problems else [entry for entry in rest if entry not in gate.expired]
    return unused, [entry for entry in rest if entry in gate.expired]


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
