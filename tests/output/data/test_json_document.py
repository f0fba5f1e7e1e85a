"""Tests of what the reports in JSON share."""

from __future__ import annotations

from math import inf

import pytest

from ppparser.diagnostics.signatures import CoursePoint
from ppparser.documents.subject import App
from ppparser.output.data.json_document import app_object, course_array, json_lines, number, percent


@pytest.mark.parametrize("text", ["0", "-1", "2014.30", "1E5", "1.5e-3"])
def test_number_keeps_its_spelling(text: str) -> None:
    assert list(json_lines({"value": number(text)})) == ["{", f'  "value": {text}', "}"]


@pytest.mark.parametrize("text", ["", "n/a", "1,5", "01", ".5", "0x1", "1 MB", "\u0661"])
def test_what_is_not_a_number_is_null(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("value", "rounded"), [(None, None), (inf, None), (-inf, None), (48.4944, 48.49), (-0.001, 0.0)]
)
def test_percentage_has_two_decimals(value: float | None, rounded: float | None) -> None:
    assert repr(percent(value)) == repr(rounded)


def test_strings_are_escaped_to_ascii() -> None:
    assert list(json_lines(["\u00e9\u2028\x1b"])) == ["[", '  "\\u00e9\\u2028\\u001b"', "]"]


def test_unknown_parts_of_an_app_are_null() -> None:
    assert app_object(App("1", "", "com.example.app")) == {"id": "1", "name": None, "bundle_id": "com.example.app"}


def test_course_has_a_version_and_a_percentage_each() -> None:
    assert course_array([CoursePoint("8.0.1", 40.0), CoursePoint("", 42.004)]) == [
        {"version": "8.0.1", "percent": 40.0},
        {"version": None, "percent": 42.0},
    ]
