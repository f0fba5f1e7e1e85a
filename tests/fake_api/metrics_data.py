"""The power and performance metrics that the fake API serves: eight versions of the app, oldest first."""

from __future__ import annotations

from statistics import mean
from typing import NamedTuple

from tests.fake_api.app_data import BUILD_ID, BUILDS, Json, mix, tidy

VERSIONS = ("7.2.0", "7.2.1", "7.3.0", "7.4.0", "7.5.0", "8.0.0", "8.0.1", "8.1.0")
PERCENTILES = TYPICAL, TOP = ("percentile.fifty", "percentile.ninety")

# Device -> marketing name, and the factor on the values of all iPhones.
DEVICES = {
    "all_iphones": ("All iPhones", 1.0),
    "all_ipads": ("All iPads", 1.12),
    "iPhone14_5": ("iPhone 13", 1.21),
    "iPhone15_2": ("iPhone 14 Pro", 0.93),
    "iPhone16_1": ("iPhone 15 Pro", 0.84),
    "iPad13_18": ("iPad (10th generation)", 1.27),
}

# Display name -> identifier.
_UNITS = {
    "seconds/hour": "secondsPerHour",
    "ms": "milliseconds",
    "MB": "megabytes",
    "%/day": "percentPerDay",
    "%": "percent",
    "per day": "terminationsPerDay",
}


class _Metric(NamedTuple):
    """A metric: its typical and top values on all iPhones, and the upper bounds of the goals good and fair."""

    category: str
    identifier: str
    unit: str
    typical: float
    top: float
    digits: int
    goals: tuple[float, float] | None = None
    subsystems: tuple[str, ...] = ()


_METRICS = (
    _Metric("HANG", "hangRate", "seconds/hour", 1.4, 4.7, 2, (2.5, 6)),
    _Metric("LAUNCH", "launchTime", "ms", 612, 1180, 1, (700, 1400)),
    _Metric("MEMORY", "peakMemory", "MB", 214, 466, 0),
    _Metric("MEMORY", "memoryAtSuspension", "MB", 73, 151, 1),
    _Metric("DISK", "diskWrites", "MB", 38, 167, 1, None, ("SQLite", "Files", "Caches")),
    _Metric("BATTERY", "batteryUsage", "%/day", 3.2, 9.6, 1, None, ("Location", "Display", "Networking", "Processing")),
    _Metric("BATTERY", "onScreen", "%", 64, 88, 0),
    _Metric("BATTERY", "background", "%", 36, 57, 0),
    _Metric("TERMINATION", "onScreen", "per day", 0.03, 0.12, 3, None, ("Memory Pressure", "Unresponsive")),
    _Metric("TERMINATION", "background", "per day", 0.8, 2.4, 2, None, ("Memory Pressure", "Task Overrun", "CPU Use")),
    _Metric("ANIMATION", "scrollHitchRate", "%", 3.1, 8.4, 1, (4, 9.5)),
    _Metric("STORAGE", "documentsAndData", "MB", 348, 2310, 0),
)

# What got worse in the newest version: (metric, device, percentile) -> factor on its value.
_LEAPS = {
    ("launchTime", "all_iphones", TYPICAL): 1.58,
    ("launchTime", "all_iphones", TOP): 1.86,
    ("launchTime", "iPhone15_2", TOP): 2.04,
    ("diskWrites", "all_iphones", TOP): 1.34,
    ("diskWrites", "iPhone14_5", TOP): 1.41,
    ("hangRate", "all_iphones", TYPICAL): 1.22,
    ("hangRate", "all_iphones", TOP): 1.17,
}

# What grows with every version: (metric, device) -> factor from one version to the next.
_TRENDS = {("peakMemory", "all_ipads"): 1.035, ("peakMemory", "iPad13_18"): 1.03}

