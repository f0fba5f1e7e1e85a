"""Render what changed between the logs in two reports as JSON; docs/schemas/functions.schema.json has its schema.

Unknown values are null, percentages have `percent` in their names, and versions are strings.
"""

from __future__ import annotations

from collections.abc import Iterator

from ppparser.diagnostics.function_changes import FunctionChange, FunctionComparison, LogSource
from ppparser.output.data.json_document import Object, json_lines, number, percent
from ppparser.output.text.function_changes import function_reason


def comparison_json_lines(comparison: FunctionComparison) -> Iterator[str]:
    """Yield the lines of a document with all functions of the app, worst first."""
    worst = comparison.worst
    yield from json_lines(
        {
            "new": _source(comparison.new),
            "old": _source(comparison.old),
            "open": {**_function(worst), "reason": function_reason(worst)} if worst else None,
            "functions": [_change(change) for change in comparison.changes],
        }
    )


def _source(source: LogSource) -> Object:
    return {
        "name": source.name,
        "log_count": source.log_count,
        "app_versions": list(source.versions),
        "samples": source.shares.samples,
        "has_sample_counts": source.shares.has_counts,
    }


def _change(change: FunctionChange) -> Object:
    return {
        "change": change.outcome.value.lower(),
        **_function(change),
        "old_percent": percent(change.percents.old),
        "new_percent": percent(change.percents.new),
        "points": percent(change.percents.points),
    }


def _function(change: FunctionChange) -> Object:
    return {
        "function": change.function.name,
        "binary": change.function.binary or None,
        "file": change.file or None,
        "line": number(change.line),
    }
