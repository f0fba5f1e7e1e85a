"""Render a metrics report or a performance overview as JSON; docs/schemas/metrics.schema.json has its schema.

Unknown values are null, percentages have `percent` in their names, and versions are strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ppparser.metrics.changes import Change, Goal, changes, goal_at
from ppparser.metrics.findings import AffectedPopulation, Finding
from ppparser.metrics.measurements import Dataset, GoalBand, Metric, percentile_label
from ppparser.metrics.overview import Overview, Point
from ppparser.metrics.scorecard import Figure, Score
from ppparser.output.data.gate_json import gate_object
from ppparser.output.data.json_document import Object, app_object, course_array, json_lines, number, percent
from ppparser.reports.metrics import MetricsReport


def report_json_lines(report: MetricsReport) -> Iterator[str]:
    """Yield the lines of the document of a report."""
    yield from json_lines(report_object(report))


def report_object(report: MetricsReport) -> Object:
    """Return what is known about an app or a build as a JSON object."""
    selection, subject = report.selection, report.subject
    return {
        "app": app_object(subject.app),
        "build": {"id": subject.build_id, "number": subject.build_number or None} if subject.build_id else None,
        "versions": [
            {"platform": platform or None, "version": version or None} for platform, version in report.versions.items()
        ],
        "compared_with": selection.against or None,
        "merged_files": list(selection.files),
        "has_insights": selection.has_insights,
        "regressions": [_finding(finding) for finding in report.findings if finding.insight.is_regression],
        "trending_up": [_finding(finding) for finding in report.findings if not finding.insight.is_regression],
        "scorecard": [_score(score, report.scorecard.trend_percentile) for score in report.scorecard.scores],
        "code": _code(report.overview) if report.overview else None,
        "gate": gate_object(report.gate) if report.gate else None,
        "metrics": [_metric(metric) for metric in report.tables],
    }


def _finding(finding: Finding) -> Object:
    insight = finding.insight
    return {
        "category": insight.category or None,
        "metric": insight.identifier or None,
        "unit": finding.unit or None,
        "is_high_impact": insight.is_high_impact,
        "version": insight.latest_version or None,
        "reference_versions": list(insight.reference_versions),
        "subsystem": insight.subsystem or None,
        "maximum": number(insight.largest_value),
        "summary": insight.summary or None,
        "populations": [_population(population, finding.versions) for population in finding.populations],
    }


def _population(population: AffectedPopulation, versions: Sequence[str]) -> Object:
    reported = population.reported
    values = [
        {"version": version or None, "value": number(value)} for version, value in zip(versions, population.values)
    ]
    return {
        "device": reported.device or None,
        "device_name": population.device,
        "percentile": percentile_label(reported.percentile),
        "values": values,
        "margin": number(population.margin),
        "average": number(reported.reference_average),
        "change_percent": number(reported.change_text),
        "goal": _goal(population.goal),
        "subsystem_percent": number(population.share),
        "summary": reported.summary or None,
    }


def _score(score: Score, trend_percentile: str) -> Object:
    return {
        "alarm": score.alarm.name.lower(),
        "alarm_devices": list(score.alarm_devices),
        "platform": score.platform or None,
        "category": score.category or None,
        "metric": score.identifier or None,
        "unit": score.unit or None,
        "device_name": score.device,
        "version": score.version or None,
        "typical": _figure(score.typical),
        "top": _figure(score.top),
        "trend": {"percentile": percentile_label(trend_percentile), "values": list(score.trend)},
    }


def _figure(figure: Figure) -> Object:
    return {
        "value": number(figure.value),
        "margin": number(figure.margin),
        **_change(figure.change),
        "baseline": {"version": figure.previous or None, "value": number(figure.previous_value)},
        "goal": _goal(figure.goal, figure.recommended),
    }


def _change(change: Change) -> Object:
    return {
        "change_percent": percent(change.percent),
        "is_within_margins": None if change.percent is None else change.within_margin,
    }


def _goal(goal: Goal, recommended: str = "") -> Object:
    """Return a goal: Apple's band, and how far the value is above the recommended goal if there is no band."""
    return {
        "band": goal.band or None,
        "recommended": number(recommended),
        "missed_percent": percent(goal.missed_percent),
        "is_met": _is_met(goal),
    }


def _is_met(goal: Goal) -> bool | None:
    if goal.band:
        return goal.band.lower() == "good"
    return None if goal.missed_percent is None else not goal.missed_percent


def _code(overview: Overview) -> list[Object]:
    return [_point(diagnostic_type, point) for diagnostic_type, points in overview.points.items() for point in points]


def _point(diagnostic_type: str, point: Point) -> Object:
    signature = point.signature
    return {
        "type": diagnostic_type,
        "id": signature.id or None,
        "function": signature.function.name,
        "binary": signature.function.binary or None,
        "place": point.place or None,
        "weight_percent": percent(signature.percent),
        "course": course_array(signature.course),
        "trend": signature.direction.lower() or None,
        "occurrences": number(point.occurrences),
    }


def _metric(metric: Metric) -> Object:
    return {
        "platform": metric.platform or None,
        "category": metric.category or None,
        "metric": metric.identifier or None,
        "unit": metric.unit or None,
        "goal_bands": [_band(band) for band in metric.goal_bands],
        "datasets": [_dataset(dataset) for dataset in metric.datasets],
    }


def _band(band: GoalBand) -> Object:
    return {
        "band": band.goal or None,
        "lower_bound": number(band.lower_bound),
        "upper_bound": number(band.upper_bound),
    }


def _dataset(dataset: Dataset) -> Object:
    goal = dataset.recommended_goal
    return {
        "device": dataset.device or None,
        "device_name": dataset.device_label,
        "percentile": percentile_label(dataset.percentile),
        "recommended_goal": {"value": number(goal.value), "detail": goal.detail or None} if goal else None,
        "points": list(_points(dataset)),
    }


def _points(dataset: Dataset) -> Iterator[Object]:
    columns = zip(dataset.versions, dataset.values.texts, dataset.margins.texts, changes(dataset))
    for position, (version, value, margin, change) in islice(enumerate(columns), dataset.first_shown, None):
        yield {
            "version": version or None,
            "value": number(value),
            "margin": number(margin),
            **_change(change),
            "goal": _goal(goal_at(dataset, position)),
            "subsystems": [
                {"subsystem": subsystem, "percent": number(shares[position])}
                for subsystem, shares in dataset.shares.items()
                if position in shares
            ],
        }
