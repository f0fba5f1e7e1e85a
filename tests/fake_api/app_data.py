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


class Build(NamedTuple):
    """A build, and the app version it was submitted for."""

    id: str
    number: str
    app_version: str
    uploaded: str


# Newest first; `builds` lists them in another order.
BUILDS = (
    Build(BUILD_ID, "431", "8.1.0", "2025-06-03T06:14:52-07:00"),
    Build(TESTFLIGHT_BUILD_ID, "429", "8.1.0", "2025-05-28T02:40:11-07:00"),
    Build("a86d03c5-1f7b-4e92-a0d4-39b5c6e81f70", "424", "8.0.1", "2025-04-22T01:03:27-07:00"),
    Build("5d20e7b9-c481-4b36-9f0a-e61d7483b2c5", "418", "8.0.0", "2025-04-01T07:55:40-07:00"),
    Build("f37ac912-08e6-4d5b-8c73-2a94d0b5e18e", "412", "7.5.0", "2025-02-18T00:21:06-08:00"),
    Build(QUIET_BUILD_ID, "389", "7.2.0", "2024-09-10T03:32:19-07:00"),
)
# Apple promises no order. The newest build is on the second page, so a client has to read and sort the whole list.
_LISTED = [BUILDS[i] for i in (3, 1, 5, 2, 0, 4)]


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
            "links": {"self": f"{base_url}/v1/builds/{build.id}"},
        }
        for build in _LISTED
    ]


def versions(base_url: str = APPLE_URL) -> list[Json]:
    """Return the resource objects of the larger app's versions on the App Store, now and earlier, in no order."""
    return [
        {
            "type": "appStoreVersions",
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, build.id)),
            "attributes": {
                "platform": "IOS",
                "versionString": build.app_version,
                "appVersionState": "READY_FOR_DISTRIBUTION" if build.id == BUILD_ID else "REPLACED_WITH_NEW_VERSION",
                "createdDate": build.uploaded,
            },
            "relationships": {"build": {"data": {"type": "builds", "id": build.id}}},
            "links": {"self": f"{base_url}/v1/appStoreVersions/{uuid.uuid5(uuid.NAMESPACE_URL, build.id)}"},
        }
        for build in _LISTED
        if build.id != TESTFLIGHT_BUILD_ID
    ]
