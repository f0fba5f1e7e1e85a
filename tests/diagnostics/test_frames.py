"""Frames name their function, binary and place, and count samples; any of their members may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.diagnostics.frames import binary_name, call_stacks, frame_place, function_name, samples
from tests.helpers.documents import frame, log


@pytest.mark.parametrize(
    ("members", "name", "binary"),
    [
        ({"symbolName": "save()", "rawFrame": "3 other (in Other)", "binaryName": "App"}, "save()", "App"),
        ({"symbolName": "", "rawFrame": "13 ??? (in App) + 8 [0x10fF]"}, "??? + 8", "App"),
        ({"rawFrame": "13 -[A b] (in App) + 8 (A.m:5) [0x10fF]"}, "-[A b] + 8", "App"),
        ({"rawFrame": "13 a(int) (in My App) + 8"}, "a(int) + 8", "My App"),
        ({"rawFrame": "x 3 [0x1] y"}, "x 3 [0x1] y", ""),
        ({"binaryName": "App", "offsetIntoBinaryTextSegment": "96"}, "unknown symbol + 96", "App"),
        ({"offsetIntoBinaryTextSegment": "96", "address": "0x10"}, "unknown symbol + 96", ""),
        ({}, "unknown symbol", ""),
    ],
)
def test_function_has_the_same_name_in_every_log(members: dict[str, Any], name: str, binary: str) -> None:
    assert (function_name(members), binary_name(members)) == (name, binary)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        *((1, 1), (int(1e300), int(1e300)), (int(1e300) + 1, 0), (0, 0), (-1, 0)),
        *((True, 0), (b"1.0", 0), ("1", 0), (None, 0)),
    ],
)
def test_samples_are_a_usable_count_or_0(count: Any, expected: int) -> None:
    assert samples({"sampleCount": count}) == expected


@pytest.mark.parametrize(("per_thread", "expected"), [(True, True), (False, False), (None, False), (1, False)])
def test_call_stacks_of_all_trees_are_found(per_thread: Any, expected: bool) -> None:
    a, b, c = frame("a", 1), frame("b", 1), frame("c", 1)
    trees = [*log([a], [b, c])["callStackTree"], *log([], per_thread=per_thread)["callStackTree"]]
    assert list(call_stacks({"callStackTree": trees})) == [(False, [a]), (False, [b, c]), (expected, [])]


@pytest.mark.parametrize(
    ("file", "line", "place"),
    [
        ("A.swift", "5", "A.swift:5"),
        ("A.swift", 5, "A.swift:5"),
        ("A.swift", "", "A.swift"),
        ("", "5", ""),
        (None, None, ""),
    ],
)
def test_place_is_a_file_with_or_without_a_line(file: Any, line: Any, place: str) -> None:
    assert frame_place({"fileName": file, "lineNumber": line}) == place
