"""Lenient access to the members of Apple's JSON objects, any of which may be missing, null or of another type.

Numbers with a fraction or an exponent are kept as `bytes`, in the spelling of the document: no other JSON value has
that type, they print as Apple wrote them, and `float` reads them. `Decimal` and `str` take a third more memory.
"""

from __future__ import annotations

from typing import Any

from ppparser.program.terminal import clean

# The difference of two numbers within this bound is finite. No measurement comes near it.
LARGEST_NUMBER = 1e300


def get_list(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects in the array `key`; an empty list if there is no array."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def get_dict(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object `key`; an empty dict if there is none."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def get_str(parent: dict[str, Any], key: str) -> str:
    """Return the string `key` with control characters escaped; an empty string if there is none.

    A number or a boolean in place of the string is returned as it was written.
    """
    return scalar_text(parent.get(key))


def scalar_text(value: Any) -> str:
    """Return a JSON string with control characters escaped, or a number or a boolean as it was written.

    Anything else is an empty string.
    """
    if isinstance(value, str):
        return clean(value)
    if type(value) is bytes:
        return value.decode("ascii")
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if type(value) is int else ""


def to_float(value: Any) -> float | None:
    """Return a JSON number as a float; None for anything else, and beyond LARGEST_NUMBER."""
    if type(value) is not bytes and type(value) is not int:
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if abs(result) <= LARGEST_NUMBER else None
