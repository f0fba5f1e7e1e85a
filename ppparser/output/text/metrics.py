"""Render a metrics report or a performance overview as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.output.text.findings import (
    headline_lines,
    insight_lines,
    merged_lines,
    next_step,
    regression_lines,
    title_lines,
    trend_lines,
)
from ppparser.output.text.gate import gate_lines
from ppparser.output.text.measurements import metric_lines
from ppparser.output.text.overview import code_lines
from ppparser.output.text.scorecard import scorecard_lines
from ppparser.output.text.tables import wrap
from ppparser.program.terminal import Style
from ppparser.reports.metrics import MetricsReport


def report_lines(report: MetricsReport, style: Style) -> Iterator[str]:
    """Yield the worst regression, the scorecard, and what else belongs to the layout."""
    selection, findings, details = report.selection, report.findings, report.shows_details
    yield from title_lines(report.subject.label, report.versions, style, selection.against)
    yield from merged_lines(selection.files, style)
    yield from headline_lines(selection, findings, style)
    yield from scorecard_lines(report.scorecard, style)
    if report.shows_insights:
        if report.overview and not details:
            yield from insight_lines(selection, findings, style)
        else:
            yield from regression_lines(findings, style, details)
            yield from trend_lines(selection, findings, style, details)
        if report.overview:
            yield from code_lines(report.overview, style, details)
    yield from metric_lines(report.tables, style)
    if report.shows_insights:
        about, command = next_step(report, style)
        if command:
            yield from wrap(about, "", "  ")
            yield command
    elif not selection.metrics:
        yield "no metrics, only insights (--auto_insights)"
    if report.gate:
        if report.shows_insights or not selection.metrics:  # Tables end with an empty line.
            yield ""
        yield from gate_lines(report.gate, style)
