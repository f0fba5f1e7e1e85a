"""From a metrics report to its output: the layouts and the gate."""

from __future__ import annotations

import io
import json
from typing import Any

import documents
import fake_api
import pytest
from support import document, expected

from ppparser import loading, reports
from ppparser.app import App, Subject
from ppparser.errors import NoDataError, NoInsightsError, RegressionError
from ppparser.metrics_report import MetricsLayout, MetricsOptions
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
        (MetricsLayout.VERDICT, NO_FILTERS, "metrics-insights.txt"),
        (MetricsLayout.DETAILS, NO_FILTERS, "metrics-insights-details.txt"),
        (MetricsLayout.DETAILS, IPADS, "metrics-details-ipads.txt"),
    ],
)
def test_layout_of_metrics(layout: MetricsLayout, filters: Filters, name: str) -> None:
    options = MetricsOptions(filters, layout, logs_command="python3 get-diagnostics-logs.py --app=APP")
    assert "\n".join([*verdict(METRICS, **options._asdict()), ""]) == expected(name)


def verdict(report: dict[str, Any], **options: Any) -> list[str]:
    stdout = io.StringIO()
    reports.print_metrics(report, MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options), stdout, PLAIN)
    return stdout.getvalue().splitlines()


def test_every_layout_starts_with_the_verdict() -> None:
    report = downloaded_metrics()
    until_scorecard = [verdict(report, layout=layout)[:24] for layout in list(MetricsLayout)[1:4]]
    assert until_scorecard[0] == until_scorecard[1] == until_scorecard[2]


def test_verdict_of_a_build_has_no_insights() -> None:
    lines = verdict(BUILD_METRICS)
    assert expected("build-metrics-insights.txt").splitlines()[: len(lines)] == lines
    assert printed(BUILD_METRICS, MetricsLayout.TABLES) == expected("build-metrics.txt")


STACKS = "Next, the call stacks of metric (typical +5 % on iPhone14_5):"
COMMANDS = {
    "subject": Subject(App("1", "", "App")),
    "logs_command": "logs --app=1",
    "details_command": "metrics --details",
}


@pytest.mark.parametrize(
    ("category", "layout", "last"),
    [
        ("HANG", MetricsLayout.VERDICT, [STACKS, "logs --app=1 --type=HANGS"]),
        ("HANG", MetricsLayout.DETAILS, [STACKS, "logs --app=1 --type=HANGS"]),
        ("MEMORY", MetricsLayout.VERDICT, ["Next, all measurements:", "metrics --details"]),
        ("MEMORY", MetricsLayout.DETAILS, ["    no datasets", ""]),
    ],
)
def test_last_line_is_the_next_step(category: str, layout: MetricsLayout, last: list[str]) -> None:
    made = documents.report(
        (category, documents.metric("metric")), regressions=[documents.insight(category, "metric", 5)]
    )
    lines = verdict(made, layout=layout, filters=Filters(metric="metric"), **COMMANDS)
    assert (lines[0], lines[-2:]) == ("App, version unknown", last)
    assert verdict(made, layout=MetricsLayout.TABLES, **COMMANDS)[-2:] == ["    no datasets", ""]


def test_tables_of_a_report_without_metrics_point_to_the_insights() -> None:
    made = documents.report(regressions=[documents.insight("A", "metric", 5)])
    assert verdict(made, layout=MetricsLayout.TABLES)[-1] == "no metrics, only insights (--auto_insights)"


def test_blamed_subsystem_is_listed_however_small() -> None:
    shares = [{"value": number, "subSystemLabel": f"s{number}"} for number in range(30)]
    point = {"version": "2", "value": 5, "percentageBreakdown": shares}
    made = documents.report(
        ("A", documents.metric("metric", [documents.dataset(documents.MODEL, [point])])),
        regressions=[documents.insight("A", "metric", 5, latestVersion="2", subSystemLabel="s3")],
    )
    for layout in (MetricsLayout.TABLES, MetricsLayout.DETAILS):
        lines = verdict(made, layout=layout)
        assert "        s3 %    3" in lines
        assert "      subsystems not listed: 22" in lines


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


@pytest.mark.parametrize("layout", [MetricsLayout.TABLES, MetricsLayout.VERDICT])
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
