"""API keys under the names that fastlane gives them in the environment, and that CI systems therefore use.

They are those of the parameters of its action `app_store_connect_api_key` and of its option `api_key_path`. The text of
a key is never written to a file, and never part of a message or an exception.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ppclient.api_key import (
    APIKey,
    KeyNames,
    checked_issuer_id,
    checked_key_id,
    load_private_key,
    parse_private_key,
    read_file,
)
from ppparser.errors import CredentialsError

ISSUER_ID = "APP_STORE_CONNECT_API_KEY_ISSUER_ID"
KEY_ID = "APP_STORE_CONNECT_API_KEY_KEY_ID"
KEY = "APP_STORE_CONNECT_API_KEY_KEY"
IS_BASE64 = "APP_STORE_CONNECT_API_KEY_IS_KEY_CONTENT_BASE64"
KEY_PATH = "APP_STORE_CONNECT_API_KEY_KEY_FILEPATH"
JSON_PATH = "APP_STORE_CONNECT_API_KEY_PATH"
# Each of these says where the key is.
SOURCES = (KEY, KEY_PATH, JSON_PATH)
# All but KEY, the only one that contains a secret. IS_BASE64 is for fastlane: the text of a key tells whether it is.
PUBLIC_VARIABLES = (ISSUER_ID, KEY_ID, IS_BASE64, KEY_PATH, JSON_PATH)

_PEM_MARK = "-----BEGIN"


def fastlane_key(environ: Mapping[str, str]) -> APIKey | None:
    """Return the key in fastlane's variables, None if they are not set. Raises CredentialsError.

    The JSON file counts if neither the text of a key nor the path of its file is set.
    """
    values = {name: environ.get(name, "").strip() for name in (KEY, *PUBLIC_VARIABLES)}
    if values[KEY] or values[KEY_PATH]:
        return _key_in_variables(values)
    if values[JSON_PATH]:
        return _key_in_json_file(_expanded(values[JSON_PATH]))
    if name := next((name for name in (KEY_ID, ISSUER_ID) if values[name]), None):
        raise CredentialsError(
            f"{name} is set but the key is not: set {KEY} to the text of the .p8 file,\n  or {KEY_PATH} to its path"
        )
    return None


def _key_in_variables(values: Mapping[str, str]) -> APIKey:
    name = KEY if values[KEY] else KEY_PATH
    if values[KEY] and values[KEY_PATH]:
        raise CredentialsError(f"{KEY} and {KEY_PATH} are both set: unset one of them")
    if not values[KEY_ID]:
        raise CredentialsError(f"{name} is set but {KEY_ID} is not: set it to the key's ID")
    names = KeyNames(ISSUER_ID, KEY_ID, name)
    key_id, issuer_id = checked_key_id(values[KEY_ID], names), checked_issuer_id(values[ISSUER_ID] or None, names)
    if values[KEY]:
        private_key = parse_private_key(_pem(values[KEY], KEY), KEY)
    else:
        private_key = load_private_key(key_id, _expanded(values[KEY_PATH]))
    return APIKey(key_id, private_key, issuer_id, names)


def _key_in_json_file(path: str) -> APIKey:
    """Return the key in fastlane's JSON file, whose members are `key_id`, `key` and perhaps `issuer_id`."""
    document = _json_object(path)
    issuer_id, key_id, key = (_text(document, member, path) for member in ("issuer_id", "key_id", "key"))
    for member, value in (("key_id", key_id), ("key", key)):
        if not value:
            raise CredentialsError(f"{path} has no {member}")
    names = KeyNames(*(f"{member} in {path}" for member in ("issuer_id", "key_id", "key")))
    key_id = checked_key_id(key_id, names)
    private_key = parse_private_key(_pem(key, names.key), names.key)
    names_in_hints = KeyNames("issuer_id", "key_id", names.key)
    return APIKey(key_id, private_key, checked_issuer_id(issuer_id or None, names), names_in_hints)


def _json_object(path: str) -> dict[str, Any]:
    content = read_file(path, "api_key.json")
    with suppress(ValueError):
        document = json.loads(content, strict=False)  # A pasted key may contain line breaks.
        if isinstance(document, dict):
            return document
    # Raised here, where no context contains the text of the file.
    if content.lstrip().startswith(_PEM_MARK.encode()):
        raise CredentialsError(f"{path} is the file of a key, not JSON: set {KEY_PATH} to its path instead")
    raise CredentialsError(
        f'{path} is not a JSON object: it has to look like {{"key_id": "...", "issuer_id": "...", "key": "..."}}'
    )


def _text(document: dict[str, Any], member: str, path: str) -> str:
    value = document.get(member) or ""
    if not isinstance(value, str):
        raise CredentialsError(f"{member} in {path} is not a string in quotes")
    return value.strip()


def _pem(text: str, name: str) -> bytes:
    """Return the PEM text in `text`, or in its base64. Messages call `text` by its `name`."""
    if _PEM_MARK not in text:
        if text.endswith((".p8", ".pem", ".json")) or os.path.exists(text):
            raise CredentialsError(f"{name} is a path: it takes the text of the .p8 file, and {KEY_PATH} a path")
        with suppress(ValueError):
            pem = base64.b64decode(text.replace("\\n", "") + "==")  # Padding that is not needed is ignored.
            if _PEM_MARK.encode() in pem:
                return pem
    return text.encode("utf-8", "replace")


def _expanded(path: str) -> str:
    """Return `path` as fastlane understands it: absolute, as the folder that it starts from is easily mistaken."""
    return os.path.abspath(os.path.expanduser(path))
