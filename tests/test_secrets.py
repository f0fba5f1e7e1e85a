"""Keys and tokens are written nowhere: not on a terminal, not in a file, not in an exception, not to another host."""

from __future__ import annotations

import base64
import io
import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import app_store_connect
import fleet
import pytest
import requests
from app_store_connect import ISSUER_ID, KEY_ID, AppStoreConnect, Fault, Handler
from conftest import Outcome, load
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import appstoreconnect
from appstoreconnect import Client, Credentials, base_url_from, credentials_from
from ppparser import Failure

Run = Callable[..., Outcome]

METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
TOKEN_SCRIPT = "generate-token.py"  # noqa: S105 - a file's name
METRICS = f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"
# A token from elsewhere, which no server here takes.
MARKER_TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJNQVJLRVIiOjF9.TUFSS0VSTUFSS0VSTUFSS0VS"  # noqa: S105 - a secret to look for
PLAIN_MARKER_TOKEN = "MARKER~of~another~form"  # noqa: S105 - a secret to look for


def secrets_of(pem: str) -> list[str]:
    """Return what must not be seen of a private key: each line of its base64, and the number it is."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    value = key.private_numbers().private_value
    return [*pem.splitlines()[1:-1], str(value), f"{value:x}", base64.b64encode(pem.encode()).decode()[40:80]]


def sent_tokens(api: AppStoreConnect) -> list[str]:
    return [request.headers["Authorization"].split("Bearer ")[1] for request in api.requests]


def leaked(text: str, secrets: list[str]) -> list[str]:
    """Return the secrets that `text` holds, whole or in part, in any case of letters."""
    folded = text.lower()
    return [secret for secret in secrets if secret[:24].lower() in folded or secret[-24:].lower() in folded]


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    made = tmp_path / "folder"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


# --- errors that repeat what was sent ---------------------------------------------------------------------------------


def echo(status: int, place: str) -> Fault:
    """Answer with the request's Authorization header in one `place` of an error, or in all of its fields."""

    def fault(handler: Handler) -> bool:
        said = handler.headers["Authorization"]
        fields: dict[str, Any] = {"code": "X", "title": "X", "detail": "X", "id": "X"}
        headers = {"Content-Type": "application/json"}
        reason = None
        if place in fields:
            fields[place] = f"no good: {said}."
        elif place == "source":
            fields["source"] = {"parameter": said}
        elif place == "reason":
            reason = said
        elif place == "host":
            headers["Location"] = f"https://{said.split()[1]}.example/"
        else:
            headers[place] = said
        body = said.encode() if place == "body" else json.dumps({"errors": [fields]}).encode()
        handler.send_response_only(status, reason)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return fault


@pytest.mark.parametrize("token", [None, MARKER_TOKEN, PLAIN_MARKER_TOKEN], ids=["signed", "given", "of another form"])
@pytest.mark.parametrize(
    ("status", "place"),
    [
        *((401, place) for place in ("code", "title", "detail", "id", "source", "reason", "x-request-id", "body")),
        *((status, "detail") for status in (400, 403, 404, 406, 429, 500, 200)),
        (429, "X-Rate-Limit"),
        (429, "Retry-After"),
        (401, "Date"),
        (302, "Location"),
        (200, "code"),
        (200, "x-request-id"),
        (200, "body"),
    ],
)
def test_an_error_that_repeats_the_token_is_shown_without_it(
    api: AppStoreConnect,
    run: Run,
    waits: list[float],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    token: str | None,
    status: int,
    place: str,
) -> None:
    if token:
        monkeypatch.delenv("KEY_ID")
        monkeypatch.setenv("TOKEN", token)
    api.faults += [echo(status, place)] * 5
    outcome = run(METRICS_SCRIPT, "--output=out.json", fleet.APP_ID)
    assert outcome.status == 3
    secrets = [*sent_tokens(api), *secrets_of(api.private_key_pem)]
    assert len(sent_tokens(api)) > 0
    assert (leaked(outcome.out + outcome.err, secrets), list(folder.iterdir())) == ([], [])


def test_where_the_token_was_a_stand_in_for_it_is_shown(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.faults.append(echo(404, "detail"))
    assert run(METRICS_SCRIPT, fleet.APP_ID).err.splitlines()[1] == "  X: X. no good: Bearer [token]."


def test_a_host_name_made_of_the_token_is_shown_without_it(api: AppStoreConnect, run: Run) -> None:
    api.faults.append(echo(302, "host"))
    assert leaked(run(METRICS_SCRIPT, fleet.APP_ID).err, sent_tokens(api)) == []


def test_the_token_before_the_last_is_not_shown_either(api: AppStoreConnect, run: Run) -> None:
    def echo_first(handler: Handler) -> bool:
        said = {"errors": [{"code": "X", "detail": sent_tokens(handler.api)[0]}]}
        return app_store_connect.raw(401, {}, json.dumps(said).encode())(handler)

    api.faults += [echo_first] * 2
    outcome = run(METRICS_SCRIPT, fleet.APP_ID)
    assert (len(set(sent_tokens(api))), leaked(outcome.err, sent_tokens(api))) == (2, [])


@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from([MARKER_TOKEN, PLAIN_MARKER_TOKEN]))
def test_no_text_around_a_token_keeps_it_from_being_taken_out(before: str, after: str, token: str) -> None:
    auth = appstoreconnect._BearerAuth(token, ("http", "127.0.0.1", 80))
    assert token not in auth.redact(before + token + after)


