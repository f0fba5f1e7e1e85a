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
from tests.helpers.support import NOW, Run

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
FOLDERS = ["private_keys", "~/private_keys", "~/.private_keys", "~/.appstoreconnect/private_keys"]
TEAM_KEY = f"APIKey(key_id='{KEY_ID}', issuer_id='{ISSUER_ID}')"
INDIVIDUAL_KEY = f"APIKey(key_id='{KEY_ID}', issuer_id=None)"
NOTHING = io.BytesIO()

SETUP_INSTRUCTIONS = """\
no credentials are set. Export those of an API key (App Store Connect > Users and Access > Integrations):
  export ISSUER_ID=...      the team's issuer ID; leave it out for an individual key
  export KEY_ID=...         the key's ID
  export KEY_FILE_PATH=...  the path of AuthKey_<KEY_ID>.p8, unless it is in ~/.appstoreconnect/private_keys
or, if you have a token: export TOKEN=...
or, in CI: APP_STORE_CONNECT_API_KEY_KEY_ID, ..._ISSUER_ID and ..._KEY, as for fastlane (see README.md)"""
KEY_LINE = "ERwng9mH0J1Xq5v2kT8sYbLr7uWc3eZoPa6iNdGfVhQxBtMyKjUlSwRzCpEvAgHk"
INVALID_TOKEN = "TOKEN is not a JSON Web Token: set it to what generate-token.py prints, without 'Bearer', or unset it"  # noqa: S105
NOT_AN_ID = "is not valid: copy it from Users and Access > Integrations in App Store Connect"


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


