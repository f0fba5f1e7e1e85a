"""Tests of the values of the verdict on a metrics report."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.changes import Goal
from ppparser.metrics.findings import (
    AffectedPopulation,
    Finding,
    detailed_metrics,
    diagnostic_type,
    findings,
    newest_versions,
)
from ppparser.metrics.selection import Filters, select
from tests.helpers.documents import (
    IPADS,
    IPHONES,
    IPHONES_TOP,
    MODEL,
    MODEL_TOP,
    Object,
    dataset,
    insight,
    metric,
    points,
    report,
    together,
)


def finding_of(made: Any) -> Finding:
    [found] = findings(select(made))
    return found


def population(criteria: Object, change: float | None = None, **members: Any) -> Object:
    return {**criteria, "deltaPercentage": change, **members}


# --- versions ---------------------------------------------------------------------------------------------------------


def test_newest_version_is_known_for_each_platform() -> None:
    made = report(("A", metric("metric", [dataset(IPHONES, points(1, 2))])))
    vision = report(("A", metric("metric", [dataset(IPHONES, points(1))])), platform="visionOS")
    tv = report(("A", metric("metric")), platform="tvOS")
    assert newest_versions(select(together(made, vision, tv))) == {"iOS": "2", "visionOS": "1"}


def test_insights_tell_the_version_of_a_report_without_points() -> None:
    made = report(regressions=[insight("A", "metric", latestVersion="5.1")])
    assert newest_versions(select(made)) == {"": "5.1"}


# --- findings ---------------------------------------------------------------------------------------------------------


def test_finding_has_the_measurements_of_its_populations() -> None:
    made = points(10, 11, 12, 13, 14, (15, 2), goals=["", "", "", "", "good", "poor"])
    made[-1]["percentageBreakdown"] = [{"value": 40.5, "subSystemLabel": "SQLite"}]
    ipads = dataset(IPADS, points(7.5, 8, 9, versions=["3", "5", "7"]), recommendedMetricGoal={"value": 4})
    found = finding_of(
        report(
            ("A", metric("metric", [dataset(IPHONES, made), ipads], unit={"displayName": "ms"})),
            regressions=[
                insight(
                    "A",
                    "metric",
                    latestVersion="6",
                    subSystemLabel="SQLite",
                    populations=[
                        population(IPHONES, 5, latestVersionValue=15.5, referenceAverageValue=12),
                        population(IPADS, 6, latestVersionValue=8),
                        population(MODEL, 7),
                    ],
                )
            ],
        )
    )
    assert (found.unit, found.versions) == ("ms", ["3", "4", "5", "6"])
    one, two, three = found.insight.populations
    assert found.populations == [
        AffectedPopulation(
            one, "All iPhones", ["12", "13", "14", "15.5"], "2", Goal("poor"), [float(n) for n in range(10, 16)], "40.5"
        ),
        AffectedPopulation(two, "All iPads", ["7.5", "", "8", "8"], "", Goal(), (), ""),
        AffectedPopulation(three, "iPhone14_5", ["", "", "", ""], "", Goal(), (), ""),
    ]


def test_finding_without_a_version_is_about_the_newest() -> None:
    made = report(
        ("A", metric("metric", [dataset(MODEL, points(1, 2)), dataset(IPHONES, points(*range(9)))])),
        regressions=[insight("A", "metric", populations=[IPHONES])],
    )
    assert finding_of(made).versions == ["6", "7", "8", "9"]
    assert finding_of(made).populations[0].values == ["5", "6", "7", "8"]
    assert finding_of(made).populations[0].trend == [float(value) for value in range(9)]


def test_values_after_the_version_of_the_finding_are_left_out() -> None:
    made = report(
        ("A", metric("metric", [dataset(IPHONES, points(1, 2, 3))])),
        regressions=[insight("A", "metric", latestVersion="2", populations=[IPHONES])],
    )
    found = finding_of(made)
    assert (found.versions, found.populations[0].values, found.populations[0].trend) == (
        ["1", "2"],
        ["1", "2"],
        [1, 2],
    )


def test_finding_may_lack_everything() -> None:
    assert finding_of(report(regressions=[insight(None, None)])) == Finding(
        select(report(regressions=[insight(None, None)])).insights[0], "", [""], []
    )


def test_device_is_named_without_its_identifier_if_that_is_clear() -> None:
    twin = {**MODEL, "device": "iPhone14_6"}
    pro = {**MODEL, "device": "iPhone15_2", "deviceMarketingName": "iPhone 14 Pro"}
    made = report(
        ("A", metric("metric", [dataset(one, points(1)) for one in (MODEL, twin, pro)])),
        regressions=[insight("A", "metric", populations=[MODEL, twin, pro, {"device": "iPhone1_1"}])],
    )
    names = [one.device for one in finding_of(made).populations]
    assert names == ["iPhone 13 (iPhone14_5)", "iPhone 13 (iPhone14_6)", "iPhone 14 Pro", "iPhone1_1"]


def test_worst_is_the_largest_increase_of_each_percentile() -> None:
    other = {**MODEL, "percentile": "percentile.ninetynine"}
    populations = [
        population(other, 90),
        population(MODEL_TOP, 4),
        population(IPHONES_TOP, 50),
        population(IPHONES, None),
        population(IPADS, -2),
        population(MODEL, -3),
    ]
    found = finding_of(report(regressions=[insight("A", "metric", populations=populations)]))
    assert [one.reported.change_text for one in found.worst] == ["-2", "50", "90"]


def test_regressions_come_before_upward_trends() -> None:
    made = report(regressions=[insight("A", "one", 1)], trendingUp=[insight("A", "two", 9, highImpact=True)])
    assert [found.insight.identifier for found in findings(select(made))] == ["one", "two"]


def test_versions_of_a_dataset_are_indexed_once() -> None:
    """The work is proportional to points plus insights, although each insight points to all 2,000 points."""

    class Versions(list[str]):
        walks = 0

        def __iter__(self) -> Any:
            Versions.walks += 1
            return super().__iter__()

    regressions = [insight("A", "metric", latestVersion="2000", populations=[IPHONES]) for _ in range(500)]
    selection = select(
        report(("A", metric("metric", [dataset(IPHONES, points(*range(2000)))])), regressions=regressions)
    )
    [values] = selection.metrics[0].datasets
    counted = values._replace(versions=Versions(values.versions))
    selection = selection._replace(metrics=[selection.metrics[0]._replace(datasets=[counted])])
    assert len(list(findings(selection))) == 500
    assert Versions.walks == 1


# --- next step and details --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "diagnostic"),
    [
        ("LAUNCH", "LAUNCHES"),
        ("HANG", "HANGS"),
        ("DISK", "DISK_WRITES"),
        ("disk", "DISK_WRITES"),
        ("MEMORY", ""),
        (None, ""),
    ],
)
def test_diagnostic_type_is_that_of_a_regression(category: str | None, diagnostic: str) -> None:
    made = report(regressions=[insight(category, "one")], trendingUp=[insight(category, "two")])
    assert [diagnostic_type(each) for each in select(made).insights] == [diagnostic, ""]


@pytest.mark.parametrize(
    ("filters", "regressions", "listed"),
    [
        (Filters(), ["one"], [("one", ["all_iphones"])]),
        (
            Filters(),
            [],
            [("one", ["all_iphones", "iPhone14_5"]), ("two", ["all_iphones", "iPhone14_5"]), ("three", [])],
        ),
        (Filters(metric="two"), ["one"], [("two", ["all_iphones", "iPhone14_5"])]),
        (Filters(metric="one"), ["one"], [("one", ["all_iphones", "iPhone14_5"])]),
    ],
)
def test_details_are_of_the_regressions_or_of_all_that_is_left(
    filters: Filters, regressions: list[str], listed: list[tuple[str, list[str]]]
) -> None:
    datasets = [dataset(IPHONES, points(1)), dataset(MODEL, points(1))]
    made = report(
        ("A", metric("one", datasets)),
        ("A", metric("two", datasets)),
        ("A", metric("three")),
        regressions=[insight("A", name, populations=[IPHONES]) for name in regressions],
    )
    found = detailed_metrics(select(made, filters))
    assert [(one.identifier, [values.device for values in one.datasets]) for one in found] == listed
