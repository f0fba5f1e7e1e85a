"""Render a report about several apps as Markdown: a table, then the report of each app."""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.metrics.measurements import percentile_label
from ppparser.output.markdown.document import Block, document, heading, paragraph, table, text
from ppparser.output.markdown.metrics import alarm_markdown, report_blocks
from ppparser.output.text.apps import LARGEST_RISE, app_name, count_text, goals_text, problem_text
from ppparser.output.text.measurements import change_text
from ppparser.program.terminal import PLAIN
from ppparser.reports.apps import AppResult, AppsReport, Summary


def apps_markdown_lines(report: AppsReport) -> Iterator[str]:
    """Yield the lines of a document with all apps."""
    yield from document(_blocks(report))


def _blocks(report: AppsReport) -> Iterator[Block]:
    yield heading(2, count_text(report))
    titles = ["", "app", "version", "regressions", "largest rise, %", "goals missed"]
    yield table([titles, *map(_row, report.results)], "<<<><<", "the table of apps")
    yield paragraph(LARGEST_RISE.capitalize())
    for result in report.results:
        if result.report:
            yield from report_blocks(result.report)


def _row(result: AppResult) -> list[str]:
    summary = result.summary
    problem = f"<br>{text(problem_text(result))}" if result.problem else ""
    return [
        alarm_markdown(summary.alarm),
        text(app_name(result)) + problem,
        text(summary.version),
        "" if summary.regressions is None else str(summary.regressions),
        _worst_change(summary),
        goals_text(summary),
    ]


def _worst_change(summary: Summary) -> str:
    worst = summary.worst_change
    if worst is None:
        return ""
    metric = text(f"{worst.score.category} {worst.score.identifier}".strip())
    return f"**{change_text(worst.change, PLAIN)}** {metric}, {text(percentile_label(worst.percentile))}"
