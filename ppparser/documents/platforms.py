"""The platforms of App Store Connect."""

from __future__ import annotations

DEFAULT_PLATFORM = "IOS"
# Spelling of the API -> name.
_NAMES = {"IOS": "iOS", "MAC_OS": "macOS", "TV_OS": "tvOS", "VISION_OS": "visionOS"}


def platform_name(platform: str) -> str:
    """Return the name of a platform in the spelling of the API, or the spelling itself for an unknown one."""
    return _NAMES.get(platform, platform)


def platform_from(name: str) -> str:
    """Return the API's spelling of a platform such as `iOS`, `macos` or `tv_os`; "" for an unknown one."""
    spellings = {platform.replace("_", ""): platform for platform in _NAMES}
    return spellings.get(name.strip().upper().replace("_", ""), "")
