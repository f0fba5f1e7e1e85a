"""Tests of metrics reports and overviews as Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.output.markdown.metrics import report_markdown_lines
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report, read_overview_report
from tests import fake_api
from tests.helpers import documents
from tests.helpers.markdown_text import texts_of
from tests.helpers.support import document
from tests.output.html.test_metrics import hostile
from tests.output.markdown.test_document import HOSTILE


def lines_of(report: Any, *, is_overview: bool = False, **options: Any) -> list[str]:
    read = read_overview_report if is_overview else read_metrics_report
    made = read(report, MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options))
    return list(report_markdown_lines(made))


def test_report_without_an_app_starts_with_the_version() -> None:
    lines = lines_of(document("build-metrics.json"), layout=MetricsLayout.TABLES)
    assert lines[0] == "## Version 5.1 on iOS"
    assert lines[lines.index("```text") + 1] == "ANIMATION  iOS"


@pytest.mark.parametrize("layout", [MetricsLayout.VERDICT, MetricsLayout.DETAILS, MetricsLayout.TABLES])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text(name: str, layout: MetricsLayout) -> None:
    lines = lines_of(hostile(name), layout=layout, subject=Subject(App("1", name, name)))
    assert name.strip()[:12] in texts_of(lines).replace("\n", "")


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
    reason = "as GitHub accepts no more than 65,535 characters"
    assert lines[-1] == f"Omitted at least in part, {reason}: the tables of all versions."
