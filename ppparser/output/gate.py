"""Print a report about several apps, and check it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from ppparser.errors import APIError, GateError, NoDataError, UserError
from ppparser.gate.outcome import GateOptions, merge_gates
from ppparser.output.metrics import check_gate
from ppparser.output.text.apps import problem_text
from ppparser.program.terminal import Style, write
from ppparser.reports.apps import AppResult, AppStatus, failures, worst_first
from ppparser.reports.formats import Format


def print_apps(results: Sequence[AppResult], output_format: Format, stdout: TextIO, style: Style) -> None:
    """Write a row per app, and the report of each that has one, to `stdout`, the worst first."""
    write(_lines(worst_first(results), output_format, style), stdout)


def check_apps(
    results: Sequence[AppResult], options: GateOptions, warn: Callable[[str], None], *, is_report_required: bool
) -> None:
    """Raise the error with the highest exit status, after warning of the others.

    They are GateError if the gate did not pass, also for an app without a report if that `is_report_required`, APIError
    if some apps could not be read, and NoDataError if none has data.
    """
    errors: list[UserError] = []
    if messages := failures(results):
        errors.append(APIError("\n".join(messages)))
    if not any(result.report for result in results):
        errors.append(NoDataError("there is no report about any of the apps"))
    elif options.rules:
        errors += _gate_errors(results, options, warn, is_report_required=is_report_required)
    if errors:
        *others, worst = sorted(errors, key=lambda error: error.exit_status)
        for other in others:
            warn(str(other))
        raise worst


def _gate_errors(
    results: Sequence[AppResult], options: GateOptions, warn: Callable[[str], None], *, is_report_required: bool
) -> Iterator[GateError]:
    without_report = [one for one in results if one.status in (AppStatus.NO_DATA, AppStatus.NOT_FOUND)]
    if without_report and is_report_required:
        lines = [f"{one.app.label}: {problem_text(one)}" for one in without_report]
        yield GateError("\n  ".join(["the gate cannot judge apps without a report", *lines]))
    elif without_report:
        warn(f"not judged, as there is no report: {', '.join(one.app.label for one in without_report)}")
    gates = [(one.app.label, one.report.gate) for one in results if one.report and one.report.gate]
    try:
        check_gate(merge_gates(options, gates), warn)
    except GateError as error:
        yield error


def _lines(results: Sequence[AppResult], output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines in that format. Only what it needs is imported."""
    if output_format is Format.CSV:
        from ppparser.output.data.metrics_csv import csv_lines

        return csv_lines(*(result.report for result in results if result.report))
    if output_format is Format.JSON:
        from ppparser.output.data.apps_json import apps_json_lines

        return apps_json_lines(results)
    if output_format is Format.HTML:
        from ppparser.output.html.apps import apps_html_lines

        return apps_html_lines(results)
    if output_format is Format.MARKDOWN:
        from ppparser.output.markdown.apps import apps_markdown_lines

        return apps_markdown_lines(results)
    from ppparser.output.text.apps import apps_lines

    return apps_lines(results, style)
