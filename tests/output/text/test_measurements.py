"""Tests of metrics as lines of text."""

from __future__ import annotations

from math import inf, nextafter

import pytest

from ppparser.metrics.changes import Change
from ppparser.metrics.measurements import Dataset
from ppparser.metrics.selection import select
from ppparser.output.text.measurements import band_text, change_text, dataset_lines, reported_change_text
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN
from tests.helpers.documents import IPADS, MODEL, Object, dataset, metric, points, report
from tests.helpers.support import Check, tagged


def values_of(made: Object) -> Dataset:
    """Return the values of a dataset."""
    [values] = select(report(("A", metric("metric", [made])))).metrics[0].datasets
    return values


def lines_of(made: Object) -> list[str]:
    """Return the lines of a dataset in ms."""
    return list(dataset_lines(values_of(made), "ms", PLAIN))


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


def test_colour_of_a_change_shows_whether_it_worsened(check: Check) -> None:
    changes = [Change(1.0), Change(-1.0), Change(inf), Change(-inf), Change(1.0, within_margin=True), Change(0.0)]
    check(tagged(change_text(change, COLOUR) for change in changes))


def test_reported_change_keeps_its_spelling_and_has_a_sign() -> None:
    texts = [reported_change_text(change, COLOUR) for change in ("67.70", "0", "-0.5", "")]
    assert tagged(texts) == ["<bad>+67.70 %<off>", "<bad>+0 %<off>", "<good>-0.5 %<off>", ""]


def test_goal_stands_out_with_and_without_colour() -> None:
    goals = ["good", "fair", "Poor", "excellent"]
    assert [band_text(goal, PLAIN, is_marked=True) for goal in goals] == ["good", "fair!", "Poor!!", "excellent"]
    coloured = ["<good>good<off>", "<fair>fair!<off>", "<bad>Poor!!<off>", "excellent"]
    assert tagged(band_text(goal, COLOUR, is_marked=True) for goal in goals) == coloured
    assert tagged(band_text(goal, COLOUR) for goal in goals) == [text.replace("!", "") for text in coloured]


# --- datasets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "sparkline"), [(2, ""), (3, "  ▁▅█")])
def test_dataset_of_three_versions_has_a_sparkline(count: int, sparkline: str) -> None:
    heading = lines_of(dataset(IPADS, points(*range(1, count + 1))))[0]
    assert heading == f"    All iPads, typical (50th percentile){sparkline}"


def test_sparkline_fits_next_to_the_heading() -> None:
    heading, *_ = lines_of(dataset(MODEL, points(*range(60))))
    assert width(heading) == 80
    assert heading.endswith("█")
    heading, *_ = lines_of(dataset({"device": "x" * 60}, points(*range(60))))
    assert heading == f"    {'x' * 60}, unknown percentile"


def test_long_subsystem_is_shortened() -> None:
    """A split table repeats its labels: the output is proportional to the report, not to labels times points."""
    made: list[Object] = [{"version": str(number), "value": number} for number in range(3_000)]
    made[0]["percentageBreakdown"] = {"value": 5, "subSystemLabel": "x" * 1_000_000}
    lines = lines_of(dataset(MODEL, made))
    assert lines[4].startswith(f"        {'x' * 23}… %  5  ")
    assert max(map(width, lines)) <= 80


# --- metrics ----------------------------------------------------------------------------------------------------------
