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
from tests.helpers.support import NOW, ROOT, Outcome, Run, command, spawn

SCRIPT = "generate-token.py"
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = f"AuthKey_{KEY_ID}.p8"
USAGE = """\
Usage:
    generate-token.py [--lifetime=MINUTES] [--scope=REQUEST]...
        ISSUER_ID KEY_ID KEY_FILE_PATH
    generate-token.py --individual [--lifetime=MINUTES] [--scope=REQUEST]...
        KEY_ID KEY_FILE_PATH
    generate-token.py -h
"""
ORIGINAL = "use the AuthKey_<KEY_ID>.p8 file as downloaded, or create a new key: each can be downloaded only once"


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


@pytest.mark.parametrize("package", ["docopt", "jwt", "cryptography"])
def test_missing_package_is_named(key_file: Path, package: str) -> None:
    program = (
        f"import runpy, sys; sys.modules[{package!r}] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    argv = [sys.executable, "-c", program, *command(SCRIPT, ISSUER_ID, KEY_ID, KEY_FILE)[1:]]
    status, out, err = spawn(argv, {"PYTHONPATH": str(ROOT)})
    assert (status, out) == (1, "")
    assert err.startswith(f"{SCRIPT}: the module {package} is missing or broken: run python3 -m pip install -r")


# --- keys -------------------------------------------------------------------------------------------------------------


def certificate() -> bytes:
    return bytes(trustme.CA().cert_pem.bytes())


def altered(pem: bytes) -> bytes:
    """Return `pem` with a few bytes in the middle of its content missing; it is still valid base64."""
    lines = pem.splitlines(keepends=True)
    lines[2] = lines[2][:20] + lines[2][24:]
    return b"".join(lines)


PASSWORD = BestAvailableEncryption(b"password")
ENCRYPTED = (
    "key.p8 is encrypted: remove the password with\n  openssl pkcs8 -in FILE -out AuthKey_<KEY_ID>.p8 -topk8 -nocrypt"
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", f"key.p8 has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}", id="empty"),
        pytest.param(b" \n\n", f"key.p8 has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}", id="blank"),
        pytest.param(
            b"bplist00\xd1\x01\x02",
            f"key.p8 has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="not PEM",
        ),
        pytest.param(altered(PEM), f"key.p8 is damaged or incomplete: {ORIGINAL}", id="damaged"),
        pytest.param(PEM[:120], f"key.p8 is damaged or incomplete: {ORIGINAL}", id="incomplete"),
        pytest.param(
            pem_of(ec.generate_private_key(ec.SECP384R1())),
            f"key.p8 contains another kind of key, not one on the curve P-256: {ORIGINAL}",
            id="wrong curve",
        ),
        pytest.param(
            pem_of(rsa.generate_private_key(65537, 2048)),
            f"key.p8 contains another kind of key, not one on the curve P-256: {ORIGINAL}",
            id="RSA",
        ),
        pytest.param(
            pem_of(ed25519.Ed25519PrivateKey.generate()),
            f"key.p8 contains another kind of key, not one on the curve P-256: {ORIGINAL}",
            id="Ed25519",
        ),
        pytest.param(pem_of(encryption=PASSWORD), ENCRYPTED, id="encrypted PKCS#8"),
        pytest.param(
            pem_of(form=PrivateFormat.TraditionalOpenSSL, encryption=PASSWORD), ENCRYPTED, id="encrypted SEC1"
        ),
        pytest.param(
            KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            f"key.p8 has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="public key",
        ),
        pytest.param(
            certificate(),
            f"key.p8 has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}",
            id="certificate",
        ),
    ],
)
def test_content_of_an_unusable_key_file_is_named(home: Path, run: Run, content: bytes, problem: str) -> None:
    (home / "key.p8").write_bytes(content)
    assert run(SCRIPT, ISSUER_ID, KEY_ID, "key.p8") == (1, "", f"{SCRIPT}: {problem}\n")


