"""Render call stacks in the folded format."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.reports.folded import FoldedStacks


def folded_lines(stacks: FoldedStacks) -> Iterator[str]:
    """Yield a line per distinct stack: `root;...;leaf count`, or `root;...;leaf old new`, as difffolded.pl prints."""
    for stack, counts in stacks.samples.items():
        yield " ".join([stack, *map(str, counts)])
