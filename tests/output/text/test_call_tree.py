"""Tests of the lines that a merged call tree and the path to the line to open are printed as."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ppparser.diagnostics.call_tree import CallTree, app_path
from ppparser.diagnostics.frames import Function
from ppparser.output.text.call_tree import path_lines, tree_lines
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.documents import app_frame, frame, log
from tests.helpers.support import Check, tagged

NAMED = Function("", "named")
ASCII = PLAIN._replace(step=">", ellipsis="...")


def drawn(*roots: dict[str, Any], named: Function | None = NAMED, style: Style = PLAIN, **meta_data: Any) -> list[str]:
    """Return the lines of a log's tree."""
    return list(tree_lines(CallTree([log(roots, **meta_data)]), 1, named, style))


# --- the tree


def test_rows_have_the_share_the_mark_the_function_and_the_place(check: Check) -> None:
    tree = frame(
        "start",
        200,
        app_frame(
            "outer",
            198,
            app_frame("named", 150, frame("write", 150, binaryName="libsystem"), place="B.m:12"),
            app_frame("other", 47, binaryName="Tidepool"),
            frame("tiny", 1),
            place="A.swift:5",
        ),
        binaryName="dyld",
    )
    check(drawn(tree))


def test_title_names_the_main_thread_and_what_is_counted(check: Check) -> None:
    main = [frame("a", None, frame("b", None), frame("c", None))]
    tree = CallTree([log(main, [frame("d", None)], per_thread=True)] * 2)
    check(tree_lines(tree, 2, None, PLAIN))


def test_run_of_system_frames_names_its_binaries_and_its_leaf(check: Check) -> None:
    def run(*binaries: str, below: dict[str, Any] | None = None) -> dict[str, Any]:
        tree = below
        for number, binary in reversed(list(enumerate(binaries))):
            tree = frame(f"f{number}", 1, *([tree] if tree else []), binaryName=binary)
        assert tree
        return tree

    check(
        [
            *drawn(run("libsqlite3.dylib", "libsqlite3.dylib", "libsystem_kernel.dylib")),
            "",
            *drawn(run("a", "b", below=app_frame("x", 1))),
            "",
            *drawn(run("", "")),
            "",
            *drawn(run("a" * 30, "b" * 30, "c")),
            "",
            *drawn(run("a" * 90, "b")),
        ]
    )


def test_long_names_leave_room_for_the_place() -> None:
    assert drawn(app_frame("f" * 90, 1, place="File.swift:5"), named=None)[1] == (
        f"  100 % >  {'f' * 54}\u2026  File.swift:5"
    )
    assert drawn(app_frame("f" * 90, 1, place=f"{'F' * 90}:5"), named=None)[1] == (
        f"  100 % >  {'f' * 19}\u2026  {'F' * 46}\u2026"
    )
    assert drawn(app_frame("f" * 90, 1), named=None)[1] == f"  100 % >  {'f' * 68}\u2026"
    assert drawn(app_frame("\u96fb" * 90, 1), named=None)[1] == f"  100 % >  {chr(0x96FB) * 34}\u2026"


def test_insights_are_below_their_row(check: Check) -> None:
    tree = frame(
        "a", 2, app_frame("b", 1, insightsCategory="Flush"), frame("c", 1, frame("d", 1, insightsCategory="\x1b[2J"))
    )
    check(drawn(tree))


def test_deep_branches_keep_their_indentation() -> None:
    tree = frame("leaf", 1)
    for level in range(10, 0, -1):
        tree = frame(f"f{level}", 1, tree, frame("x", 1, *[]), insightsCategory=None)
    lines = drawn(tree)
    assert max(len(line) - len(line.lstrip(" 0123456789%")) for line in lines[1:]) == 11 + 2 * 7
    assert all(width(line) <= 80 for line in lines)


def test_every_line_fits_into_eighty_columns() -> None:
    name = "closure #1 in PrimitiveButtonGestureCallbacks.dispatch(phase:state:) " * 2
    tree = app_frame(name, 100, place="PrimitiveButtonGestureCallbacks.swift:1234")
    for number in range(12):
        side = frame(name, 40, frame(name, 40, insightsCategory=name * 2), binaryName=name)
        tree = app_frame(name, 100, tree, side, place=f"PrimitiveButtonGestureCallbacks.swift:{number}")
    for style in (PLAIN, COLOUR, ASCII):
        lines = drawn(tree, named=Function("", name.strip()), style=style)
        assert len(lines) > 10
        assert all(width(line) <= 80 for line in lines)


def test_colour_only_marks_the_title_the_app_and_insights(check: Check) -> None:
    tree = frame("a", 2, app_frame("b", 1), app_frame("named", 1, insightsCategory="Flush"))
    check(tagged(drawn(tree, style=COLOUR)))
    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in drawn(tree, style=COLOUR)] == drawn(tree)


def test_signs_are_those_of_the_style() -> None:
    assert drawn(frame("a", 200, frame("b" * 70, 199), frame("c", 1)), style=ASCII)[1:] == [
        f"  100 %    ... 2 frames > {'b' * 51}...",
        "    0 %    ... 1 branch below 1 %",
    ]


def test_tree_without_frames_says_so() -> None:
    assert drawn() == ["  no call stack"]


# --- the path


def path(*places: str, named: int | None = None, style: Style = PLAIN) -> list[str]:
    """Return the lines of a path through frames at these places, one of them named by the signature."""
    tree: list[dict[str, Any]] = []
    for number, place in reversed(list(enumerate(places))):
        tree = [app_frame("named" if number == named else "f", 1, *tree, place=place)]
    found = app_path(CallTree([log(tree)]), NAMED)
    assert found
    return list(path_lines(found, "  look at  ", style))


def test_named_step_is_in_brackets() -> None:
    assert path("A.swift:1", "B.swift:2", "C.m:3", named=1) == ["  look at  A.swift:1 \u203a [B.swift:2] \u203a C.m:3"]
    assert path("A.swift:1", "B.swift:2", named=1, style=COLOUR) == [
        f"  look at  A.swift:1 \u203a {COLOUR.bad}[B.swift:2]{COLOUR.off}"
    ]
    assert path("A.swift:1", named=0, style=ASCII) == ["  look at  [A.swift:1]"]


@pytest.mark.parametrize(("last", "is_wrapped"), [(20, False), (21, True)])
def test_path_fills_eighty_columns_and_no_more(last: int, is_wrapped: bool) -> None:
    steps = ["a" * 22, "b" * 21, "c" * last]
    line = f"  look at  {steps[0]} > {steps[1]} >"
    expected = [line, f"           {steps[2]}"] if is_wrapped else [f"{line} {steps[2]}"]
    assert path(*steps, style=ASCII) == expected
    assert is_wrapped or len(expected[0]) == 80


@pytest.mark.parametrize(("middle", "is_wrapped"), [(34, False), (35, True)])
def test_step_before_the_last_leaves_room_for_a_sign(middle: int, is_wrapped: bool) -> None:
    first, *others = path("a" * 30, "b" * middle, "c", style=ASCII)
    assert first == (f"  look at  {'a' * 30} >" if is_wrapped else f"  look at  {'a' * 30} > {'b' * 34} >")
    assert others == ([f"           {'b' * 35} > c"] if is_wrapped else ["           c"])
