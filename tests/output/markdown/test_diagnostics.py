"""Tests of a diagnostics report as Markdown."""

from __future__ import annotations

import re

import pytest

from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import CoursePoint
from ppparser.documents.subject import App, Build
from ppparser.output.markdown.diagnostics import report_markdown_lines
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.fake_api import BUNDLE_ID, FakeAPI
from tests.helpers.documents import app_frame, frame, log, logs_document
from tests.helpers.markdown_text import code_blocks_of, paragraphs_of, tables_of, texts_of
from tests.helpers.signatures import APP, LOGS, NEW, OLD, hostile_report, signature, with_logs
from tests.helpers.support import Check, Run, document, succeeded
from tests.output.markdown.test_document import HOSTILE


def lines_of(report: DiagnosticsReport) -> list[str]:
    return list(report_markdown_lines(report))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get-diagnostics-logs.md", ["--type=LAUNCHES"]),
        ("get-diagnostics-logs-against.md", ["--against=previous", "--signatures=2", "--limit=2"]),
    ],
)
def test_demo_is_as_expected(name: str, arguments: list[str], api: FakeAPI, run: Run, check: Check) -> None:
    outcome = run("get-diagnostics-logs.py", f"--app={BUNDLE_ID}", "--format=markdown", *arguments)
    check(succeeded(outcome), name)


def test_lines_to_open_come_first() -> None:
    rankings = {"HANGS": [signature(), signature("App: b", 0.2)]}
    other = logs_document(log([app_frame("b", 4, place="B.m:2")]))
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 2), LOGS, other))
    assert lines[:6] == [
        "## Ridgeline (com.example.ridgeline)",
        "",
        "Version 8.1.0 on iOS, build 431, not on the App Store",
        "",
        "**Open `A.m:1`**: 50 % of hangs  ",
        "**Open `B.m:2`**: 20 % of hangs",
    ]


def test_ranking_has_the_columns_that_are_not_empty() -> None:
    main = signature(direction="UP", course=[CoursePoint("8.0.1", 40.0), CoursePoint("8.1.0", 50.0)])
    lines = lines_of(
        ranking_report(APP, NEW, {"HANGS": [main, signature("App: b", course=[CoursePoint("8.1.0", 1)])]}, 0)
    )
    assert lines[4:] == [
        *("### HANGS signatures", ""),
        "| share | course | trend | signature | ID |",
        "| --: | --: | :-- | :-- | :-- |",
        "| 50 % | 40 → 50 % | up | `main` | `App: mai` |",
        "| 50 % | **NEW** | - | `b` | `App: b` |",
        *("", "share: % of all hangs, heaviest first; course: 8.0.1 → 8.1.0", ""),
    ]
    [table] = tables_of(lines_of(ranking_report(APP, NEW, {"HANGS": [signature(), signature("B: b")]}, 0)))
    assert table[0] == {"share": "50 %", "signature": "App: main", "ID": "App: mai"}


def test_type_without_signatures_is_named() -> None:
    lines = lines_of(ranking_report(App(), Build("7c1e"), {"HANGS": []}, 0))
    assert lines == ["## Diagnostics of build 7c1e", "", "No HANGS signatures", ""]


def test_comparison_says_what_is_worse_and_how_many_follow() -> None:
    new = {"HANGS": [signature(), signature("App: b")], "LAUNCHES": [signature("App: c", 0.1, "LAUNCHES")]}
    report = comparison_report(APP, (NEW, OLD), new, {"HANGS": [signature(weight=0.4)]}, 1)
    lines = lines_of(with_logs(report, LOGS))
    assert "Compared with version 8.0.1 on iOS, build 424, not on the App Store" in lines[2]
    assert lines[4:15] == [
        *("**Open `A.m:1`**: 50 % of hangs, new since build 424", ""),
        *("### Signatures of builds 424 and 431: 2 new, 1 worse", ""),
        "|  | 424 | 431 | points | type | signature |",
        "| :-- | --: | --: | --: | :-- | :-- |",
        "| **NEW** | - | 50 % | - | HANGS | `b` |",
        "| **NEW** | - | 10 % | - | LAUNCHES | `c` |",
        "| **worse** | 40 % | 50 % | +10 | HANGS | `main` |",
        "",
        "% of all of its type in that build; points: the difference. A share is part of its own build's total, so it "
        "can rise only because another one fell.<br>unchanged: less than 0.5 points apart; NEW, GONE: listed for one "
        "build alone<br>build 424 has no LAUNCHES signatures: NEW may only mean too few reports there<br>"
        "1 of 3 new or worse signatures follow: --signatures=3 prints all",
    ]
    assert lines[16] == "### Signature 1 of 1, **NEW**, 50 % of hangs: `App: b`"


def test_comparison_without_changes_says_so() -> None:
    same = {"HANGS": [signature(), signature("App: main + 8")]}
    lines = lines_of(comparison_report(APP, (NEW, OLD), same, same, 1))
    assert lines[4] == "**No signature is new or worse**"
    assert "| unchanged | 100 % | 100 % | 0 | `main` (2 signatures) |" in lines


