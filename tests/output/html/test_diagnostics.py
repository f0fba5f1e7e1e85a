"""Tests of diagnostics reports as HTML pages; test_browser.py opens them."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.signatures import CoursePoint, Signature
from ppparser.output.html.diagnostics import report_html_lines
from ppparser.reports.diagnostics import DiagnosticsReport, comparison_report, ranking_report
from tests.helpers.documents import Object, app_frame, frame, log, logs_document
from tests.helpers.html_text import page_lines, read_page, text_of
from tests.helpers.signatures import APP, NEW, OLD, hostile_report, with_logs
from tests.helpers.support import Check, Run, document, expected
from tests.output.html.test_metrics import ATTRIBUTES, TAGS
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE

MAIN = Signature("5a", "App: main", "HANGS", 0.5, "UP", [CoursePoint("8.0.1", 40.0), CoursePoint("8.1.0", 50.0)], "")
OTHER = Signature("6b", "App: other", "HANGS", 0.25, "", [CoursePoint("8.1.0", 25.0)], "")
DIAGNOSTICS_TAGS = {*TAGS, "div"}
DIAGNOSTICS_ATTRIBUTES = {*ATTRIBUTES, "rel", "aria-hidden"}


def with_roots(report: DiagnosticsReport, *roots: Object) -> DiagnosticsReport:
    """Return the report with one log for each heading."""
    return with_logs(report, *(logs_document(log([root])) for root in roots))


def saved(*products: Object) -> DiagnosticsReport:
    return with_logs(DiagnosticsReport(), {"productData": list(products)})


def page(report: DiagnosticsReport) -> Element:
    return read_page("\n".join(report_html_lines(report)))


def test_page_of_saved_logs_is_as_expected(run: Run, home: Any, check: Check) -> None:
    (home / "logs.json").write_text(expected("logs.json"))
    status, out, err = run("ppparser", "diagnostics", "--input=logs.json", "--format=html")
    assert (status, err) == (0, "")
    check(page_lines(out), "logs-page.txt")


# --- the lines to open


# --- the rankings


def test_ranking_has_a_bar_for_each_share_and_marks_what_is_new() -> None:
    unknown = MAIN._replace(id="7c", name="App: third", weight=None, direction="DOWN", course=[])
    root = page(ranking_report(APP, NEW, {"HANGS": [MAIN, OTHER, unknown]}, 0))
    assert [one.get("width") for one in root.iter("rect")] == ["50.0%", "25.0%"]
    rows = [[text_of(cell) for cell in row] for row in root.iter("tr")]
    assert rows[2:] == [["other", "25 %", "NEW", "-", "6b"], ["third", "- %", "-", "down", "7c"]]
    marked = [(text_of(one), one.get("class")) for one in root.iter("span") if one.get("class") != "note"]
    assert ("NEW", "badge bad") in marked
    assert ("down", "word good") in marked


def test_shares_out_of_range_stay_in_their_bars() -> None:
    signatures = [MAIN._replace(weight=weight) for weight in (7.0, -1.0)]
    root = page(ranking_report(APP, NEW, {"HANGS": signatures}, 0))
    assert [one.get("width") for one in root.iter("rect")] == ["100.0%", "0.0%"]


# --- structure


def test_signature_in_a_table_links_to_its_part() -> None:
    ranking = with_roots(ranking_report(APP, NEW, {"HANGS": [MAIN, OTHER]}, 1), app_frame("main", 1))
    comparison = with_roots(comparison_report(APP, (NEW, OLD), {"HANGS": [MAIN]}, {"HANGS": [OTHER]}, 1), frame("m", 1))
    for report, count in ((ranking, 2), (comparison, 1)):
        root = page(report)
        assert [one.get("href") for one in root.iter("a")] == ["#signature-1"] * count
        assert [one.tag for one in root.iter() if one.get("id") == "signature-1"] == ["section"]


def test_signature_in_several_documents_has_one_id() -> None:
    report = ranking_report(APP, NEW, {"HANGS": [MAIN]}, 1)
    [signature] = with_roots(report, app_frame("main", 1)).signatures
    root = page(report._replace(signatures=[signature, signature]))
    assert [one.get("id") for one in root.iter("section") if one.get("id")] == ["signature-1"]
    assert [text_of(one) for one in root.iter("h2")][-2:] == ["Signature 1 of 1, 50 % of hangs: App: main"] * 2


def test_headings_are_in_order_and_figures_are_explained() -> None:
    report = with_roots(ranking_report(APP, NEW, {"HANGS": [MAIN]}, 1), app_frame("main", 1))
    levels = [one.tag for one in page(report).iter() if one.tag in ("h1", "h2", "h3")]
    assert levels == ["h1", "h2", "h2", "h2"]
    starts = [
        [text_of(one)[:12] for one in page(made).findall(".//footer/p")]
        for made in (report, ranking_report(APP, NEW, {"HANGS": [MAIN]}, 0), saved())
    ]
    assert starts == [["A signature ", "In a flame g"], ["A signature "], []]


# --- hostile names


def hostile_changes(name: str) -> DiagnosticsReport:
    """Return a report in which every text is `name`, of a signature that is new."""
    report = hostile_report(name)
    assert report.build
    compared = comparison_report(report.app, (report.build, report.build), report.rankings, {}, 1)
    return compared._replace(signatures=report.signatures, missing=report.missing)


@pytest.mark.parametrize("name", [*HOSTILE, *MARKUP])
def test_hostile_names_are_shown_as_text(name: str) -> None:
    for report in (hostile_report(name), hostile_changes(name)):
        root = page(report)
        assert {one.tag for one in root.iter()} <= DIAGNOSTICS_TAGS
        assert {attribute for one in root.iter() for attribute in one.attrib} <= DIAGNOSTICS_ATTRIBUTES
        assert text_of(root).count(" ".join(name.split())) > 10
        assert {one.get("href") for one in root.iter("a")} == {"#signature-1"}


@pytest.mark.parametrize(
    ("kind", "bar_count", "largest_size"),
    [
        ("deep", 200, 150_000),
        ("recursive", 1, 20_000),
        ("wide", 301, 250_000),
        ("bushy", 1000, 1_500_000),
    ],
)
def test_page_of_a_huge_tree_stays_small(kind: str, bar_count: int, largest_size: int) -> None:
    html = "\n".join(report_html_lines(saved({"signatureId": "5a", "diagnosticLogs": [log([huge(kind)])]})))
    bars = read_page(html).findall(".//svg[@class='flames']/svg")
    assert len(bars) == bar_count
    assert len(html) < largest_size


def huge(kind: str) -> Object:
    """Return a tree that is deep, wide, or both."""
    name = "-[RLVeryLongClassName veryLongMethodName:with:a:lot:of:parts:]"
    if kind in ("deep", "recursive"):
        root = app_frame(name, 9)
        for number in range(3000):
            root = app_frame(f"{name} {number % 2}" if kind == "deep" else name, 9, root)
        return root
    if kind == "wide":
        below = [app_frame(f"{name} {number}", 40 if number < 300 else 0) for number in range(5000)]
        return app_frame(name, 12_500, *below)
    return app_frame(name, 1000, *(chain_of(f"{name} {number}", 10, 15) for number in range(100)))


def chain_of(name: str, samples: int, count: int) -> Object:
    root = app_frame(name, samples)
    for number in range(count - 1):
        root = app_frame(f"{name} {number}", samples, root)
    return root


def test_demo_document_has_a_tooltip_for_each_frame_of_the_app() -> None:
    report = with_logs(DiagnosticsReport(), document("logs.json"))
    bars = page(report).findall(".//svg[@class='flames']/svg")
    assert [bar.get("class") for bar in bars if bar.get("class") != "system"]
    assert all((bar.findtext("title") or "").split("\n")[0] for bar in bars)
