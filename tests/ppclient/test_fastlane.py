"""An API key is found under fastlane's names, and messages name the variable or the member that is wrong."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from ppclient.fastlane import fastlane_key
from ppparser.errors import CredentialsError
from tests.fake_api import APP_ID, INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, FakeAPI
from tests.helpers.support import NOW, Check, Run

PREFIX = "APP_STORE_CONNECT_API_KEY"
PRIVATE_KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
IDS = {"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID}
JSON = {"key_id": KEY_ID, "issuer_id": ISSUER_ID}


PEM = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
BASE64 = base64.b64encode(PEM.encode()).decode()
ENCRYPTED = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")).decode()


@pytest.fixture(autouse=True)
def files(home: Path) -> Path:
    """Write files of keys into the home folder, which is the working folder, and return it."""
    (home / KEY_FILE).write_text(PEM)
    (home / "AuthKey_0THERK3Y01.p8").write_text(PEM)
    (home / "encrypted.p8").write_text(ENCRYPTED)
    (home / "folder").mkdir()
    return home


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return `variables` with the prefix that fastlane gives their names."""
    return {f"{PREFIX}_{name}": value for name, value in variables.items()}


def described(variables: dict[str, str]) -> str:
    """Return which key the variables contain, after a check that it signs as PRIVATE_KEY does."""
    key = fastlane_key(environment(variables))
    assert key is not None
    token = key.sign(NOW)
    jwt.decode(token, PRIVATE_KEY.public_key(), ["ES256"], {"verify_exp": False}, audience="appstoreconnect-v1")
    return repr(key)


def problem_of(variables: dict[str, str]) -> str:
    """Return the message of the CredentialsError for `variables`, with . in place of the working folder."""
    with pytest.raises(CredentialsError) as caught:
        fastlane_key(environment(variables))
    return str(caught.value).replace(f"{Path.cwd()}/", "./")


# --- variables --------------------------------------------------------------------------------------------------------

VARIABLES = {
    "text": {**IDS, "KEY": PEM},
    "literal backslash and n": {**IDS, "KEY": PEM.replace("\n", "\\n")},
    "blanks for line breaks": {**IDS, "KEY": PEM.replace("\n", " ")},
    "text that is said to be base64": {**IDS, "KEY": PEM, "IS_KEY_CONTENT_BASE64": "true"},
    "base64": {**IDS, "KEY": BASE64},
    "base64, no padding": {**IDS, "KEY": BASE64.rstrip("="), "IS_KEY_CONTENT_BASE64": "true"},
    "base64 in lines": {**IDS, "KEY": f"{BASE64[:76]}\n{BASE64[76:]}\n"},
    "base64 with backslash and n": {**IDS, "KEY": f"{BASE64[:76]}\\n{BASE64[76:]}"},
    "blanks": {"KEY_ID": f" {KEY_ID}\n", "KEY": f"\n{PEM}"},
    "empty issuer ID": {**IDS, "ISSUER_ID": "", "KEY": PEM},
    "path": {**IDS, "KEY_FILEPATH": KEY_FILE},
    "path from the home folder": {**IDS, "KEY_FILEPATH": f"~/{KEY_FILE}"},
    "path and blank text": {**IDS, "KEY_FILEPATH": KEY_FILE, "KEY": " "},
    "text before JSON file": {**IDS, "KEY": PEM, "PATH": "lost.json"},
    "path before JSON file": {**IDS, "KEY_FILEPATH": KEY_FILE, "PATH": "lost.json"},
}


def test_key_in_variables_is_found(check: Check) -> None:
    check(f"{name}: {described(variables)}" for name, variables in VARIABLES.items())


@pytest.mark.parametrize("variables", [{}, {"KEY": "", "KEY_ID": " "}, {"IS_KEY_CONTENT_BASE64": "true"}])
def test_nothing_is_found_without_a_key_or_an_id(variables: dict[str, str]) -> None:
    assert fastlane_key(environment(variables)) is None


UNUSABLE_VARIABLES: dict[str, dict[str, str]] = {
    "text and path": {"KEY": PEM, "KEY_FILEPATH": KEY_FILE},
    "text without key ID": {"KEY": PEM, "KEY_ID": ""},
    "path without key ID": {"KEY_FILEPATH": KEY_FILE, "KEY_ID": " "},
    "IDs alone": {},
    "issuer ID alone": {"KEY_ID": ""},
    "path for key ID": {"KEY": PEM, "KEY_ID": "a/b"},
    "path for issuer ID": {"KEY": PEM, "ISSUER_ID": "a/b"},
    "issuer ID for key ID": {"KEY": PEM, "KEY_ID": ISSUER_ID},
    "encrypted, base64": {"KEY": base64.b64encode(ENCRYPTED.encode()).decode()},
    "encrypted": {"KEY": ENCRYPTED},
    "path for text": {"KEY": f"~/keys/{KEY_FILE}"},
    "folder for text": {"KEY": "folder"},
    "not PEM": {"KEY": "x\udc80y"},
    "half a text": {"KEY": PEM[:120]},
    "half a base64": {"KEY": BASE64[:80]},
    "no file": {"KEY_FILEPATH": "lost.p8"},
    "hyphen": {"KEY_FILEPATH": "-"},
    "folder": {"KEY_FILEPATH": "folder"},
    "encrypted file": {"KEY_FILEPATH": "encrypted.p8"},
    "another key's file": {"KEY_FILEPATH": "AuthKey_0THERK3Y01.p8"},
}


