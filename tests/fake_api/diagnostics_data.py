"""The diagnostic signatures and logs that the fake API serves; their call stacks are in call_stacks.txt."""

from __future__ import annotations

import hashlib
import re
import textwrap
import uuid
from pathlib import Path
from typing import NamedTuple

from tests.fake_api.app_data import (
    APP_NAME,
    APPLE_URL,
    BUILD_ID,
    BUILDS,
    BUNDLE_ID,
    RELEASED_BUILDS,
    Build,
    Json,
    mix,
    tidy,
)
from tests.fake_api.metrics_data import VERSIONS


class _Problem(NamedTuple):
    """A signature: the function it blames, its share of all problems of its type, and how many logs there are.

    The direction is Apple's, "" for one without an insight, "NEW" for one that the version on sale alone has, or "GONE"
    for one that only earlier versions have. The share is that in the version on sale, or in the last one that has it.
    """

    diagnostic_type: str
    symbol: str
    weight: float
    direction: str
    log_count: int


# In the order in which the API lists them, which is not that of their weights.
_PROBLEMS = (
    _Problem("DISK_WRITES", "-[RLTileCache storeTile:forKey:]", 0.17, "DOWN", 5),
    _Problem("DISK_WRITES", "TrackStore.append(_:)", 0.42, "UP", 8),
    _Problem("DISK_WRITES", "OfflineRegion.install(from:)", 0.22, "UNDEFINED", 6),
    _Problem("DISK_WRITES", "DiagnosticsLogger.flush()", 0.03, "", 3),
    _Problem("DISK_WRITES", "PhotoJournal.saveThumbnail(for:)", 0.09, "NEW", 4),
    _Problem("DISK_WRITES", "WeatherCache.store(_:)", 0.05, "DOWN", 3),
    _Problem("DISK_WRITES", "GPXExporter.write(_:to:)", 0.05, "GONE", 3),
    _Problem("HANGS", "TrailListModel.reload()", 0.21, "DOWN", 6),
    _Problem("HANGS", "ElevationChart.path(in:)", 0.08, "", 4),
    _Problem("HANGS", "OfflineMaps.regions.getter", 0.37, "UP", 7),
    _Problem("HANGS", "-[RLPhotoGridCell setPhoto:]", 0.16, "UNDEFINED", 5),
    _Problem("HANGS", "LocationGate.isAllowed.getter", 0.11, "NEW", 3),
    _Problem("HANGS", "TrailSearch.results(for:)", 0.14, "GONE", 4),
    _Problem("LAUNCHES", "FeatureFlags.load()", 0.13, "DOWN", 4),
    _Problem("LAUNCHES", "TrailCatalog.loadAll()", 0.52, "UP", 7),
    _Problem("LAUNCHES", "-[RLSessionStore restore]", 0.08, "", 3),
    _Problem("LAUNCHES", "HomeScreen.init(catalog:)", 0.19, "UNDEFINED", 5),
)

# (blamed symbol, index of the log) -> the stacks of further threads in that log. The database thread holds the lock
# that the main thread waits for.
_THREADS = {
    ("TrailListModel.reload()", 1): ("database-thread",),
    ("OfflineMaps.regions.getter", 0): ("database-thread", "event-thread"),
}

# Symbol -> the insight that belongs to the first such frame of a log.
_INSIGHTS = {
    "sqlite3WalFrames": {
        "insightsCategory": "SmallTransactions",
        "insightsString": "Each row is committed on its own. Group the changes into fewer transactions.",
        "insightsURL": "doc://com.apple.documentation/documentation/xcode/reducing-disk-writes#Overview",
    },
    "Data.write(to:options:)": {
        "insightsCategory": "WholeFileRewrite",
        "insightsString": "A whole file is replaced for a small change. Append to it, or keep the data in a database.",
        "insightsURL": "doc://com.apple.documentation/documentation/xcode/reducing-disk-writes",
    },
}

# What a share changes by from one version to the next, by direction.
_STEPS = {"UP": 0.04, "DOWN": -0.03}
_BUILDS = {build.id: build for build in BUILDS}

_DEVICES = (
    ("iPhone15_2", "iPhone OS 18.5 (22F76)"),
    ("iPhone14_5", "iPhone OS 17.7.2 (21H221)"),
    ("iPhone16_1", "iPhone OS 18.4.1 (22E252)"),
    ("iPad13_18", "iPad OS 18.5 (22F76)"),
    ("iPhone17_3", "iPhone OS 18.5 (22F76)"),
)

_, *_SECTIONS = re.split(
    r"^= (.*)\n", Path(__file__).with_name("call_stacks.txt").read_text(encoding="utf-8"), flags=re.MULTILINE
)
_STACKS = dict(zip(_SECTIONS[::2], _SECTIONS[1::2]))


