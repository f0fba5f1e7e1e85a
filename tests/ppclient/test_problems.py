"""A script explains a response or a network error that it cannot use, and exits with status 3."""

from __future__ import annotations

import errno
import http.client
import json
import re
import socket
import ssl
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
import requests
import trustme

from ppclient.problems import network_problem
from tests import fake_api
from tests.fake_api import APP_ID, BUILD_ID, FakeAPI, Fault, Handler, faults
from tests.fake_api.faults import error, raw
from tests.helpers.support import NOW, Outcome, Run

METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
SIGNATURES_PATH = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
LOGS_PATH = f"/v1/diagnosticSignatures/{fake_api.signatures('DISK_WRITES')[1]['id']}/logs"
APPLE = "api.appstoreconnect.apple.com"

pytestmark = pytest.mark.usefixtures("frozen", "delays")


def result(outcome: Outcome) -> tuple[int, str, str]:
    """Return an outcome with `<ID>` in place of the ID of the request."""
    err = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\n\Z)", "<ID>", outcome.err)
    return outcome.status, outcome.out, err


def failure(script: str, *lines: str) -> tuple[int, str, str]:
    """Return the result of a script that prints these lines to stderr."""
    return 3, "", f"{script}: " + "\n  ".join(lines) + "\n"


# --- responses other than 200 -----------------------------------------------------------------------------------------

REQUEST_ID = "Request ID: <ID>"
TEMPORARY = "This is usually temporary: try again in a few minutes. https://developer.apple.com/system-status/"
KEY_HINT = (
    "Check that ISSUER_ID, KEY_ID and the key file belong together, and that the key is not revoked.\n"
    "  ISSUER_ID must be set for a team key, and must not be set for an individual key."
)
ROLE_HINT = "The key's role does not allow this: it needs the Developer role or a higher one."
AGREEMENT_HINT = "The Account Holder has to accept an agreement in App Store Connect; a new key does not help."
NOT_FOUND_HINT = "Check the app's ID, and that the key may access the app."
MEDIA_TYPE_HINT = "The API does not offer the requested media type. Check for a newer version of this program."
NOT_APPLE = "This is not what App Store Connect sends: check APP_STORE_CONNECT_URL, the network and the proxy."
REDIRECT_HINT = "The response redirects to {}, which was not followed: check HTTPS_PROXY and APP_STORE_CONNECT_URL."
UNAUTHORIZED = (
    "NOT_AUTHORIZED: The request needs valid credentials. "
    "The bearer token is missing, expired, not signed by the key it names, or not meant for this request."
)


def responded(status: str) -> str:
    """Return the first line of the message for a response to the request for the metrics."""
    return f"App Store Connect responded {status} to GET {METRICS_PATH}"


def reason(phrase: str) -> Fault:
    """Send a 404 with this reason phrase."""

    def fault(handler: Handler) -> None:
        handler.send_response_only(404, phrase)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return fault


def errors(status: int, *entries: dict[str, object]) -> Fault:
    """Send these errors in one document, without Apple's headers."""
    return raw(status, {"Content-Type": "application/json"}, json.dumps({"errors": entries}).encode())


def rate_limit(retry_after: str | None, limit: str = "unknown") -> Fault:
    """Send a 429 with these headers."""
    headers = {"X-Rate-Limit": limit} if retry_after is None else {"X-Rate-Limit": limit, "Retry-After": retry_after}
    return error(429, "RATE_LIMIT_EXCEEDED", "The limit is reached", "Wait.", headers)


def rate_limit_lines(advice: str) -> list[str]:
    """Return the lines for a 429."""
    return [
        responded("429 Too Many Requests"),
        "RATE_LIMIT_EXCEEDED: The limit is reached. Wait.",
        advice,
        REQUEST_ID,
    ]


