"""Tests of metrics reports and overviews as JSON."""

from __future__ import annotations

from ppparser.output.data.metrics_json import report_json_lines
from ppparser.reports.metrics import MetricsOptions, read_metrics_report
from tests.helpers.support import document


def test_numbers_keep_the_spelling_of_the_report() -> None:
    lines = list(report_json_lines(read_metrics_report(document("metrics.json"), MetricsOptions())))
    assert any(line.strip() == '"value": 2014.30,' for line in lines)
