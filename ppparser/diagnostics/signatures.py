"""The values of a diagnostics report: its signatures and their logs.

A report is Apple's `diagnosticLogs`; see "Get Diagnostic Logs" in the documentation of the App Store Connect API.
Frames stay the dicts that `json` made of them: as typed values they would cost three times as much.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ppparser.diagnostics.frames import Frame, Function, binary_name, call_stacks, function_name, sample_counter
from ppparser.diagnostics.log_filters import NO_FILTERS, LogFilters
from ppparser.documents.fields import get_dict, get_list, get_str, to_float
from ppparser.errors import NoDataError
from ppparser.program.terminal import clean

# The signature of Apple's: "ExampleApp: -[TemporaryFile appendData:] + 100".
_NAME = re.compile(r"(?:([^:]+): )?(.+?)(?: \+ [0-9]+)?")
# Percentages that differ by less print alike.
_SAME_PERCENT = 0.5
_SHORT_ID_LENGTH = 8
_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:ms|s|sec|min|milliseconds?|seconds?|minutes?)\b")


class CoursePoint(NamedTuple):
    """The share of a signature in a version, in percent; the version is "" for that of the signature's build."""

    version: str
    percent: float


class Signature(NamedTuple):
    """A resource of type `diagnosticSignatures`.

    `weight` is its share of all of its type, from 0 to 1, None if unknown. `course` has the shares in Apple's
    reference versions, oldest first. Texts are empty if missing.
    """

    id: str
    name: str
    type: str
    weight: float | None
    direction: str
    course: Sequence[CoursePoint]
    logs_url: str

    @property
    def percent(self) -> float | None:
        """Return the weight in percent."""
        return None if self.weight is None else self.weight * 100

    @property
    def is_new(self) -> bool:
        """Tell whether the reference versions contain none before the signature's own."""
        return len(self.course) == 1

    @property
    def label(self) -> str:
        """Return the name without the offset into the function."""
        return ": ".join(filter(None, self.function))

    @property
    def function(self) -> Function:
        """Return the function that the signature names."""
        match = _NAME.fullmatch(self.name)
        return Function(match[1] or "", match[2]) if match else Function("", self.name)


class SignatureLogs(NamedTuple):
    """The entry of a signature in `productData`, with those of its logs that the filters and the limit allow.

    `match_count` logs match the filters, of `log_count` in all.
    """

    id: str
    insights: Sequence[dict[str, Any]]
    logs: Sequence[dict[str, Any]]
    match_count: int
    log_count: int

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is known about the signature: not even insights."""
        return not self.log_count and not self.insights


class LogRow(NamedTuple):
    """Where a log is from, and what it is about; texts are empty if they are unknown.

    `share_percent` is the part of its samples below the end of the path, None if it has no samples or there is no path.
    """

    version: str
    build: str
    device: str
    os: str
    writes_caused: str
    duration: str
    share_percent: float | None
    is_from_another_build: bool


def rank_signatures(resources: Iterable[dict[str, Any]], types: Sequence[str]) -> dict[str, list[Signature]]:
    """Return the signatures of each of `types`, heaviest first, those without a weight last.

    Apple promises no order. A signature that does not name its type is of the first one.
    """
    rankings: dict[str, dict[str, Signature]] = {name: {} for name in types}
    for position, resource in enumerate(resources):
        signature = _signature(resource)
        ranking = rankings.setdefault(signature.type or types[0], {})
        ranking.setdefault(signature.id or f"without an ID {position}", signature)  # Pages may repeat one.
    return {name: sorted(ranking.values(), key=weight_order, reverse=True) for name, ranking in rankings.items()}


def weight_order(signature: Signature) -> float:
    """Return a key that sorts the lightest first, after those without a weight."""
    return -1 if signature.weight is None else signature.weight


def only_signature(rankings: dict[str, list[Signature]], wanted: str, build_name: str) -> dict[str, list[Signature]]:
    """Return the ranking of the one signature whose ID is, or starts with, `wanted`.

    Raises NoDataError, which lists the signatures, unless there is exactly one.
    """
    signatures = [signature for ranking in rankings.values() for signature in ranking]
    matches = [signature for signature in signatures if signature.id == wanted] or [
        signature for signature in signatures if signature.id.lower().startswith(wanted.lower())
    ]
    if len(matches) == 1:
        return {name: matches for name, ranking in rankings.items() if matches[0] in ranking}
    if not signatures:
        return {}
    choices = [f"\n  {short_id}  {signature.name}" for signature, short_id in zip(signatures, short_ids(signatures))]
    problem = (
        f"{len(matches)} signatures of {build_name} have an ID that starts"
        if matches
        else f"{build_name} has no signature whose ID starts"
    )
    raise NoDataError(f"{problem} with {clean(wanted)}. It has:{''.join(choices)}")


def _signature(resource: dict[str, Any]) -> Signature:
    attributes = get_dict(resource, "attributes")
    insight = get_dict(attributes, "insight")
    links = get_dict(get_dict(get_dict(resource, "relationships"), "logs"), "links")
    weight = to_float(attributes.get("weight"))
    return Signature(
        get_str(resource, "id"),
        get_str(attributes, "signature") or get_str(resource, "id") or "unknown",
        get_str(attributes, "diagnosticType"),
        weight,
        get_str(insight, "direction"),
        read_course(get_list(insight, "referenceVersions"), weight),
        get_str(links, "related"),
    )


def read_course(references: Iterable[dict[str, Any]], weight: float | None, scale: float = 1) -> list[CoursePoint]:
    """Return the shares in the reference versions; the last one is the current share, which is added if it is not.

    `scale` converts their values to fractions.
    """
    course = []
    for reference in references:
        value = to_float(reference.get("value"))
        if value is not None:
            course.append(CoursePoint(get_str(reference, "version"), 100 * scale * value))
    if course and weight is not None and abs(course[-1].percent - 100 * weight) >= _SAME_PERCENT:
        course.append(CoursePoint("", 100 * weight))
    return course


def course_versions(signatures: Iterable[Signature]) -> list[str]:
    """Return the versions that the courses of all `signatures` share, oldest first; none if they have no such list."""
    all_versions = [[point.version for point in signature.course] for signature in signatures if signature.course]
    longest = max(all_versions, key=len, default=[])
    is_common = all(longest) and all(versions == longest[-len(versions) :] for versions in all_versions)
    return longest if is_common else []


def shared_binary(signatures: Iterable[Signature]) -> str:
    """Return the binary that all `signatures` name, "" if there is no such one."""
    binaries = {signature.function.binary for signature in signatures}
    return binaries.pop() if len(binaries) == 1 else ""


def short_ids(signatures: Sequence[Signature]) -> list[str]:
    """Return the first characters of each ID, enough of them to tell the IDs apart."""
    ids = {signature.id for signature in signatures}
    length = _SHORT_ID_LENGTH
    while len({identifier[:length] for identifier in ids}) < len(ids):
        length += 1
    return [signature.id[:length] for signature in signatures]


def select_logs(
    document: dict[str, Any], limit: int | None = None, filters: LogFilters = NO_FILTERS
) -> list[SignatureLogs]:
    """Return the signatures of a report with at most `limit` matching logs in total; none if the report is empty."""
    signatures = []
    remaining = limit
    for product in get_list(document, "productData"):
        if remaining == 0:
            break
        logs = get_list(product, "diagnosticLogs")
        matches = [log for log in logs if filters.match(log)] if any(filters) else logs
        insights = get_list(product, "diagnosticInsights")
        if logs or insights:
            signatures.append(
                SignatureLogs(get_str(product, "signatureId"), insights, matches[:remaining], len(matches), len(logs))
            )
        remaining = None if remaining is None else max(0, remaining - len(matches))
    return signatures


def merge_logs(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return one report with the signatures of all `documents`."""
    products: list[dict[str, Any]] = []
    version = ""
    for document in documents:
        version = version or get_str(document, "version")
        products += get_list(document, "productData")
    return {"productData": products, "version": version}


