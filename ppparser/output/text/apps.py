"""Render a report about several apps as lines of text: a table, then the report of each app."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ppparser.metrics.measurements import percentile_label
from ppparser.metrics.scorecard import Alarm
from ppparser.output.text.measurements import change_text
from ppparser.output.text.metrics import report_lines
from ppparser.output.text.scorecard import MARKS, MEANINGS
from ppparser.output.text.tables import shorten, table, wrap
from ppparser.program.terminal import Style
from ppparser.reports.apps import AppResult, AppsReport, AppStatus, Summary

LARGEST_RISE = "largest rise: of the scorecard, from the previous version"
_APP_WIDTH = 15
_VERSION_WIDTH = 8
_METRIC_WIDTH = 12
_INDENT = "    "


def apps_lines(report: AppsReport, style: Style) -> Iterator[str]:
    """Yield a row per app, with a line below one that has no report, then the reports."""
    results = report.results
    yield f"{style.strong}{count_text(report)}{style.off}"
    used = {result.summary.alarm for result in results}
    if marks := [f"{MARKS[alarm]} {meaning}" for alarm, meaning in MEANINGS.items() if alarm in used]:
        yield "  ".join(marks)
    yield f"{LARGEST_RISE}; missed: goals"
    cells = [["", "app", "version", "regressions", "largest rise, %", "missed"]]
    cells += [_row(result, style) for result in results]
    titles, *lines = table(cells, "<<<><<", gap="  ")
    yield titles
    for line, result in zip(lines, results):
        yield line
        if result.problem:
            yield from wrap(problem_text(result), _INDENT, "  ")
    for result in results:
        if result.report:
            lines = list(report_lines(result.report, style))
            yield from ["", *(lines if lines[-1] else lines[:-1])]


def count_text(report: AppsReport) -> str:
    """Return the title of the report."""
    count = len(report.results)
    return f"{count} app{'' if count == 1 else 's'}, worst first"


def problem_text(result: AppResult) -> str:
    """Return why there is no report, in a few words."""
    if result.status is AppStatus.FAILED:
        return f"cannot be read: {result.problem.splitlines()[0]}"
    return re.split(r"[:.]\s", result.problem)[0]


def app_name(result: AppResult) -> str:
    """Return the name of an app for a row of a table."""
    app = result.app
    return app.name or app.bundle_id or app.label or "unknown"


def goals_text(summary: Summary) -> str:
    """Return how many goals are missed, of how many; an empty text if there are none."""
    return f"{summary.missed_goals}/{summary.goals}" if summary.goals else ""


def _row(result: AppResult, style: Style) -> list[str]:
    summary = result.summary
    colour = style.fair if summary.alarm is Alarm.TRENDING_UP else style.bad
    mark = MARKS[summary.alarm]
    cells = [
        shorten(app_name(result), _APP_WIDTH, style),
        shorten(summary.version, _VERSION_WIDTH, style),
        "" if summary.regressions is None else str(summary.regressions),
        _worst_change(summary, style),
        goals_text(summary),
    ]
    return [f"{colour}{mark}{style.off}" if mark else "", *(cell or "-" for cell in cells)]


def _worst_change(summary: Summary, style: Style) -> str:
    worst = summary.worst_change
    if worst is None:
        return ""
    metric = shorten(worst.score.identifier or worst.score.category, _METRIC_WIDTH, style)
    return f"{change_text(worst.change, style)} {metric}, {percentile_label(worst.percentile)}"
