"""The JSON Schemas of the reports."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.helpers.support import json_schema


def schema(name: str) -> Any:
    """Return the schema of that name; that of several apps refers to that of metrics."""
    whole = json_schema(name)
    if name == "apps":
        whole["$defs"].update(schema("metrics")["$defs"])
    return whole


def validated(name: str, document: str) -> Any:
    """Return a JSON document, parsed, after checking that it follows the schema of that name."""
    parsed = json.loads(document)
    Draft202012Validator(schema(name)).validate(parsed)
    return parsed
