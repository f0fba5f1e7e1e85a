"""From a metrics report to its output: the layouts and the gate."""

from __future__ import annotations

import io
import json
from typing import Any

import fake_api
import pytest
from support import document, expected

from ppparser import loading, reports
from ppparser.errors import NoDataError, NoInsightsError, RegressionError
from ppparser.reports import MetricsLayout, MetricsOptions
from ppparser.selection import NO_FILTERS, Filters
from ppparser.terminal import COLOUR, PLAIN

METRICS = document("metrics.json")
BUILD_METRICS = document("build-metrics.json")
IPADS = Filters(device="All iPads")
VISIONOS = Filters(platform="visionOS")
LAUNCH = Filters("launch", "all_iphones")


def downloaded_metrics() -> Any:
    """Return the large report of the fake API, parsed as the programs parse it."""
    return loading.parse(json.dumps(fake_api.metrics()).encode(), "metrics")


def printed(report: dict[str, Any], layout: MetricsLayout, filters: Filters = NO_FILTERS) -> str:
    stdout = io.StringIO()
    reports.print_metrics(report, MetricsOptions(filters, layout), stdout, PLAIN)
    return stdout.getvalue()


# --- metrics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "filters", "name"),
    [
        (MetricsLayout.TABLES, NO_FILTERS, "metrics.txt"),
        (MetricsLayout.TABLES, LAUNCH, "metrics-launch.txt"),
        (MetricsLayout.INSIGHTS, NO_FILTERS, "metrics-insights.txt"),
        (MetricsLayout.INSIGHTS, IPADS, "metrics-insights-ipads.txt"),
        (MetricsLayout.INSIGHTS, VISIONOS, "metrics-visionos.txt"),
        (MetricsLayout.CSV, NO_FILTERS, "metrics.csv"),
    ],
)
def test_layout_of_metrics(layout: MetricsLayout, filters: Filters, name: str) -> None:
    assert printed(METRICS, layout, filters) == expected(name)


def test_hotspots_follow_the_scorecard() -> None:
    report = downloaded_metrics()
    out = printed(report, MetricsLayout.HOTSPOTS)
    assert out == expected("get-metrics-insights.txt")
    scorecard, heading, _ = out.partition("Regressions: ")
    assert heading
    assert printed(report, MetricsLayout.TABLES).startswith(scorecard)


def test_metric_filter_omits_the_scorecard() -> None:
    filters = Filters("DISK", "iphone 13", "iOS")
    assert printed(downloaded_metrics(), MetricsLayout.HOTSPOTS, filters) == expected(
        "get-metrics-insights-filtered.txt"
    )
    tables = printed(METRICS, MetricsLayout.TABLES, Filters(metric="launchTime"))
    assert tables.startswith("LAUNCH  iOS\n")


def test_report_without_insights_has_tables_for_hotspots() -> None:
    assert printed(BUILD_METRICS, MetricsLayout.HOTSPOTS) == expected("build-metrics.txt")
    assert printed(BUILD_METRICS, MetricsLayout.TABLES) == expected("build-metrics.txt")


@pytest.mark.parametrize("filters", [NO_FILTERS, IPADS])
def test_layout_nothing_prints_nothing(filters: Filters) -> None:
    assert printed(METRICS, MetricsLayout.NOTHING, filters) == ""


def test_default_is_tables_without_a_gate() -> None:
    stdout = io.StringIO()
    reports.print_metrics(METRICS, MetricsOptions(), stdout, COLOUR)
    assert stdout.getvalue() == expected("metrics-colour.txt")


@pytest.mark.parametrize("layout", MetricsLayout)
def test_filter_without_a_match_prints_nothing(layout: MetricsLayout) -> None:
    stdout = io.StringIO()
    options = MetricsOptions(Filters(platform="tvOS"), layout, fail_on_regression=True)
    with pytest.raises(NoDataError, match=r"^the report has no platform tvOS\. It has: iOS, visionOS$"):
        reports.print_metrics(METRICS, options, stdout, PLAIN)
    assert stdout.getvalue() == ""


# --- the gate ---------------------------------------------------------------------------------------------------------

LAUNCH_REGRESSION = "LAUNCH launchTime"
BATTERY_REGRESSION = "BATTERY onScreen"


def gate(report: dict[str, Any], filters: Filters, layout: MetricsLayout = MetricsLayout.NOTHING) -> str:
    stdout = io.StringIO()
    options = MetricsOptions(filters, layout, fail_on_regression=True)
    reports.print_metrics(report, options, stdout, PLAIN)
    return stdout.getvalue()


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (NO_FILTERS, f"2 regressions: {LAUNCH_REGRESSION}, {BATTERY_REGRESSION}"),
        (IPADS, f"1 regression: {BATTERY_REGRESSION}"),
        (Filters(metric="launch"), f"1 regression: {LAUNCH_REGRESSION}"),
    ],
)
def test_gate_names_the_regressions_worst_first(filters: Filters, message: str) -> None:
    with pytest.raises(RegressionError) as raised:
        gate(METRICS, filters)
    assert str(raised.value) == message


@pytest.mark.parametrize(("category", "metric", "name"), [("HANG", None, "HANG"), (None, "hangRate", "hangRate")])
def test_gate_names_what_a_regression_has(category: str | None, metric: str | None, name: str) -> None:
    report = {"insights": {"regressions": [{"metricCategory": category, "metric": metric}]}, "productData": []}
    with pytest.raises(RegressionError, match=f"^1 regression: {name}$"):
        gate(report, NO_FILTERS)


@pytest.mark.parametrize("layout", [MetricsLayout.TABLES, MetricsLayout.CSV, MetricsLayout.INSIGHTS])
def test_report_is_printed_before_the_gate_fails(layout: MetricsLayout) -> None:
    stdout = io.StringIO()
    with pytest.raises(RegressionError):
        reports.print_metrics(METRICS, MetricsOptions(NO_FILTERS, layout, True), stdout, PLAIN)
    assert stdout.getvalue() == printed(METRICS, layout)


@pytest.mark.parametrize("filters", [VISIONOS, Filters(metric="TERMINATION")], ids=["none", "upward trend"])
def test_gate_passes_without_a_regression(filters: Filters) -> None:
    assert gate(METRICS, filters) == ""
    assert gate(METRICS, filters, MetricsLayout.TABLES) == printed(METRICS, MetricsLayout.TABLES, filters)


def test_gate_passes_with_empty_insights() -> None:
    report = {**BUILD_METRICS, "insights": {"regressions": [], "trendingUp": []}}
    assert gate(report, NO_FILTERS) == ""


@pytest.mark.parametrize("layout", MetricsLayout)
def test_gate_fails_without_insights(layout: MetricsLayout) -> None:
    stdout = io.StringIO()
    with pytest.raises(NoInsightsError) as raised:
        reports.print_metrics(BUILD_METRICS, MetricsOptions(NO_FILTERS, layout, True), stdout, PLAIN)
    assert type(raised.value) is NoInsightsError
    assert str(raised.value) == (
        "--fail-on-regression cannot judge this report: it has no insights. Only the report of an app has them,\n"
        "  not that of a build"
    )
    assert stdout.getvalue() == printed(BUILD_METRICS, layout)
