"""Print a report: one function per kind, called by the scripts and by ppparser."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple, TextIO

from ppparser import diagnostics
from ppparser.diagnostics_folded import folded_lines
from ppparser.diagnostics_text import signature_lines
from ppparser.errors import NoInsightsError, RegressionError
from ppparser.metrics_csv import csv_lines
from ppparser.metrics_text import hotspot_lines, insight_lines, metric_lines
from ppparser.scorecard_text import scorecard_lines
from ppparser.selection import NO_FILTERS, Filters, Selection, select
from ppparser.terminal import Style, write

NO_LOGS = (
    "the report contains no diagnostic logs: Apple keeps them for a limited time, and only for signatures seen on\n"
    "  enough devices"
)


class MetricsLayout(Enum):
    """What to print of a metrics report."""

    NOTHING = "nothing, only judge it"
    HOTSPOTS = "the scorecard and the regressions with their measurements"
    INSIGHTS = "the insights; with filters, the scorecard and the measurements too"
    TABLES = "the scorecard and all measurements"
    CSV = "a line of CSV per point"


class DiagnosticsLayout(Enum):
    """What to print of a diagnostics report."""

    LOGS = "a summary and the details of each log"
    CALL_STACKS = "the same with call stacks"
    FOLDED = "a line per distinct stack"


class MetricsOptions(NamedTuple):
    """What to select from a metrics report, what to print of it, and whether a regression is an error."""

    filters: Filters = NO_FILTERS
    layout: MetricsLayout = MetricsLayout.TABLES
    fail_on_regression: bool = False


class DiagnosticsOptions(NamedTuple):
    """How many logs to select from a diagnostics report, what to print of them, and a title for the signature."""

    limit: int | None = None
    layout: DiagnosticsLayout = DiagnosticsLayout.LOGS
    title: str = ""


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


def print_diagnostics(document: dict[str, Any], options: DiagnosticsOptions, stdout: TextIO, style: Style) -> int:
    """Write a diagnostics report to `stdout` and return the number of signatures with logs or insights."""
    signatures = diagnostics.select(document, options.limit)
    if options.layout is DiagnosticsLayout.FOLDED:
        write(folded_lines(signatures), stdout)
    else:
        write(_diagnostics_lines(signatures, options, style), stdout)
    return len(signatures)


def _diagnostics_lines(
    signatures: list[diagnostics.SignatureLogs], options: DiagnosticsOptions, style: Style
) -> Iterator[str]:
    if options.title:
        yield f"{style.strong}{options.title}{style.off}"
    for position, signature in enumerate(signatures, 1):
        if not options.title:
            yield f"{style.strong}Signature {position} of {len(signatures)}{style.off}"
        callstack = options.layout is DiagnosticsLayout.CALL_STACKS
        yield from signature_lines(signature, style, callstack=callstack)