def log_row(log: dict[str, Any], share_percent: float | None, build_number: str) -> LogRow:
    """Return a row of the table of logs; `build_number` is that of the build in question, "" if unknown."""
    meta_data = get_dict(log, "diagnosticMetaData")
    version, build, device, os, writes_caused = (
        get_str(meta_data, key) for key in ("appVersion", "buildVersion", "deviceType", "osVersion", "writesCaused")
    )
    is_other = bool(build and build_number) and build != build_number
    return LogRow(version, build, device, os, writes_caused, duration(log), share_percent, is_other)


def duration(log: dict[str, Any]) -> str:
    """Return the duration in a log's detail ("Main thread unresponsive for 1.95 seconds"), "" unless it has one."""
    durations = _DURATION.findall(get_str(get_dict(log, "diagnosticMetaData"), "eventDetail"))
    return durations[0] if len(durations) == 1 else ""


def folded_stacks(signatures: Iterable[SignatureLogs], rename: Callable[[str], str] = str) -> tuple[Counter[str], bool]:
    """Return each distinct stack of all logs, `root;...;leaf`, with the number of samples of its leaf alone.

    `rename` changes the names of functions. The second value tells whether these are sample counts: if no frame has
    one, each leaf counts once.
    """
    stacks: Counter[str] = Counter()
    all_roots = [
        root for signature in signatures for log in signature.logs for _, roots in call_stacks(log) for root in roots
    ]
    counter = sample_counter(all_roots)
    pending = [(root, "") for root in reversed(all_roots)]
    while pending:
        frame, prefix = pending.pop()
        path = prefix + _folded_name(frame, rename)
        children = get_list(frame, "subFrames")
        own = counter.samples(frame) - sum(map(counter.samples, children))
        if own > 0:
            stacks[path] += own
        pending.extend((child, path + ";") for child in reversed(children))
    return stacks, counter.has_counts


def _folded_name(frame: Frame, rename: Callable[[str], str]) -> str:
    """Return the name of a frame as the stackcollapse tools write it: the binary, a backtick and the function."""
    binary, function = binary_name(frame), rename(function_name(frame))
    name = f"{binary}`{function}" if binary else function
    return name.replace(";", ":")
