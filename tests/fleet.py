"""What the stand-in for App Store Connect knows: a made-up hiking app, its metrics, signatures and logs.

Everything is computed from the tables below and never from a clock or a random source, so that two runs give the same
bytes. The functions return new dicts in the shapes of Apple's answers.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from statistics import mean
from typing import Any, NamedTuple

Json = dict[str, Any]

APPLE_URL = "https://api.appstoreconnect.apple.com"

APP_NAME = "Ridgeline"
APP_ID = "1582046317"
BUNDLE_ID = "com.example.ridgeline"
# Too few users for Apple to report anything about it.
SMALL_APP_ID = "6449120583"
SMALL_BUNDLE_ID = "com.example.cairn"

BUILD_ID = "7c1e9a54-3b0d-4f6e-9d27-51c8e2ab6f03"
TESTFLIGHT_BUILD_ID = "e2f4b8d1-95a7-4c30-8b6e-0d73f19c5a28"
QUIET_BUILD_ID = "0b95d7f3-6e12-4a8c-b451-c7e83a20d96f"


class Build(NamedTuple):
    """A build as App Store Connect lists it, and the app version it was submitted for."""

    id: str
    number: str
    app_version: str
    uploaded: str


BUILDS = (
    Build(BUILD_ID, "431", "8.1.0", "2025-06-03T06:14:52-07:00"),
    Build(TESTFLIGHT_BUILD_ID, "429", "8.1.0", "2025-05-28T02:40:11-07:00"),
    Build("a86d03c5-1f7b-4e92-a0d4-39b5c6e81f70", "424", "8.0.1", "2025-04-22T01:03:27-07:00"),
    Build("5d20e7b9-c481-4b36-9f0a-e61d7483b2c5", "418", "8.0.0", "2025-04-01T07:55:40-07:00"),
    Build("f37ac912-08e6-4d5b-8c73-2a94d0b5e18e", "412", "7.5.0", "2025-02-18T00:21:06-08:00"),
    Build(QUIET_BUILD_ID, "389", "7.2.0", "2024-09-10T03:32:19-07:00"),
)


def _tidy(value: float, digits: int = 2) -> float:
    """Round; a whole number becomes an int, as JSON from Apple mixes the two."""
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _mix(*parts: object) -> int:
    """Return a number that depends on `parts` alone: the same in every process, unlike `hash`."""
    return zlib.crc32("|".join(map(str, parts)).encode())


# --- apps and builds --------------------------------------------------------------------------------------------------


def apps(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of both apps."""
    return [
        {
            "type": "apps",
            "id": app_id,
            "attributes": {
                "name": name,
                "bundleId": bundle_id,
                "sku": name.upper(),
                "primaryLocale": "en-US",
            },
            "links": {"self": f"{base_url}/v1/apps/{app_id}"},
        }
        for app_id, name, bundle_id in (
            (APP_ID, APP_NAME, BUNDLE_ID),
            (SMALL_APP_ID, "Cairn", SMALL_BUNDLE_ID),
        )
    ]


