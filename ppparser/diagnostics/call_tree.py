"""The call trees of several logs merged into one, and the app's part of its heaviest path.

The same function at the same place in the tree counts as the same frame: its symbol, binary, file and line are equal.
Counts, addresses and offsets differ between logs and are ignored. The frames below a root are merged when one of them
is read, each log from top to bottom: the order in which they lie in memory, which is twice as fast as level by level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ppparser.diagnostics.frames import (
    Frame,
    Function,
    binary_name,
    call_stacks,
    frame_place,
    function_name,
    sample_counter,
)
from ppparser.documents.fields import get_dict, get_list, get_str

_PATH_START_STEPS, _PATH_END_STEPS = 2, 5


class LogFrame:
    """The values of a merged frame in one log; `children` are in the order of the log."""

    __slots__ = ("children", "is_app", "samples")

    def __init__(self) -> None:
        self.children: list[MergedFrame] = []
        self.is_app = False
        self.samples = 0


class MergedFrame:
    """The same frame of several logs, with the samples of all of them; `logs` has its values in each, by position."""

    def __init__(self, first: Frame, count: Callable[[Frame], int]) -> None:
        """Name the frame like `first`; `count` counts the samples of the frames to merge below it."""
        self.name = function_name(first)
        self.binary = binary_name(first)
        self.place = frame_place(first)
        self.is_app = False
        self.insights: Sequence[str] = ()
        self.samples = 0
        self.logs: dict[int, LogFrame] = {}
        self._first = first
        self._count = count
        self._unread: list[tuple[int, Frame]] = []
        self._by_identity: dict[tuple[object, ...], MergedFrame] = {}
        self._children: list[MergedFrame] | None = None

    @property
    def file(self) -> str:
        """Return the file of the frame, "" if unknown."""
        return get_str(self._first, "fileName")

    @property
    def line(self) -> str:
        """Return the line in the file, "" if unknown."""
        return get_str(self._first, "lineNumber")

    @property
    def children(self) -> list[MergedFrame]:
        """Return the merged frames below this one, heaviest first."""
        if self._children is None:
            self.merge(self._unread)
            self._children = sorted(self._by_identity.values(), key=lambda child: -child.samples)
        return self._children

    @property
    def own_samples(self) -> int:
        """Return the samples that no frame below this one has."""
        return self.samples - sum(child.samples for child in self.children)

    def merge(self, frames: Sequence[tuple[int, Frame]], *, are_roots: bool = False) -> None:
        """Merge `frames`, each with the position of its log, with all below them; below roots, only when it is read."""
        pending = [(self, log, frame) for log, frame in reversed(frames)]
        while pending:
            parent, log, frame = pending.pop()
            identity = _identity(frame)
            merged = parent._by_identity.get(identity)
            if merged is None:
                merged = parent._by_identity[identity] = MergedFrame(frame, self._count)
            log_frame = merged.logs.get(log)
            if log_frame is None:
                log_frame = merged.logs[log] = LogFrame()
                parent.logs[log].children.append(merged)
            count = self._count(frame)
            merged.samples += count
            log_frame.samples += count
            if frame.get("isBlameFrame") is True:
                merged.is_app = log_frame.is_app = True
            if frame.get("insightsCategory") and (insight := get_str(frame, "insightsCategory")) not in merged.insights:
                merged.insights = [*merged.insights, insight]
            if are_roots:
                merged._unread += [(log, child) for child in get_list(frame, "subFrames")]
                continue
            for child in reversed(get_list(frame, "subFrames")):
                pending.append((merged, log, child))

    def in_log(self, log: int | None) -> MergedFrame | LogFrame:
        """Return the values of this frame in the log at position `log`, or in all logs together."""
        return self if log is None else self.logs[log]

    def children_of(self, log: int | None) -> list[MergedFrame]:
        """Return the frames below this one in the log at position `log`, or in all logs together."""
        children = self.children
        return children if log is None else self.logs[log].children

    def is_call_of(self, function: Function | None) -> bool:
        """Tell whether this is a frame of `function`."""
        return (
            function is not None
            and self.name == function.name
            and (not (self.binary and function.binary) or self.binary == function.binary)
        )


def _identity(frame: Frame) -> tuple[object, ...]:
    """Return what is equal in all frames to merge; logs have many thousands: texts are read as is."""
    get = frame.get
    symbol, binary, file, line = get("symbolName"), get("binaryName"), get("fileName"), get("lineNumber")
    if symbol.__class__ is binary.__class__ is file.__class__ is line.__class__ is str and symbol and binary:
        return symbol, binary, file, line
    return function_name(frame), binary_name(frame), get_str(frame, "fileName"), get_str(frame, "lineNumber")


def roots_to_merge(logs: Sequence[dict[str, Any]]) -> tuple[list[tuple[int, Frame]], bool]:
    """Return the root frames to merge, each with the position of its log, and whether other threads are left out.

    If the stacks of a log are those of its threads, only the first is merged: hangs and launches happen on the main
    thread, which comes first; disk writes happen on any thread.
    """
    roots: list[tuple[int, Frame]] = []
    is_main_thread = False
    for position, log in enumerate(logs):
        for is_thread, stack in call_stacks(log):
            roots += [(position, root) for root in stack]
            if is_thread and not _is_disk_write(log):
                is_main_thread = True
                break
    return roots, is_main_thread


class CallTree:
    """The merged call tree of the logs of a signature."""

    def __init__(self, logs: Sequence[dict[str, Any]]) -> None:
        roots, self.is_main_thread = roots_to_merge(logs)
        counter = sample_counter([root for _, root in roots])
        self.has_counts = counter.has_counts
        self._top = MergedFrame({}, counter.samples)
        self._top.logs = {position: LogFrame() for position in range(len(logs))}
        self._top.merge(roots, are_roots=True)
        self.roots = self._top.children
        self.samples = sum(root.samples for root in self.roots)
        self.samples_per_log = [
            sum(root.logs[log].samples for root in top.children) for log, top in self._top.logs.items()
        ]

    def percent(self, count: int) -> float:
        """Return a number of samples in percent of all."""
        return 100 * count / self.samples if self.samples else 0.0

    def shares_per_log(self, frame: MergedFrame) -> list[float | None]:
        """Return the samples of a frame in percent of those of each log, None for a log without any."""
        counts = [frame.logs[log].samples if log in frame.logs else 0 for log in self._top.logs]
        return [100 * count / total if total else None for count, total in zip(counts, self.samples_per_log)]

    def heaviest_path(self, log: int | None = None) -> list[MergedFrame]:
        """Return the frames on the path with the most samples, of all logs or of the one at position `log`.

        Callers come first; of equal branches, the first counts. The path ends at a frame that has more samples of its
        own than any frame below it.
        """
        path: list[MergedFrame] = []
        last = self._top
        while children := last.children_of(log):
            heaviest = max(children, key=lambda child: child.in_log(log).samples)
            own_samples = last.in_log(log).samples - sum(child.in_log(log).samples for child in children)
            if own_samples > heaviest.in_log(log).samples:
                break
            path.append(heaviest)
            last = heaviest
        return path


def _is_disk_write(log: dict[str, Any]) -> bool:
    meta_data = get_dict(log, "diagnosticMetaData")
    return "writesCaused" in meta_data or "write" in get_str(meta_data, "event").lower()


# --- The path to the line to open


class Step(NamedTuple):
    """A frame on the way to the line to open, and whether the signature names its function."""

    frame: MergedFrame
    is_named: bool

    @property
    def text(self) -> str:
        """Return the file and line, or else the function."""
        return self.frame.place or self.frame.name


class AppPath(NamedTuple):
    """The frames of the app on the heaviest path, callers first.

    Of consecutive frames in one file, only the last is a step, plus any that the signature names; frames without a
    file are left out, except at the end. `shares` has the samples below the last frame in percent, for each log.
    """

    steps: Sequence[Step]
    end: MergedFrame
    percent: float
    shares: Sequence[float | None]

    @property
    def short_steps(self) -> list[Step | None]:
        """Return the steps, with None for those in the middle of a long path."""
        first_end = len(self.steps) - _PATH_END_STEPS
        result: list[Step | None] = []
        for position, step in enumerate(self.steps):
            if position < _PATH_START_STEPS or position >= first_end or step.is_named:
                result.append(step)
            elif result[-1] is not None:
                result.append(None)
        return result

    @property
    def target_frame(self) -> MergedFrame:
        """Return the frame to open: the innermost one that the signature names, or else the last one."""
        return next((step.frame for step in reversed(self.steps) if step.is_named), self.end)

    @property
    def target(self) -> str:
        """Return the file and line to open, or else the function."""
        return self.target_frame.place or self.target_frame.name

    @property
    def log_count(self) -> int:
        """Return the number of logs that contain the last frame."""
        return sum(1 for share in self.shares if share)


def app_path(tree: CallTree, named: Function | None, log: int | None = None) -> AppPath | None:
    """Return the app's part of the heaviest path, of all logs or of the one at position `log`; None if there is none.

    That of one log is without shares.
    """
    frames = [frame for frame in tree.heaviest_path(log) if frame.in_log(log).is_app]
    if not frames:
        return None
    end = frames[-1]
    steps: list[Step] = []
    for frame, below in zip(frames, [*frames[1:], None]):
        is_named = frame.is_call_of(named)
        is_last_in_file = below is None or frame.file != below.file
        if is_named or (is_last_in_file and (frame.place or frame is end)):
            steps.append(Step(frame, is_named))
    return AppPath(steps, end, tree.percent(end.samples), tree.shares_per_log(end) if log is None else ())
