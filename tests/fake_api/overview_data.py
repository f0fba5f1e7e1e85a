"""The performance overview that the fake API serves: its metrics and signatures in the shape that Xcode presents."""

from __future__ import annotations

from collections.abc import Collection

from tests.fake_api.app_data import APP_ID, BUNDLE_ID, SMALL_APP_ID, SMALL_BUNDLE_ID, Json, mix
from tests.fake_api.diagnostics_data import call_site, signatures
from tests.fake_api.metrics_data import VERSIONS, metrics

_CATEGORY_NAMES = {
    "HANG": "Responsiveness",
    "LAUNCH": "Launches",
    "MEMORY": "Memory",
    "DISK": "Disk Writes",
    "BATTERY": "Battery",
    "TERMINATION": "Terminations",
    "ANIMATION": "Animations",
    "STORAGE": "Storage",
}
# (Category, metric) -> display name and Apple's score of relevance, whose order is not that of the categories.
_SECTIONS = {
    ("HANG", "hangRate"): ("Hang Rate", 0.9),
    ("LAUNCH", "launchTime"): ("Launch Time", 0.95),
    ("MEMORY", "peakMemory"): ("Peak Memory", 0.8),
    ("MEMORY", "memoryAtSuspension"): ("Memory at Suspension", 0.3),
    ("DISK", "diskWrites"): ("Disk Writes", 0.85),
    ("BATTERY", "batteryUsage"): ("Battery Usage", 0.5),
    ("BATTERY", "onScreen"): ("On Screen", 0.2),
    ("BATTERY", "background"): ("Background", 0.2),
    ("TERMINATION", "onScreen"): ("On-Screen Terminations", 0.6),
    ("TERMINATION", "background"): ("Background Terminations", 0.4),
    ("ANIMATION", "scrollHitchRate"): ("Scroll Hitch Rate", 0.7),
    ("STORAGE", "documentsAndData"): ("Documents & Data", 0.1),
}
_TOP_POINTS = {"topHangPoint": "HANGS", "topLaunchPoint": "LAUNCHES", "topDiskWritePoint": "DISK_WRITES"}


def overview(devices: Collection[str] = ()) -> Json:
    """Return the overview of the app; `devices` are the only ones that it covers, if there are any."""
    report = metrics()
    return {
        "version": "4.0.0",
        "appMetadata": {"appId": APP_ID, "bundleId": BUNDLE_ID, "platform": "iOS", "latestVersion": VERSIONS[-1]},
        "telemetryIdentifier": "7d0f2f0e-5a53-4f0e-8f1c-b5f7b1c0a9d2",
        "insights": {
            key: [one for insight in insights if (one := _of_devices(insight, devices))["populations"]]
            for key, insights in report["insights"].items()
        },
        "categories": _categories(report["productData"][0]["metricCategories"], devices),
        "signatures": {
            key: [_top_point(resource) for resource in signatures(diagnostic_type)]
            for key, diagnostic_type in _TOP_POINTS.items()
        },
    }


def no_overview() -> Json:
    """Return the overview of an app below the usage threshold."""
    return {
        "version": "4.0.0",
        "appMetadata": {"appId": SMALL_APP_ID, "bundleId": SMALL_BUNDLE_ID, "platform": "iOS"},
        "telemetryIdentifier": "0a6d1c6b-9d0b-4c39-9a44-2f8a3d7e61c5",
        "insights": {"regressions": [], "trendingUp": []},
        "categories": [],
        "signatures": {key: [] for key in _TOP_POINTS},
    }


def _of_devices(insight: Json, devices: Collection[str]) -> Json:
    populations = [one for one in insight["populations"] if not devices or one["device"] in devices]
    return {**insight, "populations": populations}


def _categories(categories: list[Json], devices: Collection[str]) -> list[Json]:
    listed = []
    for category in categories:
        name = category["identifier"]
        sections = [_section(name, metric, devices) for metric in category["metrics"]]
        if sections := [section for section in sections if section["datasets"]]:
            listed.append({"identifier": name, "displayName": _CATEGORY_NAMES[name], "sections": sections})
    return listed


def _section(category: str, metric: Json, devices: Collection[str]) -> Json:
    """Return a metric as a section: like a metric without goals."""
    key = (category, metric["identifier"])
    display_name, relevance = _SECTIONS[key]
    datasets = [
        {**one, "points": [{name: point[name] for name in point if name != "goal"} for point in one["points"]]}
        for one in metric["datasets"]
        if not devices or one["filterCriteria"]["device"] in devices
    ]
    return {
        "identifier": metric["identifier"],
        "displayName": display_name,
        "relevanceScore": relevance,
        "sortOrder": list(_SECTIONS).index(key) + 1,
        "unit": metric["unit"],
        "datasets": datasets,
    }


def _top_point(resource: Json) -> Json:
    """Return a signature as one of the top points: with its call site, and without a link to its logs."""
    attributes = resource["attributes"]
    source_file, line_number = call_site(resource["id"])
    point = {
        "signatureId": resource["id"],
        "signature": attributes["signature"],
        "count": round(attributes["weight"] * (2000 + mix(attributes["diagnosticType"]) % 1000)),
        "weight": attributes["weight"],
        "sourceFile": source_file,
        "lineNumber": line_number,
    }
    if insight := attributes.get("insight"):
        point["trendInfo"] = insight["direction"]
        point["metricsSummary"] = {"referenceVersions": insight["referenceVersions"]}
    return point
