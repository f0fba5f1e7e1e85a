"""Tests of reading the options of a gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppparser.errors import AcceptanceError, UsageError
from ppparser.gate.acceptances import Acceptance
from ppparser.gate.options import read_gate_options
from ppparser.gate.outcome import GateOptions
from ppparser.program.harness import Arguments

NOTHING = {"--fail-on-regression": False, "--fail-above": None, "--fail-below-goal": None, "--accept": None}


def options_of(**given: object) -> GateOptions:
    names = {f"--{name.replace('_', '-')}": value for name, value in given.items()}
    return read_gate_options(Arguments({**NOTHING, **names}))


def test_options_are_read_from_the_arguments() -> None:
    assert options_of() == GateOptions()
    assert options_of(fail_on_regression=True) == GateOptions(True)
    assert options_of(fail_above="10", fail_below_goal="GOOD") == GateOptions(False, 10.0, "good")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("0", 0.0),
        ("10", 10.0),
        ("7.5", 7.5),
        ("7.5%", 7.5),
        ("7.5 %", 7.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("9" * 9, 999999999.0),
    ],
)
def test_percentage_may_have_decimals_and_a_sign(text: str, percent: float) -> None:
    assert options_of(fail_above=text).above_percent == percent


@pytest.mark.parametrize(
    "text", ["ten", "-1", "+1", "1e3", "nan", "inf", "1,5", ".", "%", "1.2.3", "10%%", "9" * 10, "\u0661"]
)
def test_other_text_is_not_a_percentage(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--fail-above takes a percentage, such as 10 or 7\.5$"):
        options_of(fail_above=text)


def test_other_text_is_not_a_goal() -> None:
    with pytest.raises(UsageError, match=r"^--fail-below-goal takes fair or good$"):
        options_of(fail_below_goal="poor")


@pytest.mark.parametrize("rule", [{"fail_on_regression": True}, {"fail_above": "0"}, {"fail_below_goal": "fair"}])
def test_entries_of_the_file_are_read(rule: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "accept.txt"
    path.write_text("A b")
    assert options_of(**rule, accept=str(path)).acceptances == [Acceptance("A", "b", file=str(path), line=1)]
    with pytest.raises(AcceptanceError):
        options_of(**rule, accept=str(tmp_path / "lost.txt"))


def test_file_without_a_rule_is_a_usage_error() -> None:
    with pytest.raises(
        UsageError, match=r"^--accept requires --fail-on-regression, --fail-above or --fail-below-goal$"
    ):
        options_of(accept="lost.txt")
