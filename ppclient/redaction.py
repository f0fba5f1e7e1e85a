"""Removes bearer tokens that a server echoes.

Found are the tokens of this process, as they are and in base64, hexadecimal or percent encoding, also in upper or lower
case, in JSON escapes, and split by anything but letters and digits. Not found are pieces of fewer than 31 letters and
digits, other encodings, and encodings of encodings.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

REPLACEMENT = "[token]"
# A JSON Web Token starts with the base64 of `{"`.
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*", re.ASCII | re.IGNORECASE)
# The length of an ES256 signature in base64url, without which a token is of no use (RFC 7518, section 3.4).
_SIGNATURE_LENGTH = 86
_PART_LENGTH = 16
_MIN_PART_LENGTH = 8
_OTHER_BYTES = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()))
_LETTER_OR_DIGIT = re.compile("[A-Za-z0-9]")
# Punctuation of a token in percent encoding, whose letters and digits are not the token's.
_ENCODED_PUNCTUATION = ("%2D", "%2d", "%2E", "%2e", "%5F", "%5f", "%7E", "%7e")
_ESCAPE_SEQUENCE = re.compile(r"\\(?:[abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4})|%(?:2[DE]|5F|7E)", re.IGNORECASE)
# A longer text that contains a token is replaced as a whole.
_MAX_TEXT_LENGTH = 1_000_000


def _letters_and_digits(content: bytes) -> bytes:
    if b"%" in content:
        for encoded in _ENCODED_PUNCTUATION:
            content = content.replace(encoded.encode(), b"")
    return content.translate(None, _OTHER_BYTES).lower()


def _parts(secret: bytes) -> Iterator[bytes]:
    """Yield pieces of all encodings of `secret`, one of which is in any run of 31 letters and digits of them."""
    # In percent encoding, the punctuation counts as a gap.
    encodings = [secret, secret.hex().encode(), re.sub(rb"[-._~]", b"", secret).hex().encode()]
    # What base64 makes of three bytes depends on what precedes them only by their number; the end may continue.
    encodings += [base64.b64encode(secret[start:])[:-4] for start in range(3)]
    for encoding in map(_letters_and_digits, encodings):
        starts = [*range(0, len(encoding) - _PART_LENGTH, _PART_LENGTH), max(0, len(encoding) - _PART_LENGTH)]
        for part in (encoding[start : start + _PART_LENGTH] for start in starts):
            if len(part) >= _MIN_PART_LENGTH:
                yield part


def _unescaped(content: bytes) -> bytes:
    """Return JSON with its escapes resolved: to be searched, no longer to be parsed."""
    # These two are not, or not alone, what Python understands.
    content = content.replace(b"\\\\", b"  ").replace(b"\\/", b"/")
    return content.decode("unicode_escape", "replace").encode("latin-1", "replace")


class Redactor:
    """Removes the tokens it was given from documents and texts."""

    def __init__(self) -> None:
        self._tokens: set[str] = set()
        self._signature_parts: set[bytes] = set()
        self._parts: set[bytes] = set()

    def __repr__(self) -> str:
        return "Redactor()"

    def add(self, token: str) -> None:
        """Remove `token` from now on."""
        if token not in self._tokens:
            # New sets, because other threads may be reading the old ones.
            self._parts = self._parts.union(_parts(token.encode()))
            self._signature_parts = self._signature_parts.union(_parts(token[-_SIGNATURE_LENGTH:].encode()))
            self._tokens.add(token)

    def is_needed(self, content: bytes) -> bool:
        """Tell whether a JSON document may contain the signature of a token, in escapes or not."""
        encoding = json.detect_encoding(content)
        if encoding != "utf-8":
            content = content.decode(encoding, "replace").encode("utf-8", "replace")
        return self._has_signature(content) or (b"\\" in content and self._has_signature(_unescaped(content)))

    def _has_signature(self, content: bytes) -> bool:
        letters_and_digits = _letters_and_digits(content)
        return any(part in letters_and_digits for part in self._signature_parts)

    def document(self, document: Any) -> Any:
        """Remove tokens from all strings of a JSON document, in place if it is an object or an array; return it."""
        holder = [document]
        pending: list[Any] = [holder]
        while pending:
            parent = pending.pop()
            for key, value in list(parent.items() if isinstance(parent, dict) else enumerate(parent)):
                if isinstance(value, (dict, list)):
                    pending.append(value)
                elif isinstance(value, str):
                    parent[key] = self.text(value)
                if isinstance(key, str) and (name := self.text(key)) != key:
                    parent[name] = parent.pop(key)
        return holder[0]

    def text(self, text: str) -> str:
        """Return a text without any token, also one that this process did not send."""
        for gaps in (None, _ESCAPE_SEQUENCE):
            text = self._without_parts(text, gaps)
        return _JSON_WEB_TOKEN.sub(REPLACEMENT, text)

    def _without_parts(self, text: str, gaps: re.Pattern[str] | None) -> str:
        """Return `text` with a replacement for all parts; what matches `gaps` does not count as letters and digits."""
        # Of the same length as the text.
        masked = gaps.sub(lambda match: "." * len(match[0]), text) if gaps else text
        letters_and_digits = "".join(_LETTER_OR_DIGIT.findall(masked)).lower()
        found = [part for part in map(bytes.decode, self._parts) if part in letters_and_digits]
        if not found:
            return text
        if len(text) > _MAX_TEXT_LENGTH:
            return REPLACEMENT
        positions = [match.start() for match in _LETTER_OR_DIGIT.finditer(masked)]
        spans = sorted(
            (match.start(), match.start() + len(part))
            for part in found
            for match in re.finditer(f"(?={part})", letters_and_digits)
        )
        pieces: list[str] = []
        end = 0
        for start, stop in spans:
            if start > end or not pieces:
                pieces += [text[positions[end - 1] + 1 if end else 0 : positions[start]], REPLACEMENT]
            end = max(end, stop)
        return "".join([*pieces, text[positions[end - 1] + 1 :]])