@pytest.mark.usefixtures("key_file")
@pytest.mark.parametrize(
    ("environ", "credentials"),
    [
        pytest.param({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, TEAM_KEY, id="team key"),
        pytest.param(
            {"ISSUER_ID": f" {ISSUER_ID}\n", "KEY_ID": f"{KEY_ID} ", "KEY_FILE_PATH": f"{KEY_FILE}\n"},
            TEAM_KEY,
            id="blanks around",
        ),
        pytest.param({"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, INDIVIDUAL_KEY, id="individual key"),
        pytest.param(
            {"ISSUER_ID": " ", "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, INDIVIDUAL_KEY, id="blank issuer ID"
        ),
        pytest.param(
            {"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE, "TOKEN": "a.b.c"}, INDIVIDUAL_KEY, id="key and token"
        ),
        pytest.param({"KEY_ID": KEY_ID, "TOKEN": "a.b.c"}, "a.b.c", id="key not found, and token"),
        pytest.param({"KEY_FILE_PATH": KEY_FILE, "TOKEN": "a.b.c"}, "a.b.c", id="no key ID, and token"),
        pytest.param({"TOKEN": " a-_.B.9\n"}, "a-_.B.9", id="token"),
    ],
)
def test_key_that_exists_takes_precedence_over_token(environ: dict[str, str], credentials: str) -> None:
    assert described(credentials_from(environ, NOTHING)) == credentials


FASTLANE = {
    "APP_STORE_CONNECT_API_KEY_ISSUER_ID": "fastlane-issuer",
    "APP_STORE_CONNECT_API_KEY_KEY_ID": "FASTLANE",
    "APP_STORE_CONNECT_API_KEY_KEY": PEM.decode(),
}
FASTLANE_KEY = "APIKey(key_id='FASTLANE', issuer_id='fastlane-issuer')"


@pytest.mark.usefixtures("key_file")
@pytest.mark.parametrize(
    ("environ", "credentials"),
    [
        pytest.param({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, TEAM_KEY, id="team key"),
        pytest.param({"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE}, INDIVIDUAL_KEY, id="individual key"),
        pytest.param({"TOKEN": "a.b.c"}, "a.b.c", id="token"),
        pytest.param({"ISSUER_ID": ISSUER_ID, "KEY_ID": "", "TOKEN": " "}, FASTLANE_KEY, id="issuer ID"),
        pytest.param({"KEY_FILE_PATH": KEY_FILE}, FASTLANE_KEY, id="path"),
    ],
)
def test_own_key_or_token_precedes_the_key_for_fastlane(environ: dict[str, str], credentials: str) -> None:
    assert described(credentials_from({**FASTLANE, **environ}, NOTHING)) == credentials


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        pytest.param(
            {"KEY_ID": KEY_ID},
            f"there is no {KEY_FILE} in {', '.join(FOLDERS)}: export KEY_FILE_PATH with its path,\n"
            "  or unset KEY_ID to use APP_STORE_CONNECT_API_KEY_KEY",
            id="own key ID without a file",
        ),
        pytest.param({"TOKEN": "glpat-x"}, INVALID_TOKEN, id="token of something else"),
        pytest.param(
            {"ISSUER_ID": ISSUER_ID, "APP_STORE_CONNECT_API_KEY_ISSUER_ID": ""},
            "ISSUER_ID is set, but APP_STORE_CONNECT_API_KEY_ISSUER_ID is not, which belongs to "
            "APP_STORE_CONNECT_API_KEY_KEY:\n"
            "  set that for a team key, or unset ISSUER_ID for an individual key",
            id="own issuer ID for the key for fastlane",
        ),
        pytest.param(
            {"KEY_FILE_PATH": KEY_FILE, "APP_STORE_CONNECT_API_KEY_KEY": ""},
            "APP_STORE_CONNECT_API_KEY_KEY_ID is set but the key is not: set APP_STORE_CONNECT_API_KEY_KEY to the "
            "text of the .p8 file,\n  or APP_STORE_CONNECT_API_KEY_KEY_FILEPATH to its path",
            id="own path for the IDs for fastlane",
        ),
    ],
)
def test_variables_of_both_kinds_are_not_combined(environ: dict[str, str], problem: str) -> None:
    assert problem_of({**FASTLANE, **environ}) == problem


@pytest.mark.usefixtures("home")
def test_key_is_read_from_stdin_if_its_path_is_a_hyphen() -> None:
    credentials = credentials_from({"KEY_ID": KEY_ID, "KEY_FILE_PATH": "-"}, io.BytesIO(PEM))
    assert described(credentials) == INDIVIDUAL_KEY


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
    assert described(credentials_from({"ISSUER_ID": ISSUER_ID, "KEY_ID": KEY_ID}, NOTHING)) == TEAM_KEY


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        pytest.param({}, SETUP_INSTRUCTIONS, id="nothing"),
        pytest.param({"ISSUER_ID": ISSUER_ID, "TOKEN": " "}, SETUP_INSTRUCTIONS, id="only an issuer ID"),
        pytest.param(
            {"KEY_ID": KEY_ID},
            f"there is no {KEY_FILE} in {', '.join(FOLDERS)}: export KEY_FILE_PATH with its path",
            id="no key file",
        ),
        pytest.param(
            {"KEY_ID": KEY_ID, "APP_STORE_CONNECT_API_KEY_KEY": " "},
            f"there is no {KEY_FILE} in {', '.join(FOLDERS)}: export KEY_FILE_PATH with its path",
            id="no key file, and a blank variable of fastlane",
        ),
        pytest.param(
            {"KEY_FILE_PATH": KEY_FILE},
            "KEY_FILE_PATH is set but KEY_ID is not: export KEY_ID with the key's ID",
            id="no key ID",
        ),
        pytest.param({"KEY_ID": "../secret"}, f"KEY_ID {NOT_AN_ID}", id="key ID with a path"),
        pytest.param(
            {"KEY_ID": KEY_ID, "KEY_FILE_PATH": KEY_FILE, "ISSUER_ID": "a b"},
            f"ISSUER_ID {NOT_AN_ID}",
            id="issuer ID with a blank",
        ),
        pytest.param({"TOKEN": "a.b"}, INVALID_TOKEN, id="token of two parts"),
        pytest.param({"TOKEN": KEY_LINE}, INVALID_TOKEN, id="piece of a key for a token"),
        pytest.param({"TOKEN": "Bearer a.b.c"}, INVALID_TOKEN, id="token after Bearer"),
        pytest.param({"TOKEN": "a.b\r\nX: Y"}, INVALID_TOKEN, id="token with a line break"),
        pytest.param({"TOKEN": "a.b.c\x7f"}, INVALID_TOKEN, id="token with a control character"),
        pytest.param({"TOKEN": "a.b.\u00e9"}, INVALID_TOKEN, id="token beyond ASCII"),
    ],
)
def test_unusable_environment_is_explained(environ: dict[str, str], problem: str) -> None:
    assert problem_of(environ) == problem


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("script", ["get-metrics-insights.py", "get-diagnostics-logs.py"])
def test_script_without_credentials_shows_the_setup(run: Run, script: str) -> None:
    assert run(script, "x") == (1, "", f"{script}: {SETUP_INSTRUCTIONS}\n")


def test_fixed_token_is_never_renewed() -> None:
    token = FixedToken("a.b.c")
    assert (token.token(NOW), token.can_renew) == (("a.b.c", float("inf")), False)
