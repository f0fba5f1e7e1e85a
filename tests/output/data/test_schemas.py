"""The JSON that the programs print follows its schemas."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from tests.fake_api import BUNDLE_ID, FakeAPI
from tests.helpers.schemas import schema, validated
from tests.helpers.support import Run, succeeded

METRICS, LOGS = "get-metrics-insights.py", "get-diagnostics-logs.py"


@pytest.mark.parametrize("name", ["metrics", "diagnostics", "functions", "apps"])
def test_schema_is_valid_and_names_every_member(name: str) -> None:
    whole = schema(name)
    Draft202012Validator.check_schema(whole)
    for definition in (whole, *whole["$defs"].values()):
        if "properties" in definition:
            assert definition["additionalProperties"] is False
            assert sorted(definition["required"]) == sorted(definition["properties"])


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        (METRICS, []),
        (METRICS, ["--details"]),
        (METRICS, ["--overview"]),
        (METRICS, ["--overview", "--details"]),
        (LOGS, ["--type=ALL", "--signatures=0"]),
        (LOGS, ["--type=ALL", "--signatures=2", "--device=iPhone"]),
        (LOGS, ["--signature=acbcee25"]),
        (LOGS, ["--against=previous", "--signatures=9"]),
        (LOGS, ["--against=431"]),
    ],
)
def test_document_follows_its_schema(script: str, arguments: list[str], api: FakeAPI, run: Run) -> None:
    app, name = (BUNDLE_ID, "metrics") if script == METRICS else (f"--app={BUNDLE_ID}", "diagnostics")
    validated(name, succeeded(run(script, app, "--format=json", *arguments)))
