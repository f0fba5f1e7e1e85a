"""What a script says, waits and exits with when the API, the network or a person's hand on Ctrl-C gets in its way."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Callable, NamedTuple

import app_store_connect
import fleet
import pytest
import requests
import trustme
from app_store_connect import KEY_ID, AppStoreConnect, Fault, Handler, error, raw
from conftest import NOW, Outcome

import appstoreconnect

Run = Callable[..., Outcome]

METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
METRICS = f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"
SIGNATURES = f"/v1/builds/{fleet.BUILD_ID}/diagnosticSignatures"
LOGS = f"/v1/diagnosticSignatures/{fleet.signatures('DISK_WRITES')[1]['id']}/logs"
TRIES = 5
WAITS = [0, 1, 2, 4]

pytestmark = pytest.mark.usefixtures("frozen")


def shown(outcome: Outcome) -> tuple[int, str]:
    """Return the exit status and the whole of stderr, with `<ID>` for a request's."""
    return outcome.status, re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\n)", "<ID>", outcome.err)


def says(script: str, *lines: str) -> str:
    return f"{script}: " + "\n  ".join(lines) + "\n"


REQUEST_ID = "Request ID: <ID>"
MOMENT = "It passes as a rule: ask again in a few minutes. https://developer.apple.com/system-status/"
KEY_HINT = (
    "Check that ISSUER_ID, KEY_ID and the key file belong together, that the key is not revoked,\n"
    "  and that ISSUER_ID is not set for an individual key."
)
ROLE_HINT = "The key's role may not read this: it takes the Developer role or a higher one."
LOST_HINT = (
    "There is no such app or build for this key. An app ID is the number in App Store Connect, not the\n"
    "  bundle ID; only builds on the App Store have metrics and diagnostics, TestFlight builds have none."
)
UNAUTHORIZED = (
    "NOT_AUTHORIZED: The request needs valid credentials. "
    "The bearer token is missing, expired, not signed by the key it names, or not meant for this request."
)


def answered(status: str) -> str:
    return f"the App Store Connect API answered {status} to GET {METRICS}"


def with_reason(reason: str, body: bytes) -> Fault:
    """Answer 404 with a reason phrase of its own."""

    def fault(handler: Handler) -> bool:
        handler.send_response_only(404, reason)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return fault


def errors(status: int, *entries: dict[str, object]) -> Fault:
    """Answer with these errors in one body and no header of Apple's."""
    return raw(status, {"Content-Type": "application/json"}, json.dumps({"errors": entries}).encode())


# --- an answer other than 200 -----------------------------------------------------------------------------------------


class Row(NamedTuple):
    """Faults, one a request, with what is said at the end and the waits on the way there."""

    faults: list[Fault]
    lines: list[str]
    waits: list[float]