# --- other hosts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [METRICS_SCRIPT, LOGS_SCRIPT])
def test_another_host_gets_no_request_however_it_is_named(
    api: AppStoreConnect, run: Run, waits: list[float], script: str
) -> None:
    identifier = fleet.APP_ID if script == METRICS_SCRIPT else fleet.BUILD_ID
    with AppStoreConnect() as another:
        for link in (
            f"{another.url}/v1/apps",
            f"//{another.url[7:]}/v1/apps",
            f"http://{api.url[7:]}@{another.url[7:]}",
        ):
            page = json.dumps({"data": [], "links": {"next": link}}).encode()
            for fault in (app_store_connect.redirect(link), app_store_connect.raw(200, {"Link": link}, page)):
                api.faults.append(fault)
                assert run(script, identifier).status == 3
        assert (another.connections, another.requests) == (0, [])


def test_the_bearer_is_not_put_on_a_request_to_another_origin() -> None:
    auth = appstoreconnect._BearerAuth(MARKER_TOKEN, ("https", "api.example", 443))
    for url, header in (
        ("https://api.example/v1/apps", f"Bearer {MARKER_TOKEN}"),
        ("https://api.example:444/v1/apps", None),
        ("http://api.example/v1/apps", None),
        ("https://api.example.evil/v1/apps", None),
    ):
        request = requests.Request("GET", url, auth=auth).prepare()
        assert request.headers.get("Authorization") == header


# --- a secret in the wrong place --------------------------------------------------------------------------------------


def key_that_passes_for_an_id() -> ec.EllipticCurvePrivateKey:
    """Return a key whose base64 happens to be letters and digits alone, as that of one key in a hundred is."""
    while True:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        if "".join(pem.splitlines()[1:-1]).isalnum():
            return key


KEY = key_that_passes_for_an_id()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ENCRYPTED_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")).decode()
FORMS = {
    "the file": PEM,
    "one line": PEM.replace("\n", "\\n"),
    "CRLF": PEM.replace("\n", "\r\n"),
    "after a blank": f" {PEM}",
    "its base64": "".join(PEM.splitlines()[1:-1]),
    "lines of its base64": "\n".join(PEM.splitlines()[1:-1]),
    "the base64 of the file": base64.b64encode(PEM.encode()).decode(),
    "cut off": PEM[:140],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variable", ["ISSUER_ID", "KEY_ID", "KEY_FILE_PATH", "TOKEN", "APP_STORE_CONNECT_URL"])
@pytest.mark.parametrize("others", [True, False], ids=["among others", "alone"])
def test_a_key_in_the_wrong_variable_is_not_repeated(
    api: AppStoreConnect,
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    form: str,
    others: bool,
) -> None:
    for name in () if others else ("ISSUER_ID", "KEY_ID", "KEY_FILE_PATH"):
        monkeypatch.delenv(name)
    if variable == "TOKEN":
        monkeypatch.delenv("KEY_ID", raising=False)
    monkeypatch.setenv(variable, FORMS[form])
    outcome = run(METRICS_SCRIPT, fleet.APP_ID)
    sent = "".join(map(repr, api.requests)) if variable != "TOKEN" else ""
    assert (outcome.status in (1, 3), leaked(outcome.out + outcome.err + sent, secrets_of(PEM))) == (True, [])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "arguments",
    [
        [TOKEN_SCRIPT, "{}"],
        [TOKEN_SCRIPT, ISSUER_ID, KEY_ID, "{}"],
        [TOKEN_SCRIPT, ISSUER_ID, "{}", "key.p8"],
        [TOKEN_SCRIPT, "{}", KEY_ID, "key.p8"],
        [TOKEN_SCRIPT, ISSUER_ID, KEY_ID, "key.p8", "{}"],
        [TOKEN_SCRIPT, "--individual", KEY_ID, "{}"],
        [TOKEN_SCRIPT, "--lifetime={}", ISSUER_ID, KEY_ID, "key.p8"],
        [TOKEN_SCRIPT, "--lifetime", "{}", ISSUER_ID, KEY_ID, "key.p8"],
        [TOKEN_SCRIPT, "--scope={}", ISSUER_ID, KEY_ID, "key.p8"],
        [TOKEN_SCRIPT, "--key={}", ISSUER_ID, KEY_ID, "key.p8"],
        [METRICS_SCRIPT, "{}"],
        [METRICS_SCRIPT, "1", "{}"],
        [METRICS_SCRIPT, "--build={}"],
        [METRICS_SCRIPT, "--key={}", "1"],
        [LOGS_SCRIPT, "{}"],
        [LOGS_SCRIPT, "--app={}"],
        [LOGS_SCRIPT, "--type={}", "1"],
        [LOGS_SCRIPT, "--limit={}", "1"],
    ],
    ids=lambda arguments: " ".join(arguments).replace(ISSUER_ID, "ISSUER_ID"),
)
def test_a_key_in_the_wrong_argument_is_not_repeated(
    api: AppStoreConnect, run: Run, folder: Path, arguments: list[str], form: str
) -> None:
    outcome = run(*(argument.format(FORMS[form]) for argument in arguments))
    assert outcome.status in (1, 2)
    sent = "".join(map(repr, api.requests))
    assert leaked(outcome.out + outcome.err + sent, secrets_of(PEM)) == []


