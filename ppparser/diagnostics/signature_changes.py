"""What changed from an old build to a new one: the shares of their signatures.

Functions are the same if their names and binaries agree; offsets, addresses and UUIDs differ between builds.
Rendering is in comparison_text.py.
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


class Change(Enum):
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
        return self in (Change.NEW, Change.WORSE)


_ORDER = {change: position for position, change in enumerate(Change)}


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

    change: Change
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


def change_of(is_old: bool, is_new: bool, percents: Percents) -> Change:
    """Return what became of a share that is in the old build, in the new one, or in both."""
    if not is_old or not is_new:
        return Change.NEW if is_new else Change.GONE
    points = percents.points
    if points is None:
        return Change.UNKNOWN
    if abs(points) < UNCHANGED_POINTS:
        return Change.UNCHANGED
    return Change.WORSE if points > 0 else Change.BETTER


def change_order(change: Change, percents: Percents, *names: str) -> tuple[object, ...]:
    """Return the place in a list: by kind, the largest difference first, or the largest share if there is none."""
    is_moved = change in (Change.WORSE, Change.BETTER)
    return _ORDER[change], -abs(percents.points or 0.0) if is_moved else -percents.largest, *names


def compare_signatures(
    new: Mapping[str, Sequence[Signature]], old: Mapping[str, Sequence[Signature]]
) -> list[SignatureChange]:
    """Return what became of each signature in the rankings of two builds, worst first."""
    new_groups, old_groups = _by_function(new), _by_function(old)
    changes = []
    for key in {**new_groups, **old_groups}:
        found, before = new_groups.get(key, []), old_groups.get(key, [])
        percents = Percents(_total_percent(before), _total_percent(found))
        change = change_of(bool(before), bool(found), percents)
        shown = found or before
        changes.append(SignatureChange(change, percents, shown[0], key[1], len(shown)))
    return sorted(changes, key=lambda one: change_order(one.change, one.percents, one.signature.type, *one.function))


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


def one_sided_types(
    new: Mapping[str, Sequence[Signature]], old: Mapping[str, Sequence[Signature]]
) -> list[tuple[str, bool]]:
    """Return the types of which only one build has signatures, and whether that is the new one."""
    types = {**new, **old}
    return [(name, bool(new.get(name))) for name in types if bool(new.get(name)) != bool(old.get(name))]
