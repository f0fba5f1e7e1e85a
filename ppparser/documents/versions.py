"""The order of app versions, which Apple's reports give as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache


@cache  # A report repeats a few versions many times.
def version_order(version: str) -> tuple[list[str], str]:
    """Return a key that sorts 8.10 after 8.9; only equal texts have equal keys."""
    return [number.zfill(20) for number in re.findall("[0-9]+", version)], version


def is_older(version: str, other: str) -> bool:
    """Tell whether `version` comes before `other`; 8.2 and 8.2.0 are equal, and a text without a number never does."""
    numbers, other_numbers = version_order(version)[0], version_order(other)[0]
    return bool(numbers) and _without_zeros(numbers) < _without_zeros(other_numbers)


def _without_zeros(numbers: list[str]) -> list[str]:
    """Return `numbers` without the zeros at the end."""
    end = len(numbers)
    while end and not numbers[end - 1].strip("0"):
        end -= 1
    return numbers[:end]


def newest_version(columns: Iterable[Sequence[str]]) -> str:
    """Return the newest version: the last one of a column that no column continues past, "" if there is none.

    A column has the versions of a dataset. They are oldest first, and datasets may end at different versions.
    """
    last: Counter[str] = Counter()
    superseded = set()
    for column in columns:
        versions = [version for version in column if version]
        last.update(versions[-1:])
        superseded.update(versions[:-1])
    candidates = [version for version in last if version not in superseded] or list(last)
    return max(candidates, key=lambda version: (last[version], version_order(version)), default="")
