"""Render what changed between the logs in two reports as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.function_changes import (
    CUTOFF_PERCENT,
    FunctionChange,
    FunctionComparison,
    FunctionShares,
    LogSource,
)
from ppparser.output.text.call_tree import function_text
from ppparser.output.text.signature_changes import (
    RELATIVE_TEXT,
    UNCHANGED_TEXT,
    change_text,
    counts_text,
    legend_lines,
    percent_text,
    since_text,
)
from ppparser.output.text.tables import table, titled, wrap
from ppparser.program.terminal import Style

_FUNCTION_COLUMNS = 53


def comparison_lines(comparison: FunctionComparison, style: Style) -> Iterator[str]:
    """Yield which reports are compared, a row per function of the app with its share in both, and the line to open."""
    for label, source in (("New", comparison.new), ("Old", comparison.old)):
        yield from wrap(f"{label}: {source_text(source)}", "", "  ")
    large = [change for change in comparison.changes if not change.is_small]
    yield from titled("Functions of your app", f": {counts_text(change.outcome for change in large)}", style)
    yield from legend_lines(f"{shares_text(comparison)}. {RELATIVE_TEXT}.")
    yield from legend_lines(UNCHANGED_TEXT)
    rows = [["", "old %", "new %", "function and line"]]
    for change in large:
        function = function_text(change.function.name, change.place, _FUNCTION_COLUMNS, style)
        rows.append([change_text(change.outcome, style), *map(share_cell, change.percents), function])
    if large:
        yield from table(rows, "<>><", "  ")
    if omitted_count := len(comparison.changes) - len(large):
        yield f"  {style.ellipsis} {omitted_text(omitted_count)}"
    yield ""
    if worst := comparison.worst:
        yield f"Open {style.bad}{worst.place or worst.function.name}{style.off}: {function_reason(worst)}"
    else:
        yield "Nothing is new or worse"


def share_cell(percent: float | None) -> str:
    """Return a share in percent, or a dash if there is none."""
    return "-" if percent is None else f"{percent:.1f}"


def source_text(source: LogSource) -> str:
    """Return which file, or other source, is compared: the number of its logs and their app versions."""
    logs = f"{source.log_count} log{'' if source.log_count == 1 else 's'}"
    return f"{source.name}, {logs}" + (f" of {', '.join(source.versions)}" if source.versions else "")


def shares_text(comparison: FunctionComparison) -> str:
    """Return what the shares are parts of."""
    old, new = (_samples_text(source.shares) for source in (comparison.old, comparison.new))
    return f"% of all {old} old and {new} new samples that were taken in the function or in one that it calls"


def omitted_text(count: int) -> str:
    """Return how many functions are left out because they are small."""
    return f"{count} function{'s' if count > 1 else ''} below {CUTOFF_PERCENT} % in both"


def function_reason(change: FunctionChange) -> str:
    """Return why to open a function that is new or worse."""
    return f"{percent_text(change.percents.new)} of the samples, {since_text(change.outcome, change.percents)}"


def _samples_text(shares: FunctionShares) -> str:
    return f"{shares.samples}" if shares.has_counts else f"{shares.samples} (leaves, without counts)"