REFUSALS = {
    "400": Row(
        [error(400, "PARAMETER_ERROR.INVALID", "A parameter has an invalid value", "'X' is no device type.")],
        [
            answered("400 Bad Request"),
            "PARAMETER_ERROR.INVALID: A parameter has an invalid value. 'X' is no device type.",
            REQUEST_ID,
        ],
        [],
    ),
    "401 twice": Row(
        [error(401, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.", "See the documentation.")]
        * 2,
        [
            answered("401 Unauthorized"),
            "NOT_AUTHORIZED: Authentication credentials are missing or invalid. See the documentation.",
            KEY_HINT,
            REQUEST_ID,
        ],
        [],
    ),
    "403 for the role": Row(
        [error(403, "FORBIDDEN_ERROR", "This request is forbidden for security reasons", "The role may not do this.")],
        [
            answered("403 Forbidden"),
            "FORBIDDEN_ERROR: This request is forbidden for security reasons. The role may not do this.",
            ROLE_HINT,
            REQUEST_ID,
        ],
        [],
    ),
    "403 for an agreement": Row(
        [
            error(
                403,
                "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED",
                "A required agreement is missing or has expired.",
                "This request requires an in-effect agreement.",
            )
        ],
        [
            answered("403 Forbidden"),
            "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED: A required agreement is missing or has expired. "
            "This request requires an in-effect agreement.",
            "The Account Holder has to accept an agreement in App Store Connect; a new key does not help.",
            REQUEST_ID,
        ],
        [],
    ),
    "404": Row(
        [error(404, "NOT_FOUND", "The specified resource does not exist", "There is no such resource.")],
        [
            answered("404 Not Found"),
            "NOT_FOUND: The specified resource does not exist. There is no such resource.",
            LOST_HINT,
            REQUEST_ID,
        ],
        [],
    ),
    "406": Row(
        [error(406, "NOT_ACCEPTABLE", "The media type is not offered", "The media type is not offered.")],
        [
            answered("406 Not Acceptable"),
            "NOT_ACCEPTABLE: The media type is not offered",
            "The API does not offer the media type that was asked for: is there a newer version of this program?",
            REQUEST_ID,
        ],
        [],
    ),
    "429 and an hour to wait": Row(
        [error(429, "RATE_LIMIT_EXCEEDED", "The limit is reached", "Wait.", {"Retry-After": "3600"})],
        [
            answered("429 Too Many Requests"),
            "RATE_LIMIT_EXCEEDED: The limit is reached. Wait.",
            "Ask again in 60 min (3599 of 3600 requests are left in this hour).",
            REQUEST_ID,
        ],
        [],
    ),
    "429 and a date half an hour ahead": Row(
        [error(429, "X", "X", "X", {"Retry-After": formatdate(NOW + 1800, usegmt=True), "X-Rate-Limit": "unknown"})],
        [answered("429 Too Many Requests"), "X: X", "Ask again in 30 min.", REQUEST_ID],
        [],
    ),
    "429 for good, with no time to wait": Row(
        [error(429, "RATE_LIMIT_EXCEEDED", "The limit is reached", "Wait.")] * TRIES,
        [
            answered("429 Too Many Requests"),
            "RATE_LIMIT_EXCEEDED: The limit is reached. Wait.",
            "Ask again later; the limit is a rolling hour (3595 of 3600 requests are left in this hour).",
            REQUEST_ID,
        ],
        WAITS,
    ),
    "429 for good, with garbage for a time": Row(
        [error(429, "X", "X", "X", {"Retry-After": "-1\u00b2 soon", "X-Rate-Limit": ""})] * TRIES,
        [
            answered("429 Too Many Requests"),
            "X: X",
            "Ask again later; the limit is a rolling hour.",
            REQUEST_ID,
        ],
        WAITS,
    ),
    "500 for good": Row(
        [error(500, "UNEXPECTED_ERROR", "An unexpected error occurred.", "An unexpected error occurred.")] * TRIES,
        [answered("500 Internal Server Error"), "UNEXPECTED_ERROR: An unexpected error occurred", MOMENT, REQUEST_ID],
        WAITS,
    ),
    "502 from a proxy": Row(
        [raw(502, {"Content-Type": "text/html"}, b"<html>\x1b[31m</html>")] * TRIES,
        [answered("502 Bad Gateway"), MOMENT],
        WAITS,
    ),
    "503 for good": Row(
        [error(503, "X", "X", "X")] * TRIES, [answered("503 Service Unavailable"), "X: X", MOMENT, REQUEST_ID], WAITS
    ),
    "503 and an hour to wait": Row(
        [error(503, "X", "X", "X", {"Retry-After": "3600"})],
        [answered("503 Service Unavailable"), "X: X", MOMENT, REQUEST_ID],
        [],
    ),
    "504": Row([raw(504, {}, b"")] * TRIES, [answered("504 Gateway Timeout"), MOMENT], WAITS),
    "501, which does not pass": Row([raw(501, {}, b"")], [answered("501 Not Implemented"), MOMENT], []),
    "a success that is no 200": Row([raw(204, {}, b"")], [answered("204 No Content")], []),
    "several errors": Row(
        [
            errors(
                400,
                {"code": "A", "title": "One.", "detail": "One", "source": {"parameter": "filter[platform]"}},
                {"code": "B", "detail": "Two.", "source": {"pointer": "/data"}, "id": "an-error"},
                {"status": "400", "title": "Three", "detail": None},
                {"title": 4},
            )
        ],
        [
            answered("400 Bad Request"),
            "A: One (filter[platform])",
            "B: Two. (/data)",
            "400: Three",
            "error: ",
            "Request ID: an-error",
        ],
        [],
    ),
    "an error that is not JSON": Row([raw(404, {}, b"not here")], [answered("404 Not Found"), LOST_HINT], []),
    "an error of another form": Row([raw(404, {}, b'{"errors": "none"}')], [answered("404 Not Found"), LOST_HINT], []),
    "control characters in the body": Row(
        [errors(404, {"code": "X\x1b[2J", "title": "\x1b]0;t\x07T", "detail": "a\nb\u202ec\x9b", "id": "\x1b[1m"})],
        [
            answered("404 Not Found"),
            "X\\x1b[2J: \\x1b]0;t\\x07T. a\\nb\\u202ec\\x9b",
            LOST_HINT,
            "Request ID: \\x1b[1m",
        ],
        [],
    ),
    "control characters in the reason": Row(
        [with_reason("No\x1b[31m\x08", b"")], [answered("404 No\\x1b[31m\\x08"), LOST_HINT], []
    ),
    "a redirect": Row(
        [app_store_connect.redirect("https://login.example/\x1b[2J")],
        [
            answered("302 Found"),
            "It redirects to login.example, which was not followed: a proxy or a wrong base URL?",
        ],
        [],
    ),
    "a redirect to nowhere": Row(
        [raw(307, {}, b"")],
        [
            answered("307 Temporary Redirect"),
            "It redirects to nowhere, which was not followed: a proxy or a wrong base URL?",
        ],
        [],
    ),
    "a choice of nothing": Row(
        [raw(300, {"Location": "https://["}, b"")],
        [
            answered("300 Multiple Choices"),
            "It redirects to nowhere, which was not followed: a proxy or a wrong base URL?",
        ],
        [],
    ),
    "a redirect to no URL": Row(
        [app_store_connect.redirect("https://[")],
        [f"GET {METRICS}: the request failed (ValueError): check APP_STORE_CONNECT_URL and HTTPS_PROXY"],
        [],
    ),
}


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_was_asked_what_came_and_what_to_do(
    api: AppStoreConnect, run: Run, waits: list[float], row: Row
) -> None:
    api.faults += row.faults
    outcome = run(METRICS_SCRIPT, fleet.APP_ID)
    assert shown(outcome) == (3, says(METRICS_SCRIPT, *row.lines))
    assert (outcome.out, waits, len(api.requests), api.faults) == ("", row.waits, len(row.faults), [])


def test_the_request_id_is_the_one_in_the_answer_s_header(api: AppStoreConnect, run: Run) -> None:
    api.faults.append(error(404, "X", "X", "X", {"x-request-id": "7T4UQ3"}))
    assert run(METRICS_SCRIPT, fleet.APP_ID).err.splitlines()[-1] == "  Request ID: 7T4UQ3"


CLOCK_OFF = {
    600: "This machine's clock is 0:10:00 (h:mm:ss) behind Apple's: set it by the network.",
    -3725: "This machine's clock is 1:02:05 (h:mm:ss) ahead of Apple's: set it by the network.",
    # A token of 20 minutes is refused long before.
    86400 * 2: "This machine's clock is 2 days, 0:00:00 (h:mm:ss) behind Apple's: set it by the network.",
}


@pytest.mark.parametrize("offset_s", CLOCK_OFF)
def test_a_401_tells_how_far_the_clock_is_off(api: AppStoreConnect, run: Run, offset_s: int) -> None:
    api.clock_offset_s = offset_s
    api.keys.clear()
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (
        3,
        says(METRICS_SCRIPT, answered("401 Unauthorized"), UNAUTHORIZED, KEY_HINT, CLOCK_OFF[offset_s], REQUEST_ID),
    )


def test_a_clock_that_is_too_far_ahead_for_apple_is_why_a_token_fails(api: AppStoreConnect, run: Run) -> None:
    api.clock_offset_s = -120
    assert "clock is 0:02:00 (h:mm:ss) ahead of Apple's" in run(METRICS_SCRIPT, fleet.APP_ID).err


@pytest.mark.parametrize("date", [None, formatdate(NOW + 30, usegmt=True), "", "soon", "Sun, 99 Jun 2025 99:99:99 GMT"])
def test_a_401_says_nothing_of_a_clock_that_is_right_or_unknown(
    api: AppStoreConnect, run: Run, date: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if date is not None:
        monkeypatch.setattr(Handler, "date_time_string", lambda *_: date)
    api.keys.clear()
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (
        3,
        says(METRICS_SCRIPT, answered("401 Unauthorized"), UNAUTHORIZED, KEY_HINT, REQUEST_ID),
    )


def test_the_clock_is_no_matter_unless_the_token_is_refused(api: AppStoreConnect, run: Run) -> None:
    api.clock_offset_s = 600
    api.faults.append(error(404, "X", "X", "X"))
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (
        3,
        says(METRICS_SCRIPT, answered("404 Not Found"), "X: X", LOST_HINT, REQUEST_ID),
    )


def test_a_random_401_is_healed_by_one_fresh_token(api: AppStoreConnect, run: Run, waits: list[float]) -> None:
    api.faults.append(error(401, "NOT_AUTHORIZED", "X", "X"))
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (0, "")
    first, second = (request.headers["Authorization"] for request in api.requests)
    assert (first != second, waits) == (True, [])


def test_a_revoked_key_is_tried_twice(api: AppStoreConnect, run: Run, waits: list[float]) -> None:
    del api.keys[KEY_ID]
    assert run(METRICS_SCRIPT, fleet.APP_ID).status == 3
    assert (len(api.requests), waits) == (2, [])


def test_a_given_token_that_is_refused_is_not_tried_again(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", "not.a.token")
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (
        3,
        says(
            METRICS_SCRIPT,
            answered("401 Unauthorized"),
            UNAUTHORIZED,
            "The token in TOKEN may have expired: they live 20 minutes at most. Make one with generate-token.py.",
            REQUEST_ID,
        ),
    )
    assert len(api.requests) == 1


# --- faults that pass -------------------------------------------------------------------------------------------------


def silent(event: threading.Event) -> Fault:
    """Send nothing, not even headers, and close the connection once `event` is set."""

    def fault(handler: Handler) -> bool:
        event.wait()
        handler.close_connection = True
        return True

    return fault


def reply_in(encoding: str, body: bytes) -> Fault:
    return raw(200, {"Content-Encoding": encoding, "Content-Type": "application/json"}, body)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """An event that stalled answers wait for, set when the test is over; a read is given up after 50 ms meanwhile."""
    monkeypatch.setattr(appstoreconnect, "_READ_TIMEOUT_S", 0.05)
    event = threading.Event()
    yield event
    event.set()


DATE_IN_9_S = formatdate(NOW + 9, usegmt=True)
PASSING: dict[str, tuple[list[Fault], list[float]]] = {
    "429 with a short time": ([error(429, "X", "X", "X", {"Retry-After": "7"})], [7]),
    "429 with the longest time": ([error(429, "X", "X", "X", {"Retry-After": "60"})], [60]),
    "429 with a date": ([error(429, "X", "X", "X", {"Retry-After": DATE_IN_9_S})], [9]),
    "429 with a date gone by": (
        [error(429, "X", "X", "X", {"Retry-After": formatdate(NOW - 9, usegmt=True)})],
        [0],
    ),
    "429 with no time": ([error(429, "X", "X", "X")], [0]),
    "429 with garbage": ([error(429, "X", "X", "X", {"Retry-After": "soon"})], [0]),
    "500": ([error(500, "X", "X", "X")] * 2, [0, 1]),
    "502": ([raw(502, {}, b"")] * 4, WAITS),
    "503": ([error(503, "X", "X", "X")], [0]),
    "504": ([raw(504, {}, b"<html>")], [0]),
    "no answer": ([app_store_connect.hang_up()] * 3, [0, 1, 2]),
    "a reset in mid-body": ([app_store_connect.reset()], [0]),
    "a body that stops short": ([app_store_connect.cut(100)], [0]),
    "corrupt gzip": ([app_store_connect.corrupt_gzip()], [0]),
    "one after the other": (
        [app_store_connect.hang_up(), error(503, "X", "X", "X"), app_store_connect.corrupt_gzip()],
        [0, 1, 2],
    ),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_costs_a_wait_and_no_word(
    api: AppStoreConnect, run: Run, waits: list[float], name: str
) -> None:
    faults, expected = PASSING[name]
    api.faults += faults
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (0, "")
    assert (waits, len(api.requests)) == (expected, len(faults) + 1)


def test_the_time_to_wait_is_taken_from_the_server_s_clock(api: AppStoreConnect, run: Run, waits: list[float]) -> None:
    api.clock_offset_s = 30
    api.faults.append(error(429, "X", "X", "X", {"Retry-After": formatdate(NOW + 39, usegmt=True)}))
    run(METRICS_SCRIPT, fleet.APP_ID)
    assert waits == [9]


@pytest.mark.parametrize("make", [silent, app_store_connect.stall], ids=["before the headers", "before the body"])
def test_a_read_that_hangs_once_is_repeated(
    api: AppStoreConnect,
    run: Run,
    waits: list[float],
    release: threading.Event,
    make: Callable[[threading.Event], Fault],
) -> None:
    api.faults.append(make(release))
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (0, "")
    assert waits == [0]


# --- faults that stay -------------------------------------------------------------------------------------------------

BROKE_OFF = f"GET {METRICS}: the connection to 127.0.0.1 broke off: ask again"
STAYING: dict[str, tuple[Fault, str]] = {
    "no answer": (app_store_connect.hang_up(), BROKE_OFF),
    "a reset in mid-body": (app_store_connect.reset(), BROKE_OFF),
    "a body that stops short": (app_store_connect.cut(100), BROKE_OFF),
    "corrupt gzip": (
        app_store_connect.corrupt_gzip(),
        f"GET {METRICS}: the answer is damaged (it does not decompress): ask again",
    ),
    "what is no gzip at all": (
        reply_in("gzip", b"plain"),
        f"GET {METRICS}: the answer is damaged (it does not decompress): ask again",
    ),
}


@pytest.mark.parametrize("name", STAYING)
def test_a_connection_that_fails_every_time_is_given_up(
    api: AppStoreConnect, run: Run, waits: list[float], name: str
) -> None:
    fault, problem = STAYING[name]
    api.faults += [fault] * TRIES
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, problem))
    assert (waits, len(api.requests)) == (WAITS, TRIES)


@pytest.mark.parametrize("make", [silent, app_store_connect.stall], ids=["before the headers", "before the body"])
def test_a_read_that_hangs_every_time_is_given_up(
    api: AppStoreConnect,
    run: Run,
    waits: list[float],
    release: threading.Event,
    make: Callable[[threading.Event], Fault],
) -> None:
    api.faults += [make(release)] * TRIES
    problem = f"GET {METRICS}: 127.0.0.1 sent nothing for 0.05 s: ask again later"
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, problem))
    assert waits == WAITS


def test_a_refused_connection_is_named(
    api: AppStoreConnect, run: Run, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unheard:  # Bound, so that nobody else gets the port, and not listening.
        unheard.bind(("127.0.0.1", 0))
        monkeypatch.setenv("APP_STORE_CONNECT_URL", f"http://127.0.0.1:{unheard.getsockname()[1]}")
        outcome = run(METRICS_SCRIPT, fleet.APP_ID)
    problem = f"GET {METRICS}: 127.0.0.1 refuses connections: check the network and APP_STORE_CONNECT_URL"
    assert (shown(outcome), waits) == ((3, says(METRICS_SCRIPT, problem)), WAITS)


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (
            socket.gaierror(8, "nodename nor servname provided, or not known"),
            "cannot find api.appstoreconnect.apple.com: check the network, the VPN and the DNS settings",
        ),
        (
            OSError(101, "Network is unreachable"),
            "there is no way to api.appstoreconnect.apple.com: check the network and the VPN",
        ),
        (
            socket.timeout("timed out"),
            "api.appstoreconnect.apple.com did not accept a connection within 10 s: check the network",
        ),
    ],
    ids=["no DNS", "no network", "no connection"],
)
def test_a_host_that_is_not_reached_is_named_with_what_to_check(
    api: AppStoreConnect,
    run: Run,
    waits: list[float],
    monkeypatch: pytest.MonkeyPatch,
    failure: OSError,
    problem: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.delenv("APP_STORE_CONNECT_URL")
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, f"GET {METRICS}: {problem}"))
    assert waits == WAITS


