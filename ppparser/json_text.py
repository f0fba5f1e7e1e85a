"""What the reports in JSON share: numbers as Apple wrote them, and lines that people can read, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from ppparser.loading import to_json

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_INDENT = 2


def number(text: str) -> bytes | None:
    """Return a number in the spelling of `text`, as `to_json` takes it, or None (null) if it is not a number."""
    return text.encode("ascii") if _NUMBER.fullmatch(text) else None


def percent(value: float | None) -> float | None:
    """Return a percentage with two decimals, None if it is unknown or infinite, which JSON does not have."""
    return round(value, 2) if value is not None and isfinite(value) else None


def json_lines(document: Any) -> Iterator[str]:
    """Yield the lines of a document; its strings are escaped to ASCII."""
    yield from to_json(document, _INDENT).decode("ascii").split("\n")
