"""Tests of the verdict on a metrics report as parts of an HTML page."""

from __future__ import annotations

from typing import Any

import pytest

from ppparser.metrics.findings import findings
from ppparser.metrics.selection import NO_FILTERS, Filters, select
from ppparser.output.html.findings import finding_section, verdict
from ppparser.output.html.page import element
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, Object, dataset, insight, metric, points, report
from tests.helpers.html_text import page_lines_of

POPULATIONS: list[Object] = [
    {**IPHONES, "deltaPercentage": 52, "referenceAverageValue": 616.5, "latestVersionValue": 937},
    {**IPHONES_TOP, "deltaPercentage": 88.5, "referenceAverageValue": 1173.5, "summaryString": "Up 88.5%"},
    {**IPADS, "deltaPercentage": -3},
]
DATASETS = [
    dataset(IPHONES, points(600, 610, 620, 630, 937), recommendedMetricGoal={"value": 900}),
    dataset(IPHONES_TOP, points(1, (2, 3), 3, 4, (2212.4, 44.25), goals=["good"] * 4 + ["poor"])),
]


def launch(**members: Any) -> Any:
    """Return a report with a regression of the launch time."""
    known = {"latestVersion": "5", "referenceVersions": ["3", "4"], "populations": POPULATIONS}
    return report(
        ("LAUNCH", metric("launchTime", DATASETS, unit={"displayName": "ms"})),
        regressions=[insight("LAUNCH", "launchTime", **{**known, **members})],
    )


def verdict_of(made: Any, filters: Filters = NO_FILTERS) -> list[str]:
    selection = select(made, filters)
    return list(page_lines_of(verdict(selection, list(findings(selection)), 2)))


def section(made: Any, *, details: bool = False) -> list[str]:
    [finding] = findings(select(made))
    return list(page_lines_of(finding_section(finding, 3, [element("p", "chart")], details)))


def test_verdict_has_the_worst_change_of_each_percentile() -> None:
    made = launch(highImpact=True)
    made["insights"]["regressions"] += [insight("A", f"m{number}", 1) for number in range(10)]
    assert verdict_of(made) == [
        "## Worst regression: LAUNCH launchTime high impact regression",
        "typical +52 % on All iPhones 616.5 to 937 ms",
        "top +88.5 % on All iPhones 1173.5 to 2212.4 ms",
        "in 5, from Apple's average of 3, 4",
        "10 more regressions: A m0, A m1, A m2, A m3, A m4, A m5, A m6, A m7 and 2 others",
    ]


def test_verdict_without_devices_is_what_apple_says() -> None:
    made = launch(populations=[], summaryString="It got worse")
    assert verdict_of(made) == ["## Worst regression: LAUNCH launchTime regression", "It got worse"]


def test_verdict_without_references_names_the_version() -> None:
    made = launch(populations=[{**IPADS}], referenceVersions=None, latestVersion=None)
    assert verdict_of(made)[1:] == ["typical on all_ipads", "in the latest version"]


@pytest.mark.parametrize(
    ("made", "filters", "text"),
    [
        (report(("A", metric("m"))), NO_FILTERS, "## No regressions"),
        (report(("A", metric("m"))), Filters(metric="m"), "## No regressions for these filters"),
        (
            {"productData": report(("A", metric("m")))["productData"]},
            NO_FILTERS,
            "## No insights to judge by; Apple adds them to reports on apps, not on builds",
        ),
    ],
)
def test_verdict_without_regressions_says_so(made: Any, filters: Filters, text: str) -> None:
    assert verdict_of(made, filters) == [text]


def test_finding_has_a_table_of_its_measurements() -> None:
    assert section(launch(subSystemLabel="SQLite", summaryString="not shown")) == [
        "### LAUNCH launchTime regression",
        "ms; change from Apple's average of 3, 4",
        "device, percentile | 2 | 3 | 4 | 5 | \u00b1 margin | average | vs average | goal | trend",
        "All iPhones, typical | 610 | 620 | 630 | 937 | - | 616.5 | +52 % | +4% | trend of 5 versions",
        "All iPhones, top | 2 | 3 | 4 | 2212.4 | 44.25 | 1173.5 | +88.5 % | poor | trend of 5 versions",
        "all_ipads, typical | - | - | - | - | - | - | -3 % | - | -",
        "subsystem SQLite: share not reported for 5",
        "chart",
    ]


def test_narrow_page_omits_earlier_versions() -> None:
    [finding] = findings(select(launch()))
    titles = finding_section(finding, 3, [], False).iter("th")
    assert ["".join(one.itertext()) for one in titles if "wide" not in (one.get("class") or "")][:5] == [
        "device, percentile",
        "5",
        "average",
        "vs average",
        "goal",
    ]


def test_details_add_what_apple_says() -> None:
    made = launch(summaryString="Launch time went up", maxLatestVersionValue=2212.4)
    assert section(made, details=True)[6:] == [
        "Launch time went up",
        "maximum 2212.4 ms",
        "All iPhones, top: Up 88.5%",
        "chart",
    ]


def test_finding_without_devices_says_what_is_known() -> None:
    assert section(launch(populations=[], summaryString="It got worse")) == [
        "### LAUNCH launchTime regression",
        "version 5; Apple's average of 3, 4",
        "It got worse",
        "chart",
    ]
