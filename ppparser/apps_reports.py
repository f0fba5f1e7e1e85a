"""Print a report about several apps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from ppparser.apps_report import AppResult
from ppparser.formats import Format
from ppparser.terminal import Style, write


def print_apps(results: Sequence[AppResult], output_format: Format, stdout: TextIO, style: Style) -> None:
    """Write a row per app, and the report of each that has one, to `stdout`."""
    write(_lines(results, output_format, style), stdout)


def _lines(results: Sequence[AppResult], output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines in that format. Only what it needs is imported."""
    if output_format is Format.CSV:
        from ppparser.metrics_csv import csv_lines

        return csv_lines(*(result.report for result in results if result.report))
    if output_format is Format.JSON:
        from ppparser.apps_json import apps_json_lines

        return apps_json_lines(results)
    if output_format is Format.HTML:
        from ppparser.apps_html import apps_html_lines

        return apps_html_lines(results)
    if output_format is Format.MARKDOWN:
        from ppparser.apps_markdown import apps_markdown_lines

        return apps_markdown_lines(results)
    from ppparser.apps_text import apps_lines

    return apps_lines(results, style)
