"""Render a report about several apps as an HTML page: a table, then the report of each app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ppparser.metrics.measurements import percentile_label
from ppparser.output.html.metrics import glossary, metrics_sections
from ppparser.output.html.page import TableColumn, element, heading, name, page_lines, table
from ppparser.output.html.scorecard import badge, change_element
from ppparser.output.text.apps import LARGEST_RISE, app_name, count_text, goals_text, problem_text
from ppparser.reports.apps import AppResult, AppsReport, Summary


def apps_html_lines(report: AppsReport) -> Iterator[str]:
    """Yield the lines of a page with all apps."""
    return page_lines(count_text(report), [*_sections(report), glossary()])


def _sections(report: AppsReport) -> Iterator[Element]:
    yield element("header", heading(1, count_text(report)))
    yield _table(report.results)
    for position, result in enumerate(report.results, 1):
        if result.report:
            header, *others = metrics_sections(result.report, 2, f"{_anchor(position)}-")
            header.set("id", _anchor(position))
            yield from (header, *others)


def _anchor(position: int) -> str:
    return f"app-{position}"


def _table(results: Sequence[AppResult]) -> Element:
    summaries = [result.summary for result in results]
    return table(
        element("span", LARGEST_RISE.capitalize(), class_="note"),
        [
            TableColumn("app", [_app(result, position) for position, result in enumerate(results, 1)]),
            TableColumn("version", [summary.version for summary in summaries], is_wide=True),
            TableColumn(
                "regressions",
                ["" if summary.regressions is None else str(summary.regressions) for summary in summaries],
                is_number=True,
            ),
            TableColumn("largest rise, %", [_worst_change(summary) for summary in summaries], is_number=True),
            TableColumn("metric", [_worst_metric(summary) for summary in summaries], is_wide=True),
            TableColumn("goals missed", [goals_text(summary) for summary in summaries], is_number=True, is_wide=True),
        ],
    )


def _app(result: AppResult, position: int) -> Element:
    """Return the name of an app, which leads to its report, or the reason why there is none."""
    label = name(app_name(result))
    if result.report:
        alarm = badge(result.summary.alarm)
        return element("span", element("a", label, href=f"#{_anchor(position)}"), " ", alarm)
    return element("span", label, element("br"), element("span", name(problem_text(result)), class_="note"))


def _worst_change(summary: Summary) -> Element | str:
    return change_element(summary.worst_change.change) if summary.worst_change else ""


def _worst_metric(summary: Summary) -> str:
    worst = summary.worst_change
    return (
        f"{worst.score.category} {worst.score.identifier}, {percentile_label(worst.percentile)}".strip()
        if worst
        else ""
    )
