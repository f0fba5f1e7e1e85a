"""Tests of a diagnostics report as Markdown."""

from __future__ import annotations

import pytest

from ppparser.documents.subject import App
from ppparser.output.markdown.diagnostics import report_markdown_lines
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.helpers.documents import app_frame, frame, log, logs_document
from tests.helpers.markdown_text import code_blocks_of, paragraphs_of, tables_of, texts_of
from tests.helpers.signatures import APP, NEW, OLD, hostile_report, signature, with_logs
from tests.output.markdown.test_document import HOSTILE


def lines_of(report: DiagnosticsReport) -> list[str]:
    return list(report_markdown_lines(report))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text(name: str) -> None:
    report = hostile_report(name)
    lines = lines_of(report)
    found = texts_of(lines)
    assert found.replace("\n", "").count(name.strip()[:9]) > 5
    ranking, logs = tables_of(lines)
    assert [row["trend"] for row in ranking] == [name.strip().lower()] * 2
    assert logs[0]["version"] == logs[0]["device"] == logs[0]["OS"] == logs[0]["writes caused"] == name.strip()
    assert [len(block) for block in code_blocks_of(lines)] == [4]
    signatures = {name: [one._replace(name=name + "x") for one in report.rankings[name]]}
    changes = comparison_report(App(name), (report.build or NEW, OLD), report.rankings, signatures, 0)
    [table] = tables_of(lines_of(changes))
    assert len(table) == 2
    texts_of(lines_of(changes))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_type_that_is_left_out_is_named_as_text(name: str) -> None:
    rankings = {name: [signature(f"{number}" + "x" * 900, kind=name) for number in range(90)]}
    lines = lines_of(ranking_report(APP, NEW, rankings, 0))
    assert f"the {name.strip()} signatures." in paragraphs_of(lines)[-1]
    texts_of(lines)


def test_large_report_stays_below_the_limit_of_github() -> None:
    rankings = {"HANGS": [signature(f"App: function{number}") for number in range(40)]}
    deep = [app_frame(f"function{number}" + "x" * 60, 9) for number in range(20)]
    logs = logs_document(log(deep), *[log([frame("a", 1)], deviceType="iPhone15_2")] * 40)
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 40), *[logs] * 40))
    assert len("\n".join(lines)) < 65_536
    assert lines[-1].startswith("Omitted at least in part, as GitHub accepts no more than 65,535 characters: ")
    assert "the call tree of signature 40 of 40" in lines[-1] or lines[-1].endswith(" and more.")


def test_more_lines_to_open_than_github_accepts_are_counted() -> None:
    rankings = {"HANGS": [signature(f"App: function{number}") for number in range(250)]}
    logs = logs_document(log([app_frame("main", 4, place=f"{'A' * 300}.m:1")]))
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 250), *[logs] * 250))
    assert len("\n".join(lines)) < 65_536
    assert ": the lines to open, the HANGS signatures, the path" in lines[-1]
