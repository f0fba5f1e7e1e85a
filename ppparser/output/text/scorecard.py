"""Render the scorecard as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from math import isfinite

from ppparser.metrics.changes import Goal
from ppparser.metrics.measurements import TOP, TYPICAL, percentile_label
from ppparser.metrics.scorecard import MAX_DEVICES_NAMED, TREND_LENGTH, Alarm, Figure, Score, Scorecard
from ppparser.output.text.measurements import band_text, change_text
from ppparser.output.text.tables import flow, shorten, sparkline, table, width
from ppparser.program.terminal import WIDTH_COLUMNS, Style

MARKS = {Alarm.NONE: "", Alarm.TRENDING_UP: "^", Alarm.REGRESSION: "!", Alarm.HIGH_IMPACT: "!!"}
MEANINGS = {Alarm.HIGH_IMPACT: "high impact", Alarm.REGRESSION: "regression", Alarm.TRENDING_UP: "trending up"}
# Apple's names of units that are too long for a column.
_SHORT_UNITS = {"seconds/hour": "sec/h", "per day": "/day"}
_PERCENTILES = {TYPICAL: "typical (50th)", TOP: "top (90th)"}
_UNIT_WIDTH = 8
_NAME_WIDTH = 12
_MARK_WIDTH = 3
_LABEL_WIDTH = 50


def scorecard_lines(card: Scorecard, style: Style) -> Iterator[str]:
    """Yield the legend, then one row per metric, worst first; a line below a row says what is different about it."""
    if not card.scores:
        return
    figures = [
        _figures(_PERCENTILES[TYPICAL], [score.typical for score in card.scores], style),
        _figures(_PERCENTILES[TOP], [score.top for score in card.scores], style),
    ]
    groups = list(filter(None, figures))
    room = WIDTH_COLUMNS - sum(2 + max(map(width, group)) for group in groups)
    trend_length = min(TREND_LENGTH, max(len(score.trend) for score in card.scores))
    label_room = min(room - (2 + trend_length if _has_trend(card) else 0), _LABEL_WIDTH)
    title = f"Scorecard, {card.device}" + (f", {card.version}" if card.version else "")
    if width(title) > label_room:
        yield f"{style.strong}{shorten(title, WIDTH_COLUMNS, style)}{style.off}"
        title = ""
    labels = [f"{style.strong}{title}{style.off}", *_labels(card, label_room, style)]
    if _has_trend(card):
        trend_length = max(trend_length, room - max(map(width, labels)) - 2)
        groups.append(_trends(card, trend_length, style))
    yield from _legend(card, trend_length, style)
    lines = table(list(zip(labels, *groups)), "<" * (1 + len(groups)))
    yield next(lines)
    yield next(lines)
    for line, score in zip(lines, card.scores):
        yield line
        if notes := notes_text(score, card):
            yield f"{' ' * _MARK_WIDTH}{style.faint}{shorten(notes, WIDTH_COLUMNS - _MARK_WIDTH, style)}{style.off}"
    yield ""


def _trends(card: Scorecard, length: int, style: Style) -> list[str]:
    """Return the lines of the column with the trends over the last `length` versions."""
    trends = (sparkline(score.trend[-length:], style) if has_trend(score) else "-" for score in card.scores)
    return ["", "trend", *trends]


def _labels(card: Scorecard, room: int, style: Style) -> Iterator[str]:
    """Yield the headers, then mark, name and unit of each score, in `room` columns if possible."""
    units = [
        "unit",
        *(_SHORT_UNITS.get(score.unit) or shorten(score.unit, _UNIT_WIDTH, style) for score in card.scores),
    ]
    name_room = max(room - _MARK_WIDTH - 1 - max(map(width, units)), _NAME_WIDTH)
    names = [shorten(name, name_room, style) for name in ("metric", *score_names(card.scores))]
    marks = [" " * _MARK_WIDTH, *(_mark(score.alarm, style) for score in card.scores)]
    for mark, label in zip(marks, table(list(zip(names, units)), "<<", gap=" ")):
        yield mark + label


def _has_trend(card: Scorecard) -> bool:
    return any(map(has_trend, card.scores))


def has_trend(score: Score) -> bool:
    """Tell whether there is more than one value to draw."""
    return sum(value is not None for value in score.trend) > 1


def _legend(card: Scorecard, trend_length: int, style: Style) -> Iterator[str]:
    """Yield what explains the marks and columns that the scorecard has."""
    alarms = {score.alarm for score in card.scores}
    phrases = [f"{MARKS[alarm]} {meaning}" for alarm, meaning in MEANINGS.items() if alarm in alarms]
    phrases += legend_phrases(card, trend_length, shorten(card.previous, _NAME_WIDTH, style))
    yield from flow(phrases, "  ")


def legend_phrases(card: Scorecard, trend_length: int, previous: str) -> Iterator[str]:
    """Yield what explains the columns that there are; `previous` is the version that changes are from, or ""."""
    figures = [figure for score in card.scores for figure in score.figures]
    if any(figure.change.within_margin for figure in figures):
        yield "~ within the error margins"
    if any(figure.change.percent is not None for figure in figures):
        yield f"change in % from {previous or 'the previous version'}"
    if _has_trend(card):
        is_cut = any(len(score.trend) > trend_length for score in card.scores)
        scope = f", last {trend_length} versions" if is_cut else ""
        yield f"trend: {_PERCENTILES.get(card.trend_percentile) or percentile_label(card.trend_percentile)}{scope}"
    if any(figure.goal.missed_percent is not None for figure in figures):
        has_bands = any(figure.goal.band for figure in figures)
        yield f"goal: {'band, or ' if has_bands else ''}% over recommended"


def score_names(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the identifiers, each after its category if it is not the only metric of that name."""
    counts = Counter({(score.identifier, score.category) for score in scores})
    categories = Counter(identifier for identifier, _ in counts)
    for score in scores:
        if score.identifier and categories[score.identifier] == 1:
            yield score.identifier
        else:
            yield f"{score.category} {score.identifier}".strip()


