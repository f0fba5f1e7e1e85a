"""Lenient access to the members of Apple's JSON objects."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.documents import loading
from ppparser.documents.fields import get_dict, get_list, get_str, scalar_text, to_float

# One value of each type that a JSON value may have; fractions are bytes.
VALUES: list[Any] = [None, True, 5, b"1.5", "text", [], {}, ["a"], {"a": "b"}, [{"a": 1}]]


def parsed(number: str) -> Any:
    return loading.parse(f"[{number}]".encode(), "")[0]


@pytest.mark.parametrize("number", ["2014.30", "750", "1e3", "0.10", "-0.5", "1E+2", "-7", "0", "98765432109876543210"])
def test_number_prints_as_the_document_spells_it(number: str) -> None:
    assert scalar_text(parsed(number)) == number


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("2014.30", 2014.3),
        ("750", 750.0),
        ("1e3", 1000.0),
        ("-0.5", -0.5),
        ("0", 0.0),
        ("1e300", 1e300),
        ("-1e300", -1e300),
        ("1.1e300", None),
        ("-1.1e300", None),
        ("1e999", None),
        ("1" + "0" * 301, None),
        ("1" + "0" * 400, None),
    ],
)
def test_number_within_the_bound_is_a_float(number: str, value: float | None) -> None:
    result = to_float(parsed(number))
    assert result == value
    assert isinstance(result, float) == (value is not None)


@pytest.mark.parametrize(
    ("value", "text"),
    [("null", ""), ("true", "true"), ("false", "false"), ('"5"', "5"), ("[]", ""), ("{}", ""), ("NaN", "")],
)
def test_value_of_an_unexpected_type_is_shown_as_it_is(value: str, text: str) -> None:
    assert (scalar_text(parsed(value)), to_float(parsed(value))) == (text, None)


def test_only_a_scalar_is_text() -> None:
    texts = [get_str({"key": value}, "key") for value in VALUES]
    assert texts == ["", "true", "5", "1.5", "text", "", "", "", "", ""]
    assert get_str({"other": "text"}, "key") == ""


def test_control_characters_of_a_string_are_escaped() -> None:
    assert get_str({"key": "a\x1b[31mb\u202e"}, "key") == r"a\x1b[31mb\u202e"


def test_only_the_objects_of_an_array_are_listed() -> None:
    assert get_list({"key": [{"a": 1}, None, "b", [], {}, {"c": 2}]}, "key") == [{"a": 1}, {}, {"c": 2}]
    assert [get_list({"key": value}, "key") for value in VALUES[:-1]] == [[]] * (len(VALUES) - 1)
    assert get_list({"other": [{}]}, "key") == []


def test_only_an_object_is_a_dict() -> None:
    assert [get_dict({"key": value}, "key") for value in VALUES] == [
        {"a": "b"} if value == {"a": "b"} else {} for value in VALUES
    ]
    assert get_dict({"other": {"a": "b"}}, "key") == {}
