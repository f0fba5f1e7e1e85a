"""From a metrics report to its output: the layouts and the gate."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from ppparser.documents import loading
from ppparser.documents.subject import App, Subject
from ppparser.errors import GateError, GateFailedError, NoDataError
from ppparser.gate.acceptances import Acceptance
from ppparser.gate.outcome import GateOptions
from ppparser.metrics.selection import NO_FILTERS, Filters
from ppparser.output import metrics as reports
from ppparser.program.terminal import COLOUR, PLAIN
from ppparser.reports.formats import Format
from ppparser.reports.metrics import MetricsLayout, MetricsOptions
from tests import fake_api
from tests.helpers import documents
from tests.helpers.support import document, expected

METRICS = document("metrics.json")
BUILD_METRICS = document("build-metrics.json")
GATE = GateOptions(fail_on_regression=True)
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
    options = MetricsOptions(Filters(platform="tvOS"), layout, GATE)
    with pytest.raises(NoDataError, match=r"^the report has no platform tvOS\. It has: iOS, visionOS$"):
        reports.print_metrics(METRICS, options, stdout, PLAIN)
    assert stdout.getvalue() == ""


# --- the gate ---------------------------------------------------------------------------------------------------------


def judged(report: dict[str, Any], options: MetricsOptions) -> tuple[str, str]:
    """Return what is printed, and what the gate warns of; an error is raised after that."""
    stdout = io.StringIO()
    warnings: list[str] = []
    reports.check_gate(reports.print_metrics(report, options, stdout, PLAIN), warnings.append)
    return stdout.getvalue(), "".join(warnings)


def test_report_without_a_gate_has_no_outcome() -> None:
    assert reports.print_metrics(METRICS, MetricsOptions(), io.StringIO(), PLAIN) is None
    reports.check_gate(None, pytest.fail)


@pytest.mark.parametrize(("layout", "separator"), [(MetricsLayout.TABLES, ""), (MetricsLayout.VERDICT, "\n")])
def test_outcome_of_the_gate_is_at_the_end_of_the_report(layout: MetricsLayout, separator: str) -> None:
    out, _ = judged(METRICS, MetricsOptions(VISIONOS, layout, GATE))
    passed = "Gate passed: no regression in the insights\n"
    assert out == printed(METRICS, layout, VISIONOS) + separator + passed


def test_outcome_of_the_gate_is_separate_without_tables() -> None:
    made = documents.report(regressions=[documents.insight("A", "metric", 5)])
    stdout = io.StringIO()
    reports.print_metrics(made, MetricsOptions(gate=GATE), stdout, PLAIN)
    expected_lines = "no metrics, only insights (--auto_insights)\n\nGate failed: 1 reason\n"
    assert expected_lines in stdout.getvalue()


@pytest.mark.parametrize("options", [MetricsOptions(layout=MetricsLayout.NOTHING), MetricsOptions(format=Format.CSV)])
def test_gate_judges_whatever_is_printed(options: MetricsOptions) -> None:
    with pytest.raises(GateFailedError):
        judged(METRICS, options._replace(gate=GATE))
    assert "Gate" not in judged(METRICS, options._replace(gate=GATE, filters=VISIONOS))[0]


def test_gate_warns_before_it_fails() -> None:
    gate = GATE._replace(acceptances=[Acceptance("A", "b", file="f", line=3)])
    options = MetricsOptions(VISIONOS, MetricsLayout.NOTHING, gate)
    assert judged(METRICS, options) == ("", "f, line 3: this matches nothing here: A b")
    warnings: list[str] = []
    with pytest.raises(GateFailedError):
        reports.check_gate(
            reports.print_metrics(METRICS, options._replace(filters=NO_FILTERS), io.StringIO(), PLAIN), warnings.append
        )
    assert warnings == ["f, line 3: this matches nothing here: A b"]


def test_gate_that_cannot_judge_is_another_error() -> None:
    with pytest.raises(GateError) as raised:
        judged(BUILD_METRICS, MetricsOptions(layout=MetricsLayout.NOTHING, gate=GATE))
    assert type(raised.value) is GateError


def test_newest_version_is_that_of_the_whole_report() -> None:
    early, late = documents.points(1, 1, versions=["1", "2"]), documents.points(1, 1, versions=["2", "3"])
    made = documents.report(
        ("A", documents.metric("early", [documents.dataset(documents.IPHONES, early)])),
        ("A", documents.metric("late", [documents.dataset(documents.IPHONES, late)])),
    )
    options = MetricsOptions(Filters(metric="early"), MetricsLayout.NOTHING, GateOptions(above_percent=0.0))
    with pytest.raises(GateError, match="not judged, the last value is of 2"):
        judged(made, options)
    judged(made, options._replace(filters=Filters(metric="late")))
