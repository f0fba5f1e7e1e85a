"""Print a metrics report or a performance overview: one function each, called by the script and by ppparser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TextIO

from ppparser.errors import ExitStatus, GateError, GateFailedError
from ppparser.gate.outcome import Gate
from ppparser.program.terminal import Style, write
from ppparser.reports.formats import Format
from ppparser.reports.metrics import (
    MetricsLayout,
    MetricsOptions,
    MetricsReport,
    read_metrics_report,
    read_overview_report,
)


def print_metrics(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> Gate | None:
    """Write a metrics report to `stdout` and return the outcome of the gate, if there is one.

    Raises NoDataError if nothing matches the filters or a version is unknown.
    """
    return _print(read_metrics_report(document, options), options, stdout, style)


def print_overview(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> Gate | None:
    """Do the same with a performance overview, in the layout VERDICT, DETAILS or NOTHING."""
    return _print(read_overview_report(document, options), options, stdout, style)


def _print(report: MetricsReport, options: MetricsOptions, stdout: TextIO, style: Style) -> Gate | None:
    if report.layout is not MetricsLayout.NOTHING:
        write(_lines(report, options.format, style), stdout)
    return report.gate


def _lines(report: MetricsReport, output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines of a report. Only what the format needs is imported."""
    if output_format is Format.CSV:
        from ppparser.output.data.metrics_csv import csv_lines

        return csv_lines(report)
    if output_format is Format.JSON:
        from ppparser.output.data.metrics_json import report_json_lines

        return report_json_lines(report)
    if output_format is Format.HTML:
        from ppparser.output.html.metrics import report_html_lines

        return report_html_lines(report)
    if output_format is Format.MARKDOWN:
        from ppparser.output.markdown.metrics import report_markdown_lines

        return report_markdown_lines(report)
    from ppparser.output.text.metrics import report_lines

    return report_lines(report, style)


def check_gate(gate: Gate | None, warn: Callable[[str], None]) -> None:
    """Warn of accepted entries that are of no use. Raises GateFailedError or GateError unless the gate passed."""
    if gate is None:
        return
    from ppparser.output.text.gate import message, warning

    if text := warning(gate):
        warn(text)
    if gate.exit_status:
        raise (GateFailedError if gate.exit_status is ExitStatus.REGRESSION else GateError)(message(gate))
