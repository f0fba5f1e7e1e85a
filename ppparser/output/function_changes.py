"""Print what changed between the logs in two diagnostics reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO

from ppparser.diagnostics.function_changes import FunctionComparison, compare_functions, log_source
from ppparser.diagnostics.signature_changes import comparable_name
from ppparser.diagnostics.signatures import SignatureLogs, folded_stacks
from ppparser.errors import NoDataError
from ppparser.output.diagnostics import NO_COUNTS
from ppparser.output.formats import Format, print_report
from ppparser.output.text.signatures import match_text
from ppparser.program.terminal import Style
from ppparser.reports.diagnostics import DiagnosticsOptions
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.log_reader import LogReader


def print_comparison(
    new: dict[str, Any],
    old: dict[str, Any],
    options: DiagnosticsOptions,
    output_format: Format,
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
    if output_format is Format.FOLDED:
        old_stacks, has_old_counts = folded_stacks(old_signatures, comparable_name)
        new_stacks, has_new_counts = folded_stacks(new_signatures, comparable_name)
        samples = {stack: (old_stacks[stack], new_stacks[stack]) for stack in {**old_stacks, **new_stacks}}
        print_report(FoldedStacks(samples), output_format, stdout, style)
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
    print_report(comparison, output_format, stdout, style)


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
