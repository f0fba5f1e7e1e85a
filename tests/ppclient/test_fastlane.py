"""An API key is found under fastlane's names, and messages name the variable or the member that is wrong."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jwt
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from ppclient.fastlane import fastlane_key
from ppparser.errors import CredentialsError
from tests.fake_api import APP_ID, INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, FakeAPI
from tests.helpers.support import NOW, Run

PREFIX = "APP_STORE_CONNECT_API_KEY"
FLAG = f"{PREFIX}_IS_KEY_CONTENT_BASE64"
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
TEAM_KEY = f"APIKey(key_id='{KEY_ID}', issuer_id='{ISSUER_ID}')"
INDIVIDUAL_KEY = f"APIKey(key_id='{KEY_ID}', issuer_id=None)"
IDS = {f"{PREFIX}_ISSUER_ID": ISSUER_ID, f"{PREFIX}_KEY_ID": KEY_ID}
JSON = {"key_id": KEY_ID, "issuer_id": ISSUER_ID}


def pem_of(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, encryption: KeySerializationEncryption | None = None
) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


PEM = pem_of(KEY)
BASE64 = base64.b64encode(PEM.encode()).decode()
ENCRYPTED = pem_of(KEY, BestAvailableEncryption(b"password"))
WRONG_CURVE = pem_of(ec.generate_private_key(ec.SECP384R1()))
RSA = pem_of(rsa.generate_private_key(65537, 2048))
CERTIFICATE = trustme.CA().cert_pem.bytes().decode()


@pytest.fixture(autouse=True)
def files(home: Path) -> Path:
    """Write files of keys into the home folder, which is the working folder, and return it."""
    (home / KEY_FILE).write_text(PEM)
    (home / "AuthKey_0THERK3Y01.p8").write_text(PEM)
    (home / "encrypted.p8").write_text(ENCRYPTED)
    (home / "folder").mkdir()
    return home


def described(environ: dict[str, str]) -> str:
    """Return which key the variables contain, after a check that it signs as KEY does."""
    key = fastlane_key(environ)
    assert key is not None
    token = key.sign(NOW)
    jwt.decode(token, KEY.public_key(), ["ES256"], {"verify_exp": False}, audience="appstoreconnect-v1")
    return repr(key)


def problem_of(environ: dict[str, str]) -> str:
    """Return the message of the CredentialsError for `environ`, with . in place of the working folder."""
    with pytest.raises(CredentialsError) as caught:
        fastlane_key(environ)
    return str(caught.value).replace(f"{Path.cwd()}/", "./")


# --- variables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "credentials"),
    [
        pytest.param({**IDS, f"{PREFIX}_KEY": PEM}, TEAM_KEY, id="text"),
        pytest.param({**IDS, f"{PREFIX}_KEY": PEM.replace("\n", "\\n")}, TEAM_KEY, id="literal backslash and n"),
        pytest.param({**IDS, f"{PREFIX}_KEY": PEM.replace("\n", " ")}, TEAM_KEY, id="blanks for line breaks"),
        pytest.param({**IDS, f"{PREFIX}_KEY": PEM, FLAG: "true"}, TEAM_KEY, id="text that is said to be base64"),
        pytest.param({**IDS, f"{PREFIX}_KEY": BASE64}, TEAM_KEY, id="base64"),
        pytest.param({**IDS, f"{PREFIX}_KEY": BASE64.rstrip("="), FLAG: "true"}, TEAM_KEY, id="base64, no padding"),
        pytest.param({**IDS, f"{PREFIX}_KEY": f"{BASE64[:76]}\n{BASE64[76:]}\n"}, TEAM_KEY, id="base64 in lines"),
        pytest.param(
            {**IDS, f"{PREFIX}_KEY": f"{BASE64[:76]}\\n{BASE64[76:]}", FLAG: "true"},
            TEAM_KEY,
            id="base64 with backslash and n",
        ),
        pytest.param({f"{PREFIX}_KEY_ID": f" {KEY_ID}\n", f"{PREFIX}_KEY": f"\n{PEM}"}, INDIVIDUAL_KEY, id="blanks"),
        pytest.param({**IDS, f"{PREFIX}_ISSUER_ID": "", f"{PREFIX}_KEY": PEM}, INDIVIDUAL_KEY, id="empty issuer ID"),
        pytest.param({**IDS, f"{PREFIX}_KEY_FILEPATH": KEY_FILE}, TEAM_KEY, id="path"),
        pytest.param({**IDS, f"{PREFIX}_KEY_FILEPATH": f"~/{KEY_FILE}"}, TEAM_KEY, id="path from the home folder"),
        pytest.param({**IDS, f"{PREFIX}_KEY_FILEPATH": KEY_FILE, f"{PREFIX}_KEY": " "}, TEAM_KEY, id="blank text"),
        pytest.param(
            {**IDS, f"{PREFIX}_KEY": PEM, f"{PREFIX}_PATH": "lost.json"}, TEAM_KEY, id="text before JSON file"
        ),
        pytest.param(
            {**IDS, f"{PREFIX}_KEY_FILEPATH": KEY_FILE, f"{PREFIX}_PATH": "lost.json"},
            TEAM_KEY,
            id="path before JSON file",
        ),
    ],
)
def test_key_in_variables_is_found(variables: dict[str, str], credentials: str) -> None:
    assert described(variables) == credentials


@pytest.mark.parametrize("variables", [{}, {f"{PREFIX}_KEY": "", f"{PREFIX}_KEY_ID": " "}, {FLAG: "true"}])
def test_nothing_is_found_without_a_key_or_an_id(variables: dict[str, str]) -> None:
    assert fastlane_key(variables) is None


SET_KEY = f"set {PREFIX}_KEY to the text of the .p8 file,\n  or {PREFIX}_KEY_FILEPATH to its path"
ORIGINAL = "use the AuthKey_<KEY_ID>.p8 file as downloaded, or create a new key: each can be downloaded only once"
IS_PATH = f"is a path: it takes the text of the .p8 file, and {PREFIX}_KEY_FILEPATH a path"
NOT_AN_ID = "is not valid: copy it from Users and Access > Integrations in App Store Connect"
DECRYPT = "remove the password with\n  openssl pkcs8 -in FILE -out AuthKey_<KEY_ID>.p8 -topk8 -nocrypt"


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        pytest.param(
            {f"{PREFIX}_KEY": PEM, f"{PREFIX}_KEY_FILEPATH": KEY_FILE},
            f"{PREFIX}_KEY and {PREFIX}_KEY_FILEPATH are both set: unset one of them",
            id="text and path",
        ),
        pytest.param(
            {f"{PREFIX}_KEY": PEM, f"{PREFIX}_KEY_ID": ""},
            f"{PREFIX}_KEY is set but {PREFIX}_KEY_ID is not: set it to the key's ID",
            id="text without key ID",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": KEY_FILE, f"{PREFIX}_KEY_ID": " "},
            f"{PREFIX}_KEY_FILEPATH is set but {PREFIX}_KEY_ID is not: set it to the key's ID",
            id="path without key ID",
        ),
        pytest.param({}, f"{PREFIX}_KEY_ID is set but the key is not: {SET_KEY}", id="IDs alone"),
        pytest.param(
            {f"{PREFIX}_KEY_ID": ""}, f"{PREFIX}_ISSUER_ID is set but the key is not: {SET_KEY}", id="issuer ID alone"
        ),
        pytest.param({f"{PREFIX}_KEY": PEM, f"{PREFIX}_KEY_ID": "a/b"}, f"{PREFIX}_KEY_ID {NOT_AN_ID}", id="key ID"),
        pytest.param(
            {f"{PREFIX}_KEY": PEM, f"{PREFIX}_ISSUER_ID": "a/b"}, f"{PREFIX}_ISSUER_ID {NOT_AN_ID}", id="issuer ID"
        ),
        pytest.param(
            {f"{PREFIX}_KEY": PEM, f"{PREFIX}_KEY_ID": ISSUER_ID},
            f"{PREFIX}_KEY_ID looks like an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8",
            id="issuer ID for key ID",
        ),
        pytest.param(
            {f"{PREFIX}_KEY": base64.b64encode(ENCRYPTED.encode()).decode()},
            f"{PREFIX}_KEY is encrypted: {DECRYPT}",
            id="encrypted, base64",
        ),
        pytest.param({f"{PREFIX}_KEY": ENCRYPTED}, f"{PREFIX}_KEY is encrypted: {DECRYPT}", id="encrypted"),
        pytest.param({f"{PREFIX}_KEY": f"~/keys/{KEY_FILE}"}, f"{PREFIX}_KEY {IS_PATH}", id="path for text"),
        pytest.param({f"{PREFIX}_KEY": "folder"}, f"{PREFIX}_KEY {IS_PATH}", id="folder for text"),
        pytest.param(
            {f"{PREFIX}_KEY": "x\udc80y"},
            f"{PREFIX}_KEY has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="not PEM",
        ),
        pytest.param({f"{PREFIX}_KEY": PEM[:120]}, f"{PREFIX}_KEY is damaged or incomplete: {ORIGINAL}", id="half"),
        pytest.param({f"{PREFIX}_KEY": BASE64[:80]}, f"{PREFIX}_KEY is damaged or incomplete: {ORIGINAL}", id="base64"),
        pytest.param(
            {f"{PREFIX}_KEY": WRONG_CURVE},
            f"{PREFIX}_KEY contains another kind of key, not one on the curve P-256: {ORIGINAL}",
            id="wrong curve",
        ),
        pytest.param(
            {f"{PREFIX}_KEY": RSA},
            f"{PREFIX}_KEY contains another kind of key, not one on the curve P-256: {ORIGINAL}",
            id="RSA",
        ),
        pytest.param(
            {f"{PREFIX}_KEY": CERTIFICATE},
            f"{PREFIX}_KEY has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="certificate",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": "lost.p8"},
            f"cannot read ./lost.p8 (No such file or directory): give the path of {KEY_FILE}",
            id="no file",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": "-"},
            f"cannot read ./- (No such file or directory): give the path of {KEY_FILE}",
            id="hyphen",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": "folder"},
            f"cannot read ./folder (Is a directory): give the path of {KEY_FILE}",
            id="folder",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": "encrypted.p8"},
            f"./encrypted.p8 is encrypted: {DECRYPT}",
            id="encrypted file",
        ),
        pytest.param(
            {f"{PREFIX}_KEY_FILEPATH": "AuthKey_0THERK3Y01.p8"},
            f"the file name says key ID 0THERK3Y01, not {KEY_ID}: give the ID and the file of the same key",
            id="another key's file",
        ),
    ],
)
def test_unusable_variable_is_named(variables: dict[str, str], problem: str) -> None:
    assert problem_of({**IDS, **variables}) == problem


# --- the JSON file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "credentials"),
    [
        pytest.param(json.dumps({**JSON, "key": PEM}), TEAM_KEY, id="text"),
        pytest.param(json.dumps({**JSON, "key": PEM}).replace("\\n", "\n"), TEAM_KEY, id="line breaks as they are"),
        pytest.param(
            json.dumps({**JSON, "key": BASE64, "is_key_content_base64": True, "in_house": False, "duration": 1200}),
            TEAM_KEY,
            id="base64",
        ),
        pytest.param(json.dumps({"key_id": f" {KEY_ID} ", "key": PEM}), INDIVIDUAL_KEY, id="no issuer ID"),
        pytest.param(json.dumps({**JSON, "issuer_id": None, "key": PEM}), INDIVIDUAL_KEY, id="null for issuer ID"),
        pytest.param("\ufeff" + json.dumps({**JSON, "key": PEM}), TEAM_KEY, id="byte order mark"),
    ],
)
def test_key_in_the_json_file_is_found(files: Path, content: str, credentials: str) -> None:
    (files / "api_key.json").write_text(content, encoding="utf-8")
    other_ids = {f"{PREFIX}_KEY_ID": "0THERK3Y01", f"{PREFIX}_ISSUER_ID": "0ther", FLAG: "false"}
    for path in ("api_key.json", "~/api_key.json"):
        assert described({**other_ids, f"{PREFIX}_PATH": path}) == credentials


EXAMPLE = 'it has to look like {"key_id": "...", "issuer_id": "...", "key": "..."}'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", f"./api_key.json is not a JSON object: {EXAMPLE}", id="empty"),
        pytest.param(b'{"key_id": "x"\n "key": "y"}', f"./api_key.json is not a JSON object: {EXAMPLE}", id="no comma"),
        pytest.param(b"\xff\xfe\x00", f"./api_key.json is not a JSON object: {EXAMPLE}", id="not text"),
        pytest.param(b"[]", f"./api_key.json is not a JSON object: {EXAMPLE}", id="list"),
        pytest.param(
            PEM.encode(),
            f"./api_key.json is the file of a key, not JSON: set {PREFIX}_KEY_FILEPATH to its path instead",
            id="key file",
        ),
        pytest.param(json.dumps({"key": PEM}).encode(), "./api_key.json has no key_id", id="no key ID"),
        pytest.param(json.dumps({**JSON, "key": ""}).encode(), "./api_key.json has no key", id="empty key"),
        pytest.param(
            json.dumps({**JSON, "key_id": 42}).encode(),
            "key_id in ./api_key.json is not a string in quotes",
            id="number for key ID",
        ),
        pytest.param(
            json.dumps({**JSON, "key": [PEM]}).encode(),
            "key in ./api_key.json is not a string in quotes",
            id="list for key",
        ),
        pytest.param(
            json.dumps({**JSON, "key": PEM, "key_id": "a/b"}).encode(),
            f"key_id in ./api_key.json {NOT_AN_ID}",
            id="key ID",
        ),
        pytest.param(
            json.dumps({**JSON, "key": PEM, "issuer_id": "a/b"}).encode(),
            f"issuer_id in ./api_key.json {NOT_AN_ID}",
            id="issuer ID",
        ),
        pytest.param(json.dumps({**JSON, "key": KEY_FILE}).encode(), f"key in ./api_key.json {IS_PATH}", id="path"),
        pytest.param(
            json.dumps({**JSON, "key": ENCRYPTED}).encode(),
            f"key in ./api_key.json is encrypted: {DECRYPT}",
            id="encrypted",
        ),
        pytest.param(
            json.dumps({**JSON, "key": "\ud800"}).encode(),
            f"key in ./api_key.json has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="half a character",
        ),
    ],
)
def test_unusable_json_file_is_named(files: Path, content: bytes, problem: str) -> None:
    (files / "api_key.json").write_bytes(content)
    assert problem_of({f"{PREFIX}_PATH": "api_key.json"}) == problem


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (
            "lost.json",
            "cannot read ./lost.json (No such file or directory): give the path of api_key.json",
        ),
        ("folder", "cannot read ./folder (Is a directory): give the path of api_key.json"),
    ],
)
def test_unreadable_json_file_is_named(path: str, problem: str) -> None:
    assert problem_of({f"{PREFIX}_PATH": path}) == problem


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
@pytest.mark.parametrize(
    ("variables", "hint"),
    [
        pytest.param(
            {**IDS, f"{PREFIX}_KEY": PEM},
            f"  Check that {PREFIX}_ISSUER_ID, {PREFIX}_KEY_ID and {PREFIX}_KEY belong together, "
            "and that the key is not revoked.\n"
            f"  {PREFIX}_ISSUER_ID must be set for a team key, and must not be set for an individual key.",
            id="variables",
        ),
        pytest.param(
            {f"{PREFIX}_PATH": "api_key.json"},
            "  Check that issuer_id, key_id and key in ./api_key.json belong together, "
            "and that the key is not revoked.\n"
            "  issuer_id must be set for a team key, and must not be set for an individual key.",
            id="JSON file",
        ),
    ],
)
def test_key_that_is_rejected_is_named(
    api: FakeAPI, files: Path, run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], hint: str
) -> None:
    monkeypatch.delenv("KEY_ID")
    (files / "api_key.json").write_text(json.dumps({**JSON, "key": PEM}))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    outcome = run("get-metrics-insights.py", APP_ID)
    assert (outcome.status, len(api.requests)) == (3, 2)
    assert "\n".join(outcome.err.replace(f"{files}/", "./").splitlines()[2:4]) == hint
