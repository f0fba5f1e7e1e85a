"""Tests of the part of a merged call tree that fits on a screen."""

from __future__ import annotations

import json
from typing import Any

from ppparser.diagnostics.call_tree import CallTree
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.outline import MAX_ROWS, insights_in, outline
from ppparser.diagnostics.signatures import rank_signatures
from ppparser.documents import loading
from tests import fake_api
from tests.helpers.documents import app_frame, frame, log

NAMED = Function("Tidepool", "named")


def rows(*roots: dict[str, Any], named: Function | None = NAMED) -> list[tuple[str, float, int, bool]]:
    """Return the names of the frames of each row, its percentage and level, and whether it starts a branch."""
    found = outline(CallTree([log(roots)]), named)
    return [(" ".join(f.name for f in row.frames), row.percent, row.level, row.is_branch) for row in found.rows]


def test_system_frames_in_a_row_are_one_row() -> None:
    tree = frame("s1", 10, frame("s2", 10, app_frame("a", 10, frame("s3", 10, frame("s4", 10)))))
    assert rows(tree) == [("s1 s2", 100.0, 0, False), ("a", 100.0, 0, False), ("s3 s4", 100.0, 0, False)]


def test_branches_are_heaviest_first_and_one_level_deeper() -> None:
    tree = app_frame("a", 10, frame("light", 3), frame("heavy", 7, frame("x", 4), frame("y", 3)))
    assert rows(tree) == [
        ("a", 100.0, 0, False),
        ("heavy", 70.0, 1, True),
        ("x", 40.0, 2, True),
        ("y", 30.0, 2, True),
        ("light", 30.0, 1, True),
    ]


def test_frame_that_is_busy_itself_ends_a_run() -> None:
    assert rows(frame("a", 10, frame("b", 10, frame("c", 4, frame("d", 4))))) == [
        ("a b", 100.0, 0, False),
        ("c d", 40.0, 0, False),
    ]
    assert rows(frame("a", 10, frame("b", 10, frame("c", 5)))) == [("a b c", 100.0, 0, False)]


def test_named_system_frame_has_a_row_of_its_own() -> None:
    found = outline(CallTree([log([frame("a", 1, frame("named", 1, frame("b", 1, frame("c", 1))))])]), NAMED)
    assert [(len(row.frames), row.is_named, row.is_leaf) for row in found.rows] == [
        (1, False, False),
        (1, True, False),
        (2, False, True),
    ]


def test_branches_below_one_percent_are_summed_up() -> None:
    tree = frame("a", 1000, frame("b", 975), frame("c", 10), frame("d", 9), frame("e", 6))
    found = outline(CallTree([log([tree])]), None)
    assert [row.frames[0].name for row in found.rows] == ["a", "b", "c"]
    assert (found.cutoff_percent, found.omitted_count, found.omitted_percent) == (1, 2, 1.5)


def test_single_child_above_one_percent_continues_its_chain() -> None:
    assert rows(frame("a", 1000, frame("b", 999, frame("c", 999)), frame("d", 1))) == [("a b c", 100.0, 0, False)]


def test_tree_that_is_too_long_loses_its_lightest_branches() -> None:
    tree = app_frame("a", 1000, *(frame(f"b{count}", count) for count in range(1, 44)))
    found = outline(CallTree([log([tree])]), None)
    assert (found.cutoff_percent, found.omitted_count) == (3, 29)
    assert [row.frames[0].samples for row in found.rows] == [1000, *range(43, 29, -1)]


def test_heaviest_path_stays_however_light_it_is() -> None:
    tree = app_frame("a", 400, *(app_frame(f"b{number}", 4, frame("c", 4)) for number in range(100)))
    found = outline(CallTree([log([tree])]), None)
    assert [row.frames[0].name for row in found.rows] == ["a", "b0", "c"]
    assert (found.cutoff_percent, found.omitted_count, found.omitted_percent) == (2, 99, 99.0)


def test_middle_of_a_deep_recursion_is_one_row() -> None:
    tree = app_frame("leaf", 1)
    for depth in reversed(range(5000)):
        tree = app_frame("named" if depth == 2500 else f"f{depth}", 1, tree)
    found = outline(CallTree([log([tree])]), NAMED)
    assert [row.frames[0].name for row in found.rows] == [
        *("f0", "f1", "f2", "f3", "f4", "f5", "named", "f2501"),
        *("f4993", "f4994", "f4995", "f4996", "f4997", "f4998", "f4999", "leaf"),
    ]
    assert [len(row.frames) for row in found.rows] == [1, 1, 1, 1, 1, 2495, 1, 2492, *[1] * 8]


def test_outline_of_the_fake_api_s_trees_fits_the_screen() -> None:
    for kind in ("DISK_WRITES", "HANGS", "LAUNCHES"):
        resources = loading.parse(json.dumps(fake_api.signatures(kind)).encode(), "")
        for signature in rank_signatures(resources, [kind])[kind]:
            logs = fake_api.logs(signature.id)["productData"][0]["diagnosticLogs"]
            found = outline(CallTree(logs), signature.function)
            assert [row.is_named for row in found.rows].count(True) == 1
            assert found.cutoff_percent == 1
            assert 4 <= len(found.rows) <= MAX_ROWS


def test_empty_tree_has_no_rows() -> None:
    assert outline(CallTree([]), None) == ([], 1, 0, 0.0)


def test_insights_of_a_row_name_their_functions() -> None:
    tree = frame("a", 1, frame("b", 1, frame("c", 1, insightsCategory="X"), insightsCategory="Y"))
    (row,) = outline(CallTree([log([tree])]), None).rows
    assert insights_in(row) == [("Y", "b"), ("X", "c")]
