"""Keys and tokens never appear in messages, files, exceptions or requests to other hosts."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import traceback
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from ppclient.api_key import APIKey
from ppclient.base_url import base_url_from
from ppclient.client import Client
from ppclient.credentials import FixedToken, credentials_from
from ppclient.redaction import Redactor
from ppparser.documents.loading import METRICS
from ppparser.errors import UserError
from ppparser.program.secrecy import looks_secret
from tests.fake_api import APP_ID, BUILD_ID, ISSUER_ID, KEY_ID, METRICS_TYPE, FakeAPI, Fault, Handler, faults
from tests.helpers.support import Run, module_of

METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
TOKEN_SCRIPT = "generate-token.py"  # noqa: S105 - the name of a file
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
# The fake API accepts neither of these.
WEB_TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJNQVJLRVIiOjF9.TUFSS0VSTUFSS0VSTUFSS0VS"  # noqa: S105 - a secret to look for
OTHER_TOKEN = "MARKER-of.another-form.of-token"  # noqa: S105 - a secret to look for


def secrets_of(pem: str) -> list[str]:
    """Return what must stay secret of a private key: each line of its base64, and its number."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    number = key.private_numbers().private_value
    return [*pem.splitlines()[1:-1], str(number), f"{number:x}", base64.b64encode(pem.encode()).decode()[40:80]]


def sent_tokens(api: FakeAPI) -> list[str]:
    """Return the bearer token of each request."""
    return [request.headers["Authorization"].split("Bearer ")[1] for request in api.requests]


