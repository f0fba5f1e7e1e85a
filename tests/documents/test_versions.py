"""Tests of the order of versions."""

from __future__ import annotations

import pytest

from ppparser.documents.versions import is_older, newest_version, version_order


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
        ([["1", "2", ""]], "2"),
        ([["1"], ["2"], ["2"]], "2"),
        ([["2"], ["1"], ["1"]], "1"),
        ([["1", "8.9"], ["1", "8.10"]], "8.10"),
        ([["1", "8.10"], ["1", "8.9"]], "8.10"),
        ([[]], ""),
        ([], ""),
    ],
)
def test_newest_version_is_one_that_no_dataset_supersedes(versions: list[list[str]], newest: str) -> None:
    assert newest_version(versions) == newest


@pytest.mark.parametrize(
    ("version", "other", "older"),
    [
        ("8.1", "8.2", True),
        ("8.2", "8.1", False),
        ("8.9", "8.10", True),
        ("8.10", "8.9", False),
        ("8.1.9", "8.2", True),
        ("8", "8.0.1", True),
        ("8.2", "8.2.0", False),
        ("8.2.0", "8.2", False),
        ("8.02", "8.2", False),
        ("8.2", "8.2b1", True),
        ("8.2b1", "8.2", False),
        ("0.0", "0.1", True),
        ("", "8.2", False),
        ("unknown", "8.2", False),
        ("8.2", "unknown", False),
    ],
)
def test_version_is_older_by_its_numbers(version: str, other: str, older: bool) -> None:
    assert is_older(version, other) is older
