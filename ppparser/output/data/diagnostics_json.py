"""Render a diagnostics report as JSON; docs/schemas/diagnostics.schema.json has its schema.

Unknown values are null, percentages have `percent` in their names, and versions are strings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ppparser.diagnostics.call_tree import AppPath, CallTree, MergedFrame
from ppparser.diagnostics.frames import Function
from ppparser.diagnostics.outline import Row, insights_in, outline
from ppparser.diagnostics.signature_changes import SignatureChange
from ppparser.diagnostics.signatures import LogRow, Signature
from ppparser.documents.fields import get_dict, get_str
from ppparser.documents.subject import Build
from ppparser.output.data.json_document import Object, app_object, course_array, json_lines, number, percent
from ppparser.output.text.diagnostics import conclusion_reason
from ppparser.output.text.signatures import readable_url
from ppparser.reports.diagnostics import DiagnosticsReport, MissingLogs, SignatureReport


def report_json_lines(report: DiagnosticsReport) -> Iterator[str]:
    """Yield the lines of the document of a report."""
    yield from json_lines(_report(report))


def _report(report: DiagnosticsReport) -> Object:
    return {
        "app": app_object(report.app),
        "build": _build(report.build) if report.build else None,
        "against": _build(report.old_build) if report.old_build else None,
        "filters": report.filters._asdict(),
        "types": list(report.rankings),
        "signatures": [
            _signature(signature, name) for name, ranking in report.rankings.items() for signature in ranking
        ],
        "comparison": _comparison(report) if report.old_build else None,
        "details": [_details(signature, report) for signature in report.signatures],
        "missing": [_missing(logs) for logs in report.missing],
    }


def _build(build: Build) -> Object:
    return {
        "id": build.id or None,
        "number": build.number or None,
        "version": build.version or None,
        "platform": build.platform or None,
        "created": build.created or None,
        "uploaded": build.uploaded or None,
        "state": build.state or None,
    }


def _signature(signature: Signature, diagnostic_type: str) -> Object:
    return {
        "type": diagnostic_type or None,
        "id": signature.id or None,
        "function": signature.function.name,
        "binary": signature.function.binary or None,
        "name": signature.name,
        "share_percent": percent(signature.percent),
        "trend": signature.direction.lower() or None,
        "course": course_array(signature.course),
        "is_new": signature.is_new,
    }


def _comparison(report: DiagnosticsReport) -> Object:
    return {
        "types_only_in_new": list(report.types_only_in_new),
        "types_only_in_old": list(report.types_only_in_old),
        "changes": [_change(change) for change in report.changes],
    }


def _change(change: SignatureChange) -> Object:
    return {
        "change": change.outcome.value.lower(),
        "type": change.signature.type or None,
        "id": change.signature.id or None,
        "function": change.function.name,
        "binary": change.function.binary or None,
        "signature_count": change.signature_count,
        "old_percent": percent(change.percents.old),
        "new_percent": percent(change.percents.new),
        "points": percent(change.percents.points),
    }


def _details(signature: SignatureReport, report: DiagnosticsReport) -> Object:
    selected, logs = signature.selected, signature.logs
    change = selected.change if selected else None
    return {
        "position": signature.position,
        "id": logs.id or None,
        "signature": _signature(selected.signature, selected.signature.type) if selected else None,
        "change": change.outcome.value.lower() if change else None,
        "open": _line_to_open(signature, report),
        "path": _path(signature.path) if signature.path else None,
        "shared_with": list(signature.shared_with),
        "insights": [_insight(insight) for insight in logs.insights],
        "tree": _tree(signature.tree, signature.named) if signature.tree.roots else None,
        "log_count": logs.log_count,
        "match_count": logs.match_count,
        "logs": [_log(log, row) for log, row in zip(logs.logs, signature.log_rows(report.build_number))],
    }


def _line_to_open(signature: SignatureReport, report: DiagnosticsReport) -> Object | None:
    reason = conclusion_reason(signature, report)
    return {**_frame(signature.path.target_frame), "reason": reason} if signature.path and reason else None


def _frame(frame: MergedFrame) -> Object:
    return {
        "function": frame.name,
        "binary": frame.binary or None,
        "file": frame.file or None,
        "line": number(frame.line),
    }


def _path(path: AppPath) -> Object:
    return {
        "percent": percent(path.percent),
        "log_count": path.log_count,
        "steps": [{**_frame(step.frame), "is_named": step.is_named} for step in path.steps],
    }


def _insight(insight: Object) -> Object:
    return {
        "category": get_str(insight, "insightsCategory") or None,
        "text": get_str(insight, "insightsString") or None,
        "url": readable_url(get_str(insight, "insightsURL")) or None,
    }


def _tree(tree: CallTree, named: Function | None) -> Object:
    tree_outline = outline(tree, named)
    return {
        "samples": tree.samples,
        "has_sample_counts": tree.has_counts,
        "is_main_thread": tree.is_main_thread,
        "rows": [_row(row) for row in tree_outline.rows],
        "omitted": {
            "branch_count": tree_outline.omitted_count,
            "percent": percent(tree_outline.omitted_percent),
            "below_percent": tree_outline.cutoff_percent,
        },
    }


def _row(row: Row) -> Object:
    """Return the first frame of a row; if it has several, their number, their binaries and the last one's function."""
    first, last = row.frames[0], row.frames[-1]
    return {
        "percent": percent(row.percent),
        "level": row.level,
        "is_branch": row.is_branch,
        "is_app": any(frame.is_app for frame in row.frames),
        "is_named": row.is_named,
        **_frame(first),
        "frame_count": len(row.frames),
        "last_function": last.name if last is not first else None,
        "binaries": list(dict.fromkeys(frame.binary for frame in row.frames if frame.binary)),
        "insights": [{"category": category, "function": function} for category, function in insights_in(row)],
    }


def _log(log: dict[str, Any], row: LogRow) -> Object:
    meta_data = get_dict(log, "diagnosticMetaData")
    return {
        "app_version": row.version or None,
        "build": row.build or None,
        "is_from_another_build": row.is_from_another_build,
        "bundle_id": get_str(meta_data, "bundleId") or None,
        "device": row.device or None,
        "os": row.os or None,
        "architecture": get_str(meta_data, "platformArchitecture") or None,
        "event": get_str(meta_data, "event") or None,
        "detail": get_str(meta_data, "eventDetail") or None,
        "writes_caused": row.writes_caused or None,
        "duration": row.duration or None,
        "share_percent": percent(row.share_percent),
    }


def _missing(missing: MissingLogs) -> Object:
    signature = missing.selected.signature
    return {
        "position": missing.selected.position,
        "signature": _signature(signature, signature.type),
        "reason": missing.reason,
    }
