"""Render what changed between the logs in two reports as Markdown, for pull requests and job summaries."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.function_changes import FunctionChange, FunctionComparison
from ppparser.output.markdown.document import Block, code, document, heading, paragraph, table, text
from ppparser.output.text.function_changes import function_reason, omitted_text, share_cell, shares_text, source_text
from ppparser.output.text.signature_changes import RELATIVE_TEXT, UNCHANGED_TEXT, counts_text


def comparison_markdown_lines(comparison: FunctionComparison) -> Iterator[str]:
    """Yield the lines of a document: the line to open, and the functions of the app, worst first."""
    yield from document(_blocks(comparison))


def _blocks(comparison: FunctionComparison) -> Iterator[Block]:
    large = [change for change in comparison.changes if not change.is_small]
    yield heading(2, f"Functions of your app: {counts_text(change.outcome for change in large)}")
    if worst := comparison.worst:
        yield paragraph(f"**Open {code(worst.place or worst.function.name)}**: {text(function_reason(worst))}")
    else:
        yield paragraph("**Nothing is new or worse**")
    yield paragraph(f"New: {text(source_text(comparison.new))}", f"Old: {text(source_text(comparison.old))}")
    yield table([["", "old %", "new %", "function", "place"], *map(_cells, large)], "<>><<", "the functions")
    omitted_count = len(comparison.changes) - len(large)
    omitted = [f"Left out: {omitted_text(omitted_count)}"] if omitted_count else []
    yield paragraph(*omitted, f"{shares_text(comparison)}. {RELATIVE_TEXT}.", UNCHANGED_TEXT)


def _cells(change: FunctionChange) -> list[str]:
    kind = change.outcome
    return [
        f"**{kind.value}**" if kind.is_alarming else kind.value,
        share_cell(change.percents.old),
        share_cell(change.percents.new),
        code(change.function.name),
        code(change.place),
    ]