def builds(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of the app's builds, newest first; the small app has none."""
    return [
        {
            "type": "builds",
            "id": build.id,
            "attributes": {
                "version": build.number,
                "uploadedDate": build.uploaded,
                "expired": False,
                "processingState": "VALID",
            },
            "links": {"self": f"{base_url}/v1/builds/{build.id}"},
        }
        for build in BUILDS
    ]


# --- metrics ----------------------------------------------------------------------------------------------------------

VERSIONS = ("7.2.0", "7.2.1", "7.3.0", "7.4.0", "7.5.0", "8.0.0", "8.0.1", "8.1.0")
PERCENTILES = ("percentile.fifty", "percentile.ninety")

# Device -> marketing name, and how its values compare with those of all iPhones.
DEVICES = {
    "all_iphones": ("All iPhones", 1.0),
    "all_ipads": ("All iPads", 1.12),
    "iPhone14_5": ("iPhone 13", 1.21),
    "iPhone15_2": ("iPhone 14 Pro", 0.93),
    "iPhone16_1": ("iPhone 15 Pro", 0.84),
    "iPad13_18": ("iPad (10th generation)", 1.27),
}


class _Metric(NamedTuple):
    category: str
    identifier: str
    unit: tuple[str, str]
    typical: float
    top: float
    digits: int
    goals: tuple[float, float] | None = None
    breakdown: tuple[str, ...] = ()


_METRICS = (
    _Metric("HANG", "hangRate", ("secondsPerHour", "seconds/hour"), 1.4, 4.7, 2, (2.5, 6)),
    _Metric("LAUNCH", "launchTime", ("milliseconds", "ms"), 612, 1180, 1, (700, 1400)),
    _Metric("MEMORY", "peakMemory", ("megabytes", "MB"), 214, 466, 0),
    _Metric("MEMORY", "memoryAtSuspension", ("megabytes", "MB"), 73, 151, 1),
    _Metric("DISK", "diskWrites", ("megabytes", "MB"), 38, 167, 1, None, ("SQLite", "Files", "Caches")),
    _Metric(
        "BATTERY",
        "batteryUsage",
        ("percentPerDay", "%/day"),
        3.2,
        9.6,
        1,
        None,
        ("Location", "Display", "Networking", "Processing"),
    ),
    _Metric("BATTERY", "onScreen", ("percent", "%"), 64, 88, 0),
    _Metric("BATTERY", "background", ("percent", "%"), 36, 57, 0),
    _Metric(
        "TERMINATION",
        "onScreen",
        ("terminationsPerDay", "per day"),
        0.03,
        0.12,
        3,
        None,
        ("Memory Pressure", "Unresponsive"),
    ),
    _Metric(
        "TERMINATION",
        "background",
        ("terminationsPerDay", "per day"),
        0.8,
        2.4,
        2,
        None,
        ("Memory Pressure", "Task Overrun", "CPU Use"),
    ),
    _Metric("ANIMATION", "scrollHitchRate", ("percent", "%"), 3.1, 8.4, 1, (4, 9.5)),
    _Metric("STORAGE", "documentsAndData", ("megabytes", "MB"), 348, 2310, 0),
)

# What the newest version made worse: (metric, device, percentile) -> factor on its value.
_LEAPS = {
    ("launchTime", "all_iphones", "percentile.fifty"): 1.58,
    ("launchTime", "all_iphones", "percentile.ninety"): 1.86,
    ("launchTime", "iPhone15_2", "percentile.ninety"): 2.04,
    ("diskWrites", "all_iphones", "percentile.ninety"): 1.34,
    ("diskWrites", "iPhone14_5", "percentile.ninety"): 1.41,
    ("hangRate", "all_iphones", "percentile.fifty"): 1.22,
    ("hangRate", "all_iphones", "percentile.ninety"): 1.17,
}

# What grows with every version: metric and device -> factor from one version to the next.
_TRENDS = {("peakMemory", "all_ipads"): 1.035, ("peakMemory", "iPad13_18"): 1.03}

# Too few users of the newest version when the answer was made: these datasets end one version earlier.
_LAGGING = {
    ("memoryAtSuspension", "iPad13_18", "percentile.ninety"),
    ("scrollHitchRate", "iPhone14_5", "percentile.fifty"),
    ("scrollHitchRate", "iPhone14_5", "percentile.ninety"),
    ("documentsAndData", "all_ipads", "percentile.ninety"),
}

# (metric, percentile) -> what Apple recommends for all iPhones.
_RECOMMENDED: dict[tuple[str, str], Json] = {
    ("launchTime", "percentile.fifty"): {
        "value": 480,
        "detail": "What apps of this kind reach on the same devices.",
    },
    ("launchTime", "percentile.ninety"): {
        "value": 960,
        "detail": "What apps of this kind reach on the same devices.",
    },
    ("hangRate", "percentile.fifty"): {"value": 0.9, "detail": "What your version 7.3.0 reached."},
}


def _goal(value: float, bounds: tuple[float, float]) -> str:
    good, fair = bounds
    return "good" if value < good else "fair" if value < fair else "poor"


def _goal_keys(bounds: tuple[float, float]) -> list[Json]:
    good, fair = bounds
    return [
        {"goalKey": "poor", "lowerBound": fair},
        {"goalKey": "fair", "lowerBound": good, "upperBound": fair},
        {"goalKey": "good", "lowerBound": 0, "upperBound": good},
    ]


def _breakdown(labels: tuple[str, ...], mix: int) -> list[Json]:
    """Split 100 % among `labels`; Apple leaves the list empty now and then."""
    if mix % 5 == 0:
        return []
    weights = [1 + (mix >> (4 * i)) % 9 + (len(labels) - i) * 4 for i in range(len(labels))]
    shares = [round(100 * weight / sum(weights), 1) for weight in weights]
    shares[0] = 100 - sum(shares[1:])
    return [{"value": _tidy(share, 1), "subSystemLabel": label} for share, label in zip(shares, labels)]


def _point(metric: _Metric, device: str, percentile: str, i: int) -> Json:
    key = (metric.identifier, device, percentile)
    mix = _mix(metric.category, *key, i)
    value = metric.typical if percentile == "percentile.fifty" else metric.top
    # The versions scatter by 4 % at most, far less than any entry of _LEAPS.
    value *= DEVICES[device][1] * (0.96 + mix % 81 / 1000)
    value *= _TRENDS.get(key[:2], 1) ** i
    if i == len(VERSIONS) - 1:
        value *= _LEAPS.get(key, 1)
    if metric.unit[1] == "%":
        value = min(value, 97)
    point: Json = {"version": VERSIONS[i], "value": _tidy(value, metric.digits)}
    if mix % 4:
        point["errorMargin"] = _tidy(value * (1 + mix % 5) / 100, metric.digits + 1)
    if metric.goals:
        point["goal"] = _goal(point["value"], metric.goals)
    if metric.breakdown and mix % 7:
        point["percentageBreakdown"] = _breakdown(metric.breakdown, mix)
    return point


def _dataset(metric: _Metric, device: str, percentile: str) -> Json:
    count = len(VERSIONS) - ((metric.identifier, device, percentile) in _LAGGING)
    dataset: Json = {
        "filterCriteria": {
            "device": device,
            "deviceMarketingName": DEVICES[device][0],
            "percentile": percentile,
        },
        "points": [_point(metric, device, percentile, i) for i in range(count)],
    }
    recommended = _RECOMMENDED.get((metric.identifier, percentile))
    if device == "all_iphones" and recommended:
        dataset["recommendedMetricGoal"] = dict(recommended)
    return dataset


def _product_data() -> list[Json]:
    categories: dict[str, list[Json]] = {}
    for metric in _METRICS:
        identifier, display_name = metric.unit
        entry: Json = {
            "identifier": metric.identifier,
            "unit": {"identifier": identifier, "displayName": display_name},
            "datasets": [_dataset(metric, device, percentile) for device in DEVICES for percentile in PERCENTILES],
        }
        if metric.goals:
            entry["goalKeys"] = _goal_keys(metric.goals)
        categories.setdefault(metric.category, []).append(entry)
    return [
        {
            "platform": "iOS",
            "metricCategories": [{"identifier": name, "metrics": found} for name, found in categories.items()],
        }
    ]


def _insight(
    identifier: str, title: str, keys: list[tuple[str, str]], reference_count: int = 4, **extra: object
) -> Json:
    """Return what Apple would say of one metric's newest version on the devices and percentiles in `keys`."""
    metric = next(metric for metric in _METRICS if metric.identifier == identifier)
    references = VERSIONS[-1 - reference_count : -1]
    populations = []
    for device, percentile in keys:
        *_, latest = points = _dataset(metric, device, percentile)["points"]
        average = round(mean(point["value"] for point in points[-1 - reference_count : -1]), 2)
        delta = _tidy(100 * (latest["value"] - average) / average, 1)
        populations.append(
            {
                "device": device,
                "percentile": percentile,
                "latestVersionValue": latest["value"],
                "referenceAverageValue": _tidy(average),
                "deltaPercentage": delta,
                "summaryString": f"Up {delta}% on {DEVICES[device][0]}",
            }
        )
    highest = max(population["latestVersionValue"] for population in populations)
    deltas = [population["deltaPercentage"] for population in populations]
    names = " and ".join(dict.fromkeys(DEVICES[device][0] for device, _ in keys))
    rise = f"{min(deltas)}%" if len(deltas) == 1 else f"between {min(deltas)}% and {max(deltas)}%"
    return {
        "metricCategory": metric.category,
        "metric": identifier,
        "latestVersion": VERSIONS[-1],
        "referenceVersions": list(references),
        "maxLatestVersionValue": highest,
        "summaryString": (
            f"{title} went up in version {VERSIONS[-1]} on {names}. It reaches {highest} {metric.unit[1]} there, "
            f"{rise} above the average of the {reference_count} versions before."
        ),
        "populations": populations,
        **extra,
    }


def metrics() -> Json:
    """Return the power and performance metrics of the app: eight versions, oldest first, and insights."""
    typical, top = PERCENTILES
    return {
        "version": "1.0.0",
        "insights": {
            "regressions": [
                _insight(
                    "diskWrites",
                    "The amount of data written to disk",
                    [("all_iphones", top), ("iPhone14_5", top)],
                    subSystemLabel="SQLite",
                    highImpact=False,
                ),
                _insight(
                    "launchTime",
                    "Launch time",
                    [("all_iphones", typical), ("all_iphones", top), ("iPhone15_2", top)],
                    highImpact=True,
                ),
                _insight("hangRate", "Hang rate", [("all_iphones", typical), ("all_iphones", top)], 3),
            ],
            "trendingUp": [
                _insight("peakMemory", "Peak memory", [("all_ipads", typical), ("all_ipads", top)]),
            ],
        },
        "productData": _product_data(),
    }


def no_metrics() -> Json:
    """Return the answer for an app below the usage threshold."""
    return {"version": "1.0.0", "insights": {"regressions": [], "trendingUp": []}, "productData": []}


def build_metrics(build_id: str = BUILD_ID) -> Json:
    """Return the metrics of a build: one version in each dataset and no insights. Raises KeyError for an
    unknown ID.
    """
    version = {build.id: build.app_version for build in BUILDS}[build_id]
    product_data = _product_data()
    for category in product_data[0]["metricCategories"]:
        for metric in category["metrics"]:
            for dataset in metric["datasets"]:
                dataset["points"] = [point for point in dataset["points"] if point["version"] == version]
            metric["datasets"] = [dataset for dataset in metric["datasets"] if dataset["points"]]
    return {"version": "1.0.0", "productData": product_data}


# --- call stacks ------------------------------------------------------------------------------------------------------
# One frame a line, callers first: binary, file and line (or -), symbol (or ? when it could not be symbolicated).

_MAIN = """\
dyld - start
Ridgeline - main
Ridgeline - static RidgelineApp.$main()
SwiftUI - static App.main()
SwiftUI - runApp<A>(_:)
SwiftUI - closure #1 in KitRendererCommon(_:)
UIKitCore - UIApplicationMain
UIKitCore - -[UIApplication _run]
"""
_RUN_LOOP = f"""{_MAIN}\
GraphicsServices - GSEventRunModal
CoreFoundation - CFRunLoopRunSpecific
CoreFoundation - __CFRunLoopRun
"""
_TOUCH = f"""{_RUN_LOOP}\
CoreFoundation - __CFRunLoopDoSources0
CoreFoundation - __CFRunLoopDoSource0
CoreFoundation - __CFRUNLOOP_IS_CALLING_OUT_TO_A_SOURCE0_PERFORM_FUNCTION__
UIKitCore - __handleEventQueueInternal
UIKitCore - -[UIApplication sendEvent:]
UIKitCore - -[UIWindow sendEvent:]
UIKitCore - -[UIGestureEnvironment _updateForEvent:window:]
SwiftUI - closure #1 in PrimitiveButtonGestureCallbacks.dispatch(phase:state:)
SwiftUI - static Update.dispatchActions()
"""
_LAYOUT = f"""{_RUN_LOOP}\
CoreFoundation - __CFRunLoopDoObservers
CoreFoundation - __CFRUNLOOP_IS_CALLING_OUT_TO_AN_OBSERVER_CALLBACK_FUNCTION__
QuartzCore - CA::Transaction::observer_callback(__CFRunLoopObserver*, unsigned long, void*)
QuartzCore - CA::Transaction::commit()
QuartzCore - CA::Context::commit_transaction(CA::Transaction*, double, double*)
QuartzCore - CA::Layer::layout_if_needed(CA::Transaction*)
UIKitCore - -[UIView(CALayerDelegate) layoutSublayersOfLayer:]
SwiftUI - _UIHostingView.layoutSubviews()
SwiftUI - ViewGraph.updateOutputs(at:)
AttributeGraph - AG::Graph::UpdateStack::update()
AttributeGraph - AG::Graph::update_attribute(AG::data::ptr<AG::Node>, unsigned int)
SwiftUI - DynamicBody.updateValue()
"""
_NESTED_VIEWS = (
    """\
SwiftUI - StackLayout.placeChildren1(in:minorProposalForChild:)
SwiftUI - ViewLayoutEngine.sizeThatFits(_:)
SwiftUI - LayoutProxy.size(in:)
"""
    * 4
)
_MAIN_QUEUE = f"""{_RUN_LOOP}\
CoreFoundation - __CFRUNLOOP_IS_SERVICING_THE_MAIN_DISPATCH_QUEUE__
libdispatch.dylib queue.c:8104 _dispatch_main_queue_callback_4CF
libdispatch.dylib queue.c:7982 _dispatch_main_queue_drain
libdispatch.dylib object.m:576 _dispatch_client_callout
"""
_LAUNCH = f"""{_MAIN}\
UIKitCore - -[UIApplication _runWithMainScene:transitionContext:completion:]
UIKitCore - -[UIApplication _callInitializationDelegatesWithActions:forCanvas:payload:fromOriginatingProcess:]
UIKitCore - -[UIApplication _handleDelegateCallbacksWithOptions:isSuspended:restoreState:]
Ridgeline AppDelegate.swift:27 AppDelegate.application(_:didFinishLaunchingWithOptions:)
"""
_WORKER = """\
libsystem_pthread.dylib - start_wqthread
libsystem_pthread.dylib - _pthread_wqthread
libdispatch.dylib queue.c:6913 _dispatch_workloop_worker_thread
libdispatch.dylib queue.c:5150 _dispatch_lane_invoke
libdispatch.dylib queue.c:3886 _dispatch_lane_serial_drain
libdispatch.dylib object.m:576 _dispatch_client_callout
libdispatch.dylib init.c:1530 _dispatch_call_block_and_release
"""
_TASK = """\
libsystem_pthread.dylib - start_wqthread
libsystem_pthread.dylib - _pthread_wqthread
libdispatch.dylib queue.c:7203 _dispatch_root_queue_drain
libdispatch.dylib - _dispatch_continuation_pop
libswift_Concurrency.dylib - swift_job_runImpl(swift::Job*, swift::SerialExecutorRef)
libswift_Concurrency.dylib - completeTaskWithClosure(swift::AsyncContext*, swift::SwiftError*)
"""
_EVENT_FETCH = """\
libsystem_pthread.dylib - thread_start
libsystem_pthread.dylib - _pthread_start
Foundation - __NSThread__start__
UIKitCore - -[UIEventFetcher threadMain]
Foundation - -[NSRunLoop(NSRunLoop) runUntilDate:]
Foundation - -[NSRunLoop(NSRunLoop) runMode:beforeDate:]
CoreFoundation - CFRunLoopRunSpecific
CoreFoundation - __CFRunLoopRun
CoreFoundation - __CFRunLoopServiceMachPort
libsystem_kernel.dylib - mach_msg
libsystem_kernel.dylib - mach_msg_overwrite
libsystem_kernel.dylib - mach_msg2_trap
"""
_COMMIT = """\
libsqlite3.dylib sqlite3.c:90417 sqlite3_step
libsqlite3.dylib sqlite3.c:96120 sqlite3VdbeExec
libsqlite3.dylib sqlite3.c:87733 sqlite3VdbeHalt
libsqlite3.dylib sqlite3.c:61518 sqlite3PagerCommitPhaseOne
libsqlite3.dylib sqlite3.c:67309 sqlite3WalFrames
libsqlite3.dylib sqlite3.c:42871 unixWrite
libsystem_kernel.dylib - pwrite
"""
_CHECKPOINT = """\
libsqlite3.dylib sqlite3.c:90417 sqlite3_step
libsqlite3.dylib sqlite3.c:180226 sqlite3_wal_checkpoint_v2
libsqlite3.dylib sqlite3.c:66254 walCheckpoint
libsqlite3.dylib sqlite3.c:43052 unixSync
libsystem_kernel.dylib - fcntl
"""
_QUERY = """\
libsqlite3.dylib sqlite3.c:90417 sqlite3_step
libsqlite3.dylib sqlite3.c:96988 sqlite3VdbeExec
libsqlite3.dylib sqlite3.c:74590 sqlite3BtreeNext
libsqlite3.dylib sqlite3.c:62044 getPageNormal
libsqlite3.dylib sqlite3.c:42733 unixRead
libsystem_kernel.dylib - pread
"""
_REWRITE = """\
Foundation - Data.write(to:options:)
Foundation - writeToFileAux(path:data:options:attributes:reportProgress:)
Foundation - writeToFileDescriptorWithProgress(_:buffer:reportProgress:)
libsystem_kernel.dylib - write
"""
_RENAME = """\
Foundation - Data.write(to:options:)
Foundation - renameAuxiliaryFile(at:to:)
libsystem_kernel.dylib - rename
"""
_ENCODE = """\
Foundation - JSONEncoder.encode<A>(_:)
Foundation - JSONEncoderImpl.wrapGeneric<A>(_:for:)
libswiftCore.dylib - Array<A>.encode(to:)
libswiftFoundation.dylib - Date.encode(to:)
"""
_DECODE = """\
Foundation - JSONDecoder.decode<A>(_:from:)
Foundation - JSONDecoderImpl.unwrap<A>(_:as:for:_:)
libswiftCore.dylib - Array<A>.init(from:)
libswiftCore.dylib - KeyedDecodingContainer.decode(_:forKey:)
libsystem_malloc.dylib - _malloc_zone_malloc
"""
_IMAGE = """\
ImageIO - CGImageSourceCreateImageAtIndex
ImageIO - IIOReadPlugin::copyImageBlockSetStandard(InfoRec*, CGImageProvider*, CGRect, CGSize)
AppleJPEG - applejpeg_decode_image_all
AppleJPEG - aj_idct_scaled
"""
_LOCK = """\
libdispatch.dylib queue.c:1752 _dispatch_sync_f_slow
libdispatch.dylib queue.c:4771 __DISPATCH_WAIT_FOR_QUEUE__
libdispatch.dylib lock.c:576 _dispatch_thread_event_wait_slow
libsystem_kernel.dylib - __ulock_wait
"""
_XPC = """\
CoreLocation - -[CLLocationManager authorizationStatus]
CoreLocation - CLClientGetAuthorizationStatus
libxpc.dylib - xpc_connection_send_message_with_reply_sync
libdispatch.dylib - dispatch_mach_send_with_result_and_wait_for_reply
libsystem_kernel.dylib - mach_msg
libsystem_kernel.dylib - mach_msg2_trap
"""
_KEYCHAIN = """\
Security - SecItemCopyMatching
libxpc.dylib - xpc_connection_send_message_with_reply_sync
libdispatch.dylib - dispatch_mach_send_with_result_and_wait_for_reply
libsystem_kernel.dylib - mach_msg2_trap
"""
_UNARCHIVE = """\
Foundation - +[NSKeyedUnarchiver unarchivedObjectOfClasses:fromData:error:]
Foundation - -[NSKeyedUnarchiver decodeObjectOfClasses:forKey:]
Foundation - -[NSKeyedUnarchiver _decodeObjectBinary:]
"""
_TYPESETTING = """\
UIFoundation - -[NSAttributedString(NSStringDrawing) boundingRectWithSize:options:context:]
CoreText - CTLineCreateWithAttributedString
CoreText - TTypesetter::FillLine(TLine&, CFRange)
CoreText - OTL::GSUB::ApplyLookups(TRunGlue&)
"""


class _Stack(NamedTuple):
    """A chain of frames, and the stacks that its last frame goes on with, each with its share of the samples."""

    frames: str
    branches: tuple[tuple[float, _Stack], ...] = ()


class _Problem(NamedTuple):
    kind: str
    symbol: str
    weight: float
    direction: str
    log_count: int
    stack: _Stack


# In the order in which the API lists them, which is not that of their weights.
_PROBLEMS = (
    _Problem(
        "DISK_WRITES",
        "-[RLTileCache storeTile:forKey:]",
        0.17,
        "DOWN",
        5,
        _Stack(
            f"""{_WORKER}\
Ridgeline RLTileDownloader.m:212 -[RLTileDownloader session:didFinishTile:]
Ridgeline RLTileCache.m:96 -[RLTileCache storeTile:forKey:]
""",
            ((0.7, _Stack(_REWRITE)), (0.2, _Stack(_RENAME))),
        ),
    ),
    _Problem(
        "DISK_WRITES",
        "TrackStore.append(_:)",
        0.42,
        "UP",
        8,
        _Stack(
            f"""{_TASK}\
Ridgeline HikeRecorder.swift:88 closure #1 in HikeRecorder.start(route:)
Ridgeline HikeRecorder.swift:141 HikeRecorder.didUpdate(_:)
Ridgeline TrackStore.swift:63 TrackStore.append(_:)
""",
            (
                (
                    0.75,
                    _Stack(
                        "Ridgeline RLDatabase.m:174 -[RLDatabase inTransaction:]\n"
                        "Ridgeline RLDatabase.m:233 -[RLDatabase execute:arguments:]\n",
                        ((0.7, _Stack(_COMMIT)), (0.25, _Stack(_CHECKPOINT))),
                    ),
                ),
                (0.15, _Stack(f"Ridgeline ElevationProfile.swift:52 ElevationProfile.persist()\n{_REWRITE}")),
                (0.06, _Stack(_ENCODE)),
            ),
        ),
    ),
    _Problem(
        "DISK_WRITES",
        "OfflineRegion.install(from:)",
        0.22,
        "UNDEFINED",
        6,
        _Stack(
            f"""{_WORKER}\
Ridgeline OfflineMaps.swift:119 closure #2 in OfflineMaps.download(_:)
Ridgeline OfflineRegion.swift:74 OfflineRegion.install(from:)
Ridgeline OfflineRegion.swift:131 OfflineRegion.importTiles(_:)
Ridgeline RLDatabase.m:233 -[RLDatabase execute:arguments:]
""",
            ((0.6, _Stack(_COMMIT)), (0.35, _Stack(_CHECKPOINT))),
        ),
    ),
    _Problem(
        "DISK_WRITES",
        "DiagnosticsLogger.flush()",
        0.03,
        "",
        3,
        _Stack(
            f"""{_MAIN_QUEUE}\
Ridgeline DiagnosticsLogger.swift:48 closure #1 in DiagnosticsLogger.schedule()
Ridgeline DiagnosticsLogger.swift:71 DiagnosticsLogger.flush()
""",
            ((0.8, _Stack(_REWRITE)), (0.15, _Stack(_ENCODE))),
        ),
    ),
    _Problem(
        "DISK_WRITES",
        "PhotoJournal.saveThumbnail(for:)",
        0.09,
        "",
        4,
        _Stack(
            f"""{_TASK}\
Ridgeline PhotoJournal.swift:156 closure #1 in PhotoJournal.add(_:)
Ridgeline PhotoJournal.swift:201 PhotoJournal.saveThumbnail(for:)
""",
            ((0.55, _Stack(_REWRITE)), (0.3, _Stack(_IMAGE))),
        ),
    ),
    _Problem(
        "DISK_WRITES",
        "WeatherCache.store(_:)",
        0.05,
        "DOWN",
        3,
        _Stack(
            f"""{_TASK}\
SkyReport - ?
Ridgeline WeatherCache.swift:39 WeatherCache.store(_:)
""",
            ((0.6, _Stack(_REWRITE)), (0.3, _Stack(_ENCODE))),
        ),
    ),
    _Problem(
        "HANGS",
        "TrailListModel.reload()",
        0.21,
        "DOWN",
        6,
        _Stack(
            f"""{_TOUCH}\
Ridgeline TrailListView.swift:77 closure #1 in TrailListView.body.getter
Ridgeline TrailListModel.swift:44 TrailListModel.reload()
Ridgeline TrailDatabase.swift:109 TrailDatabase.trails(near:radius:)
Ridgeline RLDatabase.m:198 -[RLDatabase query:arguments:]
""",
            ((0.65, _Stack(_QUERY)), (0.3, _Stack(_LOCK))),
        ),
    ),
    _Problem(
        "HANGS",
        "ElevationChart.path(in:)",
        0.08,
        "",
        4,
        _Stack(
            f"""{_LAYOUT}\
{_NESTED_VIEWS}\
Ridgeline HikeDetailView.swift:132 HikeDetailView.body.getter
Ridgeline ElevationChart.swift:58 ElevationChart.path(in:)
Ridgeline ElevationProfile.swift:91 ElevationProfile.smoothed(window:)
""",
            (
                (
                    0.6,
                    _Stack(
                        "libswiftCore.dylib - Collection.map<A>(_:)\n"
                        "Ridgeline ElevationProfile.swift:97 closure #1 in ElevationProfile.smoothed(window:)\n",
                        (
                            (0.5, _Stack("libswiftCore.dylib - ArraySlice.subscript.getter\n")),
                            (0.3, _Stack("libswiftCore.dylib - swift_retain\n")),
                            (0.1, _Stack("libswiftCore.dylib - swift_release\n")),
                        ),
                    ),
                ),
                (0.25, _Stack(_TYPESETTING)),
            ),
        ),
    ),
    _Problem(
        "HANGS",
        "OfflineMaps.regions.getter",
        0.37,
        "UP",
        7,
        _Stack(
            f"""{_LAYOUT}\
Ridgeline MapScreen.swift:64 MapScreen.body.getter
Ridgeline RegionOverlay.swift:33 RegionOverlay.init(maps:)
Ridgeline OfflineMaps.swift:41 OfflineMaps.regions.getter
""",
            (
                (0.8, _Stack(_LOCK)),
                (0.15, _Stack(f"Ridgeline RLDatabase.m:198 -[RLDatabase query:arguments:]\n{_QUERY}")),
            ),
        ),
    ),
    _Problem(
        "HANGS",
        "-[RLPhotoGridCell setPhoto:]",
        0.16,
        "UNDEFINED",
        5,
        _Stack(
            f"""{_MAIN_QUEUE}\
UIKitCore - -[UICollectionView _createPreparedCellForItemAtIndexPath:withLayoutAttributes:applyAttributes:]
Ridgeline RLPhotoGridController.m:88 -[RLPhotoGridController collectionView:cellForItemAtIndexPath:]
Ridgeline RLPhotoGridCell.m:51 -[RLPhotoGridCell setPhoto:]
""",
            (
                (0.7, _Stack(f"UIKitCore - -[UIImage initWithContentsOfFile:]\n{_IMAGE}")),
                (0.2, _Stack(_TYPESETTING)),
            ),
        ),
    ),
    _Problem(
        "HANGS",
        "LocationGate.isAllowed.getter",
        0.11,
        "",
        3,
        _Stack(
            f"""{_TOUCH}\
Ridgeline StartHikeButton.swift:29 closure #1 in StartHikeButton.body.getter
Ridgeline LocationGate.swift:18 LocationGate.isAllowed.getter
""",
            ((0.85, _Stack(_XPC)), (0.1, _Stack("libobjc.A.dylib - objc_msgSend\n"))),
        ),
    ),
    _Problem(
        "LAUNCHES",
        "FeatureFlags.load()",
        0.13,
        "DOWN",
        4,
        _Stack(
            f"""{_LAUNCH}\
Ridgeline FeatureFlags.swift:22 FeatureFlags.load()
""",
            (
                (0.6, _Stack(_DECODE)),
                (
                    0.25,
                    _Stack("Foundation - Data.init(contentsOf:options:)\nlibsystem_kernel.dylib - read\n"),
                ),
            ),
        ),
    ),
    _Problem(
        "LAUNCHES",
        "TrailCatalog.loadAll()",
        0.52,
        "UP",
        7,
        _Stack(
            f"""{_LAUNCH}\
Ridgeline AppDelegate.swift:64 AppDelegate.prepareServices()
Ridgeline ServiceContainer.swift:37 ServiceContainer.init(configuration:)
Ridgeline TrailCatalog.swift:83 TrailCatalog.loadAll()
""",
            (
                (0.55, _Stack(_DECODE)),
                (
                    0.3,
                    _Stack(
                        "Ridgeline TrailDatabase.swift:46 TrailDatabase.migrate(to:)\n"
                        "Ridgeline RLDatabase.m:233 -[RLDatabase execute:arguments:]\n",
                        ((0.6, _Stack(_QUERY)), (0.35, _Stack(_COMMIT))),
                    ),
                ),
                (0.1, _Stack(f"Ridgeline TrailCatalog.swift:121 TrailCatalog.icon(for:)\n{_IMAGE}")),
            ),
        ),
    ),
    _Problem(
        "LAUNCHES",
        "-[RLSessionStore restore]",
        0.08,
        "",
        3,
        _Stack(
            f"""{_LAUNCH}\
Ridgeline RLSessionStore.m:40 -[RLSessionStore restore]
""",
            ((0.5, _Stack(_KEYCHAIN)), (0.4, _Stack(_UNARCHIVE))),
        ),
    ),
    _Problem(
        "LAUNCHES",
        "HomeScreen.init(catalog:)",
        0.19,
        "UNDEFINED",
        5,
        _Stack(
            f"""{_LAYOUT}\
Ridgeline RidgelineApp.swift:31 RidgelineApp.body.getter
Ridgeline HomeScreen.swift:25 HomeScreen.init(catalog:)
""",
            (
                (0.5, _Stack(f"Ridgeline HomeScreen.swift:48 HomeScreen.nearbyTrails(limit:)\n{_QUERY}")),
                (0.3, _Stack(f"Ridgeline TrailCatalog.swift:121 TrailCatalog.icon(for:)\n{_IMAGE}")),
            ),
        ),
    ),
)

# What another thread of a hung app was busy with: it holds the database that the main thread waits for.
_DATABASE_THREAD = _Stack(
    f"""{_WORKER}\
Ridgeline OfflineMaps.swift:119 closure #2 in OfflineMaps.download(_:)
Ridgeline OfflineRegion.swift:131 OfflineRegion.importTiles(_:)
Ridgeline RLDatabase.m:233 -[RLDatabase execute:arguments:]
""",
    ((0.5, _Stack(_COMMIT)), (0.3, _Stack(_CHECKPOINT))),
)
_EVENT_THREAD = _Stack(_EVENT_FETCH)

# (blamed symbol, index of the log) -> the threads that log shows besides the main thread.
_THREADS = {
    ("TrailListModel.reload()", 1): (_DATABASE_THREAD,),
    ("OfflineMaps.regions.getter", 0): (_DATABASE_THREAD, _EVENT_THREAD),
}

# Symbol -> the insight that a log's first such frame carries.
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

_PHONES = (
    ("iPhone15_2", "iPhone OS 18.5 (22F76)"),
    ("iPhone14_5", "iPhone OS 17.7.2 (21H221)"),
    ("iPhone16_1", "iPhone OS 18.4.1 (22E252)"),
    ("iPad13_18", "iPad OS 18.5 (22F76)"),
    ("iPhone17_3", "iPhone OS 18.5 (22F76)"),
)


def _offset(symbol: str) -> int:
    """Return the offset into `symbol` at which its stacks stand: a multiple of an instruction's 4 bytes."""
    return 4 * (5 + _mix(symbol) % 400)


def _frame(line: str, samples: int, log: str) -> Json:
    binary, place, symbol = line.split(" ", 2)
    symbol = "" if symbol == "?" else symbol
    file_name, _, line_number = place.strip("-").partition(":")
    # The app is loaded at another address in every process, the shared cache at the same until a reboot.
    load_address = (
        0x1_0000_0000 + _mix(log) % 0x4000 * 0x4000
        if binary == APP_NAME
        else 0x1_8000_0000 + _mix(binary) % 0x8000 * 0x4000
    )
    in_text = 4 * (_mix(line) % 0x10_0000)
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
    if _mix(line) % 17:
        # Apple's text counts stacks, the field counts samples: the two differ.
        where = f" ({file_name}:{line_number})" if file_name else ""
        frame["rawFrame"] = (
            f"{samples - samples // 8} {symbol or '???'} (in {binary}) + {offset or in_text}{where} [{address}]"
        )
    return frame


def _grow(stack: _Stack, samples: int, log: str) -> Json:
    """Return the frame tree of `stack`; a frame's children never have more samples than the frame."""
    root: Json | None = None
    tip: Json = {}
    for line in stack.frames.splitlines():
        frame = _frame(line, samples, log)
        if root is None:
            root = frame
        else:
            tip["subFrames"] = [frame]
        tip = frame
        # A few samples were taken before the next call was made.
        samples -= samples > 20 and _mix(line, log) % 6 == 0
    tip["subFrames"] = [_grow(branch, max(1, int(samples * share)), log) for share, branch in stack.branches]
    assert root is not None
    return root


def _mark(frame: Json) -> Json | None:
    """Put the first insight found on the way down the heaviest frames on its frame, and return the insight."""
    while True:
        insight = _INSIGHTS.get(frame["symbolName"])
        if insight:
            frame["insightsCategory"] = insight["insightsCategory"]
            return dict(insight)
        if not frame["subFrames"]:
            return None
        frame = frame["subFrames"][0]


def _log(problem: _Problem, index: int) -> tuple[Json, Json | None]:
    """Return a log and the insight that one of its frames names."""
    log = f"{problem.symbol} {index}"
    mix = _mix(log)
    device, os_version = _PHONES[mix % len(_PHONES)]
    build = BUILDS[0] if mix % 3 else BUILDS[2]
    size = 1 + mix % 1000 / 250
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
    if problem.kind == "DISK_WRITES":
        written = f"{size * 1073.74:.2f} MB"
        meta.update(event="disk writes", eventDetail=f"{written} written within 24 hours", writesCaused=written)
    elif problem.kind == "HANGS":
        meta.update(event="hang", eventDetail=f"Main thread unresponsive for {size:.2f} seconds")
    else:
        meta.update(event="launch", eventDetail=f"First frame drawn after {size + 2:.2f} seconds")

    stack = problem.stack
    if index % 3 == 2:
        stack = stack._replace(branches=stack.branches[:-1])
    threads = _THREADS.get((problem.symbol, index), ())
    roots = [_grow(thread, 40 + mix % 150, log) for thread in (stack, *threads)]
    insight = _mark(roots[0]) if problem.kind == "DISK_WRITES" else None
    tree = {
        "callStackPerThread": bool(threads),
        "callStacks": [{"callStackRootFrames": [root]} for root in roots],
    }
    return {"diagnosticMetaData": meta, "callStackTree": [tree]}, insight


def _signature_id(problem: _Problem) -> str:
    """Return 66 hexadecimal digits, as long as Apple's."""
    return hashlib.sha256(problem.symbol.encode()).hexdigest() + f"{len(problem.symbol):02x}"


def signatures(diagnostic_type: str, base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of DISK_WRITES, HANGS or LAUNCHES signatures, in the API's order: none."""
    resources = []
    for problem in _PROBLEMS:
        if problem.kind != diagnostic_type:
            continue
        attributes: Json = {
            "diagnosticType": problem.kind,
            "signature": f"{APP_NAME}: {problem.symbol} + {_offset(problem.symbol)}",
            "weight": problem.weight,
        }
        if problem.direction:
            step = {"UP": -0.04, "DOWN": 0.03, "UNDEFINED": 0}[problem.direction]
            attributes["insight"] = {
                "insightType": "TREND",
                "direction": problem.direction,
                "referenceVersions": [
                    {"version": version, "value": _tidy(problem.weight + step * age)}
                    for age, version in zip((2, 1, 0), VERSIONS[-3:])
                ],
            }
        link = f"{base_url}/v1/diagnosticSignatures/{_signature_id(problem)}"
        resources.append(
            {
                "type": "diagnosticSignatures",
                "id": _signature_id(problem),
                "attributes": attributes,
                "relationships": {"logs": {"links": {"related": f"{link}/logs"}}},
                "links": {"self": link},
            }
        )
    return resources


def logs(signature_id: str) -> Json:
    """Return the diagnostic logs of a signature. Raises KeyError for an unknown ID."""
    problem = {_signature_id(problem): problem for problem in _PROBLEMS}[signature_id]
    found = [_log(problem, index) for index in range(problem.log_count)]
    insights = {insight["insightsCategory"]: insight for _, insight in found if insight}
    return {
        "version": "1.0.0",
        "productData": [
            {
                "signatureId": signature_id,
                "diagnosticInsights": list(insights.values()),
                "diagnosticLogs": [log for log, _ in found],
            }
        ],
    }
