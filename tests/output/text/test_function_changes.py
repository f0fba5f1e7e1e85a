"""What changed between the logs in two reports, as lines of text."""

from __future__ import annotations

from ppparser.diagnostics.function_changes import (
    FunctionShares,
    function_shares,
)
from ppparser.output.text.function_changes import comparison_lines
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.documents import app_frame, log
from tests.helpers.signatures import compared, shares
from tests.helpers.support import tagged


def function_lines(new: FunctionShares, old: FunctionShares, style: Style = PLAIN) -> list[str]:
    """Return the lines below those that name the two reports."""
    first, second, *lines = comparison_lines(compared(new, old), style)
    assert (first, second) == ("New: new.json, 2 logs of 5.1, 5.0", "Old: old.json, 1 log")
    return lines


def test_functions_have_a_row_each_and_small_ones_a_count() -> None:
    new = shares(new=100, worse=300, same=200, tiny=9)
    old = shares(worse=250, same=201, gone=100, tiny=8, small=9)
    assert function_lines(new, old) == [
        "Functions of your app: 1 new, 1 worse, 1 unchanged, 1 better, 1 gone",
        "  % of all 1000 old and 1000 new samples that were taken in the function or in",
        "    one that it calls. A share is part of its own build's total, so it can rise",
        "    only because another one fell.",
        "  unchanged: less than 0.5 points apart",
        "             old %  new %  function and line",
        "  NEW            -   10.0  new  new.swift:7",
        "  worse       25.0   30.0  worse  worse.swift:7",
        "  unchanged   20.1   20.0  same  same.swift:7",
        "  better      43.2   39.1  rest",
        "  GONE        10.0      -  gone  gone.swift:7",
        "  \u2026 2 functions below 1 % in both",
        "",
        "Open new.swift:7: 10 % of the samples, not in the old logs",
    ]


def test_functions_without_a_change_for_the_worse_say_so() -> None:
    lines = function_lines(shares(a=500, tiny=1), shares(a=500, tiny=1))
    assert lines[-3:] == ["  \u2026 1 function below 1 % in both", "", "Nothing is new or worse"]


def test_function_without_a_line_is_named() -> None:
    new, old = shares(a=100), shares(a=200)
    assert tagged(function_lines(new, old, COLOUR))[-1] == (
        "Open <bad>rest<off>: 90 % of the samples, 80 % in the old logs"
    )


def test_small_functions_alone_have_no_table() -> None:
    tiny = function_shares([log([app_frame("a", 1)]), {"callStackTree": []}])._replace(samples=1000)
    assert function_lines(tiny, tiny)[0] == "Functions of your app: none"
    assert function_lines(tiny, tiny)[-3:] == ["  \u2026 1 function below 1 % in both", "", "Nothing is new or worse"]


def test_leaves_are_named_where_counts_are_missing() -> None:
    leaves = function_shares([log([app_frame("a", None)])])
    assert "% of all 1 (leaves, without counts) old and 1000 new samples" in " ".join(
        function_lines(shares(a=1000), leaves)[1:3]
    ).replace("    ", "")


def test_long_functions_fit_into_eighty_columns() -> None:
    made = function_shares([log([app_frame("f" * 90, 1, place=f"{'x' * 30}.swift:88")])])
    line = function_lines(made, made)[-3]
    assert len(line) == 80
    assert line.endswith(".swift:88") or "\u2026" in line
