"""Render a diagnostics report as lines of text, one part after the other as its logs arrive."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.output.text.call_tree import tree_lines
from ppparser.output.text.signature_changes import alarm_text, signature_change_lines, since_text
from ppparser.output.text.signatures import (
    log_lines,
    log_table_lines,
    match_text,
    ranking_lines,
    reason_text,
    signature_title,
    summary_lines,
)
from ppparser.output.text.tables import wrap
from ppparser.program.terminal import Style
from ppparser.reports.diagnostics import DiagnosticsReport, SelectedSignature, SignatureReport


def opening_lines(report: DiagnosticsReport, style: Style) -> Iterator[str]:
    """Yield what the report is about, and the rankings or what changed; nothing for saved logs."""
    if not report.build:
        return
    if report.app.label:
        against = [f"against {report.old_build.title}"] if report.old_build else []
        yield f"{style.strong}{report.app.label}{style.off}"
        for subject in (report.build.title, *against):
            yield from wrap(subject, "  ", "  ")
        yield ""
    if report.old_build:
        yield from signature_change_lines(report, style)
        yield alarm_text(len(report.selected), sum(change.outcome.is_alarming for change in report.changes))
        yield ""
        return
    for diagnostic_type, signatures in report.rankings.items():
        yield from ranking_lines(signatures, diagnostic_type, report.build.name, style)


def heading_lines(selected: SelectedSignature, style: Style) -> Iterator[str]:
    """Yield the heading for the logs of a signature."""
    change = selected.change.outcome.value if selected.change else ""
    title = signature_title(selected.signature, selected.position, selected.total, change)
    yield from (f"{style.strong}{line}{style.off}" for line in wrap(title, "", "  "))


def signature_lines(
    signature: SignatureReport, report: DiagnosticsReport, style: Style, *, has_call_stacks: bool
) -> Iterator[str]:
    """Yield the path to the line to open, the merged tree and a table of the logs, or all logs with call stacks."""
    logs, filters, named = signature.logs, report.filters, signature.named
    if logs.is_empty:
        yield "  no logs"
        yield ""
        return
    if not signature.selected:
        yield f"{style.strong}Signature {signature.position} of {signature.total}{style.off}"
    yield from summary_lines(signature, style)
    yield ""
    if has_call_stacks:
        if any(filters):
            yield f"  {match_text(logs.match_count, logs.log_count, filters)}"
            yield ""
        for position, log in enumerate(logs.logs):
            yield from log_lines(log, signature.log_path(position), position + 1, len(logs.logs), style)
        return
    if logs.logs:
        yield from tree_lines(signature.tree, len(logs.logs), named, style)
        yield ""
    yield from log_table_lines(signature, filters, report.build_number, style)
    yield ""


def conclusion_lines(signature: SignatureReport, report: DiagnosticsReport, style: Style) -> Iterator[str]:
    """Yield a sentence that says which line to open and why; nothing if the path or the signature is unknown."""
    if signature.path and (reason := conclusion_reason(signature, report)):
        yield f"Open {style.bad}{signature.path.target}{style.off}: {reason}"


def conclusion_reason(signature: SignatureReport, report: DiagnosticsReport) -> str:
    """Return why the line is worth opening, "" if the signature is unknown."""
    if not (selected := signature.selected):
        return ""
    change = selected.change
    since = since_text(change.outcome, change.percents, report.old_build_number) if change else ""
    return reason_text(selected.signature, since)
