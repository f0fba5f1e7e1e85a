"""Tests of merged call trees and of their heaviest path."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.diagnostics.call_tree import CallTree, MergedFrame, Step, app_path
from ppparser.diagnostics.frames import Function, call_stacks, function_name
from tests import fake_api
from tests.helpers.documents import app_frame, frame, log

NAMED = Function("Tidepool", "named")


def shape(frames: list[MergedFrame]) -> list[Any]:
    """Return the names, samples and children of merged frames."""
    return [(one.name, one.samples, shape(one.children)) for one in frames]


# --- merging


def test_same_function_at_the_same_place_is_one_frame() -> None:
    first = log([frame("main", 10, frame("a", 7, address="0x1", offsetIntoSymbol="8"), frame("b", 3))])
    second = log([frame("main", 20, frame("b", 16, frame("c", 16)), frame("a", 4, address="0x2"))])
    tree = CallTree([first, second])
    assert shape(tree.roots) == [("main", 30, [("b", 19, [("c", 16, [])]), ("a", 11, [])])]
    assert tree.samples == 30


@pytest.mark.parametrize("member", ["symbolName", "binaryName", "fileName", "lineNumber"])
def test_frames_that_differ_in_symbol_binary_or_place_stay_apart(member: str) -> None:
    common = {"binaryName": "App", "fileName": "A.swift", "lineNumber": "5"}
    logs = [log([{**frame("a", 1), **common, member: value}]) for value in ("6", "7", "6")]
    assert [root.samples for root in CallTree(logs).roots] == [2, 1]


@pytest.mark.parametrize("line", [5, "5", [], None])
def test_damaged_members_do_not_prevent_merging(line: Any) -> None:
    same = frame("a", 1, binaryName="App", fileName="A.m", lineNumber=line)
    assert [root.samples for root in CallTree([log([same, {**same}])]).roots] == [2]


def test_equal_siblings_of_one_log_are_one_frame() -> None:
    assert shape(CallTree([log([frame("a", 1, frame("x", 1)), frame("a", 2, frame("x", 2))])]).roots) == [
        ("a", 3, [("x", 3, [])])
    ]


def test_merged_frame_is_the_app_s_if_any_log_says_so() -> None:
    (merged,) = CallTree([log([frame("a", 1)]), log([frame("a", 1, isBlameFrame=True)])]).roots
    assert merged.is_app


def test_shares_are_those_of_each_log() -> None:
    tree = CallTree([log([frame("a", 4), frame("b", 1)]), log([frame("b", 5)]), log(), log([frame("a", 3)])])
    assert tree.roots[0].name == "a"
    assert tree.shares_per_log(tree.roots[0]) == [80.0, 0.0, None, 100.0]
    assert tree.percent(7) == pytest.approx(100 * 7 / 13)


@pytest.mark.parametrize(
    ("meta_data", "names"),
    [
        ({"event": "hang"}, ["main"]),
        ({}, ["main"]),
        ({"event": "Disk Writes"}, ["worker", "main"]),
        ({"writesCaused": None}, ["worker", "main"]),
    ],
)
def test_only_the_main_thread_counts_unless_files_are_written(meta_data: dict[str, Any], names: list[str]) -> None:
    tree = CallTree([log([frame("main", 1)], [frame("worker", 9)], per_thread=True, **meta_data)])
    assert [root.name for root in tree.roots] == names
    assert tree.is_main_thread == (len(names) == 1)


def test_several_stacks_that_are_not_threads_are_all_merged() -> None:
    tree = CallTree([log([frame("a", 1)], [frame("b", 2), frame("a", 3)], event="hang")])
    assert shape(tree.roots) == [("a", 4, []), ("b", 2, [])]
    assert not tree.is_main_thread


@pytest.mark.parametrize("count", [None, 0, "many", True])
def test_without_any_count_each_leaf_counts_once(count: Any) -> None:
    tree = CallTree([log([frame("a", count, frame("b", count), frame("c", count, frame("d", count)))]), log()])
    assert shape(tree.roots) == [("a", 2, [("b", 1, []), ("c", 1, [("d", 1, [])])])]
    assert not tree.has_counts


def test_one_count_is_enough_to_trust_the_counts() -> None:
    tree = CallTree([log([frame("a", None, frame("b", None, frame("c", 3)))])])
    assert (tree.has_counts, tree.samples) == (True, 0)
    assert tree.percent(3) == 0.0


def test_merged_trees_of_the_fake_api_have_all_samples() -> None:
    for kind in ("DISK_WRITES", "LAUNCHES"):
        for signature in fake_api.signatures(kind):
            logs = fake_api.logs(signature["id"])["productData"][0]["diagnosticLogs"]
            expected: dict[str, int] = {}
            for one in logs:
                pending = [root for _, roots in call_stacks(one) for root in roots]
                while pending:
                    found = pending.pop()
                    name = function_name(found)
                    expected[name] = expected.get(name, 0) + found["sampleCount"]
                    pending += found["subFrames"]
            merged: dict[str, int] = {}
            frames = CallTree(logs).roots
            while frames:
                first, *frames = frames
                merged[first.name] = merged.get(first.name, 0) + first.samples
                frames += first.children
            assert merged == expected


# --- the path


def hot_frame(*stacks: list[dict[str, Any]]) -> tuple[str, float] | None:
    """Return the app's last frame on the heaviest path, and its share."""
    path = app_path(CallTree([log(*stacks)]), None)
    return path and (path.end.name, path.percent)


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        pytest.param(
            [[frame("main", 10, app_frame("outer", 10, app_frame("inner", 9, frame("write", 9))))]],
            ("inner", 90.0),
            id="the deepest frame of the app",
        ),
        pytest.param(
            [[app_frame("main", 10, app_frame("light", 4), app_frame("heavy", 6))]],
            ("heavy", 60.0),
            id="on the heaviest path",
        ),
        pytest.param(
            [[app_frame("main", 10, app_frame("first", 5), app_frame("second", 5))]],
            ("first", 50.0),
            id="the first of equal branches",
        ),
        pytest.param(
            [[app_frame("busy", 10, app_frame("called", 4))]],
            ("busy", 100.0),
            id="not below a frame that is busy itself",
        ),
        pytest.param(
            [[app_frame("called", 10, app_frame("busy", 5))]],
            ("busy", 50.0),
            id="below a frame as busy as its callee",
        ),
        pytest.param(
            [[app_frame("called", 10, app_frame("busy", 4), app_frame("other", 3))]],
            ("busy", 40.0),
            id="below a frame whose callees together are busier",
        ),
        pytest.param([[app_frame("a", None, app_frame("b", 0))]], ("b", 100.0), id="without samples"),
        pytest.param(
            [[app_frame("main", 4, frame("x", 3), app_frame("y", 1))]],
            ("main", 100.0),
            id="above frames of the system",
        ),
        pytest.param([[frame("main", 4, frame("x", 3), app_frame("y", 1))]], None, id="none on the path"),
        pytest.param([[frame("main", 4, isBlameFrame="true")]], None, id="marked by a string"),
        pytest.param([], None, id="no call stack"),
    ],
)
def test_path_ends_at(stacks: list[list[dict[str, Any]]], expected: tuple[str, float] | None) -> None:
    assert hot_frame(*stacks) == expected


