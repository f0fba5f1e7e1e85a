"""Render the call stacks of a diagnostics report in the folded format, which flame graph tools read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def folded_lines(stacks: Mapping[str, int]) -> Iterator[str]:
    """Yield a line `root;...;leaf count` per distinct stack."""
    for stack, count in stacks.items():
        yield f"{stack} {count}"


def folded_difference_lines(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    """Yield a line `root;...;leaf old new` per distinct stack of either: what difffolded.pl prints."""
    for stack in {**old, **new}:
        yield f"{stack} {old.get(stack, 0)} {new.get(stack, 0)}"
