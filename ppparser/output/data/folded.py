"""Render call stacks in the folded format."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.reports.folded import FoldedDifference, FoldedStacks


def folded_lines(stacks: FoldedStacks) -> Iterator[str]:
    """Yield a line `root;...;leaf count` per distinct stack."""
    for stack, count in stacks.samples.items():
        yield f"{stack} {count}"


def folded_difference_lines(difference: FoldedDifference) -> Iterator[str]:
    """Yield a line `root;...;leaf old new` per distinct stack of either report: what difffolded.pl prints."""
    old, new = difference
    for stack in {**old, **new}:
        yield f"{stack} {old.get(stack, 0)} {new.get(stack, 0)}"
