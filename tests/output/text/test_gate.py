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
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, MODEL, dataset, insight, metric, points, report
from tests.helpers.support import Check, tagged

ON_REGRESSION = GateOptions(fail_on_regression=True)
ABOVE_TEN = GateOptions(above_percent=10.0)
FAIR = GateOptions(below_goal="fair")
ALL_RULES = GateOptions(True, 10.0, "fair")
ADVICE = "--fail-above and --fail-below-goal judge the measurements, without insights"


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


@pytest.mark.parametrize(
    ("made", "options", "lines"),
    [
        (iphones(1, 1), ON_REGRESSION, ["<good>Gate passed<off>: no regression in the insights"]),
        (
            iphones(1, 1, goals=["good", "good"]),
            ALL_RULES,
            [
                "<good>Gate passed<off>: no regression in the insights; no change above 10 % in 1",
                "  measurement; no missed goal in 1 measurement (fair, or as recommended)",
            ],
        ),
        (
            iphones(1, 1),
            FAIR,
            [
                "<bad>Gate cannot judge<off> this report",
                "  --fail-below-goal cannot judge this report: what it would check has no goals.",
                "    Another --device may have some",
                "  without a goal, so not checked against one: MEMORY peak",
            ],
        ),
    ],
)
def test_outcome_is_in_colour(made: Any, options: GateOptions, lines: list[str]) -> None:
    assert tagged(gate_lines(judged(made, options), COLOUR)) == lines


def test_gate_may_pass_apart_from_what_is_accepted() -> None:
    options = ABOVE_TEN._replace(acceptances=[Acceptance("MEMORY", "peak", (), "3")])
    assert list(gate_lines(judged(iphones(1, 2), options), PLAIN)) == [
        "Gate passed: apart from what is accepted, no change above 10 % in 1 measurement",
        "  accepted until 3: MEMORY peak all_iphones typical: +100.0 % from 1 (1 to 2",
        "    MB), above 10 %",
    ]


REGRESSIONS = [
    insight("A", "high", 50, highImpact=True, latestVersion="2", referenceVersions=["1", "1.1"]),
    insight("A", "plain", 5, latestVersion="2"),
    insight("A", "no change", None),
    insight("A", "with a sentence", summaryString="It got worse."),
    insight(None, "x y\x1b"),
]


@pytest.mark.parametrize(
    ("made", "options", "line"),
    [
        (iphones(10, 15), ABOVE_TEN, "MEMORY peak all_iphones typical: +50.0 % from 1 (10 to 15 MB), above 10 %"),
        (iphones(0, 15), ABOVE_TEN, "MEMORY peak all_iphones typical: from 0 in 1 (0 to 15 MB), above 10 %"),
        (
            iphones(10000, 11000.5),
            ABOVE_TEN,
            "MEMORY peak all_iphones typical: +10.01 % from 1 (10000 to 11000.5 MB), above 10 %",
        ),
        (
            iphones(100, 108),
            GateOptions(above_percent=7.5),
            "MEMORY peak all_iphones typical: +8.0 % from 1 (100 to 108 MB), above 7.5 %",
        ),
        (iphones(1, 7, goals=["good", "Poor"]), FAIR, "MEMORY peak all_iphones typical: Poor (7 MB), below fair"),
        (
            iphones(1, 7, recommendedMetricGoal={"value": 5}),
            FAIR,
            "MEMORY peak all_iphones typical: 7 MB, 40 % above the recommended goal of 5 MB",
        ),
        (
            iphones(1, 7, recommendedMetricGoal={"value": 0}),
            FAIR,
            "MEMORY peak all_iphones typical: 7 MB, above the recommended goal of 0 MB",
        ),
        (
            iphones(1, 5.001, recommendedMetricGoal={"value": 5}),
            FAIR,
            "MEMORY peak all_iphones typical: 5.001 MB, above the recommended goal of 5 MB",
        ),
    ],
)
def test_reason_starts_with_the_entry_that_accepts_it(made: Any, options: GateOptions, line: str) -> None:
    assert message(judged(made, options)).split("\n  ") == ["the gate failed for 2 on iOS: 1 reason", line]


