"""Tests of the values of a report about several apps."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ppparser.documents.subject import App
from ppparser.errors import APIError, NotFoundError
from ppparser.metrics.changes import Change
from ppparser.metrics.measurements import TYPICAL
from ppparser.metrics.scorecard import Alarm
from ppparser.reports.apps import AppStatus, Summary, WorstChange, apps_report, read_app
from ppparser.reports.metrics import MetricsOptions, read_metrics_report
from tests.helpers import documents
from tests.helpers.apps import launch_report, result

EMPTY: Any = {"productData": [], "insights": {"regressions": [], "trendingUp": []}}


def test_summary_has_what_counts() -> None:
    found = result("Ridgeline", launch_report(100, 150, regressions=2, goals=("good", "poor"), highImpact=True))
    assert found.report is not None
    [score] = found.report.scorecard.scores
    assert found.summary == Summary(
        alarm=Alarm.HIGH_IMPACT,
        version="2",
        regressions=2,
        worst_change=WorstChange(score, TYPICAL, Change(50.0)),
        missed_goals=1,
        goals=1,
    )
    assert (found.status, found.problem) == (AppStatus.READ, "")


def test_change_of_a_percentile_for_the_worse_counts() -> None:
    assert result("A", launch_report(100, 90)).summary.worst_change is None
    assert result("A", launch_report(100)).summary.worst_change is None


def test_regressions_are_unknown_without_insights() -> None:
    report = {**launch_report(1, 2), "insights": None}
    report.pop("insights")
    assert result("A", report).summary.regressions is None
    assert result("A", launch_report(1, 2)).summary.regressions == 0


@pytest.mark.parametrize(
    ("response", "status", "problem"),
    [
        (
            NotFoundError("404"),
            AppStatus.NOT_FOUND,
            "never released, or not accessible to this key (404)",
        ),
        (APIError("App Store Connect responded 500"), AppStatus.FAILED, "App Store Connect responded 500"),
        (EMPTY, AppStatus.NO_DATA, "the report contains no metrics: Apple provides none below its usage threshold"),
    ],
)
def test_app_without_a_report_says_why(response: Any, status: AppStatus, problem: str) -> None:
    found = result("A", response)
    assert (found.status, found.report, found.summary) == (status, None, Summary())
    assert found.problem.startswith(problem)


def test_worst_app_comes_first() -> None:
    results = [
        result("NotFound", NotFoundError("404")),
        result("Failed", APIError("500")),
        result("Empty", EMPTY),
        result("Better", launch_report(100, 90)),
        result("Same", launch_report(100, 90)),
        result("MissesGoals", launch_report(100, 90, goals=("good", "poor"))),
        result("Worse", launch_report(100, 120)),
        result("MuchWorse", launch_report(100, 150)),
        result("OneRegression", launch_report(100, 110, regressions=1)),
        result("TwoRegressions", launch_report(100, 110, regressions=2)),
        result("HighImpact", launch_report(100, 110, regressions=1, highImpact=True)),
        result("TrendingUp", documents.report(trendingUp=[documents.insight("A", "m", 5)], regressions=[])),
    ]
    assert [one.app.name for one in apps_report(results).results] == [
        *("HighImpact", "TwoRegressions", "OneRegression", "TrendingUp", "MuchWorse", "Worse", "MissesGoals"),
        *("Better", "Same", "Empty", "NotFound", "Failed"),
    ]


def test_points_are_dropped_unless_they_are_needed() -> None:
    document = launch_report(100, 150)
    for keep_points in (True, False):
        found = read_app(
            App("1"), document, partial(read_metrics_report, options=MetricsOptions()), keep_points=keep_points
        )
        assert found.report is not None
        assert bool(found.report.selection.metrics) == keep_points
        assert len(found.report.scorecard.scores) == 1
