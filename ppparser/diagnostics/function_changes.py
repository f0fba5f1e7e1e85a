"""What changed between the logs in two reports: the shares of the app's functions in their samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ppparser.diagnostics.call_tree import roots_to_merge
from ppparser.diagnostics.frames import Function, binary_name, function_name, place_text, sample_counter
from ppparser.diagnostics.signature_changes import Outcome, Percents, comparable, outcome_of, outcome_order
from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.documents.versions import version_order

# Functions with less than this share in both reports count as small.
CUTOFF_PERCENT = 1


class FunctionChange(NamedTuple):
    """The inclusive share of a function in the samples of two reports.

    `file` and `line` are those in the new report, or in the old one if it is gone; "" if unknown.
    """

    outcome: Outcome
    percents: Percents
    function: Function
    file: str
    line: str

    @property
    def place(self) -> str:
        """Return the file and line, "" if unknown."""
        return place_text(self.file, self.line)

    @property
    def is_small(self) -> bool:
        """Tell whether the function has less than CUTOFF_PERCENT of the samples in both reports."""
        return self.percents.largest < CUTOFF_PERCENT


class FunctionShares(NamedTuple):
    """The samples in and below each function of the app, its file and line; `samples` counts those of all functions."""

    counts: Mapping[Function, int]
    places: Mapping[Function, tuple[str, str]]
    samples: int
    has_counts: bool

    def percent(self, function: Function) -> float | None:
        """Return the inclusive share of a function, None if it does not occur."""
        count = self.counts.get(function)
        return None if count is None else 100 * count / self.samples if self.samples else 0.0


def function_shares(logs: Sequence[dict[str, Any]]) -> FunctionShares:
    """Return the share of each function of the app in the samples of the logs, which the merged call tree counts too.

    A function that calls itself counts once.
    """
    roots = [root for _, root in roots_to_merge(logs)[0]]
    counter = sample_counter(roots)
    counts: Counter[Function] = Counter()
    places: dict[Function, Counter[tuple[str, str]]] = {}
    pending: list[tuple[dict[str, Any], frozenset[Function]]] = [(root, frozenset()) for root in reversed(roots)]
    while pending:
        frame, above = pending.pop()
        if frame.get("isBlameFrame") is True:
            function = comparable(Function(binary_name(frame), function_name(frame)))
            if function not in above:
                above = above | {function}
                count = counter.samples(frame)
                counts[function] += count
                place = get_str(frame, "fileName"), get_str(frame, "lineNumber")
                places.setdefault(function, Counter())[place] += count
        pending.extend((child, above) for child in reversed(get_list(frame, "subFrames")))
    return FunctionShares(
        counts,
        {function: by_place.most_common(1)[0][0] for function, by_place in places.items()},
        sum(map(counter.samples, roots)),
        counter.has_counts,
    )


def app_versions(logs: Sequence[dict[str, Any]]) -> list[str]:
    """Return the app versions that the logs are from, newest first."""
    versions = {get_str(get_dict(log, "diagnosticMetaData"), "appVersion") for log in logs}
    return sorted(filter(None, versions), key=version_order, reverse=True)


def compare_functions(new: FunctionShares, old: FunctionShares) -> list[FunctionChange]:
    """Return what became of each function, worst first."""
    changes = []
    for function in {**new.counts, **old.counts}:
        percents = Percents(old.percent(function), new.percent(function))
        outcome = outcome_of(function in old.counts, function in new.counts, percents)
        places = new.places if function in new.counts else old.places
        changes.append(FunctionChange(outcome, percents, function, *places[function]))
    return sorted(changes, key=lambda change: outcome_order(change.outcome, change.percents, *change.function))


class LogSource(NamedTuple):
    """A report whose functions are compared: its name, its number of logs, and their app versions, newest first."""

    name: str
    log_count: int
    versions: Sequence[str]
    shares: FunctionShares


class FunctionComparison(NamedTuple):
    """What became of the app's functions from an old report to a new one, worst first."""

    new: LogSource
    old: LogSource
    changes: Sequence[FunctionChange]

    @property
    def worst(self) -> FunctionChange | None:
        """Return the function to open: the worst one that is new or worse and not small."""
        return next((change for change in self.changes if change.outcome.is_alarming and not change.is_small), None)


def log_source(name: str, logs: Sequence[dict[str, Any]]) -> LogSource:
    """Return what there is to compare in the logs of a report."""
    return LogSource(name, len(logs), app_versions(logs), function_shares(logs))
