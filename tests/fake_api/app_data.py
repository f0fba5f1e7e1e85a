"""The apps and builds that the fake API knows.

All data of the fake API is computed from tables, never from a clock or a random source, so two runs serve the same
bytes. The public functions return new dicts in the shapes of Apple's responses.
"""

from __future__ import annotations

import uuid
import zlib
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
# Not in the App Store, so it has neither metrics nor signatures.
TESTFLIGHT_BUILD_ID = "e2f4b8d1-95a7-4c30-8b6e-0d73f19c5a28"
# Has metrics but no signatures.
QUIET_BUILD_ID = "0b95d7f3-6e12-4a8c-b451-c7e83a20d96f"


ON_SALE, ONCE_ON_SALE, TESTFLIGHT = "READY_FOR_DISTRIBUTION", "REPLACED_WITH_NEW_VERSION", ""


class Build(NamedTuple):
    """A build, the app version it was uploaded for, and the state of that version if the build was submitted."""

    id: str
    number: str
    app_version: str
    uploaded: str
    state: str = ONCE_ON_SALE
    platform: str = "IOS"


# Newest first; `builds` lists them in another order. The one on sale is not the newest.
BUILDS = (
    Build("c9a4e6f2-7d18-4b53-8e0f-16b2d7a95c34", "437", "8.2.0", "2025-06-17T02:41:35-07:00", TESTFLIGHT),
    Build("4f8b1d60-e3c7-4a29-95d2-0c7ae8f61b93", "436", "8.2.0", "2025-06-16T02:40:58-07:00", "IN_REVIEW"),
    Build(BUILD_ID, "431", "8.1.0", "2025-06-03T06:14:52-07:00", ON_SALE),
    Build(TESTFLIGHT_BUILD_ID, "429", "8.1.0", "2025-05-28T02:40:11-07:00", TESTFLIGHT),
    Build("1b6f0c8e-52d9-47a4-b3e1-f894c06d27a5", "77", "8.1.0", "2025-05-27T08:12:19-07:00", ON_SALE, "MAC_OS"),
    Build("a86d03c5-1f7b-4e92-a0d4-39b5c6e81f70", "424", "8.0.1", "2025-04-22T01:03:27-07:00"),
    Build("d05e92b7-a46c-4f18-8b7d-63e1f2c9048a", "71", "8.0.1", "2025-04-21T09:37:02-07:00", platform="MAC_OS"),
    Build("5d20e7b9-c481-4b36-9f0a-e61d7483b2c5", "418", "8.0.0", "2025-04-01T07:55:40-07:00"),
    Build("f37ac912-08e6-4d5b-8c73-2a94d0b5e18e", "412", "7.5.0", "2025-02-18T00:21:06-08:00"),
    Build(QUIET_BUILD_ID, "389", "7.2.0", "2024-09-10T03:32:19-07:00"),
)
RELEASED_BUILDS = tuple(build for build in BUILDS if build.state in (ON_SALE, ONCE_ON_SALE))
# Apple promises no order of versions.
_LISTED = [BUILDS[i] for i in (7, 3, 9, 5, 0, 2, 8, 4, 1, 6)]


def tidy(value: float, digits: int = 2) -> float:
    """Return `value` rounded, and as an int if it is whole: Apple's JSON mixes the two."""
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def mix(*parts: object) -> int:
    """Return a number that depends on `parts` alone: the same in every process, unlike `hash`."""
    return zlib.crc32("|".join(map(str, parts)).encode())


def apps(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of both apps."""
    return [
        {
            "type": "apps",
            "id": app_id,
            "attributes": {"name": name, "bundleId": bundle_id, "sku": name.upper(), "primaryLocale": "en-US"},
            "links": {"self": f"{base_url}/v1/apps/{app_id}"},
        }
        for app_id, name, bundle_id in ((APP_ID, APP_NAME, BUNDLE_ID), (SMALL_APP_ID, "Cairn", SMALL_BUNDLE_ID))
    ]


def builds(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of the larger app's builds, not sorted by upload date; the small app has none."""
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
            "relationships": {
                "preReleaseVersion": {"data": {"type": "preReleaseVersions", "id": _id("prerelease", build)}},
                "appStoreVersion": {
                    "data": {"type": "appStoreVersions", "id": _id("version", build)} if build.state else None
                },
            },
            "links": {"self": f"{base_url}/v1/builds/{build.id}"},
        }
        for build in _LISTED
    ]


def _id(kind: str, build: Build) -> str:
    """Return the ID of a version: builds of the same version and platform share their version before release."""
    name = build.id if kind == "version" else f"{build.app_version} {build.platform}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {name}"))


def prerelease_versions(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of the versions that the larger app's builds were uploaded for."""
    by_id = {_id("prerelease", build): build for build in _LISTED}
    return [
        {
            "type": "preReleaseVersions",
            "id": version_id,
            "attributes": {"version": build.app_version, "platform": build.platform},
            "links": {"self": f"{base_url}/v1/preReleaseVersions/{version_id}"},
        }
        for version_id, build in by_id.items()
    ]


def versions(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of the larger app's versions in App Store Connect, in no order."""
    return [
        {
            "type": "appStoreVersions",
            "id": _id("version", build),
            "attributes": {
                "platform": build.platform,
                "versionString": build.app_version,
                "appVersionState": build.state,
                "createdDate": build.uploaded,
            },
            "relationships": {"build": {"data": {"type": "builds", "id": build.id}}},
            "links": {"self": f"{base_url}/v1/appStoreVersions/{_id('version', build)}"},
        }
        for build in _LISTED
        if build.state
    ]