def test_regression_is_described_by_what_the_insight_has() -> None:
    gate = judge_gate(select(report(regressions=REGRESSIONS)), {}, ON_REGRESSION)
    assert message(gate).split("\n  ") == [
        "the gate failed: 5 reasons",
        "A high iPhone14_5 typical: high-impact regression in 2, +50 % from Apple's average of 1, 1.1",
        "A plain iPhone14_5 typical: regression in 2, +5 %",
        "A 'with a sentence': regression: It got worse.",
        "'' 'x y\\x1b': regression",
        "A 'no change' iPhone14_5 typical: regression",
    ]


@pytest.mark.parametrize(
    ("made", "options", "reason"),
    [
        (memory(dataset(IPHONES, [])), ABOVE_TEN, "no value"),
        (iphones(1), ABOVE_TEN, "the last value is of 1"),
        (iphones(1, None), ABOVE_TEN, "the value is missing or not a number"),
        (
            memory(dataset(IPHONES, points(1, versions=["2"]))),
            ABOVE_TEN,
            "no earlier version to compare with; --fail-below-goal needs none",
        ),
        (iphones(None, 1), ABOVE_TEN, "no value of 1 to compare with"),
        (
            memory(dataset(IPHONES, points(1, 1, versions=["2", "2"]))),
            ABOVE_TEN,
            "the version would be compared with itself",
        ),
        (iphones(1, 1, goals=["good", ""]), FAIR, "the value has no goal, although others have one"),
        (iphones(1, 1, goals=["good", "new"]), FAIR, "the goal new is unknown"),
        (iphones(1, 1, recommendedMetricGoal={"detail": "d"}), FAIR, "the recommended goal is not a number"),
    ],
)
def test_gap_is_described(made: Any, options: GateOptions, reason: str) -> None:
    gate = judged(made, options)
    line = f"MEMORY peak all_iphones typical: not judged, {reason}"
    assert message(gate).split("\n  ") == ["the gate cannot judge 1 measurement of 2 on iOS", line]
    assert next(gate_lines(gate, PLAIN)) == "Gate cannot judge 1 measurement of 2 on iOS"


def test_unknown_version_is_described() -> None:
    gate = judge_gate(select(iphones(1, 1)), {}, ABOVE_TEN)
    assert message(gate).split("\n  ") == [
        "the gate cannot judge 1 measurement",
        "MEMORY peak all_iphones typical: not judged, the newest version is unknown",
    ]


def test_metric_without_a_device_group_is_described() -> None:
    made = report(
        ("A", metric("groups", [dataset(IPHONES, points(1, 1))])),
        ("A", metric("models", [dataset(MODEL, points(1, 1))])),
    )
    assert message(judged(made, ABOVE_TEN)).split("\n  ")[1] == (
        "A models: not judged, no device group (all_...); --device=MODEL checks a model"
    )


