"""Tests of how values are judged: changes, error margins and goals."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from ppparser.metrics.changes import Change, Goal, change, changes, goal_at, worsening_percent
from ppparser.metrics.measurements import Dataset, read_metric, read_raw_metrics
from tests.helpers.documents import MODEL, Object, dataset, metric, points, report


def read(made: Object) -> Dataset:
    """Return the values of a dataset."""
    [raw] = read_raw_metrics(report(("A", metric("metric", [made]))))
    [values] = read_metric(raw).datasets
    return values


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        (10, 11, 10.0),
        (11, 5.5, -50.0),
        (100, 300, 200.0),
        (-10, -5, 50.0),
        (-5, -10, -100.0),
        (10, 0, -100.0),
        (0, 5, inf),
        (0, -5, -inf),
        (0, 0, 0.0),
        (None, 5, None),
        (5, None, None),
        (None, None, None),
    ],
)
def test_change_is_in_percent_of_the_value_before(
    before: float | None, after: float | None, percent: float | None
) -> None:
    assert change(before, after) == Change(percent, within_margin=False)


@pytest.mark.parametrize(
    ("before", "margin_before", "after", "margin_after", "within_margin"),
    [
        (10, 1, 12, 1, True),
        (10, 1, 12, 0.9, False),
        (12, 1, 10, 1, True),
        (12, 0.9, 10, 1, False),
        (10, None, 12, 2, True),
        (10, 2, 12, None, True),
        (0, 2, 2, None, True),
        (10, 5, 10, 5, False),
        # In binary, these differ from the margin by a rounding error.
        (1.1, 0.1, 1.0, None, True),
        (1.1, 0.05, 1.0, 0.05, True),
        (0.3, 0.1, 0.1, 0.1, True),
        (1.1, 0.0999999, 1.0, None, False),
    ],
)
def test_change_is_within_the_margins_if_they_overlap(
    before: float, margin_before: float | None, after: float, margin_after: float | None, within_margin: bool
) -> None:
    assert change(before, after, margin_before, margin_after).within_margin is within_margin


def test_changes_are_against_the_point_before() -> None:
    values = read(dataset(MODEL, points(10, (20, 10), (21, 3), None, 0, 5)))
    assert changes(values) == [
        Change(None),
        Change(100.0, within_margin=True),
        Change(5.0, within_margin=True),
        Change(None),
        Change(None),
        Change(inf),
    ]
    assert changes(read(dataset(MODEL, points(10)))) == [Change(None)]
    assert changes(read(dataset(MODEL, []))) == []


@pytest.mark.parametrize(
    ("change", "percent"),
    [
        (Change(12.5), 12.5),
        (Change(-12.5), -12.5),
        (Change(12.5, within_margin=True), 0),
        (Change(-12.5, within_margin=True), 0),
        (Change(inf), 0),
        (Change(-inf), 0),
        (Change(None), 0),
    ],
)
def test_worsening_is_the_change_if_it_is_certain(change: Change, percent: float) -> None:
    assert worsening_percent(change) == percent


def test_first_change_is_unknown_and_others_have_margins() -> None:
    values = read(dataset(MODEL, points(10, (20, 1), (21, 3))))
    assert changes(values)[-1] == Change(5.0, within_margin=True)
    assert changes(read(dataset(MODEL, points(10)))) == [Change(None)]
    assert changes(read(dataset(MODEL, []))) == []


# --- goals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "band", "recommended", "goal"),
    [
        (120, "fair", {"value": 100}, Goal("fair")),
        (120, "", {"value": 100}, Goal("", 20.0)),
        (100, "", {"value": 100}, Goal("", 0)),
        (80.5, "", {"value": 100.5}, Goal("", 0)),
        (5, "", {"value": 0}, Goal("", inf)),
        (120, "", {"value": None, "detail": "Faster"}, Goal()),
        (120, "", {"value": "100"}, Goal()),
        (None, "", {"value": 100}, Goal()),
        (120, "", None, Goal()),
    ],
)
def test_goal_is_the_band_or_else_the_recommended_goal(value: Any, band: str, recommended: Any, goal: Goal) -> None:
    made = dataset(MODEL, points(1, value, goals=["poor", band]), recommendedMetricGoal=recommended)
    assert goal_at(read(made), 1) == goal


def test_goals_are_ordered_by_severity() -> None:
    goals = [Goal("good"), Goal("", 5), Goal("", inf), Goal("Fair"), Goal("poor")]
    assert [goal.severity for goal in goals] == sorted({goal.severity for goal in goals})
    assert {goal.severity for goal in (Goal(), Goal("good"), Goal("excellent"), Goal("", 0))} == {(0, 0)}
