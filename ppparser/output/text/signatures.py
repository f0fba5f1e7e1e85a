"""Render signatures, their logs and call stacks as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ppparser.diagnostics.call_tree import AppPath
from ppparser.diagnostics.frames import call_stacks, frame_place
from ppparser.diagnostics.log_filters import LogFilters
from ppparser.diagnostics.signatures import LogRow, Signature, SignatureLogs, course_versions, shared_binary, short_ids
from ppparser.documents.fields import get_dict, get_list, get_str, scalar_text
from ppparser.output.text.call_tree import path_lines
from ppparser.output.text.tables import shorten, table, titled, width, wrap
from ppparser.program.terminal import WIDTH_COLUMNS, Style, clean
from ppparser.reports.diagnostics import SignatureReport

_DOCUMENTATION_SCHEME = "doc://com.apple.documentation/"
_DOCUMENTATION_URL = "https://developer.apple.com/"
# Beyond this level the indentation stays and the branch states its level, so that frames have room at 80 columns.
_MAX_INDENTATION = 10
_MIN_FLEXIBLE_COLUMNS = 8
_MAX_CELL_COLUMNS = 14

SHARE_LEGEND = "share: % of a log's samples on the path"
NO_PATH = "no frame of the app is on the heaviest path"
TYPES = {"DISK_WRITES": "disk writes", "HANGS": "hangs", "LAUNCHES": "slow launches"}
_LABELS = {
    "appVersion": "app version",
    "buildVersion": "build",
    "bundleId": "bundle",
    "deviceType": "device",
    "osVersion": "OS",
    "platformArchitecture": "architecture",
    "event": "event",
    "eventDetail": "detail",
    "writesCaused": "writes caused",
}


def ranking_lines(
    signatures: Sequence[Signature], diagnostic_type: str, build_name: str, style: Style
) -> Iterator[str]:
    """Yield a row per signature: the start of its ID, its share, the course of the share, the trend, its function."""
    if not signatures:
        yield f"{style.strong}No {diagnostic_type} signatures of {build_name}{style.off}"
        yield ""
        return
    yield f"{style.strong}{diagnostic_type} signatures of {build_name}{style.off}"
    versions = f" {style.arrow} ".join(course_versions(signatures))
    course = f"; course: {versions}" if versions else ""
    yield from wrap(f"share: % of all {type_text(diagnostic_type)}, heaviest first{course}", "  ", "  ")
    binary = shared_binary(signatures)
    rows = [["ID", "share", "course", "trend", "signature"]]
    for signature, short_id in zip(signatures, short_ids(signatures)):
        name = signature.function.name if binary else signature.label
        course, trend = course_text(signature, style) or "-", trend_text(signature, style) or "-"
        rows.append([short_id, share_text(signature), course, trend, name])
    yield from _fitted_table(rows, "<>><<", "  ", "signature", style)
    yield ""


def signature_title(signature: Signature, position: int, total: int, change: str = "") -> str:
    """Return the heading for one of the `total` signatures to print; `change` is what became of it."""
    parts = [f"Signature {position} of {total}", change, f"{share_of_type_text(signature)}: {signature.label}"]
    return ", ".join(filter(None, parts))


def reason_text(signature: Signature, since: str = "") -> str:
    """Return why to look at a signature: its share, and what it was in an earlier version, or else `since`."""
    text = share_of_type_text(signature)
    if since:
        return f"{text}, {since}"
    if signature.is_new:
        return f"{text}, new in {signature.course[0].version or 'this version'}"
    if signature.course:
        return f"{text}, {signature.course[0].percent:.3g} % in {signature.course[0].version or 'an earlier version'}"
    return text


def type_text(diagnostic_type: str) -> str:
    """Return what a type of signature is about, as in "42 % of disk writes"."""
    return TYPES.get(diagnostic_type, diagnostic_type)


def share_of_type_text(signature: Signature) -> str:
    """Return the share of a signature, and of what it is a share."""
    of_type = f" of {type_text(signature.type)}" if signature.type else ""
    return f"{share_text(signature)}{of_type}"


def share_text(signature: Signature) -> str:
    return "- %" if signature.percent is None else f"{signature.percent:.3g} %"


def course_text(signature: Signature, style: Style) -> str:
    """Return the course of a share, or that the signature is new; an empty text if unknown."""
    if signature.is_new:
        return f"{style.bad}NEW{style.off}"
    course = f" {style.arrow} ".join(f"{share.percent:.3g}" for share in signature.course)
    return f"{course} %" if course else ""


def trend_text(signature: Signature, style: Style) -> str:
    """Return Apple's trend of a share; an empty text if unknown."""
    if signature.direction in ("", "UNDEFINED"):
        return ""
    colour = {"UP": style.bad, "DOWN": style.good}.get(signature.direction, "")
    return f"{colour}{signature.direction.lower()}{style.off if colour else ''}"


