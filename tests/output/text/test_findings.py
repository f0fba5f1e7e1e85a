"""Tests of the verdict on a metrics report as lines of text."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.findings import findings, newest_versions
from ppparser.metrics.selection import NO_FILTERS, Filters, select
from ppparser.output.text.findings import headline_lines, regression_lines, title_lines, trend_lines
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, MODEL, Object, dataset, insight, metric, points, report
from tests.helpers.support import document, tagged

REPORT = document("metrics.json")


def title(made: Any, app: str = "") -> list[str]:
    return list(title_lines(app, newest_versions(select(made)), PLAIN))


def headline(made: Any, filters: Filters = NO_FILTERS, style: Style = PLAIN) -> list[str]:
    selection = select(made, filters)
    return list(headline_lines(selection, list(findings(selection)), style))


def regressions(made: Any, *, details: bool = False, style: Style = PLAIN) -> list[str]:
    return list(regression_lines(list(findings(select(made))), style, details))


def trends(made: Any, *, details: bool = False, style: Style = PLAIN) -> list[str]:
    selection = select(made)
    return list(trend_lines(selection, list(findings(selection)), style, details))


# --- title ------------------------------------------------------------------------------------------------------------


def test_title_names_app_version_and_platform() -> None:
    made = report(("A", metric("metric", [dataset(IPHONES, points(1, 2))])))
    assert title(made, "Ridgeline (com.example)") == ["Ridgeline (com.example), version 2 on iOS"]
    assert title(made) == ["Version 2 on iOS"]
    made["productData"] += report(("A", metric("m", [dataset(IPADS, points(1))])), platform="")["productData"]
    assert title(made) == ["Version 2 on iOS, 1"]
    assert title(report(("A", metric("metric")))) == ["Version unknown"]


# --- headline ---------------------------------------------------------------------------------------------------------

POPULATIONS: list[Object] = [
    {**IPHONES, "deltaPercentage": 52, "referenceAverageValue": 616.5, "latestVersionValue": 937},
    {**IPHONES_TOP, "deltaPercentage": 88.5, "referenceAverageValue": 1173.5, "latestVersionValue": 2212.5},
    {**MODEL, "deltaPercentage": 9},
]


def test_headline_has_the_worst_change_of_each_percentile() -> None:
    made = report(
        ("A", metric("metric", [dataset(IPHONES, points(1))], unit={"displayName": "ms"})),
        regressions=[
            insight(
                "A",
                "metric",
                populations=POPULATIONS,
                highImpact=True,
                latestVersion="8.1",
                referenceVersions=["7.5", "8.0"],
            ),
            insight("A", "other", 5),
            insight("A", "third", 5),
        ],
    )
    assert tagged(headline(made, style=COLOUR)) == [
        "<bad>Worst regression<off>: A metric, <bad>HIGH IMPACT<off>; 2 more regressions",
        "  typical    <bad>+52 %<off>  on All iPhones  616.5 to 937 ms",
        "  top      <bad>+88.5 %<off>  on All iPhones  1173.5 to 2212.5 ms",
        "  in 8.1, from Apple's average of 7.5, 8.0",
        "",
    ]


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        ([insight("A", "metric", 5), insight("A", "b", 4)], ["Worst regression: A metric; 1 more regression"]),
        ([insight(None, "metric", 5)], ["Worst regression: metric"]),
        ([insight(None, None, 5)], ["Worst regression: unnamed metric"]),
    ],
)
def test_headline_names_what_is_known(made: list[Object], lines: list[str]) -> None:
    assert headline(report(regressions=made)) == [
        *lines,
        "  typical  +5 %  on iPhone14_5",
        "  in the latest version",
        "",
    ]


def test_headline_without_populations_is_what_apple_says() -> None:
    made = report(regressions=[insight("A", "metric", summaryString="Slower.")])
    assert headline(made) == ["Worst regression: A metric", "  Slower.", ""]


@pytest.mark.parametrize(
    ("name", "filters", "line"),
    [
        ("metrics.json", Filters(metric="HANG"), "No regressions for these filters"),
        (
            "build-metrics.json",
            Filters(),
            "No insights to judge by; Apple adds them to reports on apps, not on builds",
        ),
    ],
)
def test_headline_says_that_there_is_no_regression(name: str, filters: Filters, line: str) -> None:
    assert headline(document(name), filters) == [line, ""]
    assert headline(report(("A", metric("metric")))) == ["No regressions", ""]


# --- regressions ------------------------------------------------------------------------------------------------------


def test_regression_is_a_table_with_a_row_for_each_population() -> None:
    made = points((10, 1), 11.5, 12.5, 13, 14, (15, 2), goals=["", "", "", "", "", "poor"])
    document = report(
        ("A", metric("metric", [dataset(IPHONES, made)], unit={"displayName": "ms"})),
        regressions=[
            insight(
                "A",
                "metric",
                populations=POPULATIONS,
                highImpact=True,
                latestVersion="6",
                referenceVersions=["4", "5"],
                summaryString="Not repeated.",
            ),
            insight("B", "other", -5, latestVersion="6"),
        ],
    )
    assert tagged(regressions(document, style=COLOUR)) == [
        "<strong>Regressions: 2<off>; vs avg: change in % from the average of the versions named",
        "<bad>!!<off><strong> A metric, ms; Apple's average of 4, 5<off>",
        "   device, percentile     4   5       6  margin  average  vs avg  goal  trend",
        "   All iPhones, typical  13  14     937       2    616.5     <bad>+52<off>  <bad>poor<off>  ▁▃▅▅▇█",
        "   All iPhones, top       -   -  2212.5       -   1173.5   <bad>+88.5<off>  -     -",
        "   iPhone14_5, typical    -   -       -       -        -      <bad>+9<off>  -     -",
        "<bad>!<off><strong>  B other<off>",
        "   device, percentile   6  vs avg",
        "   iPhone14_5, typical  -      <good>-5<off>",
        "",
    ]


def test_earlier_versions_give_way_to_eighty_columns() -> None:
    versions = [f"10.{number}.12345" for number in range(6)]
    datasets = [dataset(one, points(*range(6), versions=versions)) for one in (IPHONES, IPHONES_TOP)]
    made = report(
        ("A", metric("metric", datasets)),
        regressions=[insight("A", "metric", latestVersion=versions[-1], populations=POPULATIONS)],
    )
    lines = regressions(made)
    assert max(map(width, lines)) <= 80
    assert lines[2].split() == ["device,", "percentile", *versions[-2:], "average", "vs", "avg", "trend"]


def test_two_versions_stay_in_a_table_whose_columns_move_together() -> None:
    versions = ["10.3.12345", "10.4.12345", "10.5.12345"]
    values = [{**point, "errorMargin": 123456.5} for point in points(1, 2, 3, versions=versions)]
    populations = [{**POPULATIONS[0], "referenceAverageValue": 1234567.25}]
    made = report(
        ("A", metric("metric", [dataset(IPHONES, values)])),
        regressions=[insight("A", "metric", latestVersion="10.5.12345", populations=populations)],
    )
    assert regressions(made)[2:4] == [
        "   device, percentile   10.4.12345 10.5.12345   margin    average vs avg trend",
        "   All iPhones, typical          2        937 123456.5 1234567.25    +52 \u2581\u2585\u2588",
    ]


def test_many_reference_versions_are_counted() -> None:
    versions = [f"8.{number}" for number in range(60)]
    made = report(regressions=[insight("A", "metric", 5, referenceVersions=versions)])
    assert regressions(made)[1] == "!  A metric; Apple's average of 60 versions, 8.0 to 8.59"


def blaming(*breakdowns: Any) -> list[str]:
    """Return what a regression that blames SQLite says about it, with a dataset for each breakdown."""
    datasets, populations = [], []
    for number, breakdown in enumerate(breakdowns):
        criteria = {"device": f"d{number}", "percentile": "percentile.fifty"}
        datasets.append(dataset(criteria, [{"version": "1", "value": 1, "percentageBreakdown": breakdown}]))
        populations.append(criteria)
    made = insight("A", "metric", latestVersion="1", subSystemLabel="SQLite", populations=populations)
    lines = regressions(report(("A", metric("metric", datasets)), regressions=[made]))
    return [line for line in lines if "subsystem" in line]


def test_share_of_the_blamed_subsystem_is_named() -> None:
    share = [{"value": 61.5, "subSystemLabel": "SQLite"}]
    assert blaming(share, [], share) == ["   subsystem SQLite in 1: 61.5 % on d0, typical; 61.5 % on d2, typical"]
    assert blaming([], [{"value": 61.5, "subSystemLabel": "Other"}]) == [
        "   subsystem SQLite: share not reported for 1"
    ]
    assert blaming() == ["   subsystem SQLite: share not reported for 1"]
    assert blaming(*[share] * 5) == ["   subsystem SQLite in 1: 61.5 % on d0, typical; 61.5 % on d1, typical; 61.5 %"]


def test_regression_without_populations_is_what_apple_says() -> None:
    made = report(regressions=[insight("A", "metric", summaryString="Slower.", latestVersion="2")])
    assert regressions(made)[1:] == ["!  A metric; version 2", "   Slower.", ""]


def test_details_add_what_apple_says() -> None:
    made = insight(
        "A",
        "metric",
        latestVersion="2",
        summaryString="Slower than before.",
        maxLatestVersionValue=2014.5,
        populations=[{**IPHONES, "deltaPercentage": 5, "summaryString": "Up 5%"}, MODEL],
    )
    assert regressions(report(regressions=[made]), details=True)[2:] == [
        "   device, percentile    2  vs avg",
        "   all_iphones, typical  -      +5",
        "   iPhone14_5, typical   -       -",
        "   Slower than before.",
        "   maximum 2014.5",
        "   all_iphones, typical: Up 5%",
        "",
    ]


def test_report_without_regressions_has_no_section() -> None:
    assert regressions(report(trendingUp=[insight("A", "metric", 5)])) == []


# --- upward trends ----------------------------------------------------------------------------------------------------


def test_upward_trend_is_one_line() -> None:
    made = report(
        ("A", metric("metric", unit={"displayName": "MB"})),
        trendingUp=[
            insight("A", "metric", populations=POPULATIONS),
            insight("B", "other", summaryString="More of it."),
            insight("C", "third", 5),
        ],
    )
    assert tagged(trends(made, style=COLOUR)) == [
        "<strong>Trending up: 3<off>; change from Apple's average of earlier versions",
        "<fair>^<off><strong>  A metric: top +88.5 % on all_iphones, 1173.5 to 2212.5 MB<off>",
        "<fair>^<off><strong>  C third: typical +5 % on iPhone14_5<off>",
        "<fair>^<off><strong>  B other: More of it.<off>",
        "",
    ]


def test_details_of_an_upward_trend_are_a_table() -> None:
    made = report(
        trendingUp=[insight("A", "metric", 5, latestVersion="2", summaryString="More of it.", highImpact=True)]
    )
    assert trends(made, details=True) == [
        "Trending up: 1; change from Apple's average of earlier versions",
        "^  A metric",
        "   device, percentile   2  vs avg",
        "   iPhone14_5, typical  -      +5",
        "   More of it.",
        "",
    ]


@pytest.mark.parametrize("details", [False, True])
def test_report_with_insights_says_that_nothing_trends_up(details: bool) -> None:
    assert trends(report(("A", metric("metric"))), details=details) == ["Trending up: none", ""]
    assert trends(document("build-metrics.json"), details=details) == []
