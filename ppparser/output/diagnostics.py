"""Write a diagnostics report: for the script, whose logs arrive one after the other, and for ppparser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TextIO

from ppparser.diagnostics.signatures import SignatureLogs, folded_stacks
from ppparser.output.formats import Format, print_report
from ppparser.output.text.diagnostics import conclusion_lines, heading_lines, opening_lines, signature_lines
from ppparser.output.text.signatures import match_text
from ppparser.program.terminal import Style, clean, write
from ppparser.reports.diagnostics import (
    DiagnosticsLayout,
    DiagnosticsOptions,
    DiagnosticsReport,
    MissingLogs,
    SelectedSignature,
    SignatureReport,
)
from ppparser.reports.folded import FoldedStacks
from ppparser.reports.log_reader import LogReader

NO_COUNTS = "no frame has a sample count: each leaf counts once"


class DiagnosticsWriter:
    """Writes a report to `stdout`: text as the logs arrive, other formats at the end.

    `warn` receives what else the user must know.
    """

    def __init__(
        self,
        report: DiagnosticsReport,
        options: DiagnosticsOptions,
        output_format: Format,
        stdout: TextIO,
        style: Style,
        warn: Callable[[str], None],
    ) -> None:
        self._report = report._replace(filters=options.filters)
        self._options = options
        self._format = output_format
        self._stdout = stdout
        self._style = style
        self._warn = warn
        self._reader = LogReader(options.limit, options.filters)
        is_written = options.layout is not DiagnosticsLayout.NOTHING
        self._is_text = is_written and output_format is Format.TEXT
        self._is_folded = is_written and output_format is Format.FOLDED
        self._is_document = is_written and not self._is_text and not self._is_folded
        self._folded: list[SignatureLogs] = []
        self._signatures: list[SignatureReport] = []
        self._missing: list[MissingLogs] = []
        self._conclusions: list[str] = []
        if self._is_text:
            write(opening_lines(self._report, style), stdout)

    def write_logs(self, document: dict[str, Any], selected: SelectedSignature | None = None) -> None:
        """Write the logs in a document, those of one signature if it is `selected`, or keep them for `finish`."""
        matches = self._reader.select(document)
        if self._is_folded:
            self._folded += matches
        elif self._is_document:
            self._signatures += self._reader.merge(matches, selected)
        elif self._is_text:
            write(self._lines(matches, selected), self._stdout)

    def add_missing(self, selected: SelectedSignature, reason: str) -> None:
        """Note that the logs of a signature could not be downloaded."""
        self._missing.append(MissingLogs(selected, clean(" ".join(reason.split()))))

    def finish(self) -> None:
        """Write what follows the last logs: the lines to open, the folded stacks, or the document.

        Raises NoDataError if no document had logs, or none that match the filters, unless the report only lists
        signatures, or downloads failed: then an empty rest proves nothing.
        """
        if self._is_folded and self._folded:
            self._write_folded()
        if self._is_document:
            report = self._report._replace(signatures=self._signatures, missing=self._missing)
            if not report.is_empty:
                print_report(report, self._format, self._stdout, self._style)
        write(self._conclusions, self._stdout)
        if not self._missing and not self._report.is_list:
            self._reader.check()

    def _lines(self, matches: list[SignatureLogs], selected: SelectedSignature | None) -> Iterator[str]:
        style, has_call_stacks = self._style, self._options.layout is DiagnosticsLayout.CALL_STACKS
        if selected:
            yield from heading_lines(selected, style)
        for signature in self._reader.merge(matches, selected):
            yield from signature_lines(signature, self._report, style, has_call_stacks=has_call_stacks)
            self._conclusions += conclusion_lines(signature, self._report, style)

    def _write_folded(self) -> None:
        stacks, has_counts = folded_stacks(self._folded)
        samples = {stack: [count] for stack, count in stacks.items()}
        print_report(FoldedStacks(samples), self._format, self._stdout, self._style)
        if not has_counts and stacks:
            self._warn(NO_COUNTS)
        if self._reader.match_count and any(self._options.filters):
            self._warn(match_text(self._reader.match_count, self._reader.log_count, self._options.filters))