def _fitted_table(rows: Sequence[Sequence[str]], align: str, indent: str, flexible: str, style: Style) -> Iterator[str]:
    """Yield a table, whose first row has the titles, without empty columns; the column `flexible` is cut to fit."""
    columns = [column for column in zip(align, *rows) if any(cell not in ("", "-") for cell in column[2:])]
    yield from fitted_columns(columns, indent, flexible, style)


def fitted_columns(columns: Sequence[Sequence[str]], indent: str, flexible: str, style: Style) -> Iterator[str]:
    """Yield a table of columns, each its alignment, its title and its cells; the column `flexible` is cut to fit."""
    used = sum(2 + max(map(width, column[1:])) for column in columns if column[1] != flexible)
    room = max(WIDTH_COLUMNS - len(indent) - used, _MIN_FLEXIBLE_COLUMNS)
    cells = [
        [shorten(cell, room, style) if column[1] == flexible else cell for cell in column[1:]] for column in columns
    ]
    yield from table(list(zip(*cells)), "".join(column[0] for column in columns), indent)


def summary_lines(signature: SignatureReport, style: Style) -> Iterator[str]:
    """Yield the ID and the insights of a signature, and the path to the line to open."""
    yield f"  ID {signature.logs.id or 'unknown'}"
    for insight in signature.logs.insights:
        yield from _insight_lines(insight, style)
    if path := signature.path:
        yield from path_lines(path, "  look at  ", style)
        for sentence in path_sentences(signature, path, path.end.place or path.end.name):
            yield from wrap(sentence, " " * 11)
    elif signature.tree.roots:
        yield f"  look at  {NO_PATH}"


def path_sentences(signature: SignatureReport, path: AppPath, end: str) -> Iterator[str]:
    """Yield how many samples and logs reach `end`, the end of the path, and which other signatures end there."""
    log_count, shared_with = len(signature.logs.logs), signature.shared_with
    in_logs = f", in {path.log_count} of {log_count} logs" if log_count > 1 else ""
    yield f"{path.percent:.0f} % of the samples reach {end}{in_logs}"
    if shared_with:
        others = f"signature{'s' if len(shared_with) > 1 else ''} {', '.join(map(str, shared_with))}"
        yield f"{end} is a shared wrapper: {others} {'end' if len(shared_with) > 1 else 'ends'} there too"


def _insight_lines(insight: dict[str, Any], style: Style) -> Iterator[str]:
    category = get_str(insight, "insightsCategory") or "no category"
    yield from wrap(f"insight {category}: {get_str(insight, 'insightsString')}", "  ", "  ")
    if url := readable_url(get_str(insight, "insightsURL")):
        yield f"  {style.faint}{url}{style.off}"


def readable_url(url: str) -> str:
    """Return the URL of an insight as one of Apple's website, which has the same paths as Xcode's documentation."""
    if url.startswith(_DOCUMENTATION_SCHEME):
        return _DOCUMENTATION_URL + url[len(_DOCUMENTATION_SCHEME) :]
    return url


def match_text(match_count: int, log_count: int, filters: LogFilters) -> str:
    """Return how many of how many logs match the filters."""
    return f"{match_count} of {_logs_text(log_count)} match {' '.join(filters.options())}"


def count_text(signature: SignatureLogs, filters: LogFilters) -> str:
    """Return how many logs are printed, and how many match the filters if there are any."""
    count = len(signature.logs)
    if not any(filters) or not signature.log_count:
        return _logs_text(count) + (f" of {signature.match_count}" if count < signature.match_count else "")
    text = match_text(signature.match_count, signature.log_count, filters)
    return text if count == signature.match_count else f"{text}; the first {count}"


def _logs_text(count: int) -> str:
    return f"{count or 'no'} log{'' if count == 1 else 's'}"


def log_table_lines(signature: SignatureReport, filters: LogFilters, build: str, style: Style) -> Iterator[str]:
    """Yield a row per log: where it is from, what it is about, and the share of its samples below the path.

    Logs from another build than the one with the number `build`, which may be "", are marked.
    """
    logs = signature.log_rows(build)
    rows = [["version", "build", "device", "OS", "writes caused", "duration", "share"]]
    for log in logs:
        version, number, device, writes = (
            shorten(cell, _MAX_CELL_COLUMNS, style) for cell in (log.version, log.build, log.device, log.writes_caused)
        )
        cells = [version, number + (" !" if log.is_from_another_build else ""), device, log.os, writes, log.duration]
        rows.append([*(cell or "-" for cell in cells), log_share_text(log) or "-"])
    legend = f"; {SHARE_LEGEND}" if signature.path else ""
    legend += f"; ! another build than {build}" if any(log.is_from_another_build for log in logs) else ""
    yield from titled(count_text(signature.logs, filters), legend, style, "  ")
    yield from _fitted_table(rows, "<<<<<<>", "    ", "OS", style)


