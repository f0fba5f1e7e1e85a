"""Tests of the values of a metrics report."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from documents import MODEL, Object, dataset, insight, metric, parsed, points, report
from support import document

from ppparser.metrics import (
    Change,
    Column,
    Dataset,
    GoalBand,
    Insight,
    Metric,
    Population,
    RecommendedGoal,
    change,
    changes,
    device_label,
    percentile_label,
    read_insights,
    read_metric,
    read_raw_metrics,
    worsening_percent,
)

REPORT = document("metrics.json")


def read(made: Object) -> Dataset:
    """Return the values of a dataset."""
    [raw] = read_raw_metrics(report(("A", metric("metric", [made]))))
    [values] = read_metric(raw, None).datasets
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
            GoalBand("poor", "1500.5", ""),
            GoalBand("fair", "750.25", "1500.5"),
            GoalBand("good", "", "750.25"),
        ],
        datasets=[
            Dataset(
                device="iPhone13_3",
                marketing_name="iPhone 12 Pro",
                percentile="percentile.ninety",
                versions=["5.0", "5.1"],
                values=Column(["1201.0", "2014.30"], [1201.0, 2014.3]),
                margins=Column(["", ""], [None, None]),
                goals=["fair", "poor"],
                shares={},
                recommended_goal=None,
            )
        ],
    )
    assert values.key == ("LAUNCH", "launchTime")
    assert values.datasets[0].device_label == "iPhone 12 Pro (iPhone13_3)"
    assert [values.percentile for values in read_metric(launch, None).datasets] == [
        "percentile.fifty",
        "percentile.ninety",
        "percentile.ninety",
    ]


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
    assert read_metric(raw, None).unit == text


def test_empty_metric_and_dataset_have_empty_values() -> None:
    [raw] = read_raw_metrics(report((None, metric(None, [{}])), platform=None))
    nothing = Column([], [])
    assert read_metric(raw, None) == Metric(
        "", "", "", "", [], [Dataset("", "", "", [], nothing, nothing, [], {}, None)]
    )


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
    assert (pairs.values, pairs.margins) == (Column(texts, floats), Column(texts, floats))


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
        ([{"value": 60.5, "subSystemLabel": "Radio"}], {"Radio": ["60.5"]}),
        (
            [
                [{"value": 60.5, "subSystemLabel": "Radio"}, {"value": 39, "subSystemLabel": "Display"}],
                [],
                {"value": 70, "subSystemLabel": "Radio"},
            ],
            {"Radio": ["60.5", "", "70"], "Display": ["39", "", ""]},
        ),
        (
            [[{"value": value, "subSystemLabel": "Radio"} for value in (1, None, 2.5, 3)]],
            {"Radio": ["1 + 2.5 + 3"]},
        ),
        ([[{"value": 1}, {"value": 2, "subSystemLabel": ""}, "3"]], {"unnamed": ["1 + 2"]}),
        ([None, "60", {"subSystemLabel": "Radio"}], {"Radio": ["", "", ""]}),
    ],
    ids=["object", "array and object", "duplicates", "without a label", "without a value"],
)
def test_breakdown_is_a_column_of_shares_for_each_subsystem(
    breakdowns: list[Any], shares: dict[str, list[str]]
) -> None:
    made = [{"version": "1", "percentageBreakdown": breakdown} for breakdown in breakdowns]
    assert read(dataset(MODEL, made)).shares == shares


def test_point_without_a_breakdown_has_an_empty_share() -> None:
    made: list[Object] = [{}, {"percentageBreakdown": {"value": 1, "subSystemLabel": "Radio"}}]
    assert read(dataset(MODEL, made)).shares == {"Radio": ["", "1"]}


@pytest.mark.parametrize(
    ("goal", "recommended"),
    [
        ({"value": 600.5, "detail": "The fastest\n"}, RecommendedGoal("600.5", "The fastest\\n")),
        ({"value": None}, RecommendedGoal("", "")),
        ({}, None),
        ("600", None),
    ],
)
def test_recommended_goal_is_read_if_there_is_one(goal: Any, recommended: RecommendedGoal | None) -> None:
    assert read(dataset(MODEL, points(1), recommendedMetricGoal=goal)).recommended_goal == recommended


# --- insights ---------------------------------------------------------------------------------------------------------


def test_insights_are_read_into_typed_values() -> None:
    launch, battery, termination = read_insights(REPORT)
    assert battery == Insight(
        is_regression=True,
        category="BATTERY",
        identifier="onScreen",
        latest_version="5.1",
        reference_versions=["5.0"],
        largest_value="",
        subsystem="Display",
        summary="Battery use on screen grew in version 5.1.",
        is_high_impact=False,
        populations=[Population("all_ipads", "percentile.fifty", "12.50", "10", "25", 25.0, "")],
    )
    assert battery.key == ("BATTERY", "onScreen")
    assert termination == Insight(
        False, "TERMINATION", "onScreen", "", [], "", "", "More terminations on screen.", False, []
    )
    assert (launch.is_high_impact, launch.largest_value) == (True, "2014.30")
    assert launch.populations[0].summary == "A third slower on all iPhones"


@pytest.mark.parametrize(
    ("references", "versions"),
    [(["4.0", None, "4.1\t"], ["4.0", "4.1\\t"]), ("5.0", ["5.0"]), (None, []), ({"version": "5.0"}, [])],
)
def test_reference_versions_are_an_array_or_a_string(references: Any, versions: list[str]) -> None:
    [values] = read_insights(report(regressions=[insight("A", "metric", referenceVersions=references)]))
    assert values.reference_versions == versions


def test_insights_are_sorted_by_impact_and_then_by_increase() -> None:
    found = read_insights(
        report(
            regressions=[
                insight("A", "unknown change", None),
                insight("A", "decrease", -5),
                insight("A", "no population"),
                insight("A", "small", 5, highImpact="yes"),
                insight("A", "small too", 5),
                insight("A", "large", 1, 50),
                insight("A", "high impact", 2, highImpact=True),
                insight("A", "higher impact", 3, highImpact=True),
            ],
            trendingUp=[insight("A", "trend", 5), insight("A", "high trend", 7)],
        )
    )
    assert [values.identifier for values in found] == [
        "higher impact",
        "high impact",
        "large",
        "high trend",
        "small",
        "small too",
        "trend",
        "no population",
        "decrease",
        "unknown change",
    ]


@pytest.mark.parametrize(
    ("increases", "worst"), [([5, 12.5, None, -20], "12.5"), ([None, -20], "-20"), ([None], ""), ([], None)]
)
def test_worst_population_has_the_largest_increase(increases: list[float | None], worst: str | None) -> None:
    [values] = read_insights(report(regressions=[insight("A", "metric", *increases)]))
    population = values.worst_population
    assert (population.change_text if population else None) == worst


def test_document_without_insights_has_none() -> None:
    assert read_insights(parsed({"insights": None, "productData": []})) == []


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


# --- changes ----------------------------------------------------------------------------------------------------------


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
        Change(100.0, within_margin=True),
        Change(5.0, within_margin=True),
        Change(None),
        Change(None),
        Change(inf),
    ]
    assert changes(read(dataset(MODEL, points(10)))) == []


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
