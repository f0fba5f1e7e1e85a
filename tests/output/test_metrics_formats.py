"""All formats of a metrics report contain the same values, which the tests calculate from the JSON."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ppparser.output.data.metrics_csv import report_csv_lines
from ppparser.output.data.metrics_json import report_json_lines
from ppparser.output.html.metrics import report_html_lines
from ppparser.output.markdown.metrics import report_markdown_lines
from ppparser.output.text.metrics import report_lines
from ppparser.program.terminal import PLAIN
from ppparser.reports.metrics import MetricsLayout, MetricsOptions, MetricsReport, read_metrics_report
from tests.helpers import documents
from tests.helpers.html_text import read_page, text_of

Rows = list[list[str]]

numbers = st.integers(0, 99_999) | st.decimals("0", "9999", places=2).map(float)
points = st.tuples(numbers, st.none() | st.integers(0, 50))
bands = st.sampled_from(["good", "fair", "poor"])


@st.composite
def datasets(draw: st.DrawFn, criteria: Any, count: int) -> Any:
    """Return a dataset with that number of points, perhaps with goals."""
    values = draw(st.lists(points, min_size=count, max_size=count))
    goals = draw(st.just(()) | st.lists(bands, min_size=len(values), max_size=len(values)))
    members = {"recommendedMetricGoal": {"value": draw(numbers)}} if draw(st.booleans()) else {}
    return documents.dataset(criteria, documents.points(*values, goals=goals), **members)


@st.composite
def reports(draw: st.DrawFn) -> Any:
    """Return a report of up to four metrics with names that no format shortens, all of the same versions."""
    count = draw(st.integers(1, 4))
    names = draw(st.lists(st.text("abcdefghij", min_size=2, max_size=8), min_size=1, max_size=4, unique=True))
    made = []
    for name in names:
        both = [draw(datasets(criteria, count)) for criteria in (documents.IPHONES, documents.IPHONES_TOP)]
        kept = draw(st.sampled_from([both, both[:1], both[1:]]))
        made.append(("LAUNCH", documents.metric(name, kept, unit={"displayName": "ms"})))
    alarming = draw(st.sets(st.sampled_from(names)))
    regressions = [
        documents.insight("LAUNCH", name, populations=[{**documents.IPHONES, "deltaPercentage": 7}])
        for name in names
        if name in alarming
    ]
    return documents.report(*made, regressions=regressions, trendingUp=[])


def read(document: Any) -> MetricsReport:
    return read_metrics_report(document, MetricsOptions(layout=MetricsLayout.VERDICT))


def json_of(report: MetricsReport) -> Any:
    """Return the JSON of a report with its numbers as they are spelled."""
    return json.loads("\n".join(report_json_lines(report)), parse_float=Decimal)


def figure_cells(figure: Any) -> list[str]:
    """Return the value, the change and the goal of a figure, calculated from its JSON."""
    value, before = figure["value"], figure["baseline"]["value"]
    return ["" if value is None else str(value), change_cell(figure, value, before), goal_cell(figure["goal"], value)]


def change_cell(figure: Any, value: Any, before: Any) -> str:
    if value is None or before is None:
        return ""
    mark = "~" if figure["is_within_margins"] and value != before else ""
    if before == 0 and value != 0:
        return f"{mark}from 0"
    percent = 100 * (float(value) - float(before)) / float(before) if before else 0.0
    if abs(percent) < 0.05:
        return f"{mark}0.0"
    return mark + (f"{percent:+.1f}" if abs(percent) < 99.95 else f"{percent:+.0f}")


def goal_cell(goal: Any, value: Any) -> str:
    if goal["band"] or goal["recommended"] is None or value is None:
        return goal["band"] or ""
    limit = float(goal["recommended"])
    if float(value) <= limit:
        return "met"
    return f"+{100 * (float(value) - limit) / limit:.0f}%" if limit else "over"


def expected_rows(found: Any) -> Rows:
    """Return a row per metric of the scorecard in JSON, without the columns that are empty."""
    rows = [
        [score["metric"], score["unit"], *figure_cells(score["typical"]), *figure_cells(score["top"])]
        for score in found["scorecard"]
    ]
    columns = [column for column in zip(*rows) if any(column)]
    return [[cell or "-" for cell in row] for row in zip(*columns)]


def text_rows(report: MetricsReport) -> Rows:
    lines = list(report_lines(report, PLAIN))
    start = next(place for place, line in enumerate(lines) if line.startswith("   metric"))
    rows = [line[3:] for line in lines[start + 1 : lines.index("", start)] if not line.startswith("    ")]
    return [row.replace("from 0", "from_0").split() for row in rows if not row.startswith(("!", "on "))]


def markdown_rows(report: MetricsReport) -> Rows:
    """Return the cells of the table below the heading of the scorecard, without the alarm and the trend."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse("\n".join(report_markdown_lines(report)))
    heading = next(place for place, one in enumerate(tokens) if one.content.startswith("Scorecard"))
    rows: Rows = []
    for token, content in zip(tokens[heading:], tokens[heading + 1 :]):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            rows[-1].append("".join(leaf.content for leaf in content.children or ()))
        elif token.type == "table_close":
            break
    titles, *others = rows
    first = titles.index("metric")
    last = len(titles) - ("trend" in titles)
    return [row[first:last] for row in others]


