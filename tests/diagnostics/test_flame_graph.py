"""Tests of the bars of flame graphs: where they are, which frames share one, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ppparser.diagnostics import flame_graph
from ppparser.diagnostics.call_tree import CallTree
from ppparser.diagnostics.flame_graph import MAX_BARS, MAX_LEVELS, MIN_WIDTH_PERCENT, FlameGraph, LeftOut
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.signatures import select_logs
from tests.helpers.documents import app_frame, frame, log
from tests.test_properties import diagnostics_reports, parsed

NAMED = Function("App", "named")
NONE = LeftOut(0, 0.0)


def graph(*roots: dict[str, Any]) -> FlameGraph:
    return flame_graph.flame_graph(CallTree([log(roots)]), NAMED)


def bars(*roots: dict[str, Any]) -> list[tuple[str, int, float, float]]:
    """Return the names of the frames of each bar, its level, where it starts, and its width."""
    return [(" ".join(f.name for f in bar.frames), bar.level, bar.start, bar.width) for bar in graph(*roots).bars]


def chain(count: int, child: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return `count` frames of the app with different names above `child`."""
    for number in range(count, 0, -1):
        child = app_frame(f"f{number}", child["sampleCount"], child, **members)
    return child


# --- places


def test_bars_are_side_by_side_below_their_caller_heaviest_first() -> None:
    tree = app_frame("a", 10, app_frame("b", 2), app_frame("c", 5, app_frame("d", 4)), binaryName="App")
    assert bars(tree, app_frame("e", 30)) == [
        ("e", 0, 0.0, 75.0),
        ("a", 0, 75.0, 25.0),
        ("c", 1, 75.0, 12.5),
        ("b", 1, 87.5, 5.0),
        ("d", 2, 75.0, 10.0),
    ]


def test_bar_knows_its_share_and_whose_it_is() -> None:
    tree = app_frame("a", 8, frame("named", 4, frame("s", 1, frame("leaf", 1))), frame("t", 3))
    found = [(bar.frames[0].name, bar.percent, bar.is_app, bar.is_named, bar.is_leaf) for bar in graph(tree).bars]
    assert found == [
        ("a", 100.0, True, False, False),
        ("named", 50.0, False, True, False),
        ("t", 37.5, False, False, True),
        ("s", 12.5, False, False, True),
    ]
    assert graph(tree).level_count == 3


def test_frames_with_more_samples_than_their_caller_share_its_width() -> None:
    assert bars(frame("a", 10, app_frame("b", 30), app_frame("c", 10))) == [
        ("a", 0, 0.0, 100.0),
        ("b", 1, 0.0, 75.0),
        ("c", 1, 75.0, 25.0),
    ]


def test_frames_without_samples_share_the_width_of_their_caller() -> None:
    tree = frame("a", 0, app_frame("b", 0, app_frame("d", 5)), app_frame("c", 0))
    assert bars(tree) == [("a", 0, 0.0, 100.0), ("b", 1, 0.0, 50.0), ("c", 1, 50.0, 50.0), ("d", 2, 0.0, 50.0)]


def test_tree_without_frames_has_no_bars() -> None:
    assert graph() == FlameGraph([], 0, NONE, NONE, NONE)


# --- frames that share a bar


def test_system_frames_in_a_row_share_a_bar() -> None:
    tree = frame("s", 100, frame("t", 95, frame("u", 91, app_frame("a", 90, frame("v", 90, frame("w", 90))))))
    assert bars(tree) == [("s t u", 0, 0.0, 100.0), ("a", 1, 0.0, 90.0), ("v w", 2, 0.0, 90.0)]


def test_much_narrower_system_frame_has_a_bar_of_its_own() -> None:
    assert [bar[0] for bar in bars(frame("s", 100, frame("t", 90), frame("u", 0)))] == ["s t"]
    assert [bar[0] for bar in bars(frame("s", 100, frame("t", 89)))] == ["s", "t"]
    assert [bar[0] for bar in bars(frame("s", 100, frame("t", 90), frame("u", 9)))] == ["s", "t", "u"]


def test_named_frame_of_the_system_has_a_bar_of_its_own() -> None:
    assert [bar[0] for bar in bars(frame("s", 9, frame("named", 9, frame("t", 9))))] == ["s", "named", "t"]


def test_function_of_the_app_that_calls_itself_has_one_bar() -> None:
    tree = app_frame("a", 9, app_frame("a", 9, app_frame("b", 9, app_frame("a", 9))))
    assert [bar[0] for bar in bars(tree)] == ["a a", "b", "a"]
    other = app_frame("a", 9, app_frame("a", 9, binaryName="Other"), binaryName="App")
    assert [bar[0] for bar in bars(other)] == ["a", "a"]


# --- what is left out


def test_narrow_branches_are_left_out_and_counted() -> None:
    tree = app_frame("a", 1000, app_frame("b", 3), app_frame("c", 2, frame("d", 2)), app_frame("e", 1))
    found = graph(tree)
    assert [bar.frames[0].name for bar in found.bars] == ["a", "b"]
    assert (found.narrow, found.deep, found.surplus) == (LeftOut(2, 0.3), NONE, NONE)
    assert MIN_WIDTH_PERCENT == 0.3


def test_deep_branches_are_left_out_and_counted() -> None:
    found = graph(chain(MAX_LEVELS, app_frame("deep", 4, app_frame("deeper", 4))))
    assert (len(found.bars), found.level_count) == (MAX_LEVELS, MAX_LEVELS)
    assert (found.narrow, found.deep, found.surplus) == (NONE, LeftOut(1, 100.0), NONE)
    assert graph(chain(MAX_LEVELS - 1, app_frame("last", 4))).deep == NONE


def test_lightest_of_too_many_branches_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flame_graph, "MAX_BARS", 4)
    tree = app_frame("a", 100, app_frame("b", 60, app_frame("c", 50)), app_frame("d", 30), app_frame("e", 10))
    found = graph(tree)
    assert [bar.frames[0].name for bar in found.bars] == ["a", "b", "d", "c"]
    assert (found.narrow, found.deep, found.surplus) == (NONE, NONE, LeftOut(1, 10.0))
    assert (MAX_BARS, MAX_LEVELS) == (1000, 200)


def test_only_what_is_drawn_is_merged() -> None:
    tree = CallTree([log([app_frame("a", 1000, app_frame("b", 900), app_frame("c", 2, app_frame("d", 2)))])])
    flame_graph.flame_graph(tree, None)
    [root] = tree.roots
    assert [child._children is None for child in root.children] == [False, True]


@given(diagnostics_reports.map(parsed))
def test_bars_of_any_logs_lie_below_their_callers(document: Any) -> None:
    for one in select_logs(document):
        tree = CallTree(one.logs)
        found = flame_graph.flame_graph(tree, None)
        assert bool(found.bars) == bool(tree.roots)
        for level in range(found.level_count):
            shown = [bar for bar in found.bars if bar.level == level]
            assert shown
            assert all(one.start + one.width <= other.start + 1e-6 for one, other in zip(shown, shown[1:]))
            above = [bar for bar in found.bars if bar.level == level - 1]
            for bar in shown if level else ():
                assert any(
                    one.start <= bar.start + 1e-6 and bar.start + bar.width <= one.start + one.width + 1e-6
                    for one in above
                )
