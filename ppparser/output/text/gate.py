"""Render the outcome of a gate as lines of text: the end of a report, and the messages for stderr."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

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
    useless_acceptances,
)
from ppparser.metrics.obstacles import Unjudged
from ppparser.output.text.findings import average_text
from ppparser.output.text.measurements import reported_change_text
from ppparser.output.text.tables import titled, wrap
from ppparser.program.terminal import PLAIN, Style


def gate_lines(gate: Gate, style: Style) -> Iterator[str]:
    """Yield the end of a report: the outcome, what is accepted, and the entries that would accept the rest."""
    colour = style.bad if gate.exit_status else style.good
    title, rest = _outcome(gate)
    yield from titled(f"Gate {title}", rest, style._replace(strong=colour))
    yield from gate_detail_lines(gate)


def outcome_text(gate: Gate) -> str:
    """Return the outcome in a sentence."""
    return "Gate {}{}".format(*_outcome(gate))


def reason_lines(gate: Gate) -> list[str]:
    """Return why a gate did not pass, a line per reason, worst first."""
    problems = [" ".join(problem_text(problem).split()) for problem in gate.problems]
    return problems + [reason_text(reason, gate) for reason in (*gate.failures, *gate.unjudged)]


def gate_detail_lines(gate: Gate) -> Iterator[str]:
    """Yield what is accepted or not checked, and the entries that would accept the rest."""
    for problem in gate.problems:
        yield from wrap(" ".join(problem_text(problem).split()), "  ", "  ")
    for reason, acceptance in gate.accepted:
        until = f" until {acceptance.until}" if acceptance.until else ""
        yield from wrap(f"accepted{until}: {reason_text(reason, gate)}", "  ", "  ")
    if gate.without_goal:
        names = ", ".join(target.entry for target in gate.without_goal)
        yield from wrap(f"without a goal, so not checked against one: {names}", "  ", "  ")
    yield from _entry_lines(gate)


def _outcome(gate: Gate) -> tuple[str, str]:
    """Return whether the gate passed, and what there is to say about it."""
    versions = ", ".join(" on ".join(filter(None, (version, name))) for name, version in gate.versions.items())
    unjudged = _count_text(len(gate.unjudged), "measurement")
    if gate.failures:
        more = f"; {unjudged} cannot be judged" if gate.unjudged else ""
        about = f" for {versions}" if versions else ""
        return "failed", f"{about}: {_count_text(len(gate.failures), 'reason')}{more}"
    if gate.unjudged:
        return "cannot judge", f" {unjudged}{f' of {versions}' if versions else ''}"
    if gate.problems:
        return "cannot judge", " this report"
    exception = "apart from what is accepted, " if gate.accepted else ""
    return "passed", f": {exception}{'; '.join(_rule_text(rule, gate) for rule in gate.options.rules)}"


def _count_text(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _rule_text(rule: Rule, gate: Gate) -> str:
    """Return what a rule says about a report that it lets pass."""
    scope = _count_text(gate.checked.get(rule, 0), "measurement")
    if rule is Rule.ABOVE:
        return f"no change above {_limit_text(gate.options)} in {scope}"
    if rule is Rule.BELOW_GOAL:
        return f"no missed goal in {scope} ({gate.options.below_goal}, or as recommended)"
    return "no regression in the insights"


def _limit_text(options: GateOptions) -> str:
    return f"{options.above_percent:.15g} %"


def _entry_lines(gate: Gate) -> Iterator[str]:
    """Yield the entries that would accept what fails or cannot be judged, with the reasons as comments."""
    causes: dict[Target, list[str]] = {}
    for reason in [*gate.failures, *gate.unjudged]:
        causes.setdefault(reason.target, []).append(_app_text(reason.app) + cause_text(reason, gate))
    if not causes:
        return
    yield ""
    yield from wrap(
        "To accept what is known, copy its line into a file for --accept=FILE. "
        "A line that ends with until VERSION counts only before that version."
    )
    for target, texts in causes.items():
        for text in texts:
            yield from wrap(text, "# ", "  ")
        yield target.entry


def message(gate: Gate) -> str:
    """Return what stderr says about a gate that did not pass; it ends with a line per reason."""
    problems = list(map(problem_text, gate.problems))
    reasons = [reason_text(reason, gate) for reason in (*gate.failures, *gate.unjudged)]
    if not reasons:
        return "\n  ".join(problems)
    title, rest = _outcome(gate)
    return "\n  ".join([f"the gate {title}{rest}", *problems, *reasons])


def reason_text(reason: Reason, gate: Gate) -> str:
    """Return a reason in a line that starts with the words of the entry that would accept it."""
    return f"{_app_text(reason.app)}{reason.target.entry}: {cause_text(reason, gate)}"


def _app_text(app: str) -> str:
    return f"{app}: " if app else ""


def cause_text(reason: Reason, gate: Gate) -> str:
    """Return what is the matter with the target of a reason."""
    platform = f", on {reason.platform}" if reason.platform and len(gate.versions) > 1 else ""
    return _text_of_cause(reason, reason.cause, gate.options) + platform


def _text_of_cause(reason: Reason, cause: Cause, options: GateOptions) -> str:
    if isinstance(cause, Unjudged):
        return f"not judged, {cause.text}"
    if isinstance(cause, Regression):
        return _regression_text(cause, reason.version)
    if isinstance(cause, Rise):
        values = f"{cause.before} to {cause.after} {reason.unit}".rstrip()
        limit = _limit_text(options)
        if not isfinite(cause.percent):
            return f"from 0 in {cause.baseline} ({values}), above {limit}"
        return f"{_percent_text(cause)} from {cause.baseline} ({values}), above {limit}"
    return _goal_text(cause, reason.unit)


def _regression_text(regression: Regression, version: str) -> str:
    insight, population = regression
    name = f"{'high-impact ' if insight.is_high_impact else ''}regression{f' in {version}' if version else ''}"
    change = reported_change_text(population.change_text, PLAIN) if population else ""
    if not change:
        return f"{name}: {insight.summary}" if insight.summary else name
    baseline = average_text(insight)
    return f"{name}, {change}{f' from {baseline}' if baseline else ''}"


def _percent_text(rise: Rise) -> str:
    """Return a change with as many decimals as it takes to tell it from the limit."""
    texts = (f"{rise.percent:+.{decimals}f}" for decimals in range(1, 12))
    return f"{next((text for text in texts if float(text) > rise.limit), repr(rise.percent))} %"


def _goal_text(missed: MissedGoal, unit: str) -> str:
    value = f"{missed.value} {unit}".rstrip()
    if missed.goal.band:
        return f"{missed.goal.band} ({value}), below {missed.wanted}"
    percent = missed.goal.missed_percent
    distance = f"{percent:.0f} % " if percent is not None and isfinite(percent) and percent >= 0.5 else ""
    return f"{value}, {distance}above the recommended goal of {f'{missed.recommended} {unit}'.rstrip()}"


def problem_text(problem: Problem) -> str:
    """Return what a rule lacks, and what would work instead, in lines of which all but the first are indented."""
    return f"{_app_text(problem.app)}{problem.rule.value} cannot judge this report: {problem.cause.text}"


def warning(gate: Gate) -> str:
    """Return what to warn of: entries of the file of `--accept` that are of no use; an empty text if there are none."""
    unused, expired = useless_acceptances(gate)
    lines = [f"{entry.file}, line {entry.line}: no longer accepted (until {entry.until})" for entry in expired]
    lines += [f"{entry.file}, line {entry.line}: this matches nothing here: {entry.entry}" for entry in unused]
    return "\n  ".join(lines)
