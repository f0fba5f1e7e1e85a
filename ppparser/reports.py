"""Print a metrics report or a performance overview: one function each, called by the script and by ppparser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from ppparser.errors import NoInsightsError, RegressionError
from ppparser.formats import Format
from ppparser.metrics_report import (
    MetricsLayout,
    MetricsOptions,
    MetricsReport,
    read_metrics_report,
    read_overview_report,
)
from ppparser.metrics_verdict_text import reason_for_none
from ppparser.selection import Selection
from ppparser.terminal import Style, write


def print_metrics(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a metrics report to `stdout`.

    Raises NoDataError if nothing matches the filters or a version is unknown, and NoInsightsError or RegressionError
    for `fail_on_regression`.
    """
    _print(read_metrics_report(document, options), options, stdout, style)


def print_overview(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a performance overview to `stdout`, in the layout VERDICT, DETAILS or NOTHING. Raises as print_metrics."""
    _print(read_overview_report(document, options), options, stdout, style)


def _print(report: MetricsReport, options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    if report.layout is not MetricsLayout.NOTHING:
        write(_lines(report, options.format, style), stdout)
    if options.fail_on_regression:
        check_regressions(report.selection)


def _lines(report: MetricsReport, output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines of a report. Only what the format needs is imported."""
    if output_format is Format.CSV:
        from ppparser.metrics_csv import csv_lines

        return csv_lines(report)
    if output_format is Format.JSON:
        from ppparser.metrics_json import report_json_lines

        return report_json_lines(report)
    if output_format is Format.HTML:
        from ppparser.metrics_html import report_html_lines

        return report_html_lines(report)
    if output_format is Format.MARKDOWN:
        from ppparser.metrics_markdown import report_markdown_lines

        return report_markdown_lines(report)
    from ppparser.metrics_report_text import report_lines

    return report_lines(report, style)


def check_regressions(selection: Selection) -> None:
    """Raise RegressionError if there are regressions, and NoInsightsError without insights to judge by."""
    if not selection.has_insights:
        source = "" if selection.ranks is not None else ". Only the report of an app has them,\n  not that of a build"
        reason = f"\n  {omitted}" if (omitted := reason_for_none(selection)) else source
        raise NoInsightsError(f"--fail-on-regression cannot judge this report: it has no insights{reason}")
    if regressions := selection.regressions:
        names = ", ".join(" ".join(filter(None, insight.key)) for insight in regressions)
        raise RegressionError(f"{len(regressions)} regression{'s' if len(regressions) > 1 else ''}: {names}")