def steps(*frames: dict[str, Any], named: Function | None = NAMED) -> list[str | None]:
    """Return the steps of a path through these frames, each the only child of the one before, the named in brackets."""
    for upper, lower in zip(frames, frames[1:]):
        upper["subFrames"] = [lower]
    path = app_path(CallTree([log(frames[:1])]), named)
    assert path
    return [step and (f"[{step.text}]" if step.is_named else step.text) for step in path.short_steps]


def test_steps_are_the_last_frames_in_each_file() -> None:
    assert steps(
        app_frame("main", 1),
        frame("system", 1),
        app_frame("a", 1, place="A.swift:1"),
        frame("system", 1, fileName="S.swift", lineNumber="9"),
        app_frame("b", 1, place="A.swift:2"),
        app_frame("c", 1, place="B.m:3"),
        app_frame("d", 1, place="A.swift:4"),
    ) == ["A.swift:2", "B.m:3", "A.swift:4"]


def test_named_frame_is_a_step_whatever_follows_in_its_file() -> None:
    named = app_frame("named", 1, place="A.swift:1", binaryName="Tidepool")
    last = app_frame("b", 1, place="A.swift:2")
    assert steps(named, last) == ["[A.swift:1]", "A.swift:2"]
    assert steps(app_frame("named", 1), last) == ["[named]", "A.swift:2"]
    assert steps(named, last, named=None) == ["A.swift:2"]
    assert steps({**named, "binaryName": "Other"}, last) == ["A.swift:2"]


