"""Tests of merging metrics reports: which value counts, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.history import is_outdated, merge
from tests.helpers.documents import IPADS, IPHONES, Object, dataset, insight, metric, parsed, points, report

UNIT = {"displayName": "ms"}


def one(versions: str, *values: Any, platform: str = "iOS", **insights: Any) -> Any:
    """Return a report of one metric on all iPhones."""
    made = points(*values, versions=versions.split())
    return report(("A", metric("m", [dataset(IPHONES, made)])), platform=platform, **insights)


def merged(*reports: Any) -> Any:
    """Merge reports in the order in which a user names them."""
    return merge(reversed(reports))


def points_of(made: Any) -> list[list[tuple[str, Any]]]:
    """Return version and value of each point, a list for each dataset."""
    return [
        [(point["version"], point.get("value")) for point in dataset["points"]]
        for product in made["productData"]
        for category in product["metricCategories"]
        for metric in category["metrics"]
        for dataset in metric["datasets"]
    ]


def test_versions_ascend_whatever_the_order_of_the_files() -> None:
    early, late = one("8.8 8.9", 1, 2), one("8.10 9.0", 3, 4)
    in_order = [[("8.8", 1), ("8.9", 2), ("8.10", 3), ("9.0", 4)]]
    assert points_of(merged(early, late)) == points_of(merged(late, early)) == in_order


def test_equal_point_is_that_of_the_file_named_later() -> None:
    assert points_of(merged(one("1 2", 10, 20), one("2 3", 21, 30))) == [[("1", 10), ("2", 21), ("3", 30)]]
    assert points_of(merged(one("2 3", 21, 30), one("1 2", 10, 20))) == [[("1", 10), ("2", 20), ("3", 30)]]


@pytest.mark.parametrize(("early", "late", "value"), [(1, None, 1), (None, 1, 1), (None, None, None), (1, 0, 0)])
def test_point_without_a_value_gives_way(early: int | None, late: int | None, value: int | None) -> None:
    assert points_of(merged(one("1", early), one("1", late))) == [[("1", value)]]


def test_point_keeps_its_own_margin_and_goal() -> None:
    early = one("1", (10, 2))
    assert merged(early, one("1", 11)) == one("1", 11)
    assert merged(one("1", 11), early) == early


def test_numbers_keep_their_spelling() -> None:
    spelled = one("1", 1)
    spelled["productData"][0]["metricCategories"][0]["metrics"][0]["datasets"][0]["points"][0]["value"] = b"2014.30"
    assert points_of(merged(spelled, one("2", 1)))[0][0] == ("1", b"2014.30")


def test_platforms_categories_metrics_and_devices_stay_apart() -> None:
    def made(version: str, *platforms: str) -> Any:
        datasets = [dataset(criteria, points(1, versions=[version])) for criteria in (IPHONES, IPADS)]
        metrics = [("A", metric("m", datasets)), ("B", metric("m", datasets)), ("B", metric("n", datasets))]
        reports = [report(*metrics, platform=platform) for platform in platforms]
        return {**reports[0], "productData": [product for one in reports for product in one["productData"]]}

    found = merged(made("1", "iOS", "visionOS"), made("2", "iOS"))
    assert points_of(found) == [[("1", 1), ("2", 1)]] * 6 + [[("1", 1)]] * 6
    assert [product["platform"] for product in found["productData"]] == ["iOS", "visionOS"]
    assert [len(category["metrics"]) for category in found["productData"][0]["metricCategories"]] == [1, 2]


def test_description_is_from_the_last_file_that_has_it() -> None:
    def made(version: str, **members: Any) -> Any:
        goal = members.pop("goal", None)
        datasets = [dataset(IPHONES, points(1, versions=[version]), recommendedMetricGoal=goal)]
        return report(("A", metric("m", datasets, **members)))

    early, late = made("1", unit=UNIT, goal={"value": 5}), made("2", unit=None, goalKeys=[{"goalKey": "good"}])
    [found] = merged(early, late)["productData"][0]["metricCategories"][0]["metrics"]
    assert (found["unit"], found["goalKeys"]) == (UNIT, [{"goalKey": "good"}])
    assert found["datasets"][0]["recommendedMetricGoal"] == {"value": 5}
    [found] = merged(early, made("2", unit={}, goal={"value": 6}))["productData"][0]["metricCategories"][0]["metrics"]
    assert (found["unit"], found["datasets"][0]["recommendedMetricGoal"]) == ({}, {"value": 6})


def test_insights_are_those_of_the_last_file() -> None:
    early, late = one("1", 1, regressions=[insight("A", "m", 5)]), one("2", 1, regressions=[])
    assert merged(early, late)["insights"] == late["insights"]
    assert merged(late, early)["insights"] == early["insights"]
    del late["insights"]
    assert "insights" not in merged(early, late)


def test_damaged_reports_lose_only_what_is_damaged() -> None:
    junk: list[Any] = [None, 5, "text", []]
    damaged = parsed(
        {
            "productData": [
                *junk,
                {"platform": "iOS", "metricCategories": "none"},
                {
                    "platform": "iOS",
                    "metricCategories": [
                        {"identifier": "A", "metrics": [*junk, metric("m", [*junk, dataset(IPHONES, "none")])]},
                        {"identifier": "A", "metrics": [metric("m", [dataset(IPHONES, [*junk, {"value": 7}, {}])])]},
                        {"metrics": [metric("m", [dataset(None, None), dataset([], points(8))])]},
                    ],
                },
            ]
        }
    )
    found = merged(one("1", 10), damaged)
    assert found["productData"][0]["metricCategories"][0]["metrics"][0]["datasets"][0]["points"] == [
        {"value": 7},
        {"version": "1", "value": 10},
    ]
    assert points_of({"productData": [{"metricCategories": found["productData"][0]["metricCategories"][1:]}]}) == [
        [("1", 8)]
    ]


def test_nothing_merged_is_nothing() -> None:
    assert merge([]) == {}


@pytest.mark.parametrize(
    ("last", "outdated"),
    [
        (one("2 3", 1, 1), False),
        (one("1 2", 1, 1), True),
        (report(), True),
        (one("1", 1, platform="visionOS"), False),
    ],
)
def test_last_report_is_outdated_without_the_newest_version(last: Object, outdated: bool) -> None:
    assert is_outdated(last, merged(one("1 3", 1, 1), one("1", 1, platform="visionOS"), last)) is outdated


def test_reports_without_points_are_not_outdated() -> None:
    made = report(regressions=[insight("A", "m", 5)])
    assert not is_outdated(made, merged(made, made))
