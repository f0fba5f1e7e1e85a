"""Tests of metrics reports and overviews as JSON."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.version_window import Versions
from ppparser.output.data.metrics_json import report_json_lines
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report, read_overview_report
from tests import fake_api
from tests.fake_api import BUNDLE_ID
from tests.helpers import documents
from tests.helpers.support import Check, Run, document, json_schema, succeeded

SCHEMA = json_schema("metrics")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SCRIPT = "get-metrics-insights.py"


def json_of(report: Any, *, is_overview: bool = False, **options: Any) -> Any:
    """Return a report as a program that reads JSON finds it, after checking that it follows the schema."""
    read = read_overview_report if is_overview else read_metrics_report
    made = read(report, MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options))
    found = json.loads("\n".join(report_json_lines(made)))
    VALIDATOR.validate(found)
    return found


def test_schema_is_valid_and_names_every_member() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name, definition in SCHEMA["$defs"].items():
        if "properties" in definition:
            assert definition["additionalProperties"] is False, name
            assert sorted(definition["required"]) == sorted(definition["properties"]), name


def test_demo_is_as_expected(api: fake_api.FakeAPI, run: Run, check: Check) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--metric=LAUNCH", "--device=all_iphones", "--format=json", "--details")
    check(succeeded(outcome), "get-metrics-insights.json")
    VALIDATOR.validate(json.loads(outcome.out))


@pytest.mark.parametrize("arguments", [[], ["--details"], ["--overview"], ["--overview", "--details"]])
def test_document_follows_the_schema(arguments: list[str], api: fake_api.FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, BUNDLE_ID, "--format=json", *arguments)
    VALIDATOR.validate(json.loads(outcome.out))
    assert (outcome.status, outcome.err) == (0, "")


def test_numbers_keep_the_spelling_of_the_report() -> None:
    lines = list(report_json_lines(read_metrics_report(document("metrics.json"), MetricsOptions())))
    assert any(line.strip() == '"value": 2014.30,' for line in lines)


def test_unknown_values_are_null() -> None:
    found = json_of(
        documents.parsed({"productData": [{"metricCategories": [{"metrics": [{"datasets": [{"points": [{}]}]}]}]}]})
    )
    [score] = found["scorecard"]
    figure = score["typical"]
    assert found["app"] == {"id": None, "name": None, "bundle_id": None}
    assert (found["build"], found["code"], found["has_insights"]) == (None, None, False)
    assert (score["category"], score["metric"], score["version"], score["device_name"]) == (
        None,
        None,
        None,
        "unknown device",
    )
    assert figure == {
        "value": None,
        "margin": None,
        "change_percent": None,
        "is_within_margins": None,
        "baseline": {"version": None, "value": None},
        "goal": {"band": None, "recommended": None, "missed_percent": None, "is_met": None},
    }


def test_change_from_zero_is_null_and_has_its_baseline() -> None:
    made = documents.report(
        ("A", documents.metric("m", [documents.dataset(documents.IPHONES, documents.points(0, 5))]))
    )
    [score] = json_of(made)["scorecard"]
    assert score["typical"]["change_percent"] is None
    assert score["typical"]["baseline"] == {"version": "1", "value": 0}
    assert score["typical"]["is_within_margins"] is False


def test_values_that_are_not_numbers_are_null() -> None:
    made = documents.report(
        ("A", documents.metric("m", [documents.dataset(documents.IPHONES, documents.points("n/a", "9 MB"))]))
    )
    [score] = json_of(made)["scorecard"]
    assert score["typical"]["value"] is None


@pytest.mark.parametrize(
    ("goal", "recommended", "wanted"),
    [
        ("good", 1, {"band": "good", "recommended": 1, "missed_percent": None, "is_met": True}),
        ("fair", None, {"band": "fair", "recommended": None, "missed_percent": None, "is_met": False}),
        ("", 4, {"band": None, "recommended": 4, "missed_percent": 25.0, "is_met": False}),
        ("", 5, {"band": None, "recommended": 5, "missed_percent": 0, "is_met": True}),
        ("", None, {"band": None, "recommended": None, "missed_percent": None, "is_met": None}),
    ],
)
def test_goal_says_whether_it_is_met(goal: str, recommended: int | None, wanted: dict[str, Any]) -> None:
    points = documents.points(5, goals=[goal])
    made = documents.dataset(documents.IPHONES, points, recommendedMetricGoal={"value": recommended})
    [score] = json_of(documents.report(("A", documents.metric("m", [made]))))["scorecard"]
    assert score["typical"]["goal"] == wanted


def test_build_and_versions_are_named() -> None:
    subject = Subject(App("1", "Ridgeline", "com.example.ridgeline"), "7c1e", "424")
    found = json_of(document("metrics.json"), subject=subject, versions=Versions(against="5.0"))
    assert found["app"] == {"id": "1", "name": "Ridgeline", "bundle_id": "com.example.ridgeline"}
    assert found["build"] == {"id": "7c1e", "number": "424"}
    assert found["compared_with"] == "5.0"
    assert found["versions"][0] == {"platform": "iOS", "version": "5.2"}


def test_overview_has_the_code_to_look_at() -> None:
    found = json_of(documents.parsed(fake_api.overview([])), is_overview=True)
    assert found["app"]["bundle_id"] == BUNDLE_ID
    assert found["code"][0] == {
        "type": "LAUNCHES",
        "id": "d0e224c20ee0242eee2fdbdabecc981b92662b76ce7ebc84b5a651d0a13a351c16",
        "function": "TrailCatalog.loadAll()",
        "binary": "Ridgeline",
        "place": "TrailCatalog.swift:83",
        "weight_percent": 52.0,
        "course": [
            {"version": "8.0.0", "percent": 44.0},
            {"version": "8.0.1", "percent": 48.0},
            {"version": "8.1.0", "percent": 52.0},
        ],
        "trend": "up",
        "occurrences": 1069,
    }