def test_signature_has_its_path_tree_and_logs() -> None:
    inner = app_frame("inner", 4, place="B.swift:5")
    logs = logs_document(
        log([app_frame("main", 4, inner, place="A.m:1")], appVersion="8.1.0", buildVersion="424"),
        log([frame("start", 4)], appVersion="8.1.0"),
        insights=[{"insightsCategory": "Flush", "insightsString": "Less.", "insightsURL": "doc://x"}],
    )
    lines = lines_of(with_logs(ranking_report(APP, NEW, {"HANGS": [signature()]}, 1), logs))
    assert lines[lines.index("### Signature 1 of 1, 50 % of hangs: `App: main`") :] == [
        *("### Signature 1 of 1, 50 % of hangs: `App: main`", ""),
        f"Look at **`A.m:1`** {PLAIN.step} `B.swift:5`<br>50 % of the samples reach `B.swift:5`, in 1 of 2 logs",
        *("", "Insight Flush: Less.<br>`doc://x`", ""),
        "```text",
        "  Call tree of 2 logs, % of 8 samples; > app, >> [ ] the signature's frame",
        "   50 % >> + main  A.m:1",
        "   50 % >    inner  B.swift:5",
        "   50 %    + start",
        *("```", ""),
        "| version | build | share |",
        "| :-- | :-- | --: |",
        "| 8.1.0 | 424 **!** | 100 % |",
        "| 8.1.0 | - | 0 % |",
        *("", "2 logs; share: % of a log's samples on the path; **!** another build than 431; ID `5a`", ""),
    ]


def test_saved_logs_are_numbered_and_have_their_ids() -> None:
    paragraphs = paragraphs_of(lines_of(with_logs(DiagnosticsReport(), document("logs.json"))))
    assert paragraphs[:2] == ["Diagnostic logs of 2 signatures", "Signature 1 of 2"]
    assert [one for one in paragraphs if "ID " in one] == [
        "2 logs; share: % of a log's samples on the path; ID 71c0ffee",
        "2 logs; ID unknown",
    ]
    assert "Look at: no frame of the app is on the heaviest path" in paragraphs


def test_filters_are_named() -> None:
    filters = LogFilters("iPhone14,5")
    paragraphs = paragraphs_of(lines_of(with_logs(DiagnosticsReport(), document("logs.json"), filters=filters)))
    assert "0 of 2 logs match --device=iPhone14,5; ID unknown" in paragraphs


def test_signature_without_logs_says_so() -> None:
    report = with_logs(ranking_report(APP, NEW, {"HANGS": [signature()]}, 1), {"productData": []})
    assert paragraphs_of(lines_of(report))[-1] == "no logs"


def test_shared_wrapper_is_named() -> None:
    rankings = {"HANGS": [signature(), signature("App: other", 0.4)]}
    paragraphs = paragraphs_of(lines_of(with_logs(ranking_report(APP, NEW, rankings, 2), LOGS, LOGS)))
    assert "A.m:1 is a shared wrapper: signature 1 ends there too" in paragraphs[-2]


def test_missing_logs_are_named_above_the_rankings() -> None:
    rankings = {"HANGS": [signature(), signature("App: b", 0.2)]}
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 2), LOGS, "responded 500"))
    assert lines[4:8] == [
        "**Open `A.m:1`**: 50 % of hangs",
        "",
        "No logs of signature 2 of 2, `App: b`: responded 500",
        "",
    ]


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
    assert f"the {name.strip()} signatures (" in paragraphs_of(lines)[-1]
    texts_of(lines)


def test_large_report_stays_below_the_limit_of_github() -> None:
    rankings = {"HANGS": [signature(f"App: function{number}") for number in range(40)]}
    deep = [app_frame(f"function{number}" + "x" * 60, 9) for number in range(20)]
    logs = logs_document(log(deep), *[log([frame("a", 1)], deviceType="iPhone15_2")] * 40)
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 40), *[logs] * 40))
    assert len("\n".join(lines)) < 65_536
    assert lines[-1].startswith("Omitted, as GitHub accepts no more than 65,535 characters: ")
    assert "the call tree of signature 40 of 40" in lines[-1] or lines[-1].endswith(" more.")


def test_more_lines_to_open_than_github_accepts_are_counted() -> None:
    rankings = {"HANGS": [signature(f"App: function{number}") for number in range(250)]}
    logs = logs_document(log([app_frame("main", 4, place=f"{'A' * 300}.m:1")]))
    lines = lines_of(with_logs(ranking_report(APP, NEW, rankings, 250), *[logs] * 250))
    assert len("\n".join(lines)) < 65_536
    assert re.search(r": the lines to open \(\d+ lines\), the HANGS signatures \(252 lines\), the path", lines[-1])
