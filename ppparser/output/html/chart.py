"""Draw a chart of a metric by version as SVG.

Horizontal positions are percentages and vertical ones are pixels, so that a chart fills any width while its text keeps
its size. What a point consists of is in an `svg` of its own, whose origin is the point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ppparser.metrics.changes import BANDS
from ppparser.metrics.charts import Chart, Mark, Series
from ppparser.metrics.measurements import TOP, percentile_label
from ppparser.metrics.scorecard import Alarm
from ppparser.output.html.page import element
from ppparser.output.text.measurements import change_text
from ppparser.output.text.scorecard import goal_text
from ppparser.output.text.tables import shorten, spark_scale, width
from ppparser.program.terminal import PLAIN

ALARM_WORDS = {
    Alarm.HIGH_IMPACT: "high impact regression",
    Alarm.REGRESSION: "regression",
    Alarm.TRENDING_UP: "trending up",
}
# Pixels: height of the picture; top of the plot without and with an alarm above it; height of the plot.
_HEIGHT, _TOP, _TOP_BELOW_ALARM, _PLOT_HEIGHT = 206, 24, 48, 146
# In percent: where the plot begins and ends, and between them the first and the last point.
_LEFT, _RIGHT, _FIRST, _LAST = 12.5, 89.5, 15.0, 87.0
_NARROWEST_PIXELS = 355
# What a column of a label needs in a version such as 8.1.0, and what is between two labels.
_COLUMN_PIXELS, _GAP_PIXELS = 6, 6
_VERSION_COLUMNS = 12
_BAND_COLUMNS = 11
_MAX_LARGE_MARKS = 24
# A goal that is further above the values than this does not belong to the plot.
_MAX_GOAL_RATIO = 1.3
_TICKS = 4
_SMALLEST_SPAN = 1e-290
_LABEL_PIXELS = 13
_MIN_LABEL_GAP_PIXELS, _FALLING_PIXELS = 36, 4
_SPARK_HEIGHT = 18


class _Scale(NamedTuple):
    """The values at the ends of the plot, those to name, and where the plot begins, in pixels."""

    lowest: float
    highest: float
    ticks: Sequence[float]
    top: int

    @property
    def bottom(self) -> int:
        """Return where the plot ends, in pixels."""
        return self.top + _PLOT_HEIGHT

    def y(self, value: float) -> float:
        """Return the vertical position of a value in pixels."""
        share = (value - self.lowest) / (self.highest - self.lowest)
        return round(self.bottom - share * _PLOT_HEIGHT, 1)


def chart_svg(chart: Chart) -> Element:
    """Return the picture of a chart, with its values as its description."""
    scale = _scale(chart)
    return element(
        "svg",
        element("title", _title(chart)),
        element("desc", _description(chart)),
        *_bands(chart, scale),
        *_grid(chart, scale),
        *_alarm(chart, scale),
        *_goal_lines(chart, scale),
        *(line for series in chart.series for line in _lines(series, chart, scale)),
        *(_point(mark, series, chart, scale) for series in chart.series for mark in series.marks),
        *_value_labels(chart, scale),
        *_version_labels(chart, scale),
        class_="plot",
        role="img",
        width="100%",
        height=_HEIGHT - _TOP + scale.top,
    )


def _title(chart: Chart) -> str:
    unit = f" in {chart.unit}" if chart.unit else ""
    percentiles = " and ".join(percentile_label(series.percentile) for series in chart.series)
    return f"{chart.identifier or chart.category}{unit} by version on {chart.device}: {percentiles or 'no values'}"


def _description(chart: Chart) -> str:
    parts = [
        f"{percentile_label(series.percentile)}: {', '.join(map(_mark_text, series.marks))}" for series in chart.series
    ]
    if chart.alarm:
        parts.append(f"{ALARM_WORDS[chart.alarm]} in {chart.alarm_version or 'the latest version'}")
    return "; ".join(parts)


def spark_svg(values: Sequence[float | None]) -> Element:
    """Return a small line through the values, from the lowest to the highest; a missing one is skipped.

    As in a sparkline, a range below a tenth of the highest value is drawn to the scale of that tenth.
    """
    lowest, span = spark_scale(values)
    step = 100 / max(1, len(values) - 1)
    places = [
        (f"{number * step:.1f}%", round(_SPARK_HEIGHT - 2 - (value - lowest) / span * (_SPARK_HEIGHT - 4), 1))
        for number, value in enumerate(values)
        if value is not None
    ]
    return element(
        "svg",
        element("title", f"trend of {len(values)} versions"),
        *(element("line", x1=x1, y1=y1, x2=x2, y2=y2) for (x1, y1), (x2, y2) in zip(places, places[1:])),
        class_="spark",
        role="img",
        width="100%",
        height=_SPARK_HEIGHT,
    )


def _mark_text(mark: Mark) -> str:
    margin = f" \u00b1 {mark.margin_text}" if mark.margin_text else ""
    return f"{mark.version or 'unknown version'} {mark.text}{margin}"


# --- Scales


def _scale(chart: Chart) -> _Scale:
    """Return a scale that begins at 0, so that a change looks as large as it is, and ends at a round number."""
    marks = [mark for series in chart.series for mark in series.marks]
    lowest = min((mark.value - (mark.margin or 0) for mark in marks), default=0)
    highest = max((mark.value + (mark.margin or 0) for mark in marks), default=0)
    limits = [limit for limit in _limits(chart) if highest < limit <= _MAX_GOAL_RATIO * highest]
    lowest, highest = min(0.0, lowest), max([0.0, highest, *limits])
    span = highest - lowest
    step = _round_step(span / _TICKS) if span > _SMALLEST_SPAN else 1.0
    first, last = floor(lowest / step), max(ceil(highest / step), floor(lowest / step) + 1)
    ticks = [number * step for number in range(first, last + 1)]
    return _Scale(first * step, last * step, ticks, _TOP_BELOW_ALARM if chart.alarm else _TOP)


def _limits(chart: Chart) -> Iterator[float]:
    """Yield the values that separate the goals."""
    for band in chart.goal_bands:
        yield from (bound for bound in (band.lower, band.upper) if bound is not None)
    if not chart.goal_bands:
        yield from (goal.limit for goal in (series.recommended_goal for series in chart.series) if goal and goal.limit)


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 50 and so on that is not below `least`."""
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= least)


