"""Tests of the order of versions."""

from __future__ import annotations

import pytest
from documents import IPHONES, dataset, metric, points, report

from ppparser.selection import select
from ppparser.versions import newest_version, version_order


def test_versions_are_ordered_by_their_numbers() -> None:
    ordered = ["", "beta", "8", "8.1", "8.1.0", "8.1.0b", "8.9", "8.10", "10.0"]
    assert sorted({*ordered}, key=version_order) == ordered


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        ([["1", "2", "3"], ["1", "2"]], "3"),
        ([["1", "2"], ["1", "2"], ["2", "3"]], "3"),
        ([["2", "1"], ["1", "2"], ["1", "2"]], "2"),
        ([["1"], []], "1"),
        ([["1", "2", None]], "2"),
        ([["1"], ["2"], ["2"]], "2"),
        ([["1", "8.9"], ["1", "8.10"]], "8.10"),
        ([["1", "8.10"], ["1", "8.9"]], "8.10"),
        ([[]], ""),
        ([], ""),
    ],
)
def test_newest_version_is_one_that_no_dataset_supersedes(versions: list[list[str | None]], newest: str) -> None:
    made = [dataset(IPHONES, points(*range(len(some)), versions=some)) for some in versions]
    selection = select(report(("A", metric("one", made[:1])), ("A", metric("other", made[1:]))))
    assert newest_version(dataset for metric in selection.metrics for dataset in metric.datasets) == newest
