"""Print diagnostics reports, one after the other as they arrive: for the script and for ppparser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, TextIO

from ppparser import diagnostics
from ppparser.call_tree import AppPath, CallTree, app_path
from ppparser.call_tree_text import tree_lines
from ppparser.comparison import SignatureChange
from ppparser.comparison_text import alarm_text, signature_change_lines, since_text
from ppparser.diagnostics import Signature, SignatureLogs
from ppparser.diagnostics_folded import folded_lines
from ppparser.diagnostics_text import (
    conclusion_text,
    log_lines,
    log_table_lines,
    match_text,
    ranking_lines,
    signature_title,
    summary_lines,
)
from ppparser.errors import NoDataError
from ppparser.log_filters import NO_FILTERS, LogFilters
from ppparser.tables import wrap
from ppparser.terminal import Style, write

NO_LOGS = (
    "the report contains no diagnostic logs: Apple keeps them for a limited time, and only for signatures seen on\n"
    "  enough devices"
)
NO_COUNTS = "no frame has a sample count: each leaf counts once"


class DiagnosticsLayout(Enum):
    """What to print of a diagnostics report."""

    NOTHING = "nothing, only check that there are logs"
    SUMMARY = "per signature, the path to the line to open, a merged call tree and a table of the logs"
    CALL_STACKS = "per signature, the path to the line to open, and each log with its details and call stacks"
    FOLDED = "a line per distinct stack"


class DiagnosticsOptions(NamedTuple):
    """How many logs of each report to print, which ones, and what of them."""

    limit: int | None = None
    layout: DiagnosticsLayout = DiagnosticsLayout.SUMMARY
    filters: LogFilters = NO_FILTERS


class Heading(NamedTuple):
    """The signature whose logs are printed, its position among all to print, and the build's number, "" if unknown.

    If builds are compared, `change` is what became of the signature since the build with the number `old_build`.
    """

    signature: Signature
    position: int
    total: int
    build: str
    change: SignatureChange | None = None
    old_build: str = ""


class DiagnosticsWriter:
    """Writes diagnostics reports to `stdout` as they arrive; `warn` receives what else the user must know."""

    def __init__(self, options: DiagnosticsOptions, stdout: TextIO, style: Style, warn: Callable[[str], None]) -> None:
        self._options = options
        self._stdout = stdout
        self._style = style
        self._warn = warn
        self._has_data = False
        self._match_count = 0
        self._log_count = 0
        self._values: dict[str, dict[str, None]] = {}
        self._ends: dict[tuple[str, str, str], list[int]] = {}
        self._folded: list[SignatureLogs] = []
        self._conclusions: list[str] = []

    @property
    def _is_text(self) -> bool:
        return self._options.layout in (DiagnosticsLayout.SUMMARY, DiagnosticsLayout.CALL_STACKS)

    def write_title(self, title: str, *subjects: str) -> None:
        """Write what the report is about, if the layout has any."""
        if self._is_text:
            lines = [line for subject in subjects for line in wrap(subject, "  ", "  ")]
            write([f"{self._style.strong}{title}{self._style.off}", *lines, ""], self._stdout)

    def write_changes(
        self,
        changes: Sequence[SignatureChange],
        one_sided: Sequence[tuple[str, bool]],
        builds: tuple[str, str],
        tree_count: int,
    ) -> None:
        """Write what became of the signatures of the old and the new build, and how many of them follow."""
        if self._is_text:
            alarming_count = sum(change.is_alarming for change in changes)
            write(signature_change_lines(changes, one_sided, *builds, self._style), self._stdout)
            write([alarm_text(tree_count, alarming_count), ""], self._stdout)

    def write_rankings(self, rankings: Mapping[str, Sequence[Signature]], build_name: str) -> None:
        """Write a ranking per type of signature, if the layout has any."""
        if self._is_text:
            for diagnostic_type, signatures in rankings.items():
                write(ranking_lines(signatures, diagnostic_type, build_name, self._style), self._stdout)

    def write_report(self, document: dict[str, Any], heading: Heading | None = None) -> list[SignatureLogs]:
        """Write a report, and return its signatures with the logs that match.

        Without a heading, its signatures are numbered. Folded stacks are written by `finish`.
        """
        limit, layout, filters = self._options
        signatures = diagnostics.select(document, limit, filters)
        for option, value in filters.values_in(document):
            self._values.setdefault(option, {})[value or "unknown"] = None
        self._has_data |= bool(signatures)
        self._match_count += sum(one.match_count for one in signatures)
        self._log_count += sum(one.log_count for one in signatures)
        if layout is DiagnosticsLayout.FOLDED:
            self._folded += signatures
        elif layout is not DiagnosticsLayout.NOTHING:
            write(self._lines(signatures, heading), self._stdout)
        return signatures

    def finish(self, *, has_failures: bool = False) -> None:
        """Write the folded stacks, or the lines to open.

        Raises NoDataError if no report had logs, or none that match the filters, unless reports are missing because of
        failures: those there are do not tell that there is nothing.
        """
        if self._options.layout is DiagnosticsLayout.FOLDED and self._folded:
            stacks, has_counts = diagnostics.folded_stacks(self._folded)
            write(folded_lines(stacks), self._stdout)
            if not has_counts and stacks:
                self._warn(NO_COUNTS)
            if self._match_count and any(self._options.filters):
                self._warn(match_text(self._match_count, self._log_count, self._options.filters))
        write(self._conclusions, self._stdout)
        if has_failures:
            return
        if not self._has_data:
            raise NoDataError(NO_LOGS)
        if self._values and not self._match_count:
            known = [f"\n  {option}: {', '.join(values)}" for option, values in self._values.items()]
            raise NoDataError(
                f"no log matches {' '.join(self._options.filters.options())}. The logs have{''.join(known)}"
            )

    def _lines(self, signatures: Sequence[SignatureLogs], heading: Heading | None) -> Iterator[str]:
        style = self._style
        if heading:
            change = heading.change.change.value if heading.change else ""
            title = signature_title(heading.signature, heading.position, heading.total, change)
            yield from (f"{style.strong}{line}{style.off}" for line in wrap(title, "", "  "))
            if not signatures:
                yield "  no logs"
                yield ""
        for position, signature in enumerate(signatures, 1):
            if not heading:
                yield f"{style.strong}Signature {position} of {len(signatures)}{style.off}"
            yield from self._signature_lines(signature, heading, heading.position if heading else position)

    def _signature_lines(self, signature: SignatureLogs, heading: Heading | None, position: int) -> Iterator[str]:
        style, logs, filters = self._style, signature.logs, self._options.filters
        named = heading.signature.function if heading else None
        tree = CallTree(logs)
        path = app_path(tree, named)
        yield from summary_lines(signature, tree, path, self._shared_with(path, position), style)
        yield ""
        if self._options.layout is DiagnosticsLayout.CALL_STACKS:
            if any(filters):
                yield f"  {match_text(signature.match_count, signature.log_count, filters)}"
                yield ""
            for number, log in enumerate(logs, 1):
                yield from log_lines(log, number, len(logs), named, style)
        else:
            if logs:
                yield from tree_lines(tree, len(logs), named, style)
                yield ""
            yield from log_table_lines(signature, path, filters, heading.build if heading else "", style)
            yield ""
        if heading and path:
            since = since_text(heading.change, heading.old_build) if heading.change else ""
            self._conclusions.append(conclusion_text(heading.signature, path.target, style, since))

    def _shared_with(self, path: AppPath | None, position: int) -> list[int]:
        """Return the positions of the signatures printed so far whose paths end at the same frame."""
        if path is None:
            return []
        end = (path.end.binary, path.end.name, path.end.place)
        positions = self._ends.setdefault(end, [])
        positions.append(position)
        return positions[:-1]
