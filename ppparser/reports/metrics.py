"""The values of a metrics report or a performance overview that all formats render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from ppparser.documents.subject import Subject
from ppparser.gate.outcome import Gate, GateOptions
from ppparser.gate.rules import judge_gate
from ppparser.gate.unread_parts import unread_parts
from ppparser.metrics.findings import (
    UNKNOWN_APP,
    Finding,
    detailed_metrics,
    findings,
    newest_in_report,
    newest_versions,
)
from ppparser.metrics.measurements import Metric, read_raw_metrics
from ppparser.metrics.overview import Overview, read_overview
from ppparser.metrics.scorecard import Scorecard, scorecard
from ppparser.metrics.selection import NO_FILTERS, Filters, Selection, select
from ppparser.metrics.version_window import Versions, apply_versions


class MetricsLayout(Enum):
    """What to print of a metrics report."""

    VERDICT = "the worst regression, the scorecard and the insights"
    DETAILS = "the verdict, and tables of what the insights point to"
    TABLES = "the worst regression, the scorecard and tables of all metrics"


class MetricsOptions(NamedTuple):
    """What to select from a metrics report, what to print of it, and what the gate checks.

    `subject` and `files`, which were merged into the report, are for the title. The commands, which the last line
    suggests, print the app's diagnostic logs (without `--type`) and the details of this report.
    """

    filters: Filters = NO_FILTERS
    layout: MetricsLayout = MetricsLayout.TABLES
    gate: GateOptions = GateOptions()
    subject: Subject = Subject()
    files: Sequence[str] = ()
    logs_command: str = ""
    details_command: str = ""
    versions: Versions = Versions()


class MetricsReport(NamedTuple):
    """What is known about the metrics of an app or a build.

    `versions` has the newest or judged version by platform. `overview` is where the code to look at comes from, None
    for a metrics report. The commands are those of MetricsOptions, empty if there is nothing to suggest. `gate` is the
    outcome of the gate, None without one of its options.
    """

    subject: Subject
    versions: Mapping[str, str]
    selection: Selection
    findings: Sequence[Finding]
    scorecard: Scorecard
    layout: MetricsLayout
    logs_command: str = ""
    details_command: str = ""
    overview: Overview | None = None
    gate: Gate | None = None

    @property
    def shows_details(self) -> bool:
        """Tell whether tables and Apple's sentences belong to what insights point to."""
        return self.layout is MetricsLayout.DETAILS

    @property
    def shows_insights(self) -> bool:
        """Tell whether the insights are part of the layout, beyond the worst regression."""
        return self.layout in (MetricsLayout.VERDICT, MetricsLayout.DETAILS)

    @property
    def tables(self) -> Sequence[Metric]:
        """Return the metrics whose points are part of the layout."""
        if self.layout is MetricsLayout.TABLES:
            return self.selection.metrics
        return detailed_metrics(self.selection) if self.shows_details else []

    @property
    def suggested_type(self) -> str:
        """Return the type of logs to look at if no regression has any: that of the first points of an overview."""
        return next(iter(self.overview.points), "") if self.overview else ""


def read_metrics_report(document: dict[str, Any], options: MetricsOptions) -> MetricsReport:
    """Return what matches the filters and versions. Raises NoDataError if nothing does or a version is unknown."""
    selection = apply_versions(select(document, options.filters), options.versions)._replace(files=options.files)
    return _report(document, options, selection, newest_versions(selection))


def read_overview_report(document: dict[str, Any], options: MetricsOptions) -> MetricsReport:
    """Return what matches the filters in a performance overview. Raises NoDataError if nothing does."""
    overview = read_overview(document, options.filters)
    logs_command = options.logs_command
    if logs_command.endswith(f"={UNKNOWN_APP}"):
        logs_command = logs_command[: -len(UNKNOWN_APP)] + overview.app_argument
    subject = options.subject if options.subject.app.name else Subject(overview.app)
    options = options._replace(subject=subject, logs_command=logs_command)
    return _report(document, options, overview.selection, overview.versions, overview)


def _report(
    document: dict[str, Any],
    options: MetricsOptions,
    selection: Selection,
    versions: Mapping[str, str],
    overview: Overview | None = None,
) -> MetricsReport:
    gate = None
    if options.gate.rules:
        newest = overview.newest if overview else newest_in_report(read_raw_metrics(document))
        gate = judge_gate(selection, newest, options.gate, unread_parts(document, options.filters))
    return MetricsReport(
        options.subject,
        versions,
        selection,
        list(findings(selection)),
        scorecard(selection),
        options.layout,
        options.logs_command,
        "" if options.layout is MetricsLayout.DETAILS else options.details_command,
        overview,
        gate,
    )
