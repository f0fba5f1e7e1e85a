"""Tests of the values of a gate; test_gate_status.py shows what passes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppparser.errors import ExitStatus
from ppparser.gate.acceptances import Acceptance, Target
from ppparser.gate.outcome import (
    Gate,
    GateOptions,
    MissedGoal,
    Problem,
    Reason,
    Regression,
    Rise,
    Rule,
    merge_gates,
    useless_acceptances,
)
from ppparser.gate.rules import judge_gate
from ppparser.metrics.changes import Goal
from ppparser.metrics.obstacles import Obstacle, Unjudged
from ppparser.metrics.selection import NO_FILTERS, Filters, select
from ppparser.metrics.version_window import Versions, apply_versions
from tests.helpers.documents import (
    IPADS,
    IPHONES,
    IPHONES_TOP,
    MODEL,
    dataset,
    insight,
    metric,
    points,
    report,
    together,
)

ON_REGRESSION = GateOptions(fail_on_regression=True)
ABOVE_TEN = GateOptions(above_percent=10.0)
GOOD = GateOptions(below_goal="good")
TYPICAL, TOP = "percentile.fifty", "percentile.ninety"
MEMORY = Target("MEMORY", "peak", "all_iphones", TYPICAL)


def judged(
    document: Any,
    options: GateOptions,
    filters: Filters = NO_FILTERS,
    versions: Versions = Versions(),  # noqa: B008
    newest: str = "2",
) -> Gate:
    selection = apply_versions(select(document, filters), versions)
    return judge_gate(selection, {metric.platform: newest for metric in selection.metrics}, options)


def memory(*datasets: Any, **members: Any) -> Any:
    return report(("MEMORY", metric("peak", datasets, unit={"displayName": "MB"}, **members)))


def reasons(gate: Gate) -> list[tuple[str, str | None, str | None]]:
    return [(reason.target.identifier, reason.target.device, reason.target.percentile) for reason in gate.failures]


def causes(gate: Gate) -> list[object]:
    return [reason.cause for reason in (*gate.failures, *gate.unjudged)]


def test_options_name_their_rules() -> None:
    assert GateOptions().rules == []
    assert GateOptions(True, 0.0, "fair").rules == list(Rule)
    assert (ON_REGRESSION.rules, ABOVE_TEN.rules, GOOD.rules) == ([Rule.REGRESSION], [Rule.ABOVE], [Rule.BELOW_GOAL])


def test_regression_has_a_reason_per_population_worst_first() -> None:
    made = report(
        ("A", metric("m", [dataset(IPHONES, points(1, 2))])),
        regressions=[
            insight("A", "small", 5, 7),
            insight("A", "high", 1, highImpact=True, latestVersion="3"),
            insight("A", "alone", latestVersion="2"),
        ],
    )
    gate = judged(made, ON_REGRESSION)
    assert reasons(gate) == [
        ("high", "iPhone14_5", TYPICAL),
        ("small", "iPhone14_5", TYPICAL),
        ("small", "iPhone14_5", TYPICAL),
        ("alone", None, None),
    ]
    assert [reason.version for reason in gate.failures] == ["3", "2", "2", "2"]
    [high, *_, alone] = [reason.cause for reason in gate.failures]
    assert isinstance(high, Regression)
    assert isinstance(alone, Regression)
    assert (high.population, alone.population) == (high.insight.populations[0], None)
    assert (gate.exit_status, gate.versions, gate.problems) == (ExitStatus.REGRESSION, {"iOS": "2"}, [])


def test_insight_without_a_version_is_about_that_of_its_platform() -> None:
    both = report(
        ("A", metric("ours", [dataset(IPHONES, points(1))])),
        regressions=[insight("A", "ours", 9), insight("A", "theirs", 8), insight("A", "unmeasured", 7)],
    )
    theirs = report(("A", metric("theirs", [dataset(IPHONES, points(1))])), platform="macOS")
    gate = judge_gate(select(together(both, theirs)), {"iOS": "8", "macOS": "3"}, ON_REGRESSION)
    assert [reason.version for reason in gate.failures] == ["8", "3", ""]


def test_rise_has_both_values_and_the_limit() -> None:
    made = memory(
        dataset(IPHONES, points(10, 12.5)), dataset(IPHONES_TOP, points(0, 1)), dataset(IPADS, points(1, 1.1))
    )
    gate = judged(made, ABOVE_TEN)
    assert causes(gate) == [Rise(float("inf"), "1", "0", "1", 10.0), Rise(25.0, "1", "10", "12.5", 10.0)]
    assert gate.failures[1] == Reason(Rule.ABOVE, MEMORY, Rise(25.0, "1", "10", "12.5", 10.0), "iOS", "2", "MB")
    assert gate.checked == {Rule.ABOVE: 3}


def test_rise_from_a_chosen_version_names_it() -> None:
    made = memory(dataset(IPHONES, points(10, 20, 30)))
    gate = judged(made, ABOVE_TEN, versions=Versions(against="1"), newest="3")
    assert causes(gate) == [Rise(200.0, "1", "10", "30", 10.0)]
    gate = judged(made, ABOVE_TEN, versions=Versions(judged="2"), newest="3")
    assert causes(gate) == [Rise(100.0, "1", "10", "20", 10.0)]
    assert gate.versions == {"iOS": "2"}


def test_missed_goal_has_the_band_or_the_recommended_value() -> None:
    made = memory(
        dataset(IPHONES, points(3, 4, goals=["good", "Fair"])),
        dataset(IPHONES_TOP, points(3, 9, goals=["good", "poor"]), recommendedMetricGoal={"value": 2}),
        dataset(IPADS, points(1, 3), recommendedMetricGoal={"value": 2}),
        dataset(MODEL, points(1, 3), recommendedMetricGoal={"value": 1}),
    )
    gate = judged(made, GOOD)
    assert causes(gate) == [
        MissedGoal("9", Goal("poor"), "2", "good"),
        MissedGoal("4", Goal("Fair"), "", "good"),
        MissedGoal("3", Goal("", 50.0), "2", "good"),
    ]
    assert (gate.checked, gate.without_goal) == ({Rule.BELOW_GOAL: 3}, [])


def test_failure_takes_precedence_over_what_cannot_be_judged() -> None:
    made = memory(dataset(IPHONES, points(1, 2)), dataset(IPADS, points(1)))
    gate = judged({**made, "insights": None}, GateOptions(True, 10.0))
    assert (len(gate.failures), len(gate.unjudged), len(gate.problems)) == (1, 1, 1)
    assert gate.exit_status is ExitStatus.REGRESSION


def test_versions_are_those_of_the_selected_platforms() -> None:
    both = memory(dataset(IPHONES, points(1, 1)))
    both["productData"] += report(("A", metric("m", [dataset(IPADS, points(1, 1))])), platform="macOS")["productData"]
    selection = select(both, Filters(platform="iOS"))
    assert judge_gate(selection, {"iOS": "2", "macOS": "2"}, ABOVE_TEN).versions == {"iOS": "2"}


def test_metric_without_a_group_is_not_judged_as_a_whole() -> None:
    made = report(
        ("A", metric("groups", [dataset(IPHONES, points(1, 1, goals=["good"] * 2))])),
        ("A", metric("models", [dataset(MODEL, points(1, 1, goals=["good"] * 2))])),
        ("A", metric("models without goals", [dataset(MODEL, points(1, 1))])),
        ("A", metric("nothing")),
    )
    gate = judged(made, GateOptions(above_percent=10, below_goal="good"))
    assert [(reason.target, reason.cause) for reason in gate.unjudged] == [
        (Target("A", "models"), Unjudged(Obstacle.NO_GROUP)),
        (Target("A", "models without goals"), Unjudged(Obstacle.NO_GROUP)),
        (Target("A", "nothing"), Unjudged(Obstacle.NO_GROUP)),
    ]
    assert gate.without_goal == [Target("A", "models without goals"), Target("A", "nothing")]


def test_what_has_no_goal_is_named() -> None:
    made = report(
        ("A", metric("none", [dataset(IPHONES, points(1, 1))])),
        ("A", metric("some", [dataset(IPHONES, points(1, 1)), dataset(IPADS, points(1, 1, goals=["good"] * 2))])),
    )
    gate = judged(made, GOOD)
    assert gate.without_goal == [Target("A", "none"), Target("A", "some", "all_iphones", TYPICAL)]
    assert (gate.checked, gate.exit_status) == ({Rule.BELOW_GOAL: 1}, ExitStatus.SUCCESS)


def test_two_rules_say_once_what_cannot_be_judged() -> None:
    made = memory(dataset(IPHONES, points(1, goals=["good"])))
    gate = judged(made, GateOptions(above_percent=10, below_goal="good"))
    assert [reason.rule for reason in gate.unjudged] == [Rule.ABOVE]


def test_entries_accept_reasons_and_what_cannot_be_judged() -> None:
    made = memory(dataset(IPHONES, points(1, 2)), dataset(IPADS, points(1)), dataset(IPHONES_TOP, points(1, 3)))
    first, second, third, old, unused = (
        Acceptance("MEMORY", "peak", ("typical",), "3"),
        Acceptance("memory", "PEAK", ("all_ipads",)),
        Acceptance("MEMORY", "peak", ("all_ipads", "50")),
        Acceptance("MEMORY", "peak", until="2"),
        Acceptance("MEMORY", "other"),
    )
    gate = judged(made, ABOVE_TEN._replace(acceptances=[old, second, first, third, unused]))
    assert reasons(gate) == [("peak", "all_iphones", TOP)]
    assert [(reason.target.device, entry) for reason, entry in gate.accepted] == [
        ("all_iphones", first),
        ("all_ipads", second),
    ]
    assert gate.unjudged == []
    assert (gate.used, gate.expired) == (frozenset({first, second, third}), frozenset({old}))
    assert useless_acceptances(gate) == ([unused], [old])


@pytest.mark.parametrize(("until", "is_expired"), [("2", True), ("3", False)])
def test_entry_is_expired_if_it_holds_on_no_platform(until: str, is_expired: bool) -> None:
    both = memory(dataset(IPHONES, points(1, 1)))
    both["productData"] += report(("A", metric("m", [dataset(IPADS, points(1, 1))])), platform="macOS")["productData"]
    options = ABOVE_TEN._replace(acceptances=[Acceptance("MEMORY", "peak", until=until)])
    gate = judge_gate(select(both), {"iOS": "2", "macOS": "3"}, options)
    assert gate.expired == frozenset(options.acceptances if is_expired else ())


def test_entry_that_matches_nothing_may_be_old_as_well() -> None:
    old, current = Acceptance("A", "b", until="2"), Acceptance("A", "b", until="2.1")
    gate = judged(memory(dataset(IPHONES, points(1, 1))), ABOVE_TEN._replace(acceptances=[old, current]))
    assert useless_acceptances(gate) == ([current], [old])


def test_no_entry_is_useless_where_a_rule_cannot_judge() -> None:
    options = GOOD._replace(acceptances=[Acceptance("A", "b"), Acceptance("A", "b", until="1")])
    gate = judged(memory(dataset(IPHONES, points(1, 1))), options)
    assert useless_acceptances(gate) == ([], [options.acceptances[1]])


def test_gates_of_several_apps_are_merged() -> None:
    entries = [Acceptance("MEMORY", "peak", ("typical",), "3"), Acceptance("MEMORY", "peak", ("top",), "2")]
    options = ABOVE_TEN._replace(acceptances=entries)
    worse = judged(memory(dataset(IPHONES_TOP, points(1, 2)), dataset(IPADS, points(1))), options)
    much_worse = judged(memory(dataset(IPHONES, points(1, 2)), dataset(IPHONES_TOP, points(1, 9))), options, newest="2")
    unknown = judged(memory(dataset(MODEL, points(1, 1))), options)
    merged = merge_gates(options, [("a", worse), ("b", much_worse), ("c", unknown)])
    assert [(reason.app, reason.target.percentile) for reason in merged.failures] == [("b", TOP), ("a", TOP)]
    assert [(reason.app, reason.target.device) for reason in merged.unjudged] == []
    assert [(one.reason.app, one.acceptance) for one in merged.accepted] == [("a", entries[0]), ("b", entries[0])]
    assert [(problem.app, problem.cause.obstacle) for problem in merged.problems] == [("c", Obstacle.ONLY_MODELS)]
    assert (merged.checked, merged.versions, merged.exit_status) == ({Rule.ABOVE: 4}, {}, ExitStatus.REGRESSION)
    assert useless_acceptances(merged) == ([], [entries[1]])


def test_no_app_at_all_is_not_judged() -> None:
    merged = merge_gates(ABOVE_TEN, [])
    assert (merged.problems, merged.exit_status) == (
        [Problem(Rule.ABOVE, Unjudged(Obstacle.NO_METRICS))],
        ExitStatus.FAILURE,
    )


# --- any report

values = st.sampled_from([0, 1, 1.05, 1.1, 2, None, "1"])
series = st.lists(st.tuples(values, st.sampled_from([None, 0.05, 0.5, "x"])), max_size=3)
datasets = st.lists(st.tuples(st.sampled_from([IPHONES, IPHONES_TOP, IPADS, MODEL, None]), series), max_size=3)


def is_acceptable(measured: list[tuple[Any, Any]], newest: int) -> bool:
    """Tell whether a dataset has the newest version, which is at most 10 % above the one before, or within margins."""
    if len(measured) != newest or newest < 2:
        return False
    (before, margin_before), (after, margin_after) = measured[-2:]
    if not (isinstance(before, (int, float)) and isinstance(after, (int, float))):
        return False
    exact = [Fraction(str(one)) if isinstance(one, (int, float)) else 0 for one in (margin_before, margin_after)]
    rise = Fraction(str(after)) - Fraction(str(before))
    return rise <= Fraction(str(before)) / 10 or rise <= sum(exact)


@given(st.lists(datasets, min_size=1, max_size=3))
@example([[(IPHONES, [(1, None), (1.1, None)]), (None, [(0, None), (0, "x")])], [(IPADS, [(1, 0.5), (2, 0.5)])]])
def test_nothing_passes_that_was_not_judged(metrics: list[list[tuple[Any, list[tuple[Any, Any]]]]]) -> None:
    made = report(
        *(
            ("A", metric(f"m{number}", [dataset(criteria, points(*measured)) for criteria, measured in found]))
            for number, found in enumerate(metrics)
        )
    )
    newest = max((len(measured) for found in metrics for _, measured in found), default=0)
    gate = judge_gate(select(made), {"iOS": str(newest)} if newest else {}, ABOVE_TEN)
    in_scope = [[measured for criteria, measured in found if criteria is not MODEL] for found in metrics]
    is_good = all(in_scope) and all(is_acceptable(measured, newest) for found in in_scope for measured in found)
    assert (gate.exit_status == ExitStatus.SUCCESS) == is_good
