"""Print what changed between the logs in two diagnostics reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TextIO

from ppparser.diagnostics.function_changes import FunctionComparison, compare_functions, log_source
from ppparser.diagnostics.signature_changes import comparable_name
from ppparser.diagnostics.signatures import SignatureLogs, folded_stacks
from ppparser.errors import NoDataError
from ppparser.output.data.diagnostics_folded import folded_difference_lines
from ppparser.output.diagnostics import NO_COUNTS
from ppparser.output.text.signatures import match_text
from ppparser.program.terminal import Style, write
from ppparser.reports.diagnostics import DiagnosticsOptions
from ppparser.reports.formats import Format
from ppparser.reports.log_reader import LogReader


def print_comparison(
    new: dict[str, Any],
    old: dict[str, Any],
    options: DiagnosticsOptions,
    stdout: TextIO,
    style: Style,
    warn: Callable[[str], None],
    names: tuple[str, str] = ("the new logs", "the old logs"),
) -> None:
    """Write the share of each of the app's functions in both reports, or folded, the samples of each stack.

    `names` say where the new and the old report are from.

    Raises NoDataError if a report has no logs, none that match the filters, or if no frame is the app's.
    """
    old_signatures = _signatures("the old logs", old, options, warn)
    new_signatures = _signatures("the new logs", new, options, warn)
    if options.format is Format.FOLDED:
        old_stacks, has_old_counts = folded_stacks(old_signatures, comparable_name)
        new_stacks, has_new_counts = folded_stacks(new_signatures, comparable_name)
        write(folded_difference_lines(old_stacks, new_stacks), stdout)
        if (old_stacks and not has_old_counts) or (new_stacks and not has_new_counts):
            warn(NO_COUNTS)
        return
    new_source, old_source = (
        log_source(name, [log for signature in signatures for log in signature.logs])
        for name, signatures in zip(names, (new_signatures, old_signatures))
    )
    comparison = FunctionComparison(new_source, old_source, compare_functions(new_source.shares, old_source.shares))
    if not comparison.changes:
        raise NoDataError("no frame of either report is marked as the app's: there are no functions to compare")
    write(_lines(comparison, options.format, style), stdout)


def _lines(comparison: FunctionComparison, output_format: Format, style: Style) -> Iterator[str]:
    """Return the lines of a comparison. Only what the format needs is imported."""
    if output_format is Format.CSV:
        from ppparser.output.data.function_changes_csv import comparison_csv_lines

        return comparison_csv_lines(comparison)
    if output_format is Format.JSON:
        from ppparser.output.data.function_changes_json import comparison_json_lines

        return comparison_json_lines(comparison)
    if output_format is Format.HTML:
        from ppparser.output.html.function_changes import comparison_html_lines

        return comparison_html_lines(comparison)
    if output_format is Format.MARKDOWN:
        from ppparser.output.markdown.function_changes import comparison_markdown_lines

        return comparison_markdown_lines(comparison)
    from ppparser.output.text.function_changes import function_comparison_lines

    return function_comparison_lines(comparison, style)


def _signatures(
    name: str, document: dict[str, Any], options: DiagnosticsOptions, warn: Callable[[str], None]
) -> list[SignatureLogs]:
    """Return the signatures of a report, with the logs that match; say how many if there are filters."""
    reader = LogReader(options.limit, options.filters)
    signatures = reader.select(document)
    try:
        reader.check()
    except NoDataError as error:
        raise NoDataError(f"{name}: {error}") from None
    if any(options.filters):
        warn(f"{name}: {match_text(reader.match_count, reader.log_count, options.filters)}")
    return signatures
