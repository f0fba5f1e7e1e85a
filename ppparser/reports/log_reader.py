"""Read the logs of a report as they arrive: select those that match, and merge those of each signature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ppparser.diagnostics.call_tree import AppPath, CallTree, app_path
from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import SignatureLogs, select_logs
from ppparser.errors import NoDataError
from ppparser.reports.diagnostics import SelectedSignature, SignatureReport

NO_LOGS = (
    "the report contains no diagnostic logs: Apple keeps them for a limited time, and only for signatures seen on\n"
    "  enough devices"
)


class LogReader:
    """Reads documents with logs; `match_count` logs of all documents match the filters, of `log_count`."""

    def __init__(self, limit: int | None, filters: LogFilters) -> None:
        self._limit = limit
        self._filters = filters
        self._has_data = False
        self.match_count = 0
        self.log_count = 0
        self._values: dict[str, dict[str, None]] = {}
        self._ends: dict[tuple[str, str, str], list[int]] = {}

    def select(self, document: dict[str, Any]) -> list[SignatureLogs]:
        """Return the signatures of a document, with at most `limit` of the logs that match."""
        signatures = select_logs(document, self._limit, self._filters)
        for option, value in self._filters.values_in(document):
            self._values.setdefault(option, {})[value or "unknown"] = None
        self._has_data |= bool(signatures)
        self.match_count += sum(signature.match_count for signature in signatures)
        self.log_count += sum(signature.log_count for signature in signatures)
        return signatures

    def merge(self, matches: Sequence[SignatureLogs], selected: SelectedSignature | None) -> Iterator[SignatureReport]:
        """Yield what the logs of each of the selected signatures tell; if none is `selected`, they are numbered.

        For a selected signature without logs, yield one empty report.
        """
        if selected:
            for logs in matches or [SignatureLogs(selected.signature.id, [], [], 0, 0)]:
                yield self._merged(logs, selected.position, selected.total, selected)
        else:
            for position, logs in enumerate(matches, 1):
                yield self._merged(logs, position, len(matches), None)

    def _merged(
        self, logs: SignatureLogs, position: int, total: int, selected: SelectedSignature | None
    ) -> SignatureReport:
        tree = CallTree(logs.logs)
        path = app_path(tree, selected.signature.function if selected else None)
        return SignatureReport(position, total, selected, logs, tree, path, self._shared_with(path, position))

    def check(self) -> None:
        """Raise NoDataError if no document had logs, or none that match the filters."""
        if not self._has_data:
            raise NoDataError(NO_LOGS)
        if self._values and not self.match_count:
            choices = [f"\n  {option}: {', '.join(values)}" for option, values in self._values.items()]
            raise NoDataError(f"no log matches {' '.join(self._filters.options())}. The logs have{''.join(choices)}")

    def _shared_with(self, path: AppPath | None, position: int) -> list[int]:
        """Return the positions of the signatures merged so far whose paths end at the same frame."""
        if path is None:
            return []
        end = (path.end.binary, path.end.name, path.end.place)
        positions = self._ends.setdefault(end, [])
        positions.append(position)
        return positions[:-1]
