"""Filters for diagnostic logs: which device, OS and app version they are from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ppparser.documents.fields import get_dict, get_list, get_str
from ppparser.program.terminal import clean

# Filter -> its option and the member of `diagnosticMetaData`.
_OPTIONS = {
    "device": ("--device", "deviceType"),
    "os": ("--os", "osVersion"),
    "app_version": ("--app-version", "appVersion"),
}


class LogFilters(NamedTuple):
    """What logs to select; None selects all. Case is ignored.

    A filter matches the beginning of the device (`iPhone15` or `iPhone15,2`), of the app version (`8.1`), or of any
    word of the OS version (`18` or `22F76` for "iPhone OS 18.5 (22F76)"). A number is never cut: `1` does not match 18.
    """

    device: str | None = None
    os: str | None = None
    app_version: str | None = None

    def match(self, log: dict[str, Any]) -> bool:
        """Tell whether a log matches all filters."""
        meta_data = get_dict(log, "diagnosticMetaData")
        return all(_has_prefix(get_str(meta_data, key), wanted) for _, key, wanted in self._given())

    def _given(self) -> Iterator[tuple[str, str, str]]:
        for field, wanted in zip(self._fields, self):
            if wanted is not None:
                yield (*_OPTIONS[field], wanted)

    def options(self) -> list[str]:
        """Return the filters as they are given on the command line."""
        return [f"{option}={clean(wanted)}" for option, _, wanted in self._given()]

    def values_in(self, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the option of each filter with its value in each log of a report; "" if it is unknown."""
        for option, key, _ in self._given():
            for product in get_list(document, "productData"):
                for log in get_list(product, "diagnosticLogs"):
                    yield option, get_str(get_dict(log, "diagnosticMetaData"), key)


NO_FILTERS = LogFilters()


def _has_prefix(text: str, wanted: str) -> bool:
    """Tell whether `wanted` is the beginning of a word of `text`, and no number in it is cut."""
    # Models are `iPhone14_5` in the API and `iPhone14,5` everywhere else.
    wanted = wanted.strip().lower().replace(",", "_")
    end = "(?![0-9])" if wanted[-1:].isdigit() else ""
    return bool(re.search(rf"(?<![\w.]){re.escape(wanted)}{end}", text.lower().replace(",", "_")))