def _x(place: int, chart: Chart) -> float:
    """Return the horizontal position of a version in percent."""
    count = len(chart.versions)
    return _FIRST + (_LAST - _FIRST) * place / (count - 1) if count > 1 else (_FIRST + _LAST) / 2


def _percent(x: float) -> str:
    return f"{x:.2f}%"


def _text(content: str, x: float, y: float, class_: str, anchor: str = "start") -> Element:
    return element("text", content, x=_percent(x), y=y, class_=class_, text_anchor=anchor)


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Element:
    return element("line", x1=_percent(x1), y1=y1, x2=_percent(x2), y2=y2, class_=class_)


# --- The background


def _bands(chart: Chart, scale: _Scale) -> Iterator[Element]:
    for band in chart.goal_bands:
        lower = max(scale.lowest, scale.lowest if band.lower is None else band.lower)
        upper = min(scale.highest, scale.highest if band.upper is None else band.upper)
        if lower >= upper:
            continue
        y, bottom = scale.y(upper), scale.y(lower)
        rank = band.goal.lower()
        yield element(
            "rect",
            x=_percent(_LEFT),
            y=y,
            width=_percent(_RIGHT - _LEFT),
            height=round(bottom - y, 1),
            class_=f"band {rank}" if rank in BANDS else "band",
        )
        if lower > scale.lowest:
            yield _line(_LEFT, bottom, _RIGHT, bottom, "edge")
        if bottom - y >= _LABEL_PIXELS:
            label = shorten(band.goal, _BAND_COLUMNS, PLAIN)
            yield _text(label, _RIGHT + 1, round((y + bottom) / 2 + 4, 1), "quiet")


def _grid(chart: Chart, scale: _Scale) -> Iterator[Element]:
    if chart.unit:
        yield _text(shorten(chart.unit, 24, PLAIN), 0, scale.top - 12, "quiet")
    for tick in scale.ticks:
        y = scale.y(tick)
        yield _line(_LEFT, y, _RIGHT, y, "grid")
        yield _text(f"{tick:.7g}", _LEFT - 1.5, y + 4, "quiet", "end")


def _alarm(chart: Chart, scale: _Scale) -> Iterator[Element]:
    """Yield the line at the version that an insight is about, and what it found."""
    if not chart.alarm or chart.alarm_version not in chart.versions:
        return
    x = _x(len(chart.versions) - 1 - list(reversed(chart.versions)).index(chart.alarm_version), chart)
    is_right = x > (_FIRST + _LAST) / 2
    class_ = _alarm_class(chart)
    yield _line(x, 18, x, scale.bottom, class_)
    label = f"{ALARM_WORDS[chart.alarm]} \u25bc" if is_right else f"\u25bc {ALARM_WORDS[chart.alarm]}"
    yield _text(label, x + 1 if is_right else x - 1, 12, class_, "end" if is_right else "start")


def _alarm_class(chart: Chart) -> str:
    return "alarm trend" if chart.alarm is Alarm.TRENDING_UP else "alarm"


def _goal_lines(chart: Chart, scale: _Scale) -> Iterator[Element]:
    """Yield a line for each recommended goal, unless there are bands."""
    for series in chart.series if not chart.goal_bands else ():
        goal = series.recommended_goal
        if goal and goal.limit is not None and scale.lowest <= goal.limit <= scale.highest:
            y = scale.y(goal.limit)
            yield _line(_LEFT, y, _RIGHT, y, "goal")
            yield _text("goal", _RIGHT + 1, y + 4, "quiet")


