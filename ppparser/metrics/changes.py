"""Judge the values of a dataset: changes between versions, error margins and goals."""

from __future__ import annotations

from decimal import Decimal
from math import copysign, inf, isclose, isfinite
from typing import NamedTuple

from ppparser.metrics.measurements import Baseline, Dataset

# Best first.
BANDS = ("good", "fair", "poor")


class Change(NamedTuple):
    """A change in percent, positive for an increase; infinite from 0, None if a value is missing."""

    percent: float | None
    within_margin: bool = False


class Goal(NamedTuple):
    """How a value compares with its goal: Apple's band, or else the recommended goal.

    `missed_percent` is how far the value lies above the recommended goal: 0 if it is met, None without such a goal.
    """

    band: str = ""
    missed_percent: float | None = None

    @property
    def severity(self) -> tuple[int, float]:
        """Return a key that sorts the best first: met or unknown, missed, fair, poor."""
        if self.band:
            rank = BANDS.index(self.band.lower()) if self.band.lower() in BANDS else 0
            return (rank + 1 if rank else 0), 0
        return int(bool(self.missed_percent)), self.missed_percent or 0


def change(
    before: float | None, after: float | None, margin_before: float | None = None, margin_after: float | None = None
) -> Change:
    """Return the change from `before` to `after`, and whether their error margins overlap.

    A margin is half the width of an interval around its value.
    """
    if before is None or after is None:
        return Change(None)
    if before == after:
        return Change(0.0)
    difference = after - before
    margin = (margin_before or 0) + (margin_after or 0)
    within_margin = abs(difference) <= margin
    if isclose(abs(difference), margin):  # Here only the decimals that Apple wrote can tell: 1.1 - 1.0 > 0.1 in binary.
        numbers = (after, before, margin_before or 0, margin_after or 0)
        exact_after, exact_before, *exact_margins = (Decimal(repr(number)) for number in numbers)
        within_margin = abs(exact_after - exact_before) <= sum(exact_margins)
    return Change(100 * difference / abs(before) if before else copysign(inf, difference), within_margin)


def reference(dataset: Dataset, position: int) -> Baseline | None:
    """Return what a point is compared with: the baseline of the dataset, or else the point before it."""
    if dataset.baseline or position == 0:
        return dataset.baseline
    values, before = dataset.values, position - 1
    return Baseline(
        dataset.versions[before], values.texts[before], values.floats[before], dataset.margins.floats[before]
    )


def change_at(dataset: Dataset, position: int) -> Change:
    """Return the change of a point from its reference, an unknown one without a reference."""
    old = reference(dataset, position)
    if old is None:
        return Change(None)
    return change(old.value, dataset.values.floats[position], old.margin, dataset.margins.floats[position])


def changes(dataset: Dataset) -> list[Change]:
    """Return the change of each point."""
    return [change_at(dataset, position) for position in range(len(dataset.versions))]


def worsening_percent(change: Change) -> float:
    """Return the change in percent, negative for an improvement.

    It is 0 if the change is within the error margins, from a value of 0, or unknown.
    """
    if change.percent is None or change.within_margin or not isfinite(change.percent):
        return 0
    return change.percent


def goal_at(dataset: Dataset, position: int) -> Goal:
    """Return how the value at `position` compares with its goal."""
    if band := dataset.goals[position]:
        return Goal(band)
    value, recommended = dataset.values.floats[position], dataset.recommended_goal
    if value is None or recommended is None or recommended.limit is None:
        return Goal()
    return Goal("", max(0, change(recommended.limit, value).percent or 0))
