"""The values of a diagnostics report: signatures, their logs, and the frames to look at.

A report is Apple's `diagnosticLogs`; see "Get Diagnostic Logs" in the documentation of the App Store Connect API.
Frames stay the dicts that `json` made of them: as typed values they would cost three times as much.
Rendering is in diagnostics_text.py and diagnostics_folded.py.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ppparser.fields import LARGEST_NUMBER, get_dict, get_list, get_str, to_float
from ppparser.loading import deep_nesting

# The parts of a frame's raw text that differ between logs: "12 main (in App) + 8 [0x1040]".
_COUNT_OR_ADDRESS = re.compile(r"^[0-9]+ | \[0x[0-9a-fA-F]+\]$")


class Signature(NamedTuple):
    """A resource of type `diagnosticSignatures`.

    `weight` is its share of all of its type, from 0 to 1, None if unknown. Texts are empty if missing.
    """

    id: str
    name: str
    weight: float | None
    direction: str
    logs_url: str

    @property
    def percent(self) -> float | None:
        """Return the weight in percent."""
        return None if self.weight is None else self.weight * 100


class SignatureLogs(NamedTuple):
    """The entry of a signature in `productData`, with those of its logs that the limit allows."""

    id: str
    insights: Sequence[dict[str, Any]]
    logs: Sequence[dict[str, Any]]


class HotFrame(NamedTuple):
    """The frame to look at: function, file and line; its samples, and all samples of its call stack."""

    place: str
    samples: int
    total: int

    @property
    def percent(self) -> float | None:
        """Return the share of the samples in percent, None without samples."""
        return 100 * self.samples / self.total if self.total else None


class HotPlace(NamedTuple):
    """The same hot frame in several logs, with the samples of all of them."""

    frame: HotFrame
    log_count: int


class Summary(NamedTuple):
    """What the logs of a signature have in common.

    `hot_frames` has an entry per log. The counters map a value, "" if unknown, to the number of its logs.
    """

    hot_frames: Sequence[HotFrame | None]
    hot_places: Sequence[HotPlace]
    devices: Counter[str]
    os_versions: Counter[str]
    app_versions: Counter[str]


def rank(resources: Iterable[dict[str, Any]]) -> list[Signature]:
    """Return the signatures, heaviest first, those without a weight last; Apple promises no order."""
    signatures: dict[str, Signature] = {}
    for position, resource in enumerate(resources):
        signature = _signature(resource)
        signatures.setdefault(signature.id or f"without an ID {position}", signature)  # Pages may repeat one.
    return sorted(signatures.values(), key=lambda one: -1 if one.weight is None else one.weight, reverse=True)


def _signature(resource: dict[str, Any]) -> Signature:
    attributes = get_dict(resource, "attributes")
    links = get_dict(get_dict(get_dict(resource, "relationships"), "logs"), "links")
    return Signature(
        get_str(resource, "id"),
        get_str(attributes, "signature") or get_str(resource, "id") or "unknown",
        to_float(attributes.get("weight")),
        get_str(get_dict(attributes, "insight"), "direction"),
        get_str(links, "related"),
    )


def select(document: dict[str, Any], limit: int | None = None) -> list[SignatureLogs]:
    """Return the signatures of a report with at most `limit` logs in total; none if the report is empty."""
    signatures = []
    remaining = limit
    for product in get_list(document, "productData"):
        if remaining == 0:
            break
        logs = get_list(product, "diagnosticLogs")[:remaining]
        insights = get_list(product, "diagnosticInsights")
        if logs or insights:
            signatures.append(SignatureLogs(get_str(product, "signatureId"), insights, logs))
        remaining = None if remaining is None else remaining - len(logs)
    return signatures


def merge(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return one report with the signatures of all `documents`."""
    products: list[dict[str, Any]] = []
    version = ""
    for document in documents:
        version = version or get_str(document, "version")
        products += get_list(document, "productData")
    return {"productData": products, "version": version}


def to_json(document: dict[str, Any]) -> bytes:
    """Return a report as JSON; its fractions, which are `bytes`, keep their spelling."""
    mark = secrets.token_hex(16)  # No string of the report can contain it.
    with deep_nesting():
        json_text = json.dumps(document, default=lambda number: f"{mark}{number.decode('ascii')}{mark}")
    return re.sub(f'"{mark}(.*?){mark}"', r"\1", json_text).encode("ascii")


