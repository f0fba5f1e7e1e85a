"""What changed between two builds, as lines of text."""

from __future__ import annotations

import pytest

from ppparser.diagnostics.signature_changes import Change, SignatureChange, compare_signatures
from ppparser.diagnostics.signatures import Signature
from ppparser.output.text.signature_changes import alarm_text, signature_change_lines, since_text
from ppparser.program.terminal import COLOUR, PLAIN, Style
from tests.helpers.support import tagged


def changes_from(old: dict[str, float | None], new: dict[str, float | None]) -> list[SignatureChange]:
    """Return the changes of hangs, each a name and its weight in both builds."""
    new_ranking, old_ranking = (
        {
            "HANGS": [
                Signature(name, f"App: {name.strip()}", "HANGS", weight, "", [], "") for name, weight in one.items()
            ]
        }
        for one in (new, old)
    )
    return compare_signatures(new_ranking, old_ranking)


CHANGES = changes_from(
    {"worse": 0.1, "unknown": None, "same": 0.201, "better": 0.3, "gone": 0.0125},
    {"new": 0.2, "worse": 0.1234, "unknown": 0.1, "same": 0.2005, "same ": 0.0001, "better": 0.2},
)


def signature_lines(style: Style = PLAIN, one_sided: tuple[tuple[str, bool], ...] = ()) -> list[str]:
    return list(signature_change_lines(CHANGES, one_sided, "7", "8", style))


def test_signatures_have_a_row_each() -> None:
    assert signature_lines() == [
        "Signatures of builds 7 and 8: 1 new, 1 worse, 1 unknown, 1 unchanged, 1 better,",
        "  1 gone",
        "  % of all hangs in that build; points: the difference. A share is part of its",
        "    own build's total, so it can rise only because another one fell.",
        "  unchanged: less than 0.5 points apart; NEW, GONE: listed for one build alone",
        "                  7       8  points  signature",
        "  NEW             -    20 %       -  new",
        "  worse        10 %  12.3 %    +2.3  worse",
        "  unknown         -    10 %       -  unknown",
        "  unchanged  20.1 %  20.1 %       0  same (2 signatures)",
        "  better       30 %    20 %     -10  better",
        "  GONE       1.25 %       -       -  gone",
        "",
    ]


def test_new_and_worse_signatures_are_coloured() -> None:
    lines = tagged(signature_lines(COLOUR))
    assert lines[0].startswith("<strong>Signatures of builds 7 and 8<off>: 1 new")
    assert [line.split("  ")[1] for line in lines[6:-1]] == [
        *("<bad>NEW<off>", "<bad>worse<off>", "unknown", "unchanged", "<good>better<off>", "<good>GONE<off>")
    ]


@pytest.mark.parametrize(
    ("is_new", "text"),
    [
        (True, "  build 7 has no LAUNCHES signatures: NEW may only mean too few reports there"),
        (False, "  build 8 has no LAUNCHES signatures: GONE may only mean too few reports there"),
    ],
)
def test_type_of_one_build_alone_is_explained(is_new: bool, text: str) -> None:
    assert signature_lines(one_sided=(("LAUNCHES", is_new),))[5] == text


def test_binaries_are_named_if_there_are_several() -> None:
    new = {"HANGS": [Signature(name, name, "HANGS", 0.5, "", [], "") for name in ("App: main", "Helper: main", "x")]}
    lines = list(signature_change_lines(compare_signatures(new, new), [], "7", "8", PLAIN))
    assert [line.split("       0  ")[1] for line in lines[-4:-1]] == ["x", "App: main", "Helper: main"]


def test_long_names_of_signatures_are_cut() -> None:
    changes = changes_from({"x" * 90: 0.5}, {"x" * 90: 0.5})
    lines = list(signature_change_lines(changes, [], "7", "8", PLAIN))
    assert max(map(len, lines)) == 80
    assert lines[-2].endswith("x\u2026")


@pytest.mark.parametrize(
    ("shown", "total", "text"),
    [
        (0, 0, "No signature is new or worse"),
        (1, 1, "1 new or worse signature follows"),
        (2, 2, "2 new or worse signatures follow"),
        (5, 7, "5 of 7 new or worse signatures follow: --signatures=7 prints all"),
        (0, 1, "0 of 1 new or worse signatures follow: --signatures=1 prints all"),
    ],
)
def test_number_of_trees_is_stated(shown: int, total: int, text: str) -> None:
    assert alarm_text(shown, total) == text


def test_baseline_of_a_change_is_the_old_build() -> None:
    texts = {
        one.change: (since_text(one.change, one.percents, "7"), since_text(one.change, one.percents))
        for one in CHANGES
        if one.change.is_alarming
    }
    assert texts == {
        Change.NEW: ("new since build 7", "not in the old logs"),
        Change.WORSE: ("10 % in build 7", "10 % in the old logs"),
    }
