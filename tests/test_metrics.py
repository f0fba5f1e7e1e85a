"""Tests of selecting metrics and insights and of the lines, the scorecard and the CSV made of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from programs import DATA, document

from ppparser import metrics
from ppparser.report import ReportError, parse
from ppparser.terminal import PLAIN

REPORT = document("metrics.json")
IPHONES = {"device": "all_iphones", "deviceMarketingName": "All iPhones", "percentile": "percentile.fifty"}
TOP = {**IPHONES, "percentile": "percentile.ninety"}
IPADS = {"device": "all_ipads", "deviceMarketingName": "All iPads", "percentile": "percentile.fifty"}
MODEL = {"device": "iPhone14_5", "deviceMarketingName": "iPhone 13", "percentile": "percentile.fifty"}


def points(*values: Any, goals: Sequence[str] = (), versions: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Points of versions 1, 2, 3 and so on; a value may be a pair of value and margin."""
    made = []
    for position, value in enumerate(values):
        point: dict[str, Any] = {"version": versions[position] if versions else str(position + 1)}
        point["value"], margin = value if isinstance(value, tuple) else (value, None)
        if margin is not None:
            point["errorMargin"] = margin
        if goals:
            point["goal"] = goals[position]
        made.append(point)
    return made


def dataset(criteria: dict[str, str], made: list[dict[str, Any]]) -> dict[str, Any]:
    return {"filterCriteria": criteria, "points": made}


def report_of(*made: tuple[str, str, list[dict[str, Any]]], **insights: list[dict[str, Any]]) -> Any:
    """A report of metrics, each given by category, identifier and datasets, read as the programs read one."""
    categories = [
        {"identifier": category, "metrics": [{"identifier": identifier, "datasets": datasets}]}
        for category, identifier, datasets in made
    ]
    product = {"platform": "iOS", "metricCategories": categories}
    return parse(json.dumps({"productData": [product], "insights": insights}).encode(), "")


def insight(category: str, metric: str, *deltas: float, **more: Any) -> dict[str, Any]:
    populations = [{**MODEL, "deltaPercentage": delta} for delta in deltas]
    return {"metricCategory": category, "metric": metric, "populations": populations, **more}


def refusal(document: Any, **filters: str) -> str:
    with pytest.raises(ReportError) as raised:
        metrics.select(document, **filters)
    return str(raised.value)


# --- filters ----------------------------------------------------------------------------------------------------------

BATTERY = ("iOS", "BATTERY", "onScreen")
TERMINATION = ("iOS", "TERMINATION", "onScreen")
LAUNCH = ("iOS", "LAUNCH", "launchTime")
RESUME = ("iOS", "LAUNCH", "resumeTime")
HANG = ("visionOS", "HANG", "hangRate")


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, [(*BATTERY, 1), (*TERMINATION, 2), (*LAUNCH, 3), (*RESUME, 0), (*HANG, 1)]),
        ({"metric": "launchTime"}, [(*LAUNCH, 3)]),
        ({"metric": "LAUNCHTIME"}, [(*LAUNCH, 3)]),
        ({"metric": "launch"}, [(*LAUNCH, 3), (*RESUME, 0)]),
        ({"metric": "onscreen"}, [(*BATTERY, 1), (*TERMINATION, 2)]),
        ({"metric": "Battery"}, [(*BATTERY, 1)]),
        ({"device": "all_iphones"}, [(*LAUNCH, 2)]),
        ({"device": "all iphones"}, [(*LAUNCH, 2)]),
        ({"device": "iPhone13_3"}, [(*TERMINATION, 1), (*LAUNCH, 1)]),
        ({"device": "iPhone13,3"}, [(*TERMINATION, 1), (*LAUNCH, 1)]),
        ({"device": "IPHONE 12 PRO"}, [(*TERMINATION, 1), (*LAUNCH, 1)]),
        ({"platform": "VISIONOS"}, [(*HANG, 1)]),
        ({"platform": "ios", "metric": "onScreen", "device": "iphone13,3"}, [(*TERMINATION, 1)]),
    ],
)
def test_filters_leave_what_fits_all_of_them_in_any_case(
    filters: dict[str, str], left: list[tuple[str, str, str, int]]
) -> None:
    selection = metrics.select(REPORT, **filters)
    assert [(m.platform, m.category, m.identifier, len(m.datasets)) for m in selection.metrics] == left


