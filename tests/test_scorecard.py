"""Tests of the values of the scorecard."""

from __future__ import annotations

from typing import Any

import pytest
from documents import IPADS, IPHONES, IPHONES_TOP, MODEL, MODEL_TOP, Object, dataset, insight, metric, points, report

from ppparser.metrics import Change
from ppparser.scorecard import Alarm, Score, scores
from ppparser.selection import select


def scores_of(*datasets: Object) -> list[Score]:
    """Return the scores of a report whose only metric has these datasets."""
    return scores(select(report(("A", metric("metric", datasets)))))


@pytest.mark.parametrize(
    ("regressions", "trending_up", "alarm"),
    [
        ([], [], Alarm.NONE),
        ([], [insight("A", "metric")], Alarm.TRENDING_UP),
        ([], [insight("A", "metric", highImpact=True)], Alarm.TRENDING_UP),
        ([insight("A", "metric")], [], Alarm.REGRESSION),
        ([insight("A", "metric")], [insight("A", "metric", 9)], Alarm.REGRESSION),
        ([insight("A", "metric", highImpact=True), insight("A", "metric")], [], Alarm.HIGH_IMPACT),
        ([insight("B", "metric"), insight("A", "other")], [], Alarm.NONE),
    ],
)
def test_alarm_is_the_worst_of_the_metric(regressions: list[Object], trending_up: list[Object], alarm: Alarm) -> None:
    made = report(
        ("A", metric("metric", [dataset(IPHONES, points(1))])), regressions=regressions, trendingUp=trending_up
    )
    assert [score.alarm for score in scores(select(made))] == [alarm]


def test_scores_are_sorted_by_alarm_and_then_by_worsening() -> None:
    def row(identifier: str, *values: Any) -> tuple[str, Object]:
        return "A", metric(identifier, [dataset(IPHONES, points(*values))])

    made = report(
        row("better", 10, 5),
        row("noise", (10, 9), (18, 9)),
        row("worse", 10, 13),
        row("trending", 10, 12),
        row("regressed", 10, 11),
        row("high", 10, 10),
        row("alone", 7),
        row("from 0", 0, 1),
        row("without points"),
        regressions=[insight("A", "regressed", 20), insight("A", "high", 1, highImpact=True)],
        trendingUp=[insight("A", "trending", 1)],
    )
    assert [score.identifier for score in scores(select(made))] == [
        "high",
        "regressed",
        "trending",
        "worse",
        "noise",
        "alone",
        "from 0",
        "better",
    ]


def test_score_has_both_values_and_the_change_of_the_worst() -> None:
    typical = dataset(MODEL, points(10, 11, goals=["poor", "poor"], versions=["2", "3"]))
    top = dataset(MODEL_TOP, points(80, (100, 4), (150.5, 2), goals=["poor", "poor", "good"], versions=["1", "2", "3"]))
    assert scores_of(typical, top) == [
        Score(
            alarm=Alarm.NONE,
            category="A",
            identifier="metric",
            device="iPhone 13 (iPhone14_5)",
            version="3",
            typical="11",
            top="150.5",
            change=Change(50.5),
            goal="poor",
            trend=[80.0, 100.0, 150.5],
        )
    ]


@pytest.mark.parametrize(
    ("typical", "top", "change"),
    [
        ((10, 11), (10, 12), Change(20.0)),
        ((10, 12), (10, 11), Change(20.0)),
        ((10, 5), (10, 9), Change(-10.0)),
        ((10, 5), (0, 9), Change(float("inf"))),
        (((10, 9), (18, 9)), (10, 11), Change(10.0)),
        (((10, 9), (18, 9)), (10,), Change(80.0, within_margin=True)),
        ((10,), (10,), Change(None)),
        ((10,), (), Change(None)),
        ((), (10, 11), Change(10.0)),
    ],
)
def test_change_of_the_score_is_the_one_that_worsened_most(typical: Any, top: Any, change: Change) -> None:
    [score] = scores_of(dataset(IPHONES, points(*typical)), dataset(IPHONES_TOP, points(*top)))
    assert score.change == change


def test_score_of_one_percentile_has_no_value_for_the_other() -> None:
    [typical], [top] = scores_of(dataset(IPHONES, points(1))), scores_of(dataset(IPHONES_TOP, points(2)))
    assert (typical.typical, typical.top, top.typical, top.top) == ("1", "", "", "2")


@pytest.mark.parametrize(
    ("goals", "worst"),
    [
        (["good", "fair"], "fair"),
        (["fair", "good"], "fair"),
        (["fair", "poor", "good"], "poor"),
        (["good", "POOR", "fair"], "POOR"),
        (["", "good"], "good"),
        (["excellent", "good"], "good"),
        (["good", "excellent"], "good"),
        (["good", "Good"], "Good"),
        (["excellent", "unsure"], "unsure"),
        (["unsure", "excellent"], "excellent"),
        (["excellent", ""], "excellent"),
        (["", ""], ""),
    ],
)
def test_goal_of_the_score_is_the_worst_known_or_the_last(goals: list[str], worst: str) -> None:
    [score] = scores_of(*(dataset(IPHONES, points(1, 2, goals=["poor", goal])) for goal in goals))
    assert score.goal == worst


@pytest.mark.parametrize(
    ("devices", "judged", "values"),
    [
        ([MODEL, IPADS, IPHONES, IPHONES_TOP], "All iPhones", ("3", "4")),
        ([MODEL, IPADS, MODEL_TOP], "All iPads", ("2", "")),
        ([MODEL, {"device": "iPhone1_1"}, MODEL_TOP], "iPhone 13 (iPhone14_5)", ("1", "3")),
    ],
)
def test_metric_is_judged_by_all_iphones_ipads_or_the_first(
    devices: list[dict[str, str]], judged: str, values: tuple[str, str]
) -> None:
    [score] = scores_of(*(dataset(criteria, points(number)) for number, criteria in enumerate(devices, 1)))
    assert (score.device, (score.typical, score.top)) == (judged, values)


@pytest.mark.parametrize("datasets", [[], [dataset(IPHONES, [])]])
def test_metric_without_points_has_no_score(datasets: list[Object]) -> None:
    assert scores_of(*datasets) == []


def test_device_without_points_does_not_hide_the_next_one() -> None:
    found = scores_of(dataset(IPHONES, []), dataset(IPADS, points(1)))
    assert [score.device for score in found] == ["All iPads"]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_every_cell_belongs_to_the_version_of_the_row(is_reversed: bool) -> None:
    """A percentile that ends at an older version has no value, change, goal or trend in the row."""
    typical = dataset(IPHONES, points(10, 90, goals=["good", "poor"], versions=["8.0.0", "8.0.1"]))
    top = dataset(IPHONES_TOP, points(20, 22, 21, goals=["fair"] * 3, versions=["8.0.0", "8.0.1", "8.1.0"]))
    (score,) = scores_of(*([top, typical] if is_reversed else [typical, top]))
    assert (score.version, score.typical, score.top, score.goal) == ("8.1.0", "", "21", "fair")
    assert score.change.percent == pytest.approx(-100 / 22)
    assert score.trend == [20.0, 22.0, 21.0]