RESPONSES: dict[str, tuple[Fault, list[str]]] = {
    "400": (
        error(400, "PARAMETER_ERROR.INVALID", "A parameter has an invalid value", "'X' is not a device type."),
        [
            responded("400 Bad Request"),
            "PARAMETER_ERROR.INVALID: A parameter has an invalid value. 'X' is not a device type.",
            REQUEST_ID,
        ],
    ),
    "401": (
        error(401, "NOT_AUTHORIZED", "Credentials are missing or invalid.", "See the documentation."),
        [
            responded("401 Unauthorized"),
            "NOT_AUTHORIZED: Credentials are missing or invalid. See the documentation.",
            KEY_HINT,
            REQUEST_ID,
        ],
    ),
    "403 for the role": (
        error(403, "FORBIDDEN_ERROR", "This request is forbidden", "The role does not allow it."),
        [
            responded("403 Forbidden"),
            "FORBIDDEN_ERROR: This request is forbidden. The role does not allow it.",
            ROLE_HINT,
            REQUEST_ID,
        ],
    ),
    "403 for an agreement": (
        errors(
            403, {"code": "X"}, {"code": "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "title": "It has expired."}
        ),
        [
            responded("403 Forbidden"),
            "X: ",
            "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED: It has expired",
            AGREEMENT_HINT,
        ],
    ),
    "404": (
        error(404, "NOT_FOUND", "The resource does not exist", "There is no such resource."),
        [
            responded("404 Not Found"),
            "NOT_FOUND: The resource does not exist. There is no such resource.",
            NOT_FOUND_HINT,
            REQUEST_ID,
        ],
    ),
    "404 for an agreement": (
        errors(404, {"code": "AGREEMENTS"}),
        [responded("404 Not Found"), "AGREEMENTS: ", NOT_FOUND_HINT],
    ),
    "406": (
        error(406, "NOT_ACCEPTABLE", "The type is not offered", "The type is not offered."),
        [responded("406 Not Acceptable"), "NOT_ACCEPTABLE: The type is not offered", MEDIA_TYPE_HINT, REQUEST_ID],
    ),
    "429 for an hour": (
        rate_limit("3600", "user-hour-lim:3600;user-hour-rem:12;"),
        rate_limit_lines("Try again in 60 min (12 of 3600 requests are left in this hour)."),
    ),
    "429 for a minute and a second": (rate_limit("61"), rate_limit_lines("Try again in 2 min.")),
    "429 until half an hour from now": (
        rate_limit(formatdate(NOW + 1800, usegmt=True)),
        rate_limit_lines("Try again in 30 min."),
    ),
    "429 without a time": (
        rate_limit(None, "user-hour-lim:3600;user-hour-rem:0;"),
        rate_limit_lines("Try again later; the limit is a rolling hour (0 of 3600 requests are left in this hour)."),
    ),
    "429 until a minute ago": (
        rate_limit(formatdate(NOW - 60, usegmt=True)),
        rate_limit_lines("Try again later; the limit is a rolling hour."),
    ),
    "429 for more than a day": (
        rate_limit("86401"),
        rate_limit_lines("Try again later; the limit is a rolling hour."),
    ),
    "429 for a day": (rate_limit("86400"), rate_limit_lines("Try again in 1440 min.")),
    "429 for -5 s": (rate_limit("-5"), rate_limit_lines("Try again later; the limit is a rolling hour.")),
    "429 for 0 s": (rate_limit("0"), rate_limit_lines("Try again later; the limit is a rolling hour.")),
    "429 for garbage": (rate_limit("1\u00b2 s"), rate_limit_lines("Try again later; the limit is a rolling hour.")),
    "500": (
        error(500, "UNEXPECTED_ERROR", "An error occurred.", "An error occurred."),
        [responded("500 Internal Server Error"), "UNEXPECTED_ERROR: An error occurred", TEMPORARY, REQUEST_ID],
    ),
    "501": (raw(501, {}, b""), [responded("501 Not Implemented"), TEMPORARY]),
    "502 from a proxy": (
        raw(502, {"Content-Type": "text/html"}, b"<html>\x1b[31m</html>"),
        [responded("502 Bad Gateway"), TEMPORARY],
    ),
    "503 for an hour": (
        error(503, "X", "X", "X", {"Retry-After": "3600"}),
        [responded("503 Service Unavailable"), "X: X", TEMPORARY, REQUEST_ID],
    ),
    "204": (raw(204, {}, b""), [responded("204 No Content"), NOT_APPLE]),
    "407": (
        raw(407, {}, b""),
        [
            responded("407 Proxy Authentication Required"),
            "The proxy requires a user name and a password: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.",
        ],
    ),
    "302": (
        faults.redirect("https://login.example/\x1b[2J"),
        [responded("302 Found"), REDIRECT_HINT.format("login.example")],
    ),
    "307 without a location": (
        raw(307, {}, b""),
        [responded("307 Temporary Redirect"), REDIRECT_HINT.format("no host")],
    ),
    "300 to something not a URL": (
        raw(300, {"Location": "https://["}, b""),
        [responded("300 Multiple Choices"), REDIRECT_HINT.format("no host")],
    ),
    "several errors": (
        errors(
            400,
            {"code": "A", "title": "One.", "detail": "One", "source": {"parameter": "filter[platform]"}},
            {"code": "B", "detail": "Two.", "source": {"pointer": "/data"}, "id": "an-error"},
            {"status": "400", "title": "Three", "detail": None, "id": "another-error"},
            {"title": 4},
        ),
        [
            responded("400 Bad Request"),
            "A: One (filter[platform])",
            "B: Two. (/data)",
            "400: Three",
            "error: 4",
            "Request ID: an-error",
        ],
    ),
    "request ID in the header": (
        error(404, "X", "X", "X", {"x-request-id": "7T4\x9bUQ3"}),
        [responded("404 Not Found"), "X: X", NOT_FOUND_HINT, "Request ID: 7T4\\x9bUQ3"],
    ),
    "body is not JSON": (raw(404, {}, b"not here"), [responded("404 Not Found"), NOT_FOUND_HINT]),
    "body is not an object": (raw(404, {}, b'["errors"]'), [responded("404 Not Found"), NOT_FOUND_HINT]),
    "errors are not a list": (raw(404, {}, b'{"errors": "none"}'), [responded("404 Not Found"), NOT_FOUND_HINT]),
    "control characters in the body": (
        errors(404, {"code": "X\x1b[2J", "title": "\x1b]0;t\x07T", "detail": "a\nb\u202ec\x9b", "id": "\x1b[1m"}),
        [
            responded("404 Not Found"),
            "X\\x1b[2J: \\x1b]0;t\\x07T. a\\nb\\u202ec\\x9b",
            NOT_FOUND_HINT,
            "Request ID: \\x1b[1m",
        ],
    ),
    "control characters in the reason": (
        reason("No\x1b[31m\x08"),
        [responded("404 No\\x1b[31m\\x08"), NOT_FOUND_HINT],
    ),
    "no reason": (reason(""), [responded("404"), NOT_FOUND_HINT]),
}


@pytest.mark.parametrize(("fault", "lines"), RESPONSES.values(), ids=RESPONSES)
def test_error_response_is_explained(api: FakeAPI, run: Run, fault: Fault, lines: list[str]) -> None:
    api.faults += [fault] * 5
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, *lines)


