"""Render the points of metrics reports as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ppparser.output.data.csv_table import as_number, as_text, line_maker
from ppparser.reports.apps import AppsReport
from ppparser.reports.metrics import MetricsReport

HEADER = (
    "platform,category,metric,unit,device,marketing_name,percentile,version,value,error_margin,goal"
    ",recommended_goal,app"
)


def report_csv_lines(report: MetricsReport) -> Iterator[str]:
    """Yield the header, then a line per point."""
    yield HEADER
    yield from _rows(report)


def apps_csv_lines(report: AppsReport) -> Iterator[str]:
    """Yield the header, then a line per point of all apps."""
    yield HEADER
    for result in report.results:
        if result.report:
            yield from _rows(result.report)


def _rows(report: MetricsReport) -> Iterator[str]:
    app = as_text(report.subject.app.bundle_id or report.subject.app.id)
    make_line = line_maker()
    for metric in report.selection.metrics:
        metric_cells = [as_text(cell) for cell in (metric.platform, metric.category, metric.identifier, metric.unit)]
        for dataset in metric.datasets:
            names = (dataset.device, dataset.marketing_name, dataset.percentile)
            cells = metric_cells + [as_text(name) for name in names]
            points = zip(dataset.versions, dataset.values.texts, dataset.margins.texts, dataset.goals)
            recommended = as_number(dataset.recommended_goal.value) if dataset.recommended_goal else ""
            for version, value, margin, goal in islice(points, dataset.first_shown, None):
                point = (as_text(version), as_number(value), as_number(margin), as_text(goal))
                yield make_line([*cells, *point, recommended, app])