@pytest.mark.parametrize(
    "token",
    [f"Bearer {MARKER_TOKEN}", MARKER_TOKEN.replace(".", "\n"), f"{MARKER_TOKEN}\r\nX: Y", f"{MARKER_TOKEN}\u00e9"],
)
def test_a_token_that_cannot_be_one_is_neither_sent_nor_repeated(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", token)
    problem = "TOKEN is no bearer token: set it to what generate-token.py prints, without 'Bearer'"
    assert run(METRICS_SCRIPT, fleet.APP_ID) == (1, "", f"{METRICS_SCRIPT}: {problem}\n")
    assert api.requests == []


REFUSED = {
    "cut off": PEM[:150],
    "public by its name": PEM.replace("PRIVATE", "PUBLIC"),
    "encrypted": ENCRYPTED_PEM,
    "no PEM": PEM.replace("-", ""),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_key_file_that_is_refused_is_not_repeated(folder: Path, run: Run, content: str) -> None:
    (folder / "key.p8").write_text(content)
    outcome = run(TOKEN_SCRIPT, ISSUER_ID, KEY_ID, "key.p8")
    assert (outcome.status, leaked(outcome.out + outcome.err, content.splitlines()[1:-1])) == (1, [])


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_run_that_succeeds_writes_no_secret_anywhere(api: AppStoreConnect, run: Run, folder: Path) -> None:
    outcome = run(LOGS_SCRIPT, "--output=out.json", fleet.BUILD_ID)
    assert (outcome.status, [path.name for path in folder.iterdir()]) == (0, ["out.json"])
    written = outcome.out + outcome.err + (folder / "out.json").read_text()
    assert leaked(written, [*sent_tokens(api), *secrets_of(api.private_key_pem)]) == []


@pytest.fixture
def client(api: AppStoreConnect) -> Iterator[Client]:
    credentials = credentials_from(os.environ, io.BytesIO())
    with Client(credentials, base_url_from(os.environ), lambda _: None) as opened:
        opened.report("metrics", METRICS, "metrics")
        yield opened


def test_no_object_that_holds_a_secret_shows_it(api: AppStoreConnect, client: Client) -> None:
    held: list[object] = [client, *vars(client).values(), vars(client), vars(client._session)]
    held += [value for value in vars(client._auth).values() if value not in sent_tokens(api)]
    credentials = client._auth._credentials
    assert isinstance(credentials, Credentials)
    held += [credentials, vars(credentials)]
    secrets = [*sent_tokens(api), *secrets_of(api.private_key_pem)]
    assert leaked(" ".join(f"{each!r} {each}" for each in held), secrets) == []


def test_credentials_show_which_key_they_are() -> None:
    assert repr(Credentials(KEY_ID, KEY, ISSUER_ID)) == f"Credentials(key_id='{KEY_ID}', issuer_id='{ISSUER_ID}')"


def exceptions(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all behind it, whether a traceback would show them or not."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "fault",
    [
        echo(401, "detail"),
        echo(200, "body"),
        echo(200, "Content-Encoding"),
        echo(302, "Location"),
        app_store_connect.hang_up(),
        app_store_connect.cut(50),
        app_store_connect.corrupt_gzip(),
    ],
    ids=["401", "no JSON", "an unknown encoding", "redirect", "no answer", "cut off", "corrupt gzip"],
)
@pytest.mark.parametrize("script", [METRICS_SCRIPT, LOGS_SCRIPT])
def test_no_exception_or_traceback_holds_a_secret(
    api: AppStoreConnect, waits: list[float], capsys: pytest.CaptureFixture[str], script: str, fault: Fault
) -> None:
    api.faults += [fault] * 5
    with pytest.raises(Failure) as caught:
        load(script).main(["1"])
    behind = list(exceptions(caught.value))
    said = "".join("".join(traceback.format_exception(type(one), one, one.__traceback__)) for one in behind)
    said += "".join(f"{one!r} {one.args!r}" for one in behind)
    assert leaked(said, [*sent_tokens(api), *secrets_of(api.private_key_pem)]) == []


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_no_exception_for_a_key_holds_it(folder: Path, content: str) -> None:
    (folder / "key.p8").write_text(content)
    with pytest.raises(Failure) as caught:
        load(TOKEN_SCRIPT).main([ISSUER_ID, KEY_ID, "key.p8"])
    said = "".join(f"{one!r} {one.args!r} {one}" for one in exceptions(caught.value))
    assert leaked(said, content.splitlines()[1:-1]) == []
