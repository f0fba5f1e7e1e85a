"""Tests of a diagnostics report as JSON."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import CoursePoint
from ppparser.documents.subject import App, Build
from ppparser.output.data.diagnostics_json import report_json_lines
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.fake_api import BUNDLE_ID, FakeAPI
from tests.helpers.documents import app_frame, frame, log, logs_document
from tests.helpers.signatures import APP, LOGS, NEW, OLD, hostile_report, signature, with_logs
from tests.helpers.support import Check, Run, document, json_schema, succeeded
from tests.output.markdown.test_document import HOSTILE

SCHEMA = json_schema("diagnostics")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SCRIPT = "get-diagnostics-logs.py"
APP_OPTION = f"--app={BUNDLE_ID}"


def json_of(report: DiagnosticsReport) -> Any:
    """Return a report as a program that reads JSON finds it, after checking that it follows the schema."""
    found = json.loads("\n".join(report_json_lines(report)))
    VALIDATOR.validate(found)
    return found


def test_schema_is_valid_and_names_every_member() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name, definition in SCHEMA["$defs"].items():
        if "properties" in definition:
            assert definition["additionalProperties"] is False, name
            assert sorted(definition["required"]) == sorted(definition["properties"]), name


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get-diagnostics-logs.json", ["--limit=2"]),
        ("get-diagnostics-logs-against.json", ["--against=8.0.0", "--type=HANGS", "--signatures=1", "--limit=1"]),
    ],
)
def test_demo_is_as_expected(name: str, arguments: list[str], api: FakeAPI, run: Run, check: Check) -> None:
    outcome = run(SCRIPT, APP_OPTION, "--format=json", *arguments)
    check(succeeded(outcome), name)
    VALIDATOR.validate(json.loads(outcome.out))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--type=ALL", "--signatures=0"],
        ["--type=ALL", "--signatures=2", "--device=iPhone"],
        ["--signature=acbcee25"],
        ["--against=previous", "--signatures=9"],
        ["--against=431"],
    ],
)
def test_document_follows_the_schema(arguments: list[str], api: FakeAPI, run: Run) -> None:
    outcome = run(SCRIPT, APP_OPTION, "--format=json", *arguments)
    VALIDATOR.validate(json.loads(outcome.out))
    assert (outcome.status, outcome.err) == (0, "")


def test_unknown_values_are_null() -> None:
    report = ranking_report(App(), Build("7c1e"), {"HANGS": [signature("main", None)]}, 1)
    found = json_of(with_logs(report, logs_document({}, signature_id=None)))
    assert found["app"] == {"id": None, "name": None, "bundle_id": None}
    assert found["build"] == {
        "id": "7c1e",
        **dict.fromkeys(("number", "version", "platform", "created", "uploaded", "state")),
    }
    assert found["signatures"] == [
        {
            "type": "HANGS",
            "id": "main",
            "function": "main",
            "binary": None,
            "name": "main",
            "share_percent": None,
            "trend": None,
            "course": [],
            "is_new": False,
        }
    ]
    [details] = found["details"]
    assert (details["id"], details["open"], details["path"], details["tree"]) == (None, None, None, None)
    assert {key: value for key, value in details["logs"][0].items() if value is not None} == {
        "is_from_another_build": False
    }


def test_signature_has_its_course_and_is_new_without_an_earlier_version() -> None:
    rankings = {
        "HANGS": [
            signature(course=[CoursePoint("8.0.1", 40.0), CoursePoint("8.1.0", 50.0)], direction="UP"),
            signature("b", course=[CoursePoint("8.1.0", 9.0)]),
        ]
    }
    main, new = json_of(ranking_report(APP, NEW, rankings, 0))["signatures"]
    assert main["course"] == [{"version": "8.0.1", "percent": 40.0}, {"version": "8.1.0", "percent": 50.0}]
    assert (main["trend"], main["is_new"], new["is_new"]) == ("up", False, True)


def test_type_that_was_requested_is_named_without_signatures() -> None:
    found = json_of(ranking_report(APP, NEW, {"HANGS": [], "LAUNCHES": [signature()]}, 0))
    assert (found["types"], len(found["signatures"])) == (["HANGS", "LAUNCHES"], 1)


def test_comparison_has_both_shares_and_the_types_of_one_build() -> None:
    new = {"HANGS": [signature()], "LAUNCHES": [signature("b", kind="LAUNCHES")]}
    old = {"HANGS": [signature(weight=0.4)], "DISK_WRITES": [signature("c", kind="DISK_WRITES")]}
    found = json_of(with_logs(comparison_report(APP, (NEW, OLD), new, old, 1), LOGS))
    assert found["against"]["number"] == "424"
    comparison = found["comparison"]
    assert (comparison["types_only_in_new"], comparison["types_only_in_old"]) == (["LAUNCHES"], ["DISK_WRITES"])
    rows = [(one["change"], one["old_percent"], one["new_percent"], one["points"]) for one in comparison["changes"]]
    assert rows == [("new", None, 50.0, None), ("worse", 40.0, 50.0, 10.0), ("gone", 50.0, None, None)]
    assert [one["change"] for one in found["details"]] == ["new"]


def test_line_to_open_is_that_of_the_signature_with_the_reason() -> None:
    report = ranking_report(APP, NEW, {"HANGS": [signature()]}, 1)
    inner = app_frame("inner", 4, place="B.swift:x")
    [details] = json_of(with_logs(report, logs_document(log([app_frame("main", 4, inner, place="A.m:1")]))))["details"]
    assert details["open"] == {
        "function": "main",
        "binary": None,
        "file": "A.m",
        "line": 1,
        "reason": "50 % of hangs",
    }
    steps = [(step["file"], step["line"], step["is_named"]) for step in details["path"]["steps"]]
    assert steps == [("A.m", 1, True), ("B.swift", None, False)]
    assert (details["path"]["percent"], details["path"]["log_count"]) == (100.0, 1)


def test_saved_logs_have_a_path_but_no_line_to_open() -> None:
    found = json_of(with_logs(DiagnosticsReport(), document("logs.json")))
    assert (found["build"], found["types"], found["signatures"], found["comparison"]) == (None, [], [], None)
    first, second = found["details"]
    assert (first["id"], first["signature"], first["open"]) == ("71c0ffee", None, None)
    assert [step["file"] for step in first["path"]["steps"]] == ["Catalog.swift", "Store.swift"]
    assert (second["path"], second["tree"]["samples"]) == (None, 7)
    assert first["insights"][0]["url"] == (
        "https://developer.apple.com/documentation/xcode/reducing-disk-writes#Overview"
    )


def test_row_of_several_frames_has_their_number_and_the_last_one() -> None:
    stack = frame("start", 9, frame("run", 9, frame("read", 9, binaryName="libsystem"), binaryName="libsystem"))
    [details] = json_of(with_logs(DiagnosticsReport(), logs_document(log([stack]))))["details"]
    assert details["tree"] == {
        "samples": 9,
        "has_sample_counts": True,
        "is_main_thread": False,
        "rows": [
            {
                "percent": 100.0,
                "level": 0,
                "is_branch": False,
                "is_app": False,
                "is_named": False,
                "function": "start",
                "binary": None,
                "file": None,
                "line": None,
                "frame_count": 3,
                "last_function": "read",
                "binaries": ["libsystem"],
                "insights": [],
            }
        ],
        "omitted": {"branch_count": 0, "percent": 0.0, "below_percent": 1},
    }


def test_log_has_its_details_and_its_share() -> None:
    meta_data = {
        "appVersion": "8.0.1",
        "buildVersion": "424",
        "bundleId": BUNDLE_ID,
        "deviceType": "iPhone15_2",
        "osVersion": "iPhone OS 18.5",
        "platformArchitecture": "arm64e",
        "event": "hang",
        "eventDetail": "unresponsive for 1.95 seconds",
        "writesCaused": "3 MB",
    }
    report = ranking_report(APP, NEW, {"HANGS": [signature()]}, 1)
    [details] = json_of(with_logs(report, logs_document(log([app_frame("main", 4)], **meta_data))))["details"]
    assert details["logs"] == [
        {
            "app_version": "8.0.1",
            "build": "424",
            "is_from_another_build": True,
            "bundle_id": BUNDLE_ID,
            "device": "iPhone15_2",
            "os": "iPhone OS 18.5",
            "architecture": "arm64e",
            "event": "hang",
            "detail": "unresponsive for 1.95 seconds",
            "writes_caused": "3 MB",
            "duration": "1.95 seconds",
            "share_percent": 100.0,
        }
    ]


def test_filters_and_the_number_of_matches_are_named() -> None:
    filters = LogFilters("iPhone14,5", None, "5")
    found = json_of(with_logs(DiagnosticsReport(), document("logs.json"), filters=filters))
    assert found["filters"] == {"device": "iPhone14,5", "os": None, "app_version": "5"}
    counts = [(one["log_count"], one["match_count"], len(one["logs"])) for one in found["details"]]
    assert counts == [(2, 1, 1), (2, 0, 0)]


def test_shared_wrapper_names_the_other_signature() -> None:
    rankings = {"HANGS": [signature(), signature("App: other", 0.4)]}
    found = json_of(with_logs(ranking_report(APP, NEW, rankings, 2), LOGS, LOGS))
    assert [one["shared_with"] for one in found["details"]] == [[], [1]]


def test_missing_logs_have_the_reason() -> None:
    rankings = {"HANGS": [signature(), signature("b")]}
    found = json_of(with_logs(ranking_report(APP, NEW, rankings, 2), "responded 500", LOGS))
    assert [(one["position"], one["signature"]["name"], one["reason"]) for one in found["missing"]] == [
        (1, "App: main", "responded 500")
    ]
    assert [one["position"] for one in found["details"]] == [2]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_as_they_are(name: str) -> None:
    found = json_of(hostile_report(name))
    assert (found["app"]["name"], found["signatures"][0]["name"], found["details"][0]["id"]) == (name, name, name)
    assert found["details"][0]["tree"]["rows"][0]["function"] == name
    assert found["details"][0]["logs"][0]["detail"] == name
