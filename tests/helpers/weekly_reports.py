"""A year of weekly reports of an app with 30 versions, of which each report has eight."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fake_api.app_data import mix, tidy
from tests.helpers.documents import IPADS, IPADS_TOP, IPHONES, IPHONES_TOP, Object, dataset, insight, metric

WEEKS = 52
VERSIONS = [f"8.{number}.0" for number in range(30)]
_WINDOW = 8
# Category, identifier and unit of a metric -> its typical and top values.
_METRICS = {
    ("LAUNCH", "launchTime", "ms"): (540.0, 990.0),
    ("HANG", "hangRate", "seconds/hour"): (1.2, 4.4),
    ("MEMORY", "peakMemory", "MB"): (190.0, 410.0),
}
# Identifier and the number of the version that it starts with -> factor on the value.
_STEPS = {("launchTime", 9): 1.2, ("launchTime", 29): 1.35, ("peakMemory", 12): 1.1, ("hangRate", 21): 0.8}


def _value(identifier: str, device: str, typical: float, number: int, week: int) -> float:
    """Return the value of a version as reported in a week; the newest one is still measured on few devices."""
    scatter = mix(identifier, device, typical, number) % 60 / 1000
    value = typical * (0.97 + scatter)
    for (name, first), factor in _STEPS.items():
        value *= factor if name == identifier and number >= first else 1
    return tidy(value * (1.05 if number == _newest(week) and week < WEEKS - 1 else 1))


def _newest(week: int) -> int:
    return _WINDOW - 1 + week * (len(VERSIONS) - _WINDOW) // (WEEKS - 1)


def weekly_report(week: int) -> Object:
    """Return the report of a week, from 0."""
    numbers = range(_newest(week) - _WINDOW + 1, _newest(week) + 1)
    categories = []
    for (category, identifier, unit), values in _METRICS.items():
        datasets = []
        for criteria in (IPHONES, IPHONES_TOP, IPADS, IPADS_TOP):
            typical = values[criteria["percentile"] == IPHONES_TOP["percentile"]]
            points = [
                {"version": VERSIONS[number], "value": _value(identifier, criteria["device"], typical, number, week)}
                for number in numbers
            ]
            datasets.append(dataset(criteria, points))
        described = metric(identifier, datasets, unit={"displayName": unit})
        categories.append({"identifier": category, "metrics": [described]})
    insights: dict[str, list[Object]] = {"regressions": [], "trendingUp": []}
    if week == WEEKS - 1:
        insights["regressions"] = [_regression(week)]
    return {"productData": [{"platform": "iOS", "metricCategories": categories}], "insights": insights}


def _regression(week: int) -> Object:
    """Return the insight into the launch time of the newest version."""
    *_, one, two, three, four, latest = [
        _value("launchTime", "all_iphones", _METRICS[("LAUNCH", "launchTime", "ms")][1], number, week)
        for number in range(len(VERSIONS))
    ]
    average = tidy((one + two + three + four) / 4)
    population = {
        **IPHONES_TOP,
        "latestVersionValue": latest,
        "referenceAverageValue": average,
        "deltaPercentage": tidy(100 * (latest - average) / average, 1),
    }
    described = {"latestVersion": VERSIONS[-1], "referenceVersions": VERSIONS[-5:-1], "highImpact": True}
    return insight("LAUNCH", "launchTime", populations=[population], **described)


def write_year(folder: Path) -> list[str]:
    """Write the reports and return the names of the files, oldest first."""
    names = [f"week-{week + 1:02}.json" for week in range(WEEKS)]
    for week, name in enumerate(names):
        (folder / name).write_text(json.dumps(weekly_report(week)))
    return names
