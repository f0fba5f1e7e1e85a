"""Decides whether text from the command line or the environment looks like a key or a token, which must not be shown.

Recognized are PEM text, its base64, the base64 of a P-256 key, JSON Web Tokens, and any 40 characters that alternate
between upper case, lower case and digits as random base64 does. Not recognized are shorter pieces and hexadecimal.
"""

from __future__ import annotations

import re

# PEM, its base64, and the beginning of a P-256 key in base64: PKCS#8 (RFC 5208) and SEC 1 (RFC 5915).
_KEY = re.compile(r"-----BEGIN|-----END|LS0tLS1CRUdJTi|MIGHAgEAMBMGByqGSM49|MHcCAQEE")
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/=_-]{40,}")
_WINDOW_LENGTH = 40
# As measured, one line of a P-256 key in 2,000 changes less often, and one path of a file system in 6,000 as often.
_MIN_CHANGES = 14
_MIN_CASE_CHANGES = 6
_MIN_DIGIT_CHANGES = 2
_CASE_CHANGE = re.compile("(?=[a-z][A-Z]|[A-Z][a-z])")
_DIGIT_CHANGE = re.compile("(?=[0-9][^0-9]|[^0-9][0-9])")


def looks_secret(text: str) -> bool:
    """Tell whether `text` contains what looks like a key, a piece of one, or a token, also split by white space."""
    if "%" in text:
        from urllib.parse import unquote  # Rarely needed, and slow to import.

        text = unquote(text)
    return any(
        _KEY.search(form)
        or _JSON_WEB_TOKEN.search(form)
        or any(_looks_random(match[0]) for match in _BASE64.finditer(form))
        for form in {text, "".join(text.split())}
    )


def _looks_random(text: str) -> bool:
    windows = (text[start : start + _WINDOW_LENGTH] for start in range(len(text) - _WINDOW_LENGTH + 1))
    for window in windows:
        case_changes, digit_changes = len(_CASE_CHANGE.findall(window)), len(_DIGIT_CHANGE.findall(window))
        is_mixed = case_changes >= _MIN_CASE_CHANGES and digit_changes >= _MIN_DIGIT_CHANGES
        if is_mixed and case_changes + digit_changes >= _MIN_CHANGES:
            return True
    return False
