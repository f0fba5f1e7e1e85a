"""Credentials come from the environment, and from a key file that is searched for where Apple's tools look."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ppclient.credentials import Credentials, FixedToken, credentials_from
from ppparser.errors import CredentialsError
from tests.fake_api import ISSUER_ID, KEY_ID
from tests.helpers.support import NOW, Check, Run

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
FOLDERS = ["private_keys", "~/private_keys", "~/.private_keys", "~/.appstoreconnect/private_keys"]
NOTHING = io.BytesIO()
OWN_KEY = {"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}
FASTLANE = {
    "APP_STORE_CONNECT_API_KEY_ISSUER_ID": "fastlane-issuer",
    "APP_STORE_CONNECT_API_KEY_KEY_ID": "FASTLANE",
    "APP_STORE_CONNECT_API_KEY_KEY": PEM.decode(),
}
KEY_LINE = "ERwng9mH0J1Xq5v2kT8sYbLr7uWc3eZoPa6iNdGfVhQxBtMyKjUlSwRzCpEvAgHk"


@pytest.fixture
def key_file(home: Path) -> Path:
    """Return the path of a key file in the working folder."""
    path = home / KEY_FILE
    path.write_bytes(PEM)
    return path


def described(credentials: Credentials) -> str:
    """Return which key it is, or the token."""
    return credentials.token(NOW)[0] if isinstance(credentials, FixedToken) else repr(credentials)


def problem_of(environ: dict[str, str]) -> str:
    """Return the message of the CredentialsError for `environ`."""
    with pytest.raises(CredentialsError) as caught:
        credentials_from(environ, NOTHING)
    assert type(caught.value) is CredentialsError
    return str(caught.value)


# --- what the environment selects -------------------------------------------------------------------------------------

CREDENTIALS: dict[str, dict[str, str]] = {
    "team key": {**OWN_KEY, "ISSUER_ID": ISSUER_ID},
    "blanks around": {"ISSUER_ID": f" {ISSUER_ID}\n", "KEY_ID": f"{KEY_ID} ", "KEY_FILE_PATH": f"{KEY_FILE}\n"},
    "individual key": OWN_KEY,
    "blank issuer ID": {**OWN_KEY, "ISSUER_ID": " "},
    "key and token": {**OWN_KEY, "TOKEN": "a.b.c"},
    "key not found, and token": {"KEY_ID": KEY_ID, "TOKEN": "a.b.c"},
    "no key ID, and token": {"KEY_FILE_PATH": KEY_FILE, "TOKEN": "a.b.c"},
    "token": {"TOKEN": " a-_.B.9\n"},
    "team key, and one for fastlane": {**FASTLANE, **OWN_KEY, "ISSUER_ID": ISSUER_ID},
    "individual key, and one for fastlane": {**FASTLANE, **OWN_KEY},
    "token, and a key for fastlane": {**FASTLANE, "TOKEN": "a.b.c"},
    "issuer ID, and a key for fastlane": {**FASTLANE, "ISSUER_ID": ISSUER_ID, "KEY_ID": "", "TOKEN": " "},
    "path, and a key for fastlane": {**FASTLANE, "KEY_FILE_PATH": KEY_FILE},
}


@pytest.mark.usefixtures("key_file")
def test_own_key_precedes_a_token_and_fastlanes_key(check: Check) -> None:
    check(f"{name}: {described(credentials_from(environ, NOTHING))}" for name, environ in CREDENTIALS.items())


@pytest.mark.usefixtures("home")
def test_key_is_read_from_stdin_if_its_path_is_a_hyphen() -> None:
    credentials = credentials_from({"KEY_ID": KEY_ID, "KEY_FILE_PATH": "-"}, io.BytesIO(PEM))
    assert described(credentials) == f"APIKey(key_id='{KEY_ID}', issuer_id=None)"


@pytest.mark.parametrize("position", range(len(FOLDERS)), ids=FOLDERS)
@pytest.mark.usefixtures("home")
def test_first_key_file_in_apples_folders_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [Path(folder).expanduser() / KEY_FILE for folder in FOLDERS]
    for path in paths:
        path.parent.mkdir(parents=True)
    for path in paths[:position]:
        path.mkdir()  # Not a file, so it does not count.
    paths[position].write_bytes(PEM)
    for path in paths[position + 1 :]:
        path.write_bytes(b"damaged")
    assert described(credentials_from({"KEY_ID": KEY_ID}, NOTHING)) == f"APIKey(key_id='{KEY_ID}', issuer_id=None)"


UNUSABLE: dict[str, dict[str, str]] = {
    "nothing": {},
    "only an issuer ID": {"ISSUER_ID": ISSUER_ID, "TOKEN": " "},
    "no key file": {"KEY_ID": KEY_ID},
    "no key file, and a blank variable of fastlane": {"KEY_ID": KEY_ID, "APP_STORE_CONNECT_API_KEY_KEY": " "},
    "no key file, and a key for fastlane": {**FASTLANE, "KEY_ID": KEY_ID},
    "no key ID": {"KEY_FILE_PATH": KEY_FILE},
    "key ID with a path": {"KEY_ID": "../secret"},
    "issuer ID with a blank": {**OWN_KEY, "ISSUER_ID": "a b"},
    "token of two parts": {"TOKEN": "a.b"},
    "piece of a key for a token": {"TOKEN": KEY_LINE},
    "token after Bearer": {"TOKEN": "Bearer a.b.c"},
    "token with a line break": {"TOKEN": "a.b\r\nX: Y"},
    "token with a control character": {"TOKEN": "a.b.c\x7f"},
    "token beyond ASCII": {"TOKEN": "a.b.\u00e9"},
    "token of something else, and a key for fastlane": {**FASTLANE, "TOKEN": "glpat-x"},
    "own issuer ID for the key for fastlane": {
        **FASTLANE,
        "ISSUER_ID": ISSUER_ID,
        "APP_STORE_CONNECT_API_KEY_ISSUER_ID": "",
    },
    "own path for the IDs for fastlane": {
        **FASTLANE,
        "KEY_FILE_PATH": KEY_FILE,
        "APP_STORE_CONNECT_API_KEY_KEY": "",
    },
}


@pytest.mark.usefixtures("home")
def test_unusable_environment_is_explained(check: Check) -> None:
    check(f"{name}: {problem_of(environ)}" for name, environ in UNUSABLE.items())


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("script", ["get-metrics-insights.py", "get-diagnostics-logs.py"])
def test_script_without_credentials_shows_the_setup(run: Run, script: str) -> None:
    assert run(script, "x") == (1, "", f"{script}: {problem_of({})}\n")


def test_fixed_token_is_never_renewed() -> None:
    token = FixedToken("a.b.c")
    assert (token.token(NOW), token.can_renew) == (("a.b.c", float("inf")), False)