def test_404_of_an_overview_does_not_blame_the_id_alone(api: FakeAPI, run: Run) -> None:
    assert result(run(METRICS_SCRIPT, "1", "--overview")) == failure(
        METRICS_SCRIPT,
        "App Store Connect responded 404 Not Found to GET /v1/apps/1/performanceOverviews",
        "NOT_FOUND: The resource is not there. There is no app '1' for this key.",
        "The performance overview may not be available for this team or app yet: leave out --overview to print the",
        "metrics. If that fails too, check the app's ID, and that the key may access the app.",
        REQUEST_ID,
    )


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            SIGNATURES_PATH,
            "Check the build's ID, and that the key may access the app. Only builds on the App Store have metrics\n"
            "  and diagnostics: if this is a TestFlight build, choose another one.",
        ),
        (LOGS_PATH, "Apple keeps signatures for a limited time: list those of the build again."),
    ],
)
def test_404_names_what_is_missing(api: FakeAPI, run: Run, path: str, hint: str) -> None:
    api.responses[path] = (404, "application/json", b"{}")
    status, _, err = result(run(LOGS_SCRIPT, BUILD_ID))
    problem = f"App Store Connect responded 404 Not Found to GET {path}"
    assert (status, "", err) == failure(LOGS_SCRIPT, problem, hint, REQUEST_ID)


def test_404_of_anything_else_asks_to_check_the_id(api: FakeAPI, run: Run) -> None:
    api.responses["/v1/apps"] = (404, "application/json", b"{}")
    problem = "App Store Connect responded 404 Not Found to GET /v1/apps"
    assert result(run(METRICS_SCRIPT, "com.example")) == failure(METRICS_SCRIPT, problem, "Check the ID.", REQUEST_ID)


