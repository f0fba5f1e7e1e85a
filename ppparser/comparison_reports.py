"""Print what changed between the logs in two diagnostics reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO

from ppparser import diagnostics
from ppparser.comparison import app_versions, comparable_name, compare_functions, function_shares
from ppparser.comparison_text import function_change_lines, source_lines
from ppparser.diagnostics import SignatureLogs
from ppparser.diagnostics_folded import folded_difference_lines
from ppparser.diagnostics_reports import NO_COUNTS, DiagnosticsLayout, DiagnosticsOptions, DiagnosticsWriter
from ppparser.diagnostics_text import match_text
from ppparser.errors import NoDataError
from ppparser.terminal import Style, write


def print_comparison(
    new: dict[str, Any],
    old: dict[str, Any],
    options: DiagnosticsOptions,
    stdout: TextIO,
    style: Style,
    warn: Callable[[str], None],
    names: tuple[str, str] = ("the new logs", "the old logs"),
) -> None:
    """Write the share of each of the app's functions in both reports, or the number of samples of each stack.

    `names` say where the new and the old report are from.

    Raises NoDataError if a report has no logs, none that match the filters, or if no frame is the app's.
    """
    old_signatures = _signatures("the old logs", old, options, stdout, style, warn)
    new_signatures = _signatures("the new logs", new, options, stdout, style, warn)
    if options.layout is DiagnosticsLayout.FOLDED:
        old_stacks, has_old_counts = diagnostics.folded_stacks(old_signatures, comparable_name)
        new_stacks, has_new_counts = diagnostics.folded_stacks(new_signatures, comparable_name)
        write(folded_difference_lines(old_stacks, new_stacks), stdout)
        if (old_stacks and not has_old_counts) or (new_stacks and not has_new_counts):
            warn(NO_COUNTS)
        return
    new_logs, old_logs = (
        [log for signature in signatures for log in signature.logs] for signatures in (new_signatures, old_signatures)
    )
    new_shares, old_shares = function_shares(new_logs), function_shares(old_logs)
    changes = compare_functions(new_shares, old_shares)
    if not changes:
        raise NoDataError("no frame of either report is marked as the app's: there are no functions to compare")
    for label, name, logs in zip(("New", "Old"), names, (new_logs, old_logs)):
        write(source_lines(label, name, len(logs), app_versions(logs)), stdout)
    write(function_change_lines(changes, new_shares, old_shares, style), stdout)


def _signatures(
    name: str,
    document: dict[str, Any],
    options: DiagnosticsOptions,
    stdout: TextIO,
    style: Style,
    warn: Callable[[str], None],
) -> list[SignatureLogs]:
    """Return the signatures of a report, with the logs that match; say how many if there are filters."""
    checker = DiagnosticsWriter(options._replace(layout=DiagnosticsLayout.NOTHING), stdout, style, warn)
    try:
        signatures = checker.write_report(document)
        checker.finish()
    except NoDataError as error:
        raise NoDataError(f"{name}: {error}") from None
    if any(options.filters):
        match_count = sum(one.match_count for one in signatures)
        warn(f"{name}: {match_text(match_count, sum(one.log_count for one in signatures), options.filters)}")
    return signatures
