"""What becomes of the app's functions from one report to another."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.function_changes import FunctionChange, FunctionShares, compare_functions, function_shares
from ppparser.diagnostics.signature_changes import Outcome, Percents
from tests.helpers.documents import app_frame, frame, log

MIRRORED = {
    Outcome.NEW: Outcome.GONE,
    Outcome.WORSE: Outcome.BETTER,
    Outcome.UNCHANGED: Outcome.UNCHANGED,
    Outcome.BETTER: Outcome.WORSE,
    Outcome.GONE: Outcome.NEW,
}
A, B, C = (Function("", name) for name in "abc")


def test_share_of_a_function_is_inclusive() -> None:
    made = log([frame("main", 10, app_frame("a", 8, frame("read", 3), app_frame("b", 4)))])
    assert function_shares([made])[::2] == ({A: 8, B: 4}, 10)


def test_function_that_calls_itself_counts_once() -> None:
    made = log([app_frame("a", 9, app_frame("b", 8, app_frame("a", 7, app_frame("b", 6))), app_frame("b", 1))])
    assert function_shares([made]).counts == {A: 9, B: 9}


def test_function_is_added_up_over_stacks_and_logs() -> None:
    logs = [log([app_frame("a", 2)], [app_frame("a", 3)]), log([app_frame("a", 4), app_frame("b", 1)])]
    shares = function_shares(logs)
    assert (shares.percent(A), shares.percent(B), shares.percent(C)) == (90, 10, None)


def test_only_the_main_thread_of_a_hang_is_compared() -> None:
    hang = log([app_frame("a", 2)], [app_frame("b", 2)], per_thread=True)
    assert function_shares([hang]).counts == {A: 2}


def test_offsets_and_addresses_of_functions_are_ignored() -> None:
    made = log([frame("", 9, app_frame("a + 4", 2), app_frame("a + 8", 3), app_frame("", 1, rawFrame="1 a [0x1f]"))])
    assert function_shares([made]).counts == {A: 6}


def test_place_is_the_one_with_the_most_samples() -> None:
    frames = [app_frame("a", 2, place="A.swift:1"), app_frame("a", 3, place="A.swift:2"), app_frame("b", 1)]
    assert function_shares([log(frames)]).places == {A: ("A.swift", "2"), B: ("", "")}


def test_leaves_count_without_sample_counts() -> None:
    made = log([frame("main", None, app_frame("a", None, frame("x", None), frame("y", None)), app_frame("b", None))])
    shares = function_shares([made])
    assert (shares.counts, shares.samples, shares.has_counts) == ({A: 2, B: 1}, 3, False)


def test_logs_without_samples_have_no_shares() -> None:
    assert function_shares([{}]) == ({}, {}, 0, False)
    assert FunctionShares({A: 0}, {A: ("", "")}, 0, True).percent(A) == 0


def test_place_of_a_function_is_that_in_the_new_build() -> None:
    def shares(**places: str) -> FunctionShares:
        return function_shares([log([app_frame(name, 1, place=place) for name, place in places.items()])])

    changes = compare_functions(shares(a="A.swift:2", c="C.swift:1"), shares(a="A.swift:1", b="B.swift:1"))
    assert changes == [
        FunctionChange(Outcome.NEW, Percents(None, 50), C, "C.swift", "1"),
        FunctionChange(Outcome.UNCHANGED, Percents(50, 50), A, "A.swift", "2"),
        FunctionChange(Outcome.GONE, Percents(50, None), B, "B.swift", "1"),
    ]


functions = st.sampled_from(("a", "b + 4", "b + 8", "c", "0x1f"))
trees = st.recursive(
    st.builds(app_frame, functions, st.integers(0, 9)),
    lambda below: st.builds(
        lambda name, count, children, is_app: (app_frame if is_app else frame)(name, count, *children),
        functions,
        st.integers(0, 99),
        st.lists(below, max_size=3),
        st.booleans(),
    ),
    max_leaves=8,
)
saved_logs = st.lists(st.lists(trees, max_size=3).map(log), max_size=3)


@given(saved_logs)
def test_functions_compared_with_themselves_are_unchanged(logs: list[Any]) -> None:
    shares = function_shares(logs)
    assert {function.outcome for function in compare_functions(shares, shares)} <= {Outcome.UNCHANGED}


@given(saved_logs, saved_logs)
def test_swapped_logs_mirror_the_functions(new: list[Any], old: list[Any]) -> None:
    one, other = function_shares(new), function_shares(old)
    there, back = compare_functions(one, other), compare_functions(other, one)
    mirrored = {(MIRRORED[row.outcome], row.function, row.percents[::-1]) for row in there}
    assert {(row.outcome, row.function, tuple(row.percents)) for row in back} == mirrored
    assert len(there) == len(back) == len(mirrored)