class _Stack(NamedTuple):
    """A chain of frames, and the stacks that continue its last frame, each with its share of the samples."""

    frames: list[str]
    branches: list[tuple[float, _Stack]]


def _parse(text: str) -> _Stack:
    """Return the stack written in `text`, in the notation of call_stacks.txt."""
    stack = _Stack([], [])
    for block in re.split(r"\n(?! )", text.rstrip("\n")):
        line, _, indented = block.partition("\n")
        share, is_branch, frame = line.partition("% ")
        if is_branch:
            stack.branches.append((int(share) / 100, _parse(f"{frame}\n{textwrap.dedent(indented)}")))
        elif line.startswith("@"):
            stack.frames.extend(_parse(_STACKS[line[1:]]).frames)
        else:
            stack.frames.append(line)
    return stack


def _offset(symbol: str) -> int:
    """Return the call's offset into `symbol`: a multiple of an instruction's 4 bytes."""
    return 4 * (5 + mix(symbol) % 400)


def _frame(line: str, samples: int, log: str) -> Json:
    binary, place, symbol = line.split(" ", 2)
    symbol = symbol.strip("?")
    file_name, _, line_number = place.strip("-").partition(":")
    # The app is loaded at another address in every process, the shared cache at the same until a reboot.
    load_address = (
        0x1_0000_0000 + mix(log) % 0x4000 * 0x4000
        if binary == APP_NAME
        else 0x1_8000_0000 + mix(binary) % 0x8000 * 0x4000
    )
    in_text = 4 * (mix(line) % 0x10_0000)
    address = f"{load_address + in_text:#x}"
    offset = str(_offset(symbol)) if symbol else ""
    frame: Json = {
        "symbolName": symbol,
        "binaryName": binary,
        "binaryUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{binary}.{BUNDLE_ID}")).upper(),
        "address": address,
        "offsetIntoSymbol": offset,
        "offsetIntoBinaryTextSegment": "" if symbol else str(in_text),
        "fileName": file_name,
        "lineNumber": line_number,
        "sampleCount": samples,
        "isBlameFrame": binary == APP_NAME,
    }
    if mix(line) % 17:
        # Apple's text counts stacks, the field counts samples: the two differ.
        count = samples - samples // 8
        source = f" ({place})" if file_name else ""
        frame["rawFrame"] = f"{count} {symbol or '???'} (in {binary}) + {offset or in_text}{source} [{address}]"
    return frame


def _frame_tree(stack: _Stack, samples: int, log: str) -> Json:
    """Return the root frame of `stack`; a frame's children never have more samples than the frame."""
    chain = []
    for line in stack.frames:
        chain.append(_frame(line, samples, log))
        # Now and then a sample was taken before the next call was made.
        samples -= samples > 20 and mix(line, log) % 6 == 0
    for caller, frame in zip(chain, chain[1:]):
        caller["subFrames"] = [frame]
    chain[-1]["subFrames"] = [
        _frame_tree(branch, max(1, int(samples * share)), log) for share, branch in stack.branches
    ]
    return chain[0]


def _mark_insight(frame: Json) -> list[Json]:
    """Return the first insight on the way down the heaviest frames, if any, and name its category in the frame."""
    while frame["symbolName"] not in _INSIGHTS:
        if not frame["subFrames"]:
            return []
        frame = frame["subFrames"][0]
    insight = _INSIGHTS[frame["symbolName"]]
    frame["insightsCategory"] = insight["insightsCategory"]
    return [dict(insight)]


def _log(problem: _Problem, index: int, build: Build) -> tuple[Json, list[Json]]:
    """Return a log of a build's signature and the insights that its frames name; some logs are from the build before.

    The logs of the build on sale and of earlier ones differ in their addresses, samples and devices.
    """
    log = f"{problem.symbol} {index}" + ("" if build.id == BUILD_ID else f" {build.number}")
    number = mix(log)
    device, os_version = _DEVICES[number % len(_DEVICES)]
    older = [one for one in RELEASED_BUILDS if (one.platform, one.uploaded) < (build.platform, build.uploaded)]
    build = build if number % 3 else next((one for one in older if one.platform == build.platform), build)
    size = 1 + number % 1000 / 250
    meta = {
        "bundleId": BUNDLE_ID,
        "appVersion": build.app_version,
        "buildVersion": build.number,
        "osVersion": os_version,
        "deviceType": device,
        "platformArchitecture": "arm64e",
    }
    if index % 4 == 2:
        del meta["bundleId"], meta["buildVersion"]
    if problem.diagnostic_type == "DISK_WRITES":
        written = f"{size * 1073.74:.2f} MB"
        meta.update(event="disk writes", eventDetail=f"{written} written within 24 hours", writesCaused=written)
    elif problem.diagnostic_type == "HANGS":
        meta.update(event="hang", eventDetail=f"Main thread unresponsive for {size:.2f} seconds")
    else:
        meta.update(event="launch", eventDetail=f"First frame drawn after {size + 2:.2f} seconds")

    threads = _THREADS.get((problem.symbol, index), ())
    main, *others = (_parse(_STACKS[name]) for name in (problem.symbol, *threads))
    if index % 3 == 2:
        del main.branches[-1]
    roots = [_frame_tree(stack, 40 + number % 150, log) for stack in (main, *others)]
    insights = _mark_insight(roots[0]) if problem.diagnostic_type == "DISK_WRITES" else []
    stacks = [{"callStackRootFrames": [root]} for root in roots]
    tree = {"callStackPerThread": bool(threads), "callStacks": stacks}
    return {"diagnosticMetaData": meta, "callStackTree": [tree]}, insights


