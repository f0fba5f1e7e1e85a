"""Credentials from the environment: an API key or a bearer token."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import IO, Union

from ppclient import fastlane
from ppclient.api_key import APIKey, KeyNames, checked_key_id, load_key
from ppparser.errors import CredentialsError
from ppparser.program.secrecy import looks_secret

# Where Apple's own tools look for a key.
_KEY_FOLDERS = ("private_keys", "~/private_keys", "~/.private_keys", "~/.appstoreconnect/private_keys")
# What this package and requests read from the environment, except TOKEN and fastlane's variables.
_VARIABLES = (
    *("ISSUER_ID", "KEY_ID", "KEY_FILE_PATH", "APP_STORE_CONNECT_URL", "NETRC"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"),
)

_NAMES = KeyNames("ISSUER_ID", "KEY_ID", "the key file")

_SETUP_INSTRUCTIONS = """\
no credentials are set. Export those of an API key (App Store Connect > Users and Access > Integrations):
  export ISSUER_ID=...      the team's issuer ID; leave it out for an individual key
  export KEY_ID=...         the key's ID
  export KEY_FILE_PATH=...  the path of AuthKey_<KEY_ID>.p8, unless it is in ~/.appstoreconnect/private_keys
or, if you have a token: export TOKEN=...
or, in CI: APP_STORE_CONNECT_API_KEY_KEY_ID, ..._ISSUER_ID and ..._KEY, as for fastlane (see README.md)"""


class FixedToken:
    """A bearer token from the environment, which cannot be renewed."""

    can_renew = False
    names = None

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, now: float) -> tuple[str, float]:
        """Return the token, and infinity, as it cannot be renewed."""
        return self._token, float("inf")


Credentials = Union[APIKey, FixedToken]


def credentials_from(environ: Mapping[str, str], stdin: IO[bytes]) -> Credentials:
    """Return the key that KEY_ID names, or else the bearer token in TOKEN, or else fastlane's key.

    Without KEY_FILE_PATH, the key is searched for in the folders in which Apple's own tools look. The suite's own
    variables and fastlane's do not complete each other. Raises CredentialsError.
    """
    _reject_secrets(environ)
    names = ("ISSUER_ID", "KEY_ID", "KEY_FILE_PATH", "TOKEN")
    issuer_id, key_id, key_path, token = (environ.get(name, "").strip() for name in names)
    if key_id and not key_path:
        key_id = checked_key_id(key_id, _NAMES)
        candidates = (os.path.expanduser(f"{folder}/AuthKey_{key_id}.p8") for folder in _KEY_FOLDERS)
        key_path = next(filter(os.path.isfile, candidates), "")
    if key_id and key_path:
        return load_key(key_id, key_path, issuer_id or None, stdin, _NAMES)
    if token:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):  # RFC 7519, section 3.
            raise CredentialsError(
                "TOKEN is not a JSON Web Token: set it to what generate-token.py prints, without 'Bearer', or unset it"
            )
        return FixedToken(token)
    if key_id:
        others = [name for name in fastlane.SOURCES if environ.get(name, "").strip()]
        raise CredentialsError(
            f"there is no AuthKey_{key_id}.p8 in {', '.join(_KEY_FOLDERS)}: export KEY_FILE_PATH with its path"
            + (f",\n  or unset KEY_ID to use {others[0]}" if others else "")
        )
    if key := fastlane.fastlane_key(environ):
        if issuer_id and not key.issuer_id:
            raise CredentialsError(
                f"ISSUER_ID is set, but {key.names.issuer_id} is not, which belongs to {key.names.key}:\n"
                "  set that for a team key, or unset ISSUER_ID for an individual key"
            )
        return key
    if key_path:
        raise CredentialsError("KEY_FILE_PATH is set but KEY_ID is not: export KEY_ID with the key's ID")
    raise CredentialsError(_SETUP_INSTRUCTIONS)


def _reject_secrets(environ: Mapping[str, str]) -> None:
    """Raise CredentialsError for a variable that looks secret but must not be, as messages or requests may show it."""
    for name in (*_VARIABLES, *fastlane.PUBLIC_VARIABLES):
        value = environ.get(name, "")
        if name.lower().endswith("_proxy"):  # Its password is meant for the proxy, and never shown.
            value = value.rpartition("@")[2]
        if looks_secret(value):
            advice = "give the path of a .p8 file in KEY_FILE_PATH, or a token in TOKEN"
            if name in fastlane.PUBLIC_VARIABLES:
                advice = f"the text of a key belongs in {fastlane.KEY}"
            raise CredentialsError(f"{name} looks like a key or a token: {advice}")
