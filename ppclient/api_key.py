"""API keys and their tokens. Facts are from Apple's "Generating Tokens for API Requests" and "Creating API Keys".

Claims are named as in RFC 7519. This module imports neither requests nor urllib3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import IO, Any, NamedTuple

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ppparser.errors import CredentialsError

# Apple rejects a token that lives longer, and one whose `iat` lies in the future by its clock.
MAX_LIFETIME = timedelta(minutes=20)
_IAT_MARGIN = timedelta(seconds=60)
_RENEWAL_MARGIN = timedelta(minutes=2)
# As issuer IDs and the IDs of builds are.
UUID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class KeyNames(NamedTuple):
    """What messages call the parts of an API key, such as the variables that contain them."""

    issuer_id: str
    key_id: str
    key: str


_NAMES = KeyNames("the issuer ID", "the key ID", "the key file")


class APIKey:
    """A team key with its issuer ID, or an individual key, which has none. It signs its own tokens."""

    can_renew = True

    def __init__(
        self,
        key_id: str,
        private_key: ec.EllipticCurvePrivateKey,
        issuer_id: str | None,
        names: KeyNames = _NAMES,
    ) -> None:
        self.key_id = key_id
        self.issuer_id = issuer_id
        self.names = names
        self._private_key = private_key

    def __repr__(self) -> str:
        return f"APIKey(key_id={self.key_id!r}, issuer_id={self.issuer_id!r})"

    def sign(self, now: float, *, lifetime: timedelta = MAX_LIFETIME, scope: Sequence[str] = ()) -> str:
        """Return a JSON Web Token signed with ES256 that expires `lifetime` after `now` (seconds since the epoch).

        It is dated a minute back, and `exp` minus `iat` is at most MAX_LIFETIME. `scope` lists the requests it
        allows; if empty, it allows all.
        """
        issued_at = int(now) - int(_IAT_MARGIN.total_seconds())
        expires_at = min(int(now + lifetime.total_seconds()), issued_at + int(MAX_LIFETIME.total_seconds()))
        claims: dict[str, Any] = {"iss": self.issuer_id} if self.issuer_id else {"sub": "user"}
        claims.update(iat=issued_at, exp=expires_at, aud="appstoreconnect-v1")
        if scope:
            claims["scope"] = list(scope)
        return jwt.encode(claims, self._private_key, algorithm="ES256", headers={"kid": self.key_id})

    def token(self, now: float) -> tuple[str, float]:
        """Return a bearer token, and when to renew it."""
        return self.sign(now), now + (MAX_LIFETIME - _IAT_MARGIN - _RENEWAL_MARGIN).total_seconds()


def load_key(key_id: str, key_path: str, issuer_id: str | None, stdin: IO[bytes], names: KeyNames = _NAMES) -> APIKey:
    """Return the key whose PEM file is at `key_path`, or comes from `stdin` for `-`. Raises CredentialsError."""
    key_id, issuer_id = checked_key_id(key_id, names), checked_issuer_id(issuer_id, names)
    return APIKey(key_id, load_private_key(key_id, key_path, stdin), issuer_id, names)


def checked_issuer_id(value: str | None, names: KeyNames) -> str | None:
    """Return `value` stripped, None for None. Raises CredentialsError."""
    return None if value is None else _checked_id(value, names.issuer_id)


def checked_key_id(value: str, names: KeyNames) -> str:
    """Return `value` stripped. Raises CredentialsError."""
    key_id = _checked_id(value, names.key_id)
    if UUID.fullmatch(key_id):
        raise CredentialsError(
            f"{names.key_id} looks like an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8"
        )
    return key_id


def _checked_id(value: str, name: str) -> str:
    """Return `value` stripped. An invalid ID is not repeated in the error, as it may be a secret."""
    identifier = value.strip()
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", identifier):
        problem = "is not valid" if identifier else "is empty"
        raise CredentialsError(f"{name} {problem}: copy it from Users and Access > Integrations in App Store Connect")
    return identifier


def load_private_key(key_id: str, path: str, stdin: IO[bytes] | None = None) -> ec.EllipticCurvePrivateKey:
    """Return the private key of the API key `key_id` in the PEM file at `path`. Raises CredentialsError."""
    pem = read_file(path, f"AuthKey_{key_id}.p8", stdin)
    match = re.fullmatch(r"AuthKey_([A-Za-z0-9]+)\.p8", os.path.basename(path))
    if match and match[1] != key_id:
        raise CredentialsError(
            f"the file name says key ID {match[1]}, not {key_id}: give the ID and the file of the same key"
        )
    return parse_private_key(pem, "standard input" if stdin and path == "-" else path)


def read_file(path: str, example: str, stdin: IO[bytes] | None = None) -> bytes:
    """Return the content of a file with a key, or of `stdin`, if it is given, for `-`.

    A CredentialsError asks for a file such as `example`.
    """
    if not path:
        raise CredentialsError(f"the path of the key file is empty: give the path of {example}")
    try:
        if stdin and path == "-":
            return stdin.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CredentialsError(f"cannot read {path} ({error.strerror}): give the path of {example}") from None


def parse_private_key(pem: bytes, source: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 private key in `pem`. Line breaks may be a literal backslash and n, as in pasted variables.

    `source` names it in a CredentialsError.
    """
    pem = pem.replace(b"\\r", b"").replace(b"\\n", b"\n").strip()
    advice = "use the AuthKey_<KEY_ID>.p8 file as downloaded, or create a new key: each can be downloaded only once"
    if b"PRIVATE KEY-----" not in pem:
        raise CredentialsError(f"{source} has no line '-----BEGIN PRIVATE KEY-----': {advice}")
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise CredentialsError(
            f"{source} is encrypted: remove the password with\n"
            "  openssl pkcs8 -in FILE -out AuthKey_<KEY_ID>.p8 -topk8 -nocrypt"
        ) from None
    except ValueError:
        raise CredentialsError(f"{source} is damaged or incomplete: {advice}") from None
    except UnsupportedAlgorithm:
        key = None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise CredentialsError(f"{source} contains another kind of key, not one on the curve P-256: {advice}")
