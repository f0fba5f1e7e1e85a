"""Tests of the scorecard as a table of an HTML page."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.metrics.changes import Change, Goal
from ppparser.metrics.scorecard import Alarm, scorecard
from ppparser.metrics.selection import select
from ppparser.output.html.scorecard import badge, change_element, goal_element, scorecard_table
from tests.helpers.documents import IPHONES, IPHONES_TOP, dataset, metric, points, report
from tests.helpers.html_text import text_of
from tests.helpers.support import Check
from tests.output.test_metrics_reports import row


def table_of(made: Any, links: dict[tuple[str, str, str], str] | None = None) -> Element:
    return scorecard_table(scorecard(select(made)), links or {})


def rows(table: Element) -> list[str]:
    return [text_of(one) for one in table.iter("caption")] + [" | ".join(map(text_of, one)) for one in table.iter("tr")]


def test_metric_spans_the_rows_of_its_percentiles(check: Check) -> None:
    both = [dataset(IPHONES, points(1, 2)), dataset(IPHONES_TOP, points(3, 4))]
    table = table_of(report(("A", metric("m", both))))
    assert [(one.get("scope"), one.get("rowspan")) for one in table.iter("th")][5:] == [
        ("rowgroup", "2"),
        ("row", None),
        ("row", None),
    ]
    check([*rows(table), "", *[one.get("rowspan") for one in table.iter("td") if one.get("class") == "wide"]])


def test_metric_links_to_its_chart() -> None:
    [link] = table_of(report(row("A", 1), row("B", 1)), {("iOS", "B", "metric"): "chart-2"}).iter("a")
    assert (link.get("href"), text_of(link)) == ("#chart-2", "B metric")


@pytest.mark.parametrize(
    ("change", "class_", "text"),
    [
        (Change(5.0), "bad", "+5.0"),
        (Change(-5.0), "good", "-5.0"),
        (Change(5.0, within_margin=True), "quiet", "~+5.0"),
        (Change(float("inf")), "bad", "from 0"),
    ],
)
def test_change_has_a_colour(change: Change, class_: str, text: str) -> None:
    made = change_element(change)
    assert not isinstance(made, str)
    assert (made.get("class"), text_of(made)) == (class_, text)


def test_no_change_has_no_colour() -> None:
    assert [change_element(change) for change in (Change(0.0), Change(None))] == ["0.0", ""]


@pytest.mark.parametrize(
    ("goal", "class_", "text"),
    [
        (Goal("Poor"), "bad word", "Poor"),
        (Goal("", 0), "good word", "met"),
        (Goal("", 4), "fair word", "+4%"),
    ],
)
def test_goal_has_a_colour(goal: Goal, class_: str, text: str) -> None:
    made = goal_element(goal)
    assert not isinstance(made, str)
    assert (made.get("class"), text_of(made)) == (class_, text)
    assert goal_element(Goal()) == ""


def test_alarm_is_in_words() -> None:
    badges = [badge(alarm) for alarm in (Alarm.HIGH_IMPACT, Alarm.REGRESSION, Alarm.TRENDING_UP)]
    assert [one is not None and (one.get("class"), text_of(one)) for one in badges] == [
        ("badge bad", "high impact regression"),
        ("badge bad", "regression"),
        ("badge fair", "trending up"),
    ]
    assert badge(Alarm.NONE) is None
