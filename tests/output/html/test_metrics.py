"""Tests of metrics reports and overviews as HTML pages; test_browser.py opens them."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.version_window import Versions
from ppparser.output.html.metrics import metrics_sections, report_html_lines
from ppparser.output.html.page import element
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, MetricsReport, read_metrics_report
from tests import fake_api
from tests.fake_api import BUNDLE_ID
from tests.helpers import documents
from tests.helpers.documents import IPADS, IPHONES, dataset, insight, metric, points, report
from tests.helpers.html_text import page_lines_of, read_page, text_of
from tests.helpers.support import Check, Run, document, expected
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE

SCRIPT = "get-metrics-insights.py"
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


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get-metrics-insights-page.txt", []),
        ("get-metrics-insights-page-details.txt", ["--metric=DISK", "--device=iPhone14,5", "--details"]),
        ("get-metrics-insights-page-overview.txt", ["--overview", "--metric=LAUNCH"]),
    ],
)
def test_demo_is_as_expected(name: str, arguments: list[str], api: fake_api.FakeAPI, run: Run, check: Check) -> None:
    status, out, err = run(SCRIPT, BUNDLE_ID, "--format=html", *arguments)
    assert (status, err, out.isascii()) == (0, "", True)
    check(page_lines_of(read_page(out)), name)


def test_page_of_all_tables_is_as_expected(run: Run, home: Any, check: Check) -> None:
    (home / "metrics.json").write_text(expected("metrics.json"))
    status, out, err = run("ppparser", "metrics", "--input=metrics.json", "--format=html")
    assert (status, err) == (0, "")
    check(page_lines_of(read_page(out)), "metrics-page.txt")


def test_build_has_no_insights(api: fake_api.FakeAPI, run: Run) -> None:
    out = run(SCRIPT, BUNDLE_ID, "--build-number=424", "--format=html").out
    assert list(page_lines_of(read_page(out)))[1:4] == [
        "# Ridgeline (com.example.ridgeline), build 424, version 8.0.1 on iOS",
        "## No insights to judge by; Apple adds them to reports on apps, not on builds",
        "## Scorecard, All iPhones, 8.0.1",
    ]


def test_comparison_and_files_are_named() -> None:
    found = lines(document("metrics.json"), files=["a.json", "b.json"], versions=Versions(against="5.0"))
    assert found[2:4] == ["compared with 5.0", "Merged from 2 files, the last one b.json"]


def test_page_ends_with_the_next_step_and_what_figures_mean() -> None:
    made = report(("HANG", metric("m")), regressions=[insight("HANG", "m", 5)])
    found = lines(made, logs_command="logs --app=1")
    assert found[-5:-2] == [
        "## Next step",
        "Next, the call stacks of m (typical +5 % on iPhone14_5):",
        "logs --app=1 --type=HANGS",
    ]
    assert [line[:11] for line in found[-2:]] == ["Typical is ", "~ marks a c"]
    assert "## Next step" not in lines(made, layout=MetricsLayout.TABLES, logs_command="logs")


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


def test_metric_of_two_insights_has_its_chart_once() -> None:
    made = report(
        ("A", metric("m", [dataset(IPHONES, points(1, 2)), dataset(IPADS, points(1, 2))])),
        ("A", metric("n", [dataset(IPHONES, points(1, 2))])),
        regressions=[insight("A", "m", populations=[IPADS])],
        trendingUp=[insight("A", "m", populations=[IPHONES])],
    )
    assert [line for line in lines(made) if line.startswith(("#", "(", "m, ", "All i"))][4:] == [
        "### A m regression",
        "All iPads, typical | 1 | 2",
        "m, All iPhones",
        "(m by version on All iPhones: typical)  (typical: 1 1, 2 2; trending up in 2)",
        "m, All iPads",
        "(m by version on All iPads: typical)  (typical: 1 1, 2 2; regression in 2)",
        "## Trending up: 1",
        "### A m trending up",
        "All iPhones, typical | 1 | 2",
        "## Other metrics by version",
        "### n",
        "All iPhones",
        "(n by version on All iPhones: typical)  (typical: 1 1, 2 2)",
    ]


def test_chart_of_many_versions_says_that_it_is_cut() -> None:
    made = report(("A", metric("m", [dataset(IPHONES, points(*range(70)))], unit={"displayName": "ms"})))
    assert "All iPhones, ms, the last 60 versions" in lines(made)


def test_metric_of_another_platform_is_named() -> None:
    made = report(*[("A", metric(name, [dataset(IPHONES, points(1))])) for name in ("m", "n")])
    made["productData"] += report(("A", metric("o", [dataset(IPHONES, points(1))])), platform="tvOS")["productData"]
    assert [line for line in lines(made) if line.startswith("### ")] == ["### m", "### n", "### o tvOS"]


def test_report_without_metrics_is_a_page() -> None:
    assert lines({"insights": {"regressions": [{"summaryString": "Worse"}]}})[:5] == [
        "Version unknown",
        "# Version unknown",
        "## Worst regression: unnamed metric regression",
        "Worse",
        "## Regressions: 1",
    ]


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