# Datasets that end one version early: the newest version has too few users there.
_LAGGING = {
    ("memoryAtSuspension", "iPad13_18", TOP),
    ("scrollHitchRate", "iPhone14_5", TYPICAL),
    ("scrollHitchRate", "iPhone14_5", TOP),
    ("documentsAndData", "all_ipads", TOP),
}

# Apple's recommendations: (metric, device, percentile) -> value and explanation.
_RECOMMENDED = {
    ("launchTime", "all_iphones", TYPICAL): (480, "What apps of this kind reach on the same devices."),
    ("launchTime", "all_iphones", TOP): (960, "What apps of this kind reach on the same devices."),
    ("hangRate", "all_iphones", TYPICAL): (0.9, "What your version 7.3.0 reached."),
    ("diskWrites", "all_iphones", TYPICAL): (40, "What apps of this kind reach on the same devices."),
    ("diskWrites", "all_iphones", TOP): (170, "What apps of this kind reach on the same devices."),
    ("diskWrites", "iPhone14_5", TOP): (170, "What apps of this kind reach on the same devices."),
    ("peakMemory", "all_iphones", TYPICAL): (200, "What your version 7.2.0 reached."),
    ("peakMemory", "all_iphones", TOP): (470, "What your version 7.2.0 reached."),
}


def _breakdown(labels: tuple[str, ...], number: int) -> list[Json]:
    """Return shares of 100 % for `labels`; Apple leaves the list empty now and then."""
    if number % 5 == 0:
        return []
    weights = [1 + (number >> (4 * i)) % 9 + (len(labels) - i) * 4 for i in range(len(labels))]
    shares = [round(100 * weight / sum(weights), 1) for weight in weights]
    shares[0] = 100 - sum(shares[1:])
    return [{"value": tidy(share, 1), "subSystemLabel": label} for share, label in zip(shares, labels)]


def _point(metric: _Metric, device: str, percentile: str, i: int) -> Json:
    key = (metric.identifier, device, percentile)
    number = mix(metric.category, *key, i)
    value = metric.typical if percentile == TYPICAL else metric.top
    # The versions scatter by 4 % at most, far less than any entry of _LEAPS.
    value *= DEVICES[device][1] * (0.96 + number % 81 / 1000)
    value *= _TRENDS.get(key[:2], 1) ** i
    if i == len(VERSIONS) - 1:
        value *= _LEAPS.get(key, 1)
    if metric.unit == "%":
        value = min(value, 97)
    point: Json = {"version": VERSIONS[i], "value": tidy(value, metric.digits)}
    if number % 4:
        point["errorMargin"] = tidy(value * (1 + number % 5) / 100, metric.digits + 1)
    if metric.goals:
        good, fair = metric.goals
        point["goal"] = "good" if point["value"] < good else "fair" if point["value"] < fair else "poor"
    if metric.subsystems and number % 7:
        point["percentageBreakdown"] = _breakdown(metric.subsystems, number)
    return point


def _dataset(metric: _Metric, device: str, percentile: str) -> Json:
    key = (metric.identifier, device, percentile)
    name, _ = DEVICES[device]
    dataset: Json = {
        "filterCriteria": {"device": device, "deviceMarketingName": name, "percentile": percentile},
        "points": [_point(metric, device, percentile, i) for i in range(len(VERSIONS) - (key in _LAGGING))],
    }
    if key in _RECOMMENDED:
        dataset["recommendedMetricGoal"] = dict(zip(("value", "detail"), _RECOMMENDED[key]))
    return dataset


def _product_data() -> list[Json]:
    categories: dict[str, list[Json]] = {}
    for metric in _METRICS:
        entry: Json = {
            "identifier": metric.identifier,
            "unit": {"identifier": _UNITS[metric.unit], "displayName": metric.unit},
            "datasets": [_dataset(metric, device, percentile) for device in DEVICES for percentile in PERCENTILES],
        }
        if metric.goals:
            good, fair = metric.goals
            entry["goalKeys"] = [
                {"goalKey": "poor", "lowerBound": fair},
                {"goalKey": "fair", "lowerBound": good, "upperBound": fair},
                {"goalKey": "good", "lowerBound": 0, "upperBound": good},
            ]
        categories.setdefault(metric.category, []).append(entry)
    listed = [{"identifier": name, "metrics": entries} for name, entries in categories.items()]
    return [{"platform": "iOS", "metricCategories": listed}]


