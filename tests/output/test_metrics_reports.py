"""Small reports about metrics, each for one of the rules of reading them, in every format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

import pytest

from ppparser.documents.subject import App, Subject
from ppparser.metrics.selection import Filters
from ppparser.metrics.version_window import Versions
from ppparser.output.data.metrics_csv import report_csv_lines
from ppparser.output.data.metrics_json import report_json_lines
from ppparser.output.html.metrics import report_html_lines
from ppparser.output.markdown.metrics import report_markdown_lines
from ppparser.output.text.metrics import report_lines
from ppparser.output.text.tables import width
from ppparser.program.terminal import COLOUR, PLAIN
from ppparser.reports.metrics import (
    MetricsLayout,
    MetricsOptions,
    MetricsReport,
    read_metrics_report,
    read_overview_report,
)
from tests.helpers.documents import (
    IPADS,
    IPHONES,
    IPHONES_TOP,
    MODEL,
    Object,
    dataset,
    insight,
    metric,
    parsed,
    points,
    report,
    together,
)
from tests.helpers.html_text import page_lines
from tests.helpers.schemas import validated
from tests.helpers.support import Check, tagged

Options = dict[str, Any]
MS = {"displayName": "ms"}
RENDERERS: dict[str, Callable[[MetricsReport], Iterable[str]]] = {
    "txt": lambda report: tagged(report_lines(report, COLOUR)),
    "md": report_markdown_lines,
    "page.txt": lambda report: page_lines("\n".join(report_html_lines(report))),
    "json": report_json_lines,
    "csv": report_csv_lines,
}


def row(category: str, *values: Any, criteria: Object = IPHONES, goal: str = "", **members: Any) -> tuple[str, Object]:
    """Return a metric with one dataset, and its category."""
    goals = [goal] * len(values)
    return category, metric("metric", [dataset(criteria, points(*values, goals=goals), **members)], unit=MS)


def blaming(*breakdowns: Any) -> Any:
    """Return a report with a regression that blames SQLite, and a dataset with each breakdown."""
    criteria = [{"device": f"d{number}", "percentile": "percentile.fifty"} for number in range(len(breakdowns))]
    datasets = [
        dataset(one, [{"version": "1", "value": 1, "percentageBreakdown": breakdown}])
        for one, breakdown in zip(criteria, breakdowns)
    ]
    blame = insight("A", "metric", latestVersion="1", subSystemLabel="SQLite", populations=criteria)
    return report(("A", metric("metric", datasets)), regressions=[blame])


def every_kind_of_value() -> Any:
    """Return a report with margins, gaps, goals and shares of subsystems, one of them named twice."""
    values = points(10, (12, 1.5), None, 11, goals=["Good", "poor", "", "odd"], versions=["1.0", "1.1", None, "2.0"])
    values[0]["percentageBreakdown"] = [{"value": 60.5, "subSystemLabel": "Radio"}, {"value": 39}]
    values[3]["percentageBreakdown"] = [{"value": share, "subSystemLabel": "Radio"} for share in (1, 2)]
    bands = [{"goalKey": "good", "upperBound": 11}, {"lowerBound": 11, "upperBound": 12}, {"goalKey": "poor"}]
    return report(("DISK", metric("writes", [dataset(MODEL, values)], unit={"displayName": "MB"}, goalKeys=bands)))


def shared_points() -> list[Object]:
    """Return points of three versions, each with a share of a subsystem."""
    shares = [{"percentageBreakdown": {"value": share, "subSystemLabel": "SQLite"}} for share in (30, 20, 10)]
    return [{**point, **share} for point, share in zip(points(1, 2, 3), shares)]


POPULATIONS: list[Object] = [
    {**IPHONES, "deltaPercentage": 52, "referenceAverageValue": 616.5, "latestVersionValue": 937},
    {
        **IPHONES_TOP,
        "deltaPercentage": 88.5,
        "referenceAverageValue": 1173.5,
        "latestVersionValue": 2212.5,
        "summaryString": "Up 88.5%",
    },
    {**MODEL, "deltaPercentage": 9},
]
WORSE: Options = {"populations": POPULATIONS, "latestVersion": "6", "referenceVersions": ["4", "5"]}
LAUNCHES = [
    dataset(IPHONES, points((10, 1), 11.5, 12.5, 13, 14, (15, 2), goals=["", "", "", "", "", "poor"])),
    dataset(IPHONES_TOP, points(1, 2, 3, 4, 5, 6), recommendedMetricGoal={"value": 5}),
]
LONG_VERSIONS = [f"10.{number}.12345" for number in range(6)]
WIDE_VERSIONS = [f"{number}{'.0' * 11}" for number in range(1, 4)]
RADIO = [{"value": 61.5, "subSystemLabel": "SQLite"}]
LONG_NAME = {**MODEL, "deviceMarketingName": "iPad Pro 12.9-inch (6th generation) Wi-Fi + Cellular"}
ALL_VISION = {**IPHONES, "device": "all_vision", "deviceMarketingName": "All Vision"}
GOALS = [
    {"value": 600.5, "detail": "What the fastest quarter of comparable apps needs to launch"},
    *({"value": 600}, {"detail": "Faster"}, {"value": None}, None),
]
RIDGELINE = Subject(App("1", "Ridgeline", "com.example.ridgeline"), "7c1e", "424")

# Name -> a report, and how it is read.
REPORTS: dict[str, tuple[Any, Options]] = {
    # --- insights
    "regressions-and-trends": (
        report(
            ("LAUNCH", metric("launchTime", LAUNCHES, unit=MS)),
            regressions=[
                insight(
                    *("LAUNCH", "launchTime"),
                    **WORSE,
                    highImpact=True,
                    summaryString="Slower than before.",
                    maxLatestVersionValue=2014.5,
                ),
                insight("B", "other", -5, latestVersion="6"),
                *(insight("A", f"m{number}", 1) for number in range(9)),
            ],
            trendingUp=[
                insight("LAUNCH", "launchTime", populations=POPULATIONS, highImpact=True),
                insight("B", "other", summaryString="More of it."),
                insight("C", "third", 5, latestVersion="2"),
            ],
        ),
        {"logs_command": "logs --app=1", "details_command": "metrics --details"},
    ),
    "regression-without-devices": (
        report(regressions=[insight("A", "m", summaryString="It got *worse*", latestVersion="2")]),
        {},
    ),
    "regression-without-names": (report(regressions=[insight(None, None, 5)]), {}),
    "regression-without-a-category": (report(regressions=[insight(None, "metric", 5), insight("A", "b", 4)]), {}),
    "regression-without-a-change": (report(regressions=[insight("A", "m", None)]), {}),
    "regression-of-nothing-known": ({"insights": {"regressions": [{"summaryString": "Worse"}]}}, {}),
    "no-regressions": (report(("A", metric("m"))), {}),
    "no-regressions-for-filters": (report(("A", metric("m"))), {"filters": Filters(metric="m")}),
    "no-insights": ({"productData": report(("A", metric("m")))["productData"]}, {"subject": RIDGELINE}),
    "earlier-versions-give-way-to-eighty-columns": (
        report(
            ("A", metric("m", [dataset(one, points(*range(6), versions=LONG_VERSIONS)) for one in (IPHONES, MODEL)])),
            regressions=[insight("A", "m", latestVersion=LONG_VERSIONS[-1], populations=POPULATIONS)],
        ),
        {},
    ),
    "two-versions-stay-whatever-their-width": (
        report(
            ("A", metric("m", [dataset(IPHONES, points(1, 2, 3, versions=WIDE_VERSIONS))])),
            regressions=[insight("A", "m", latestVersion=WIDE_VERSIONS[-1], populations=POPULATIONS)],
        ),
        {},
    ),
    "many-reference-versions-are-counted": (
        report(regressions=[insight("A", "m", 5, referenceVersions=[f"8.{number}" for number in range(60)])]),
        {},
    ),
    "shares-of-the-blamed-subsystem": (blaming(RADIO, [], RADIO), {}),
    "shares-of-another-subsystem": (blaming([], [{"value": 61.5, "subSystemLabel": "Other"}]), {}),
    "many-shares-of-the-blamed-subsystem": (blaming(*[RADIO] * 5), {}),
    "blamed-subsystem-without-devices": (blaming(), {}),
    "two-insights-into-a-metric": (
        report(
            ("A", metric("m", [dataset(IPHONES, points(1, 2)), dataset(IPADS, points(1, 2))])),
            ("A", metric("n", [dataset(IPHONES, points(1, 2))])),
            regressions=[insight("A", "m", populations=[IPADS])],
            trendingUp=[insight("A", "m", populations=[IPHONES])],
        ),
        {"details_command": "metrics --details"},
    ),
    # --- the scorecard
    "scorecard": (
        report(
            row("A", 10, 9),
            row("B", (10, 9), (18, 9), goal="fair"),
            row("C", 10, 12.5, criteria=IPHONES_TOP, goal="poor"),
            row("D", 10, 10),
            row("E", 10, 12, recommendedMetricGoal={"value": 8}),
            row("F", 10, 10, recommendedMetricGoal={"value": 10}),
            row("G", None, criteria=IPADS),
            row("H", 0, 5),
            row("I", 1, "9 MB", recommendedMetricGoal={"value": 0}),
            regressions=[insight("E", "metric", 20), insight("F", "metric", 1, highImpact=True)],
            trendingUp=[insight("D", "metric", populations=[IPADS])],
        ),
        {},
    ),
    "scorecard-of-one-version": (report(row("A", 10, goal="good"), row("B", 20, criteria=IPHONES_TOP)), {}),
    "scorecard-of-one-percentile": (report(row("A", 10, 11, 12)), {}),
    "scorecard-of-two-percentiles": (
        report(("A", metric("m", [dataset(IPHONES, points(1, 2)), dataset(IPHONES_TOP, points(3, 4))]))),
        {},
    ),
    "category-distinguishes-metrics": (
        report(
            *(row("A", 1), row("B", 1), ("A", metric("other", [dataset(IPHONES, points(1))]))),
            ("C", metric("", [dataset(MODEL, points(1))])),
        ),
        {},
    ),
    "platform-device-and-version-that-differ": (
        together(
            report(row("A", 1, 2), row("B", 1, 2), row("D", 1)),
            report(row("C", 1, criteria=ALL_VISION), platform="visionOS"),
        ),
        {},
    ),
    "changes-from-different-versions": (
        report(row("A", 1, 2), ("B", metric("other", [dataset(IPHONES, points(1, 2, versions=["0", "2"]))]))),
        {},
    ),
    "sixty-versions-and-long-names": (
        report(
            (
                "C" * 40,
                metric(
                    "m" * 100,
                    [dataset(one, points(*range(1000, 1060))) for one in (IPHONES, IPHONES_TOP)],
                    unit={"displayName": "seconds of something"},
                ),
            ),
            ("C" * 40, metric("n" * 100, [dataset({"device": "d" * 200}, points(1))])),
            regressions=[insight("C" * 40, "m" * 100, populations=[{"device": "x" * 200}])],
        ),
        {"layout": MetricsLayout.VERDICT},
    ),
    "long-name-of-the-device": (report(row("A", 1, 2, 3, criteria=LONG_NAME)), {}),
    "long-units-are-abbreviated": (
        report(
            ("A", metric("a", [dataset(IPHONES, points(1))], unit={"displayName": "seconds/hour"})),
            ("A", metric("b", [dataset(IPHONES, points(1))], unit={"displayName": "per day"})),
        ),
        {},
    ),
    "no-points": (report(("A", metric("metric", [dataset(IPHONES, [])]))), {}),
    # --- tables
    "every-kind-of-value": (every_kind_of_value(), {}),
    "nothing-known-about-a-dataset": (
        together(
            report(("A", metric("m", [dataset(None, points(5)), dataset({"percentile": "percentile.ten"}, [])]))),
            report(("", metric("")), platform=""),
        ),
        {},
    ),
    "recommended-goals": (
        report(
            ("A", metric("a", [dataset(IPHONES, points(5), recommendedMetricGoal=goal) for goal in GOALS], unit=MS)),
            ("A", metric("b", [dataset(IPHONES, [], recommendedMetricGoal={"value": 600})])),
        ),
        {},
    ),
    "versions-to-show": (
        report(("A", metric("m", [dataset(IPHONES_TOP, shared_points())]))),
        {
            "versions": Versions(against="1", last=1),
            "files": ["a.json", "b|c.json"],
            "subject": RIDGELINE,
            "layout": MetricsLayout.TABLES,
        },
    ),
    "numbers-that-are-texts": (report(("A", metric("m", [dataset(MODEL, points(("=1+1", "-1e5"), (-1.5, -2)))]))), {}),
}

POINT = {"signature": "App: A.b() + 4", "weight": 0.42, "sourceFile": "A.swift", "lineNumber": 7}


def course(*values: Any) -> Object:
    references = [{"version": f"{version}.0", "value": value} for version, value in enumerate(values, 1)]
    return {"metricsSummary": {"referenceVersions": references}}


# Name -> the top points of each type.
OVERVIEWS: dict[str, Object] = {
    "no-points-to-look-at": {},
    "points": {
        "topHangPoint": [
            {**POINT, "count": 12, "trendInfo": "UP", "signatureId": "abc", **course(0.34, 0.38, 0.42)},
            {**POINT, "weight": 0.1},
            {**POINT, "weight": 0.2, "count": 1, "trendInfo": "DOWN"},
        ],
        "topLaunchPoint": [{**POINT, **course(0.42)}],
        "topDiskWritePoint": [{**POINT, "count": 2, "trendInfo": "UNDEFINED"}],
    },
    "points-of-several-binaries": {"topHangPoint": [POINT, {**POINT, "signature": "Kit: C.d()"}]},
    "points-of-which-little-is-known": {
        "topHangPoint": [{"signature": "App: f() + 12", "signatureId": ""}, {}],
        "topLaunchPoint": [{**POINT, "metricsSummary": {"referenceVersions": [{}, None]}}],
    },
    "points-with-long-names": {
        "topHangPoint": [
            {**POINT, "signature": "closure in " * 9, "count": 10**9, "trendInfo": "UP", **course(*[0.123] * 7, 0.42)}
        ]
    },
}


def read(name: str, layout: MetricsLayout = MetricsLayout.DETAILS) -> MetricsReport:
    """Return one of REPORTS or OVERVIEWS."""
    if name in OVERVIEWS:
        document = parsed({"signatures": OVERVIEWS[name], "categories": [{"sections": [{}]}]})
        return read_overview_report(document, MetricsOptions(layout=layout))
    document, options = REPORTS[name]
    return read_metrics_report(document, MetricsOptions(**{"layout": layout, **options}))


@pytest.mark.parametrize("ending", RENDERERS)
@pytest.mark.parametrize("name", [*REPORTS, *OVERVIEWS])
def test_report_is_as_expected(name: str, ending: str, check: Check) -> None:
    lines = list(RENDERERS[ending](read(name)))
    check(lines, f"reports/{name}.{ending}")
    if ending == "json":
        validated("metrics", "\n".join(lines))


@pytest.mark.parametrize("name", ["regressions-and-trends", "no-insights", "regression-without-devices", "points"])
def test_verdict_is_as_expected(name: str, check: Check) -> None:
    values = read(name, MetricsLayout.VERDICT)
    for ending in ("txt", "page.txt"):
        check(RENDERERS[ending](values), f"reports/{name}-verdict.{ending}")


@pytest.mark.parametrize("name", ["earlier-versions-give-way-to-eighty-columns", "points-with-long-names"])
def test_text_fits_into_eighty_columns(name: str) -> None:
    assert max(map(width, report_lines(read(name), PLAIN))) <= 80
