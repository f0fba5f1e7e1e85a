"""Print a metrics report: one function, called by the script and by ppparser."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple, TextIO

from ppparser.errors import NoInsightsError, RegressionError
from ppparser.metrics_csv import csv_lines
from ppparser.metrics_text import hotspot_lines, insight_lines, metric_lines
from ppparser.scorecard_text import scorecard_lines
from ppparser.selection import NO_FILTERS, Filters, Selection, select
from ppparser.terminal import Style, write


class MetricsLayout(Enum):
    """What to print of a metrics report."""

    NOTHING = "nothing, only judge it"
    HOTSPOTS = "the scorecard and the regressions with their measurements"
    INSIGHTS = "the insights; with filters, the scorecard and the measurements too"
    TABLES = "the scorecard and all measurements"
    CSV = "a line of CSV per point"


class MetricsOptions(NamedTuple):
    """What to select from a metrics report, what to print of it, and whether a regression is an error."""

    filters: Filters = NO_FILTERS
    layout: MetricsLayout = MetricsLayout.TABLES
    fail_on_regression: bool = False


def print_metrics(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a metrics report to `stdout`.

    Raises NoDataError if nothing matches the filters, and NoInsightsError or RegressionError for `fail_on_regression`.
    """
    selection = select(document, options.filters)
    write(_metrics_lines(selection, options, style), stdout)
    if options.fail_on_regression:
        _check_regressions(selection)


def _metrics_lines(selection: Selection, options: MetricsOptions, style: Style) -> Iterator[str]:
    layout = options.layout
    if layout is MetricsLayout.CSV:
        yield from csv_lines(selection)
        return
    insights_only = layout is MetricsLayout.INSIGHTS and not selection.is_filtered
    if layout is not MetricsLayout.NOTHING and not insights_only and not options.filters.metric:
        yield from scorecard_lines(selection, style)
    if layout is MetricsLayout.INSIGHTS:
        yield from insight_lines(selection, style)
    if layout is MetricsLayout.HOTSPOTS and selection.has_insights:
        yield from hotspot_lines(selection, style)
    elif layout is not MetricsLayout.NOTHING and not insights_only:
        yield from metric_lines(selection, style)


def _check_regressions(selection: Selection) -> None:
    if not selection.has_insights:
        raise NoInsightsError(
            "--fail-on-regression cannot judge this report: it has no insights. Only the report of an app has them,\n"
            "  not that of a build"
        )
    if regressions := selection.regressions:
        names = ", ".join(" ".join(filter(None, insight.key)) for insight in regressions)
        raise RegressionError(f"{len(regressions)} regression{'s' if len(regressions) > 1 else ''}: {names}")
