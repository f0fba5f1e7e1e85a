"""Print a metrics report: one function, called by the script and by ppparser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple, TextIO

from ppparser.errors import NoInsightsError, RegressionError
from ppparser.judged_version import Versions, judge
from ppparser.metrics_csv import csv_lines
from ppparser.metrics_text import metric_lines
from ppparser.metrics_verdict import blamed_subsystems, detailed_metrics, findings, newest_versions
from ppparser.metrics_verdict_text import (
    headline_lines,
    merged_lines,
    next_step_lines,
    reason_for_none,
    regression_lines,
    title_lines,
    trend_lines,
)
from ppparser.scorecard import scorecard
from ppparser.scorecard_text import scorecard_lines
from ppparser.selection import NO_FILTERS, Filters, Selection, select
from ppparser.terminal import Style, write


class MetricsLayout(Enum):
    """What to print of a metrics report."""

    NOTHING = "nothing, only judge it"
    VERDICT = "the worst regression, the scorecard and the insights"
    DETAILS = "the verdict, and tables of what the insights point to"
    TABLES = "the worst regression, the scorecard and tables of all metrics"
    CSV = "a line of CSV per point"


class MetricsOptions(NamedTuple):
    """What to select from a metrics report, what to print of it, and whether a regression is an error.

    `app` and `files`, which were merged into the report, are for the title. The commands, which the last line suggests,
    print the app's diagnostic logs (without `--type`) and the details of this report.
    """

    filters: Filters = NO_FILTERS
    layout: MetricsLayout = MetricsLayout.TABLES
    fail_on_regression: bool = False
    app: str = ""
    files: Sequence[str] = ()
    logs_command: str = ""
    details_command: str = ""
    versions: Versions = Versions()


def print_metrics(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a metrics report to `stdout`.

    Raises NoDataError if nothing matches the filters or a version is unknown, and NoInsightsError or RegressionError
    for `fail_on_regression`.
    """
    selection = judge(select(document, options.filters), options.versions)._replace(files=options.files)
    write(_metrics_lines(selection, options, style), stdout)
    if options.fail_on_regression:
        check_regressions(selection)


def _metrics_lines(selection: Selection, options: MetricsOptions, style: Style) -> Iterator[str]:
    layout = options.layout
    if layout is MetricsLayout.NOTHING:
        return
    if layout is MetricsLayout.CSV:
        yield from csv_lines(selection)
        return
    found = list(findings(selection))
    yield from title_lines(options.app, newest_versions(selection), style, selection.against)
    yield from merged_lines(options.files, style)
    yield from headline_lines(selection, found, style)
    yield from scorecard_lines(scorecard(selection), style)
    blamed = blamed_subsystems(selection)
    if layout is MetricsLayout.TABLES:
        yield from metric_lines(selection.metrics, style, blamed)
        if not selection.metrics:
            yield "no metrics, only insights (--auto_insights)"
        return
    details = layout is MetricsLayout.DETAILS
    yield from regression_lines(found, style, details)
    yield from trend_lines(selection, found, style, details)
    if details:
        yield from metric_lines(detailed_metrics(selection), style, blamed)
    yield from next_step_lines(found, options.logs_command, "" if details else options.details_command, style)


def check_regressions(selection: Selection) -> None:
    """Raise RegressionError if there are regressions, and NoInsightsError without insights to judge by."""
    if not selection.has_insights:
        source = "" if selection.ranks is not None else ". Only the report of an app has them,\n  not that of a build"
        reason = f"\n  {omitted}" if (omitted := reason_for_none(selection)) else source
        raise NoInsightsError(f"--fail-on-regression cannot judge this report: it has no insights{reason}")
    if regressions := selection.regressions:
        names = ", ".join(" ".join(filter(None, insight.key)) for insight in regressions)
        raise RegressionError(f"{len(regressions)} regression{'s' if len(regressions) > 1 else ''}: {names}")