def leaks(text: str, secrets: list[str]) -> list[str]:
    """Return the secrets whose beginning or end is in `text`, in upper or lower case."""
    lower = text.lower()
    return [secret for secret in secrets if secret[:24].lower() in lower or secret[-24:].lower() in lower]


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder."""
    path = tmp_path / "folder"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


# --- responses that repeat the token ----------------------------------------------------------------------------------


def echo(status: int, place: str) -> Fault:
    """Send the Authorization header of the request back in one `place`: of the error, or a header."""

    def fault(handler: Handler) -> None:
        authorization = handler.headers["Authorization"]
        entry: dict[str, Any] = {"code": "X", "title": "X", "detail": "X", "id": "X"}
        headers = {"Content-Type": "application/json"}
        reason = None
        if place in entry:
            entry[place] = f"not accepted: {authorization}."
        elif place == "source":
            entry["source"] = {"parameter": authorization}
        elif place == "reason":
            reason = authorization
        else:
            headers[place] = authorization
        body = authorization.encode() if place == "body" else json.dumps({"errors": [entry]}).encode()
        handler.send_response_only(status, reason)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return fault


@pytest.mark.usefixtures("delays")
@pytest.mark.parametrize(
    ("status", "place", "token"),
    [
        *((401, place, "") for place in ("code", "title", "detail", "id", "source", "reason", "x-request-id", "body")),
        *((status, "detail", "") for status in (400, 404, 429, 500, 200)),
        *((429, place, "") for place in ("X-Rate-Limit", "Retry-After")),
        (302, "Location", ""),
        *((200, place, "") for place in ("x-request-id", "body")),
        (401, "detail", WEB_TOKEN),
        (401, "detail", OTHER_TOKEN),
        (200, "x-request-id", OTHER_TOKEN),
    ],
)
def test_token_in_a_response_is_not_shown(
    api: FakeAPI, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, status: int, place: str, token: str
) -> None:
    if token:
        monkeypatch.delenv("KEY_ID")
        monkeypatch.setenv("TOKEN", token)
    api.faults += [echo(status, place)] * 5
    outcome = run(METRICS_SCRIPT, "--output=out.json", APP_ID)
    assert (outcome.status, len(api.requests) > 0, list(folder.iterdir())) == (3, True, [])
    assert leaks(outcome.out + outcome.err, sent_tokens(api)) == []


def test_place_of_a_removed_token_is_marked(api: FakeAPI, run: Run) -> None:
    api.faults.append(echo(404, "detail"))
    assert run(METRICS_SCRIPT, APP_ID).err.splitlines()[1] == "  X: X. not accepted: Bearer [token]."


def test_token_from_before_a_renewal_is_not_shown(api: FakeAPI, run: Run) -> None:
    def echo_first(handler: Handler) -> None:
        document = {"errors": [{"code": "X", "detail": sent_tokens(handler.api)[0]}]}
        faults.raw(401, {}, json.dumps(document).encode())(handler)

    api.faults += [echo_first] * 2
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (len(set(sent_tokens(api))), leaks(outcome.err, sent_tokens(api))) == (2, [])


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ([METRICS_SCRIPT, APP_ID], "iPhone 14 Pro"),
        ([METRICS_SCRIPT, "com.example.other"], "com.example.cairn"),
        ([LOGS_SCRIPT, BUILD_ID], "TrackStore.append(_:)"),
        ([LOGS_SCRIPT, "--format=folded", BUILD_ID], "RLDatabase.m"),
    ],
    ids=["a report", "a list of apps", "a list of signatures", "logs"],
)
@pytest.mark.parametrize("foreign", ["", WEB_TOKEN], ids=["own", "of another process"])
def test_echoed_token_is_neither_shown_nor_saved(
    api: FakeAPI, run: Run, folder: Path, argv: list[str], text: str, foreign: str
) -> None:
    def fault(handler: Handler) -> None:
        response = handler.response()
        token = foreign or handler.headers["Authorization"].split()[1]
        handler.send(response._replace(body=response.body.replace(text.encode(), f"x {token}.".encode())))

    api.faults += [fault] * 9
    outcome = run(*argv, "--output=out.json")
    written = outcome.out + outcome.err + "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert leaks(written, [*sent_tokens(api), foreign or sent_tokens(api)[0]]) == []
    assert "x [token]" in written


def test_rest_of_a_saved_response_is_as_received(api: FakeAPI, run: Run) -> None:
    body = f'{{ "productData": [],\r\n "version": 1.50, "x": "\u6f22 {WEB_TOKEN}" }}'.encode()
    api.responses[METRICS_PATH] = (200, METRICS_TYPE, body)
    assert run(METRICS_SCRIPT, "--output=-", APP_ID).out.encode() == body.replace(WEB_TOKEN.encode(), b"[token]")


REDACTOR = Redactor()
REDACTOR.add(OTHER_TOKEN)


@given(st.text(max_size=20), st.text(max_size=20))
def test_token_is_removed_from_any_text(before: str, after: str) -> None:
    for token in (OTHER_TOKEN, WEB_TOKEN):
        text = before + token + after
        assert token not in REDACTOR.text(text)
        assert token.encode() not in REDACTOR.content(text.encode("utf-8", "replace"))


def test_text_without_a_token_is_kept() -> None:
    text = "obeyJ, eyJ.eyJ, [keyJSONObjects.keyJSONArrays.x] and key JWT \u6f22"
    assert (REDACTOR.text(text), REDACTOR.content(text.encode())) == (text, text.encode())


# --- keys in the wrong place ------------------------------------------------------------------------------------------


# Of the first numbers, only this one makes a key whose base64 is letters and digits, so that it might pass for an ID.
KEY = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"36").digest(), "big"), ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ENCRYPTED_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")).decode()
FORMS = {
    "file": PEM,
    "base64": "".join(PEM.splitlines()[1:-1]),
    "base64 of the file": base64.b64encode(PEM.encode()).decode(),
    "base64 after a line break": base64.b64encode(f"\n{PEM}".encode()).decode(),
    "base64 after two line breaks": base64.b64encode(f"\n\n{PEM}".encode()).decode(),
    "one line": PEM.replace("\n", "\\n"),
    "CRLF": PEM.replace("\n", "\r\n"),
    "first line of base64": PEM.splitlines()[1],
    "before an @": f"{PEM}@x",
    "base64 of the older format": base64.b64encode(
        KEY.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    ).decode(),
    "token": WEB_TOKEN,
    "token in a path": f"/tmp/{WEB_TOKEN}.json",  # noqa: S108 - nothing is created there
}
FASTLANE = "APP_STORE_CONNECT_API_KEY"
SECRETS = [*secrets_of(PEM), WEB_TOKEN]


@pytest.mark.parametrize(
    ("variable", "form"),
    [
        *((name, form) for name in ("KEY_FILE_PATH", "KEY_ID", "ISSUER_ID", "APP_STORE_CONNECT_URL") for form in FORMS),
        *((name, "base64") for name in ("REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy")),
        *((f"{FASTLANE}_{name}", "base64") for name in ("KEY_FILEPATH", "PATH", "IS_KEY_CONTENT_BASE64")),
        *(("TOKEN", form) for form in ("file", "base64", "base64 of the file")),
    ],
)
def test_key_in_the_wrong_variable_is_not_repeated(
    api: FakeAPI, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, form: str
) -> None:
    if variable == "TOKEN":
        monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv(variable, FORMS[form])
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, api.requests, list(folder.iterdir())) == (1, [], [])
    assert leaks(outcome.out + outcome.err, SECRETS) == []


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["ISSUER_ID", "KEY_ID", "IS_KEY_CONTENT_BASE64", "KEY_FILEPATH", "PATH"])
def test_key_under_another_name_of_fastlane_is_rejected(name: str) -> None:
    with pytest.raises(UserError) as caught:
        credentials_from({f"{FASTLANE}_{name}": PEM}, io.BytesIO())
    problem = f"looks like a key or a token: the text of a key belongs in {FASTLANE}_KEY"
    assert str(caught.value) == f"{FASTLANE}_{name} {problem}"


# What a secret may replace in a command: an argument, the value of an option, or the name of one.
PLACEMENTS = [
    [TOKEN_SCRIPT, "{}", KEY_ID, "key.p8"],
    [TOKEN_SCRIPT, ISSUER_ID, "{}", "key.p8"],
    [TOKEN_SCRIPT, ISSUER_ID, KEY_ID, "{}"],
    [TOKEN_SCRIPT, ISSUER_ID, KEY_ID, "key.p8", "--scope={}"],
    [METRICS_SCRIPT, "{}"],
    [METRICS_SCRIPT, APP_ID, "{}"],
    [METRICS_SCRIPT, APP_ID, "--output", "{}"],
    [METRICS_SCRIPT, APP_ID, "-o{}"],
    [METRICS_SCRIPT, APP_ID, "--key={}"],
    [METRICS_SCRIPT, APP_ID, "--{}"],
    [LOGS_SCRIPT, "{}"],
    [LOGS_SCRIPT, "--app={}"],
    [LOGS_SCRIPT, f"--app={APP_ID}", "--build-number", "{}"],
    ["ppparser", "{}"],
    ["ppparser", "metrics", "--input={}"],
    ["ppparser", "diagnostics", "-i", "{}"],
]


@pytest.mark.parametrize("form", FORMS)
def test_secret_in_any_argument_is_not_repeated_or_used(api: FakeAPI, run: Run, folder: Path, form: str) -> None:
    for placement in PLACEMENTS:
        outcome = run(*(argument.replace("{}", FORMS[form]) for argument in placement))
        assert (outcome.status, outcome.out, list(folder.iterdir()), api.requests) == (2, "", [], []), placement
        assert leaks(outcome.err, SECRETS) == [], placement


@pytest.mark.parametrize(
    "text",
    [
        "/Users/alice/Documents/Projects/Ridgeline/Reports/AppStoreConnect/2026/November/metrics.json",
        "/private/var/folders/7k/zyxvpxvq6csfxvn_n0000000000000/T/tmp8a6f1c2e/metrics.json",
        BUILD_ID,
        "com.example.MyCompanyApplicationForTheMacAndTheIPhone",
        "com.example.keyJSONViewer",
        "iPad Pro (12.9-inch) (6th generation), iPhone15,2",
    ],
)
def test_paths_and_ids_are_not_taken_for_secrets(text: str) -> None:
    assert not looks_secret(text)


# --- files and objects ------------------------------------------------------------------------------------------------


def test_successful_run_writes_no_secret(api: FakeAPI, run: Run, folder: Path) -> None:
    outcome = run(LOGS_SCRIPT, "--output=out.json", BUILD_ID)
    assert (outcome.status, [path.name for path in folder.iterdir()]) == (0, ["out.json"])
    written = outcome.out + outcome.err + (folder / "out.json").read_text()
    assert leaks(written, [*sent_tokens(api), *secrets_of(api.private_key_pem)]) == []


def test_key_in_a_variable_is_neither_written_nor_shown(
    api: FakeAPI, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv(f"{FASTLANE}_ISSUER_ID", ISSUER_ID)
    monkeypatch.setenv(f"{FASTLANE}_KEY_ID", KEY_ID)
    secrets = secrets_of(api.private_key_pem)
    for key, status in ((api.private_key_pem, 0), (PEM, 3), (PEM[:150], 1)):
        monkeypatch.setenv(f"{FASTLANE}_KEY", key)
        outcome = run(METRICS_SCRIPT, APP_ID)
        assert (outcome.status, list(folder.iterdir())) == (status, [])
        assert leaks(outcome.out + outcome.err, [*sent_tokens(api), *secrets, *SECRETS]) == []


def test_objects_with_secrets_do_not_show_them(api: FakeAPI) -> None:
    credentials = credentials_from(os.environ, io.BytesIO())
    with Client(credentials, base_url_from(os.environ), lambda _: None) as client:
        client.report(METRICS, METRICS_PATH, "the metrics")
        (session,) = client._idle_sessions
        objects = [client, credentials, session, vars(client), vars(session), vars(credentials)]
    secrets = [*sent_tokens(api), *secrets_of(api.private_key_pem)]
    assert leaks(" ".join(f"{each!r} {each}" for each in objects), secrets) == []


def test_credentials_show_which_key_they_are() -> None:
    assert repr(APIKey(KEY_ID, KEY, ISSUER_ID)) == f"APIKey(key_id='{KEY_ID}', issuer_id='{ISSUER_ID}')"
    assert OTHER_TOKEN not in repr(FixedToken(OTHER_TOKEN))


# --- exceptions -------------------------------------------------------------------------------------------------------


def everything_about(error: BaseException | None) -> str:
    """Return the text, attributes and traceback of an exception and of all behind it, printed by Python or not."""
    text = ""
    while error is not None:
        text += (
            "".join(traceback.format_exception(type(error), error, error.__traceback__))
            + f"{error!r} {error.args!r} {vars(error)!r}"
        )
        error = error.__cause__ or error.__context__
    return text


@pytest.mark.usefixtures("delays")
@pytest.mark.parametrize(
    "fault",
    [
        echo(401, "detail"),
        echo(200, "body"),
        echo(200, "Content-Encoding"),
        echo(302, "Location"),
        faults.hang_up(),
        faults.cut(50),
        faults.corrupt_gzip(),
    ],
    ids=["401", "not JSON", "unknown encoding", "redirect", "no response", "incomplete body", "damaged gzip"],
)
def test_exception_for_a_response_contains_no_secret(api: FakeAPI, fault: Fault) -> None:
    api.faults += [fault] * 5
    with pytest.raises(UserError) as caught:
        module_of(METRICS_SCRIPT).main([APP_ID])
    secrets = [*sent_tokens(api), *secrets_of(api.private_key_pem)]
    assert leaks(everything_about(caught.value), secrets) == []


UNUSABLE_KEYS = {
    "incomplete": PEM[:150],
    "labelled public": PEM.replace("PRIVATE", "PUBLIC"),
    "encrypted": ENCRYPTED_PEM,
    "not PEM": PEM.replace("-", ""),
}


@pytest.mark.parametrize("content", UNUSABLE_KEYS.values(), ids=UNUSABLE_KEYS)
def test_exception_for_a_key_file_does_not_contain_the_key(folder: Path, content: str) -> None:
    (folder / "key.p8").write_text(content)
    with pytest.raises(UserError) as caught:
        module_of(TOKEN_SCRIPT).main([ISSUER_ID, KEY_ID, "key.p8"])
    assert leaks(everything_about(caught.value), content.splitlines()[1:-1]) == []


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("content", UNUSABLE_KEYS.values(), ids=UNUSABLE_KEYS)
@pytest.mark.parametrize("is_base64", ["", "true"])
def test_exception_for_a_variable_does_not_contain_the_key(content: str, is_base64: str) -> None:
    encoded = base64.b64encode(content.encode()).decode()
    environ = {f"{FASTLANE}_KEY_ID": KEY_ID, f"{FASTLANE}_IS_KEY_CONTENT_BASE64": is_base64}
    for key in (content, encoded, encoded[:-3]):
        with pytest.raises(UserError) as caught:
            credentials_from({**environ, f"{FASTLANE}_KEY": key}, io.BytesIO())
        assert leaks(everything_about(caught.value), [*content.splitlines()[1:-1], encoded]) == []


@pytest.mark.parametrize(
    "document",
    [
        json.dumps({"key_id": KEY_ID, "key": PEM[:150]}),
        json.dumps({"key_id": KEY_ID, "key": "".join(PEM.splitlines()[1:-1])}),
        json.dumps({"key_id": PEM, "key": PEM}),
        json.dumps({"key_id": KEY_ID, "key": [PEM]}),
        json.dumps({"key_id": KEY_ID, "key": PEM}) + "}",
        json.dumps([PEM]),
        f"\xff{PEM}",
        PEM,
    ],
    ids=["incomplete", "no PEM", "key for ID", "list", "not JSON", "not an object", "not UTF-8", "key file"],
)
def test_exception_for_a_json_file_does_not_contain_the_key(folder: Path, document: str) -> None:
    (folder / "key.json").write_bytes(document.encode("latin-1"))
    with pytest.raises(UserError) as caught:
        credentials_from({f"{FASTLANE}_PATH": "key.json"}, io.BytesIO())
    assert leaks(everything_about(caught.value), secrets_of(PEM)) == []
