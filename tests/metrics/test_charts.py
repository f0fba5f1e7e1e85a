"""Tests of the values of the charts."""

from __future__ import annotations

from typing import Any

from ppparser.metrics.changes import Change, Goal
from ppparser.metrics.charts import MAX_VERSIONS, Chart, Mark, metric_charts
from ppparser.metrics.findings import findings
from ppparser.metrics.measurements import TOP, TYPICAL, GoalBand
from ppparser.metrics.scorecard import Alarm, scorecard
from ppparser.metrics.selection import select
from ppparser.metrics.version_window import Versions, apply_versions
from tests.helpers.documents import (
    IPADS,
    IPADS_TOP,
    IPHONES,
    IPHONES_TOP,
    MODEL,
    Object,
    dataset,
    insight,
    metric,
    points,
    report,
)
from tests.helpers.support import document


def charts_of(made: Any, **versions: Any) -> list[Chart]:
    """Return the charts of a report, in their order."""
    selection = apply_versions(select(made), Versions(**versions))
    charts = metric_charts(selection, scorecard(selection).scores, list(findings(selection)))
    assert all(chart.key == key for key, found in charts.items() for chart in found)
    return [chart for found in charts.values() for chart in found]


def one_chart(*datasets: Object, **members: Any) -> Chart:
    [chart] = charts_of(report(("A", metric("m", list(datasets), **members))))
    return chart


def values(chart: Chart) -> dict[str, list[tuple[int, str]]]:
    return {one.percentile: [(mark.place, mark.text) for mark in one.marks] for one in chart.series}


def test_chart_has_both_percentiles_of_the_row() -> None:
    chart = one_chart(
        dataset(IPHONES_TOP, points((10, 2), 12, goals=["fair", "poor"])),
        dataset(IPADS, points(1, 1)),
        dataset(IPHONES, points(5, 5.5), recommendedMetricGoal={"value": 4}),
        unit={"displayName": "ms"},
        goalKeys=[{"goalKey": "poor", "lowerBound": 10.5}, {"goalKey": "odd", "lowerBound": "x", "upperBound": 3}],
    )
    assert chart[:7] == ("iOS", "A", "m", "ms", "All iPhones", ["1", "2"], 0)
    typical, top = chart.series
    assert (typical.percentile, top.percentile) == (TYPICAL, TOP)
    assert top.marks[0] == Mark(0, "1", "10", 10.0, "2", 2.0, Change(None), Goal("fair"))
    assert typical.marks[1] == Mark(1, "2", "5.5", 5.5, "", None, Change(10.0), Goal("", 37.5))
    assert (typical.recommended_goal and typical.recommended_goal.limit, top.recommended_goal) == (4.0, None)
    assert chart.goal_bands == [GoalBand("poor", "10.5", "", 10.5, None), GoalBand("odd", "x", "3", None, 3.0)]
    assert chart[9:] == ("", Alarm.NONE, "", ())


def test_charts_follow_the_scorecard() -> None:
    made = report(
        ("A", metric("calm", [dataset(IPHONES, points(1, 1))])),
        ("A", metric("worse", [dataset(IPHONES, points(1, 2))])),
        ("A", metric("no points", [dataset(IPHONES, [])])),
        ("A", metric("no numbers", [dataset(IPHONES, points(None))])),
        ("A", metric("other percentile", [dataset({**IPHONES, "percentile": "p99"}, points(1))])),
    )
    assert [chart.identifier for chart in charts_of(made)] == ["worse", "calm"]


def test_points_without_a_number_are_left_out() -> None:
    chart = one_chart(dataset(IPHONES, points(None, 2, "x", 4)), dataset(IPHONES_TOP, points(None, None)))
    assert (values(chart), list(chart.versions)) == ({TYPICAL: [(1, "2"), (3, "4")]}, ["1", "2", "3", "4"])


