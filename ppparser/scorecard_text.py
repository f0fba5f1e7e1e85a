"""Render the worst regression and the scorecard as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.metrics_text import change_texts, goal_text, reported_change_text
from ppparser.scorecard import Alarm, Score, scores
from ppparser.selection import Selection
from ppparser.tables import sparkline, table
from ppparser.terminal import Style

_LEGEND = (
    "!! high impact  ! regression  ^ trending up",
    "change in % from the previous version  ~ within the error margins",
)


def scorecard_lines(selection: Selection, style: Style) -> Iterator[str]:
    """Yield the worst regression in one line, then a row per metric, worst first."""
    yield from _headline(selection, style)
    found = scores(selection)
    if not found:
        return
    yield f"{style.strong}Scorecard, {found[0].device}{style.off}"
    yield from _LEGEND
    rows = [["   metric", "version", "typical", "top", "change", "goal", "trend"]]
    rows += (_row(score, style) for score in found)
    lines = table(rows, "<<>>><<")
    yield next(lines)
    for line, score in zip(lines, found):
        yield line
        if score.device != found[0].device:
            yield f"    {style.faint}on {score.device}{style.off}"
    yield ""


def _headline(selection: Selection, style: Style) -> Iterator[str]:
    if not selection.regressions:
        return
    worst, *others = selection.regressions
    parts = [f"{worst.category} {worst.identifier}".strip() or "a metric"]
    if population := worst.worst_population:
        parts.append(reported_change_text(population.change_text, style))
        parts.append(f"on {selection.device_label(population.device)}" if population.device else "")
    more = f"; {len(others)} more" if others else ""
    version = worst.latest_version or "the latest version"
    yield f"{style.strong}Worst{style.off} in {version}: {' '.join(filter(None, parts))}{more}"
    yield ""


def _row(score: Score, style: Style) -> list[str]:
    mark = {
        Alarm.NONE: "  ",
        Alarm.TRENDING_UP: f"{style.fair}^{style.off} ",
        Alarm.REGRESSION: f"{style.bad}!{style.off} ",
        Alarm.HIGH_IMPACT: f"{style.bad}!!{style.off}",
    }[score.alarm]
    return [
        f"{mark} {score.category} {score.identifier}".rstrip(),
        score.version or "-",
        score.typical or "-",
        score.top or "-",
        next(change_texts([score.change], style)) or "-",
        goal_text(score.goal, style) if score.goal else "-",
        sparkline(score.trend, style),
    ]