def test_fixed_token_is_named_after_a_401(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", "not.a.token")
    hint = (
        "The token in TOKEN may have expired: tokens are valid for at most 20 minutes. "
        "Make a new one with generate-token.py."
    )
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(
        METRICS_SCRIPT, responded("401 Unauthorized"), UNAUTHORIZED, hint, REQUEST_ID
    )


@pytest.mark.parametrize(
    ("offset_s", "difference"),
    [
        (31, "0:00:31 (h:mm:ss) behind"),
        (-31, "0:00:31 (h:mm:ss) ahead of"),
        (-3725, "1:02:05 (h:mm:ss) ahead of"),
        (86400 * 2, "2 days, 0:00:00 (h:mm:ss) behind"),
    ],
)
def test_wrong_clock_is_named_after_a_401(api: FakeAPI, run: Run, offset_s: int, difference: str) -> None:
    api.clock_offset_s = offset_s
    api.keys.clear()
    hint = f"This machine's clock is {difference} Apple's: turn on automatic date and time."
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(
        METRICS_SCRIPT, responded("401 Unauthorized"), UNAUTHORIZED, KEY_HINT, hint, REQUEST_ID
    )


@pytest.mark.parametrize(
    "date",
    [
        formatdate(NOW + 30, usegmt=True),
        formatdate(NOW - 30, usegmt=True),
        "",
        "soon",
        "Sun, 99 Jun 2025 99:99:99 GMT",
        "Mon, 99999999999999999999 Jun 2025 00:00:00 GMT",
    ],
)
def test_clock_is_not_named_if_it_is_right_or_unknown(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    monkeypatch.setattr(Handler, "date_time_string", lambda *_: date)
    api.keys.clear()
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(
        METRICS_SCRIPT, responded("401 Unauthorized"), UNAUTHORIZED, KEY_HINT, REQUEST_ID
    )


def test_clock_is_not_named_after_other_errors(api: FakeAPI, run: Run) -> None:
    api.clock_offset_s = 600
    api.faults.append(error(404, "X", "X", "X"))
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(
        METRICS_SCRIPT, responded("404 Not Found"), "X: X", NOT_FOUND_HINT, REQUEST_ID
    )


# --- responses of status 200 that are not what was requested ----------------------------------------------------------

METRICS_BODY = json.dumps(fake_api.metrics()).encode()
LOGS_BODY = json.dumps(fake_api.logs(LOGS_PATH.split("/")[3])).encode()
SIGNATURES_BODY = json.dumps({"data": fake_api.signatures("HANGS")}).encode()
ERRORS_BODY = json.dumps({"errors": [{"code": "NOT_FOUND", "title": "Gone", "detail": "It is gone."}]}).encode()
NOT_A_REPORT = "is JSON, but not a report from App Store Connect"
NOT_A_LIST = "is JSON, but not the requested list"
HTML = "is not JSON but HTML or XML: perhaps a login page or an error page was saved"
ERROR_LINES = ["is an error response from App Store Connect, not a report:", "NOT_FOUND: Gone. It is gone."]


@pytest.mark.parametrize(
    ("path", "body", "lines"),
    [
        pytest.param(METRICS_PATH, b"", ["is empty: download the report again"], id="empty metrics"),
        pytest.param(METRICS_PATH, b"{}", [NOT_A_REPORT], id="{} for metrics"),
        pytest.param(METRICS_PATH, b"[]", [NOT_A_REPORT], id="[] for metrics"),
        pytest.param(METRICS_PATH, b"<!DOCTYPE html><title>Sign in</title>", [HTML], id="HTML for metrics"),
        pytest.param(METRICS_PATH, ERRORS_BODY, ERROR_LINES, id="errors for metrics"),
        pytest.param(METRICS_PATH, LOGS_BODY, ["contains diagnostic logs, not metrics"], id="logs for metrics"),
        pytest.param(LOGS_PATH, METRICS_BODY, ["contains metrics, not diagnostic logs"], id="metrics for logs"),
        pytest.param(LOGS_PATH, ERRORS_BODY, ERROR_LINES, id="errors for logs"),
        pytest.param(
            LOGS_PATH,
            SIGNATURES_BODY,
            [
                "is the list of diagnosticSignatures, not their logs:",
                "download the logs of a signature from its relationships.logs.links.related",
            ],
            id="signatures for logs",
        ),
        pytest.param(SIGNATURES_PATH, b"", ["is empty: download the report again"], id="empty list"),
        pytest.param(SIGNATURES_PATH, b"{}", [NOT_A_LIST], id="{} for a list"),
        pytest.param(SIGNATURES_PATH, b"[]", [NOT_A_LIST], id="[] for a list"),
        pytest.param(SIGNATURES_PATH, b'{"data": {}}', [NOT_A_LIST], id="one resource for a list"),
        pytest.param(SIGNATURES_PATH, METRICS_BODY, [NOT_A_LIST], id="metrics for a list"),
        pytest.param(
            SIGNATURES_PATH, ERRORS_BODY, [NOT_A_LIST, "NOT_FOUND: Gone. It is gone."], id="errors for a list"
        ),
    ],
)
def test_wrong_document_is_a_failure_of_the_api(
    api: FakeAPI, run: Run, path: str, body: bytes, lines: list[str]
) -> None:
    api.responses[path] = (200, "application/json", body)
    script, identifier = (METRICS_SCRIPT, APP_ID) if path == METRICS_PATH else (LOGS_SCRIPT, BUILD_ID)
    status, _, err = result(run(script, identifier))
    assert (status, "", err) == failure(script, f"the response to GET {path} {lines[0]}", *lines[1:], REQUEST_ID)


def test_wrong_later_page_is_named_by_its_own_path(api: FakeAPI, run: Run) -> None:
    first = {"data": fake_api.signatures("HANGS"), "links": {"next": "/v1/elsewhere?cursor=2"}}
    api.faults += [raw(200, {}, json.dumps(first).encode()), raw(200, {}, b"null")]
    problem = f"the response to GET /v1/elsewhere {NOT_A_LIST}"
    assert result(run(LOGS_SCRIPT, BUILD_ID)) == failure(LOGS_SCRIPT, problem)


@pytest.mark.parametrize("identifier", [None, "", "../apps", "x" * 101])
def test_signature_without_a_usable_id_is_a_failure_of_the_api(api: FakeAPI, run: Run, identifier: str | None) -> None:
    page = json.dumps({"data": [{"id": identifier, "attributes": {"weight": 1}}]}).encode()
    api.responses[SIGNATURES_PATH] = (200, "application/json", page)
    status, _, err = run(LOGS_SCRIPT, BUILD_ID)
    assert (status, err) == (3, f"{LOGS_SCRIPT}: the API sent a signature without a usable ID: try again later\n")
    assert len(api.requests) == 1


# --- the network ------------------------------------------------------------------------------------------------------

LOST = "the connection to 127.0.0.1 was lost: try again"
DAMAGED = "the response is damaged (it cannot be decompressed): try again"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        pytest.param(faults.hang_up(), LOST, id="no response"),
        pytest.param(faults.reset(), LOST, id="a reset"),
        pytest.param(faults.cut(100), LOST, id="an incomplete body"),
        pytest.param(faults.corrupt_gzip(), DAMAGED, id="damaged gzip"),
        pytest.param(raw(200, {"Content-Encoding": "gzip"}, b"plain"), DAMAGED, id="not gzip"),
        pytest.param(
            faults.redirect("https://["),
            "the request failed (ValueError): check APP_STORE_CONNECT_URL and HTTPS_PROXY",
            id="a redirect to something not a URL",
        ),
    ],
)
def test_unusable_connection_is_explained(api: FakeAPI, run: Run, fault: Fault, problem: str) -> None:
    api.faults += [fault] * 5
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("method", ["begin", "read"], ids=["headers", "body"])
def test_read_timeout_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def time_out(*_: object) -> None:
        raise socket.timeout("timed out")

    monkeypatch.setattr(http.client.HTTPResponse, method, time_out)
    problem = f"GET {METRICS_PATH}: 127.0.0.1 sent nothing for 30 s: try again later"
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, problem)


