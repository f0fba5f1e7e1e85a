"""Builders of small metrics reports, parsed as the programs parse them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ppparser.documents import loading

Object = dict[str, Any]

IPHONES = {"device": "all_iphones", "deviceMarketingName": "All iPhones", "percentile": "percentile.fifty"}
IPHONES_TOP = {**IPHONES, "percentile": "percentile.ninety"}
IPADS = {"device": "all_ipads", "deviceMarketingName": "All iPads", "percentile": "percentile.fifty"}
IPADS_TOP = {**IPADS, "percentile": "percentile.ninety"}
MODEL = {"device": "iPhone14_5", "deviceMarketingName": "iPhone 13", "percentile": "percentile.fifty"}
MODEL_TOP = {**MODEL, "percentile": "percentile.ninety"}


def points(*values: Any, goals: Sequence[str] = (), versions: Sequence[str | None] = ()) -> list[Object]:
    """Return points, by default of versions 1, 2, 3 and so on; a value may be a pair of value and margin."""
    made: list[Object] = []
    for position, value in enumerate(values):
        point: Object = {"version": versions[position] if versions else str(position + 1)}
        point["value"], margin = value if isinstance(value, tuple) else (value, None)
        if margin is not None:
            point["errorMargin"] = margin
        if goals:
            point["goal"] = goals[position]
        made.append(point)
    return made


def dataset(criteria: object, points: object, **members: Any) -> Object:
    """Return a dataset with the given filter criteria and points."""
    return {"filterCriteria": criteria, "points": points, **members}


def metric(identifier: object, datasets: object = (), **members: Any) -> Object:
    """Return a metric with the given datasets."""
    return {"identifier": identifier, "datasets": datasets, **members}


def insight(category: str | None, identifier: str | None, *changes: float | None, **members: Any) -> Object:
    """Return an insight with a population of MODEL for each change in percent."""
    populations = [{**MODEL, "deltaPercentage": change} for change in changes]
    return {"metricCategory": category, "metric": identifier, "populations": populations, **members}


def report(*metrics: tuple[object, Object], platform: object = "iOS", **insights: Sequence[Object]) -> Any:
    """Return a report of metrics, each with its category, and of `regressions` and `trendingUp`."""
    categories = [{"identifier": category, "metrics": [metric]} for category, metric in metrics]
    product = {"platform": platform, "metricCategories": categories}
    lists: dict[str, Sequence[Object]] = {"regressions": [], "trendingUp": [], **insights}
    return parsed({"productData": [product] if metrics else [], "insights": lists})


def together(first: Any, *others: Any) -> Any:
    """Return the first report with the products of the others, too."""
    return {**first, "productData": [product for one in (first, *others) for product in one["productData"]]}


def parsed(document: object) -> Any:
    """Return a document as the programs parse it."""
    return loading.parse(json.dumps(document).encode(), "a report")


# --- Diagnostic logs


def frame(name: object, samples: object, *children: Object, **members: Any) -> Object:
    """Return a frame of the system."""
    return {"symbolName": name, "sampleCount": samples, "subFrames": list(children), **members}


def app_frame(name: object, samples: object, *children: Object, **members: Any) -> Object:
    """Return a frame of the app; `place` is its file and line, such as `A.swift:5`."""
    file, _, line = members.pop("place", "").partition(":")
    return frame(name, samples, *children, isBlameFrame=True, fileName=file, lineNumber=line, **members)


def log(*stacks: Sequence[Object], per_thread: object = False, **meta_data: Any) -> Object:
    """Return a log with a call stack for each sequence of root frames."""
    tree = {"callStackPerThread": per_thread, "callStacks": [{"callStackRootFrames": list(roots)} for roots in stacks]}
    return {"diagnosticMetaData": meta_data, "callStackTree": [tree]}


def logs_document(*logs: Object, signature_id: object = "5a", insights: Sequence[Object] = ()) -> Object:
    """Return the logs of one signature."""
    product = {"signatureId": signature_id, "diagnosticInsights": list(insights), "diagnosticLogs": list(logs)}
    return {"productData": [product]}
