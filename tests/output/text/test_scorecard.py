"""Tests of the scorecard as lines of text."""

from __future__ import annotations

from typing import Any

from ppparser.metrics.changes import Goal
from ppparser.metrics.scorecard import scorecard
from ppparser.metrics.selection import select
from ppparser.output.text.scorecard import goal_text, scorecard_lines
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, MODEL, Object, dataset, insight, metric, points, report
from tests.helpers.support import tagged


def lines_of(made: Any, style: Style = PLAIN) -> list[str]:
    return list(scorecard_lines(scorecard(select(made)), style))


def row(category: str, *values: Any, criteria: Object = IPHONES, goal: str = "", **members: Any) -> tuple[str, Object]:
    """Return a metric with one dataset."""
    made = points(*values, goals=[goal] * len(values))
    return category, metric("metric", [dataset(criteria, made, **members)], unit={"displayName": "ms"})


def test_scorecard_has_a_row_for_each_metric() -> None:
    made = report(
        row("A", 10, 9),
        row("B", (10, 9), (18, 9), goal="fair"),
        row("C", 10, 12.5, criteria=IPHONES_TOP, goal="poor"),
        row("D", 10, 10),
        row("E", 10, 12, recommendedMetricGoal={"value": 8}),
        row("F", 10, 10, recommendedMetricGoal={"value": 10}),
        row("G", None, criteria=IPADS),
        regressions=[insight("E", "metric", 20), insight("F", "metric", 1, highImpact=True)],
        trendingUp=[insight("D", "metric", populations=[IPHONES])],
    )
    assert tagged(lines_of(made, COLOUR)) == [
        "!! high impact  ! regression  ^ trending up  ~ within the error margins",
        "change in % from 1  trend: top (90th)  goal: band, or % over recommended",
        "<strong>Scorecard, All iPhones, 2<off>  typical (50th)     top (90th)",
        "   metric   unit           value change goal  value change goal  trend",
        "<bad>!!<off> F metric ms                10    0.0 <good>met<off>       -      - -     -",
        "   <faint>!! on iPhone14_5<off>",
        "<bad>!<off>  E metric ms                12  <bad>+20.0<off> <fair>+50%<off>      -      - -     -",
        "   <faint>! on iPhone14_5<off>",
        "<fair>^<off>  D metric ms                10    0.0 -         -      - -     -",
        "   C metric ms                 -      - -      12.5  <bad>+25.0<off> <bad>poor<off>  ▁█",
        "   B metric ms                18 <faint>~+80.0<off> <fair>fair<off>      -      - -     -",
        "   G metric ms                 -      - -         -      - -     -",
        "   <faint>on All iPads, version 1<off>",
        "   A metric ms                 9  <good>-10.0<off> -         -      - -     -",
        "",
    ]


def test_scorecard_of_one_version_explains_nothing_it_lacks() -> None:
    made = report(row("A", 10, goal="good"), row("B", 20, criteria=IPHONES_TOP))
    assert lines_of(made) == [
        "Scorecard, All iPhones, 1  typical (50th)  top (90th)",
        "   metric   unit           value goal      value",
        "   A metric ms                10 good          -",
        "   B metric ms                 - -            20",
        "",
    ]


def test_percentile_without_values_has_no_columns() -> None:
    assert lines_of(report(row("A", 10, 11, 12))) == [
        "change in % from 2  trend: typical (50th)",
        "Scorecard, All iPhones, 3  typical (50th)",
        "   metric unit             value change    trend",
        "   metric ms                  12   +9.1    ▁▅█",
        "",
    ]


def test_category_distinguishes_metrics_of_the_same_name() -> None:
    one, two = row("A", 1), row("B", 1)
    other, nameless = (
        ("A", metric("other", [dataset(IPHONES, points(1))])),
        ("C", metric("", [dataset(MODEL, points(1))])),
    )
    names = [line[3:15].strip() for line in lines_of(report(one, two, other, nameless))[2:-2]]
    assert names == ["A metric ms", "B metric ms", "other", "C"]


def test_platform_device_and_version_that_differ_are_noted() -> None:
    vision = report(row("C", 1, criteria={**IPHONES, "device": "all_vision", "deviceMarketingName": "All Vision"}))
    made = report(row("A", 1, 2), row("B", 1, 2), row("D", 1))
    made["productData"] += [{**vision["productData"][0], "platform": "visionOS"}]
    assert [line for line in lines_of(made) if line.startswith("   ") and "version" in line] == [
        "   version 1",
        "   visionOS, on All Vision, version 1",
    ]
    assert lines_of(made)[0] == "change in % from 1  trend: typical (50th)"


def test_changes_from_different_versions_are_explained() -> None:
    other = "B", metric("other", [dataset(IPHONES, points(1, 2, versions=["0", "2"]))])
    assert lines_of(report(row("A", 1, 2), other))[0] == "change in % from the previous version  trend: typical (50th)"


def test_row_of_sixty_versions_and_long_names_fits() -> None:
    made = report(
        (
            "C" * 40,
            metric(
                "m" * 100,
                [dataset(one, points(*range(1000, 1060))) for one in (IPHONES, IPHONES_TOP)],
                unit={"displayName": "seconds of something"},
            ),
        ),
        ("C" * 40, metric("n" * 100, [dataset({"device": "d" * 200}, points(1))])),
        regressions=[insight("C" * 40, "m" * 100, populations=[{"device": "x" * 200}])],
    )
    lines = lines_of(made)
    assert max(map(width, lines)) == 80
    assert f"!  {'m' * 27}… seconds…" in "\n".join(lines)


def test_title_too_long_for_the_first_column_has_a_line() -> None:
    long_name = {**MODEL, "deviceMarketingName": "iPad Pro 12.9-inch (6th generation) Wi-Fi + Cellular"}
    lines = lines_of(report(row("A", 1, 2, 3, criteria=long_name)))
    assert lines[:3] == [
        "Scorecard, iPad Pro 12.9-inch (6th generation) Wi-Fi + Cellular (iPhone14_5), 3",
        "change in % from 2  trend: typical (50th)",
        "                typical (50th)",
    ]


def test_long_units_of_apple_are_abbreviated() -> None:
    made = report(
        ("A", metric("a", [dataset(IPHONES, points(1))], unit={"displayName": "seconds/hour"})),
        ("A", metric("b", [dataset(IPHONES, points(1))], unit={"displayName": "per day"})),
    )
    assert [line.split()[1] for line in lines_of(made)[2:4]] == ["sec/h", "/day"]


def test_scorecard_without_points_is_empty() -> None:
    assert lines_of(report(("A", metric("metric", [dataset(IPHONES, [])])))) == []


def test_goal_is_a_band_or_says_how_far_it_is_missed() -> None:
    goals = [Goal("fair"), Goal("", 0), Goal("", 4.6), Goal("", float("inf")), Goal()]
    assert tagged(goal_text(goal, COLOUR) for goal in goals) == [
        "<fair>fair<off>",
        "<good>met<off>",
        "<fair>+5%<off>",
        "<fair>over<off>",
        "",
    ]
