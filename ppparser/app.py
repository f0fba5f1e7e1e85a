"""What a report is about: an app, or a build."""

from __future__ import annotations

from typing import NamedTuple


class App(NamedTuple):
    """The ID of an app, its name and its bundle ID, as far as they are known; texts are empty if not."""

    id: str = ""
    name: str = ""
    bundle_id: str = ""

    @property
    def label(self) -> str:
        """Return the app as people know it, an empty text if nothing is known."""
        if self.name:
            return f"{self.name} ({self.bundle_id})"
        return self.bundle_id or (f"App {self.id}" if self.id else "")


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
