"""generate-token.py: the token it prints, as a program of another make reads it, and how it refuses a key."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable, NamedTuple

import ecdsa
import fleet
import pytest
import trustme
from app_store_connect import INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, AppStoreConnect
from conftest import NOW, ROOT, Outcome
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import appstoreconnect

Run = Callable[..., Outcome]

SCRIPT = "generate-token.py"
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
USAGE = """\
Usage:
    generate-token.py [--lifetime=MINUTES] [--scope=REQUEST]... ISSUER_ID KEY_ID KEY_FILE_PATH
    generate-token.py --individual [--lifetime=MINUTES] [--scope=REQUEST]... KEY_ID KEY_FILE_PATH
    generate-token.py -h
"""
ORIGINAL = "use the AuthKey_<KEY_ID>.p8 file as downloaded, or make a new key: Apple gives each out once"
FROM_APPLE = "give the AuthKey_<KEY_ID>.p8 file from Apple"


def pem_of(
    key: Any = KEY,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption = NoEncryption(),  # noqa: B008 - it has no state
) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, form, encryption))


PEM = pem_of()


@pytest.fixture
def key_file(home: Path) -> Path:
    """The path of a good key, in the working folder."""
    path = home / KEY_FILE
    path.write_bytes(PEM)
    return path


class Token(NamedTuple):
    """A token that an implementation of ES256 other than the one that signed it has verified."""

    header: dict[str, Any]
    claims: dict[str, Any]


def verified(token: str, key: ec.EllipticCurvePrivateKey = KEY) -> Token:
    """Return what `token` says; raises ecdsa.BadSignatureError unless `key` signed it."""
    signed, _, signature = token.rpartition(".")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ecdsa.VerifyingKey.from_pem(public.decode()).verify(_decoded(signature), signed.encode(), hashlib.sha256)
    return Token(*(json.loads(_decoded(part)) for part in signed.split(".")))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def printed_token(outcome: Outcome) -> str:
    """Return the token of a run that printed it, a newline, and nothing else."""
    assert (outcome.status, outcome.err) == (0, "")
    token, newline, rest = outcome.out.partition("\n")
    assert (newline, rest) == ("\n", "")
    return token


# --- the token --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("frozen", "key_file")
def test_a_team_key_s_token_has_exactly_the_header_and_claims_apple_asks_for(run: Run) -> None:
    token = verified(printed_token(run(SCRIPT, ISSUER_ID, KEY_ID, KEY_FILE)))
    assert token == (
        {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"},
        {"iss": ISSUER_ID, "iat": NOW - 60, "exp": NOW + 1140, "aud": "appstoreconnect-v1"},
    )


@pytest.mark.usefixtures("frozen", "key_file")
def test_an_individual_key_s_token_has_a_subject_and_no_issuer(run: Run) -> None:
    token = verified(printed_token(run(SCRIPT, "--individual", KEY_ID, KEY_FILE)))
    assert token == (
        {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"},
        {"sub": "user", "iat": NOW - 60, "exp": NOW + 1140, "aud": "appstoreconnect-v1"},
    )


@pytest.mark.usefixtures("frozen", "key_file")
@pytest.mark.parametrize("minutes", [1, 7, 20])
def test_the_lifetime_runs_from_a_minute_ago(run: Run, minutes: int) -> None:
    claims = verified(printed_token(run(SCRIPT, f"--lifetime={minutes}", ISSUER_ID, KEY_ID, KEY_FILE))).claims
    assert (claims["iat"], claims["exp"]) == (NOW - 60, NOW - 60 + 60 * minutes)


@pytest.mark.usefixtures("key_file")
def test_each_scope_is_in_the_token_in_the_order_given(run: Run) -> None:
    scope = ["GET /v1/apps?filter[platform]=IOS", "GET /v1/builds"]
    options = [f"--scope={request}" for request in scope]
    assert verified(printed_token(run(SCRIPT, *options, ISSUER_ID, KEY_ID, KEY_FILE))).claims["scope"] == scope


@settings(deadline=None)
@given(st.floats(0, 4e9), st.integers(1, 20), st.booleans())
def test_a_token_never_lives_longer_than_asked_nor_starts_in_the_future(
    now: float, minutes: int, individual: bool
) -> None:
    credentials = appstoreconnect.Credentials(KEY_ID, KEY, None if individual else ISSUER_ID)
    claims = verified(appstoreconnect.make_token(credentials, now=now, lifetime=timedelta(minutes=minutes))).claims
    assert claims["exp"] - claims["iat"] == 60 * minutes
    assert now - 61 < claims["iat"] <= now - 60
    assert ("iss" in claims, "sub" in claims) == (not individual, individual)


def test_the_key_is_read_from_standard_input(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PEM)))
    assert verified(printed_token(run(SCRIPT, ISSUER_ID, KEY_ID, "-"))).claims["iss"] == ISSUER_ID


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(PEM.replace(b"\n", b"\\n"), id="literal backslash and n"),
        pytest.param(PEM.replace(b"\n", b"\\r\\n"), id="literal backslash and r and n"),
        pytest.param(PEM.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(PEM.strip(), id="no newline at the end"),
        pytest.param(b"\n  " + PEM + b"\n\n", id="blanks around it"),
        pytest.param(b"\xef\xbb\xbf" + PEM, id="byte order mark"),
        pytest.param(pem_of(form=PrivateFormat.TraditionalOpenSSL), id="SEC1"),
    ],
)
def test_a_key_that_passed_through_an_editor_or_a_variable_still_signs(home: Path, run: Run, pem: bytes) -> None:
    (home / "key.p8").write_bytes(pem)
    assert verified(printed_token(run(SCRIPT, ISSUER_ID, KEY_ID, "key.p8"))).header["kid"] == KEY_ID


@pytest.mark.parametrize("individual", [False, True], ids=["team", "individual"])
def test_curl_reads_the_api_with_the_token(api: AppStoreConnect, home: Path, individual: bool) -> None:
    curl, shell = shutil.which("curl"), shutil.which("sh")
    assert curl, "this test runs curl, which is not installed"
    assert shell
    key_id = INDIVIDUAL_KEY_ID if individual else KEY_ID
    (home / f"AuthKey_{INDIVIDUAL_KEY_ID}.p8").write_text(api.individual_private_key_pem)
    arguments = ["--individual"] if individual else [ISSUER_ID]
    command = [sys.executable, str(ROOT / SCRIPT), *arguments, key_id, f"AuthKey_{key_id}.p8"]
    piped = 'TOKEN="$("$@")" && "$CURL" -sS -H "Authorization: Bearer ${TOKEN}" "$APP_STORE_CONNECT_URL/v1/apps"'
    done = subprocess.run(
        [shell, "-c", piped, "sh", *command],
        env={**os.environ, "CURL": curl},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["data"] == fleet.apps(api.url)


# --- keys that are refused --------------------------------------------------------------------------------------------


def certificate() -> bytes:
    return bytes(trustme.CA().cert_pem.bytes())


def altered(pem: bytes) -> bytes:
    """Return a PEM file whose base64 is intact and whose content is not: a few bytes in its middle are lost."""
    lines = pem.splitlines(keepends=True)
    lines[2] = lines[2][:20] + lines[2][24:]
    return b"".join(lines)


PASSWORD = BestAvailableEncryption(b"password")
ENCRYPTED = (
    "key.p8 is encrypted: take the password off with\n  openssl pkcs8 -in FILE -out AuthKey_<KEY_ID>.p8 -topk8 -nocrypt"
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", f"key.p8 is empty: {ORIGINAL}", id="empty"),
        pytest.param(b" \n\n", f"key.p8 is empty: {ORIGINAL}", id="blank"),
        pytest.param(
            b"bplist00\xd1\x01\x02",
            f"key.p8 holds no PEM private key (no line '-----BEGIN PRIVATE KEY-----'): {ORIGINAL}",
            id="not PEM",
        ),
        pytest.param(altered(PEM), f"key.p8 is damaged or cut off: {ORIGINAL}", id="damaged"),
        pytest.param(PEM[:120], f"key.p8 is damaged or cut off: {ORIGINAL}", id="cut off"),
        pytest.param(
            pem_of(ec.generate_private_key(ec.SECP384R1())),
            "key.p8 holds a key on the curve secp384r1: an API key is on P-256 (secp256r1)",
            id="wrong curve",
        ),
        pytest.param(
            pem_of(rsa.generate_private_key(65537, 2048)),
            f"key.p8 holds no elliptic-curve key (perhaps RSA): {FROM_APPLE}",
            id="RSA",
        ),
        pytest.param(
            pem_of(ed25519.Ed25519PrivateKey.generate()),
            f"key.p8 holds no elliptic-curve key (perhaps RSA): {FROM_APPLE}",
            id="Ed25519",
        ),
        pytest.param(pem_of(encryption=PASSWORD), ENCRYPTED, id="encrypted PKCS#8"),
        pytest.param(
            pem_of(form=PrivateFormat.TraditionalOpenSSL, encryption=PASSWORD), ENCRYPTED, id="encrypted SEC1"
        ),
        pytest.param(
            KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            f"key.p8 holds a public key, not the private key: {FROM_APPLE}",
            id="public key",
        ),
        pytest.param(certificate(), f"key.p8 holds a certificate, not the private key: {FROM_APPLE}", id="certificate"),
    ],
)
def test_a_file_that_holds_no_usable_key_is_refused_by_what_it_holds(
    home: Path, run: Run, content: bytes, problem: str
) -> None:
    (home / "key.p8").write_bytes(content)
    assert run(SCRIPT, ISSUER_ID, KEY_ID, "key.p8") == (1, "", f"generate-token.py: {problem}\n")


SEE = "see Users and Access > Integrations in App Store Connect"
KEY_TEXT = "the key itself was given in place of its path: give the path of the .p8 file"
BODY = "".join(PEM.decode().splitlines()[1:-1])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            [ISSUER_ID, KEY_ID, "lost.p8"], f"there is no key file lost.p8: give the path of {KEY_FILE}", id="no file"
        ),
        pytest.param(
            [ISSUER_ID, KEY_ID, "keys/"],
            f"keys/ is a folder: give the file in it, such as keys/{KEY_FILE}",
            id="folder",
        ),
        pytest.param(
            [ISSUER_ID, KEY_ID, ""], f"the path of the key file is empty: give the path of {KEY_FILE}", id="''"
        ),
        pytest.param(
            [ISSUER_ID, "0THERK3Y01", KEY_FILE],
            f"the file's name says key ID {KEY_ID}, not 0THERK3Y01: give the ID and file of one key",
            id="another key's file",
        ),
        pytest.param(
            [KEY_ID, ISSUER_ID, KEY_FILE],
            "the key ID has the form of an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8",
            id="IDs swapped",
        ),
        pytest.param([" ", KEY_ID, KEY_FILE], f"the issuer ID is empty: {SEE}", id="no issuer ID"),
        pytest.param([ISSUER_ID, "", KEY_FILE], f"the key ID is empty: {SEE}", id="no key ID"),
        pytest.param(
            [PEM.decode()[5:], KEY_ID, KEY_FILE],
            f"the issuer ID has letters, digits and hyphens only: {SEE}",
            id="key for issuer ID",
        ),
        pytest.param(
            [ISSUER_ID, BODY, KEY_FILE], f"the key ID has letters, digits and hyphens only: {SEE}", id="key for key ID"
        ),
        pytest.param([ISSUER_ID, KEY_ID, PEM.decode()], KEY_TEXT, id="key for path"),
        pytest.param([PEM.decode(), ISSUER_ID, KEY_ID, KEY_FILE], KEY_TEXT, id="key besides"),
        pytest.param([ISSUER_ID, KEY_ID, "\n" + PEM.decode()], KEY_TEXT, id="key for path, after a line break"),
        pytest.param([ISSUER_ID, KEY_ID, BODY], KEY_TEXT, id="base64 of the key for path"),
        pytest.param([ISSUER_ID, KEY_ID, base64.b64encode(PEM).decode()], KEY_TEXT, id="base64 of the file for path"),
    ],
)
def test_ids_and_paths_that_cannot_be_right_are_refused_one_by_one(
    key_file: Path, run: Run, arguments: list[str], problem: str
) -> None:
    (key_file.parent / "keys").mkdir()
    assert run(SCRIPT, *arguments) == (1, "", f"generate-token.py: {problem}\n")


def test_a_key_file_that_may_not_be_read_is_named_with_the_system_s_reason(
    key_file: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(appstoreconnect, "open", refuse, raising=False)
    assert run(SCRIPT, ISSUER_ID, KEY_ID, KEY_FILE) == (
        1,
        "",
        f"generate-token.py: cannot read the key file {KEY_FILE}: Permission denied\n",
    )


def test_standard_input_without_a_key_is_called_by_name(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert run(SCRIPT, ISSUER_ID, KEY_ID, "-") == (1, "", f"generate-token.py: standard input is empty: {ORIGINAL}\n")


def test_a_missing_cryptography_package_is_named_with_the_way_to_get_it(key_file: Path) -> None:
    program = (
        "import runpy, sys; sys.modules['cryptography'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / SCRIPT), ISSUER_ID, KEY_ID, KEY_FILE],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    problem = "the package cryptography is missing or broken: python3 -m pip install -r requirements.txt"
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (1, "", f"generate-token.py: {problem}\n")


# --- usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", ["0", "21", "1.5", "-1", "", "ten", "1e1", "\u0661"])
def test_a_lifetime_apple_would_refuse_is_a_usage_error(key_file: Path, run: Run, minutes: str) -> None:
    assert run(SCRIPT, f"--lifetime={minutes}", ISSUER_ID, KEY_ID, KEY_FILE) == (
        2,
        "",
        f"generate-token.py: --lifetime takes a whole number from 1 to 20\n{USAGE}",
    )


@pytest.mark.parametrize(
    "request_", ["/v1/apps", "GET", "GET v1/apps", "get /v1/apps", "GET /v1/apps\nGET /v1/users", ""]
)
def test_a_scope_that_is_no_request_is_a_usage_error(key_file: Path, run: Run, request_: str) -> None:
    assert run(SCRIPT, f"--scope={request_}", ISSUER_ID, KEY_ID, KEY_FILE) == (
        2,
        "",
        f'generate-token.py: --scope takes a request such as "GET /v1/apps"\n{USAGE}',
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "ISSUER_ID and KEY_ID and KEY_FILE_PATH are missing"),
        (["--individual", ISSUER_ID, KEY_ID, KEY_FILE], "argument 4 does not belong here"),
    ],
)
def test_arguments_that_do_not_fit_leave_stdout_empty(run: Run, arguments: list[str], problem: str) -> None:
    assert run(SCRIPT, *arguments) == (2, "", f"generate-token.py: {problem}\n{USAGE}")