def test_unusable_variable_is_named(check: Check) -> None:
    check(f"{name}: {problem_of({**IDS, **variables})}" for name, variables in UNUSABLE_VARIABLES.items())


# --- the JSON file ----------------------------------------------------------------------------------------------------

JSON_FILES = {
    "text": json.dumps({**JSON, "key": PEM}),
    "line breaks as they are": json.dumps({**JSON, "key": PEM}).replace("\\n", "\n"),
    "base64": json.dumps({**JSON, "key": BASE64, "is_key_content_base64": True, "in_house": False, "duration": 1200}),
    "no issuer ID": json.dumps({"key_id": f" {KEY_ID} ", "key": PEM}),
    "null for issuer ID": json.dumps({**JSON, "issuer_id": None, "key": PEM}),
    "byte order mark": "\ufeff" + json.dumps({**JSON, "key": PEM}),
}


@pytest.mark.parametrize("path", ["api_key.json", "~/api_key.json"])
def test_key_in_the_json_file_is_found(files: Path, path: str, check: Check) -> None:
    other_ids = {"KEY_ID": "0THERK3Y01", "ISSUER_ID": "0ther", "IS_KEY_CONTENT_BASE64": "false"}
    lines = []
    for name, content in JSON_FILES.items():
        (files / "api_key.json").write_text(content, encoding="utf-8")
        lines.append(f"{name}: {described({**other_ids, 'PATH': path})}")
    check(lines, "ppclient/test_fastlane/key_in_the_json_file_is_found.txt")


UNUSABLE_JSON_FILES = {
    "empty": "",
    "no comma": '{"key_id": "x"\n "key": "y"}',
    "not text": "\udcff\udcfe\0",
    "list": "[]",
    "key file": PEM,
    "no key ID": json.dumps({"key": PEM}),
    "empty key": json.dumps({**JSON, "key": ""}),
    "number for key ID": json.dumps({**JSON, "key_id": 42}),
    "list for key": json.dumps({**JSON, "key": [PEM]}),
    "path for key ID": json.dumps({**JSON, "key": PEM, "key_id": "a/b"}),
    "path for issuer ID": json.dumps({**JSON, "key": PEM, "issuer_id": "a/b"}),
    "path for key": json.dumps({**JSON, "key": KEY_FILE}),
    "encrypted": json.dumps({**JSON, "key": ENCRYPTED}),
    "half a character": json.dumps({**JSON, "key": "\ud800"}),
}


def test_unusable_json_file_is_named(files: Path, check: Check) -> None:
    lines = [f"{path}: {problem_of({'PATH': path})}" for path in ("lost.json", "folder")]
    for name, content in UNUSABLE_JSON_FILES.items():
        (files / "api_key.json").write_text(content, encoding="utf-8", errors="surrogateescape")
        lines.append(f"{name}: {problem_of({'PATH': 'api_key.json'})}")
    check(lines)


# --- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key_id", [KEY_ID, INDIVIDUAL_KEY_ID])
def test_scripts_use_the_key_of_the_ci_system(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, key_id: str
) -> None:
    usual = run("get-metrics-insights.py", APP_ID)
    for name in ("ISSUER_ID", "KEY_ID", "KEY_FILE_PATH"):
        monkeypatch.delenv(name)
    individual = key_id == INDIVIDUAL_KEY_ID
    monkeypatch.setenv(f"{PREFIX}_KEY_ID", key_id)
    monkeypatch.setenv(f"{PREFIX}_KEY", api.individual_private_key_pem if individual else api.private_key_pem)
    monkeypatch.setenv(f"{PREFIX}_ISSUER_ID", "" if individual else ISSUER_ID)
    assert run("get-metrics-insights.py", APP_ID) == usual
    assert usual.status == 0


@pytest.mark.usefixtures("delays")
@pytest.mark.parametrize("variables", [{**IDS, "KEY": PEM}, {"PATH": "api_key.json"}], ids=["variables", "JSON file"])
def test_key_that_is_rejected_is_named(
    api: FakeAPI, files: Path, run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], check: Check
) -> None:
    monkeypatch.delenv("KEY_ID")
    (files / "api_key.json").write_text(json.dumps({**JSON, "key": PEM}))
    for name, value in environment(variables).items():
        monkeypatch.setenv(name, value)
    outcome = run("get-metrics-insights.py", APP_ID)
    assert (outcome.status, len(api.requests)) == (3, 2)
    check(outcome.err.replace(f"{files}/", "./").splitlines()[2:4])
