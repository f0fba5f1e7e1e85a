"""Tests of metrics reports and overviews as HTML pages; test_browser.py opens them."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.output.html.metrics import metrics_sections, report_html_lines
from ppparser.output.html.page import element
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, MetricsReport, read_metrics_report
from tests.helpers import documents
from tests.helpers.documents import IPHONES, dataset, insight, metric, points, report
from tests.helpers.html_text import page_lines, page_lines_of, read_page, text_of
from tests.helpers.support import Check, Run, document, expected
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE

# All elements and attributes that pages are made of.
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer", "div", "figure"),
    *("figcaption", "h1", "h2", "h3", "p", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre"),
    *("code", "span", "strong", "bdi", "a", "svg", "desc", "rect", "line", "path", "circle", "text"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "rowspan", "role"),
    *("x", "y", "x1", "y1", "x2", "y2", "width", "height", "d", "r", "text-anchor"),
}


def values(made: Any, **options: Any) -> MetricsReport:
    return read_metrics_report(made, MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options))


def page(made: Any, **options: Any) -> Element:
    return read_page("\n".join(report_html_lines(values(made, **options))))


def lines(made: Any, **options: Any) -> list[str]:
    return list(page_lines_of(page(made, **options)))


def test_page_of_all_tables_is_as_expected(run: Run, home: Any, check: Check) -> None:
    (home / "metrics.json").write_text(expected("metrics.json"))
    status, out, err = run("ppparser", "metrics", "--input=metrics.json", "--format=html")
    assert (status, err) == (0, "")
    check(page_lines(out), "metrics-page.txt")


def test_headings_are_in_order() -> None:
    root = page(document("metrics.json"), layout=MetricsLayout.DETAILS)
    levels = [int(one.tag[1]) for one in root.iter() if one.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(level <= above + 1 for above, level in zip(levels, levels[1:]))
    assert levels.count(1) == 1


def test_metric_in_the_scorecard_links_to_its_chart() -> None:
    root = page(document("metrics.json"))
    targets = [one.get("id") for one in root.iter() if one.get("id")]
    links = [(one.get("href") or "")[1:] for one in root.iter("a")]
    assert len(links) == 3
    assert sorted(links) == sorted(filter(None, targets))


def test_chart_of_many_versions_says_that_it_is_cut() -> None:
    made = report(("A", metric("m", [dataset(IPHONES, points(*range(70)))], unit={"displayName": "ms"})))
    assert "All iPhones, ms, the last 60 versions" in lines(made)


def test_several_reports_fit_into_one_page() -> None:
    report_values = values(document("metrics.json"))
    sections = [one for number in (1, 2) for one in metrics_sections(report_values, 2, f"app-{number}-")]
    root = element("main", *sections)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) > 0
    assert {(one.get("href") or "")[1:] for one in root.iter("a")} == set(ids)
    assert [one.tag for one in root.iter() if one.tag in ("h1", "h2")] == ["h2", "h2"]


# --- hostile names


def hostile(name: str) -> Any:
    """Return a report all of whose texts are `name`."""
    criteria = {"device": name, "deviceMarketingName": name, "percentile": "percentile.ninety"}
    made_points = points(1, (2, 1), goals=[name, name], versions=["1", name])
    made_points[1]["percentageBreakdown"] = [{"value": 5, "subSystemLabel": name}]
    found = insight(
        name,
        name,
        latestVersion=name,
        referenceVersions=[name],
        subSystemLabel=name,
        summaryString=name,
        populations=[{**criteria, "deltaPercentage": 5, "summaryString": name}],
    )
    described = metric(
        name,
        [dataset(criteria, made_points, recommendedMetricGoal={"value": 3, "detail": name})],
        unit={"displayName": name},
        goalKeys=[{"goalKey": name, "lowerBound": 0, "upperBound": 1}],
    )
    return documents.report((name, described), platform=name, regressions=[found])


@pytest.mark.parametrize("layout", [MetricsLayout.VERDICT, MetricsLayout.DETAILS, MetricsLayout.TABLES])
@pytest.mark.parametrize("name", [*HOSTILE, *MARKUP])
def test_hostile_names_are_shown_as_text(name: str, layout: MetricsLayout) -> None:
    root = page(hostile(name), layout=layout, subject=Subject(App("1", name, name)), files=[name, name])
    assert {one.tag for one in root.iter()} <= TAGS
    assert {attribute for one in root.iter() for attribute in one.attrib} <= ATTRIBUTES
    assert " ".join(name.split()) in text_of(root)
    assert all((one.get("href") or "").startswith("#metric-") for one in root.iter("a"))
