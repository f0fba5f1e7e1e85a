"""Tests of what the reports in JSON share."""

from __future__ import annotations

from math import inf

import pytest

from ppparser.json_text import json_lines, number, percent


@pytest.mark.parametrize("text", ["0", "-1", "2014.30", "1E5", "1.5e-3"])
def test_number_keeps_its_spelling(text: str) -> None:
    assert list(json_lines({"value": number(text)})) == ["{", f'  "value": {text}', "}"]


@pytest.mark.parametrize("text", ["", "n/a", "1,5", "01", ".5", "0x1", "1 MB", "\u0661"])
def test_what_is_not_a_number_is_null(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(("value", "rounded"), [(None, None), (inf, None), (-inf, None), (48.4944, 48.49), (0.0, 0.0)])
def test_percentage_has_two_decimals(value: float | None, rounded: float | None) -> None:
    assert percent(value) == rounded


def test_strings_are_escaped_to_ascii() -> None:
    assert list(json_lines(["\u00e9\u2028\x1b"])) == ["[", '  "\\u00e9\\u2028\\u001b"', "]"]