@pytest.mark.parametrize(
    ("filters", "regressions", "trending_up"),
    [
        ({}, [("LAUNCH", 3), ("BATTERY", 1)], [("TERMINATION", 0)]),
        ({"metric": "launchTime"}, [("LAUNCH", 3)], []),
        ({"metric": "onScreen"}, [("BATTERY", 1)], [("TERMINATION", 0)]),
        ({"metric": "TERMINATION"}, [], [("TERMINATION", 0)]),
        ({"device": "iPhone13,3"}, [("LAUNCH", 1)], []),
        ({"device": "iPhone10,6"}, [("LAUNCH", 1)], []),
        ({"platform": "iOS"}, [("LAUNCH", 3), ("BATTERY", 1)], [("TERMINATION", 0)]),
        ({"platform": "visionOS"}, [], []),
    ],
)
def test_filters_leave_the_insights_that_belong_to_what_is_left(
    filters: dict[str, str], regressions: list[tuple[str, int]], trending_up: list[tuple[str, int]]
) -> None:
    selection = metrics.select(REPORT, **filters)
    found = [
        [(insight["metricCategory"], len(insight["populations"] or ())) for insight in insights]
        for insights in (selection.regressions, selection.trending_up)
    ]
    assert found == [regressions, trending_up]


def test_an_insight_keeps_the_populations_of_the_wanted_device_alone() -> None:
    left = metrics.select(REPORT, device="iPhone 12 Pro").regressions
    assert [population["device"] for insight in left for population in insight["populations"]] == ["iPhone13_3"]


@pytest.mark.parametrize(
    ("filters", "problem"),
    [
        (
            {"metric": "hangTime"},
            "the report has no metric hangTime. It has: "
            "BATTERY, onScreen, TERMINATION, LAUNCH, launchTime, resumeTime, HANG, hangRate",
        ),
        (
            {"device": "iPhone99,1"},
            "the report has no device iPhone99,1. It has: "
            "All iPads, iPhone 12 Pro (iPhone13_3), All iPhones, Apple Vision Pro (RealityDevice14_1), iPhone10_6",
        ),
        ({"platform": "tvOS"}, "the report has no platform tvOS. It has: iOS, visionOS"),
        ({"platform": "visionOS", "metric": "LAUNCH"}, "the report has no metric LAUNCH. It has: HANG, hangRate"),
        (
            {"metric": "hangRate", "device": "all_ipads"},
            "what the other filters leave has no device all_ipads. It has: Apple Vision Pro (RealityDevice14_1)",
        ),
    ],
)
def test_a_filter_that_nothing_fits_is_refused_with_what_there_is(filters: dict[str, str], problem: str) -> None:
    assert refusal(REPORT, **filters) == problem


def test_a_metric_that_insights_alone_name_is_found() -> None:
    made = report_of(("A", "other", []), regressions=[insight("B", "metric", 5), insight("A", "other", 5)])
    left = metrics.select(made, metric="metric")
    assert ([one["metric"] for one in left.regressions], left.metrics) == (["metric"], [])


def test_a_long_list_of_what_there_is_is_cut() -> None:
    made = [dataset({"device": f"iPhone{number}"}, points(1)) for number in range(43)]
    listed = ", ".join(f"iPhone{number}" for number in range(40))
    assert refusal(report_of(("HANG", "hangRate", made)), device="iPad") == (
        f"the report has no device iPad. It has: {listed} and 3 more"
    )


def test_a_report_below_apple_s_threshold_is_refused_with_the_reason() -> None:
    assert refusal(document("empty.json")) == (
        "the report holds no metrics: Apple gives none below its usage threshold and in the first days after\n"
        "  a release, and the threshold differs per metric. Ask again when more people use the app"
    )


def test_the_worst_regression_comes_first() -> None:
    found = [
        insight("A", "small", 5),
        insight("B", "large", 1, 50),
        insight("C", "unknown"),
        insight("D", "high", 2, highImpact=True),
    ]
    left = metrics.select(report_of(("A", "small", []), regressions=found)).regressions
    assert [regression["metric"] for regression in left] == ["high", "large", "small", "unknown"]


# --- the lines of a dataset -------------------------------------------------------------------------------------------


