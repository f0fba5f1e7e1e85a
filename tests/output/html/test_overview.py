"""Tests of the code to look at as part of an HTML page."""

from __future__ import annotations

from ppparser.metrics.overview import read_overview
from ppparser.metrics.selection import Filters
from ppparser.output.html.overview import code_section
from tests import fake_api
from tests.helpers.documents import parsed
from tests.helpers.html_text import page_lines_of


def test_points_do_not_name_devices() -> None:
    overview = read_overview(parsed(fake_api.overview()), Filters(device="iPhone15_2"))
    _, _, note, *_ = page_lines_of(code_section(overview, 2, details=False))
    assert note == "points are as received: they do not name devices"
