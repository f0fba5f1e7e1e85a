"""What changed between the logs in two reports, as Markdown."""

from __future__ import annotations

import pytest

from ppparser.output.markdown.function_changes import comparison_markdown_lines
from tests.helpers.markdown_text import tables_of, texts_of
from tests.helpers.signatures import compared, hostile_comparison, shares
from tests.output.markdown.test_document import HOSTILE


def test_line_to_open_comes_first_and_functions_have_a_row_each() -> None:
    new = shares(new=100, worse=300, same=200, tiny=9)
    old = shares(worse=250, same=201, gone=100, tiny=8, small=9)
    assert list(comparison_markdown_lines(compared(new, old))) == [
        *("## Functions of your app: 1 new, 1 worse, 1 unchanged, 1 better, 1 gone", ""),
        *("**Open `new.swift:7`**: 10 % of the samples, not in the old logs", ""),
        *("New: new.json, 2 logs of 5.1, 5.0<br>Old: old.json, 1 log", ""),
        "|  | old % | new % | function | place |",
        "| :-- | --: | --: | :-- | :-- |",
        "| **NEW** | - | 10.0 | `new` | `new.swift:7` |",
        "| **worse** | 25.0 | 30.0 | `worse` | `worse.swift:7` |",
        "| unchanged | 20.1 | 20.0 | `same` | `same.swift:7` |",
        "| better | 43.2 | 39.1 | `rest` | - |",
        "| GONE | 10.0 | - | `gone` | `gone.swift:7` |",
        "",
        "Left out: 2 functions below 1 % in both<br>% of all 1000 old and 1000 new samples that were taken in the "
        "function or in one that it calls. A share is part of its own build's total, so it can rise only because "
        "another one fell.<br>unchanged: less than 0.5 points apart",
        "",
    ]


def test_functions_without_a_change_for_the_worse_say_so() -> None:
    lines = list(comparison_markdown_lines(compared(shares(a=500), shares(a=500))))
    assert lines[2] == "**Nothing is new or worse**"
    assert lines[-2].startswith("% of all 1000 old")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text(name: str) -> None:
    lines = list(comparison_markdown_lines(hostile_comparison(name)))
    assert name.strip()[:9] in texts_of(lines)
    [[row, _]] = tables_of(lines)
    assert (row["function"], row["place"]) == (" ".join(name.split()), f"{name}:{name}".strip())
