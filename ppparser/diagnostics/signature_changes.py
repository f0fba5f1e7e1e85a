"""What changed from an old build to a new one: the shares of their signatures.

Functions are the same if their names and binaries agree; offsets, addresses and UUIDs differ between builds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.signatures import Signature

# Shares that differ by less, in percentage points, count as unchanged.
UNCHANGED_POINTS = 0.5

_ADDRESS_OR_UUID = r"(?:0x[0-9a-f]+|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})"
_VOLATILE = re.compile(
    rf" ?[<(\[]?\b{_ADDRESS_OR_UUID}\b[>)\]]?| \+ (?:0x[0-9a-f]+|[0-9]+)(?=$| [<(\[])", re.IGNORECASE
)


class Outcome(Enum):
    """What became of a share, worst first."""

    NEW = "NEW"
    WORSE = "worse"
    UNKNOWN = "unknown"
    UNCHANGED = "unchanged"
    BETTER = "better"
    GONE = "GONE"

    @property
    def is_alarming(self) -> bool:
        """Tell whether what changed is new or worse."""
        return self in (Outcome.NEW, Outcome.WORSE)


_ORDER = {change: position for position, change in enumerate(Outcome)}


class Percents(NamedTuple):
    """A share in the old and in the new build, in percent; None if it is unknown or the build does not have it."""

    old: float | None
    new: float | None

    @property
    def points(self) -> float | None:
        """Return the difference in percentage points, None if either is None."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def largest(self) -> float:
        """Return the larger share."""
        return max(self.old or 0.0, self.new or 0.0)


class SignatureChange(NamedTuple):
    """The signatures of a function in two builds: the sum of their shares.

    `signature` is the heaviest one in the new build, or in the old one if it is gone; `signature_count` is their number
    there.
    """

    outcome: Outcome
    percents: Percents
    signature: Signature
    function: Function
    signature_count: int


def comparable_name(name: str) -> str:
    """Return `name` without offsets, addresses and UUIDs, which differ between builds."""
    return " ".join(_VOLATILE.sub("", name).split()) or "unknown symbol"


@lru_cache(maxsize=4096)  # The same functions occur in every log.
def comparable(function: Function) -> Function:
    """Return `function` without what differs between builds."""
    return Function(function.binary and comparable_name(function.binary), comparable_name(function.name))


def outcome_of(is_old: bool, is_new: bool, percents: Percents) -> Outcome:
    """Return what became of a share that is in the old build, in the new one, or in both."""
    if not is_old or not is_new:
        return Outcome.NEW if is_new else Outcome.GONE
    points = percents.points
    if points is None:
        return Outcome.UNKNOWN
    if abs(points) < UNCHANGED_POINTS:
        return Outcome.UNCHANGED
    return Outcome.WORSE if points > 0 else Outcome.BETTER


def outcome_order(change: Outcome, percents: Percents, *names: str) -> tuple[object, ...]:
    """Return the place in a list: by kind, the largest difference first, or the largest share if there is none."""
    is_moved = change in (Outcome.WORSE, Outcome.BETTER)
    return _ORDER[change], -abs(percents.points or 0.0) if is_moved else -percents.largest, *names


def compare_signatures(
    new: Mapping[str, Sequence[Signature]], old: Mapping[str, Sequence[Signature]]
) -> list[SignatureChange]:
    """Return what became of each signature in the rankings of two builds, worst first."""
    new_groups, old_groups = _by_function(new), _by_function(old)
    changes = []
    for key in {**new_groups, **old_groups}:
        before, after = old_groups.get(key, []), new_groups.get(key, [])
        percents = Percents(_total_percent(before), _total_percent(after))
        outcome = outcome_of(bool(before), bool(after), percents)
        signatures = after or before
        changes.append(SignatureChange(outcome, percents, signatures[0], key[1], len(signatures)))
    return sorted(changes, key=_order)


def _order(change: SignatureChange) -> tuple[object, ...]:
    return outcome_order(change.outcome, change.percents, change.signature.type, *change.function)


def _by_function(rankings: Mapping[str, Sequence[Signature]]) -> dict[tuple[str, Function], list[Signature]]:
    """Return the signatures of each type and function, heaviest first."""
    groups: dict[tuple[str, Function], list[Signature]] = {}
    for diagnostic_type, signatures in rankings.items():
        for signature in signatures:
            groups.setdefault((diagnostic_type, comparable(signature.function)), []).append(signature)
    return groups


def _total_percent(signatures: Sequence[Signature]) -> float | None:
    """Return the sum of the shares, None if there are none or any is unknown."""
    percents = [signature.percent for signature in signatures]
    return sum(filter(None, percents)) if percents and None not in percents else None


def types_missing_in(
    rankings: Mapping[str, Sequence[Signature]], other: Mapping[str, Sequence[Signature]]
) -> list[str]:
    """Return the types of which the `other` build has signatures, but the build with the `rankings` has none."""
    return [name for name, signatures in other.items() if signatures and not rankings.get(name)]
