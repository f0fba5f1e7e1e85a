"""Tests of metrics reports and overviews as Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.version_window import Versions
from ppparser.output.markdown.metrics import report_markdown_lines
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report, read_overview_report
from tests import fake_api
from tests.fake_api import BUNDLE_ID
from tests.helpers import documents
from tests.helpers.markdown_text import texts_of
from tests.helpers.support import Check, Run, document, succeeded
from tests.output.markdown.test_document import HOSTILE

SCRIPT = "get-metrics-insights.py"


def lines_of(report: Any, *, is_overview: bool = False, **options: Any) -> list[str]:
    read = read_overview_report if is_overview else read_metrics_report
    made = read(report, MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options))
    return list(report_markdown_lines(made))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get-metrics-insights.md", []),
        ("get-metrics-insights-overview.md", ["--overview", "--metric=LAUNCH"]),
        ("get-metrics-insights-details.md", ["--metric=TERMINATION", "--device=all_ipads", "--details"]),
    ],
)
def test_demo_is_as_expected(name: str, arguments: list[str], api: fake_api.FakeAPI, run: Run, check: Check) -> None:
    check(succeeded(run(SCRIPT, BUNDLE_ID, "--format=markdown", *arguments)), name)


def test_build_has_no_insights(api: fake_api.FakeAPI, run: Run) -> None:
    out = run(SCRIPT, BUNDLE_ID, "--build-number=424", "--format=markdown").out
    assert out.split("\n\n")[:3] == [
        "## Ridgeline (com.example.ridgeline), build 424, version 8.0.1 on iOS",
        "No insights to judge by; Apple adds them to reports on apps, not on builds",
        "### Scorecard, All iPhones, 8.0.1",
    ]
    assert "### Insights" not in out


def test_report_without_an_app_starts_with_the_version() -> None:
    lines = lines_of(document("build-metrics.json"), layout=MetricsLayout.TABLES)
    assert lines[0] == "## Version 5.1 on iOS"
    assert lines[lines.index("```text") + 1] == "ANIMATION  iOS"


def test_comparison_and_files_are_named() -> None:
    lines = lines_of(document("metrics.json"), files=["a.json", "b|c.json"], versions=Versions(against="5.0"))
    assert lines[2:5] == ["Compared with 5.0", "", "Merged from 2 files, the last one <code>b&#124;c&#46;json</code>"]


def test_filtered_report_without_regressions_says_so() -> None:
    filters = MetricsOptions().filters._replace(metric="TERMINATION")
    assert "**No regressions for these filters**" in lines_of(document("metrics.json"), filters=filters)


def test_regression_without_populations_has_apples_sentence() -> None:
    made = documents.report(regressions=[documents.insight("A", "m", summaryString="It got *worse*")])
    lines = lines_of(made)
    assert lines[:6] == ["## Version unknown", "", "**Worst regression: A m**", "", "`It got *worse*`", ""]
    assert "| **regression** | A m | `It got *worse*` |" in lines


@pytest.mark.parametrize("layout", [MetricsLayout.VERDICT, MetricsLayout.DETAILS, MetricsLayout.TABLES])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text(name: str, layout: MetricsLayout) -> None:
    criteria = {"device": name, "deviceMarketingName": name, "percentile": "percentile.fifty"}
    points = documents.points(1, 2, goals=[name, name], versions=["1", name])
    insight = documents.insight(
        name,
        name,
        latestVersion=name,
        referenceVersions=[name],
        subSystemLabel=name,
        populations=[{**criteria, "deltaPercentage": 5}],
    )
    made = documents.report(
        (name, documents.metric(name, [documents.dataset(criteria, points)], unit={"displayName": name})),
        platform=name,
        regressions=[insight],
    )
    found = texts_of(lines_of(made, layout=layout, subject=Subject(App("1", name, name))))
    assert name.strip()[:12] in found.replace("\n", "")


def test_percentile_is_no_link() -> None:
    insight = documents.insight(
        "A", "m", populations=[{"device": "d", "percentile": "http://a.example/", "deltaPercentage": 5}]
    )
    lines = lines_of(documents.report(regressions=[insight]))
    assert len([line for line in lines if "`http://a.example/`" in line]) == 2
    assert not [line for line in lines if " http" in line]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_overview_is_shown_as_text(name: str) -> None:
    point = {
        "signatureId": name,
        "signature": name,
        "sourceFile": name,
        "lineNumber": 5,
        "weight": 0.5,
        "trendInfo": name,
    }
    made = documents.parsed({"appMetadata": {"bundleId": name}, "signatures": {"topHangPoint": [point]}})
    assert name.strip()[-9:] in texts_of(lines_of(made, is_overview=True)).replace("\n", "")


def test_large_report_stays_below_the_limit_of_github() -> None:
    lines = lines_of(documents.parsed(fake_api.metrics()), layout=MetricsLayout.TABLES)
    assert len("\n".join(lines)) < 65_536
    assert lines[-1].startswith(
        "Omitted, as GitHub accepts no more than 65,535 characters: the tables of all versions ("
    )
