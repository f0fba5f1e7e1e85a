"""Tests of metrics reports as text: what belongs to each layout."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ppparser.documents import loading
from ppparser.documents.subject import App, Subject
from ppparser.errors import NoDataError
from ppparser.gate.outcome import GateOptions
from ppparser.metrics.selection import NO_FILTERS, Filters
from ppparser.output.text.metrics import report_lines
from ppparser.program.terminal import COLOUR, PLAIN
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report
from tests import fake_api
from tests.helpers import documents
from tests.helpers.support import Check, document, expected

METRICS = document("metrics.json")
BUILD_METRICS = document("build-metrics.json")
GATE = GateOptions(fail_on_regression=True)
IPADS = Filters(device="All iPads")
VISIONOS = Filters(platform="visionOS")
LAUNCH = Filters("launch", "all_iphones")


def downloaded_metrics() -> Any:
    """Return the large report of the fake API, parsed as the programs parse it."""
    return loading.parse(json.dumps(fake_api.metrics()).encode(), "metrics")


def verdict(document: dict[str, Any], **options: Any) -> list[str]:
    """Return the lines of a report, in the layout VERDICT unless the options say otherwise."""
    all_options = MetricsOptions(layout=MetricsLayout.VERDICT)._replace(**options)
    return list(report_lines(read_metrics_report(document, all_options), PLAIN))


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
def test_layout_of_metrics(layout: MetricsLayout, filters: Filters, name: str, check: Check) -> None:
    options = MetricsOptions(filters, layout, logs_command="python3 get-diagnostics-logs.py --app=APP")
    check(verdict(METRICS, **options._asdict()), name)


def test_every_layout_starts_with_the_verdict() -> None:
    report = downloaded_metrics()
    until_scorecard = [verdict(report, layout=layout)[:24] for layout in MetricsLayout]
    assert until_scorecard[0] == until_scorecard[1] == until_scorecard[2]


def test_verdict_of_a_build_has_no_insights() -> None:
    lines = verdict(BUILD_METRICS)
    assert expected("build-metrics-insights.txt").splitlines()[: len(lines)] == lines
    assert "\n".join([*verdict(BUILD_METRICS, layout=MetricsLayout.TABLES), ""]) == expected("build-metrics.txt")


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


def test_default_is_tables_without_a_gate() -> None:
    report = read_metrics_report(METRICS, MetricsOptions())
    assert "\n".join([*report_lines(report, COLOUR), ""]) == expected("metrics-colour.txt")


def test_filter_without_a_match_is_an_error() -> None:
    with pytest.raises(NoDataError, match=r"^the report has no platform tvOS\. It has: iOS, visionOS$"):
        read_metrics_report(METRICS, MetricsOptions(Filters(platform="tvOS"), gate=GATE))


@pytest.mark.parametrize(("layout", "separator"), [(MetricsLayout.TABLES, []), (MetricsLayout.VERDICT, [""])])
def test_outcome_of_the_gate_is_at_the_end(layout: MetricsLayout, separator: list[str]) -> None:
    passed = "Gate passed: no regression in the insights"
    lines = verdict(METRICS, layout=layout, filters=VISIONOS)
    assert verdict(METRICS, layout=layout, filters=VISIONOS, gate=GATE) == [*lines, *separator, passed]


def test_outcome_of_the_gate_is_separate_without_tables() -> None:
    lines = verdict(
        documents.report(regressions=[documents.insight("A", "metric", 5)]), layout=MetricsLayout.TABLES, gate=GATE
    )
    place = lines.index("Gate failed: 1 reason")
    assert lines[place - 2 : place] == ["no metrics, only insights (--auto_insights)", ""]