@pytest.fixture
def tls(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppStoreConnect]:
    """A stand-in over TLS whose certificate is signed by the authority in authority.pem, which nobody trusts."""
    authority, certificate = trustme.CA(), tmp_path / "server.pem"
    authority.cert_pem.write_to_path(home / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    with AppStoreConnect(certificate=str(certificate)) as api:
        for name, value in api.environment(home).items():
            monkeypatch.setenv(name, value)
        yield api


def test_an_untrusted_certificate_ends_it_at_once(tls: AppStoreConnect, run: Run, waits: list[float]) -> None:
    problem = (
        f"GET {METRICS}: the certificate of 127.0.0.1 is not trusted. Behind a company proxy, export "
        "REQUESTS_CA_BUNDLE\n  with the path of the company's root certificates"
    )
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, problem))
    assert (waits, tls.requests) == ([], [])


def test_a_certificate_is_trusted_through_requests_ca_bundle(
    tls: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "authority.pem")
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (0, "")


def test_a_bundle_of_certificates_that_is_not_there_is_named(
    tls: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "lost.pem")
    problem = f"GET {METRICS}: the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be read"
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, problem))


def test_a_server_that_does_not_speak_tls_is_not_called_untrusted(
    api: AppStoreConnect, run: Run, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", "https"))
    problem = f"GET {METRICS}: no secure connection to 127.0.0.1: check the network, the proxy and REQUESTS_CA_BUNDLE"
    assert shown(run(METRICS_SCRIPT, fleet.APP_ID)) == (3, says(METRICS_SCRIPT, problem))


def test_a_proxy_that_is_not_there_is_named_without_its_password(
    api: AppStoreConnect, run: Run, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APP_STORE_CONNECT_URL")
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:password@127.0.0.1:{unheard.getsockname()[1]}")
        outcome = run(METRICS_SCRIPT, fleet.APP_ID)
    problem = f"GET {METRICS}: cannot reach api.appstoreconnect.apple.com through the proxy: check HTTPS_PROXY"
    assert shown(outcome) == (3, says(METRICS_SCRIPT, problem))


# --- a 200 that is not what was asked for -----------------------------------------------------------------------------

NOT_METRICS = f"the answer to GET {METRICS}"
NOT_SIGNATURES = f"the answer to GET {SIGNATURES}"
NOT_LOGS = f"the answer to GET {LOGS}"
METRICS_BODY = json.dumps(fleet.metrics()).encode()
LOGS_BODY = json.dumps(fleet.logs(LOGS.split("/")[3])).encode()
SIGNATURES_BODY = json.dumps({"data": fleet.signatures("HANGS")}).encode()
ERRORS_BODY = json.dumps({"errors": [{"code": "NOT_FOUND", "title": "Gone", "detail": "It is gone."}]}).encode()
NO_REPORT = "holds JSON, but no report of the App Store Connect API"
NO_LIST = "is JSON, but not the list that was asked for"


@pytest.mark.parametrize(
    ("path", "body", "lines"),
    [
        pytest.param(METRICS, b"", [f"{NOT_METRICS} is empty: download the report again"], id="empty metrics"),
        pytest.param(METRICS, b"{}", [f"{NOT_METRICS} {NO_REPORT}"], id="{} for metrics"),
        pytest.param(METRICS, b"[]", [f"{NOT_METRICS} {NO_REPORT}"], id="[] for metrics"),
        pytest.param(
            METRICS,
            b"<!DOCTYPE html><title>Sign in</title>",
            [f"{NOT_METRICS} is not JSON but HTML or XML: perhaps a login or error page was saved"],
            id="HTML for metrics",
        ),
        pytest.param(
            METRICS,
            ERRORS_BODY,
            [
                f"{NOT_METRICS} holds an error of the App Store Connect API, not a report:",
                "NOT_FOUND: Gone. It is gone.",
            ],
            id="errors for metrics",
        ),
        pytest.param(
            METRICS,
            LOGS_BODY,
            [f"{NOT_METRICS} holds diagnostic logs, not metrics: use `ppparser diagnostics`"],
            id="logs for metrics",
        ),
        pytest.param(
            LOGS,
            METRICS_BODY,
            [f"{NOT_LOGS} holds metrics, not diagnostic logs: use `ppparser metrics`"],
            id="metrics for logs",
        ),
        pytest.param(
            LOGS,
            SIGNATURES_BODY,
            [
                f"{NOT_LOGS} holds the list of diagnosticSignatures, not their logs:",
                "download a signature's logs from its relationships.logs.links.related",
            ],
            id="signatures for logs",
        ),
        pytest.param(SIGNATURES, b"", [f"{NOT_SIGNATURES} is empty: download the report again"], id="empty list"),
        pytest.param(SIGNATURES, b"{}", [f"{NOT_SIGNATURES} {NO_LIST}"], id="{} for a list"),
        pytest.param(SIGNATURES, b"[]", [f"{NOT_SIGNATURES} {NO_LIST}"], id="[] for a list"),
        pytest.param(SIGNATURES, b'{"data": {}}', [f"{NOT_SIGNATURES} {NO_LIST}"], id="one resource for a list"),
        pytest.param(SIGNATURES, METRICS_BODY, [f"{NOT_SIGNATURES} {NO_LIST}"], id="metrics for a list"),
        pytest.param(
            SIGNATURES,
            ERRORS_BODY,
            [f"{NOT_SIGNATURES} {NO_LIST}", "NOT_FOUND: Gone. It is gone."],
            id="errors for a list",
        ),
    ],
)
def test_a_200_that_is_not_what_was_asked_for_is_the_api_s_failure(
    api: AppStoreConnect, run: Run, path: str, body: bytes, lines: list[str]
) -> None:
    api.answers[path] = (200, "application/json", body)
    script, identifier = (METRICS_SCRIPT, fleet.APP_ID) if path == METRICS else (LOGS_SCRIPT, fleet.BUILD_ID)
    assert shown(run(script, identifier)) == (3, says(script, *lines, REQUEST_ID))


def test_a_page_in_the_middle_that_is_no_list_is_named_by_its_own_path(api: AppStoreConnect, run: Run) -> None:
    first = {"data": fleet.signatures("HANGS"), "links": {"next": "/v1/elsewhere?cursor=2"}}
    api.faults += [raw(200, {}, json.dumps(first).encode()), raw(200, {}, b"null")]
    problem = f"the answer to GET /v1/elsewhere {NO_LIST}"
    assert shown(run(LOGS_SCRIPT, fleet.BUILD_ID)) == (3, says(LOGS_SCRIPT, problem))


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [METRICS_SCRIPT, LOGS_SCRIPT])
def test_ctrl_c_during_a_download_ends_it_without_a_word(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(requests.Session, "send", interrupt)
    assert run(script, "1") == (130, "", "")


def test_ctrl_c_during_a_wait_ends_it_without_a_word(
    api: AppStoreConnect, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    api.faults += [error(503, "X", "X", "X")] * TRIES
    monkeypatch.setattr(time, "sleep", interrupt)
    assert run(METRICS_SCRIPT, fleet.APP_ID) == (130, "", "")
    assert len(api.requests) == 1
