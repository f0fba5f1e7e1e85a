"""Tests of the code to look at as part of an HTML page."""

from __future__ import annotations

from ppparser.metrics.overview import Overview, read_overview
from ppparser.metrics.selection import NO_FILTERS, Filters
from ppparser.output.html.overview import code_section
from tests import fake_api
from tests.helpers.documents import parsed
from tests.helpers.html_text import page_lines_of, text_of


def section(overview: Overview, *, details: bool = False) -> list[str]:
    made = code_section(overview, 2, details)
    return list(page_lines_of(made))


def demo(filters: Filters = NO_FILTERS) -> Overview:
    return read_overview(parsed(fake_api.overview()), filters)


def test_two_heaviest_points_of_each_type_are_shown() -> None:
    lines = section(demo())
    assert lines[:5] == [
        "## Code to look at",
        "weight: % of the metric; course: 8.0.0 \u2192 8.0.1 \u2192 8.1.0",
        "### Slow launches the 2 heaviest of 4 points",
        "52 % TrailCatalog.loadAll() TrailCatalog.swift:83 course 44 \u2192 48 \u2192 52 %, trend up, 1069 occurrences",
        "19 % HomeScreen.init(catalog:) HomeScreen.swift:25 course 19 \u2192 19 \u2192 19 %, 390 occurrences",
    ]
    assert [line for line in lines if line.startswith("###")][1:] == [
        "### Disk writes the 2 heaviest of 6 points",
        "### Hangs the 2 heaviest of 5 points",
    ]


def test_details_have_all_points_with_their_ids() -> None:
    lines = section(demo(Filters(metric="LAUNCH")), details=True)
    assert lines[2] == "### Slow launches 4 points, heaviest first"
    assert len(lines) == 7
    assert all(" ID " in line for line in lines[3:])


def test_points_do_not_name_devices() -> None:
    assert section(demo(Filters(device="iPhone15_2")))[2] == "points are as received: they do not name devices"


def test_point_of_which_little_is_known() -> None:
    point = {"signature": "App: f() + 12", "signatureId": ""}
    other = {"signature": "Other: g()"}
    overview = read_overview(parsed({"signatures": {"topHangPoint": [point, other]}, "categories": []}))
    assert section(overview) == [
        "## Code to look at",
        "weight: % of the metric",
        "### Hangs 2 points, heaviest first",
        "- % App: f() line unknown",
        "- % Other: g() line unknown",
    ]
    assert text_of(code_section(overview, 2, True)).count("ID") == 0