def _figures(title: str, figures: Sequence[Figure], style: Style) -> list[str]:
    """Return a title, the headers and a line per score of a percentile's columns, without those that are empty."""
    columns = [
        ("value", ">", [shorten(figure.value, _NAME_WIDTH, style) for figure in figures]),
        ("change", ">", [change_text(figure.change, style) for figure in figures]),
        ("goal", "<", [goal_text(figure.goal, style) for figure in figures]),
    ]
    columns = [column for column in columns if any(column[2])]
    if not columns:
        return []
    headers, align, cells = zip(*columns)
    rows = [[cell or "-" for cell in row] for row in zip_longest(*cells)]
    lines = list(table([headers, *rows], "".join(align), gap=" "))
    return [title, *lines]


def goal_text(goal: Goal, style: Style) -> str:
    """Return Apple's band, or whether the recommended goal is met, or by how many percent it is missed."""
    if goal.band:
        return band_text(shorten(goal.band, _NAME_WIDTH, style), style)
    if goal.missed_percent is None:
        return ""
    if not goal.missed_percent:
        return f"{style.good}met{style.off}"
    missed = f"+{goal.missed_percent:.0f}%" if isfinite(goal.missed_percent) else "over"
    return f"{style.fair}{missed}{style.off}"


def _mark(alarm: Alarm, style: Style) -> str:
    colour = style.fair if alarm is Alarm.TRENDING_UP else style.bad
    mark = MARKS[alarm]
    return (f"{colour}{mark}{style.off}" if mark else "") + " " * (_MARK_WIDTH - len(mark))


def notes_text(score: Score, card: Scorecard, marks: Mapping[Alarm, str] = MARKS) -> str:
    """Return what the row does not share with the others: platform, device, version, origin of its mark."""
    places = [
        score.platform if score.platform != card.platform else "",
        f"on {score.device}" if score.device != card.device else "",
        f"version {score.version or 'unknown'}" if score.version != card.version else "",
    ]
    notes = [", ".join(filter(None, places))]
    if score.alarm_devices:
        named = ", ".join(score.alarm_devices[:MAX_DEVICES_NAMED])
        more = " and more" if len(score.alarm_devices) > MAX_DEVICES_NAMED else ""
        notes.append(f"{marks[score.alarm]} on {named}{more}")
    return "; ".join(filter(None, notes))
