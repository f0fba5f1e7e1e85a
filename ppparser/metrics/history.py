"""Merge metrics reports into one with a longer history: Apple's report of an app covers up to eight versions.

A point is known by its platform, category, metric, device, percentile and version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.documents.versions import version_order
from ppparser.metrics.findings import newest_in_report
from ppparser.metrics.measurements import read_raw_metrics

# The arrays of a report, from the outermost to that of the points.
_ARRAYS = ("productData", "metricCategories", "metrics", "datasets", "points")


class _Node(NamedTuple):
    """An object of a report: its members, and the items of the array that leads to the points, by name.

    `blank_points` are points without a value, which give way to any that has one.
    """

    members: dict[str, Any]
    items: dict[Any, Any]
    blank_points: dict[str, Any]


def merge(reports: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a report with the points of all `reports`, which come last one first; versions of a dataset ascend.

    Of equal points, the last one with a value wins. What describes points is from the last report that has it, and all
    else, such as the insights, from the last report. In this order, most reports add little, and each one can be freed
    before the next one is read.
    """
    outermost = _ARRAYS[0]
    root: _Node | None = None
    for report in reports:
        root = root or _Node({**report, outermost: []}, {}, {})
        _add_items(root.items, report, 0)
    if root is None:
        return {}
    return _built(root, 0)


def _add_items(nodes: dict[Any, _Node], parent: dict[str, Any], depth: int) -> None:
    """Add to the nodes what the items of an array have beyond them; of items with the same name, the first counts."""
    for item in get_list(parent, _ARRAYS[depth]):
        node = _add_members(nodes, get_str(item, "identifier" if depth else "platform"), item, _ARRAYS[depth + 1])
        if _ARRAYS[depth + 1] == "datasets":
            _add_datasets(node.items, item)
        else:
            _add_items(node.items, item, depth + 1)


def _add_members(nodes: dict[Any, _Node], name: Any, item: dict[str, Any], array: str) -> _Node:
    """Return the node of an item, with the members that only the item has."""
    node = nodes.setdefault(name, _Node({array: []}, {}, {}))
    for key, value in item.items():
        if value is not None:
            node.members.setdefault(key, value)
    return node


def _add_datasets(nodes: dict[Any, _Node], metric: dict[str, Any]) -> None:
    for dataset in get_list(metric, "datasets"):
        try:
            # Nearly all datasets have nothing new, or one version: what this costs, merging costs.
            criteria = dataset["filterCriteria"]
            members, known, _ = nodes[criteria["device"], criteria["percentile"]]
            unknown = [point for point in dataset["points"] if point["version"] not in known]
            if not unknown and dataset.keys() <= members.keys():
                continue
        except (KeyError, TypeError):
            criteria, unknown = get_dict(dataset, "filterCriteria"), get_list(dataset, "points")
        name = get_str(criteria, "device"), get_str(criteria, "percentile")
        node = _add_members(nodes, name, dataset, "points")
        for point in reversed(unknown):
            points = node.items if point.get("value") is not None else node.blank_points
            points.setdefault(get_str(point, "version"), point)


def _built(node: _Node, depth: int) -> dict[str, Any]:
    """Return the object of a node with its array."""
    members, items, blank_points = node
    array = _ARRAYS[depth]
    if array == "points":
        points = {**blank_points, **items}
        return {**members, array: [points[version] for version in sorted(points, key=version_order)]}
    return {**members, array: [_built(item, depth + 1) for item in items.values()]}


def is_outdated(report: dict[str, Any], merged: dict[str, Any]) -> bool:
    """Tell whether `report`, a part of `merged`, does not have the newest versions of its platforms, or no points."""
    newest, overall = (newest_in_report(read_raw_metrics(each)) for each in (report, merged))
    return any(version != overall[platform] for platform, version in newest.items()) or bool(overall and not newest)
