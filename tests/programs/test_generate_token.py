"""generate-token.py: the token it prints, as another implementation reads it, and the keys it rejects."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import ecdsa  # type: ignore[import-untyped]
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from ppclient import api_key
from tests import fake_api
from tests.fake_api import INDIVIDUAL_KEY_ID, ISSUER_ID, KEY_ID, FakeAPI
from tests.helpers.support import NOW, ROOT, Check, Outcome, Run, command, spawn, usage_errors

SCRIPT = "generate-token.py"
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"


def pem_of(
    key: Any = KEY,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption = NoEncryption(),  # noqa: B008 - it has no state
) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, form, encryption))


PEM = pem_of()


@pytest.fixture
def key_file(home: Path) -> Path:
    """Return the path of a valid key in the working folder."""
    path = home / KEY_FILE
    path.write_bytes(PEM)
    return path


class Token(NamedTuple):
    """A token whose signature another implementation of ES256 has verified."""

    header: dict[str, Any]
    claims: dict[str, Any]


def verified(token: str, key: ec.EllipticCurvePrivateKey = KEY) -> Token:
    """Return the content of `token`. Raises ecdsa.BadSignatureError unless `key` signed it."""
    signed, _, signature = token.rpartition(".")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ecdsa.VerifyingKey.from_pem(public.decode()).verify(_decoded(signature), signed.encode(), hashlib.sha256)
    return Token(*(json.loads(_decoded(part)) for part in signed.split(".")))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def token_of(outcome: Outcome) -> Token:
    """Return the token of a run that printed it, a newline and nothing else."""
    assert (outcome.status, outcome.err) == (0, "")
    token, newline, rest = outcome.out.partition("\n")
    assert (newline, rest) == ("\n", "")
    return verified(token)


# --- the token --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("frozen", "key_file")
@pytest.mark.parametrize(
    ("arguments", "identity"),
    [([ISSUER_ID, KEY_ID], {"iss": ISSUER_ID}), (["--individual", KEY_ID], {"sub": "user"})],
    ids=["team", "individual"],
)
def test_token_has_exactly_the_claims_that_apple_requires(
    run: Run, arguments: list[str], identity: dict[str, str]
) -> None:
    assert token_of(run(SCRIPT, *arguments, KEY_FILE)) == (
        {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"},
        {**identity, "iat": NOW - 60, "exp": NOW + 1140, "aud": "appstoreconnect-v1"},
    )


@pytest.mark.usefixtures("frozen", "key_file")
@pytest.mark.parametrize(("minutes", "until_expiry"), [(1, 1), (7, 7), (19, 19), (20, 19)])
def test_lifetime_starts_now_but_the_token_a_minute_ago(run: Run, minutes: int, until_expiry: int) -> None:
    """Apple rejects a token whose `exp` is more than 20 minutes after its `iat`."""
    claims = token_of(run(SCRIPT, f"--lifetime={minutes}", ISSUER_ID, KEY_ID, KEY_FILE)).claims
    assert (claims["iat"], claims["exp"]) == (NOW - 60, NOW + 60 * until_expiry)


@pytest.mark.usefixtures("key_file")
@pytest.mark.parametrize("scope", [["GET /v1/builds"], ["GET /v1/apps?filter[platform]=IOS", "GET /v1/builds"]])
def test_scopes_are_in_the_token_in_the_order_given(run: Run, scope: list[str]) -> None:
    options = [f"--scope={request}" for request in scope]
    assert token_of(run(SCRIPT, *options, ISSUER_ID, KEY_ID, KEY_FILE)).claims["scope"] == scope


@given(st.floats(0, 4e9), st.integers(1, 20), st.booleans())
def test_lifetime_is_within_the_limit_at_any_time(now: float, minutes: int, individual: bool) -> None:
    key = api_key.APIKey(KEY_ID, KEY, None if individual else ISSUER_ID)
    claims = verified(key.sign(now, lifetime=timedelta(minutes=minutes))).claims
    assert claims["exp"] - claims["iat"] == 60 * min(minutes + 1, 20)
    assert now - 61 < claims["iat"] <= now - 60
    assert ("iss" in claims, "sub" in claims) == (not individual, individual)


def test_key_is_read_from_standard_input(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PEM)))
    assert token_of(run(SCRIPT, ISSUER_ID, KEY_ID, "-")).claims["iss"] == ISSUER_ID


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(PEM.replace(b"\n", b"\\n"), id="literal backslash and n"),
        pytest.param(PEM.replace(b"\n", b"\\r\\n"), id="literal backslash and r and n"),
        pytest.param(PEM.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(PEM.strip(), id="no newline at the end"),
        pytest.param(b"\n  " + PEM + b"\n\n", id="space around it"),
        pytest.param(b"\xef\xbb\xbf" + PEM, id="byte order mark"),
        pytest.param(pem_of(form=PrivateFormat.TraditionalOpenSSL), id="SEC1"),
    ],
)
def test_key_from_an_editor_or_a_variable_still_signs(home: Path, run: Run, pem: bytes) -> None:
    (home / "key.p8").write_bytes(pem)
    assert token_of(run(SCRIPT, ISSUER_ID, KEY_ID, "key.p8")).header["kid"] == KEY_ID


@pytest.mark.parametrize("individual", [False, True], ids=["team", "individual"])
def test_curl_reads_the_api_with_the_token(api: FakeAPI, home: Path, individual: bool) -> None:
    curl = shutil.which("curl", path="/usr/bin:/bin:/usr/local/bin")
    assert curl, "this test runs curl, which is not installed"
    key_id = INDIVIDUAL_KEY_ID if individual else KEY_ID
    (home / f"AuthKey_{INDIVIDUAL_KEY_ID}.p8").write_text(api.individual_private_key_pem)
    arguments = ["--individual"] if individual else [ISSUER_ID]
    line = 'TOKEN="$("$@")" && "$CURL" -sS -H "Authorization: Bearer ${TOKEN}" "$APP_STORE_CONNECT_URL/v1/apps"'
    program = command(SCRIPT, *arguments, key_id, f"AuthKey_{key_id}.p8")
    outcome = spawn(["/bin/sh", "-c", line, "sh", *program], {**os.environ, "CURL": curl})
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out)["data"] == fake_api.apps(api.url)


# --- packages ---------------------------------------------------------------------------------------------------------


def test_docopt_and_pyjwt_are_enough(key_file: Path) -> None:
    program = """
