"""Tests of a metrics report and its scorecard as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, nextafter
from typing import Any

import pytest
from documents import IPADS, IPHONES, IPHONES_TOP, MODEL, MODEL_TOP, Object, dataset, insight, metric, points, report
from support import document

from ppparser.metrics import Change, GoalBand, Metric
from ppparser.metrics_text import (
    change_texts,
    dataset_lines,
    goal_text,
    hotspot_lines,
    insight_lines,
    metric_lines,
    reported_change_text,
)
from ppparser.scorecard_text import scorecard_lines
from ppparser.selection import Filters, Selection, select
from ppparser.terminal import COLOUR, PLAIN

REPORT = document("metrics.json")


def selection_of(*datasets: Object, **insights: list[Object]) -> Selection:
    """Return everything in a report whose only metric has these datasets."""
    unit = {"displayName": "ms"}
    return select(report(("A", metric("metric", datasets, unit=unit)), **insights))


def lines_of(made: Object) -> list[str]:
    """Return the lines of a dataset in ms."""
    [values] = selection_of(made).metrics[0].datasets
    return list(dataset_lines(values, "ms", PLAIN))


def tagged(lines: Iterable[str]) -> list[str]:
    """Return coloured lines with the escape sequences replaced by their names."""
    text = "\n".join(lines)
    for name, sequence in COLOUR._asdict().items():
        text = text.replace(sequence, f"<{name}>")
    return text.split("\n")


# --- changes and goals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (None, ""),
        (0.0, "0.0"),
        (12.34, "+12.3"),
        (-50.0, "-50.0"),
        (nextafter(0.05, 0), "0.0"),
        (0.05, "+0.1"),
        (nextafter(0.05, 1), "+0.1"),
        (nextafter(-0.05, 0), "0.0"),
        (-0.05, "-0.1"),
        (nextafter(-0.05, -1), "-0.1"),
        (nextafter(99.95, 0), "+99.9"),
        (99.95, "+100"),
        (nextafter(99.95, 100), "+100"),
        (nextafter(-99.95, 0), "-99.9"),
        (-99.95, "-100"),
        (nextafter(-99.95, -100), "-100"),
        (12345.6, "+12346"),
        (inf, "from 0"),
        (-inf, "from 0"),
    ],
)
def test_change_has_a_sign_and_at_most_one_decimal(percent: float | None, text: str) -> None:
    assert list(change_texts([Change(percent)], PLAIN)) == [text]


def test_change_within_the_margins_is_marked_with_a_tilde() -> None:
    changes = [Change(percent, within_margin=True) for percent in (20.0, -99.95, inf, 0.01)]
    assert list(change_texts(changes, PLAIN)) == ["~+20.0", "~-100", "~from 0", "~0.0"]


def test_colour_of_a_change_shows_whether_it_worsened() -> None:
    changes = [Change(1.0), Change(-1.0), Change(inf), Change(-inf), Change(1.0, within_margin=True), Change(0.0)]
    assert tagged(change_texts(changes, COLOUR)) == [
        "<bad>+1.0<off>",
        "<good>-1.0<off>",
        "<bad>from 0<off>",
        "<good>from 0<off>",
        "<faint>~+1.0<off>",
        "0.0",
    ]


def test_reported_change_keeps_its_spelling_and_has_a_sign() -> None:
    texts = [reported_change_text(change, COLOUR) for change in ("67.70", "0", "-0.5", "")]
    assert tagged(texts) == ["<bad>+67.70 %<off>", "<bad>+0 %<off>", "<good>-0.5 %<off>", ""]


def test_goal_stands_out_with_and_without_colour() -> None:
    goals = ["good", "fair", "Poor", "excellent"]
    assert [goal_text(goal, PLAIN) for goal in goals] == ["good", "fair!", "Poor!!", "excellent"]
    coloured = ["<good>good<off>", "<fair>fair!<off>", "<bad>Poor!!<off>", "excellent"]
    assert tagged(goal_text(goal, COLOUR) for goal in goals) == coloured


# --- datasets ---------------------------------------------------------------------------------------------------------


def test_dataset_has_a_row_for_each_kind_of_value() -> None:
    made = points(10, (12, 1.5), None, 11, goals=["good", "poor", "", "fair"], versions=["1.0", "1.1", None, "2.0"])
    made[0]["percentageBreakdown"] = [{"value": 60.5, "subSystemLabel": "Radio"}, {"value": 39}]
    made[3]["percentageBreakdown"] = [{"value": 1, "subSystemLabel": "Radio"}, {"value": 2, "subSystemLabel": "Radio"}]
    assert lines_of(dataset(MODEL, made)) == [
        "    iPhone 13 (iPhone14_5), typical (50th percentile)  ▁█ ▅",
        "      version       1.0     1.1  -    2.0",
        "      ms             10      12  -     11",
        "      +- margin       -     1.5  -      -",
        "      change %        -   +20.0  -      -",
        "      goal         good  poor!!  -  fair!",
        "        Radio %    60.5       -  -  1 + 2",
        "        unnamed %    39       -  -      -",
    ]


def test_dataset_of_one_version_has_no_change() -> None:
    assert lines_of(dataset(MODEL_TOP, points(5))) == [
        "    iPhone 13 (iPhone14_5), top (90th percentile)",
        "      version  1",
        "      ms       5",
    ]


def test_dataset_may_lack_names_unit_and_points() -> None:
    [nameless] = selection_of(dataset(None, points(5))).metrics[0].datasets
    assert list(dataset_lines(nameless, "", PLAIN)) == [
        "    unknown device, unknown percentile",
        "      version  1",
        "      value    5",
    ]
    assert lines_of(dataset({"percentile": "percentile.ninetynine"}, [])) == [
        "    unknown device, percentile.ninetynine",
        "      no points",
    ]


@pytest.mark.parametrize(("count", "sparkline"), [(2, ""), (3, "  ▁▅█")])
def test_dataset_of_three_versions_has_a_sparkline(count: int, sparkline: str) -> None:
    heading = lines_of(dataset(IPADS, points(*range(1, count + 1))))[0]
    assert heading == f"    All iPads, typical (50th percentile){sparkline}"


@pytest.mark.parametrize(
    ("goal", "lines"),
    [
        (
            {"value": 600.5, "detail": "What the fastest quarter of comparable apps needs to launch"},
            [
                "      recommended goal: 600.5 ms What the fastest quarter of comparable apps",
                "        needs to launch",
            ],
        ),
        ({"value": 600}, ["      recommended goal: 600 ms"]),
        ({"detail": "Faster"}, ["      recommended goal: Faster"]),
        ({"value": None}, ["      recommended goal: not given"]),
        (None, []),
    ],
)
def test_recommended_goal_follows_the_table(goal: Any, lines: list[str]) -> None:
    assert lines_of(dataset(IPADS, points(5), recommendedMetricGoal=goal))[3:] == lines


def test_recommended_goal_may_have_no_unit() -> None:
    [values] = selection_of(dataset(IPADS, [], recommendedMetricGoal={"value": 600})).metrics[0].datasets
    assert list(dataset_lines(values, "", PLAIN))[2:] == ["      recommended goal: 600"]


def test_goals_of_a_dataset_are_coloured() -> None:
    [values] = selection_of(dataset(IPADS, points(5, 6, goals=["poor", "good"]))).metrics[0].datasets
    assert tagged(dataset_lines(values, "ms", COLOUR))[-2:] == [
        "      change %       -  <bad>+20.0<off>",
        "      goal      <bad>poor!!<off>   <good>good<off>",
    ]


# --- metrics ----------------------------------------------------------------------------------------------------------


def metrics_only(*metrics: Metric) -> Selection:
    """Return a selection of metrics, without insights."""
    return Selection(metrics, [], {}, has_insights=True, is_filtered=False)


def test_metrics_are_listed_under_platform_and_category() -> None:
    [values] = selection_of(dataset(IPADS, points(5))).metrics[0].datasets
    selection = metrics_only(
        Metric("iOS", "LAUNCH", "launchTime", "ms", [], [values, values]),
        Metric("iOS", "LAUNCH", "resumeTime", "", [], []),
        Metric("visionOS", "LAUNCH", "", "ms", [], []),
        Metric("visionOS", "HANG", "hangRate", "", [], []),
        Metric("", "", "other", "", [], []),
    )
    table = ["    All iPads, typical (50th percentile)", "      version  1", "      ms       5", ""]
    assert tagged(metric_lines(selection, COLOUR)) == [
        "<strong>LAUNCH<off>  iOS",
        "",
        "  <strong>launchTime<off>, ms",
        *table,
        *table,
        "  <strong>resumeTime<off>",
        "    no datasets",
        "",
        "<strong>LAUNCH<off>  visionOS",
        "",
        "  <strong>unnamed metric<off>, ms",
        "    no datasets",
        "",
        "<strong>HANG<off>  visionOS",
        "",
        "  <strong>hangRate<off>",
        "    no datasets",
        "",
        "<strong>no category<off>",
        "",
        "  <strong>other<off>",
        "    no datasets",
        "",
    ]


def test_metric_names_the_bounds_of_its_goals() -> None:
    bands = [
        GoalBand("poor", "1500.5", ""),
        GoalBand("fair", "750.25", "1500.5"),
        GoalBand("good", "", "750.25"),
        GoalBand("", "", ""),
    ]
    lines = list(metric_lines(metrics_only(Metric("iOS", "LAUNCH", "launchTime", "ms", bands, [])), PLAIN))
    assert lines[2:4] == [
        "  launchTime, ms",
        "    goals: poor!! from 1500.5, fair! 750.25 to 1500.5, good below 750.25, unnamed",
    ]


def test_report_without_metrics_has_only_insights() -> None:
    assert list(metric_lines(metrics_only(), PLAIN)) == ["no metrics, only insights (--auto_insights)"]


# --- insights ---------------------------------------------------------------------------------------------------------


def test_insight_has_its_facts_its_summary_and_its_populations() -> None:
    selection = selection_of(
        dataset(MODEL, points(1)),
        regressions=[
            insight(
                "A",
                "metric",
                latestVersion="5.1",
                referenceVersions=["4.0", "5.0"],
                maxLatestVersionValue=2014.25,
                subSystemLabel="Display",
                summaryString="Version 5.1 takes longer to launch than the three versions before it, on all models.",
                highImpact=True,
                populations=[
                    {**MODEL, "latestVersionValue": 2014.25, "referenceAverageValue": 1201.5, "deltaPercentage": 67.5},
                    {"device": "iPhone10_6", "deltaPercentage": -1, "summaryString": "Hardly faster at all"},
                    {},
                ],
            )
        ],
    )
    assert tagged(insight_lines(selection, COLOUR)) == [
        "<strong>Regressions: 1<off>",
        "",
        "  <strong>A metric<off>  <bad>HIGH IMPACT<off>",
        "    version 5.1 against 4.0, 5.0; maximum 2014.25 ms; subsystem Display",
        "    Version 5.1 takes longer to launch than the three versions before it, on all",
        "    models.",
        "      device                  percentile           latest  reference   change",
        "      iPhone 13 (iPhone14_5)  typical             2014.25     1201.5  <bad>+67.5 %<off>",
        "      iPhone10_6              unknown percentile        -          -     <good>-1 %<off>",
        "<faint>        Hardly faster at all<off>",
        "      unknown device          unknown percentile        -          -        -",
        "",
        "<strong>Trending up: none<off>",
        "",
    ]


def test_long_facts_of_an_insight_are_indented_further() -> None:
    made = insight("A", "metric", latestVersion="1", referenceVersions=["1.0.0.0.0"] * 8)
    assert list(insight_lines(selection_of(regressions=[made]), PLAIN))[3:5] == [
        "    version 1 against 1.0.0.0.0, 1.0.0.0.0, 1.0.0.0.0, 1.0.0.0.0, 1.0.0.0.0,",
        "      1.0.0.0.0, 1.0.0.0.0, 1.0.0.0.0",
    ]


def test_insight_may_lack_everything() -> None:
    made = [insight("B", "metric", maxLatestVersionValue=5), insight(None, None, referenceVersions="1")]
    assert list(insight_lines(selection_of(trendingUp=made), PLAIN)) == [
        "Regressions: none",
        "",
        "Trending up: 2",
        "",
        "  B metric",
        "    version unknown; maximum 5",
        "",
        "  no category unnamed metric",
        "    version unknown against 1",
        "",
    ]


# --- hotspots ---------------------------------------------------------------------------------------------------------


def test_hotspots_are_regressions_with_their_datasets() -> None:
    selection = select(REPORT, Filters(metric="launchTime", device="iPhone13,3"))
    assert list(hotspot_lines(selection, PLAIN)) == [
        "Regressions: 1",
        "",
        "  LAUNCH launchTime  HIGH IMPACT",
        "    version 5.1 against 4.0, 4.1, 5.0; maximum 2014.30 ms",
        "    Version 5.1 takes longer to launch than the three versions before it, on",
        "    every iPhone and most of all on iPhone 12 Pro.",
        "      device                      percentile   latest  reference    change",
        "      iPhone 12 Pro (iPhone13_3)  top         2014.30     1201.0  +67.70 %",
        "",
        "    iPhone 12 Pro (iPhone13_3), top (90th percentile)",
        "      version      5.0      5.1",
        "      ms        1201.0  2014.30",
        "      change %       -    +67.7",
        "      goal       fair!   poor!!",
        "",
    ]


def test_hotspot_has_only_the_datasets_of_its_populations() -> None:
    datasets = [dataset(criteria, points(1)) for criteria in (MODEL, MODEL_TOP, IPADS)]
    made = report(
        ("A", metric("onScreen", datasets)),
        ("B", metric("onScreen", datasets)),
        ("B", metric("other", datasets)),
        regressions=[insight("B", "onScreen", 5)],
    )
    headings = [line for line in hotspot_lines(select(made), PLAIN) if "percentile)" in line]
    assert headings == ["    iPhone 13 (iPhone14_5), typical (50th percentile)"]


def test_upward_trends_follow_the_hotspots() -> None:
    regression, trend = insight("A", "metric", 9), insight("A", "metric", 5, latestVersion="2")
    assert list(hotspot_lines(selection_of(regressions=[regression], trendingUp=[trend]), PLAIN)) == [
        "Regressions: 1",
        "",
        "  A metric",
        "    version unknown",
        "      device      percentile  latest  reference  change",
        "      iPhone14_5  typical          -          -    +9 %",
        "",
        "Trending up: 1",
        "",
        "  A metric",
        "    version 2",
        "      device      percentile  latest  reference  change",
        "      iPhone14_5  typical          -          -    +5 %",
        "",
    ]


@pytest.mark.parametrize(
    ("versions", "filters", "scope"),
    [
        (["4.9", "5.0"], Filters(), " in version 5.0"),
        (["4.9", "5.0"], Filters(metric="A"), " in version 5.0 for these filters"),
        ([], Filters(), ""),
        ([], Filters(platform="iOS"), " for these filters"),
    ],
)
def test_no_regressions_names_the_version_and_the_filters(versions: list[str], filters: Filters, scope: str) -> None:
    made = report(("A", metric("metric", [dataset(IPHONES, points(*range(len(versions)), versions=versions))])))
    assert tagged(hotspot_lines(select(made, filters), COLOUR)) == [f"<strong>No regressions<off>{scope}", ""]


# --- scorecard --------------------------------------------------------------------------------------------------------


def test_scorecard_has_a_row_for_each_metric() -> None:
    def row(category: str, *values: Any, criteria: Object = IPHONES, goal: str = "") -> tuple[str, Object]:
        made = points(*values, goals=[goal] * len(values))
        return category, metric("metric" if category else None, [dataset(criteria, made)])

    made = report(
        row("A", 10, 9),
        row("B", (10, 9), (18, 9), goal="fair"),
        row("C", 10, 11, 12.5, criteria=IPHONES_TOP, goal="poor"),
        row("D", 10, 10),
        row("E", 10, 12),
        row("F", 10, 10),
        row("", None, criteria=IPADS),
        regressions=[insight("E", "metric", 20), insight("F", "metric", 1, highImpact=True)],
        trendingUp=[insight("D", "metric", 1)],
    )
    del made["productData"][0]["metricCategories"][-1]["metrics"][0]["datasets"][0]["points"][0]["version"]
    assert tagged(scorecard_lines(select(made), COLOUR)) == [
        "<strong>Worst<off> in the latest version: F metric <bad>+1 %<off> on iPhone14_5; 1 more",
        "",
        "<strong>Scorecard, All iPhones<off>",
        "!! high impact  ! regression  ^ trending up",
        "change in % from the previous version  ~ within the error margins",
        "   metric    version  typical   top  change  goal    trend",
        "<bad>!!<off> F metric  2             10     -     0.0  -       ▁▁",
        "<bad>!<off>  E metric  2             12     -   <bad>+20.0<off>  -       ▁█",
        "<fair>^<off>  D metric  2             10     -     0.0  -       ▁▁",
        "   C metric  3              -  12.5   <bad>+13.6<off>  <bad>poor!!<off>  ▁▄█",
        "   B metric  2             18     -  <faint>~+80.0<off>  <fair>fair!<off>   ▁█",
        "             -              -     -       -  -",
        "    <faint>on All iPads<off>",
        "   A metric  2              9     -   <good>-10.0<off>  -       █▁",
        "",
    ]


@pytest.mark.parametrize(
    ("regressions", "headline"),
    [
        (
            [insight("A", "metric", 5, 12.5, latestVersion="2.0"), insight("A", "metric"), insight("A", "metric")],
            "Worst in 2.0: A metric +12.5 % on iPhone 13 (iPhone14_5); 2 more",
        ),
        ([insight("A", "metric", -3)], "Worst in the latest version: A metric -3 % on iPhone 13 (iPhone14_5)"),
        ([insight("A", "metric", None)], "Worst in the latest version: A metric on iPhone 13 (iPhone14_5)"),
        ([insight(None, "metric")], "Worst in the latest version: metric"),
        ([insight("A", None, populations=[{"deltaPercentage": 1}])], "Worst in the latest version: A +1 %"),
        ([insight(None, None)], "Worst in the latest version: a metric"),
    ],
)
def test_headline_names_the_worst_population(regressions: list[Object], headline: str) -> None:
    lines = list(scorecard_lines(selection_of(dataset(MODEL, points(1)), regressions=regressions), PLAIN))
    assert lines[:3] == [headline, "", "Scorecard, iPhone 13 (iPhone14_5)"]


def test_scorecard_without_points_is_empty() -> None:
    assert list(scorecard_lines(selection_of(dataset(IPHONES, [])), PLAIN)) == []
