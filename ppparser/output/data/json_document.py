"""What the reports in JSON share: numbers as Apple wrote them, apps, and lines that people can read, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from ppparser.diagnostics.signatures import CoursePoint
from ppparser.documents.loading import to_json
from ppparser.documents.subject import App

Object = dict[str, Any]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_INDENT = 2


def number(text: str) -> bytes | None:
    """Return a number in the spelling of `text`, as `to_json` takes it, or None (null) if it is not a number."""
    return text.encode("ascii") if _NUMBER.fullmatch(text) else None


def percent(value: float | None) -> float | None:
    """Return a percentage with two decimals, None if it is unknown or infinite, which JSON does not have."""
    return round(value, 2) + 0.0 if value is not None and isfinite(value) else None  # -0.0 + 0.0 is 0.0.


def app_object(app: App) -> Object:
    """Return an app as a JSON object."""
    return {"id": app.id or None, "name": app.name or None, "bundle_id": app.bundle_id or None}


def course_array(course: Sequence[CoursePoint]) -> list[Object]:
    """Return the shares of a signature in Apple's reference versions, oldest first."""
    return [{"version": share.version or None, "percent": percent(share.percent)} for share in course]


def json_lines(document: Any) -> Iterator[str]:
    """Yield the lines of a document; its strings are escaped to ASCII."""
    yield from to_json(document, _INDENT).decode("ascii").split("\n")
