"""Builders of results about several apps."""

from __future__ import annotations

from typing import Any

from ppparser.documents.subject import App, Subject
from ppparser.errors import APIError
from ppparser.reports.apps import AppResult, read_app
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, read_metrics_report
from tests.helpers import documents
from tests.helpers.documents import IPHONES, IPHONES_TOP, dataset, insight, metric, points


def launch_report(*values: float, regressions: int = 0, goals: tuple[str, ...] = (), **members: Any) -> Any:
    """Return a report of the launch time with these top values, and the number of regressions."""
    datasets = [
        dataset(IPHONES, points(*[value / 2 for value in values])),
        dataset(IPHONES_TOP, points(*values, goals=goals)),
    ]
    found = [insight("LAUNCH", "launchTime", 10 + number, **members) for number in range(regressions)]
    return documents.report(
        ("LAUNCH", metric("launchTime", datasets, unit={"displayName": "ms"})), regressions=found, trendingUp=[]
    )


def result(name: str, response: dict[str, Any] | APIError, layout: MetricsLayout = MetricsLayout.VERDICT) -> AppResult:
    """Return the result of a response about the app with that name."""
    app = App(str(len(name)), name, f"com.example.{name.lower()}")
    return read_app(
        app,
        response,
        lambda document: read_metrics_report(document, MetricsOptions(layout=layout, subject=Subject(app))),
    )
