"""Tests of all measurements as tables of an HTML page."""

from __future__ import annotations

from typing import Any

from ppparser.metrics.selection import select
from ppparser.metrics.version_window import Versions, apply_versions
from ppparser.output.html.measurements import metric_tables
from ppparser.output.html.page import element
from tests.helpers.documents import IPADS, IPHONES, IPHONES_TOP, dataset, metric, points, report
from tests.helpers.html_text import page_lines_of


def lines_of(made: Any, blamed: Any = None, **versions: Any) -> list[str]:
    selection = apply_versions(select(made), Versions(**versions))
    return list(page_lines_of(element("div", *metric_tables(selection.metrics, blamed or {}, 3))))


def share(label: str, value: float) -> dict[str, Any]:
    return {"subSystemLabel": label, "value": value}


def test_table_has_all_about_each_version() -> None:
    shown = points((10, 1), 12, None, goals=["good", "odd", ""])
    shown[1]["percentageBreakdown"] = [share("SQLite", 40), share("Files", 60)]
    bands = [{"goalKey": "good", "upperBound": 11}, {"lowerBound": 11, "upperBound": 12}]
    made = report(("DISK", metric("writes", [dataset(IPHONES, shown)], unit={"displayName": "MB"}, goalKeys=bands)))
    assert lines_of(made) == [
        "### DISK writes, MB, iOS",
        "goals: good below 11, unnamed 11 to 12",
        "All iPhones, typical (50th percentile)",
        "version | MB | \u00b1 margin | change % | goal | SQLite % | Files %",
        "1 | 10 | 1 | - | good | - | -",
        "2 | 12 | - | +20.0 | odd | 40 | 60",
        "3 | - | - | - | - | - | -",
    ]


def test_tables_are_those_of_the_versions_to_show() -> None:
    made = report(("A", metric("m", [dataset(IPHONES_TOP, points(1, 2, 3))])))
    assert lines_of(made, against="1", last=1)[1:] == [
        "All iPhones, top (90th percentile)",
        "version | value | % from 1",
        "3 | 3 | +200",
    ]


def test_recommended_goal_is_below_its_table() -> None:
    goals = [{"value": 9, "detail": "As others."}, {"value": 9}, {"detail": "As others."}, {"x": 1}]
    devices = [{**IPADS, "device": str(number)} for number in range(4)]
    datasets = [dataset(one, [], recommendedMetricGoal=goal) for one, goal in zip(devices, goals)]
    made = report(("A", metric("m", datasets, unit={"displayName": "MB"})))
    assert [line for line in lines_of(made) if line.startswith("recommended")] == [
        "recommended goal: 9 MB As others.",
        "recommended goal: 9 MB",
        "recommended goal: As others.",
        "recommended goal: not given",
    ]
    assert "no points" in lines_of(made)


def test_blamed_subsystem_is_among_those_shown() -> None:
    shown = points(1)
    shown[0]["percentageBreakdown"] = [share(f"s{number}", number) for number in range(12)]
    made = report(("A", metric("m", [dataset(IPHONES, shown)])))
    lines = lines_of(made, {("A", "m"): {"s1"}})
    assert lines[2] == "version | value | s1 % | s5 % | s6 % | s7 % | s8 % | s9 % | s10 % | s11 %"
    assert lines[-1] == "subsystems not listed: 4"


def test_metric_without_datasets_says_so() -> None:
    assert lines_of(report(("", metric("")), platform="")) == ["### unnamed metric", "no datasets"]
