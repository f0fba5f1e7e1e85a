"""Find the parts that lenient reading skips, so that no gate passes a report it could not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.metrics.selection import Filters

# The arrays of a metrics report and of an overview, from the outermost to that of the points.
_METRICS_ARRAYS = ("productData", "metricCategories", "metrics", "datasets", "points")
_OVERVIEW_ARRAYS = ("categories", "sections", "datasets", "points")
# Apple may send null for these, or leave them out.
_OPTIONAL = ("datasets", "points")
_METRIC_ARRAYS = ("metricCategories", "metrics", "categories", "sections")


def unread_parts(document: dict[str, Any], filters: Filters) -> list[str]:
    """Return what is not a list of objects, and what does not name itself although a filter selects by that name."""
    return list(dict.fromkeys(_unread_parts(document, filters)))


def _unread_parts(document: dict[str, Any], filters: Filters) -> Iterator[str]:
    arrays = _METRICS_ARRAYS if "productData" in document else _OVERVIEW_ARRAYS
    parents = [document]
    for array in arrays:
        for parent in parents:
            value = parent.get(array)
            if value is None and array in _OPTIONAL:
                continue
            if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
                yield f"{array} is not a list of objects"
        if array == "points":
            return
        parents = [child for parent in parents for child in get_list(parent, array)]
        for child in parents:
            yield from _missing_names(child, array, filters)


def _missing_names(child: dict[str, Any], array: str, filters: Filters) -> Iterator[str]:
    if array == "productData" and filters.platform is not None and not get_str(child, "platform"):
        yield "a platform has no name"
    is_unnamed = not (get_str(child, "identifier") or get_str(child, "displayName"))
    if array in _METRIC_ARRAYS and filters.metric is not None and is_unnamed:
        yield "a metric or its category has no name"
    if array == "datasets":
        criteria = get_dict(child, "filterCriteria")
        for name, wanted in (("device", filters.device), ("percentile", filters.percentile)):
            if wanted is not None and not get_str(criteria, name):
                yield f"a dataset names no {name}"
        if not isinstance(child.get("recommendedMetricGoal"), (dict, type(None))):
            yield "recommendedMetricGoal is not an object"
