"""What changed between two builds, as lines of text."""

from __future__ import annotations

import pytest

from ppparser.diagnostics.signature_changes import Outcome, SignatureChange, compare_signatures
from ppparser.diagnostics.signatures import Signature
from ppparser.documents.subject import Build
from ppparser.output.text.signature_changes import alarm_text, signature_change_lines, since_text
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport


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


def test_long_names_of_signatures_are_cut() -> None:
    changes = changes_from({"x" * 90: 0.5}, {"x" * 90: 0.5})
    report = DiagnosticsReport(build=Build("b", "8"), old_build=Build("a", "7"), changes=changes)
    lines = list(signature_change_lines(report, PLAIN))
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
        change.outcome: (since_text(change.outcome, change.percents, "7"), since_text(change.outcome, change.percents))
        for change in CHANGES
        if change.outcome.is_alarming
    }
    assert texts == {
        Outcome.NEW: ("new since build 7", "not in the old logs"),
        Outcome.WORSE: ("10 % in build 7", "10 % in the old logs"),
    }
