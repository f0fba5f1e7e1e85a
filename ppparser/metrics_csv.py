"""Render the points of a metrics report as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from ppparser.metrics_report import MetricsReport

_NUMBER = re.compile(r"-?[0-9.]+([eE][-+]?[0-9]+)?")
HEADER = (
    "platform,category,metric,unit,device,marketing_name,percentile,version,value,error_margin,goal"
    ",recommended_goal,app"
)


class _ReturnLine:
    """A file object whose `write` returns its argument, so that `csv.writer.writerow` returns the line."""

    def write(self, line: str) -> str:
        return line


def csv_lines(*reports: MetricsReport) -> Iterator[str]:
    """Yield the header, then a line per point of each report."""
    yield HEADER
    for report in reports:
        yield from _rows(report)


def _rows(report: MetricsReport) -> Iterator[str]:
    app = _as_text(report.subject.app.bundle_id or report.subject.app.id)
    writer = csv.writer(_ReturnLine(), lineterminator="")
    for metric in report.selection.metrics:
        metric_cells = [_as_text(cell) for cell in (metric.platform, metric.category, metric.identifier, metric.unit)]
        for dataset in metric.datasets:
            names = (dataset.device, dataset.marketing_name, dataset.percentile)
            cells = metric_cells + [_as_text(name) for name in names]
            points = zip(dataset.versions, dataset.values.texts, dataset.margins.texts, dataset.goals)
            recommended = _as_number(dataset.recommended_goal.value) if dataset.recommended_goal else ""
            for version, value, margin, goal in islice(points, dataset.first_shown, None):
                point = (_as_text(version), _as_number(value), _as_number(margin), _as_text(goal))
                yield writer.writerow([*cells, *point, recommended, app])


def _as_number(cell: str) -> str:
    """Return a number as it is, so that a minus sign stays one, and anything else as text."""
    return cell if _NUMBER.fullmatch(cell) else _as_text(cell)


def _as_text(cell: str) -> str:
    """Return `cell`, after an apostrophe if a spreadsheet would take it for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
