"""Tests of the values of a metrics report."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.measurements import (
    TOP,
    TYPICAL,
    Dataset,
    GoalBand,
    Metric,
    Numbers,
    RecommendedGoal,
    device_label,
    percentile_label,
    read_metric,
    read_raw_metrics,
)
from tests.helpers.documents import MODEL, Object, dataset, metric, points, report
from tests.helpers.support import document

REPORT = document("metrics.json")


def read(made: Object) -> Dataset:
    """Return the values of a dataset."""
    [raw] = read_raw_metrics(report(("A", metric("metric", [made]))))
    [values] = read_metric(raw).datasets
    return values


# --- metrics and datasets ---------------------------------------------------------------------------------------------


def test_raw_metrics_know_platform_category_and_identifier() -> None:
    assert [(raw.platform, *raw.key) for raw in read_raw_metrics(REPORT)] == [
        ("iOS", "BATTERY", "onScreen"),
        ("iOS", "TERMINATION", "onScreen"),
        ("iOS", "LAUNCH", "launchTime"),
        ("iOS", "LAUNCH", "resumeTime"),
        ("visionOS", "HANG", "hangRate"),
    ]


def test_metric_is_read_with_the_datasets_of_the_devices() -> None:
    [launch] = [raw for raw in read_raw_metrics(REPORT) if raw.identifier == "launchTime"]
    values = read_metric(launch, {"iPhone13_3", "all_ipads"})
    assert values == Metric(
        platform="iOS",
        category="LAUNCH",
        identifier="launchTime",
        unit="ms",
        goal_bands=[
            GoalBand("poor", "1500.5", "", 1500.5, None),
            GoalBand("fair", "750.25", "1500.5", 750.25, 1500.5),
            GoalBand("good", "", "750.25", None, 750.25),
        ],
        datasets=[
            Dataset(
                device="iPhone13_3",
                marketing_name="iPhone 12 Pro",
                percentile="percentile.ninety",
                versions=["5.0", "5.1"],
                values=Numbers(["1201.0", "2014.30"], [1201.0, 2014.3]),
                margins=Numbers(["", ""], [None, None]),
                goals=["fair", "poor"],
                shares={},
                recommended_goal=None,
            )
        ],
    )
    assert values.key == ("LAUNCH", "launchTime")
    assert values.datasets[0].device_label == "iPhone 12 Pro (iPhone13_3)"
    assert [len(read_metric(launch, None, {percentile}).datasets) for percentile in (TYPICAL, TOP)] == [1, 2]
    assert [values.percentile for values in read_metric(launch).datasets] == [TYPICAL, TOP, TOP]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ({"identifier": "percent", "displayName": "%"}, "%"),
        ({"identifier": "percent", "displayName": None}, "percent"),
        ({}, ""),
        (None, ""),
    ],
)
def test_unit_is_the_display_name_or_else_the_identifier(unit: Any, text: str) -> None:
    [raw] = read_raw_metrics(report(("A", metric("metric", unit=unit))))
    assert read_metric(raw).unit == text


def test_empty_metric_and_dataset_have_empty_values() -> None:
    [raw] = read_raw_metrics(report((None, metric(None, [{}])), platform=None))
    nothing = Numbers([], [])
    assert read_metric(raw) == Metric("", "", "", "", [], [Dataset("", "", "", [], nothing, nothing, [], {}, None)])


@pytest.mark.parametrize(
    ("values", "texts", "floats"),
    [
        ([1.5, -2.25], ["1.5", "-2.25"], [1.5, -2.25]),
        ([1, 2.5], ["1", "2.5"], [1.0, 2.5]),
        ([1.5, None, "2", True, []], ["1.5", "", "2", "true", ""], [1.5, None, None, None, None]),
        ([2e300, 1.5], ["2e+300", "1.5"], [None, 1.5]),
        ([-2e300, 1.5], ["-2e+300", "1.5"], [None, 1.5]),
    ],
)
def test_column_has_the_spelling_and_the_float_of_each_number(
    values: list[Any], texts: list[str], floats: list[float | None]
) -> None:
    pairs = read(dataset(MODEL, points(*((value, value) for value in values))))
    assert (pairs.values, pairs.margins) == (Numbers(texts, floats), Numbers(texts, floats))


def test_versions_and_goals_are_escaped_and_empty_if_missing() -> None:
    values = read(
        dataset(MODEL, [{"version": "1\x1b[2J", "goal": "a\nb"}, {"version": None}, {"version": 3, "goal": 4}])
    )
    assert (values.versions, values.goals) == (["1\\x1b[2J", "", "3"], ["a\\nb", "", "4"])
    # All of them are strings here.
    assert read(dataset(MODEL, points(1, 2, versions=["1", "\u202e2"]))).versions == ["1", "\\u202e2"]


@pytest.mark.parametrize(
    ("breakdowns", "shares"),
    [
        ([{"value": 60.5, "subSystemLabel": "Radio"}], {"Radio": {0: "60.5"}}),
        (
            [
                [{"value": 60.5, "subSystemLabel": "Radio"}, {"value": 39, "subSystemLabel": "Display"}],
                [],
                {"value": 70, "subSystemLabel": "Radio"},
            ],
            {"Radio": {0: "60.5", 2: "70"}, "Display": {0: "39"}},
        ),
        ([[{"value": 1}, "3"], [{"value": 2, "subSystemLabel": ""}]], {"unnamed": {0: "1", 1: "2"}}),
        ([None, "60", {"subSystemLabel": "Radio"}], {"Radio": {2: ""}}),
    ],
    ids=["object", "array and object", "without a label", "without a value"],
)
def test_breakdown_is_the_shares_of_each_subsystem_by_position(
    breakdowns: list[Any], shares: dict[str, dict[int, str]]
) -> None:
    made = [{"version": "1", "percentageBreakdown": breakdown} for breakdown in breakdowns]
    assert read(dataset(MODEL, made)).shares == shares


def test_point_without_a_breakdown_has_no_share() -> None:
    made: list[Object] = [{}, {"percentageBreakdown": {"value": 1.5, "subSystemLabel": "Radio"}}]
    assert read(dataset(MODEL, made)).shares == {"Radio": {1: "1.5"}}


@pytest.mark.parametrize(
    ("goal", "recommended"),
    [
        ({"value": 600.5, "detail": "The fastest\n"}, RecommendedGoal("600.5", "The fastest\\n", 600.5)),
        ({"value": None}, RecommendedGoal("", "")),
        ({}, None),
        ("600", None),
    ],
)
def test_recommended_goal_is_read_if_there_is_one(goal: Any, recommended: RecommendedGoal | None) -> None:
    assert read(dataset(MODEL, points(1), recommendedMetricGoal=goal)).recommended_goal == recommended


# --- labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "marketing_name", "label"),
    [
        ("iPhone14_5", "iPhone 13", "iPhone 13 (iPhone14_5)"),
        ("all_iphones", "All iPhones", "All iPhones"),
        ("ALL_iPads", "All iPads", "All iPads"),
        ("iPhone14_5", "", "iPhone14_5"),
        ("", "iPhone 13", "iPhone 13"),
        ("", "", "unknown device"),
    ],
)
def test_device_label_adds_the_identifier_only_to_a_model(name: str, marketing_name: str, label: str) -> None:
    assert device_label(name, marketing_name) == label


@pytest.mark.parametrize(
    ("percentile", "label"),
    [
        ("percentile.fifty", "typical"),
        ("percentile.ninety", "top"),
        ("percentile.ninetynine", "percentile.ninetynine"),
        ("", "unknown percentile"),
    ],
)
def test_percentile_label_is_typical_top_or_as_reported(percentile: str, label: str) -> None:
    assert percentile_label(percentile) == label
