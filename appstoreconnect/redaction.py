"""Removes bearer tokens that a server echoes.

Found are the tokens of this process, as they are and in base64, hexadecimal or percent encoding, also in upper or lower
case, and split by up to nine characters that are neither letters nor digits. Not found are pieces of fewer than 31
letters and digits, other encodings, and encodings of encodings.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

REPLACEMENT = "[token]"
# A JSON Web Token starts with the base64 of `{"`.
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*", re.ASCII | re.IGNORECASE)
# The length of an ES256 signature in base64url, without which a token is of no use (RFC 7518, section 3.4).
_SIGNATURE_LENGTH = 86
_PART_LENGTH = 16
_OTHER_BYTES = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()))
# What splits a token without being recognizable by its characters: line breaks in JSON, punctuation in URLs.
_ESCAPED_GAP = rb"\\[nrt]|%2[de]|%5f|%7e"
_ESCAPED_GAPS = re.compile(_ESCAPED_GAP, re.IGNORECASE)
_ESCAPED_ASCII = re.compile(rb"\\u00([2-7][0-9a-f])", re.IGNORECASE)
_MAX_GAP_LENGTH = 9
_GAP = rb"(?:%s|[^a-z0-9]){0,%d}" % (_ESCAPED_GAP, _MAX_GAP_LENGTH)


def _letters_and_digits(content: bytes) -> bytes:
    if b"\\" in content or b"%" in content:
        content = _ESCAPED_GAPS.sub(b"", content)
    return content.lower().translate(None, _OTHER_BYTES)


def _parts(secret: bytes) -> Iterable[bytes]:
    """Return pieces of all encodings of `secret`, one of which is in any run of 31 letters and digits of them."""
    # In percent encoding, the punctuation counts as a gap.
    encodings = [secret, secret.hex().encode(), re.sub(rb"[-._~]", b"", secret).hex().encode()]
    # What base64 makes of three bytes depends on what precedes them only by their number; the end may continue.
    encodings += [base64.b64encode(secret[start:])[:-4] for start in range(3)]
    for encoding in map(_letters_and_digits, encodings):
        for start in range(0, len(encoding) - _PART_LENGTH + 1, _PART_LENGTH):
            yield encoding[start : start + _PART_LENGTH]
        yield encoding[-_PART_LENGTH:]


class Redactor:
    """Removes the tokens it was given from bytes and texts."""

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

    def body(self, content: bytes) -> bytes:
        """Return the body of a response, unchanged unless it contains the signature of a token."""
        letters_and_digits = _letters_and_digits(content)
        if any(part in letters_and_digits for part in self._signature_parts):
            return self._without_parts(content)
        if _ESCAPED_ASCII.search(content):
            unescaped = _ESCAPED_ASCII.sub(lambda match: bytes.fromhex(match[1].decode()), content)
            if any(part in _letters_and_digits(unescaped) for part in self._signature_parts):
                return self._without_parts(unescaped)
        return content

    def text(self, text: str) -> str:
        """Return a message without any token, also one that this process did not send."""
        content = self._without_parts(text.encode("utf-8", "surrogatepass"))
        return _JSON_WEB_TOKEN.sub(REPLACEMENT, content.decode("utf-8", "surrogatepass"))

    def _without_parts(self, content: bytes) -> bytes:
        letters_and_digits = _letters_and_digits(content)
        spans: list[tuple[int, int]] = []
        for part in self._parts:
            if part in letters_and_digits:
                pattern = re.compile(_GAP.join(bytes([byte]) for byte in part), re.IGNORECASE)
                spans += [match.span() for match in pattern.finditer(content)]
        result, position = b"", 0
        for start, end in sorted(spans):
            # Between two parts of a token there is at most punctuation.
            if not position or start - position > _MAX_GAP_LENGTH or _letters_and_digits(content[position:start]):
                result += content[position:start] + REPLACEMENT.encode()
            position = max(position, end)
        return result + content[position:]