def _signature_id(problem: _Problem, build: Build = _BUILDS[BUILD_ID]) -> str:
    """Return 66 hexadecimal digits, as long as Apple's; the same function has another ID in each build."""
    name = problem.symbol + ("" if build.id == BUILD_ID else f" {build.number}")
    return hashlib.sha256(name.encode()).hexdigest() + f"{len(problem.symbol):02x}"


def _weight(problem: _Problem, version: str) -> float:
    """Return the share of a problem in a version, 0 if the version does not have it."""
    age = VERSIONS[::-1].index(version)
    if problem.direction in ("NEW", "GONE") and (age > 0) == (problem.direction == "NEW"):
        return 0
    return round(max(problem.weight - _STEPS.get(problem.direction, 0) * age, 0), 2)


def _problems(build: Build) -> list[_Problem]:
    return [problem for problem in _PROBLEMS if _weight(problem, build.app_version)]


def signatures(diagnostic_type: str, base_url: str = APPLE_URL, build_id: str = BUILD_ID) -> list[Json]:
    """Return the resource objects of a build's DISK_WRITES, HANGS or LAUNCHES signatures, not sorted by weight."""
    build = _BUILDS[build_id]
    versions = VERSIONS[: VERSIONS.index(build.app_version) + 1]
    resources = []
    for problem in _problems(build):
        if problem.diagnostic_type != diagnostic_type:
            continue
        # The same call is elsewhere in each build.
        offset = _offset(problem.symbol) + 4 * (len(VERSIONS) - len(versions))
        attributes: Json = {
            "diagnosticType": problem.diagnostic_type,
            "signature": f"{APP_NAME}: {problem.symbol} + {offset}",
            "weight": _weight(problem, build.app_version),
        }
        if problem.direction:
            references = [
                {"version": version, "value": tidy(weight)}
                for version in versions[-3:]
                if (weight := _weight(problem, version))
            ]
            attributes["insight"] = {
                "insightType": "TREND",
                "direction": problem.direction if problem.direction in _STEPS else "UNDEFINED",
                "referenceVersions": references,
            }
        link = f"{base_url}/v1/diagnosticSignatures/{_signature_id(problem, build)}"
        resources.append(
            {
                "type": "diagnosticSignatures",
                "id": _signature_id(problem, build),
                "attributes": attributes,
                "relationships": {"logs": {"links": {"related": f"{link}/logs"}}},
                "links": {"self": link},
            }
        )
    return resources


def call_site(signature_id: str) -> tuple[str, int]:
    """Return the file and the line of the frame that a signature names. Raise KeyError for an unknown ID."""
    symbol = {_signature_id(problem): problem.symbol for problem in _PROBLEMS}[signature_id]
    places = [line.split(" ", 2)[1] for line in _STACKS[symbol].splitlines() if line.endswith(f" {symbol}")]
    file_name, line_number = places[0].split(":")
    return file_name, int(line_number)


def logs(signature_id: str) -> Json:
    """Return the diagnostic logs of a signature. Raise KeyError for an unknown ID."""
    known = {
        _signature_id(problem, build): (problem, build) for build in RELEASED_BUILDS for problem in _problems(build)
    }
    problem, build = known[signature_id]
    diagnostic_logs, insights = zip(*(_log(problem, index, build) for index in range(problem.log_count)))
    by_category = {insight["insightsCategory"]: insight for found in insights for insight in found}
    product = {
        "signatureId": signature_id,
        "diagnosticInsights": list(by_category.values()),
        "diagnosticLogs": list(diagnostic_logs),
    }
    return {"version": "1.0.0", "productData": [product]}