def log_share_text(row: LogRow) -> str:
    """Return the share of a log's samples on the path, an empty text if there is none."""
    return "" if row.share_percent is None else f"{row.share_percent:.0f} %"


def log_lines(log: dict[str, Any], path: AppPath | None, position: int, total: int, style: Style) -> Iterator[str]:
    """Yield all that is known about one of the `total` logs of a signature, and its call stacks."""
    yield f"  {style.strong}Log {position} of {total}{style.off}"
    rows = _meta_data_rows(get_dict(log, "diagnosticMetaData"))
    more_lines: list[str] = []
    if path:
        labels = [row[0] for row in rows] + ["look at"]
        first, *more_lines = path_lines(path, " " * (4 + max(map(width, labels)) + 2), style)
        rows.append(["look at", first.lstrip()])
    elif get_list(log, "callStackTree"):
        rows.append(["look at", NO_PATH])
    yield from table(rows, "<<", "    ") if rows else ["    no details about this log"]
    yield from more_lines
    yield ""
    yield from callstack_lines(log, style)


def _meta_data_rows(meta_data: dict[str, Any]) -> list[list[str]]:
    """Return labels and values of all that a log's `diagnosticMetaData` contains, known or new."""
    names = [*_LABELS, *(name for name in meta_data if name not in _LABELS)]
    return [[_LABELS.get(name) or clean(name), value] for name in names if (value := get_str(meta_data, name))]


def callstack_lines(log: dict[str, Any], style: Style) -> Iterator[str]:
    """Yield the tree of each call stack of a log in pre-order: samples, `>` for a frame of the app, the frame's text.

    A chain of single children keeps its indentation; if a frame has several, each starts with `+`, one step in.
    """
    stacks = list(call_stacks(log))
    for position, (is_thread, roots) in enumerate(stacks, 1):
        title = f"{'Thread' if is_thread else 'Call stack'} {position} of {len(stacks)}"
        yield f"    {style.strong}{title}{style.off}, samples first, > marks your app"
        yield from frame_lines(roots, style)
        yield ""
    if not stacks:
        yield "    no call stack"
        yield ""


def frame_lines(roots: list[dict[str, Any]], style: Style) -> Iterator[str]:
    """Yield a line per frame in pre-order, and another under a frame that has an insight.

    Logs contain hundreds of thousands of frames: chains are walked in an inner loop, and the fields of a frame are
    read in place, which halves the time of a loop that calls a function per frame and field.
    """
    strong, fair, off = style.strong, style.fair, style.off
    pending: list[tuple[dict[str, Any], int, bool]] = []
    _push(pending, roots, 0)
    while pending:
        frame, level, is_branch = pending.pop()
        indent = "  " * min(level, _MAX_INDENTATION)
        lead = indent
        if is_branch:
            lead = indent[:-2] + ("+ " if level <= _MAX_INDENTATION else f"+{level} ")
        while True:
            get = frame.get
            raw = get("rawFrame")
            if raw.__class__ is not str or not raw:
                raw = _frame_text(frame)
            elif not raw.isprintable():
                raw = clean(raw)
            count = get("sampleCount")
            if count.__class__ is not int:
                count = scalar_text(count)
            if get("isBlameFrame") is True:
                yield f"{count:>8} {strong}> {lead}{raw}{off}"
            else:
                yield f"{count:>8}   {lead}{raw}"
            if (category := get("insightsCategory")) and category.__class__ is str:
                yield f"           {indent}{fair}^ insight {clean(category)}{off}"
            children = get("subFrames")
            if children.__class__ is not list or not children:
                break
            if len(children) == 1 and children[0].__class__ is dict:
                frame = children[0]
                lead = indent
            else:
                _push(pending, get_list(frame, "subFrames"), level)
                break


def _push(pending: list[tuple[dict[str, Any], int, bool]], frames: list[dict[str, Any]], level: int) -> None:
    is_branch = len(frames) > 1
    pending.extend((frame, level + is_branch, is_branch) for frame in reversed(frames))


def _frame_text(frame: dict[str, Any]) -> str:
    """Return the text of a frame in the form of `rawFrame`, made from the parts that are there."""
    place = frame_place(frame)
    binary, address = get_str(frame, "binaryName"), get_str(frame, "address")
    offset = get_str(frame, "offsetIntoSymbol") or get_str(frame, "offsetIntoBinaryTextSegment")
    parts = [
        scalar_text(frame.get("sampleCount")),
        get_str(frame, "symbolName") or "unknown symbol",
        binary and f"(in {binary})",
        offset and f"+ {offset}",
        place and f"({place})",
        address and f"[{address}]",
    ]
    return " ".join(part for part in parts if part)