import runpy, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("requests", "urllib3", "certifi", "idna", "charset_normalizer"):
            print("import of", name, file=sys.stderr)
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Absent())
runpy.run_path(sys.argv.pop(1), run_name="__main__")"""
    argv = [sys.executable, "-c", program, *command(SCRIPT, ISSUER_ID, KEY_ID, KEY_FILE)[1:]]
    token_of(spawn(argv, {"PYTHONPATH": str(ROOT)}))


# --- keys -------------------------------------------------------------------------------------------------------------


def altered(pem: bytes) -> bytes:
    """Return `pem` with a few bytes in the middle of its content missing; it is still valid base64."""
    lines = pem.splitlines(keepends=True)
    lines[2] = lines[2][:20] + lines[2][24:]
    return b"".join(lines)


PASSWORD = BestAvailableEncryption(b"password")
KEY_FILES = {
    "empty": b"",
    "blank": b" \n\n",
    "not PEM": b"bplist00\xd1\x01\x02",
    "damaged": altered(PEM),
    "incomplete": PEM[:120],
    "wrong curve": pem_of(ec.generate_private_key(ec.SECP384R1())),
    "RSA": pem_of(rsa.generate_private_key(65537, 2048)),
    "Ed25519": pem_of(ed25519.Ed25519PrivateKey.generate()),
    "encrypted PKCS#8": pem_of(encryption=PASSWORD),
    "encrypted SEC1": pem_of(form=PrivateFormat.TraditionalOpenSSL, encryption=PASSWORD),
    "public key": KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "certificate": trustme.CA().cert_pem.bytes(),
}


def failure_of(run: Run, *argv: str) -> str:
    """Return what the program wrote to stderr, and nothing to stdout, before it failed."""
    outcome = run(SCRIPT, *argv)
    assert (outcome.status, outcome.out) == (1, "")
    return outcome.err


def test_content_of_an_unusable_key_file_is_named(home: Path, run: Run, check: Check) -> None:
    messages = []
    for name, content in KEY_FILES.items():
        (home / "key.p8").write_bytes(content)
        messages.append(f"{name}: {failure_of(run, ISSUER_ID, KEY_ID, 'key.p8')}")
    check(messages)


def test_wrong_id_or_path_is_explained(key_file: Path, run: Run, check: Check) -> None:
    (key_file.parent / "keys").mkdir()
    check(
        failure_of(run, *arguments)
        for arguments in (
            [ISSUER_ID, KEY_ID, "lost.p8"],
            [ISSUER_ID, KEY_ID, "keys/"],
            [ISSUER_ID, "0THERK3Y01", KEY_FILE],
            [KEY_ID, ISSUER_ID, KEY_FILE],
            [" ", KEY_ID, KEY_FILE],
            ["a/b", KEY_ID, KEY_FILE],
            [ISSUER_ID, "a/b", KEY_FILE],
        )
    )


BODY = "".join(PEM.decode().splitlines()[1:-1])


@pytest.mark.parametrize(
    ("arguments", "position"),
    [
        pytest.param([PEM.decode()[5:], KEY_ID, KEY_FILE], 1, id="key for issuer ID"),
        pytest.param([ISSUER_ID, BODY, KEY_FILE], 2, id="key for key ID"),
        pytest.param([ISSUER_ID, KEY_ID, PEM.decode()], 3, id="key for path"),
        pytest.param([PEM.decode(), ISSUER_ID, KEY_ID, KEY_FILE], 1, id="key as well"),
        pytest.param([ISSUER_ID, KEY_ID, "\n" + PEM.decode()], 3, id="key for path, after a line break"),
        pytest.param([ISSUER_ID, KEY_ID, BODY], 3, id="base64 of the key for path"),
        pytest.param([ISSUER_ID, KEY_ID, base64.b64encode(PEM).decode()], 3, id="base64 of the file for path"),
    ],
)
def test_key_as_an_argument_is_rejected(run: Run, arguments: list[str], position: int) -> None:
    outcome = run(SCRIPT, *arguments)
    problem = "looks like a key or a token: give a key by the path of its .p8 file, and a token in TOKEN"
    assert (outcome.status, outcome.err.splitlines()[0]) == (2, f"{SCRIPT}: argument {position} {problem}")


def test_reason_of_the_system_is_shown(key_file: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(api_key, "open", refuse, raising=False)
    outcome = run(SCRIPT, ISSUER_ID, KEY_ID, KEY_FILE)
    assert outcome == (1, "", f"{SCRIPT}: cannot read {KEY_FILE} (Permission denied): give the path of {KEY_FILE}\n")


def test_empty_standard_input_is_named(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert failure_of(run, ISSUER_ID, KEY_ID, "-").startswith(
        f"{SCRIPT}: standard input has no line '-----BEGIN PRIVATE KEY-----'"
    )


# --- usage ------------------------------------------------------------------------------------------------------------

TEAM = [ISSUER_ID, KEY_ID, KEY_FILE]
NOT_REQUESTS = ["/v1/apps", "GET", "GET v1/apps", "get /v1/apps", "GET /v1/apps\nGET /v1/users"]
USAGE_ERRORS = [
    *([f"--lifetime={minutes}", *TEAM] for minutes in ("0", "21", "1.5", "-1", "ten", "1e1", "\u0661", "1" * 30)),
    *([f"--scope={text}", *TEAM] for text in NOT_REQUESTS),
    *(["--scope=GET /v1/apps", f"--scope={text}", *TEAM] for text in NOT_REQUESTS),
    ["", KEY_ID, KEY_FILE],
    [ISSUER_ID, "", KEY_FILE],
    [ISSUER_ID, KEY_ID, ""],
    ["--lifetime=", *TEAM],
    [ISSUER_ID, KEY_ID],
]


@pytest.mark.usefixtures("key_file")
def test_usage_errors_are_explained(run: Run, check: Check) -> None:
    check(usage_errors(run, SCRIPT, USAGE_ERRORS), "generate-token-usage-errors.txt")
