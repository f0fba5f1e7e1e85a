"""Recognize keys and tokens in text from the command line or the environment, which must not be shown or sent."""

from __future__ import annotations

import re

# Header and payload of a JSON Web Token are the base64 of JSON objects, which start with `{"`.
JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]+)?", re.ASCII)
# PEM; its base64, also after one or two line breaks; and the beginning of a P-256 key in base64: PKCS#8 (RFC 5208) and
# SEC 1 (RFC 5915).
_KEY = re.compile("-----BEGIN|-----END|LS0tLS1CRUdJTi|0tLS0tQkVHSU4|tLS0tLUJFR0lO|MIGHAgEAMBMGByqGSM49|MHcCAQEE")


def looks_secret(text: str) -> bool:
    """Tell whether `text` contains PEM text, its base64, the beginning of a P-256 key, or a JSON Web Token."""
    return bool(_KEY.search(text) or JSON_WEB_TOKEN.search(text))
