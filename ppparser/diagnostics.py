"""Selects logs of a diagnostics report and draws them and their call stacks as lines of text.

A report is Apple's `diagnosticLogs`; see "Get Diagnostic Logs" in the documentation of the App Store Connect API.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ppparser.report import amount, entry, items, number, text
from ppparser.terminal import Style, clean, table, wrap

_DOCUMENTATION_SCHEME = "doc://com.apple.documentation/"
_DOCUMENTATION_URL = "https://developer.apple.com/"
# Past this level the indent stays and the branch says its level, so that a frame keeps room at 80 columns.
_DEEPEST_INDENT = 10

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


NO_LOGS = "the report holds no diagnostic logs: Apple keeps them for a while, for signatures that enough devices met"


class Signature(NamedTuple):
    """A signature's entry in `productData` with those of its logs that the limit leaves."""

    id: str
    insights: list[dict[str, Any]]
    logs: list[dict[str, Any]]


def select(document: dict[str, Any], *, limit: int | None = None) -> list[Signature]:
    """The signatures of `document` with at most `limit` logs in all; none where the document says nothing."""
    signatures = []
    left = limit
    for product in items(document, "productData"):
        if left == 0:
            break
        logs = items(product, "diagnosticLogs")[:left]
        insights = items(product, "diagnosticInsights")
        if logs or insights:
            signatures.append(Signature(text(product, "signatureId"), insights, logs))
        left = None if left is None else left - len(logs)
    return signatures


def lines(signatures: list[Signature], style: Style, *, callstack: bool) -> Iterator[str]:
    """Each signature with its insights and logs, and with `callstack` the tree of every call stack."""
    for position, signature in enumerate(signatures, 1):
        yield f"{style.strong}Signature {position} of {len(signatures)}{style.off}"
        yield from signature_lines(signature, style, callstack=callstack)


def signature_lines(signature: Signature, style: Style, *, callstack: bool) -> Iterator[str]:
    """What is below the heading of one signature."""
    yield f"  ID {signature.id or 'unknown'}"
    for insight in signature.insights:
        yield from _insight(insight, style)
    yield ""
    for position, log in enumerate(signature.logs, 1):
        yield f"  {style.strong}Log {position} of {len(signature.logs)}{style.off}"
        yield from _meta_data(entry(log, "diagnosticMetaData"))
        yield ""
        if callstack:
            yield from callstack_lines(log, style)
    if not signature.logs:
        yield "  no logs"
        yield ""


def _insight(insight: dict[str, Any], style: Style) -> Iterator[str]:
    category = text(insight, "insightsCategory") or "no category"
    yield from wrap(f"insight {category}: {text(insight, 'insightsString')}", "  ", "  ")
    if link := text(insight, "insightsURL"):
        yield f"    {style.faint}{_browsable(link)}{style.off}"


def _browsable(link: str) -> str:
    """Apple's documentation links carry a scheme of Xcode's; the website has the same paths."""
    if link.startswith(_DOCUMENTATION_SCHEME):
        return _DOCUMENTATION_URL + link[len(_DOCUMENTATION_SCHEME) :]
    return link


def _meta_data(meta_data: dict[str, Any]) -> Iterator[str]:
    """Whatever is there of a log's `diagnosticMetaData`, what Apple may add to it too."""
    names = [*_LABELS, *(name for name in meta_data if name not in _LABELS)]
    rows = [[_LABELS.get(name) or clean(name), value] for name in names if (value := text(meta_data, name))]
    yield from table(rows, "<<", "    ") if rows else ["    nothing is said about this log"]


def callstack_lines(log: dict[str, Any], style: Style) -> Iterator[str]:
    """The tree of each call stack of a log in pre-order: samples, `>` at a frame of the app, the frame's text.

    A chain of single children keeps its indent; where a frame has several, each starts with `+` one step in.
    """
    trees = items(log, "callStackTree")
    stacks = [(tree, stack) for tree in trees for stack in items(tree, "callStacks")]
    for position, (tree, stack) in enumerate(stacks, 1):
        what = "Thread" if tree.get("callStackPerThread") is True else "Call stack"
        yield f"    {style.strong}{what} {position} of {len(stacks)}{style.off}, samples first, > marks your app"
        yield from frame_lines(items(stack, "callStackRootFrames"), style)
        yield ""
    if not stacks:
        yield "    no call stack"
        yield ""


