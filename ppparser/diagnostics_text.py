"""Render signatures, their logs and call stacks as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ppparser.diagnostics import HotFrame, Signature, SignatureLogs, Summary, call_stacks, summarize
from ppparser.fields import get_dict, get_list, get_str, scalar_text
from ppparser.tables import table, wrap
from ppparser.terminal import Style, clean

_DOCUMENTATION_SCHEME = "doc://com.apple.documentation/"
_DOCUMENTATION_URL = "https://developer.apple.com/"
# Beyond this level the indentation stays and the branch states its level, so that frames have room at 80 columns.
_MAX_INDENTATION = 10

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


def ranking_lines(signatures: Sequence[Signature], style: Style) -> Iterator[str]:
    """Yield a row per signature: weight, trend, name."""
    rows = [["weight", "trend", "signature"]]
    rows += ([_weight_text(one), _trend_text(one, style), one.name] for one in signatures)
    yield from table(rows, "><<", "  ")
    yield ""


def signature_title(signature: Signature, position: int, total: int) -> str:
    """Return the heading for one of the `total` heaviest signatures."""
    return f"Signature {position} of {total}, {_weight_text(signature)}: {signature.name}"


def _weight_text(signature: Signature) -> str:
    return "-" if signature.percent is None else f"{signature.percent:.3g} %"


def _trend_text(signature: Signature, style: Style) -> str:
    if signature.direction in ("", "UNDEFINED"):
        return "-"
    colour = {"UP": style.bad, "DOWN": style.good}.get(signature.direction, "")
    return f"{colour}{signature.direction.lower()}{style.off if colour else ''}"


def signature_lines(signature: SignatureLogs, style: Style, *, callstack: bool) -> Iterator[str]:
    """Yield what follows the heading of a signature: a summary of its logs, then each log."""
    yield f"  ID {signature.id or 'unknown'}"
    for insight in signature.insights:
        yield from _insight_lines(insight, style)
    summary = summarize(signature.logs)
    yield from _summary_lines(summary, style)
    yield ""
    for position, (log, hot) in enumerate(zip(signature.logs, summary.hot_frames), 1):
        yield f"  {style.strong}Log {position} of {len(signature.logs)}{style.off}"
        rows = _meta_data_rows(get_dict(log, "diagnosticMetaData"))
        if hot:
            rows.append(["look at", f"{_share_text(hot)}  {style.strong}{hot.place}{style.off}"])
        elif get_list(log, "callStackTree"):
            rows.append(["look at", "no frame of the app is on the heaviest path"])
        yield from table(rows, "<<", "    ") if rows else ["    no details about this log"]
        yield ""
        if callstack:
            yield from callstack_lines(log, style)


def _insight_lines(insight: dict[str, Any], style: Style) -> Iterator[str]:
    category = get_str(insight, "insightsCategory") or "no category"
    yield from wrap(f"insight {category}: {get_str(insight, 'insightsString')}", "  ", "  ")
    if url := get_str(insight, "insightsURL"):
        if url.startswith(_DOCUMENTATION_SCHEME):  # Xcode's scheme; the website has the same paths.
            url = _DOCUMENTATION_URL + url[len(_DOCUMENTATION_SCHEME) :]
        yield f"    {style.faint}{url}{style.off}"


def _summary_lines(summary: Summary, style: Style) -> Iterator[str]:
    log_count = len(summary.hot_frames)
    if not log_count:
        yield "  no logs"
        return
    for hot, count in summary.hot_places:
        yield f"  look at  {_share_text(hot)}, {count}/{log_count} logs  {style.bad}{hot.place}{style.off}"
    yield f"  {log_count} log{'s' if log_count > 1 else ''}"
    yield from _count_lines("device", summary.devices, log_count)
    yield from _count_lines("OS", summary.os_versions, log_count)
    yield from _count_lines("app version", summary.app_versions, log_count)


def _count_lines(label: str, counts: Counter[str], log_count: int) -> list[str]:
    texts = [f"{count}x {name}" if log_count > 1 else name for name, count in counts.most_common() if name]
    return wrap(f"{label}: {', '.join(texts)}", "    ", "  ") if texts else []


def _share_text(hot: HotFrame) -> str:
    return "- %" if hot.percent is None else f"{hot.percent:.0f} %"


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
    file, line = get_str(frame, "fileName"), get_str(frame, "lineNumber")
    place = f"{file}:{line}" if file and line else file
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
