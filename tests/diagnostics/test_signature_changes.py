"""What becomes of signatures from one build to another."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.signature_changes import (
    Outcome,
    Percents,
    SignatureChange,
    comparable,
    comparable_name,
    compare_signatures,
    outcome_of,
    types_missing_in,
)
from ppparser.diagnostics.signatures import Signature, rank_signatures
from ppparser.documents import loading
from tests import fake_api

MIRRORED = {
    Outcome.NEW: Outcome.GONE,
    Outcome.WORSE: Outcome.BETTER,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
    Outcome.UNCHANGED: Outcome.UNCHANGED,
    Outcome.BETTER: Outcome.WORSE,
    Outcome.GONE: Outcome.NEW,
}


def signature(name: str, weight: float | None, diagnostic_type: str = "HANGS", signature_id: str = "") -> Signature:
    return Signature(signature_id or name, name, diagnostic_type, weight, "", [], "")


def ranked(*signatures: Signature) -> dict[str, list[Signature]]:
    """Return rankings by type, in the order of the signatures."""
    rankings: dict[str, list[Signature]] = {}
    for one in signatures:
        rankings.setdefault(one.type, []).append(one)
    return rankings


def rows(changes: list[SignatureChange]) -> list[tuple[str, str, float | None, float | None]]:
    return [(change.outcome.name, change.function.name, *change.percents) for change in changes]


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "comparable"),
    [
        ("TrackStore.append(_:)", "TrackStore.append(_:)"),
        ("main + 8", "main"),
        ("main + 0x1f", "main"),
        ("main + 8 (in App)", "main (in App)"),
        ("0x0000000104f3a2b0", "unknown symbol"),
        ("0x104F3A2B0 + 12", "unknown symbol"),
        ("unknown symbol + 4096", "unknown symbol"),
        ("load [0x104f3a2b0]", "load"),
        ("load <8D3C2B1A-5F60-4E7D-9A0B-C1D2E3F4A5B6> + 4", "load"),
        ("load <8D3C2B1A5F604E7D9A0BC1D2E3F4A5B6>", "load"),
        ("static Vector.+ infix(_:_:)", "static Vector.+ infix(_:_:)"),
        ("-[RLTileCache storeTile:forKey:]", "-[RLTileCache storeTile:forKey:]"),
        ("__45-[A b]_block_invoke_2", "__45-[A b]_block_invoke_2"),
        ("std::vector<>::push_back", "std::vector<>::push_back"),
        ("Array<A>.subscript.getter", "Array<A>.subscript.getter"),
        ("operator[](unsigned long)", "operator[](unsigned long)"),
        ("closure #1 in a + b", "closure #1 in a + b"),
        ("", "unknown symbol"),
    ],
)
def test_name_loses_what_differs_between_builds(name: str, comparable: str) -> None:
    assert comparable_name(name) == comparable


def test_binary_is_part_of_a_function() -> None:
    assert comparable(Function("App <8D3C2B1A-5F60-4E7D-9A0B-C1D2E3F4A5B6>", "main + 8")) == Function("App", "main")
    assert comparable(Function("", "main")) == Function("", "main")


# --- changes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (20.0, 20.5, Outcome.WORSE),
        (20.0, 20.49, Outcome.UNCHANGED),
        (20.0, 20.0, Outcome.UNCHANGED),
        (20.49, 20.0, Outcome.UNCHANGED),
        (20.5, 20.0, Outcome.BETTER),
        (None, 20.0, Outcome.UNKNOWN),
        (20.0, None, Outcome.UNKNOWN),
    ],
)
def test_share_in_both_builds_is_compared(old: float | None, new: float | None, change: Outcome) -> None:
    assert outcome_of(True, True, Percents(old, new)) is change


@pytest.mark.parametrize("share", [None, 0.0, 50.0])
def test_share_in_one_build_is_new_or_gone(share: float | None) -> None:
    assert outcome_of(False, True, Percents(None, share)) is Outcome.NEW
    assert outcome_of(True, False, Percents(share, None)) is Outcome.GONE


def test_changes_are_listed_worst_first() -> None:
    old = ranked(*(signature(*one) for one in {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4, "e": 0.5, "g": 0.1}.items()))
    new = ranked(*(signature(*one) for one in {"a": 0.3, "b": 0.3, "c": 0.1, "d": 0.4, "f": 0.1, "h": 0.2}.items()))
    assert [(change, name) for change, name, *_ in rows(compare_signatures(new, old))] == [
        *(("NEW", "h"), ("NEW", "f"), ("WORSE", "a"), ("WORSE", "b")),
        *(("UNCHANGED", "d"), ("BETTER", "c"), ("GONE", "e"), ("GONE", "g")),
    ]
    assert Counter(one.outcome for one in compare_signatures(new, old)) == {
        Outcome.NEW: 2,
        Outcome.WORSE: 2,
        Outcome.UNCHANGED: 1,
        Outcome.BETTER: 1,
        Outcome.GONE: 2,
    }


def test_signatures_match_by_type_and_function() -> None:
    old = ranked(signature("App: a + 4", 0.5), signature("App: b", 0.5), signature("Other: a", 0.5))
    new = ranked(signature("App: a + 8", 0.5), signature("App: b", 0.5, "LAUNCHES"))
    assert [(one.outcome.name, one.signature.type, *one.function) for one in compare_signatures(new, old)] == [
        ("NEW", "LAUNCHES", "App", "b"),
        ("UNCHANGED", "HANGS", "App", "a"),
        ("GONE", "HANGS", "App", "b"),
        ("GONE", "HANGS", "Other", "a"),
    ]


def test_signatures_of_one_function_are_added_up() -> None:
    old = ranked(signature("App: a + 4", 0.25))
    new = ranked(signature("App: a + 8", 0.25), signature("App: a + 12", 0.125))
    (change,) = compare_signatures(new, old)
    assert (change.outcome, change.percents, change.signature_count) == (Outcome.WORSE, (25, 37.5), 2)
    assert change.signature.name == "App: a + 8"


def test_unknown_weight_is_not_judged() -> None:
    found = compare_signatures(ranked(signature("a", None)), ranked(signature("a", 0.5)))
    assert rows(found) == [("UNKNOWN", "a", 50, None)]
    assert not found[0].outcome.is_alarming


def test_types_of_one_build_alone_are_known() -> None:
    new = {"DISK_WRITES": [signature("a", 1)], "HANGS": [], "LAUNCHES": []}
    old = {"DISK_WRITES": [signature("a", 1)], "HANGS": [signature("a", 1)], "LAUNCHES": []}
    assert (types_missing_in(new, old), types_missing_in(old, new)) == (["HANGS"], [])


def rankings_of(number: str) -> dict[str, list[Signature]]:
    """Return the rankings of a build of the fake API."""
    types = ("DISK_WRITES", "HANGS", "LAUNCHES")
    build = next(build for build in fake_api.BUILDS if build.number == number)
    resources = [one for name in types for one in fake_api.signatures(name, build_id=build.id)]
    return rank_signatures(loading.parse(json.dumps(resources).encode(), ""), types)


def test_new_signatures_of_the_demo_are_found() -> None:
    changes = compare_signatures(rankings_of("431"), rankings_of("424"))
    assert [change.function.name for change in changes if change.outcome is Outcome.NEW] == [
        "LocationGate.isAllowed.getter",
        "PhotoJournal.saveThumbnail(for:)",
    ]


weights = st.none() | st.floats(0, 1) | st.sampled_from((0.1, 0.105, 0.11, 0.2))
builds = st.lists(
    st.builds(
        signature,
        st.sampled_from(("App: a", "App: a + 4", "App: a + 8", "App: b", "b", "0x1f", "c")),
        weights,
        st.sampled_from(("HANGS", "LAUNCHES")),
        st.sampled_from("abcdefgh"),
    ),
    max_size=8,
).map(lambda signatures: ranked(*signatures))


@given(builds)
def test_build_compared_with_itself_has_not_changed(build: dict[str, list[Signature]]) -> None:
    changes = compare_signatures(build, build)
    assert {change.outcome for change in changes} <= {Outcome.UNCHANGED, Outcome.UNKNOWN}
    assert all(change.percents.old == change.percents.new for change in changes)


@given(builds, builds)
def test_swapped_builds_mirror_the_changes(new: dict[str, list[Signature]], old: dict[str, list[Signature]]) -> None:
    there, back = compare_signatures(new, old), compare_signatures(old, new)
    mirrored = [(MIRRORED[one.outcome], one.signature.type, one.function, one.percents[::-1]) for one in there]
    found = [(one.outcome, one.signature.type, one.function, tuple(one.percents)) for one in back]
    assert sorted(found, key=str) == sorted(mirrored, key=str)
    for change in Outcome:  # Each change lists its signatures in the same order as its mirror image.
        assert [one for one in found if one[0] is change] == [one for one in mirrored if one[0] is change]
    assert Counter(found) == Counter(mirrored)