def test_frame_without_a_file_is_a_step_only_at_the_end() -> None:
    assert steps(app_frame("main", 1), app_frame("a", 1, place="A.m:1"), app_frame("b", 1)) == ["A.m:1", "b"]
    assert steps(app_frame("main", 1), app_frame("a", 1, place="A.m")) == ["A.m"]
    assert steps(app_frame("a", 1, place="A.m"), app_frame("b", 1, place="A.m:2")) == ["A.m:2"]


@pytest.mark.parametrize(
    ("count", "named", "expected"),
    [
        (7, None, [0, 1, 2, 3, 4, 5, 6]),
        (8, None, [0, 1, None, 3, 4, 5, 6, 7]),
        (1000, None, [0, 1, None, 995, 996, 997, 998, 999]),
        (1000, 500, [0, 1, None, 500, None, 995, 996, 997, 998, 999]),
    ],
)
def test_long_path_keeps_its_ends_and_the_named_frame(
    count: int, named: int | None, expected: list[int | None]
) -> None:
    frames = [app_frame("named" if one == named else "f", 1, place=f"F{one}.m:1") for one in range(count)]
    texts = [None if one is None else f"[F{one}.m:1]" if one == named else f"F{one}.m:1" for one in expected]
    assert steps(*frames) == texts
    path = app_path(CallTree([log(frames[:1])]), NAMED)
    assert path
    assert len(path.steps) == count


def test_target_is_the_named_frame_or_else_the_last() -> None:
    tree = CallTree([log([app_frame("named", 3, app_frame("b", 3, place="B.m:2"), place="A.m:1")])])
    named, unnamed = app_path(tree, NAMED), app_path(tree, None)
    bare = app_path(CallTree([log([app_frame("a", 3)])]), None)
    assert named
    assert unnamed
    assert bare
    assert (named.target, unnamed.target, bare.target) == ("A.m:1", "B.m:2", "a")


def test_path_has_the_share_of_each_log() -> None:
    tree = CallTree([log([app_frame("a", 3), frame("b", 1)]), log([frame("b", 2)])])
    path = app_path(tree, None)
    assert path
    assert (path.steps, path.percent, path.shares, path.log_count) == ([Step(path.end, False)], 50.0, [75.0, 0.0], 1)


@pytest.mark.parametrize(
    ("stack", "end"),
    [
        ([frame("main", 9, app_frame("a", 9))], "a"),
        ([frame("main", 2, app_frame("b", 1), app_frame("a", 1))], "b"),  # Of equal branches, its first counts.
        ([frame("main", 3, frame("a", 3))], None),  # Other logs say that the frame is the app's.
        ([app_frame("main", 3, app_frame("a", 1))], "main"),
        ([frame("other", 4, app_frame("c", 4)), frame("other", 1)], "c"),
        ([], None),
    ],
)
def test_path_of_a_log_depends_on_no_other_log(stack: list[dict[str, Any]], end: str | None) -> None:
    others = [log([frame("main", 5, app_frame("a", 4), app_frame("b", 1))]), log([frame("other", 1)])]
    path = app_path(CallTree([*others, log(stack)]), None, 2)
    assert (path and path.end.name) == end
