"""Tests of the names of platforms."""

from __future__ import annotations

from ppparser.documents.platforms import platform_from, platform_name


def test_platforms_are_known_by_their_names_and_spellings() -> None:
    names = ["ios", "iOS", "IOS", "macOS", "mac_os", "MAC_OS", " tvOS", "visionos", "watchOS", "", "all"]
    assert [platform_from(name) for name in names] == [
        *("IOS", "IOS", "IOS", "MAC_OS", "MAC_OS", "MAC_OS", "TV_OS", "VISION_OS", "", "", "")
    ]
    assert [platform_name(name) for name in ("IOS", "TV_OS", "WATCH_OS")] == ["iOS", "tvOS", "WATCH_OS"]
