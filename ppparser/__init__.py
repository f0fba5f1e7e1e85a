"""Parse power and performance reports of the App Store Connect API, offline."""

from __future__ import annotations

__version__ = "2.0.0"
