"""Tests of what a diagnostics report is about, before its logs arrive."""

from __future__ import annotations

from ppparser.diagnostics.call_tree import CallTree, app_path
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.signature_changes import Outcome
from ppparser.diagnostics.signatures import Signature, SignatureLogs
from ppparser.documents.subject import App, Build
from ppparser.reports.diagnostics import (
    DiagnosticsReport,
    SelectedSignature,
    SignatureReport,
    comparison_report,
    ranking_report,
)
from tests.helpers.documents import app_frame, frame, log

APP = App("1", "Ridgeline", "com.example.ridgeline")
NEW, OLD = Build("7c1e", "431"), Build("5b0d", "424")


def signature(name: str, weight: float, kind: str = "HANGS") -> Signature:
    return Signature(name, f"App: {name}", kind, weight, "", [], "")


A, B, C = signature("a", 0.5), signature("b", 0.25), signature("c", 0.1, "LAUNCHES")


def test_heaviest_signatures_of_each_type_are_looked_into() -> None:
    rankings = {"HANGS": [A, B], "LAUNCHES": [C]}
    report = ranking_report(APP, NEW, rankings, 1)
    assert report.selected == [SelectedSignature(A, 1, 2), SelectedSignature(C, 2, 2)]
    assert (report.rankings, report.build_number, report.old_build_number) == (rankings, "431", "")
    assert not report.is_list


def test_list_of_signatures_has_no_logs() -> None:
    assert ranking_report(APP, NEW, {"HANGS": [A]}, 0).is_list
    assert not DiagnosticsReport().is_list


def test_new_and_worse_signatures_are_looked_into_worst_first() -> None:
    new = {"HANGS": [A, B], "LAUNCHES": [C]}
    old = {"HANGS": [signature("a", 0.4), B]}
    report = comparison_report(APP, (NEW, OLD), new, old, 5)
    assert [(one.signature, one.position, one.total) for one in report.selected] == [(C, 1, 2), (A, 2, 2)]
    assert [one.change.outcome for one in report.selected if one.change] == [Outcome.NEW, Outcome.WORSE]
    assert [one.outcome for one in report.changes] == [Outcome.NEW, Outcome.WORSE, Outcome.UNCHANGED]
    assert (report.rankings, report.types_only_in_new, report.types_only_in_old) == (new, ["LAUNCHES"], [])
    assert (report.build_number, report.old_build_number) == ("431", "424")
    assert [one.signature for one in comparison_report(APP, (NEW, OLD), new, old, 1).selected] == [C]


def test_rows_of_logs_have_the_share_on_the_path() -> None:
    logs = SignatureLogs("5a", [], [log([app_frame("a", 1)], buildVersion="424"), log()], 2, 2)
    tree = CallTree(logs.logs)
    report = SignatureReport(1, 1, SelectedSignature(A, 1, 1), logs, tree, app_path(tree, None))
    assert report.named == Function("App", "a")
    rows = [(row.build, row.share_percent, row.is_from_another_build) for row in report.log_rows("431")]
    assert rows == [("424", 100.0, True), ("", None, False)]
    without_path = report._replace(path=None, selected=None)
    assert [row.share_percent for row in without_path.log_rows("")] == [None, None]
    assert without_path.named is None


def test_leaves_count_on_the_path_of_a_log_without_samples() -> None:
    leaves = [app_frame("a", None), frame("b", None, app_frame("x", None), app_frame("x", None))]
    logs = SignatureLogs("5a", [], [log([app_frame("a", 1)]), log(leaves)], 2, 2)
    tree = CallTree(logs.logs)
    report = SignatureReport(1, 1, None, logs, tree, app_path(tree, None))
    ends = [path.end.name for path in map(report.log_path, range(2)) if path]
    assert ends == ["a", "x"]