@pytest.mark.parametrize(
    ("made", "options", "lines"),
    [
        (
            {**iphones(1, 1), "insights": None},
            ON_REGRESSION,
            [
                "--fail-on-regression cannot judge this report: it has no insights to judge by; "
                "Apple adds them to reports on apps, not on builds.",
                ADVICE,
            ],
        ),
        (
            {**iphones(1, 1), "insights": {}},
            ON_REGRESSION,
            [
                "--fail-on-regression cannot judge this report: it has no insights to judge by; "
                "they have no list of regressions.",
                ADVICE,
            ],
        ),
        (
            {**iphones(1, 1), "insights": {"regressions": [5]}},
            ON_REGRESSION,
            [
                "--fail-on-regression cannot judge this report: it has no insights to judge by; "
                "a regression among them does not name its metric.",
                ADVICE,
            ],
        ),
        (
            {**iphones(1, 1), "insights": {"regressions": [], "trendingUp": [insight("A", "b", latestVersion="1")]}},
            ON_REGRESSION,
            [
                "--fail-on-regression cannot judge this report: "
                "its insights are into 1, not into the version to judge.",
                ADVICE,
            ],
        ),
        (memory(), ABOVE_TEN, ["--fail-above cannot judge this report: it has no measurements of any --device"]),
        (
            memory(*(dataset({"device": f"iPhone{number}"}, points(1, 1)) for number in range(21))),
            ABOVE_TEN,
            [
                "--fail-above cannot judge this report: it has no device group (all_...).",
                f"Name a model with --device: {', '.join(f'iPhone{number}' for number in range(20))} and 1 more",
            ],
        ),
        (
            iphones(1, 1),
            FAIR,
            [
                "--fail-below-goal cannot judge this report: what it would check has no goals. "
                "Another --device may have some",
            ],
        ),
    ],
)
def test_problem_says_what_is_missing_and_what_works_instead(made: Any, options: GateOptions, lines: list[str]) -> None:
    assert message(judged(made, options)).split("\n  ") == lines


def test_reasons_of_several_platforms_name_them() -> None:
    both = memory(dataset(IPHONES, points(1, 2)))
    both["productData"] += report(("A", metric("m", [dataset(IPADS, points(1, 3))])), platform="macOS")["productData"]
    gate = judge_gate(select(both), {"iOS": "2", "macOS": "2"}, ABOVE_TEN)
    assert message(gate).split("\n  ") == [
        "the gate failed for 2 on iOS, 2 on macOS: 2 reasons",
        "A m all_ipads typical: +200.0 % from 1 (1 to 3), above 10 %, on macOS",
        "MEMORY peak all_iphones typical: +100.0 % from 1 (1 to 2 MB), above 10 %, on iOS",
    ]


def test_reasons_of_several_apps_name_them() -> None:
    gates = {"com.example.a": judged(iphones(1, 2), ABOVE_TEN), "com.example.b": judged(memory(), ABOVE_TEN)}
    assert message(merge_gates(ABOVE_TEN, list(gates.items()))).split("\n  ") == [
        "the gate failed: 1 reason",
        "com.example.b: --fail-above cannot judge this report: it has no measurements of any --device",
        "com.example.a: MEMORY peak all_iphones typical: +100.0 % from 1 (1 to 2 MB), above 10 %",
    ]


def test_entries_for_several_apps_name_them_in_comments() -> None:
    gates = {name: judged(iphones(1, value), ABOVE_TEN) for name, value in (("a", 2), ("b", 3))}
    assert list(gate_lines(merge_gates(ABOVE_TEN, list(gates.items())), PLAIN))[-3:] == [
        "# b: +200.0 % from 1 (1 to 3 MB), above 10 %",
        "# a: +100.0 % from 1 (1 to 2 MB), above 10 %",
        "MEMORY peak all_iphones typical",
    ]


def test_stderr_has_twenty_lines_at_most() -> None:
    made = report(*(("A", metric(f"m{n}", [dataset(IPHONES_TOP, points(1, 2))])) for n in range(40)))
    entries = [Acceptance("B", "c", file="accept.txt", line=number) for number in range(1, 10)]
    options = ABOVE_TEN._replace(acceptances=entries)
    gate = judged(made, options)
    assert message(judged(made, ABOVE_TEN)).split("\n  ")[-1] == "(22 more)"
    assert len(message(judged(made, ABOVE_TEN)).splitlines()) == 20
    assert warning(gate).split("\n  ")[-2:] == ["accept.txt, line 4: this matches nothing here: B c", "(5 more)"]
    assert len([*message(gate).splitlines(), *warning(gate).splitlines()]) == 20
    everywhere = merge_gates(options, [(str(number), judged(memory(), options)) for number in range(9)])
    assert message(everywhere).split("\n  ")[-1] == "(6 more)"
    assert len(message(everywhere).splitlines()) == 4
