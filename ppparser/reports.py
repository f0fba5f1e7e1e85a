"""Print a report: one function per kind, called by the scripts and by ppparser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple, TextIO

from ppparser import diagnostics
from ppparser.call_tree import AppPath, CallTree, app_path
from ppparser.call_tree_text import tree_lines
from ppparser.diagnostics import Signature, SignatureLogs
from ppparser.diagnostics_folded import folded_lines
from ppparser.diagnostics_text import conclusion_text, log_lines, log_table_lines, signature_title, summary_lines
from ppparser.errors import NoDataError, NoInsightsError, RegressionError
from ppparser.log_filters import NO_FILTERS as NO_LOG_FILTERS
from ppparser.log_filters import LogFilters
from ppparser.metrics_csv import csv_lines
from ppparser.metrics_text import hotspot_lines, insight_lines, metric_lines
from ppparser.scorecard_text import scorecard_lines
from ppparser.selection import NO_FILTERS, Filters, Selection, select
from ppparser.tables import wrap
from ppparser.terminal import Style, write

NO_LOGS = (
    "the report contains no diagnostic logs: Apple keeps them for a limited time, and only for signatures seen on\n"
    "  enough devices"
)


class MetricsLayout(Enum):
    """What to print of a metrics report."""

    NOTHING = "nothing, only judge it"
    HOTSPOTS = "the scorecard and the regressions with their measurements"
    INSIGHTS = "the insights; with filters, the scorecard and the measurements too"
    TABLES = "the scorecard and all measurements"
    CSV = "a line of CSV per point"


class DiagnosticsLayout(Enum):
    """What to print of a diagnostics report."""

    NOTHING = "nothing, only check that there are logs"
    SUMMARY = "per signature, the path to the line to open, a merged call tree and a table of the logs"
    CALL_STACKS = "per signature, the path to the line to open, and each log with its details and call stacks"
    FOLDED = "a line per distinct stack"


class MetricsOptions(NamedTuple):
    """What to select from a metrics report, what to print of it, and whether a regression is an error."""

    filters: Filters = NO_FILTERS
    layout: MetricsLayout = MetricsLayout.TABLES
    fail_on_regression: bool = False


class DiagnosticsOptions(NamedTuple):
    """How many logs of each report to print, which ones, and what of them."""

    limit: int | None = None
    layout: DiagnosticsLayout = DiagnosticsLayout.SUMMARY
    filters: LogFilters = NO_LOG_FILTERS


class Heading(NamedTuple):
    """The signature whose logs are printed, its position among all to print, and the build's number, "" if unknown."""

    signature: Signature
    position: int
    total: int
    build: str


def print_metrics(document: dict[str, Any], options: MetricsOptions, stdout: TextIO, style: Style) -> None:
    """Write a metrics report to `stdout`.

    Raises NoDataError if nothing matches the filters, and NoInsightsError or RegressionError for `fail_on_regression`.
    """
    selection = select(document, options.filters)
    write(_metrics_lines(selection, options, style), stdout)
    if options.fail_on_regression:
        _check_regressions(selection)


def _metrics_lines(selection: Selection, options: MetricsOptions, style: Style) -> Iterator[str]:
    layout = options.layout
    if layout is MetricsLayout.CSV:
        yield from csv_lines(selection)
        return
    insights_only = layout is MetricsLayout.INSIGHTS and not selection.is_filtered
    if layout is not MetricsLayout.NOTHING and not insights_only and not options.filters.metric:
        yield from scorecard_lines(selection, style)
    if layout is MetricsLayout.INSIGHTS:
        yield from insight_lines(selection, style)
    if layout is MetricsLayout.HOTSPOTS and selection.has_insights:
        yield from hotspot_lines(selection, style)
    elif layout is not MetricsLayout.NOTHING and not insights_only:
        yield from metric_lines(selection, style)


def _check_regressions(selection: Selection) -> None:
    if not selection.has_insights:
        raise NoInsightsError(
            "--fail-on-regression cannot judge this report: it has no insights. Only the report of an app has them,\n"
            "  not that of a build"
        )
    if regressions := selection.regressions:
        names = ", ".join(" ".join(filter(None, insight.key)) for insight in regressions)
        raise RegressionError(f"{len(regressions)} regression{'s' if len(regressions) > 1 else ''}: {names}")