def frame_lines(roots: list[dict[str, Any]], style: Style) -> Iterator[str]:
    """A line for each frame below `roots` in pre-order, and one more under a frame that has an insight."""
    strong, fair, off = style.strong, style.fair, style.off
    pending: list[tuple[dict[str, Any], int, bool]] = []
    _push(pending, roots, 0)
    while pending:
        frame, level, branches = pending.pop()
        indent = "  " * min(level, _DEEPEST_INDENT)
        lead = indent
        if branches:
            lead = indent[:-2] + ("+ " if level <= _DEEPEST_INDENT else f"+{level} ")
        while True:
            get = frame.get
            raw = get("rawFrame")
            if raw.__class__ is not str or not raw:
                raw = _composed(frame)
            elif not raw.isprintable():
                raw = clean(raw)
            count = get("sampleCount")
            if count.__class__ is not int:
                count = number(count)
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
                _push(pending, items(frame, "subFrames"), level)
                break


def _push(pending: list[tuple[dict[str, Any], int, bool]], frames: list[dict[str, Any]], level: int) -> None:
    branches = len(frames) > 1
    pending.extend((frame, level + branches, branches) for frame in reversed(frames))


def _composed(frame: dict[str, Any]) -> str:
    """A frame's text in the form of `rawFrame`, of the parts that are there."""
    count = number(frame.get("sampleCount"))
    place = text(frame, "fileName")
    if place and (line := text(frame, "lineNumber")):
        place += f":{line}"
    binary, address = text(frame, "binaryName"), text(frame, "address")
    offset = text(frame, "offsetIntoSymbol") or text(frame, "offsetIntoBinaryTextSegment")
    parts = [
        count,
        text(frame, "symbolName") or "unknown symbol",
        binary and f"(in {binary})",
        offset and f"+ {offset}",
        place and f"({place})",
        address and f"[{address}]",
    ]
    return " ".join(part for part in parts if part)


def ranking_lines(signatures: list[dict[str, Any]], style: Style) -> Iterator[str]:
    """A line for each of the `diagnosticSignatures` resources: weight, trend, signature."""
    rows = [["weight", "trend", "signature"]]
    rows += ([_weight(signature), _trend(signature, style), _name(signature)] for signature in signatures)
    yield from table(rows, "><<", "  ")
    yield ""


def heading(signature: dict[str, Any], position: int, total: int, style: Style) -> str:
    """The line above the logs of one of the `total` top signatures."""
    return f"{style.strong}Signature {position} of {total}, {_weight(signature)}: {_name(signature)}{style.off}"


def logs_link(signature: dict[str, Any]) -> str:
    """Where the API says that the signature's logs are; empty where it does not say."""
    return text(entry(entry(entry(signature, "relationships"), "logs"), "links"), "related")


def _weight(signature: dict[str, Any]) -> str:
    """The weight, a fraction of all of its type, in per cent."""
    value = amount(entry(signature, "attributes").get("weight"))
    return "-" if value is None else f"{value * 100:.3g} %"


def _name(signature: dict[str, Any]) -> str:
    return text(entry(signature, "attributes"), "signature") or text(signature, "id") or "unknown"


def _trend(signature: dict[str, Any], style: Style) -> str:
    direction = text(entry(entry(signature, "attributes"), "insight"), "direction")
    paint = {"UP": style.bad, "DOWN": style.good}.get(direction, "")
    return f"{paint}{direction.lower()}{style.off if paint else ''}" if direction not in ("", "UNDEFINED") else "-"


def by_weight(signatures: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """`signatures` heaviest first; Apple promises no order. What has no weight comes last."""

    def weight(signature: dict[str, Any]) -> float:
        value = amount(entry(signature, "attributes").get("weight"))
        return -1 if value is None else value

    return sorted(signatures, key=weight, reverse=True)


def merged(documents: Iterable[dict[str, Any]]) -> bytes:
    """One report with the signatures of all `documents`, as JSON."""
    products: list[dict[str, Any]] = []
    version = ""
    for document in documents:
        version = version or text(document, "version")
        products += items(document, "productData")
    whole = {"productData": products, "version": version}
    return json.dumps(whole, default=float).encode("ascii")
