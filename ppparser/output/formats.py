"""The formats of output, and which of them suit a report."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from ppparser.errors import UsageError


class Format(Enum):
    """A value of `--format`."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
    FOLDED = "folded"


METRICS_FORMATS = (Format.TEXT, Format.MARKDOWN, Format.HTML, Format.JSON, Format.CSV)
DIAGNOSTICS_FORMATS = tuple(Format)


def format_from(name: str | None, suitable: Sequence[Format]) -> Format:
    """Return the format with that name, TEXT for None. Raises UsageError unless it is one of the suitable ones."""
    for one in suitable:
        if (name or Format.TEXT.value).lower() == one.value:
            return one
    *others, last = (one.value for one in suitable)
    problem = f"--format={name} cannot be used here" if name in [one.value for one in Format] else "unknown format"
    raise UsageError(f"{problem}: --format takes {', '.join(others)} or {last}")
