"""Tests of the drawing of charts."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.metrics.charts import Chart
from ppparser.output.html.chart import chart_svg, spark_svg
from tests.helpers.documents import IPHONES, IPHONES_TOP, dataset, insight, metric, points, report
from tests.helpers.html_text import text_of
from tests.helpers.support import Check
from tests.metrics.test_charts import charts_of

BANDS = [
    {"goalKey": "poor", "lowerBound": 10},
    {"goalKey": "fair", "lowerBound": 5, "upperBound": 10},
    {"goalKey": "good", "lowerBound": 0, "upperBound": 5},
]
GOAL = {"recommendedMetricGoal": {"value": 8}}


def chart(*values: Any, top: Any = (), insights: Any = None, criteria: Any = IPHONES, **members: Any) -> Chart:
    """Return a chart of typical values and, with `top`, top ones, of versions 1, 2, 3 and so on."""
    described = {key: members.pop(key) for key in ("unit", "goalKeys") if key in members}
    made = dataset(criteria, points(*values, versions=members.pop("versions", ())), **members)
    datasets = [made] + ([dataset(IPHONES_TOP, points(*top))] if top else [])
    [drawn] = charts_of(report(("A", metric("m", datasets, **described)), **(insights or {})))
    return drawn


def parts(picture: Element, tag: str, class_: str) -> list[Element]:
    """Return the parts of a picture that have a class."""
    return [one for one in picture.iter(tag) if class_ in (one.get("class") or "").split()]


def texts(picture: Element, class_: str = "") -> list[str]:
    """Return the labels of a picture, without the tooltips."""
    return [one.text or "" for one in picture.iter("text") if not class_ or class_ in (one.get("class") or "").split()]


def heights(picture: Element) -> list[float]:
    return [float(one.get("y") or "") for one in parts(picture, "svg", "point")]


def ticks(picture: Element) -> list[str]:
    return [one.text or "" for one in parts(picture, "text", "quiet") if one.get("text-anchor") == "end"][:-1]


# --- text


def test_picture_has_its_values_in_words() -> None:
    drawn = chart((5, 1), None, 6, top=(9, 8), unit={"displayName": "ms"})
    title, description = list(chart_svg(drawn))[:2]
    assert (title.tag, title.text) == ("title", "m in ms by version on All iPhones: typical and top")
    assert (description.tag, description.text) == ("desc", "typical: 1 5 \u00b1 1, 3 6; top: 1 9, 2 8")
    assert chart_svg(drawn).get("role") == "img"


def test_point_has_all_about_it_in_a_tooltip(check: Check) -> None:
    drawn = chart((5, 1), (8, 1), 9, unit={"displayName": "ms"}, **GOAL)
    check([text_of(one) for one in parts(chart_svg(drawn), "svg", "point")])
    assert text_of(parts(chart_svg(drawn._replace(baseline="0.9")), "svg", "point")[1]).endswith("% from 0.9, met")


def test_last_values_are_next_to_their_points() -> None:
    picture = chart_svg(chart(5, 6, top=(9, 10)))
    assert (texts(picture, "typical"), texts(picture, "top")) == (["typical 6"], ["top 10"])


@pytest.mark.parametrize(
    ("typical", "top", "sides"),
    [
        ((1, 2), (9, 10), ["above", "above"]),
        ((9, 5), (9, 10), ["below", "above"]),
        ((1, 1), (10, 9), ["above", "below"]),
        ((9, 9), (10, 10), ["below", "above"]),
        ((9, 1), (9, 10), ["above", "above"]),
        ((10, 10), (1, 1), ["above", "above"]),
    ],
)
def test_labels_keep_clear_of_lines_and_of_each_other(typical: Any, top: Any, sides: list[str]) -> None:
    picture = chart_svg(chart(*typical, top=top))
    labels = {one.get("class", "").split()[1]: float(one.get("y") or "") for one in parts(picture, "text", "halo")}
    ends = {"typical": heights(picture)[1], "top": heights(picture)[3]}
    assert ["above" if labels[name] < ends[name] else "below" for name in ("typical", "top")] == sides
    assert abs(labels["typical"] - labels["top"]) > 13


# --- scales


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((5, 6), ["0", "2", "4", "6"]),
        ((937, 2212.4), ["0", "1000", "2000", "3000"]),
        ((0.03, 0.124), ["0", "0.05", "0.1", "0.15"]),
        ((0, 0), ["0", "1"]),
        ((-3, 5), ["-4", "-2", "0", "2", "4", "6"]),
        ((-3, -1), ["-3", "-2", "-1", "0"]),
        ((1e300, -1e300), ["-1e+300", "-5e+299", "0", "5e+299", "1e+300"]),
        ((5e-324, 0), ["0", "1"]),
        (((10, 3), 5), ["0", "5", "10", "15"]),
    ],
)
def test_scale_begins_at_0_and_ends_at_a_round_number(values: Any, expected: list[str]) -> None:
    assert ticks(chart_svg(chart(*values))) == expected


def test_values_are_drawn_to_scale() -> None:
    top, _, bottom = heights(chart_svg(chart(10, 5, 0)))
    assert heights(chart_svg(chart(10, 5, 0))) == [top, (top + bottom) / 2, bottom]
    assert [one.get("x") for one in parts(chart_svg(chart(1, 2, 3)), "svg", "point")] == ["15.00%", "51.00%", "87.00%"]
    assert [one.get("x") for one in parts(chart_svg(chart(1)), "svg", "point")] == ["51.00%"]


def test_error_bar_reaches_from_margin_to_margin() -> None:
    picture = chart_svg(chart((10, 5), (10, 0), 20))
    [bar] = parts(picture, "path", "error")
    unit = (heights(picture)[0] - heights(picture)[2]) / 10
    assert bar.get("d") == f"M-4 {-5 * unit:.1f}H4M0 {-5 * unit:.1f}V{5 * unit:.1f}M-4 {5 * unit:.1f}H4"


@given(st.floats(-1e300, 1e300), st.lists(st.none() | st.floats(-1e300, 1e300), max_size=4))
def test_any_value_is_in_the_picture(first: float, others: list[float | None]) -> None:
    values = [first, *others]
    picture = chart_svg(chart(*values))
    assert all(24 <= height <= 170 for height in heights(picture))
    assert len(heights(picture)) == sum(value is not None for value in values)
    assert "nan" not in str([one.attrib for one in picture.iter()]).lower()


# --- the values


def test_a_missing_version_is_a_gap() -> None:
    assert len(parts(chart_svg(chart(1, 2, None, 4, 5)), "line", "series")) == 2


def test_percentiles_differ_without_colour() -> None:
    picture = chart_svg(chart(1, 2, top=(3, 4)))
    assert [len(parts(picture, "line", one)) for one in ("typical", "top")] == [1, 1]
    shapes = {one.get("class"): re.sub("[-0-9. ]+", "", one.get("d") or "") for one in parts(picture, "path", "mark")}
    assert shapes == {"mark typical": "MAAZ", "mark top": "MLLLZ"}


def test_many_points_are_small() -> None:
    shapes = [parts(chart_svg(chart(*range(count))), "path", "mark")[0].get("d") for count in (24, 25)]
    assert [shape and shape[:7] for shape in shapes] == ["M-4 0A4", "M-2 0A2"]


# --- the background


def test_goal_bands_fill_the_plot() -> None:
    picture = chart_svg(chart(4, 20, goalKeys=BANDS))
    bands = parts(picture, "rect", "band")
    assert [one.get("class") for one in bands] == ["band poor", "band fair", "band good"]
    spans = [(float(one.get("y") or ""), float(one.get("height") or "")) for one in bands]
    assert [one + two for one, two in spans] == [spans[1][0], spans[2][0], 170]
    assert spans[0][0] == 24
    assert texts(picture)[:3] == ["poor", "fair", "good"]
    assert len(parts(picture, "line", "edge")) == 2


def test_band_beyond_the_values_belongs_to_the_picture_if_near() -> None:
    assert [
        len(parts(chart_svg(chart(value, goalKeys=BANDS)), "rect", "band")) for value in (3.8, 3.9, 5, 7.6, 7.7)
    ] == [
        1,
        2,
        2,
        2,
        2,
    ]
    assert [ticks(chart_svg(chart(value, goalKeys=BANDS)))[-1] for value in (3, 7.6, 7.7)] == ["3", "8", "10"]


def test_narrow_or_empty_band_has_no_label() -> None:
    bands = [
        {"goalKey": "thin", "lowerBound": 1, "upperBound": 1.5},
        {"goalKey": "none", "lowerBound": 5, "upperBound": 5},
    ]
    picture = chart_svg(chart(20, goalKeys=bands))
    assert [one.get("class") for one in parts(picture, "rect", "band")] == ["band"]
    assert "thin" not in texts(picture)


def test_recommended_goal_is_a_line_without_bands() -> None:
    picture = chart_svg(chart(7, **GOAL))
    assert (len(parts(picture, "line", "goal")), "goal" in texts(picture)) == (1, True)
    assert parts(chart_svg(chart(7, goalKeys=BANDS, **GOAL)), "line", "goal") == []
    assert parts(chart_svg(chart(1, **GOAL)), "line", "goal") == []


# --- what an insight found

WORSE = {"regressions": [insight("A", "m", populations=[IPHONES], latestVersion="2", highImpact=True)]}
TREND = {"trendingUp": [insight("A", "m", populations=[IPHONES], latestVersion="1")]}


def test_regressed_version_is_marked_and_named() -> None:
    picture = chart_svg(chart(1, 2, top=(3, 4), insights=WORSE))
    assert texts(picture, "alarm") == ["high impact regression \u25bc"]
    [line] = parts(picture, "line", "alarm")
    assert line.get("x1") == "87.00%"
    [point] = [one for one in parts(picture, "svg", "point") if parts(one, "circle", "ring")]
    assert text_of(point).startswith("2, typical")
    assert (list(picture)[1].text or "").endswith("; high impact regression in 2")


def test_upward_trend_is_named_as_such() -> None:
    picture = chart_svg(chart(1, 2, insights=TREND))
    assert texts(picture, "alarm") == ["\u25bc trending up"]
    assert [one.get("class") for one in parts(picture, "circle", "ring")] == ["ring alarm trend"]


def test_alarm_about_another_version_is_only_described() -> None:
    picture = chart_svg(chart(1, 2, versions=["7", "8"], insights=WORSE))
    assert texts(picture, "alarm") == []
    assert (list(picture)[1].text or "").endswith("; high impact regression in 2")


# --- versions


def versions(*names: str) -> list[str]:
    return texts(chart_svg(chart(*range(len(names)), versions=names)), "version")


def test_versions_have_room(check: Check) -> None:
    eight = [f"8.{number}.0" for number in range(8)]
    assert versions(*eight) == eight
    check([*versions(*[f"8.{number}.0" for number in range(30)]), "", *versions("x" * 50, "", "y")])


# --- sparklines


def test_sparkline_joins_the_values_there_are() -> None:
    picture = spark_svg([0, None, 10, 5])
    lines = [[one.get(key) for key in ("x1", "y1", "x2", "y2")] for one in picture.iter("line")]
    assert lines == [["0.0%", "16.0", "66.7%", "2.0"], ["66.7%", "2.0", "100.0%", "9.0"]]
    assert text_of(picture) == "trend of 4 versions"


def test_noise_is_flat_in_a_sparkline() -> None:
    heights = [float(one.get("y2") or "") for one in spark_svg([100, 100.5, 100]).iter("line")]
    assert max(heights) - min(heights) < 1
    assert [one.get("y1") for one in spark_svg([0, 0]).iter("line")] == ["16.0"]
