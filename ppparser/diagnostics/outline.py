"""The part of a merged call tree that fits on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ppparser.diagnostics.call_tree import CallTree, MergedFrame
from ppparser.diagnostics.frames import Function

MAX_ROWS = 24
# In percent of all samples; if the tree does not fit with one, the next is tried.
_CUTOFFS_PERCENT = (1, 2, 3, 5, 10, 20, 50)
# Of a longer chain, which a recursion makes, the rows in the middle are summed up.
_CHAIN_START_ROWS, _CHAIN_END_ROWS = 5, 8


class Row(NamedTuple):
    """A frame of the outline, or several in a row: system frames, or the middle of a long chain."""

    frames: Sequence[MergedFrame]
    percent: float
    level: int
    is_branch: bool
    is_named: bool
    is_leaf: bool


class Outline(NamedTuple):
    """The rows of a tree, in preorder, and how many branches below `cutoff_percent` are left out, in percent."""

    rows: Sequence[Row]
    cutoff_percent: int
    omitted_count: int
    omitted_percent: float


def outline(tree: CallTree, named: Function | None) -> Outline:
    """Return the rows of `tree` without the branches below 1 %, or below more if there are too many rows.

    The heaviest path is always there.
    """
    heaviest = {id(frame) for frame in tree.heaviest_path()}
    result = Outline([], 0, 0, 0.0)
    for cutoff_percent in _CUTOFFS_PERCENT:
        result = _outline(tree, named, heaviest, cutoff_percent)
        if sum(1 + bool(insights_in(row)) for row in result.rows) <= MAX_ROWS:
            break
    return result


def insights_in(row: Row) -> list[tuple[str, str]]:
    """Return the insights in the frames of a row: category and function."""
    return [(category, frame.name) for frame in row.frames for category in frame.insights]


def _outline(tree: CallTree, named: Function | None, heaviest: set[int], cutoff_percent: int) -> Outline:
    rows: list[Row] = []
    omitted: list[MergedFrame] = []

    def kept(frames: Sequence[MergedFrame]) -> list[MergedFrame]:
        result: list[MergedFrame] = []
        for frame in frames:
            is_kept = id(frame) in heaviest or 100 * frame.samples >= cutoff_percent * tree.samples
            (result if is_kept else omitted).append(frame)
        return result

    def push(frames: Sequence[MergedFrame], level: int) -> None:
        is_branch = len(frames) > 1
        pending.extend((frame, level + is_branch, is_branch) for frame in reversed(frames))

    pending: list[tuple[MergedFrame, int, bool]] = []
    push(kept(tree.roots), 0)
    while pending:
        frame, level, is_branch = pending.pop()
        chain = [frame]
        while len(children := kept(chain[-1].children)) == 1:
            chain += children
        for run in _runs(chain, named):
            percent = tree.percent(run[0].samples)
            is_leaf = run[-1] is chain[-1] and not children
            is_named = run[0].is_call_of(named)
            rows.append(Row(run, percent, level, is_branch and run[0] is frame, is_named, is_leaf))
        push(children, level)
    return Outline(rows, cutoff_percent, len(omitted), tree.percent(sum(frame.samples for frame in omitted)))


def _runs(chain: Sequence[MergedFrame], named: Function | None) -> list[list[MergedFrame]]:
    """Return the frames of a chain, those of the system that follow each other together."""
    runs: list[list[MergedFrame]] = []
    is_run_open = False
    for frame in chain:
        is_system = not frame.is_app and not frame.is_call_of(named)
        if is_system and is_run_open:
            runs[-1].append(frame)
        else:
            runs.append([frame])
        # A frame that is busy itself ends its run, whose other frames have far more samples than the next ones.
        is_run_open = is_system and 2 * frame.own_samples <= frame.samples
    if len(runs) <= _CHAIN_START_ROWS + _CHAIN_END_ROWS:
        return runs
    result = runs[:_CHAIN_START_ROWS]
    is_gap_open = False
    for run in runs[_CHAIN_START_ROWS:-_CHAIN_END_ROWS]:
        if run[0].is_call_of(named):
            result.append(run)
            is_gap_open = False
        elif is_gap_open:
            result[-1] = [*result[-1], *run]
        else:
            result.append(list(run))
            is_gap_open = True
    return result + runs[-_CHAIN_END_ROWS:]