def html_figures(report: MetricsReport) -> list[dict[str, dict[str, str]]]:
    """Return the cells of each percentile in the rows of each metric, by their titles, without the trend."""
    root = read_page("\n".join(report_html_lines(report)))
    [table] = [one for one in root.iter("table") if one.get("class") == "scorecard"]
    titles = [title for one in table.findall("thead/tr/th")[2:] if (title := text_of(one)) != "trend"]
    return [
        {
            text_of(row.findall("th")[-1]).split()[0]: dict(zip(titles, map(text_of, row.findall("td"))))
            for row in body.findall("tr")
        }
        for body in table.findall("tbody")
    ]


def expected_figures(found: Any) -> list[dict[str, dict[str, str]]]:
    """Return what HTML has of a scorecard in JSON: columns that are empty in all rows are left out."""
    rows = [
        {name: figure_cells(score[name]) for name in ("typical", "top") if score[name]["value"] is not None}
        for score in found["scorecard"]
    ]
    columns = zip(*(cells for row in rows for cells in row.values()))
    shown = [any(column) for column in columns]
    titles = ("value", "change", "goal")
    return [
        {
            name: {title: cell or "-" for title, cell, is_shown in zip(titles, cells, shown) if is_shown}
            for name, cells in row.items()
        }
        for row in rows
    ]


@given(reports())
def test_all_formats_contain_the_same_values(document: Any) -> None:
    report = read(document)
    found = json_of(report)
    rows = expected_rows(found)
    assert markdown_rows(report) == rows
    assert html_figures(report) == expected_figures(found)
    # Text has no column for the trend if no metric has one; cells with a space are single words here.
    assert [row[: len(rows[0])] for row in text_rows(report)] == [
        [cell.replace("from 0", "from_0") for cell in row] for row in rows
    ]
    assert csv_points(report) == json_points(found)
    assert [one["metric"] for one in found["regressions"]] == [one.identifier for one in report.selection.regressions]


def csv_points(report: MetricsReport) -> dict[tuple[str, str], list[str]]:
    """Return the newest value, margin, goal and recommended goal by metric and percentile."""
    rows = csv.DictReader(report_csv_lines(report))
    names = ("value", "error_margin", "goal", "recommended_goal")
    return {(row["metric"], row["percentile"]): [row[name] for name in names] for row in rows}


def json_points(found: Any) -> dict[tuple[str, str], list[str]]:
    made = {}
    for score in found["scorecard"]:
        for percentile, member in (("percentile.fifty", "typical"), ("percentile.ninety", "top")):
            figure = score[member]
            numbers = [figure["value"], figure["margin"], figure["goal"]["band"], figure["goal"]["recommended"]]
            if figure["value"] is not None:
                made[score["metric"], percentile] = ["" if number is None else str(number) for number in numbers]
    return made
