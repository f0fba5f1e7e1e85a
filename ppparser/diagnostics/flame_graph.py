"""The bars of a flame graph of a merged call tree: callers first, with the heaviest of several branches on the left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from ppparser.diagnostics.call_tree import CallTree, MergedFrame
from ppparser.diagnostics.frames import Function

MIN_WIDTH_PERCENT = 0.3
MAX_BARS, MAX_LEVELS = 1000, 200
# Frames of a chain share a bar if the last one has at least this part of the samples of the first.
_SAME_WIDTH = 0.9


class Bar(NamedTuple):
    """A frame, or several in a row that look alike: system frames, or a function that calls itself.

    `start` and `width` are percentages of the width of the graph; `percent` is the share of all samples. The top
    level is 0. Below a leaf, nothing is drawn.
    """

    frames: Sequence[MergedFrame]
    is_named: bool
    start: float
    width: float
    level: int
    percent: float
    is_leaf: bool

    @property
    def is_app(self) -> bool:
        """Tell whether the frames are the app's."""
        return self.frames[0].is_app


class LeftOut(NamedTuple):
    """How many branches are left out, and their share of all samples in percent."""

    branch_count: int
    percent: float


class FlameGraph(NamedTuple):
    """Bars, callers first, and the branches without one.

    `narrow`: under MIN_WIDTH_PERCENT of the width; `deep`: below MAX_LEVELS; `surplus`: beyond the MAX_BARS heaviest.
    """

    bars: Sequence[Bar]
    level_count: int
    narrow: LeftOut
    deep: LeftOut
    surplus: LeftOut


class _Place(NamedTuple):
    frame: MergedFrame
    start: float
    width: float


def flame_graph(tree: CallTree, named: Function | None) -> FlameGraph:
    """Return the bars for the heaviest frames of `tree`."""
    layout = _Layout(tree, named)
    layout.lay_out()

    def left_out(frames: Sequence[MergedFrame]) -> LeftOut:
        return LeftOut(len(frames), tree.percent(sum(frame.samples for frame in frames)))

    bars = sorted(layout.bars, key=lambda bar: (bar.level, bar.start))
    level_count = bars[-1].level + 1 if bars else 0
    return FlameGraph(bars, level_count, *map(left_out, (layout.narrow, layout.deep, layout.surplus)))


class _Layout:
    """Places frames, the widest ones first."""

    def __init__(self, tree: CallTree, named: Function | None) -> None:
        self._tree = tree
        self._named = named
        self._pending: list[tuple[float, int, int, _Place]] = []
        self._count = 0
        self.bars: list[Bar] = []
        self.narrow: list[MergedFrame] = []
        self.deep: list[MergedFrame] = []
        self.surplus: list[MergedFrame] = []

    def lay_out(self) -> None:
        tree = self._tree
        self._push(self._wide(_places(tree.roots, 0.0, 100.0, tree.samples)), 0)
        while self._pending:
            _, _, level, place = heappop(self._pending)
            if len(self.bars) < MAX_BARS:
                self._add(place, level)
            else:
                self.surplus.append(place.frame)

    def _push(self, places: Sequence[_Place], level: int) -> None:
        if level == MAX_LEVELS:
            self.deep += [place.frame for place in places]
            return
        for place in places:
            self._count += 1  # Of equal ones, the first comes first.
            heappush(self._pending, (-place.width, self._count, level, place))

    def _add(self, place: _Place, level: int) -> None:
        """Add a bar for a frame and those below it that look alike."""
        frames, last = [place.frame], place
        while True:
            below = self._wide(_places(last.frame.children, last.start, last.width, last.frame.samples))
            if len(below) != 1 or below[0].width < _SAME_WIDTH * place.width or not self._look_alike(last, below[0]):
                break
            last = below[0]
            frames.append(last.frame)
        percent, is_named = self._tree.percent(place.frame.samples), place.frame.is_call_of(self._named)
        self.bars.append(Bar(frames, is_named, place.start, place.width, level, percent, not below))
        self._push(below, level + 1)

    def _look_alike(self, upper: _Place, lower: _Place) -> bool:
        """Tell whether both frames are the system's, or both are the same function of the app."""
        if upper.frame.is_app or upper.frame.is_call_of(self._named):
            return upper.frame.is_app == lower.frame.is_app and _function(upper.frame) == _function(lower.frame)
        return not lower.frame.is_app and not lower.frame.is_call_of(self._named)

    def _wide(self, places: Iterator[_Place]) -> list[_Place]:
        """Return the places that are wide enough."""
        wide: list[_Place] = []
        for place in places:
            if place.width >= MIN_WIDTH_PERCENT:
                wide.append(place)
            else:
                self.narrow.append(place.frame)
        return wide


def _function(frame: MergedFrame) -> tuple[str, str]:
    return frame.binary, frame.name


def _places(frames: Sequence[MergedFrame], start: float, width: float, samples: int) -> Iterator[_Place]:
    """Yield places side by side below a frame with those samples.

    In a damaged log, those below it may have more: they share its width, as do those that have none.
    """
    total = max(samples, sum(frame.samples for frame in frames))
    for frame in frames:
        share = width * (frame.samples / total if total else 1 / len(frames))
        yield _Place(frame, start, share)
        start += share
