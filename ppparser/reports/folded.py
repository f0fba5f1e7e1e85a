"""Call stacks in the folded format, which flame-graph tools read: `root;...;leaf`, and numbers of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class FoldedStacks(NamedTuple):
    """The samples of each distinct call stack, in one report or in each of several that are compared."""

    samples: Mapping[str, Sequence[int]]
