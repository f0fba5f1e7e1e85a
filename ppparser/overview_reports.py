"""Print a performance overview: one function, called by the script and by ppparser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from ppparser.metrics_text import metric_lines
from ppparser.metrics_verdict import UNKNOWN_APP, blamed_subsystems, detailed_metrics, findings
from ppparser.metrics_verdict_text import (
    headline_lines,
    insight_lines,
    next_step_lines,
    regression_lines,
    title_lines,
    trend_lines,
)
from ppparser.overview import Overview, read_overview
from ppparser.overview_text import code_lines
from ppparser.reports import MetricsLayout, MetricsOptions, check_regressions
from ppparser.scorecard import scorecard
from ppparser.scorecard_text import scorecard_lines
from ppparser.terminal import Style, write


def print_overview(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a performance overview to `stdout`, in the layout VERDICT, DETAILS or NOTHING.

    Raises NoDataError if nothing matches the filters, and NoInsightsError or RegressionError for `fail_on_regression`.
    """
    overview = read_overview(document, options.filters)
    if options.layout is not MetricsLayout.NOTHING:
        write(_overview_lines(overview, options, style), stdout)
    if options.fail_on_regression:
        check_regressions(overview.selection)


def _overview_lines(overview: Overview, options: MetricsOptions, style: Style) -> Iterator[str]:
    selection, details = overview.selection, options.layout is MetricsLayout.DETAILS
    found = list(findings(selection))
    yield from title_lines(options.app or overview.app, overview.versions, style)
    yield from headline_lines(selection, found, style)
    yield from scorecard_lines(scorecard(selection), style)
    if details:
        yield from regression_lines(found, style, details)
        yield from trend_lines(selection, found, style, details)
    else:
        yield from insight_lines(selection, found, style)
    yield from code_lines(overview, style, details)
    if details:
        yield from metric_lines(detailed_metrics(selection), style, blamed_subsystems(selection))
    logs_command = options.logs_command
    if logs_command.endswith(f"={UNKNOWN_APP}"):
        logs_command = logs_command[: -len(UNKNOWN_APP)] + overview.app_argument
    details_command = "" if details else options.details_command
    yield from next_step_lines(found, logs_command, details_command, style, next(iter(overview.points), ""))
