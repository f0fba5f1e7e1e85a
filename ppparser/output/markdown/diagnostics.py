"""Render a diagnostics report as Markdown, for pull requests and job summaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ppparser.diagnostics.call_tree import AppPath
from ppparser.diagnostics.signature_changes import SignatureChange
from ppparser.diagnostics.signatures import Signature, course_versions, shared_binary, short_ids
from ppparser.documents.fields import get_str
from ppparser.output.markdown.document import (
    Block,
    code,
    code_block,
    document,
    heading,
    line_block,
    paragraph,
    table,
    text,
)
from ppparser.output.text.call_tree import tree_lines
from ppparser.output.text.diagnostics import conclusion_reason
from ppparser.output.text.signature_changes import (
    alarm_text,
    change_legends,
    change_names,
    changes_title,
    counts_text,
    percent_text,
    points_text,
    several_text,
)
from ppparser.output.text.signatures import (
    NO_PATH,
    SHARE_LEGEND,
    count_text,
    course_text,
    log_share_text,
    path_sentences,
    readable_url,
    share_of_type_text,
    share_text,
    trend_text,
    type_text,
)
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, MissingLogs, SignatureReport


def report_markdown_lines(report: DiagnosticsReport) -> Iterator[str]:
    """Yield the lines of the document of a report."""
    yield from document(_blocks(report))


def _blocks(report: DiagnosticsReport) -> Iterator[Block]:
    """Yield the lines to open, the rankings or what changed, and what the logs of each signature tell."""
    yield from _opening(report)
    conclusions = [line for signature in report.signatures for line in _conclusion(signature, report)]
    if conclusions:
        yield line_block(conclusions, "the lines to open")
    if report.missing:
        yield line_block([*map(_missing, report.missing)], "the logs that are missing")
    if report.old_build:
        yield from _changes(report)
    else:
        for diagnostic_type, signatures in report.rankings.items():
            yield from _ranking(signatures, diagnostic_type)
    for signature in report.signatures:
        yield from _signature(signature, report)


def _opening(report: DiagnosticsReport) -> Iterator[Block]:
    build, old_build = report.build, report.old_build
    yield heading(2, text(report.title))
    if not build or not report.app.label:
        return
    against = [f"Compared with {text(old_build.title)}"] if old_build else []
    yield paragraph(text(build.title[:1].upper() + build.title[1:]), *against)


def _conclusion(signature: SignatureReport, report: DiagnosticsReport) -> Iterator[str]:
    reason = conclusion_reason(signature, report)
    if signature.path and reason:
        yield f"**Open {code(signature.path.target)}**: {text(reason)}"


def _missing(missing: MissingLogs) -> str:
    heading = missing.selected
    label, reason = code(heading.signature.label), text(missing.reason)
    return f"No logs of signature {heading.position} of {heading.total}, {label}: {reason}"


def _ranking(signatures: Sequence[Signature], diagnostic_type: str) -> Iterator[Block]:
    if not signatures:
        yield paragraph(f"No {text(diagnostic_type)} signatures")
        return
    title = f"{text(diagnostic_type)} signatures"
    yield heading(3, title)
    binary = shared_binary(signatures)
    rows = [
        [
            share_text(signature),
            f"**{course_text(signature, PLAIN)}**" if signature.is_new else course_text(signature, PLAIN),
            text(trend_text(signature, PLAIN)),
            code(signature.function.name if binary else signature.label),
            code(short_id),
        ]
        for signature, short_id in zip(signatures, short_ids(signatures))
    ]
    yield table([["share", "course", "trend", "signature", "ID"], *rows], ">><<<", f"the {title}")
    versions = f" {PLAIN.arrow} ".join(map(text, course_versions(signatures)))
    course = f"; course: {versions}" if versions else ""
    yield paragraph(f"share: % of all {text(type_text(diagnostic_type))}, heaviest first{course}")


def _changes(report: DiagnosticsReport) -> Iterator[Block]:
    changes, old, new = report.changes, report.old_build_number, report.build_number
    alarms = sum(change.outcome.is_alarming for change in changes)
    if not alarms:
        yield paragraph(f"**{alarm_text(0, 0)}**")
    yield heading(3, f"{text(changes_title(old, new))}: {counts_text(change.outcome for change in changes)}")
    has_one_type = len({change.signature.type for change in changes}) == 1
    rows = [
        [*_change_cells(change), "" if has_one_type else text(change.signature.type), code(name) + several_text(change)]
        for change, name in zip(changes, change_names(changes))
    ]
    yield table([["", text(old), text(new), "points", "type", "signature"], *rows], "<>>><<", "what changed")
    legends = change_legends(report, text)
    count = len(report.selected)
    yield paragraph(*legends, *([alarm_text(count, alarms)] if count < alarms else []))


def _change_cells(change: SignatureChange) -> list[str]:
    kind = change.outcome
    return [
        f"**{kind.value}**" if kind.is_alarming else kind.value,
        percent_text(change.percents.old),
        percent_text(change.percents.new),
        points_text(change.percents.points),
    ]


def _signature(signature: SignatureReport, report: DiagnosticsReport) -> Iterator[Block]:
    logs, tree = signature.logs, signature.tree
    position = f"{signature.position} of {signature.total}"
    yield heading(3, _title(signature))
    if logs.is_empty:
        yield paragraph("no logs")
        return
    if signature.path:
        yield paragraph(*_path(signature, signature.path), name=f"the path of signature {position}")
    elif tree.roots:
        yield paragraph(f"Look at: {NO_PATH}")
    for insight in logs.insights:
        yield paragraph(*_insight(insight), name=f"the insights of signature {position}")
    if logs.logs:
        lines = tree_lines(tree, len(logs.logs), signature.named, PLAIN)
        yield code_block(lines, f"the call tree of signature {position}")
    yield from _logs(signature, report)


def _title(signature: SignatureReport) -> str:
    position, heading = f"Signature {signature.position} of {signature.total}", signature.selected
    if not heading:
        return position
    change = f", **{heading.change.outcome.value}**" if heading.change else ""
    return f"{position}{change}, {text(share_of_type_text(heading.signature))}: {code(heading.signature.label)}"


def _path(signature: SignatureReport, path: AppPath) -> Iterator[str]:
    steps = [
        PLAIN.ellipsis if step is None else f"**{code(step.text)}**" if step.is_named else code(step.text)
        for step in path.short_steps
    ]
    yield f"Look at {f' {PLAIN.step} '.join(steps)}"
    yield from path_sentences(signature, path, code(path.end.place or path.end.name))


def _insight(insight: dict[str, Any]) -> Iterator[str]:
    category = get_str(insight, "insightsCategory") or "no category"
    yield f"Insight {text(category)}: {text(get_str(insight, 'insightsString'))}"
    if url := get_str(insight, "insightsURL"):
        yield text(readable_url(url))


def _logs(signature: SignatureReport, report: DiagnosticsReport) -> Iterator[Block]:
    logs = signature.log_rows(report.build_number)
    titles = ["version", "build", "device", "OS", "writes caused", "duration", "share"]
    rows = [
        [
            text(log.version),
            text(log.build) + (" **!**" if log.is_from_another_build else ""),
            *map(text, (log.device, log.os, log.writes_caused, log.duration)),
            log_share_text(log),
        ]
        for log in logs
    ]
    yield table([titles, *rows], "<<<<<<>", f"the logs of signature {signature.position} of {signature.total}")
    legend = [text(count_text(signature.logs, report.filters))]
    legend += [SHARE_LEGEND] if signature.path else []
    is_other = any(log.is_from_another_build for log in logs)
    legend += [f"**!** another build than {text(report.build_number)}"] if is_other else []
    yield paragraph("; ".join([*legend, f"ID {code(signature.logs.id) or 'unknown'}"]))
