"""Tests of a metrics report as CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.selection import NO_FILTERS, Filters
from ppparser.output.data.metrics_csv import report_csv_lines
from ppparser.reports.metrics import MetricsOptions, read_metrics_report
from tests.helpers.documents import MODEL, dataset, metric, points, report
from tests.helpers.support import Check, document, expected

REPORT = document("metrics.json")
HEADER = (
    "platform,category,metric,unit,device,marketing_name,percentile,version,value,error_margin,goal"
    ",recommended_goal,app"
)
NOBODY = Subject()
RIDGELINE = Subject(App("1", "Ridgeline", "com.example.ridgeline"))


def lines_of(document: Any, filters: Filters = NO_FILTERS, subject: Subject = NOBODY) -> list[str]:
    """Return the lines of CSV."""
    return list(report_csv_lines(read_metrics_report(document, MetricsOptions(filters, subject=subject))))


def cells_of(document: Any, filters: Filters = NO_FILTERS) -> list[list[str]]:
    """Return the cells that a strict reader finds in each line but the header."""
    lines = "".join(f"{line}\n" for line in lines_of(document, filters))
    header, *rows = csv.reader(io.StringIO(lines, newline=""), strict=True)
    assert header == HEADER.split(",")
    return rows


def test_csv_has_every_point_in_the_spelling_of_the_report() -> None:
    # Independent of the programs' parser.
    written = json.loads(expected("metrics.json"), parse_float=str, parse_int=str)
    rows = [
        [
            product["platform"],
            category["identifier"],
            metric["identifier"],
            (metric["unit"] or {}).get("displayName") or (metric["unit"] or {}).get("identifier"),
            *((made["filterCriteria"] or {}).get(key) for key in ("device", "deviceMarketingName", "percentile")),
            *(point.get(key) for key in ("version", "value", "errorMargin", "goal")),
            (made.get("recommendedMetricGoal") or {}).get("value"),
            "",
        ]
        for product in written["productData"]
        for category in product["metricCategories"]
        for metric in category["metrics"]
        for made in metric["datasets"] or ()
        for point in made["points"] or ()
    ]
    assert cells_of(REPORT) == [[cell or "" for cell in row] for row in rows]
    assert len(rows) == 22


def test_csv_has_what_the_filters_select(check: Check) -> None:
    check(lines_of(REPORT, Filters(device="iPhone13,3", metric="LAUNCH")))


def test_csv_quotes_what_would_break_a_line() -> None:
    criteria = {"device": 'a,"b"', "deviceMarketingName": "c\nd\r", "percentile": "'e;"}
    [row] = cells_of(report(("A", metric("metric", [dataset(criteria, points(1))]))))
    assert row[4:7] == ['a,"b"', r"c\nd\r", "'e;"]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", '@SUM("A1")'])
def test_csv_makes_no_text_a_formula(formula: str) -> None:
    criteria = {"device": formula, "deviceMarketingName": formula, "percentile": formula}
    made = dataset(criteria, points(1, goals=[formula], versions=[formula]))
    [row] = cells_of(report((formula, metric(formula, [made], unit={"displayName": formula})), platform=formula))
    assert row == [f"'{formula}"] * 8 + ["1", "", f"'{formula}", "", ""]


def test_csv_names_an_app_without_a_bundle_id_by_its_id() -> None:
    [_, line] = lines_of(report(("A", metric("metric", [dataset(MODEL, points(1))]))), subject=Subject(App("=7")))
    assert line.endswith(",'=7")