# --- The values


def _class(series: Series) -> str:
    return "top" if series.percentile == TOP else "typical"


def _lines(series: Series, chart: Chart, scale: _Scale) -> Iterator[Element]:
    """Yield the lines between neighbours: where a version has no value, there is a gap."""
    for mark, following in zip(series.marks, series.marks[1:]):
        if following.place == mark.place + 1:
            ends = _x(mark.place, chart), scale.y(mark.value), _x(following.place, chart), scale.y(following.value)
            yield _line(*ends, f"series {_class(series)}")


def _point(mark: Mark, series: Series, chart: Chart, scale: _Scale) -> Element:
    """Return a point: a circle for typical, a diamond for top, with its error margin, and all about it as a tooltip."""
    y = scale.y(mark.value)
    radius = 4 if len(chart.versions) <= _MAX_LARGE_MARKS else 2
    is_marked = mark.version == chart.alarm_version and series.percentile in chart.alarm_percentiles
    shape = f"M0 {-radius - 1}L{radius + 1} 0L0 {radius + 1}L{-radius - 1} 0Z"
    if series.percentile != TOP:
        shape = f"M{-radius} 0A{radius} {radius} 0 1 1 {radius} 0A{radius} {radius} 0 1 1 {-radius} 0Z"
    return element(
        "svg",
        element("title", point_text(mark, series, chart)),
        _error_bar(mark, y, radius, scale),
        element("path", d=shape, class_=f"mark {_class(series)}"),
        element("circle", r=radius + 5, class_=f"ring {_alarm_class(chart)}") if is_marked else None,
        x=_percent(_x(mark.place, chart)),
        y=y,
        class_="point",
    )


def _error_bar(mark: Mark, y: float, radius: int, scale: _Scale) -> Element | None:
    if not mark.margin:
        return None
    above, below = (round(scale.y(mark.value + sign * mark.margin) - y, 1) for sign in (1, -1))
    return element(
        "path", d=f"M{-radius} {above}H{radius}M0 {above}V{below}M{-radius} {below}H{radius}", class_="error"
    )


def point_text(mark: Mark, series: Series, chart: Chart) -> str:
    """Return all that is numbers about a point, such as `8.1.0, top: 2212.4 ms ± 44.25, +85.4 %, poor`."""
    value = f"{mark.text} {chart.unit}".rstrip() + (f" \u00b1 {mark.margin_text}" if mark.margin_text else "")
    change = change_text(mark.change, PLAIN)
    baseline = f" from {chart.baseline}" if chart.baseline else " from the version before"
    facts = [value, f"{change} %{baseline}" if change else "", goal_text(mark.goal, PLAIN)]
    return (
        f"{mark.version or 'unknown version'}, {percentile_label(series.percentile)}: {', '.join(filter(None, facts))}"
    )


def _value_labels(chart: Chart, scale: _Scale) -> Iterator[Element]:
    """Yield the name and the last value of each series next to its end, where its line does not cross them."""
    ends = sorted(((scale.y(series.marks[-1].value), series) for series in chart.series), key=lambda end: end[0])
    is_apart = abs(ends[0][0] - ends[-1][0]) >= _MIN_LABEL_GAP_PIXELS
    for position, (y, series) in enumerate(ends):
        mark = series.marks[-1]
        is_falling = len(series.marks) > 1 and scale.y(series.marks[-2].value) < y - _FALLING_PIXELS
        is_highest = position == 0
        if is_highest:
            is_above = len(ends) == 1 or not (is_falling and is_apart)
        else:
            is_above = is_apart and not (is_falling and y < scale.bottom - _MIN_LABEL_GAP_PIXELS)
        label = f"{percentile_label(series.percentile)} {shorten(mark.text, 16, PLAIN)}"
        x = min(_x(mark.place, chart) + 2, _RIGHT)
        yield _text(label, x, round(y - 11 if is_above else y + 20, 1), f"halo {_class(series)}", "end")


def _version_labels(chart: Chart, scale: _Scale) -> Iterator[Element]:
    """Yield as many versions as have room in the narrowest chart, the newest one among them."""
    labels = [shorten(version or "unknown", _VERSION_COLUMNS, PLAIN) for version in chart.versions]
    room = _NARROWEST_PIXELS * (_LAST - _FIRST) / 100 / max(1, len(labels) - 1)
    stride = ceil((max(map(width, labels), default=0) * _COLUMN_PIXELS + _GAP_PIXELS) / room)
    for place in range((len(labels) - 1) % stride, len(labels), stride):
        yield _text(labels[place], _x(place, chart), scale.bottom + 18, "version", "middle")
    yield _text("version", _RIGHT, scale.bottom + 34, "quiet", "end")