NO_ROUTE = f"there is no route to {APPLE}: check the network and the VPN"


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (socket.gaierror(8, "not known"), f"cannot find {APPLE}: check the network, the VPN and the DNS settings"),
        (OSError(errno.ENETDOWN, "Network is down"), NO_ROUTE),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), NO_ROUTE),
        (OSError(errno.EHOSTUNREACH, "No route to host"), NO_ROUTE),
        (OSError(errno.EIO, "Input/output error"), f"the connection to {APPLE} was lost: try again"),
        (socket.timeout("timed out"), f"{APPLE} did not accept a connection within 10 s: check the network"),
    ],
    ids=lambda value: str(value) if isinstance(value, OSError) else "",
)
def test_unreachable_host_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, problem: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.delenv("APP_STORE_CONNECT_URL")
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses connections: it is bound, so that it stays free, but nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.usefixtures("api")
def test_refused_connection_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", f"http://127.0.0.1:{closed_port}")
    problem = f"GET {METRICS_PATH}: 127.0.0.1 refuses connections: check the network and APP_STORE_CONNECT_URL"
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, problem)


@pytest.mark.usefixtures("api")
def test_unreachable_proxy_is_explained_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.delenv("APP_STORE_CONNECT_URL")
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:password@127.0.0.1:{closed_port}")
    problem = f"GET {METRICS_PATH}: cannot reach {APPLE} through the proxy: check HTTPS_PROXY"
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, problem)


