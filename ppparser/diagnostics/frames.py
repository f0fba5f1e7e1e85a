"""Frames of call stacks, which stay the dicts that `json` made of them: their function, binary, place and samples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ppparser.documents.fields import LARGEST_NUMBER, get_list, get_str

# The parts of a frame's raw text: "12 main (in App) + 8 (main.m:5) [0x1040]". All but the symbol and the offset go.
_RAW_COUNT_OR_PLACE = re.compile(r"^[0-9]+ | \(in [^()]+\)| \([^()]+:[0-9]+\)(?= \[)| \[0x[0-9a-fA-F]+\]$")
_RAW_BINARY = re.compile(r" \(in ([^()]+)\)")

Frame = dict[str, Any]


def call_stacks(log: dict[str, Any]) -> Iterator[tuple[bool, list[Frame]]]:
    """Yield the call stacks of a log: whether each is that of one thread, and its root frames."""
    for tree in get_list(log, "callStackTree"):
        for stack in get_list(tree, "callStacks"):
            yield tree.get("callStackPerThread") is True, get_list(stack, "callStackRootFrames")


def samples(frame: Frame) -> int:
    """Return the number of samples of a frame and all below it; 0 if unknown."""
    count = frame.get("sampleCount")
    return count if type(count) is int and 0 < count <= LARGEST_NUMBER else 0


def function_name(frame: Frame) -> str:
    """Return a name for a function that is the same in every log, whose counts and addresses differ."""
    if name := get_str(frame, "symbolName") or _RAW_COUNT_OR_PLACE.sub("", get_str(frame, "rawFrame")):
        return name
    offset = get_str(frame, "offsetIntoBinaryTextSegment")
    return f"unknown symbol + {offset}" if offset else "unknown symbol"


def binary_name(frame: Frame) -> str:
    """Return the binary that a frame belongs to, "" if unknown."""
    if name := get_str(frame, "binaryName"):
        return name
    match = _RAW_BINARY.search(get_str(frame, "rawFrame"))
    return match[1] if match else ""


def frame_place(frame: Frame) -> str:
    """Return the file and line of a frame, or the file alone; "" if unknown."""
    return place_text(get_str(frame, "fileName"), get_str(frame, "lineNumber"))


def place_text(file: str, line: str) -> str:
    """Return a file and a line in it, either of which may be ""."""
    return f"{file}:{line}" if file and line else file


class SampleCounter(NamedTuple):
    """Counts the samples of a frame and all below it; each leaf counts once if no frame has a `sampleCount`."""

    samples: Callable[[Frame], int]
    has_counts: bool


def sample_counter(roots: Sequence[Frame]) -> SampleCounter:
    """Return what counts the samples of `roots` and all frames below them."""
    if any(map(samples, _preorder(roots))):  # As a rule, the first frame has a count.
        return SampleCounter(samples, True)
    counts: dict[int, int] = {}
    for frame in reversed(list(_preorder(roots))):
        counts[id(frame)] = sum(counts[id(child)] for child in get_list(frame, "subFrames")) or 1
    return SampleCounter(lambda frame: counts[id(frame)], False)


def _preorder(roots: Sequence[Frame]) -> Iterator[Frame]:
    pending = list(reversed(roots))
    while pending:
        frame = pending.pop()
        yield frame
        pending.extend(reversed(get_list(frame, "subFrames")))


class Function(NamedTuple):
    """A function by the names of its binary, "" if unknown, and its own."""

    binary: str
    name: str
