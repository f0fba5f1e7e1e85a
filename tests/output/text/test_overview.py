"""The code to look at of a performance overview as text."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.overview import read_overview
from ppparser.output.text.overview import code_lines
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.documents import Object, parsed
from tests.helpers.support import tagged

POINT = {"signature": "App: A.b() + 4", "weight": 0.42, "sourceFile": "A.swift", "lineNumber": 7}


def lines_of(*points: Object, key: str = "topHangPoint", details: bool = False, style: Style = PLAIN) -> list[str]:
    return list(code_lines(read_overview(parsed({"signatures": {key: points}})), style, details))


def course(*values: Any) -> Object:
    references = [{"version": f"{version}.0", "value": value} for version, value in enumerate(values, 1)]
    return {"metricsSummary": {"referenceVersions": references}}


def test_point_is_two_lines() -> None:
    point = {**POINT, "count": 12, "trendInfo": "UP", "signatureId": "abc", **course(0.34, 0.38, 0.42)}
    lines = [
        "Code to look at; weight: % of the metric; course: 1.0 → 2.0 → 3.0",
        "Hangs: 1 point",
        "  42 %  A.b()  A.swift:7",
        "        course 34 → 38 → 42 %, trend up, 12 occurrences",
    ]
    assert lines_of(point) == [*lines, ""]
    assert lines_of(point, details=True) == [*lines, "        ID abc", ""]


def test_two_points_are_shown_and_all_in_detail() -> None:
    points = [{**POINT, "weight": weight} for weight in (0.1, 0.2, 0.3)]
    brief, details = lines_of(*points), lines_of(*points, details=True)
    assert brief[1:] == ["Hangs: the 2 heaviest of 3 points", *(f"  {n} %  A.b()  A.swift:7" for n in (30, 20)), ""]
    assert details[1:] == [
        "Hangs: 3 points, heaviest first",
        *(f"  {n} %  A.b()  A.swift:7" for n in (30, 20, 10)),
        "",
    ]


@pytest.mark.parametrize(
    ("key", "title"),
    [("topHangPoint", "Hangs"), ("topLaunchPoint", "Slow launches"), ("topDiskWritePoint", "Disk writes")],
)
def test_each_type_has_a_title(key: str, title: str) -> None:
    assert lines_of(POINT, key=key)[1] == f"{title}: 1 point"


@pytest.mark.parametrize(
    ("members", "facts"),
    [
        ({}, []),
        ({"count": 1}, ["1 occurrence"]),
        ({"count": 2, "trendInfo": "UNDEFINED"}, ["2 occurrences"]),
        ({"trendInfo": "DOWN"}, ["trend down"]),
        (course(0.42), ["NEW"]),
        ({"metricsSummary": {"referenceVersions": [{}, None]}}, []),
    ],
)
def test_what_is_missing_is_left_out(members: Object, facts: list[str]) -> None:
    assert lines_of({**POINT, **members})[2:-1] == ["  42 %  A.b()  A.swift:7", *(f"        {fact}" for fact in facts)]


def test_point_without_anything_is_unknown() -> None:
    assert lines_of({})[2] == "   - %  unknown  line unknown"


def test_binary_is_named_if_there_are_several() -> None:
    other = {**POINT, "signature": "Kit: C.d()"}
    assert [line.split("  ")[2] for line in lines_of(POINT, other)[2:4]] == ["App: A.b()", "Kit: C.d()"]


@pytest.mark.parametrize("style", [PLAIN, COLOUR])
def test_lines_fit_into_eighty_columns(style: Style) -> None:
    point = {**POINT, "signature": "closure in " * 9, "count": 10**9, "trendInfo": "UP", **course(*[0.123] * 7, 0.42)}
    lines = lines_of(point, style=style)
    assert max(map(width, lines)) <= 80
    assert len(lines_of(point)) == len(lines)
    assert any(line.endswith("A.swift:7" + style.off) for line in lines)


def test_place_and_trend_have_colours() -> None:
    assert tagged(lines_of({**POINT, "trendInfo": "UP"}, style=COLOUR)) == [
        "<strong>Code to look at<off>; weight: % of the metric",
        "<strong>Hangs<off>: 1 point",
        "  42 %  A.b()  <strong>A.swift:7<off>",
        "        trend <bad>up<off>",
        "",
    ]


def test_overview_without_points_has_no_code() -> None:
    sections: Object = {"categories": [{"sections": [{}]}]}
    assert list(code_lines(read_overview(parsed(sections)), PLAIN, details=True)) == []
