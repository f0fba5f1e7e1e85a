"""The values of a diagnostics report that all formats render: the signatures of a build, changes, and logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from ppparser.diagnostics.call_tree import AppPath, CallTree, app_path
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.diagnostics.signature_changes import SignatureChange, compare_signatures, types_missing_in
from ppparser.diagnostics.signatures import LogRow, Signature, SignatureLogs, log_row
from ppparser.documents.subject import App, Build


class DiagnosticsLayout(Enum):
    """What to print of a diagnostics report."""

    NOTHING = "nothing, only check that there are logs"
    SUMMARY = "per signature, the path to the line to open, a merged call tree and a table of the logs"
    CALL_STACKS = "per signature, the path to the line to open, and each log with its details and call stacks"


class DiagnosticsOptions(NamedTuple):
    """How many logs of each document to print, which ones, and what of them."""

    limit: int | None = None
    layout: DiagnosticsLayout = DiagnosticsLayout.SUMMARY
    filters: LogFilters = NO_FILTERS


class SelectedSignature(NamedTuple):
    """A signature whose logs belong to the report, and its position among the `total` of them.

    If builds are compared, `change` is what became of it.
    """

    signature: Signature
    position: int
    total: int
    change: SignatureChange | None = None


class SignatureReport(NamedTuple):
    """What the logs of a signature tell: the merged call tree, and the path to the line to open.

    `selected` is None for saved logs, which do not tell the signature's name. `shared_with` has the positions of
    earlier signatures whose paths end at the same frame.
    """

    position: int
    total: int
    selected: SelectedSignature | None
    logs: SignatureLogs
    tree: CallTree
    path: AppPath | None
    shared_with: Sequence[int] = ()

    @property
    def named(self) -> Function | None:
        """Return the function that the signature names, None if it is unknown."""
        return self.selected.signature.function if self.selected else None

    def log_path(self, position: int) -> AppPath | None:
        """Return the path of the log at `position`; without any samples, its leaves count."""
        if self.tree.samples_per_log[position]:
            return app_path(self.tree, self.named, position)
        return app_path(CallTree([self.logs.logs[position]]), self.named)

    def log_rows(self, build_number: str) -> list[LogRow]:
        """Return a row per log of the table; `build_number` is that of the report's build, "" if unknown."""
        shares = self.path.shares if self.path else [None] * len(self.logs.logs)
        return [log_row(log, share, build_number) for log, share in zip(self.logs.logs, shares)]


class MissingLogs(NamedTuple):
    """A signature whose logs could not be downloaded, and why, in one line."""

    selected: SelectedSignature
    reason: str


class DiagnosticsReport(NamedTuple):
    """What is known about the diagnostics of a build, or of saved logs, which name neither it nor their signatures.

    `rankings` has the signatures of the build for each type that was asked for, heaviest first. If it is compared with
    `old_build`, `changes` has what became of them, worst first, and other members the types of which only one build has
    signatures. Logs belong to the signatures in `selected`; `missing` has those that could not be downloaded.
    """

    app: App = App()
    build: Build | None = None
    old_build: Build | None = None
    rankings: Mapping[str, Sequence[Signature]] = MappingProxyType({})
    changes: Sequence[SignatureChange] = ()
    types_only_in_new: Sequence[str] = ()
    types_only_in_old: Sequence[str] = ()
    selected: Sequence[SelectedSignature] = ()
    filters: LogFilters = NO_FILTERS
    signatures: Sequence[SignatureReport] = ()
    missing: Sequence[MissingLogs] = ()

    @property
    def title(self) -> str:
        """Return what the report is about, in a few words."""
        if not self.build:
            return f"Diagnostic logs of {len(self.signatures)} signature{'' if len(self.signatures) == 1 else 's'}"
        return self.app.label or f"Diagnostics of {self.build.name}"

    @property
    def build_number(self) -> str:
        """Return the number of the build, "" if unknown."""
        return self.build.number if self.build else ""

    @property
    def old_build_number(self) -> str:
        """Return the number of the build to compare with, "" if unknown."""
        return self.old_build.number if self.old_build else ""

    @property
    def is_list(self) -> bool:
        """Tell whether the report only lists signatures: no logs belong to it."""
        return self.build is not None and not self.selected

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to print: saved logs that contain nothing."""
        return self.build is None and not self.signatures


def ranking_report(
    app: App, build: Build, rankings: Mapping[str, Sequence[Signature]], count: int
) -> DiagnosticsReport:
    """Return a report on the signatures of a build, with the `count` heaviest of each type to look into."""
    top = [signature for signatures in rankings.values() for signature in signatures[:count]]
    selected = [SelectedSignature(signature, position, len(top)) for position, signature in enumerate(top, 1)]
    return DiagnosticsReport(app, build, rankings=rankings, selected=selected)


def comparison_report(
    app: App,
    builds: tuple[Build, Build],
    new: Mapping[str, Sequence[Signature]],
    old: Mapping[str, Sequence[Signature]],
    count: int,
) -> DiagnosticsReport:
    """Return a report on what changed between the new and the old of `builds`, with the `count` worst to look into."""
    changes = compare_signatures(new, old)
    top = [change for change in changes if change.outcome.is_alarming][:count]
    selected = [
        SelectedSignature(change.signature, position, len(top), change) for position, change in enumerate(top, 1)
    ]
    only_new, only_old = types_missing_in(old, new), types_missing_in(new, old)
    return DiagnosticsReport(app, *builds, new, changes, only_new, only_old, selected)
