"""Render a report about several apps as JSON; docs/schemas/apps.schema.json has its schema."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.metrics.measurements import percentile_label
from ppparser.output.data.json_document import Object, app_object, json_lines, percent
from ppparser.output.data.metrics_json import report_object
from ppparser.reports.apps import AppResult, AppsReport, Summary, WorstChange


def apps_json_lines(report: AppsReport) -> Iterator[str]:
    """Yield the lines of a document with all apps."""
    yield from json_lines({"apps": [_result(result) for result in report.results]})


def _result(result: AppResult) -> Object:
    return {
        "app": app_object(result.app),
        "status": result.status.name.lower(),
        "problem": result.problem or None,
        "summary": _summary(result.summary) if result.report else None,
        "report": report_object(result.report) if result.report else None,
    }


def _summary(summary: Summary) -> Object:
    return {
        "alarm": summary.alarm.name.lower(),
        "version": summary.version or None,
        "regressions": summary.regressions,
        "worst_change": _worst_change(summary.worst_change) if summary.worst_change else None,
        "missed_goals": summary.missed_goals,
        "goals": summary.goals,
    }


def _worst_change(worst: WorstChange) -> Object:
    return {
        "category": worst.score.category or None,
        "metric": worst.score.identifier or None,
        "device_name": worst.score.device,
        "percentile": percentile_label(worst.percentile),
        "change_percent": percent(worst.change.percent),
    }
