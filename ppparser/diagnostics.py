"""Selects logs of a diagnostics report and draws them and their call stacks as lines of text.

A report is Apple's `diagnosticLogs`; see "Get Diagnostic Logs" in the documentation of the App Store Connect API.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ppparser.report import LARGEST_AMOUNT, amount, deep_nesting, entry, items, number, text
from ppparser.terminal import Style, clean, table, wrap

_DOCUMENTATION_SCHEME = "doc://com.apple.documentation/"
_DOCUMENTATION_URL = "https://developer.apple.com/"
# Past this level the indent stays and the branch says its level, so that a frame keeps room at 80 columns.
_DEEPEST_INDENT = 10
# In a frame's raw text: "12 main (in App) + 8 [0x1040]".
_COUNT_OR_ADDRESS = re.compile(r"^[0-9]+ | \[0x[0-9a-fA-F]+\]$")

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
    """What is below the heading of one signature: a summary over its logs, then each log."""
    yield f"  ID {signature.id or 'unknown'}"
    for insight in signature.insights:
        yield from _insight(insight, style)
    hot_frames = [hot_frame(log) for log in signature.logs]
    yield from _summary(signature.logs, hot_frames, style)
    yield ""
    for position, (log, hot) in enumerate(zip(signature.logs, hot_frames), 1):
        yield f"  {style.strong}Log {position} of {len(signature.logs)}{style.off}"
        rows = _meta_data(entry(log, "diagnosticMetaData"))
        if hot:
            rows.append(["look at", f"{_share(hot)}  {style.strong}{hot.place}{style.off}"])
        elif items(log, "callStackTree"):
            rows.append(["look at", "no frame of the app is on the heaviest path"])
        yield from table(rows, "<<", "    ") if rows else ["    nothing is said about this log"]
        yield ""
        if callstack:
            yield from callstack_lines(log, style)


def _summary(logs: list[dict[str, Any]], hot_frames: list[HotFrame | None], style: Style) -> Iterator[str]:
    """How many logs there are and of what, and their frames to look at, the same ones merged."""
    if not logs:
        yield "  no logs"
        return
    places: dict[str, list[HotFrame]] = {}
    for hot in hot_frames:
        if hot:
            places.setdefault(hot.place, []).append(hot)
    for place, same in sorted(places.items(), key=lambda found: -sum(hot.samples for hot in found[1])):
        merged = HotFrame(place, sum(hot.samples for hot in same), sum(hot.total for hot in same))
        yield f"  look at  {_share(merged)}, {len(same)}/{len(logs)} logs  {style.bad}{place}{style.off}"
    meta_data = [entry(log, "diagnosticMetaData") for log in logs]
    counted = [
        ("device", Counter(text(data, "deviceType") for data in meta_data)),
        ("OS", Counter(text(data, "osVersion") for data in meta_data)),
        ("app version", Counter(_app_version(data) for data in meta_data)),
    ]
    yield f"  {len(logs)} log{'s' if len(logs) > 1 else ''}"
    for label, counts in counted:
        named = [f"{count}x {name}" if len(logs) > 1 else name for name, count in counts.most_common() if name]
        yield from wrap(f"{label}: {', '.join(named)}", "    ", "  ") if named else ()


def _app_version(meta_data: dict[str, Any]) -> str:
    version, build = text(meta_data, "appVersion"), text(meta_data, "buildVersion")
    return f"{version} build {build}".strip() if build else version


class HotFrame(NamedTuple):
    """The frame to look at: function, file and line; its samples, and all samples of its call stack."""

    place: str
    samples: int
    total: int


def hot_frame(log: dict[str, Any]) -> HotFrame | None:
    """The deepest frame of the app on the path with most samples; None where no frame of the app is on it.

    Of several threads the one with most samples counts, and the first of equals: the main thread comes first.
    The path ends where a frame has more samples of its own than any frame below it.
    """
    stacks = [
        items(stack, "callStackRootFrames")
        for tree in items(log, "callStackTree")
        for stack in items(tree, "callStacks")
    ]
    frames = max(stacks, key=lambda roots: sum(map(_samples, roots)), default=[])
    total = sum(map(_samples, frames))
    found, count = None, 0
    while frames:
        frame = max(frames, key=_samples)
        own = count - sum(map(_samples, frames))
        count = _samples(frame)
        if own > count:
            break
        if frame.get("isBlameFrame") is True:
            found = frame
        frames = items(frame, "subFrames")
    return HotFrame(_place(found), _samples(found), total) if found else None


def _samples(frame: dict[str, Any]) -> int:
    count = frame.get("sampleCount")
    return count if type(count) is int and 0 < count <= LARGEST_AMOUNT else 0


def _place(frame: dict[str, Any]) -> str:
    """Function, file and line of a frame, as one would look for them in the sources."""
    file, line = text(frame, "fileName"), text(frame, "lineNumber")
    name = _function(frame)
    return f"{name} ({file}:{line})" if file and line else f"{name} ({file})" if file else name


def _function(frame: dict[str, Any]) -> str:
    """What a frame is called in every log: counts and addresses differ from one to the next."""
    if name := text(frame, "symbolName") or _COUNT_OR_ADDRESS.sub("", text(frame, "rawFrame")):
        return name
    binary, offset = text(frame, "binaryName"), text(frame, "offsetIntoBinaryTextSegment")
    parts = ["unknown symbol", binary and f"(in {binary})", offset and f"+ {offset}"]
    return " ".join(part for part in parts if part)


def _share(hot: HotFrame) -> str:
    return f"{100 * hot.samples / hot.total:.0f} %" if hot.total else "- %"


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


def _meta_data(meta_data: dict[str, Any]) -> list[list[str]]:
    """Label and value of whatever is there of a log's `diagnosticMetaData`, of what Apple may add to it too."""
    names = [*_LABELS, *(name for name in meta_data if name not in _LABELS)]
    return [[_LABELS.get(name) or clean(name), value] for name in names if (value := text(meta_data, name))]


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
    with deep_nesting():
        # `report` keeps fractions as bytes: they go out as they came in, by way of a marked string.
        written = json.dumps(whole, default=lambda fraction: f"\0{fraction.decode('ascii')}\0")
    return re.sub(r'"\\u0000([-+.0-9eE]+)\\u0000"', r"\1", written).encode("ascii")


def folded_lines(signatures: Iterable[Signature]) -> Iterator[str]:
    """A line `root;...;leaf count` for each distinct stack, all logs merged: what flame graph tools read.

    The count is of the leaf's own samples, which is what it has more than the frames below it.
    """
    stacks: Counter[str] = Counter()
    for signature in signatures:
        for log in signature.logs:
            for tree in items(log, "callStackTree"):
                for stack in items(tree, "callStacks"):
                    _fold(items(stack, "callStackRootFrames"), stacks)
    for stack_, count in stacks.items():
        yield f"{stack_} {count}"


def _fold(roots: list[dict[str, Any]], stacks: Counter[str]) -> None:
    pending = [(frame, "") for frame in reversed(roots)]
    while pending:
        frame, above = pending.pop()
        path = above + _function(frame).replace(";", ":")
        below = items(frame, "subFrames")
        own = _samples(frame) - sum(map(_samples, below))
        if own > 0:
            stacks[path] += own
        pending.extend((child, path + ";") for child in reversed(below))
