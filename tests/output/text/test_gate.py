"""Tests of the text of a gate: the end of a report, the message of the error, and the warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ppparser.documents import loading
from ppparser.gate.acceptances import Acceptance
from ppparser.gate.outcome import Gate, GateOptions, merge_gates
from ppparser.gate.rules import judge_gate
from ppparser.metrics.selection import select
from ppparser.output.text.gate import gate_lines, message, warning
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN
from tests import fake_api
from tests.helpers.documents import IPADS, IPHONES, MODEL, dataset, insight, metric, points, report
from tests.helpers.support import Check, tagged

ON_REGRESSION = GateOptions(fail_on_regression=True)
ABOVE_TEN = GateOptions(above_percent=10.0)
FAIR = GateOptions(below_goal="fair")
ALL_RULES = GateOptions(True, 10.0, "fair")


def judged(made: Any, options: GateOptions) -> Gate:
    return judge_gate(select(made), {"iOS": "2"}, options)


def memory(*datasets: Any, **members: Any) -> Any:
    return report(("MEMORY", metric("peak", datasets, unit={"displayName": "MB"}, **members)))


def iphones(*values: Any, **members: Any) -> Any:
    goals = members.pop("goals", ())
    return memory(dataset(IPHONES, points(*values, goals=goals), **members))


def downloaded(options: GateOptions) -> Gate:
    """Return the outcome for the report of the fake API."""
    made = loading.parse(json.dumps(fake_api.metrics()).encode(), "metrics")
    return judge_gate(select(made), {"iOS": "8.1.0"}, options)


ENTRIES = [
    Acceptance("LAUNCH", "launchTime", ("typical",), "8.2", "accept.txt", 1),
    Acceptance("DISK", "diskWrites", (), "", "accept.txt", 2),
    Acceptance("STORAGE", "documentsAndData", (), "8.1", "accept.txt", 3),
    Acceptance("HANG", "launchTime", (), "", "accept.txt", 4),
]


def test_end_of_a_report_is_as_expected(check: Check) -> None:
    gate = downloaded(ALL_RULES._replace(acceptances=ENTRIES))
    lines = list(gate_lines(gate, PLAIN))
    check(lines, "gate-all-rules.txt")
    assert max(map(width, lines)) <= 80


def test_message_is_as_expected(check: Check) -> None:
    gate = downloaded(ALL_RULES._replace(acceptances=ENTRIES))
    check(f"{message(gate)}\n", "gate-all-rules-message.txt")
    assert warning(gate).splitlines() == [
        "accept.txt, line 3: no longer accepted (until 8.1)",
        "  accept.txt, line 4: this matches nothing here: HANG launchTime",
    ]


# Name -> a report, and what the gate checks, whose newest version is 2.
GATES: dict[str, tuple[Any, GateOptions]] = {
    # --- passed
    "no regression": (iphones(1, 1), ON_REGRESSION),
    "all rules": (iphones(1, 1, goals=["good", "good"]), ALL_RULES),
    "accepted": (iphones(1, 2), ABOVE_TEN._replace(acceptances=[Acceptance("MEMORY", "peak", (), "3")])),
    # --- failed
    "above the limit": (iphones(10, 15), ABOVE_TEN),
    "from zero": (iphones(0, 15), ABOVE_TEN),
    "just above the limit": (iphones(10000, 11000.5), ABOVE_TEN),
    "above a limit with decimals": (iphones(100, 108), GateOptions(above_percent=7.5)),
    "poor": (iphones(1, 7, goals=["good", "Poor"]), FAIR),
    "recommended goal": (iphones(1, 7, recommendedMetricGoal={"value": 5}), FAIR),
    "recommended goal of zero": (iphones(1, 7, recommendedMetricGoal={"value": 0}), FAIR),
    "recommended goal just missed": (iphones(1, 5.001, recommendedMetricGoal={"value": 5}), FAIR),
    "regressions": (
        report(
            regressions=[
                insight("A", "high", 50, highImpact=True, latestVersion="2", referenceVersions=["1", "1.1"]),
                insight("A", "plain", 5, latestVersion="2"),
                insight("A", "no change", None),
                insight("A", "with a sentence", summaryString="It got worse."),
                insight(None, "x y\x1b"),
            ]
        ),
        ON_REGRESSION,
    ),
    # --- measurements that cannot be judged
    "no points": (memory(dataset(IPHONES, [])), ABOVE_TEN),
    "older version": (iphones(1), ABOVE_TEN),
    "newer version": (iphones(1, 2, 3), ABOVE_TEN),
    "no value": (iphones(1, None), ABOVE_TEN),
    "single version": (memory(dataset(IPHONES, points(1, versions=["2"]))), ABOVE_TEN),
    "no value before": (iphones(None, 1), ABOVE_TEN),
    "same version": (memory(dataset(IPHONES, points(1, 1, versions=["2", "2"]))), ABOVE_TEN),
    "no band": (iphones(1, 1, goals=["good", ""]), FAIR),
    "no value with a band": (iphones(1, None, goals=["good", "good"]), FAIR),
    "no band of a metric with bands": (
        memory(
            dataset(IPHONES, points(1, 1), recommendedMetricGoal={"detail": "d"}),
            dataset(MODEL, points(1, 1)),
            goalKeys=[{"goalKey": "poor"}],
        ),
        FAIR,
    ),
    "unknown band": (iphones(1, 1, goals=["good", "new"]), FAIR),
    "recommended goal without a number": (iphones(1, 1, recommendedMetricGoal={"detail": "d"}), FAIR),
    "models of a metric": (
        report(
            ("A", metric("groups", [dataset(IPHONES, points(1, 1))])),
            ("A", metric("models", [dataset(MODEL, points(1, 1))])),
        ),
        ABOVE_TEN,
    ),
    # --- reports that cannot be judged
    "no insights": ({**iphones(1, 1), "insights": None}, ON_REGRESSION),
    "no list of regressions": ({**iphones(1, 1), "insights": {}}, ON_REGRESSION),
    "regression without a name": ({**iphones(1, 1), "insights": {"regressions": [5]}}, ON_REGRESSION),
    "insights into another version": (
        {**iphones(1, 1), "insights": {"regressions": [], "trendingUp": [insight("A", "b", latestVersion="1")]}},
        ON_REGRESSION,
    ),
    "no measurements": (memory(), ABOVE_TEN),
    "no metrics": (report(regressions=[insight("A", "m", 5)]), ABOVE_TEN),
    "goals of only models": (memory(dataset(MODEL, points(1, 2))), FAIR),
    "only models": (memory(*(dataset({"device": f"iPhone{n}"}, points(1, 1)) for n in range(21))), ABOVE_TEN),
    "no goals": (iphones(1, 1), FAIR),
}


@pytest.mark.parametrize("name", GATES)
def test_outcome_is_as_expected(name: str, check: Check) -> None:
    gate = judged(*GATES[name])
    explanation = [message(gate), ""] if gate.exit_status else []
    check([*explanation, *tagged(gate_lines(gate, COLOUR))], f"gates/{name.replace(' ', '-')}.txt")


def test_unknown_version_is_described(check: Check) -> None:
    gate = judge_gate(select(iphones(1, 1)), {}, ABOVE_TEN)
    check([message(gate)], "gates/unknown-version.txt")


def test_reasons_of_several_platforms_name_them(check: Check) -> None:
    both = memory(dataset(IPHONES, points(1, 2)))
    both["productData"] += report(("A", metric("m", [dataset(IPADS, points(1, 3))])), platform="macOS")["productData"]
    gate = judge_gate(select(both), {"iOS": "2", "macOS": "2"}, ABOVE_TEN)
    check([message(gate)])


def test_reasons_of_several_apps_name_them(check: Check) -> None:
    gates = {"com.example.a": judged(iphones(1, 2), ABOVE_TEN), "com.example.b": judged(memory(), ABOVE_TEN)}
    check([message(merge_gates(ABOVE_TEN, list(gates.items())))])


def test_entries_for_several_apps_name_them_in_comments(check: Check) -> None:
    gates = {name: judged(iphones(1, value), ABOVE_TEN) for name, value in (("a", 2), ("b", 3))}
    check(gate_lines(merge_gates(ABOVE_TEN, list(gates.items())), PLAIN))
