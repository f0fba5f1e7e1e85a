"""What changed between the logs in two reports, as JSON."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from ppparser.diagnostics.function_changes import FunctionComparison
from ppparser.output.data.function_changes_json import comparison_json_lines
from tests.helpers.signatures import compared, hostile_comparison, shares
from tests.helpers.support import json_schema
from tests.output.markdown.test_document import HOSTILE

SCHEMA = json_schema("functions")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def json_of(comparison: FunctionComparison) -> Any:
    """Return a comparison as a program that reads JSON finds it, after checking that it follows the schema."""
    found = json.loads("\n".join(comparison_json_lines(comparison)))
    VALIDATOR.validate(found)
    return found


def test_schema_is_valid_and_names_every_member() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for definition in (SCHEMA, *(one for one in SCHEMA["$defs"].values() if "properties" in one)):
        assert definition["additionalProperties"] is False
        assert sorted(definition["required"]) == sorted(definition["properties"])


def test_function_has_both_shares_and_the_worst_one_a_reason() -> None:
    place = {"binary": None, "file": "new.swift", "line": 7}
    found = json_of(compared(shares(new=125, rest_of_it=875), shares(rest_of_it=1000)))
    assert found["new"] == {
        "name": "new.json",
        "log_count": 2,
        "app_versions": ["5.1", "5.0"],
        "samples": 1000,
        "has_sample_counts": True,
    }
    assert found["old"]["app_versions"] == []
    assert found["open"] == {"function": "new", **place, "reason": "12.5 % of the samples, not in the old logs"}
    assert found["functions"][0] == {
        "change": "new",
        "function": "new",
        **place,
        "old_percent": None,
        "new_percent": 12.5,
        "points": None,
    }
    assert [(one["change"], one["old_percent"], one["points"]) for one in found["functions"][1:]] == [
        ("unchanged", 0.0, 0.0),
        ("better", 100.0, -12.5),
    ]


def test_small_functions_are_there_and_nothing_may_be_worse() -> None:
    found = json_of(compared(shares(tiny=1), shares(tiny=1)))
    assert found["open"] is None
    assert [(one["function"], one["new_percent"]) for one in found["functions"]] == [("rest", 99.9), ("tiny", 0.1)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_as_they_are(name: str) -> None:
    found = json_of(hostile_comparison(name))
    assert (found["new"]["name"], found["open"]["file"], found["open"]["line"]) == (name, name, None)
