"""Tests of the insights of a metrics report."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.insights import Insight, Population, read_insights
from tests.helpers.documents import insight, parsed, report
from tests.helpers.support import Check, document

REPORT = document("metrics.json")


def test_insights_are_read_into_typed_values() -> None:
    launch, battery, termination = read_insights(REPORT)
    assert battery == Insight(
        is_regression=True,
        category="BATTERY",
        identifier="onScreen",
        latest_version="5.1",
        reference_versions=["5.0"],
        largest_value="",
        subsystem="Display",
        summary="Battery use on screen grew in version 5.1.",
        is_high_impact=False,
        populations=[Population("all_ipads", "percentile.fifty", "12.50", "10", "25", 25.0, "")],
    )
    assert battery.key == ("BATTERY", "onScreen")
    assert termination == Insight(
        False, "TERMINATION", "onScreen", "", [], "", "", "More terminations on screen.", False, []
    )
    assert (launch.is_high_impact, launch.largest_value) == (True, "2014.30")
    assert launch.populations[0].summary == "A third slower on all iPhones"


@pytest.mark.parametrize(
    ("references", "versions"),
    [(["4.0", None, "4.1\t"], ["4.0", "4.1\\t"]), ("5.0", ["5.0"]), (None, []), ({"version": "5.0"}, [])],
)
def test_reference_versions_are_an_array_or_a_string(references: Any, versions: list[str]) -> None:
    [values] = read_insights(report(regressions=[insight("A", "metric", referenceVersions=references)]))
    assert values.reference_versions == versions


def test_insights_are_sorted_by_impact_and_then_by_increase(check: Check) -> None:
    found = read_insights(
        report(
            regressions=[
                insight("A", "unknown change", None),
                insight("A", "decrease", -5),
                insight("A", "no population"),
                insight("A", "small", 5, highImpact="yes"),
                insight("A", "small too", 5),
                insight("A", "large", 1, 50),
                insight("A", "high impact", 2, highImpact=True),
                insight("A", "higher impact", 3, highImpact=True),
            ],
            trendingUp=[insight("A", "trend", 5), insight("A", "high trend", 7)],
        )
    )
    check([values.identifier for values in found])


@pytest.mark.parametrize(
    ("increases", "worst"), [([5, 12.5, None, -20], "12.5"), ([None, -20], "-20"), ([None], ""), ([], None)]
)
def test_worst_population_has_the_largest_increase(increases: list[float | None], worst: str | None) -> None:
    [values] = read_insights(report(regressions=[insight("A", "metric", *increases)]))
    population = values.worst_population
    assert (population.change_text if population else None) == worst


def test_document_without_insights_has_none() -> None:
    assert read_insights(parsed({"insights": None, "productData": []})) == []