class DiagnosticsPrinter:
    """Writes diagnostics reports to `stdout` as they arrive; `warn` receives what else the user must know."""

    def __init__(self, options: DiagnosticsOptions, stdout: TextIO, style: Style, warn: Callable[[str], None]) -> None:
        self._options = options
        self._stdout = stdout
        self._style = style
        self._warn = warn
        self._has_data = False
        self._has_match = False
        self._values: dict[str, dict[str, None]] = {}
        self._ends: dict[tuple[str, str, str], list[int]] = {}
        self._folded: list[SignatureLogs] = []
        self._conclusions: list[str] = []

    def print(self, document: dict[str, Any], heading: Heading | None = None) -> None:
        """Write a report; without a heading, its signatures are numbered. Folded stacks are written by `finish`."""
        limit, layout, filters = self._options
        signatures = diagnostics.select(document, limit, filters)
        for option, value in filters.values_in(document):
            self._values.setdefault(option, {})[value or "unknown"] = None
        self._has_data |= bool(signatures)
        self._has_match |= any(one.match_count for one in signatures)
        if layout is DiagnosticsLayout.FOLDED:
            self._folded += signatures
        elif layout is not DiagnosticsLayout.NOTHING:
            write(self._lines(signatures, heading), self._stdout)

    def finish(self, *, has_failures: bool = False) -> None:
        """Write the folded stacks, or the lines to open.

        Raises NoDataError if no report had logs, or none that match the filters, unless reports are missing because of
        failures: those there are do not tell that there is nothing.
        """
        if self._options.layout is DiagnosticsLayout.FOLDED and self._folded:
            stacks, has_counts = diagnostics.folded_stacks(self._folded)
            write(folded_lines(stacks), self._stdout)
            if not has_counts and stacks:
                self._warn("no frame has a sample count: each leaf counts once")
        write(self._conclusions, self._stdout)
        if has_failures:
            return
        if not self._has_data:
            raise NoDataError(NO_LOGS)
        if self._values and not self._has_match:
            known = [f"\n  {option}: {', '.join(values)}" for option, values in self._values.items()]
            raise NoDataError(
                f"no log matches {' '.join(self._options.filters.options())}. The logs have{''.join(known)}"
            )

    def _lines(self, signatures: Sequence[SignatureLogs], heading: Heading | None) -> Iterator[str]:
        style = self._style
        if heading:
            title = signature_title(heading.signature, heading.position, heading.total)
            yield from (f"{style.strong}{line}{style.off}" for line in wrap(title, "", "  "))
            if not signatures:
                yield "  no logs"
                yield ""
        for position, signature in enumerate(signatures, 1):
            if not heading:
                yield f"{style.strong}Signature {position} of {len(signatures)}{style.off}"
            yield from self._signature_lines(signature, heading, heading.position if heading else position)

    def _signature_lines(self, signature: SignatureLogs, heading: Heading | None, position: int) -> Iterator[str]:
        style, logs = self._style, signature.logs
        named = heading.signature.function if heading else None
        tree = CallTree(logs)
        path = app_path(tree, named)
        yield from summary_lines(signature, tree, path, self._shared_with(path, position), style)
        yield ""
        if self._options.layout is DiagnosticsLayout.CALL_STACKS:
            for number, log in enumerate(logs, 1):
                yield from log_lines(log, number, len(logs), style)
            return
        if logs:
            yield from tree_lines(tree, len(logs), named, style)
            yield ""
        yield from log_table_lines(signature, path, self._options.filters, heading.build if heading else "", style)
        yield ""
        if heading and path:
            self._conclusions.append(conclusion_text(heading.signature, path.target, style))

    def _shared_with(self, path: AppPath | None, position: int) -> list[int]:
        """Return the positions of the signatures printed so far whose paths end at the same frame."""
        if path is None:
            return []
        end = (path.end.binary, path.end.name, path.end.place)
        positions = self._ends.setdefault(end, [])
        positions.append(position)
        return positions[:-1]