def rows(made: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The rows of a dataset's table by their labels."""
    read = parse(json.dumps(dataset(MODEL, made)).encode(), "")
    lines = list(metrics.dataset_lines(read, "ms", PLAIN))
    cells = [line.strip().split("  ") for line in lines[1:]]
    return {label: [cell.strip() for cell in row if cell.strip()] for label, *row in cells}


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ([10, 11, 11, 5.5], ["-", "+10.0", "0.0", "-50.0"]),
        ([100, 300, 3], ["-", "+200", "-99.0"]),
        ([-10, -5], ["-", "+50.0"]),
        ([10000, 10001, 10000], ["-", "0.0", "0.0"]),
        ([0, 5, None, 5, 10], ["-", "from 0", "-", "-", "+100"]),
        ([1000.5, 2000], ["-", "+99.9"]),
    ],
)
def test_a_change_is_in_per_cent_of_the_version_before(values: list[float | None], changes: list[str]) -> None:
    assert rows(points(*values))["change %"] == changes


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((10, 1), (12, 1), "~+20.0"),
        ((10, 1), (12, 0.9), "+20.0"),
        ((12, 1), (10, 1), "~-16.7"),
        ((10, None), (12, 2), "~+20.0"),
        ((10, 2), (12, None), "~+20.0"),
        ((10, None), (12, None), "+20.0"),
        ((10, 5), (10, 5), "0.0"),
    ],
)
def test_a_change_whose_margins_overlap_is_marked(before: Any, after: Any, change: str) -> None:
    assert rows(points(before, after))["change %"] == ["-", change]


def test_a_single_version_has_no_change_and_what_is_missing_has_no_row() -> None:
    assert rows(points(5)) == {"version": ["1"], "ms": ["5"]}


def test_a_breakdown_s_row_has_the_share_of_each_version() -> None:
    made = points(1, 2, 3)
    made[0]["percentageBreakdown"] = [
        {"value": 60.50, "subSystemLabel": "Radio"},
        {"value": 39, "subSystemLabel": None},
    ]
    made[2]["percentageBreakdown"] = {"value": 70, "subSystemLabel": "Radio"}
    found = rows(made)
    assert (found["Radio %"], found["unnamed %"]) == (["60.5", "-", "70"], ["39", "-", "-"])


@pytest.mark.parametrize(("count", "drawn"), [(1, ""), (2, ""), (3, "  ▁▅█"), (4, "  ▁▃▆█")])
def test_a_dataset_of_three_versions_or_more_has_a_sparkline(count: int, drawn: str) -> None:
    first = next(metrics.dataset_lines(dataset(MODEL, points(*range(1, count + 1))), "ms", PLAIN))
    assert first == f"    iPhone 13 (iPhone14_5), typical (50th percentile){drawn}"


# --- scorecard --------------------------------------------------------------------------------------------------------


def scorecard(document: Any) -> list[str]:
    return list(metrics.scorecard_lines(metrics.select(document), PLAIN))


LEGEND = [
    "!! high impact  ! regression  ^ trending up",
    "change in % against the version before  ~ within the error margins",
]


def test_the_scorecard_is_sorted_by_insight_and_then_by_change_for_the_worse() -> None:
    def two(before: Any, after: Any) -> list[dict[str, Any]]:
        return [dataset(IPHONES, points(before, after))]

    found = scorecard(
        report_of(
            ("A", "better", two(10, 5)),
            ("B", "noise", two((10, 9), (18, 9))),
            ("C", "worse", two(10, 11)),
            ("D", "trending", two(10, 10)),
            ("E", "regressed", two(10, 12)),
            ("F", "high", two(10, 10)),
            ("G", "alone", [dataset(IPHONES, points(7))]),
            regressions=[insight("E", "regressed", 20), insight("F", "high", 1, highImpact=True)],
            trendingUp=[insight("D", "trending", 1), insight("E", "regressed", 1)],
        )
    )
    assert found == [
        "Worst in the latest version: F high +1 % on iPhone14_5; 1 more",
        "",
        "Scorecard, All iPhones",
        *LEGEND,
        "   metric       version  typical  top  change  goal  trend",
        "!! F high       2             10    -     0.0  -     ▁▁",
        "!  E regressed  2             12    -   +20.0  -     ▁█",
        "^  D trending   2             10    -     0.0  -     ▁▁",
        "   C worse      2             11    -   +10.0  -     ▁▇",
        "   B noise      2             18    -  ~+80.0  -     ▁█",
        "   G alone      1              7    -       -  -     ▁",
        "   A better     2              5    -   -50.0  -     █▁",
        "",
    ]