def summarize(logs: Sequence[dict[str, Any]]) -> Summary:
    """Return what the logs of a signature have in common, the place with the most samples first."""
    hot_frames = [hot_frame(log) for log in logs]
    places: dict[str, list[HotFrame]] = {}
    for frame in hot_frames:
        if frame:
            places.setdefault(frame.place, []).append(frame)
    hot_places = [
        HotPlace(HotFrame(place, sum(one.samples for one in same), sum(one.total for one in same)), len(same))
        for place, same in places.items()
    ]
    meta_data = [get_dict(log, "diagnosticMetaData") for log in logs]
    return Summary(
        hot_frames,
        sorted(hot_places, key=lambda place: -place.frame.samples),
        Counter(get_str(data, "deviceType") for data in meta_data),
        Counter(get_str(data, "osVersion") for data in meta_data),
        Counter(_app_version(data) for data in meta_data),
    )


def _app_version(meta_data: dict[str, Any]) -> str:
    version, build = get_str(meta_data, "appVersion"), get_str(meta_data, "buildVersion")
    return f"{version} build {build}".strip() if build else version


def call_stacks(log: dict[str, Any]) -> Iterator[tuple[bool, list[dict[str, Any]]]]:
    """Yield the call stacks of a log: whether each is that of one thread, and its root frames."""
    for tree in get_list(log, "callStackTree"):
        for stack in get_list(tree, "callStacks"):
            yield tree.get("callStackPerThread") is True, get_list(stack, "callStackRootFrames")


def hot_frame(log: dict[str, Any]) -> HotFrame | None:
    """Return the deepest frame of the app on the path with the most samples, None if the path has no frame of the app.

    Of several threads, the one with the most samples counts; in a tie the first, because the main thread comes first.
    The path ends at a frame that has more samples of its own than any frame below it.
    """
    stacks = [roots for _, roots in call_stacks(log)]
    frames = max(stacks, key=lambda roots: sum(map(samples, roots)), default=[])
    total = sum(map(samples, frames))
    hot, count = None, 0
    while frames:
        frame = max(frames, key=samples)
        own = count - sum(map(samples, frames))
        count = samples(frame)
        if own > count:
            break
        if frame.get("isBlameFrame") is True:
            hot = frame
        frames = get_list(frame, "subFrames")
    return HotFrame(_place(hot), samples(hot), total) if hot else None


def samples(frame: dict[str, Any]) -> int:
    """Return the number of samples of a frame and all below it; 0 if unknown."""
    count = frame.get("sampleCount")
    return count if type(count) is int and 0 < count <= LARGEST_NUMBER else 0


def function_name(frame: dict[str, Any]) -> str:
    """Return a name for a frame that is the same in every log: counts and addresses differ."""
    if name := get_str(frame, "symbolName") or _COUNT_OR_ADDRESS.sub("", get_str(frame, "rawFrame")):
        return name
    binary, offset = get_str(frame, "binaryName"), get_str(frame, "offsetIntoBinaryTextSegment")
    parts = ["unknown symbol", binary and f"(in {binary})", offset and f"+ {offset}"]
    return " ".join(part for part in parts if part)


def _place(frame: dict[str, Any]) -> str:
    """Return the function, file and line of a frame."""
    file, line = get_str(frame, "fileName"), get_str(frame, "lineNumber")
    name = function_name(frame)
    return f"{name} ({file}:{line})" if file and line else f"{name} ({file})" if file else name


def folded_stacks(signatures: Iterable[SignatureLogs]) -> Counter[str]:
    """Return each distinct stack of all logs, `root;...;leaf`, with the number of samples of its leaf alone."""
    stacks: Counter[str] = Counter()
    for signature in signatures:
        for log in signature.logs:
            for _, roots in call_stacks(log):
                _fold(roots, stacks)
    return stacks


def _fold(roots: list[dict[str, Any]], stacks: Counter[str]) -> None:
    pending = [(frame, "") for frame in reversed(roots)]
    while pending:
        frame, prefix = pending.pop()
        path = prefix + function_name(frame).replace(";", ":")
        children = get_list(frame, "subFrames")
        own = samples(frame) - sum(map(samples, children))
        if own > 0:
            stacks[path] += own
        pending.extend((child, path + ";") for child in reversed(children))
