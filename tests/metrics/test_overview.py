"""The values of a performance overview: sections as metrics, top points, and which of them the filters select."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ppparser.diagnostics.signatures import CoursePoint
from ppparser.documents import loading
from ppparser.errors import NoDataError
from ppparser.metrics.measurements import RecommendedGoal
from ppparser.metrics.overview import Overview, read_overview
from ppparser.metrics.scorecard import scorecard
from ppparser.metrics.selection import NO_FILTERS, Filters
from tests import fake_api
from tests.helpers.documents import IPHONES, MODEL, Object, dataset, insight, parsed, points


def overview(
    *sections: Object,
    signatures: object = None,
    metadata: object = None,
    filters: Filters = NO_FILTERS,
    **insights: Any,
) -> Overview:
    """Return what the filters select from an overview whose sections stand in the category A."""
    categories = [{"identifier": "A", "sections": sections}] if sections else []
    members = {"appMetadata": metadata, "categories": categories, "signatures": signatures, "insights": insights}
    return read_overview(parsed(members), filters)


def section(identifier: object = "metric", **members: Any) -> Object:
    return {"identifier": identifier, "datasets": [dataset(IPHONES, points(1, 2))], **members}


def hang(**members: Any) -> Overview:
    """Return an overview whose only point is a hang point with these members."""
    return overview(signatures={"topHangPoint": [members]})


def order_of(*sections: Object, **insights: Any) -> list[str]:
    """Return the identifiers of the scorecard, from top to bottom."""
    return [score.identifier for score in scorecard(overview(*sections, **insights).selection).scores]


# --- sections ---------------------------------------------------------------------------------------------------------


def test_section_is_a_metric() -> None:
    goal = {"value": 1.5, "detail": "like others"}
    made = section(
        unit={"displayName": "ms"},
        datasets=[
            dataset(
                MODEL,
                [{"version": "1", "value": 2.0, "errorMargin": 0.5, "percentageBreakdown": breakdown}],
                recommendedMetricGoal=goal,
            )
            for breakdown in ({"value": 9, "subSystemLabel": "CPU"}, [{"value": 9, "subSystemLabel": "CPU"}])
        ],
    )
    [metric] = overview(made, metadata={"platform": "iOS"}).selection.metrics
    assert (metric.platform, metric.key, metric.unit) == ("iOS", ("A", "metric"), "ms")
    first, second = metric.datasets
    assert first == second
    assert (first.values.texts, first.margins.texts, first.goals) == (["2.0"], ["0.5"], [""])
    assert first.shares["CPU"] == {0: "9"}
    assert first.recommended_goal == RecommendedGoal("1.5", "like others", 1.5)


@pytest.mark.parametrize("identifier", [None, ""])
def test_section_without_an_identifier_has_its_display_name(identifier: object) -> None:
    assert order_of(section(identifier, displayName="Hang Rate")) == ["Hang Rate"]


def test_sections_are_sorted_by_relevance_then_sort_order() -> None:
    sections = [
        section("unknown"),
        section("low", relevanceScore=0.1, sortOrder=1),
        section("second", relevanceScore=0.5, sortOrder=2),
        section("last of these", relevanceScore=0.5),
        section("first", relevanceScore=0.5, sortOrder=1),
        section("high", relevanceScore=3, sortOrder=9),
    ]
    order = ["high", "first", "second", "last of these", "low", "unknown"]
    assert order_of(*sections) == order
    assert order_of(*sections, trendingUp=[insight("A", "unknown", 99)]) == order


def test_regressions_come_before_relevant_sections() -> None:
    sections = [section(name, relevanceScore=-rank) for rank, name in enumerate("abcd")]
    regressions = [insight("A", "c", 50), insight("A", "b", 5), insight("A", "d", 1, highImpact=True)]
    assert order_of(*sections, regressions=regressions) == ["d", "b", "c", "a"]


def test_equally_relevant_sections_keep_their_order() -> None:
    assert order_of(section("b"), section("a"), section("c")) == ["b", "a", "c"]


# --- top points -------------------------------------------------------------------------------------------------------


def test_points_are_sorted_by_weight() -> None:
    weights = [0.2, None, 40, 0.3, "heavy", 0]
    made = overview(signatures={"topHangPoint": [{"weight": weight, "signature": str(weight)} for weight in weights]})
    names = [point.signature.name for point in made.points["HANGS"]]
    assert names == ["40", "0.3", "0.2", "0", "None", "heavy"]


@pytest.mark.parametrize(
    ("weight", "values", "percent", "course"),
    [
        (0.42, [0.34, 0.38, 0.42], 42, [34, 38, 42]),
        (42, [34.5, 38, 42.0], 42, [34.5, 38, 42]),
        (1, [1], 100, [100]),
        (1.5, [0.5, 1.5], 1.5, [0.5, 1.5]),
        (0.5, [20, 50], 50, [20, 50]),
        (0, [], 0, []),
        (0.5, [0.4], 50, [40, 50]),
        (None, [0.4], None, [40]),
    ],
)
def test_number_above_1_is_a_percentage(
    weight: float | None, values: list[float], percent: float | None, course: list[float]
) -> None:
    references = [{"version": str(version), "value": value} for version, value in enumerate(values)]
    [point] = hang(weight=weight, metricsSummary={"referenceVersions": references}).points["HANGS"]
    assert point.signature.percent == pytest.approx(percent)
    assert [share.percent for share in point.signature.course] == pytest.approx(course)


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"sourceFile": "A.swift", "lineNumber": 7}, "A.swift:7"),
        ({"sourceFile": "A.swift", "lineNumber": "7"}, "A.swift:7"),
        ({"sourceFile": "/builds/app/A.swift", "lineNumber": 7}, "A.swift:7"),
        ({"sourceFile": "A.swift", "lineNumber": None}, "A.swift"),
        ({"sourceFile": "A.swift", "lineNumber": ""}, "A.swift"),
        ({"sourceFile": None, "lineNumber": 7}, ""),
        ({}, ""),
    ],
)
def test_place_is_file_and_line(members: Object, place: str) -> None:
    [point] = hang(**members).points["HANGS"]
    assert point.place == place


def test_point_has_its_function_trend_and_occurrences() -> None:
    references = [{"version": "1", "value": 0.2}, {"version": "2"}, None]
    [point] = hang(
        signatureId="5",
        signature="App: A.b() + 12",
        count=1041,
        trendInfo="UP",
        metricsSummary={"referenceVersions": references},
    ).points["HANGS"]
    assert (point.signature.id, point.signature.function.name, point.signature.direction) == ("5", "A.b()", "UP")
    assert (list(point.signature.course), point.occurrences) == ([CoursePoint("1", 20)], "1041")


def test_points_of_the_regressions_come_first() -> None:
    signatures: Object = {key: [{}] for key in ("topHangPoint", "topLaunchPoint", "topDiskWritePoint")}
    assert list(overview(signatures=signatures).points) == ["HANGS", "LAUNCHES", "DISK_WRITES"]
    regressions = [insight("disk", "a", 5), insight("MEMORY", "b", 50), insight("LAUNCH", "c", 1, highImpact=True)]
    made = overview(signatures=signatures, regressions=regressions)
    assert list(made.points) == ["LAUNCHES", "DISK_WRITES", "HANGS"]


def demo() -> Any:
    return loading.parse(json.dumps(fake_api.overview()).encode(), "overview")


@pytest.mark.parametrize(
    ("filters", "types"),
    [
        (Filters("LAUNCH"), ["LAUNCHES"]),
        (Filters("diskwrites"), ["DISK_WRITES"]),
        (Filters("MEMORY"), []),
        (Filters(device="iPhone 13"), ["DISK_WRITES", "HANGS", "LAUNCHES"]),
        (Filters(platform="ios", percentile="top"), ["LAUNCHES", "DISK_WRITES", "HANGS"]),
    ],
)
def test_metric_selects_the_points_of_its_category(filters: Filters, types: list[str]) -> None:
    assert list(read_overview(demo(), filters).points) == types


# --- the app ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metadata", "versions"),
    [
        ({"platform": "iOS", "latestVersion": "8.1"}, {"iOS": "8.1"}),
        ({"latestVersion": "8.1"}, {"": "8.1"}),
        ({"platform": "iOS"}, {"iOS": "2"}),
        (None, {"": "2"}),
    ],
)
def test_version_is_the_latest_or_else_that_of_the_points(metadata: object, versions: dict[str, str]) -> None:
    assert overview(section(), metadata=metadata).versions == versions


@pytest.mark.parametrize(
    ("metadata", "app", "argument"),
    [
        ({"bundleId": "com.example.app", "appId": "1"}, "com.example.app", "com.example.app"),
        ({"appId": "1"}, "App 1", "1"),
        ({"bundleId": "a; rm -rf ~", "appId": "$(x)"}, "a; rm -rf ~", "APP"),
        ({"bundleId": "\x1b[2J"}, "\\x1b[2J", "APP"),
        ({}, "", "APP"),
    ],
)
def test_app_is_named_by_its_metadata(metadata: object, app: str, argument: str) -> None:
    made = overview(section(), metadata=metadata)
    assert (made.app.label, made.app_argument) == (app, argument)


# --- missing data -----------------------------------------------------------------------------------------------------

REASON = "Apple provides none below its usage threshold and in the first days after a release."


@pytest.mark.parametrize(
    ("document", "filters", "problem"),
    [
        (fake_api.no_overview(), NO_FILTERS, "the overview of com.example.cairn contains no data:"),
        ({"appMetadata": None, "categories": None, "insights": None, "signatures": None}, NO_FILTERS, None),
        ({"signatures": {"topHangPoint": None}, "categories": [{"sections": None}, None]}, NO_FILTERS, None),
    ],
)
def test_overview_without_data_says_why(document: Any, filters: Filters, problem: str | None) -> None:
    with pytest.raises(NoDataError) as caught:
        read_overview(document, filters)
    lines = [problem or "the overview contains no data:", f"  {REASON}", "  Try again when more people use the app"]
    assert str(caught.value).splitlines() == lines


def test_overview_of_a_device_without_data_names_it() -> None:
    document: Object = {"signatures": {"topHangPoint": [{}]}}
    with pytest.raises(NoDataError) as caught:
        read_overview(document, Filters(device="iPhone9\x9b,9"))
    lines = str(caught.value).splitlines()
    assert (lines[0], lines[2]) == (
        "the overview contains no data about iPhone9\\x9b,9:",
        "  Leave out --device to see the others",
    )


@pytest.mark.parametrize("insights", [None, [], 5])
def test_overview_without_insights_cannot_be_judged(insights: object) -> None:
    document = {**demo(), "insights": insights}
    assert not read_overview(document).selection.has_insights
    del document["insights"]
    assert not read_overview(document).selection.has_insights


def damaged(value: Any) -> list[Any]:
    """Return copies of a document in each of which one kind of member is null everywhere."""
    names: set[str] = set()

    def visit(node: Any, nulled: str = "") -> None:
        for item in node if isinstance(node, list) else list(node.values()) if isinstance(node, dict) else []:
            visit(item, nulled)
        if isinstance(node, dict):
            names.update(node)
            if nulled in node:
                node[nulled] = None

    visit(value)
    copies = []
    for name in sorted(names):
        copies.append(copy.deepcopy(value))
        visit(copies[-1], name)
    return copies


def test_any_member_may_be_null() -> None:
    for document in damaged(demo()):
        made = read_overview(document)
        assert made.selection.metrics or made.points