def test_the_percentile_that_got_worse_gives_change_and_trend_and_the_worst_goal_is_shown() -> None:
    typical = dataset(IPHONES, points(10, 11, goals=["poor", "poor"]))
    top = dataset(TOP, points(100.0, 150.50, goals=["good", "good"]))
    assert scorecard(report_of(("A", "metric", [typical, top])))[3:5] == [
        "   metric    version  typical    top  change  goal    trend",
        "   A metric  2             11  150.5   +50.5  poor!!  ▁█",
    ]


@pytest.mark.parametrize(
    ("datasets", "heading", "value"),
    [
        ([MODEL, IPADS, IPHONES], "All iPhones", "3"),
        ([MODEL, IPADS], "All iPads", "2"),
        ([MODEL], "iPhone 13 (iPhone14_5)", "1"),
    ],
)
def test_a_metric_is_judged_by_all_iphones_or_all_ipads_or_its_first_device(
    datasets: list[dict[str, str]], heading: str, value: str
) -> None:
    made = [dataset(criteria, points(number)) for number, criteria in enumerate(datasets, 1)]
    found = scorecard(report_of(("A", "metric", made)))
    assert (found[0], found[4].split()) == (
        f"Scorecard, {heading}",
        ["A", "metric", "1", value, "-", "-", "-", "▁"],
    )


def test_a_metric_judged_by_another_device_than_the_first_says_so() -> None:
    first, second = [dataset(IPHONES, points(1, 2))], [dataset(IPADS, points(1))]
    assert scorecard(report_of(("A", "wide", first), ("B", "narrow", second)))[4:] == [
        "   A wide    2              2    -    +100  -     ▁█",
        "   B narrow  1              1    -       -  -     ▁",
        "    on All iPads",
        "",
    ]


def test_without_points_there_is_no_scorecard() -> None:
    assert scorecard(report_of(("A", "metric", [dataset(IPHONES, [])]))) == []


def test_the_first_line_names_the_worst_population_with_its_marketing_name() -> None:
    found = report_of(
        ("A", "metric", [dataset(MODEL, points(1))]),
        regressions=[insight("A", "metric", 5, 12.50, latestVersion="1")],
    )
    assert scorecard(found)[0] == "Worst in 1: A metric +12.5 % on iPhone 13 (iPhone14_5)"


# --- hotspots and insights --------------------------------------------------------------------------------------------


def test_hotspots_are_the_regressions_and_the_datasets_their_populations_name() -> None:
    assert list(metrics.hotspot_lines(metrics.select(REPORT, metric="launchTime", device="iPhone13,3"), PLAIN)) == [
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


def test_a_hotspot_s_dataset_is_of_the_percentile_and_the_category_of_its_population() -> None:
    both = [dataset(MODEL, points(1)), dataset({**MODEL, "percentile": "percentile.ninety"}, points(2))]
    made = report_of(("A", "onScreen", both), ("B", "onScreen", both), regressions=[insight("B", "onScreen", 5)])
    assert [line for line in metrics.hotspot_lines(metrics.select(made), PLAIN) if line.startswith("    iPhone")] == [
        "    iPhone 13 (iPhone14_5), typical (50th percentile)"
    ]


def test_without_a_regression_the_version_it_is_said_of_is_named() -> None:
    made = report_of(("A", "metric", [dataset(IPHONES, points(1, 2, versions=["4.9", "5.0"]))]))
    assert list(metrics.hotspot_lines(metrics.select(made), PLAIN)) == ["No regressions in version 5.0", ""]


def test_without_a_regression_and_a_version_that_is_all_that_is_said() -> None:
    made = report_of(("A", "metric", []))
    assert list(metrics.hotspot_lines(metrics.select(made), PLAIN)) == ["No regressions", ""]


def test_upward_trends_follow_the_hotspots() -> None:
    made = report_of(("A", "metric", []), trendingUp=[insight("A", "metric", 5, latestVersion="2")])
    assert list(metrics.hotspot_lines(metrics.select(made), PLAIN)) == [
        "No regressions",
        "",
        "Trending up: 1",
        "",
        "  A metric",
        "    version 2",
        "      device      percentile  latest  reference  change",
        "      iPhone14_5  typical          -          -    +5 %",
        "",
    ]


def test_no_insights_are_said_to_be_none() -> None:
    assert list(metrics.insight_lines(metrics.select(document("build-metrics.json")), PLAIN)) == [
        "Regressions: none",
        "",
        "Trending up: none",
        "",
    ]


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        ([["1", "2", "3"], ["1", "2"]], "3"),
        ([["1", "2"], ["1", "2"], ["2", "3"]], "3"),
        ([["2", "1"], ["1", "2"], ["1", "2"]], "2"),
        ([["1"], []], "1"),
        ([[]], ""),
    ],
)
def test_the_newest_version_is_the_one_that_no_dataset_has_a_later_one_after(
    versions: list[list[str]], newest: str
) -> None:
    made = [dataset(IPHONES, points(*range(len(some)), versions=some)) for some in versions]
    assert metrics.newest_version(metrics.select(report_of(("A", "metric", made))).metrics) == newest


