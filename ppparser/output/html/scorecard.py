"""Render the scorecard as a table of an HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ppparser.metrics.changes import Change, Goal
from ppparser.metrics.charts import MetricKey
from ppparser.metrics.scorecard import Alarm, Figure, Score, Scorecard
from ppparser.output.html.chart import ALARM_WORDS, spark_svg
from ppparser.output.html.page import cell, element, name, scrolling
from ppparser.output.text.measurements import change_text
from ppparser.output.text.scorecard import goal_text, has_trend, legend_phrases, notes_text, score_names
from ppparser.program.terminal import PLAIN

_TREND_LENGTH = 30
_PERCENTILES = (("typical", " (50th)"), ("top", " (90th)"))
_BAND_CLASSES = {"good": "good", "fair": "fair", "poor": "bad"}


class _Columns(NamedTuple):
    """The columns that have any content, of those that may have none."""

    change: bool
    goal: bool
    trend: bool


def scorecard_table(card: Scorecard, links: Mapping[MetricKey, str]) -> Element:
    """Return a table with a row per metric and percentile. `links` has the IDs of what else there is about a metric."""
    figures = [figure for score in card.scores for figure in score.figures]
    columns = _Columns(
        any(change_text(figure.change, PLAIN) for figure in figures),
        any(goal_text(figure.goal, PLAIN) for figure in figures),
        any(map(has_trend, card.scores)),
    )
    titles = [
        element("th", "metric", scope="col"),
        element("th", element("span", "percentile", class_="unseen"), scope="col"),
        element("th", "value", scope="col", class_="number"),
        element("th", "change", scope="col", class_="number") if columns.change else None,
        element("th", "goal", scope="col") if columns.goal else None,
        element("th", "trend", scope="col", class_="wide") if columns.trend else None,
    ]
    legend = "; ".join(legend_phrases(card, _TREND_LENGTH, card.previous))
    scorecard = element(
        "table",
        element("caption", name(legend), class_="note") if legend else None,
        element("thead", element("tr", *titles)),
        class_="scorecard",
    )
    for label, score in zip(score_names(card.scores), card.scores):
        link = links.get((score.platform, score.category, score.identifier))
        scorecard.append(element("tbody", *_rows(score, _metric(label, score, card, link), columns)))
    return scrolling(scorecard)


def badge(alarm: Alarm) -> Element | None:
    """Return what an alarm is in words, None without an alarm."""
    if alarm not in ALARM_WORDS:
        return None
    return element("span", ALARM_WORDS[alarm], class_=f"badge {'fair' if alarm is Alarm.TRENDING_UP else 'bad'}")


def change_element(change: Change) -> Element | str:
    """Return a change in percent; one within the error margins is pale."""
    text = change_text(change, PLAIN)
    if not text or not change.percent:
        return text
    return element("span", text, class_="quiet" if change.within_margin else "bad" if change.percent > 0 else "good")


def goal_element(goal: Goal) -> Element | str:
    """Return a band, or how a value compares with the recommended goal."""
    text = goal.band or goal_text(goal, PLAIN)
    class_ = _BAND_CLASSES.get(goal.band.lower()) if goal.band else "fair" if goal.missed_percent else "good"
    return element("span", name(text), class_=f"{class_ or ''} word".strip()) if text else ""


def _metric(label: str, score: Score, card: Scorecard, link: str | None) -> list[Element | str | None]:
    """Return the name of a metric with its unit, its alarm, and what its row does not share with the others."""
    notes = notes_text(score, card, ALARM_WORDS)
    return [
        element("a", name(label), href=f"#{link}") if link else name(label),
        element("span", ", ", name(score.unit), class_="quiet") if score.unit else None,
        " ",
        badge(score.alarm) if not score.alarm_devices else None,
        " ",
        element("span", name(notes), class_="notes quiet") if notes else None,
    ]


def _rows(score: Score, metric: Sequence[Element | str | None], columns: _Columns) -> Iterator[Element]:
    pairs = zip(_PERCENTILES, score.figures)
    figures = [(percentile, figure) for percentile, figure in pairs if figure != Figure()] or [(("-", ""), Figure())]
    span = len(figures) if len(figures) > 1 else None
    trend = spark_svg(score.trend[-_TREND_LENGTH:]) if has_trend(score) else "-"
    for position, ((percentile, number), figure) in enumerate(figures):
        is_first = position == 0
        yield element(
            "tr",
            element("th", *metric, scope="rowgroup", rowspan=span) if is_first else None,
            element("th", percentile, element("span", number, class_="wide"), scope="row", class_="percentile"),
            cell(figure.value, "number"),
            cell(change_element(figure.change), "number") if columns.change else None,
            cell(goal_element(figure.goal)) if columns.goal else None,
            element("td", trend, class_="wide", rowspan=span) if is_first and columns.trend else None,
        )
