"""The values of a report about several apps: a row per app, and the report of each that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple

from ppparser.documents.subject import App
from ppparser.errors import APIError, NoDataError, NotFoundError
from ppparser.metrics.changes import Change, Goal, worsening_percent
from ppparser.metrics.measurements import TOP, TYPICAL
from ppparser.metrics.scorecard import Alarm, Score, alarm_of
from ppparser.reports.metrics import MetricsReport

_NOT_FOUND = "never released, or not accessible to this key (404)"


class AppStatus(Enum):
    """Whether an app's report could be read."""

    READ = "read"
    NO_DATA = "no data"
    NOT_FOUND = "not found"
    FAILED = "failed"


class WorstChange(NamedTuple):
    """The largest change for the worse in a scorecard, outside the error margins."""

    score: Score
    percentile: str
    change: Change


class Summary(NamedTuple):
    """What counts in a report; `missed_goals` of `goals` figures in the scorecard do not meet their goal."""

    alarm: Alarm = Alarm.NONE
    version: str = ""
    regressions: int | None = None
    worst_change: WorstChange | None = None
    missed_goals: int = 0
    goals: int = 0


class AppResult(NamedTuple):
    """An app with its report, or, if there is none, with the problem."""

    app: App
    status: AppStatus
    report: MetricsReport | None = None
    problem: str = ""
    summary: Summary = Summary()


def read_app(
    app: App,
    response: dict[str, Any] | APIError,
    read: Callable[[dict[str, Any]], MetricsReport],
    *,
    keep_points: bool = True,
) -> AppResult:
    """Return an app with its report, which `read` makes of the response, or why there is none.

    The points of a hundred reports, which only tables, CSV and charts need, would fill a gigabyte.
    """
    if isinstance(response, NotFoundError):
        return AppResult(app, AppStatus.NOT_FOUND, problem=_NOT_FOUND)
    if isinstance(response, APIError):
        return AppResult(app, AppStatus.FAILED, problem=str(response))
    try:
        report = read(response)
    except NoDataError as error:
        return AppResult(app, AppStatus.NO_DATA, problem=str(error))
    summary = _summary(report)
    if not keep_points:
        report = report._replace(selection=report.selection._replace(metrics=[]))
    return AppResult(report.subject.app, AppStatus.READ, report, summary=summary)


class AppsReport(NamedTuple):
    """A report about several apps, worst first."""

    results: Sequence[AppResult]


def apps_report(results: Iterable[AppResult]) -> AppsReport:
    """Return a report that starts with the apps that have one: by regressions, worst change and missed goals."""
    return AppsReport(sorted(results, key=_urgency))


def _urgency(result: AppResult) -> tuple[object, ...]:
    summary = result.summary
    worst = worsening_percent(summary.worst_change.change) if summary.worst_change else 0
    name = result.app.label.lower()
    order = list(AppStatus).index(result.status)
    return order, -summary.alarm, -(summary.regressions or 0), -worst, -summary.missed_goals, name


def _summary(report: MetricsReport) -> Summary:
    scores, regressions = report.scorecard.scores, report.selection.regressions
    changes = [
        WorstChange(score, percentile, figure.change)
        for score in scores
        for percentile, figure in zip((TYPICAL, TOP), score.figures)
        if worsening_percent(figure.change) > 0
    ]
    goals = [figure.goal for score in scores for figure in score.figures if figure.goal != Goal()]
    return Summary(
        max(map(alarm_of, report.selection.insights), default=Alarm.NONE),
        report.scorecard.version or next(iter(report.versions.values()), ""),
        len(regressions) if report.selection.has_insights or regressions else None,
        max(changes, key=lambda worst: worsening_percent(worst.change), default=None),
        sum(goal.severity > (0, 0) for goal in goals),
        len(goals),
    )
