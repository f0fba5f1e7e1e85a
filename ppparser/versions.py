"""The order of app versions, which Apple's reports give as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from ppparser.metrics import Dataset


@cache  # A report repeats a few versions many times.
def version_order(version: str) -> tuple[list[str], str]:
    """Return a key that sorts 8.10 after 8.9; only equal texts have equal keys."""
    return [number.zfill(20) for number in re.findall("[0-9]+", version)], version


def newest_version(datasets: Iterable[Dataset]) -> str:
    """Return the newest version: the last one of a dataset that no dataset continues past, "" if there is none.

    Points are oldest first, and datasets may end at different versions.
    """
    last: Counter[str] = Counter()
    superseded = set()
    for dataset in datasets:
        versions = [version for version in dataset.versions if version]
        last.update(versions[-1:])
        superseded.update(versions[:-1])
    candidates = [version for version in last if version not in superseded] or list(last)
    return max(candidates, key=lambda version: (last[version], version_order(version)), default="")
