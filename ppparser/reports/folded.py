"""Call stacks in the folded format, which flame-graph tools read: `root;...;leaf`, and a number of samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class FoldedStacks(NamedTuple):
    """The samples of each distinct call stack."""

    samples: Mapping[str, int]


class FoldedDifference(NamedTuple):
    """The samples of each distinct call stack in two reports."""

    old: Mapping[str, int]
    new: Mapping[str, int]