# --- CSV --------------------------------------------------------------------------------------------------------------

HEADER = ["platform", "category", "metric", "unit", "device", "marketing_name", "percentile", "version"]
HEADER += ["value", "error_margin", "goal"]


def csv_of(document: Any, **filters: str) -> list[list[str]]:
    lines = "".join(f"{line}\n" for line in metrics.csv_lines(metrics.select(document, **filters)))
    return list(csv.reader(io.StringIO(lines, newline=""), strict=True))


def test_csv_read_back_is_the_report_point_by_point() -> None:
    written = json.loads((DATA / "metrics.json").read_bytes(), parse_float=str, parse_int=str)
    points = [
        [
            product["platform"],
            category["identifier"],
            metric["identifier"],
            (metric["unit"] or {}).get("displayName") or (metric["unit"] or {}).get("identifier"),
            *((made["filterCriteria"] or {}).get(key) for key in ("device", "deviceMarketingName", "percentile")),
            *(point.get(key) for key in ("version", "value", "errorMargin", "goal")),
        ]
        for product in written["productData"]
        for category in product["metricCategories"]
        for metric in category["metrics"]
        for made in metric["datasets"] or ()
        for point in made["points"] or ()
    ]
    assert csv_of(REPORT) == [HEADER, *([cell or "" for cell in point] for point in points)]
    assert len(points) == 22


def test_csv_holds_what_the_filters_leave() -> None:
    found = csv_of(REPORT, device="iPhone13,3", metric="LAUNCH")
    assert found == [
        HEADER,
        [
            "iOS",
            "LAUNCH",
            "launchTime",
            "ms",
            "iPhone13_3",
            "iPhone 12 Pro",
            "percentile.ninety",
            "5.0",
            "1201.0",
            "",
            "fair",
        ],
        [
            "iOS",
            "LAUNCH",
            "launchTime",
            "ms",
            "iPhone13_3",
            "iPhone 12 Pro",
            "percentile.ninety",
            "5.1",
            "2014.30",
            "",
            "poor",
        ],
    ]


def test_csv_quotes_what_would_break_a_row() -> None:
    criteria = {"device": 'a,"b"', "deviceMarketingName": "c\nd\r", "percentile": "'e;"}
    assert csv_of(report_of(("A", "metric", [dataset(criteria, points(1))])))[1][4:7] == ['a,"b"', r"c\nd\r", "'e;"]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", '@SUM("A1")'])
def test_a_text_that_a_spreadsheet_would_calculate_is_defused(formula: str) -> None:
    criteria = {"device": formula, "deviceMarketingName": formula, "percentile": formula}
    made = report_of((formula, formula, [dataset(criteria, points(1, goals=[formula], versions=[formula]))]))
    made["productData"][0]["platform"] = formula
    made["productData"][0]["metricCategories"][0]["metrics"][0]["unit"] = {"displayName": formula}
    assert csv_of(made)[1] == [f"'{formula}"] * 8 + ["1", "", f"'{formula}"]


def test_a_negative_number_stays_a_number() -> None:
    assert csv_of(report_of(("A", "metric", [dataset(MODEL, points((-1.5, -2)))])))[1][8:10] == ["-1.5", "-2"]
