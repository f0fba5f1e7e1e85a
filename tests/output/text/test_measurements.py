"""Tests of metrics as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, nextafter
from typing import Any

import pytest

from ppparser.metrics.changes import Change
from ppparser.metrics.measurements import Dataset, GoalBand, Metric
from ppparser.metrics.selection import select
from ppparser.output.text.measurements import (
    band_text,
    change_text,
    dataset_lines,
    marked_band_text,
    metric_lines,
    reported_change_text,
)
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN
from tests.helpers.documents import IPADS, MODEL, MODEL_TOP, Object, dataset, metric, points, report
from tests.helpers.support import tagged


def values_of(made: Object) -> Dataset:
    """Return the values of a dataset."""
    [values] = select(report(("A", metric("metric", [made])))).metrics[0].datasets
    return values


def lines_of(made: Object, blamed: Iterable[str] = ()) -> list[str]:
    """Return the lines of a dataset in ms."""
    return list(dataset_lines(values_of(made), "ms", PLAIN, set(blamed)))


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
    assert change_text(Change(percent), PLAIN) == text


def test_change_within_the_margins_is_marked_with_a_tilde() -> None:
    changes = [Change(percent, within_margin=True) for percent in (20.0, -99.95, inf, 0.01)]
    assert [change_text(change, PLAIN) for change in changes] == ["~+20.0", "~-100", "~from 0", "~0.0"]


def test_colour_of_a_change_shows_whether_it_worsened() -> None:
    changes = [Change(1.0), Change(-1.0), Change(inf), Change(-inf), Change(1.0, within_margin=True), Change(0.0)]
    assert tagged(change_text(change, COLOUR) for change in changes) == [
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
    assert [marked_band_text(goal, PLAIN) for goal in goals] == ["good", "fair!", "Poor!!", "excellent"]
    coloured = ["<good>good<off>", "<fair>fair!<off>", "<bad>Poor!!<off>", "excellent"]
    assert tagged(marked_band_text(goal, COLOUR) for goal in goals) == coloured
    assert tagged(band_text(goal, COLOUR) for goal in goals) == [text.replace("!", "") for text in coloured]


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
    assert list(dataset_lines(values_of(dataset(None, points(5))), "", PLAIN)) == [
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
    values = values_of(dataset(IPADS, [], recommendedMetricGoal={"value": 600}))
    assert list(dataset_lines(values, "", PLAIN))[2:] == ["      recommended goal: 600"]


def test_only_the_newest_change_of_a_dataset_is_coloured() -> None:
    values = values_of(dataset(IPADS, points(5, 6, (7, 2), 4, goals=["poor", "good", "good", "fair"])))
    assert tagged(dataset_lines(values, "ms", COLOUR))[-2:] == [
        "      change %        -  +20.0  ~+16.7  <good>-42.9<off>",
        "      goal       <bad>poor!!<off>   <good>good<off>    <good>good<off>  <fair>fair!<off>",
    ]


def test_sparkline_fits_next_to_the_heading() -> None:
    heading, *_ = lines_of(dataset(MODEL, points(*range(60))))
    assert width(heading) == 80
    assert heading.endswith("█")
    heading, *_ = lines_of(dataset({"device": "x" * 60}, points(*range(60))))
    assert heading == f"    {'x' * 60}, unknown percentile"


def subsystems(count: int) -> list[Object]:
    return [{"value": number, "subSystemLabel": f"s{number}"} for number in range(count)]


def test_subsystems_that_are_not_listed_are_counted() -> None:
    lines = lines_of(dataset(MODEL, [{"version": "1", "value": 1, "percentageBreakdown": subsystems(30)}]), ["s3"])
    assert lines[3:] == [
        "        s3 %    3",
        *(f"        s{number} %  {number}" for number in range(23, 30)),
        "      subsystems not listed: 22",
    ]


def test_long_subsystem_is_shortened() -> None:
    """A split table repeats its labels: the output is proportional to the report, not to labels times points."""
    made: list[Object] = [{"version": str(number), "value": number} for number in range(3_000)]
    made[0]["percentageBreakdown"] = {"value": 5, "subSystemLabel": "x" * 1_000_000}
    lines = lines_of(dataset(MODEL, made))
    assert lines[4].startswith(f"        {'x' * 23}… %  5  ")
    assert max(map(width, lines)) <= 80


# --- metrics ----------------------------------------------------------------------------------------------------------


def test_metrics_are_listed_under_platform_and_category() -> None:
    values = values_of(dataset(IPADS, points(5)))
    metrics = [
        Metric("iOS", "LAUNCH", "launchTime", "ms", [], [values, values]),
        Metric("iOS", "LAUNCH", "resumeTime", "", [], []),
        Metric("visionOS", "LAUNCH", "", "ms", [], []),
        Metric("visionOS", "HANG", "hangRate", "", [], []),
        Metric("", "", "other", "", [], []),
    ]
    table = ["    All iPads, typical (50th percentile)", "      version  1", "      ms       5", ""]
    assert tagged(metric_lines(metrics, COLOUR)) == [
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
    lines = list(metric_lines([Metric("iOS", "LAUNCH", "launchTime", "ms", bands, [])], PLAIN))
    assert lines[2:4] == [
        "  launchTime, ms",
        "    goals: poor!! from 1500.5, fair! 750.25 to 1500.5, good below 750.25, unnamed",
    ]


def test_blamed_subsystems_are_those_of_the_metric() -> None:
    made = dataset(MODEL, [{"version": "1", "value": 1, "percentageBreakdown": subsystems(30)}])
    metrics = select(report(("A", metric("one", [made])), ("A", metric("two", [made])))).metrics
    lines = list(metric_lines(metrics, PLAIN, {("A", "two"): {"s3"}}))
    assert [line for line in lines if " s3 " in line or line.startswith("  two")] == ["  two", "        s3 %    3"]