@pytest.fixture
def tls_api(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAPI]:
    """Yield a fake API over TLS; its certificate is signed by the authority in authority.pem, which is not trusted."""
    authority, certificate = trustme.CA(), tmp_path / "server.pem"
    authority.cert_pem.write_to_path(home / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    with FakeAPI(certificate=str(certificate)) as api:
        for name, value in api.environment(home).items():
            monkeypatch.setenv(name, value)
        yield api


def test_untrusted_certificate_is_explained(tls_api: FakeAPI, run: Run, delays: list[float]) -> None:
    problem = (
        f"GET {METRICS_PATH}: the certificate of 127.0.0.1 is not trusted. Behind a company proxy, export "
        "REQUESTS_CA_BUNDLE\n  with the path of the company's root certificates"
    )
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, problem)
    assert (delays, tls_api.requests) == ([], [])


@pytest.mark.usefixtures("tls_api")
def test_ca_bundle_makes_a_certificate_trusted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "authority.pem")
    status, _, err = run(METRICS_SCRIPT, APP_ID)
    assert (status, err) == (0, "")


@pytest.mark.usefixtures("tls_api")
def test_missing_ca_bundle_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "missing.pem")
    problem = (
        f"GET {METRICS_PATH}: the root certificates cannot be read: check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, "
        "or if neither is set,\n  run python3 -m pip install --force-reinstall certifi"
    )
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, problem)


def test_server_without_tls_is_not_called_untrusted(
    api: FakeAPI, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", "https"))
    problem = "no secure connection to 127.0.0.1: check the network, the proxy and REQUESTS_CA_BUNDLE"
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")
    assert delays == []


def chained(error: BaseException, cause: BaseException) -> BaseException:
    """Return `error` as it is after `raise error from cause`, with the cause in a cycle."""
    error.__cause__ = cause
    cause.__context__ = error
    return error


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (
            chained(requests.exceptions.SSLError("x"), ssl.SSLCertVerificationError("x")),
            "the certificate of api.example is not trusted. Behind a company proxy, export REQUESTS_CA_BUNDLE\n"
            "  with the path of the company's root certificates",
        ),
        (
            chained(requests.exceptions.ProxyError("x"), socket.timeout("x")),
            "cannot reach api.example through the proxy: check HTTPS_PROXY",
        ),
        (
            requests.exceptions.InvalidProxyURL("secret"),
            "the request failed (InvalidProxyURL): check APP_STORE_CONNECT_URL and HTTPS_PROXY",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exception_is_explained_by_its_causes(error: BaseException, problem: str) -> None:
    assert network_problem(error, "https://api.example/v1") == problem


@pytest.mark.parametrize("attribute", ["__cause__", "__context__", "reason", "args"])
def test_cause_is_found_wherever_an_exception_keeps_it(attribute: str) -> None:
    error, cause = requests.ConnectionError("x"), socket.gaierror(8, "not known")
    setattr(error, attribute, ("x", cause) if attribute == "args" else cause)
    problem = "cannot find api.example: check the network, the VPN and the DNS settings"
    assert network_problem(error, "https://api.example/v1") == problem
