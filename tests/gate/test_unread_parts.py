"""Tests of what is left out when a report is read leniently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ppparser.gate.unread_parts import unread_parts
from ppparser.metrics.selection import NO_FILTERS, Filters
from tests.helpers.documents import IPHONES, dataset, metric, points
from tests.helpers.support import Run

OK = dataset(IPHONES, points(10, 10))
GOAL = {**OK, "recommendedMetricGoal": 20}
BAD = dataset({**IPHONES, "device": None}, points(10, 99))


def report(*metrics: object, category: object = "A", platform: object = "iOS") -> Any:
    made = {"identifier": category, "metrics": list(metrics)}
    return {"productData": [{"platform": platform, "metricCategories": [made]}]}


def with_product(*products: object) -> Any:
    return {"productData": [*report(metric("m", [OK]))["productData"], *products]}


UNREAD: list[tuple[Any, Filters, list[str]]] = [
    (report(metric("m", [OK])), NO_FILTERS, []),
    (report(metric("m", None)), NO_FILTERS, []),
    (report(metric("m", [{**OK, "points": None}])), NO_FILTERS, []),
    (report(metric("m", [OK, None])), NO_FILTERS, ["datasets is not a list of objects"]),
    (report(metric("m", {})), NO_FILTERS, ["datasets is not a list of objects"]),
    (report(metric("m", [{**OK, "points": [1]}])), NO_FILTERS, ["points is not a list of objects"]),
    (report(metric("m", [OK]), "x"), NO_FILTERS, ["metrics is not a list of objects"]),
    (with_product(None), NO_FILTERS, ["productData is not a list of objects"]),
    (with_product({"metricCategories": None}), NO_FILTERS, ["metricCategories is not a list of objects"]),
    (with_product({"metricCategories": [{"metrics": None}]}), NO_FILTERS, ["metrics is not a list of objects"]),
    (
        report(metric("m", [{**OK, "recommendedMetricGoal": 20}])),
        NO_FILTERS,
        ["recommendedMetricGoal is not an object"],
    ),
    (report(metric("m", [BAD])), NO_FILTERS, []),
    (report(metric("m", [BAD])), Filters(device="all_iphones"), ["a dataset names no device"]),
    (report(metric("m", [dataset(None, [])])), Filters(percentile="top"), ["a dataset names no percentile"]),
    (report(metric(None, [OK])), Filters(metric="m"), ["a metric or its category has no name"]),
    (report(metric("m", [OK]), category=None), Filters(metric="m"), ["a metric or its category has no name"]),
    (report(metric("m", [OK]), platform=None), Filters(platform="iOS"), ["a platform has no name"]),
    ({"categories": [{"sections": [{"datasets": [OK, 1]}]}]}, NO_FILTERS, ["datasets is not a list of objects"]),
    ({"categories": [{"sections": "x"}]}, NO_FILTERS, ["sections is not a list of objects"]),
]


@pytest.mark.parametrize(("document", "filters", "parts"), UNREAD)
def test_unread_parts_are_named(document: Any, filters: Filters, parts: list[str]) -> None:
    assert unread_parts(document, filters) == parts


@pytest.mark.parametrize("rule", ["--fail-above=5", "--fail-below-goal=good"])
def test_gate_does_not_pass_what_it_cannot_read(home: Path, run: Run, rule: str) -> None:
    goal = {"recommendedMetricGoal": {"value": 20}}
    (home / "report.json").write_text(json.dumps(report(metric("m", [{**OK, **goal}, None]))))
    status, _, err = run("ppparser", "metrics", "--input=report.json", rule)
    name = rule.split("=")[0]
    problem = (
        f"ppparser: {name} cannot judge this report: parts of it cannot be read: datasets is not a list of objects"
    )
    assert (status, err.splitlines()[-1]) == (1, problem)


def test_filter_does_not_hide_what_it_cannot_assign(home: Path, run: Run) -> None:
    (home / "report.json").write_text(json.dumps(report(metric("m", [OK, BAD]))))
    argv = ["ppparser", "metrics", "--input=report.json", "--fail-above=5"]
    assert [run(*argv, option).status for option in ("--device=all_iphones", "--percentile=typical")] == [1, 4]
