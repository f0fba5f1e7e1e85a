"""Tests of a diagnostics report as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from ppparser.documents.subject import App, Build
from ppparser.output.data.diagnostics_csv import report_csv_lines
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.fake_api import BUNDLE_ID, FakeAPI
from tests.helpers.documents import app_frame, log, logs_document
from tests.helpers.signatures import APP, LOGS, NEW, OLD, hostile_report, signature, with_logs
from tests.helpers.support import Check, Run, document, succeeded
from tests.output.markdown.test_document import HOSTILE


def rows_of(report: DiagnosticsReport) -> list[dict[str, str]]:
    """Return the cells that are not empty in each line, by their titles, as a strict reader finds them."""
    lines = io.StringIO("\n".join(report_csv_lines(report)), newline="")
    return [{title: cell for title, cell in row.items() if cell} for row in csv.DictReader(lines, strict=True)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get-diagnostics-logs.csv", ["--type=ALL", "--limit=1"]),
        ("get-diagnostics-logs-against.csv", ["--against=previous", "--signatures=1", "--limit=1"]),
    ],
)
def test_demo_is_as_expected(name: str, arguments: list[str], api: FakeAPI, run: Run, check: Check) -> None:
    outcome = run("get-diagnostics-logs.py", f"--app={BUNDLE_ID}", "--format=csv", *arguments)
    check(succeeded(outcome), name)


def test_signature_has_its_share_and_the_line_to_open() -> None:
    inner = app_frame("inner", 4, place="B.swift:5")
    logs = logs_document(log([app_frame("main", 4, inner, place="A.m:1")]), log())
    rankings = {"HANGS": [signature(direction="UP"), signature("b", None)]}
    assert rows_of(with_logs(ranking_report(APP, NEW, rankings, 1), logs)) == [
        {
            "type": "HANGS",
            "id": "App: main",
            "binary": "App",
            "function": "main",
            "share_percent": "50.0",
            "trend": "up",
            "signature_count": "1",
            "open": "A.m:1",
            "path": "[A.m:1] > B.swift:5",
            "log_count": "2",
            "app": BUNDLE_ID,
            "build": "431",
        },
        {"type": "HANGS", "id": "b", "function": "b", "signature_count": "1", "app": BUNDLE_ID, "build": "431"},
    ]


def test_change_has_both_shares_and_the_number_of_signatures() -> None:
    new = {"HANGS": [signature(), signature("App: main + 8", 0.1)]}
    old = {"HANGS": [signature(weight=0.4), signature("App: gone", 0.2)]}
    rows = rows_of(with_logs(comparison_report(APP, (NEW, OLD), new, old, 1), LOGS))
    keys = ("change", "function", "share_percent", "old_share_percent", "signature_count", "open", "against")
    assert [tuple(row.get(key) for key in keys) for row in rows] == [
        ("worse", "main", "60.0", "40.0", "2", "A.m:1", "424"),
        ("gone", "gone", None, "20.0", "1", None, "424"),
    ]


def test_saved_logs_have_their_ids_and_paths() -> None:
    assert rows_of(with_logs(DiagnosticsReport(), document("logs.json"))) == [
        {"id": "71c0ffee", "path": "Catalog.swift:88 > Store.swift:31", "log_count": "2"},
        {"log_count": "2"},
    ]


def test_missing_logs_have_the_problem() -> None:
    rankings = {"HANGS": [signature(), signature("b")]}
    rows = rows_of(with_logs(ranking_report(APP, NEW, rankings, 2), "responded 500", LOGS))
    assert [(row.get("problem"), row.get("log_count")) for row in rows] == [("responded 500", None), (None, "1")]


def test_signature_with_logs_in_two_places_has_two_rows() -> None:
    document = {"productData": [*LOGS["productData"], *LOGS["productData"]]}
    rows = rows_of(with_logs(ranking_report(APP, NEW, {"HANGS": [signature()]}, 1), document))
    assert [(row["id"], row["log_count"]) for row in rows] == [("App: main", "1")] * 2


def test_app_and_build_are_named_as_far_as_they_are_known() -> None:
    [row] = rows_of(ranking_report(App("1"), Build("7c1e"), {"HANGS": [signature()]}, 0))
    assert (row["app"], row["build"]) == ("1", "7c1e")


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", '@SUM("A1")'])
def test_no_text_is_a_formula(formula: str) -> None:
    first, second = rows_of(hostile_report(formula))
    titles = {title for title, cell in first.items() if cell == f"'{formula}"} | {"trend"}
    assert titles == {"type", "id", "function", "trend", "app", "build"}
    assert (first["open"], second["problem"]) == (f"'{formula}:{formula}", f"'{formula}")
    assert [cell for row in (first, second) for cell in row.values() if cell[0] in "=+-@"] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_in_their_cells(name: str) -> None:
    first, second = rows_of(hostile_report(name))
    guarded = f"'{name}" if name[0] in "=+-@" else name
    assert (first["type"], first["id"], first["trend"], first["app"], first["build"]) == (
        guarded,
        guarded,
        guarded.lower(),
        guarded,
        guarded,
    )
    assert second["problem"] == guarded