def test_percentiles_may_cover_different_versions() -> None:
    typical = dataset(IPHONES, points(1, 2, versions=["8.9", "8.10"]))
    longer = dataset(IPHONES_TOP, points(3, 4, 5, versions=["8.9", "8.9.1", "8.10"]))
    chart = one_chart(typical, longer)
    assert list(chart.versions) == ["8.9", "8.9.1", "8.10"]
    assert values(chart) == {TYPICAL: [(0, "1"), (2, "2")], TOP: [(0, "3"), (1, "4"), (2, "5")]}
    apart = one_chart(typical, dataset(IPHONES_TOP, points(3, 4, versions=["8.10", "8.11"])))
    assert list(apart.versions) == ["8.9", "8.10", "8.11"]
    assert values(apart)[TOP] == [(1, "3"), (2, "4")]


def test_devices_of_an_insight_have_charts_worst_first() -> None:
    devices = [{**IPHONES, "device": f"m{number}", "deviceMarketingName": ""} for number in range(5)]
    populations = [{**one, "deltaPercentage": place} for place, one in enumerate([*devices, {**IPADS, "device": "x"}])]
    made = report(
        ("A", metric("m", [dataset(one, points(1, 2)) for one in (IPHONES, *devices)])),
        regressions=[insight("A", "m", populations=populations, latestVersion="2", highImpact=True)],
    )
    charts = charts_of(made)
    assert [(one.device, one.alarm) for one in charts] == [
        ("All iPhones", Alarm.NONE),
        ("m4", Alarm.HIGH_IMPACT),
        ("m3", Alarm.HIGH_IMPACT),
        ("m2", Alarm.HIGH_IMPACT),
    ]
    assert (charts[1].alarm_version, charts[1].alarm_percentiles) == ("2", [TYPICAL])


def test_worst_alarm_of_a_device_counts() -> None:
    made = report(
        ("A", metric("m", [dataset(IPADS, points(1, 2)), dataset(IPADS_TOP, points(1, 2))])),
        regressions=[insight("A", "m", populations=[IPADS_TOP])],
        trendingUp=[insight("A", "m", populations=[IPADS]), insight("A", "other", populations=[IPADS])],
    )
    [chart] = charts_of(made)
    assert (chart.alarm, chart.alarm_version, chart.alarm_percentiles) == (Alarm.REGRESSION, "2", [TOP])


def test_platforms_have_charts_of_their_own() -> None:
    made = report(("A", metric("m", [dataset(IPHONES, points(1))])))
    made["productData"] += report(("A", metric("m", [dataset(MODEL, points(2))])), platform="visionOS")["productData"]
    assert [(one.platform, one.device) for one in charts_of(made)] == [
        ("iOS", "All iPhones"),
        ("visionOS", "iPhone 13 (iPhone14_5)"),
    ]


def test_metric_that_is_there_twice_has_one_chart() -> None:
    once = ("A", metric("m", [dataset(IPHONES, points(1))]))
    twice = report(once, ("A", metric("m", [dataset(IPHONES_TOP, points(2)), dataset(IPHONES, points(3))])))
    assert [values(chart) for chart in charts_of(twice)] == [{TYPICAL: [(0, "1")], TOP: [(0, "2")]}]


def test_older_versions_are_counted_not_shown() -> None:
    count = MAX_VERSIONS + 5
    chart = one_chart(dataset(IPHONES, points(*range(count))))
    assert (chart.omitted_count, len(chart.versions), len(chart.series[0].marks)) == (5, MAX_VERSIONS, MAX_VERSIONS)
    assert chart.series[0].marks[0] == Mark(0, "6", "5", 5.0, "", None, Change(25.0), Goal())


def test_judged_versions_are_those_of_the_chart() -> None:
    made = report(("A", metric("m", [dataset(IPHONES, points(1, 2, 3, 4))])))
    [chart] = charts_of(made, judged="3", against="1", last=2)
    assert (list(chart.versions), chart.baseline, values(chart)) == (["2", "3"], "1", {TYPICAL: [(0, "2"), (1, "3")]})
    assert [mark.change.percent for mark in chart.series[0].marks] == [100.0, 200.0]


def test_chart_of_the_row_comes_first() -> None:
    selection = select(document("metrics.json"))
    card = scorecard(selection)
    charts = metric_charts(selection, card.scores, list(findings(selection)))
    assert {(*key[1:], found[0].device) for key, found in charts.items() if found} == {
        (one.category, one.identifier, one.device) for one in card.scores if one.typical.value or one.top.value
    }
