"""Render the call stacks of a diagnostics report in the folded format, which flame graph tools read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ppparser.diagnostics import SignatureLogs, folded_stacks


def folded_lines(signatures: Iterable[SignatureLogs]) -> Iterator[str]:
    """Yield a line `root;...;leaf count` per distinct stack of all logs."""
    for stack, count in folded_stacks(signatures).items():
        yield f"{stack} {count}"
