"""Tests of the values of the scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ppparser.metrics.changes import Change, Goal
from ppparser.metrics.findings import detailed_metrics, findings
from ppparser.metrics.insights import Insight
from ppparser.metrics.measurements import TOP, TYPICAL, Metric
from ppparser.metrics.scorecard import Alarm, Figure, Score, Scorecard, scorecard
from ppparser.metrics.selection import select
from tests.helpers.documents import (
    IPADS,
    IPADS_TOP,
    IPHONES,
    IPHONES_TOP,
    MODEL,
    MODEL_TOP,
    Object,
    dataset,
    insight,
    metric,
    points,
    report,
)

MACS = {"device": "all_macs", "deviceMarketingName": "All Macs", "percentile": TYPICAL}
VISION = {"device": "all_vision", "deviceMarketingName": "All Apple Vision Pro", "percentile": TYPICAL}
TV = {"device": "all_tv", "deviceMarketingName": "All Apple TV", "percentile": TYPICAL}


def card_of(document: Any) -> Scorecard:
    return scorecard(select(document))


def scores_of(*datasets: Object) -> Sequence[Score]:
    """Return the scores of a report whose only metric has these datasets."""
    return card_of(report(("A", metric("metric", datasets)))).scores


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
    assert [score.alarm for score in card_of(made).scores] == [alarm]


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
    order = ["high", "regressed", "trending", "worse", "noise", "alone", "from 0", "better"]
    assert [score.identifier for score in card_of(made).scores] == order


def test_scores_without_changes_are_sorted_by_goal() -> None:
    def row(identifier: str, band: str = "", recommended: Any = None, percentile: Object = IPHONES) -> Any:
        made = points(10, goals=[band])
        return "A", metric(identifier, [dataset(percentile, made, recommendedMetricGoal=recommended)])

    made = report(
        row("none"),
        row("met", recommended={"value": 10}),
        row("missed", recommended={"value": 9}),
        row("good", "good"),
        row("missed by more", recommended={"value": 5}),
        row("fair", "fair"),
        row("poor", "poor", percentile=IPHONES_TOP),
    )
    identifiers = [score.identifier for score in card_of(made).scores]
    assert identifiers == ["poor", "fair", "missed by more", "missed", "none", "met", "good"]


def test_score_has_a_figure_for_each_percentile() -> None:
    typical = dataset(
        MODEL, points(10, 11, goals=["poor", ""], versions=["2", "3"]), recommendedMetricGoal={"value": 10}
    )
    top = dataset(MODEL_TOP, points(80, (100, 4), (150.5, 2), goals=["poor", "poor", "good"], versions=["1", "2", "3"]))
    [score] = card_of(report(("A", metric("metric", [typical, top], unit={"displayName": "ms"})))).scores
    assert score == Score(
        alarm=Alarm.NONE,
        alarm_devices=(),
        platform="iOS",
        category="A",
        identifier="metric",
        unit="ms",
        device="iPhone 13 (iPhone14_5)",
        version="3",
        typical=Figure("11", Change(10.0), "2", Goal("", 10.0), "", "10", "10"),
        top=Figure("150.5", Change(50.5), "2", Goal("good"), "2", "100"),
        trend=[80.0, 100.0, 150.5],
    )


@pytest.mark.parametrize(
    ("criteria", "percentile", "trends"),
    [
        ([IPHONES, IPHONES_TOP], TOP, [[2.0]]),
        ([IPHONES_TOP], TOP, [[1.0]]),
        ([IPHONES], TYPICAL, [[1.0]]),
        ([{**IPHONES, "percentile": "percentile.ninetynine"}], "", [()]),
    ],
)
def test_all_trends_have_the_same_percentile(criteria: list[Object], percentile: str, trends: list[Any]) -> None:
    made = [dataset(one, points(number)) for number, one in enumerate(criteria, 1)]
    card = card_of(report(("A", metric("metric", made))))
    assert (card.trend_percentile, [score.trend for score in card.scores]) == (percentile, trends)


def test_trend_is_empty_for_a_metric_without_the_percentile() -> None:
    rows = [
        ("A", metric("one", [dataset(IPHONES_TOP, points(1))])),
        ("A", metric("two", [dataset(IPHONES, points(2))])),
    ]
    assert [score.trend for score in card_of(report(*rows)).scores] == [[1.0], ()]


def test_trend_has_all_versions() -> None:
    [score] = scores_of(dataset(IPHONES, points(*range(60))))
    assert score.trend == [float(value) for value in range(60)]


@pytest.mark.parametrize(
    ("typical", "top", "previous"),
    [
        (["1", "2", "3"], ["2", "3"], "2"),
        (["1", "3"], ["2", "3"], ""),
        (["3"], ["2", "3"], "2"),
        (["3"], ["3"], ""),
    ],
)
def test_previous_version_is_known_if_all_changes_are_from_it(
    typical: list[str], top: list[str], previous: str
) -> None:
    made = [
        dataset(criteria, points(*range(len(versions)), versions=versions))
        for criteria, versions in ((IPHONES, typical), (IPHONES_TOP, top))
    ]
    assert card_of(report(("A", metric("metric", made)))).previous == previous


@pytest.mark.parametrize(
    ("populations", "devices"),
    [
        ([IPHONES], ()),
        ([MODEL, IPHONES_TOP], ()),
        ([MODEL, MODEL_TOP, IPADS], ("iPhone 13 (iPhone14_5)", "All iPads")),
        ([{"device": f"m{number}"} for number in range(9)], ("m0", "m1", "m2", "m3")),
        ([{"device": None}], ()),
        ([], ()),
    ],
)
def test_score_names_the_devices_of_an_alarm_from_elsewhere(
    populations: list[Object], devices: tuple[str, ...]
) -> None:
    datasets = [dataset(criteria, points(1)) for criteria in (IPHONES, IPADS, MODEL)]
    made = report(("A", metric("metric", datasets)), regressions=[insight("A", "metric", populations=populations)])
    assert [score.alarm_devices for score in card_of(made).scores] == [devices]


def test_only_the_worst_insight_explains_the_alarm() -> None:
    made = report(
        ("A", metric("metric", [dataset(IPHONES, points(1))])),
        regressions=[insight("A", "metric", populations=[MODEL], highImpact=True)],
        trendingUp=[insight("A", "metric", populations=[IPHONES])],
    )
    [score] = card_of(made).scores
    assert (score.alarm, score.alarm_devices) == (Alarm.HIGH_IMPACT, ("iPhone14_5",))


def test_scorecard_knows_what_most_scores_have_in_common() -> None:
    rows = [("A", metric(str(number), [dataset(IPHONES, points(1, 2))])) for number in range(2)]
    made = report(("A", metric("other", [dataset(IPADS, points(1, 2, 3, 4))])), *rows)
    card = card_of(made)
    assert (card.platform, card.device, card.version, card.previous) == ("iOS", "All iPhones", "2", "")
    empty = report(("A", metric("metric")))
    assert card_of(empty) == Scorecard([], "", "", "", "", "")


@pytest.mark.parametrize(
    ("devices", "judged", "values"),
    [
        ([MODEL, IPADS, IPHONES, IPHONES_TOP], "All iPhones", ("3", "4")),
        ([MODEL, IPADS, MODEL_TOP], "All iPads", ("2", "")),
        ([VISION, MACS, IPADS_TOP], "All iPads", ("", "3")),
        ([MODEL, VISION, MACS], "All Macs", ("3", "")),
        ([MODEL, VISION, TV], "All Apple Vision Pro", ("2", "")),
        ([MODEL, {"device": "iPhone1_1"}, MODEL_TOP], "iPhone 13 (iPhone14_5)", ("1", "3")),
    ],
)
def test_metric_is_judged_by_a_group_or_else_its_first_device(
    devices: list[dict[str, str]], judged: str, values: tuple[str, str]
) -> None:
    [score] = scores_of(*(dataset(criteria, points(number)) for number, criteria in enumerate(devices, 1)))
    assert (score.device, (score.typical.value, score.top.value)) == (judged, values)


def test_device_without_points_does_not_hide_the_next_one() -> None:
    found = scores_of(dataset(IPHONES, []), dataset(IPADS, points(1)))
    assert [score.device for score in found] == ["All iPads"]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_every_cell_belongs_to_the_version_of_the_row(is_reversed: bool) -> None:
    """A percentile that ends at an older version has no value, change, goal or trend in the row."""
    typical = dataset(IPHONES, points(10, 90, goals=["good", "poor"], versions=["8.0.0", "8.0.1"]))
    top = dataset(IPHONES_TOP, points(20, 22, 21, goals=["fair"] * 3, versions=["8.0.0", "8.0.1", "8.1.0"]))
    (score,) = scores_of(*([top, typical] if is_reversed else [typical, top]))
    assert (score.version, score.typical) == ("8.1.0", Figure())
    assert (score.top.value, score.top.previous, score.top.goal) == ("21", "8.0.1", Goal("fair"))
    assert score.top.change.percent == pytest.approx(-100 / 22)
    assert score.trend == [20.0, 22.0, 21.0]


def test_metric_whose_last_version_is_unknown_has_a_score() -> None:
    (score,) = scores_of(dataset(IPHONES, points(1, 2, versions=["8.0.0", ""])))
    assert (score.version, score.typical.value) == ("", "2")


def test_insights_are_looked_up_by_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is proportional to metrics plus insights: nothing compares each metric with each insight."""
    rows = [("A", metric(f"m{number}", [dataset(IPHONES, points(1))])) for number in range(1000)]
    selection = select(report(*rows, regressions=[insight("A", f"m{number}", 1) for number in range(1000)]))
    calls = 0

    def key(self: Metric) -> tuple[str, str]:
        nonlocal calls
        calls += 1
        return self.category, self.identifier

    monkeypatch.setattr(Metric, "key", property(key))
    monkeypatch.setattr(Insight, "key", property(key))
    assert {score.alarm for score in scorecard(selection).scores} == {Alarm.REGRESSION}
    assert len(list(findings(selection))) == 1000
    assert len(detailed_metrics(selection)) == 0
    assert calls < 10_000
