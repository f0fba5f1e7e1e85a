"""The formats of output: the table of renderers, and which formats suit a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from typing import TextIO, Union

from ppparser.diagnostics.function_changes import FunctionComparison
from ppparser.errors import UsageError
from ppparser.program.terminal import Style, write
from ppparser.reports.apps import AppsReport
from ppparser.reports.diagnostics import DiagnosticsReport
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.metrics import MetricsReport


class Format(Enum):
    """A value of `--format`."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
    FOLDED = "folded"


Report = Union[MetricsReport, AppsReport, DiagnosticsReport, FunctionComparison, FoldedStacks]

# Report -> format -> the module in ppparser/output/, and the function that yields the lines. A renderer is imported
# when it is needed, as a run needs only one.
_RENDERERS: Mapping[type, Mapping[Format, str]] = {
    MetricsReport: {
        Format.TEXT: "text.metrics:report_lines",
        Format.MARKDOWN: "markdown.metrics:report_markdown_lines",
        Format.HTML: "html.metrics:report_html_lines",
        Format.JSON: "data.metrics_json:report_json_lines",
        Format.CSV: "data.metrics_csv:report_csv_lines",
    },
    AppsReport: {
        Format.TEXT: "text.apps:apps_lines",
        Format.MARKDOWN: "markdown.apps:apps_markdown_lines",
        Format.HTML: "html.apps:apps_html_lines",
        Format.JSON: "data.apps_json:apps_json_lines",
        Format.CSV: "data.metrics_csv:apps_csv_lines",
    },
    DiagnosticsReport: {  # diagnostics.py writes the text while logs arrive.
        Format.MARKDOWN: "markdown.diagnostics:report_markdown_lines",
        Format.HTML: "html.diagnostics:report_html_lines",
        Format.JSON: "data.diagnostics_json:report_json_lines",
        Format.CSV: "data.diagnostics_csv:report_csv_lines",
    },
    FunctionComparison: {
        Format.TEXT: "text.function_changes:comparison_lines",
        Format.MARKDOWN: "markdown.function_changes:comparison_markdown_lines",
        Format.HTML: "html.function_changes:comparison_html_lines",
        Format.JSON: "data.function_changes_json:comparison_json_lines",
        Format.CSV: "data.function_changes_csv:comparison_csv_lines",
    },
    FoldedStacks: {Format.FOLDED: "data.folded:folded_lines"},
}


def format_from(name: str | None, *reports: type) -> Format:
    """Return the format with that name, TEXT for None. Raises UsageError unless it suits one of the types of report."""
    suitable = [each for each in Format if each is Format.TEXT or any(each in _RENDERERS[report] for report in reports)]
    wanted = (name or Format.TEXT.value).lower()
    for output_format in suitable:
        if wanted == output_format.value:
            return output_format
    *others, last = (output_format.value for output_format in suitable)
    problem = f"--format={name} cannot be used here" if name in [each.value for each in Format] else "unknown format"
    raise UsageError(f"{problem}: --format takes {', '.join(others)} or {last}")


def report_lines(report: Report, output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines of a report in a format that suits it; only text has a style."""
    module, function = _RENDERERS[type(report)][output_format].split(":")
    render = getattr(import_module(f"ppparser.output.{module}"), function)
    lines: Iterator[str] = render(report, style) if output_format is Format.TEXT else render(report)
    return lines


def print_report(report: Report, output_format: Format, stdout: TextIO, style: Style) -> None:
    """Write a report to `stdout` in a format that suits it."""
    write(report_lines(report, output_format, style), stdout)
