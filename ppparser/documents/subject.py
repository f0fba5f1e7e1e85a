"""What a report is about: an app, or a build."""

from __future__ import annotations

from typing import NamedTuple

from ppparser.documents.platforms import platform_name

# The `appVersionState` of the version on sale, and of earlier ones. Others never were on the App Store.
ON_SALE, ONCE_ON_SALE = "READY_FOR_DISTRIBUTION", "REPLACED_WITH_NEW_VERSION"


class App(NamedTuple):
    """The ID of an app, its name and its bundle ID, as far as they are known; texts are empty if not."""

    id: str = ""
    name: str = ""
    bundle_id: str = ""

    @property
    def label(self) -> str:
        """Return the app as people know it, an empty text if nothing is known."""
        if self.name:
            return f"{self.name} ({self.bundle_id})" if self.bundle_id else self.name
        return self.bundle_id or (f"App {self.id}" if self.id else "")


class Build(NamedTuple):
    """A build: its ID and, as far as they are known, its number (`CFBundleVersion`), its version, and their dates.

    `platform` and `state` are the API's (`IOS`, `READY_FOR_DISTRIBUTION`). `created` is the day when the version was
    created in App Store Connect, which has no date of its release; `created_s` is that time since the epoch.
    """

    id: str
    number: str = ""
    version: str = ""
    platform: str = ""
    state: str = ""
    created: str = ""
    created_s: float = 0.0
    uploaded: str = ""

    @property
    def name(self) -> str:
        """Return the build's number or else its ID."""
        return f"build {self.number or self.id}"

    @property
    def is_released(self) -> bool:
        """Tell whether the build is or was on the App Store."""
        return self.state in (ON_SALE, ONCE_ON_SALE)

    @property
    def label(self) -> str:
        """Return the build's number, version and platform."""
        return f"{self.number or self.id} (version {self._version_text})"

    @property
    def _version_text(self) -> str:
        platform = platform_name(self.platform)
        return (self.version or "unknown") + (f" on {platform}" if platform else "")

    @property
    def title(self) -> str:
        """Return what is known about the build, for a heading."""
        on_sale = {ON_SALE: "on sale", ONCE_ON_SALE: "replaced"}.get(self.state, "not on the App Store")
        created = f" (created {self.created})" if self.created else ""
        uploaded = f" (uploaded {self.uploaded})" if self.uploaded and not created else ""
        return f"version {self._version_text}{created}, {self.name}{uploaded}, {on_sale}"


class Subject(NamedTuple):
    """An app and, if the report is about one of its builds, the ID and the number of the build, as far as known."""

    app: App = App()
    build_id: str = ""
    build_number: str = ""

    @property
    def label(self) -> str:
        """Return the app and the build as people know them, an empty text if nothing is known."""
        build = f"build {self.build_number or self.build_id}" if self.build_number or self.build_id else ""
        label = ", ".join(filter(None, (self.app.label, build)))
        return label[:1].upper() + label[1:] if not self.app.label else label
