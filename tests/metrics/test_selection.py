"""Tests of what the filters select from a metrics report."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.errors import NoDataError
from ppparser.metrics.obstacles import Obstacle
from ppparser.metrics.selection import Filters, select
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, MODEL, Object, dataset, insight, metric, points, report
from tests.helpers.support import document

REPORT = document("metrics.json")

BATTERY = ("iOS", "BATTERY", "onScreen")
TERMINATION = ("iOS", "TERMINATION", "onScreen")
LAUNCH = ("iOS", "LAUNCH", "launchTime")
RESUME = ("iOS", "LAUNCH", "resumeTime")
HANG = ("visionOS", "HANG", "hangRate")


def error(document: Any, filters: Filters) -> str:
    """Return the message of the error that selecting raises."""
    with pytest.raises(NoDataError) as raised:
        select(document, filters)
    return str(raised.value)


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "selected"),
    [
        (Filters(), [(*BATTERY, 1), (*TERMINATION, 2), (*LAUNCH, 3), (*RESUME, 0), (*HANG, 1)]),
        (Filters(metric="launchTime"), [(*LAUNCH, 3)]),
        (Filters(metric="LAUNCHTIME"), [(*LAUNCH, 3)]),
        (Filters(metric="launch"), [(*LAUNCH, 3), (*RESUME, 0)]),
        (Filters(metric="onscreen"), [(*BATTERY, 1), (*TERMINATION, 2)]),
        (Filters(metric="Battery"), [(*BATTERY, 1)]),
        (Filters(device="all_iphones"), [(*LAUNCH, 2)]),
        (Filters(device="all iphones"), [(*LAUNCH, 2)]),
        (Filters(device="iPhone13_3"), [(*TERMINATION, 1), (*LAUNCH, 1)]),
        (Filters(device="iPhone13,3"), [(*TERMINATION, 1), (*LAUNCH, 1)]),
        (Filters(device="IPHONE 12 PRO"), [(*TERMINATION, 1), (*LAUNCH, 1)]),
        (Filters(platform="VISIONOS"), [(*HANG, 1)]),
        (Filters(platform="ios", metric="onScreen", device="iphone13,3"), [(*TERMINATION, 1)]),
        (Filters(percentile="Typical"), [(*BATTERY, 1), (*LAUNCH, 1), (*HANG, 1)]),
        (Filters(percentile="top"), [(*LAUNCH, 2)]),
        (Filters(percentile="percentile.ninetynine"), [(*TERMINATION, 1)]),
        (Filters(percentile="top", device="iPhone13,3"), [(*LAUNCH, 1)]),
    ],
)
def test_metrics_match_every_filter_ignoring_case(filters: Filters, selected: list[tuple[str, str, str, int]]) -> None:
    metrics = select(REPORT, filters).metrics
    assert [(found.platform, *found.key, len(found.datasets)) for found in metrics] == selected


@pytest.mark.parametrize(
    ("filters", "regressions", "trending_up"),
    [
        (Filters(), [("LAUNCH", 3), ("BATTERY", 1)], [("TERMINATION", 0)]),
        (Filters(metric="launchTime"), [("LAUNCH", 3)], []),
        (Filters(metric="onScreen"), [("BATTERY", 1)], [("TERMINATION", 0)]),
        (Filters(metric="TERMINATION"), [], [("TERMINATION", 0)]),
        (Filters(device="iPhone13,3"), [("LAUNCH", 1)], [("TERMINATION", 0)]),
        (Filters(device="iPhone10,6"), [("LAUNCH", 1)], [("TERMINATION", 0)]),
        (Filters(percentile="typical"), [("LAUNCH", 1), ("BATTERY", 1)], [("TERMINATION", 0)]),
        (Filters(percentile="top", device="iPhone13,3"), [("LAUNCH", 1)], [("TERMINATION", 0)]),
        (Filters(platform="iOS"), [("LAUNCH", 3), ("BATTERY", 1)], [("TERMINATION", 0)]),
        (Filters(platform="visionOS"), [], []),
    ],
)
def test_insights_match_the_filters_like_their_metrics(
    filters: Filters, regressions: list[tuple[str, int]], trending_up: list[tuple[str, int]]
) -> None:
    selection = select(REPORT, filters)
    assert [(found.category, len(found.populations)) for found in selection.regressions] == regressions
    assert [(found.category, len(found.populations)) for found in selection.trending_up] == trending_up


def test_insight_that_a_filter_cannot_exclude_is_kept() -> None:
    insights = [
        insight("A", "without populations"),
        insight("A", "without device", populations=[{"percentile": "percentile.fifty"}]),
        insight("A", "without percentile", populations=[{"device": "all_iphones"}]),
        insight("A", "of another device", populations=[{"device": "all_ipads", "percentile": "percentile.fifty"}]),
        insight("A", "of another percentile", populations=[IPHONES_TOP]),
        insight("A", None, populations=[IPHONES]),
        insight(None, "metric", populations=[IPHONES]),
        insight("B", None, populations=[IPHONES]),
        insight(None, "other", populations=[IPHONES]),
    ]
    made = report(
        ("A", metric("metric", [dataset(IPHONES, points(1))])),
        ("B", metric("other", [dataset(IPADS, points(1))])),
        regressions=insights,
    )
    narrowed = select(made, Filters(device="all_iphones", percentile="typical")).regressions
    assert [one.key for one in narrowed] == [
        one.key for one in select(made).regressions[:3] + select(made).regressions[5:]
    ]
    assert [one.key for one in select(made, Filters(metric="metric")).regressions] == [("A", ""), ("", "metric")]
    found = [one.key for one in select(made, Filters(metric="B")).regressions]
    assert found == [("B", ""), ("", "other")]


@pytest.mark.parametrize(
    ("insights", "gap"),
    [
        ({"regressions": []}, None),
        ({"regressions": [insight("A", None)]}, None),
        ({"regressions": [insight(None, "metric")]}, None),
        ({"regressions": [insight("A", "metric", populations=None)]}, None),
        (None, Obstacle.NO_INSIGHTS),
        ([], Obstacle.NO_INSIGHTS),
        ({}, Obstacle.NO_REGRESSION_LIST),
        ({"regressions": None}, Obstacle.NO_REGRESSION_LIST),
        ({"regressions": {}}, Obstacle.NO_REGRESSION_LIST),
        ({"regressions": [None]}, Obstacle.UNREADABLE_REGRESSION),
        ({"regressions": [insight("A", "metric"), {}]}, Obstacle.UNREADABLE_REGRESSION),
        ({"regressions": [insight("", None)]}, Obstacle.UNREADABLE_REGRESSION),
        ({"regressions": [insight("A", "metric", populations=[MODEL, None])]}, Obstacle.UNREADABLE_REGRESSION),
        ({"regressions": [insight("A", "metric", populations={})]}, Obstacle.UNREADABLE_REGRESSION),
    ],
)
def test_insights_tell_of_regressions_only_if_they_can_be_read(insights: object, gap: Obstacle | None) -> None:
    selection = select({**report(("A", metric("metric"))), "insights": insights})
    assert (selection.insights_obstacle, selection.has_insights) == (gap, gap is None)


def test_insight_keeps_only_the_populations_of_the_device() -> None:
    [regression] = select(REPORT, Filters(device="iPhone 12 Pro")).regressions
    assert [population.device for population in regression.populations] == ["iPhone13_3"]


@pytest.mark.parametrize("device", ["ipad air, 5th GENERATION", "iPad13_16", "IPAD13,16"])
def test_names_in_the_report_may_contain_commas(device: str) -> None:
    ipad = {"device": "iPad13,16", "deviceMarketingName": "iPad Air, 5th generation"}
    made = report(("A", metric("metric", [dataset(ipad, points(1)), dataset(MODEL, points(2))])))
    [found] = select(made, Filters(device=device)).metrics
    assert [values.device for values in found.datasets] == ["iPad13,16"]


def test_report_may_have_insights_without_metrics() -> None:
    selection = select(
        report(regressions=[insight("A", "metric", 5), insight("B", "other", 9)]), Filters(metric="METRIC")
    )
    assert selection.metrics == []
    assert [found.key for found in selection.regressions] == [("A", "metric")]


@pytest.mark.parametrize(
    ("name", "filters", "has_insights", "is_filtered"),
    [
        ("metrics.json", Filters(), True, False),
        ("metrics.json", Filters(metric="HANG"), True, True),
        ("metrics.json", Filters(device="all_iphones"), True, True),
        ("build-metrics.json", Filters(platform="iOS"), False, True),
    ],
)
def test_selection_knows_of_insights_and_filters(
    name: str, filters: Filters, has_insights: bool, is_filtered: bool
) -> None:
    selection = select(document(name), filters)
    assert (selection.has_insights, selection.is_filtered) == (has_insights, is_filtered)


# --- marketing names --------------------------------------------------------------------------------------------------


def test_marketing_names_cover_datasets_and_populations() -> None:
    selection = select(REPORT)
    assert selection.marketing_names == {
        "all_ipads": "All iPads",
        "iPhone13_3": "iPhone 12 Pro",  # The first dataset of the device has none.
        "all_iphones": "All iPhones",
        "RealityDevice14_1": "Apple Vision Pro",
        "iPhone10_6": "",
    }
    labels = [selection.device_label(device) for device in ("iPhone13_3", "iPhone10_6", "iPhone1_1")]
    assert labels == ["iPhone 12 Pro (iPhone13_3)", "iPhone10_6", "iPhone1_1"]


def test_first_marketing_name_of_a_device_counts_and_is_escaped() -> None:
    devices: list[Object] = [
        {"device": "a\x1b"},
        {"device": "a\x1b", "deviceMarketingName": "b\n"},
        {"device": "a\x1b", "deviceMarketingName": "c"},
        {"device": None, "deviceMarketingName": "d"},
    ]
    made = report(
        ("A", metric("metric", [dataset(criteria, []) for criteria in devices])),
        trendingUp=[insight("A", "metric", populations=[{"device": None}, {"device": "a\x1b"}])],
    )
    assert select(made).marketing_names == {"a\\x1b": "b\\n"}


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (
            Filters(metric="hangTime"),
            "the report has no metric hangTime. It has: "
            "BATTERY, onScreen, TERMINATION, LAUNCH, launchTime, resumeTime, HANG, hangRate",
        ),
        (
            Filters(device="iPhone99,1"),
            "the report has no device iPhone99,1. It has: "
            "All iPads, iPhone 12 Pro (iPhone13_3), All iPhones, Apple Vision Pro (RealityDevice14_1), iPhone10_6",
        ),
        (Filters(platform="tvOS"), "the report has no platform tvOS. It has: iOS, visionOS"),
        (
            Filters(percentile="median"),
            "the report has no percentile median. It has: typical, percentile.ninetynine, top",
        ),
        (
            Filters(device="all_ipads", percentile="top"),
            "the selection by the other filters has no percentile top. It has: typical",
        ),
        (Filters(platform=""), "the report has no platform with an empty name. It has: iOS, visionOS"),
        (
            Filters(platform="visionOS", metric="LAUNCH"),
            "the report has no metric LAUNCH. It has: HANG, hangRate",
        ),
        (
            Filters(metric="hangRate", device="all_ipads"),
            "the selection by the other filters has no device all_ipads. It has: Apple Vision Pro (RealityDevice14_1)",
        ),
        (
            Filters(platform="visionOS", device="all_ipads"),
            "the selection by the other filters has no device all_ipads. It has: Apple Vision Pro (RealityDevice14_1)",
        ),
    ],
)
def test_filter_without_a_match_is_an_error_with_the_names(filters: Filters, message: str) -> None:
    assert error(REPORT, filters) == message


@pytest.mark.parametrize(("count", "more"), [(40, ""), (43, " and 3 more")])
def test_error_lists_up_to_forty_names(count: int, more: str) -> None:
    made = [dataset({"device": f"iPhone{number}"}, points(1)) for number in range(count)]
    listed = ", ".join(f"iPhone{number}" for number in range(40))
    assert error(report(("HANG", metric("hangRate", made))), Filters(device="iPad")) == (
        f"the report has no device iPad. It has: {listed}{more}"
    )


def test_error_lists_no_empty_names() -> None:
    made = report(("", metric("metric")), regressions=[insight("", "other")], platform=None)
    assert error(made, Filters(metric="a")) == "the report has no metric a. It has: metric, other"
    assert error(made, Filters(platform="iOS")) == "the report has no platform iOS. It has: none"


def test_report_without_metrics_is_an_error_with_the_reason() -> None:
    assert error(document("empty.json"), Filters()) == (
        "the report contains no metrics: Apple provides none below its usage threshold and in the first days\n"
        "  after a release, and the threshold differs by metric. Try again when more people use the app"
    )


def test_platform_keeps_an_insight_whose_metric_has_no_data() -> None:
    insights = [insight("A", "ours"), insight("A", "theirs"), insight("A", "without data")]
    made = report(("A", metric("ours")), regressions=insights)
    made["productData"] += report(("A", metric("theirs")), platform="visionOS")["productData"]
    assert [one.identifier for one in select(made, Filters(platform="iOS")).insights] == ["ours", "without data"]


@pytest.mark.parametrize(("number", "label"), [("50", "typical"), ("90", "top")])
def test_percentile_may_be_given_as_its_number(number: str, label: str) -> None:
    made = report(("A", metric("metric", [dataset(IPHONES, points(1)), dataset(IPHONES_TOP, points(2))])))
    assert select(made, Filters(percentile=number)) == select(made, Filters(percentile=label))