def _insight(
    identifier: str, title: str, keys: list[tuple[str, str]], reference_count: int = 4, **extra: object
) -> Json:
    """Return the insight into the newest version's metric on the (device, percentile) pairs in `keys`."""
    metric = next(metric for metric in _METRICS if metric.identifier == identifier)
    populations = []
    for device, percentile in keys:
        *references, latest = [point["value"] for point in _dataset(metric, device, percentile)["points"]]
        average = round(mean(references[-reference_count:]), 2)
        delta = tidy(100 * (latest - average) / average, 1)
        populations.append(
            {
                "device": device,
                "percentile": percentile,
                "latestVersionValue": latest,
                "referenceAverageValue": tidy(average),
                "deltaPercentage": delta,
                "summaryString": f"Up {delta}% on {DEVICES[device][0]}",
            }
        )
    highest = max(population["latestVersionValue"] for population in populations)
    deltas = [population["deltaPercentage"] for population in populations]
    names = " and ".join(dict.fromkeys(DEVICES[device][0] for device, _ in keys))
    rise = f"{min(deltas)}%" if len(deltas) == 1 else f"between {min(deltas)}% and {max(deltas)}%"
    return {
        "metricCategory": metric.category,
        "metric": identifier,
        "latestVersion": VERSIONS[-1],
        "referenceVersions": list(VERSIONS[-1 - reference_count : -1]),
        "maxLatestVersionValue": highest,
        "summaryString": (
            f"{title} went up in version {VERSIONS[-1]} on {names}. It reaches {highest} {metric.unit} there, "
            f"{rise} above the average of the {reference_count} versions before."
        ),
        "populations": populations,
        **extra,
    }


def metrics() -> Json:
    """Return the metrics of the app, with insights."""
    iphones = [("all_iphones", TYPICAL), ("all_iphones", TOP)]
    regressions = [
        _insight(
            "diskWrites",
            "The amount of data written to disk",
            [("all_iphones", TOP), ("iPhone14_5", TOP)],
            subSystemLabel="SQLite",
            highImpact=False,
        ),
        _insight("launchTime", "Launch time", [*iphones, ("iPhone15_2", TOP)], highImpact=True),
        _insight("hangRate", "Hang rate", iphones, 3),
    ]
    trending_up = [_insight("peakMemory", "Peak memory", [("all_ipads", TYPICAL), ("all_ipads", TOP)])]
    return {
        "version": "1.0.0",
        "insights": {"regressions": regressions, "trendingUp": trending_up},
        "productData": _product_data(),
    }


def no_metrics() -> Json:
    """Return the response for an app below the usage threshold."""
    return {"version": "1.0.0", "insights": {"regressions": [], "trendingUp": []}, "productData": []}


def build_metrics(build_id: str = BUILD_ID) -> Json:
    """Return the metrics of a build: one version per dataset, no insights. Raise KeyError for an unknown ID."""
    build = {build.id: build for build in BUILDS}[build_id]
    if build.platform != "IOS":  # Too few users.
        return {"version": "1.0.0", "productData": []}
    version = build.app_version
    product_data = _product_data()
    for category in product_data[0]["metricCategories"]:
        for metric in category["metrics"]:
            for dataset in metric["datasets"]:
                dataset["points"] = [point for point in dataset["points"] if point["version"] == version]
            metric["datasets"] = [dataset for dataset in metric["datasets"] if dataset["points"]]
    return {"version": "1.0.0", "productData": product_data}