SEE = "copy it from Users and Access > Integrations in App Store Connect"
BODY = "".join(PEM.decode().splitlines()[1:-1])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            [ISSUER_ID, KEY_ID, "lost.p8"],
            f"cannot read lost.p8 (No such file or directory): give the path of {KEY_FILE}",
            id="no file",
        ),
        pytest.param(
            [ISSUER_ID, KEY_ID, "keys/"],
            f"cannot read keys/ (Is a directory): give the path of {KEY_FILE}",
            id="folder",
        ),
        pytest.param(
            [ISSUER_ID, "0THERK3Y01", KEY_FILE],
            f"the file name says key ID {KEY_ID}, not 0THERK3Y01: give the ID and the file of the same key",
            id="another key's file",
        ),
        pytest.param(
            [KEY_ID, ISSUER_ID, KEY_FILE],
            "the key ID looks like an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8",
            id="IDs swapped",
        ),
        pytest.param([" ", KEY_ID, KEY_FILE], f"the issuer ID is empty: {SEE}", id="blank issuer ID"),
        pytest.param(["a/b", KEY_ID, KEY_FILE], f"the issuer ID is not valid: {SEE}", id="path for issuer ID"),
        pytest.param([ISSUER_ID, "a/b", KEY_FILE], f"the key ID is not valid: {SEE}", id="path for key ID"),
    ],
)
def test_wrong_id_or_path_is_explained(key_file: Path, run: Run, arguments: list[str], problem: str) -> None:
    (key_file.parent / "keys").mkdir()
    assert run(SCRIPT, *arguments) == (1, "", f"{SCRIPT}: {problem}\n")


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
    problem = f"standard input has no line '-----BEGIN PRIVATE KEY-----': {ORIGINAL}"
    assert run(SCRIPT, ISSUER_ID, KEY_ID, "-") == (1, "", f"{SCRIPT}: {problem}\n")


# --- usage ------------------------------------------------------------------------------------------------------------

LIFETIME = "--lifetime takes a whole number from 1 to 20"
SCOPE = '--scope takes a request such as "GET /v1/apps"'


@pytest.mark.parametrize("minutes", ["0", "21", "1.5", "-1", "ten", "1e1", "\u0661", "1" * 30])
def test_lifetime_beyond_apple_s_bounds_is_a_usage_error(key_file: Path, run: Run, minutes: str) -> None:
    outcome = run(SCRIPT, f"--lifetime={minutes}", ISSUER_ID, KEY_ID, KEY_FILE)
    assert outcome == (2, "", f"{SCRIPT}: {LIFETIME}\n{USAGE}")


@pytest.mark.parametrize("request_", ["/v1/apps", "GET", "GET v1/apps", "get /v1/apps", "GET /v1/apps\nGET /v1/users"])
@pytest.mark.parametrize("others", [[], ["--scope=GET /v1/apps"]], ids=["alone", "after a valid one"])
def test_scope_must_be_a_request(key_file: Path, run: Run, request_: str, others: list[str]) -> None:
    outcome = run(SCRIPT, *others, f"--scope={request_}", ISSUER_ID, KEY_ID, KEY_FILE)
    assert outcome == (2, "", f"{SCRIPT}: {SCOPE}\n{USAGE}")


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["", KEY_ID, KEY_FILE], "ISSUER_ID"),
        ([ISSUER_ID, "", KEY_FILE], "KEY_ID"),
        ([ISSUER_ID, KEY_ID, ""], "KEY_FILE_PATH"),
        (["--lifetime=", ISSUER_ID, KEY_ID, KEY_FILE], "--lifetime"),
    ],
)
def test_empty_argument_is_a_usage_error(key_file: Path, run: Run, argv: list[str], name: str) -> None:
    assert run(SCRIPT, *argv) == (2, "", f"{SCRIPT}: {name} has an empty value\n{USAGE}")


def test_usage_error_leaves_stdout_empty(run: Run) -> None:
    assert run(SCRIPT, ISSUER_ID, KEY_ID) == (2, "", f"{SCRIPT}: KEY_FILE_PATH is missing\n{USAGE}")


def test_help_is_printed(run: Run) -> None:
    outcome = run(SCRIPT, "-h")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("Print a JSON Web Token")
    assert USAGE in outcome.out
