"""A script explains a response or a network error that it cannot use, and exits with status 3."""

from __future__ import annotations

import datetime
import errno
import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest
import trustme

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


def plain(status: str, code: str, *hints: str) -> tuple[Fault, list[str]]:
    """Return a fault with one error, and the lines for it."""
    fault = error(int(status[:3]), code, "A title", "A detail.")
    return fault, [responded(status), f"{code}: A title. A detail.", *hints, REQUEST_ID]


def errors(status: int, *entries: dict[str, object]) -> Fault:
    """Send these errors in one document, without Apple's headers."""
    return raw(status, {"Content-Type": "application/json"}, json.dumps({"errors": entries}).encode())


def rate_limit(retry_after: str | None, limit: str = "unknown") -> Fault:
    """Send a 429 with these headers."""
    headers = {"X-Rate-Limit": limit} if retry_after is None else {"X-Rate-Limit": limit, "Retry-After": retry_after}
    return error(429, "RATE_LIMIT_EXCEEDED", "The limit is reached", "Wait.", headers)


def rate_limit_lines(advice: str) -> list[str]:
    """Return the lines for a 429."""
    problem = "RATE_LIMIT_EXCEEDED: The limit is reached. Wait."
    return [responded("429 Too Many Requests"), problem, advice, REQUEST_ID]


RESPONSES: dict[str, tuple[Fault, list[str]]] = {
    "400": plain("400 Bad Request", "PARAMETER_ERROR.INVALID"),
    "401": plain("401 Unauthorized", "NOT_AUTHORIZED", KEY_HINT),
    "403 for the role": plain("403 Forbidden", "FORBIDDEN_ERROR", ROLE_HINT),
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
    "404": plain("404 Not Found", "NOT_FOUND", NOT_FOUND_HINT),
    "406": plain("406 Not Acceptable", "NOT_ACCEPTABLE", MEDIA_TYPE_HINT),
    "500": plain("500 Internal Server Error", "UNEXPECTED_ERROR", TEMPORARY),
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
    "429 for 0 s": (rate_limit("0"), rate_limit_lines("Try again later; the limit is a rolling hour.")),
    "429 for garbage": (rate_limit("soon"), rate_limit_lines("Try again later; the limit is a rolling hour.")),
    "502 from a proxy": (
        raw(502, {"Content-Type": "text/html"}, b"<html>\x1b[31m</html>"),
        [responded("502 Bad Gateway"), TEMPORARY],
    ),
    "204": (raw(204, {}, b""), [responded("204 No Content"), NOT_APPLE]),
    "302": (
        faults.redirect("https://login.example/\x1b[2J"),
        [responded("302 Found"), REDIRECT_HINT.format("login.example")],
    ),
    "307 without a location": (
        raw(307, {}, b""),
        [responded("307 Temporary Redirect"), REDIRECT_HINT.format("no host")],
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
    ("script", "identifier", "path", "hint"),
    [
        (
            LOGS_SCRIPT,
            BUILD_ID,
            SIGNATURES_PATH,
            "Check the build's ID, and that the key may access the app. Only builds on the App Store have metrics\n"
            "  and diagnostics: if this is a TestFlight build, choose another one.",
        ),
        (
            LOGS_SCRIPT,
            BUILD_ID,
            LOGS_PATH,
            "Apple keeps signatures for a limited time: list those of the build again.",
        ),
        (METRICS_SCRIPT, "com.example", "/v1/apps", "Check the ID."),
    ],
)
def test_404_names_what_is_missing(api: FakeAPI, run: Run, script: str, identifier: str, path: str, hint: str) -> None:
    api.responses[path] = (404, "application/json", b"{}")
    status, _, err = result(run(script, identifier))
    problem = f"App Store Connect responded 404 Not Found to GET {path}"
    assert (status, "", err) == failure(script, problem, hint, REQUEST_ID)


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
        (-3725, "1:02:05 (h:mm:ss) ahead of"),
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
        pytest.param(METRICS_PATH, b"<!DOCTYPE html><title>Sign in</title>", [HTML], id="HTML for metrics"),
        pytest.param(METRICS_PATH, ERRORS_BODY, ERROR_LINES, id="errors for metrics"),
        pytest.param(METRICS_PATH, LOGS_BODY, ["contains diagnostic logs, not metrics"], id="logs for metrics"),
        pytest.param(LOGS_PATH, METRICS_BODY, ["contains metrics, not diagnostic logs"], id="metrics for logs"),
        pytest.param(
            LOGS_PATH,
            SIGNATURES_BODY,
            [
                "is the list of diagnosticSignatures, not their logs:",
                "download the logs of a signature from its relationships.logs.links.related",
            ],
            id="signatures for logs",
        ),
        pytest.param(SIGNATURES_PATH, b"{}", [NOT_A_LIST], id="{} for a list"),
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
        (OSError(errno.EHOSTUNREACH, "No route to host"), NO_ROUTE),
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


# --- proxies ----------------------------------------------------------------------------------------------------------

UNREACHABLE_PROXY = f"cannot reach {APPLE} through the proxy: check HTTPS_PROXY"
NOT_A_PROXY = "is not the URL of an http or https proxy, such as http://proxy.example:8080"


def through(proxy: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Request the metrics from Apple through a proxy."""
    for name in ("APP_STORE_CONNECT_URL", "NO_PROXY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    return run(METRICS_SCRIPT, APP_ID)


@pytest.mark.usefixtures("api")
def test_unreachable_proxy_is_explained_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    outcome = through(f"http://someone:password@127.0.0.1:{closed_port}", run, monkeypatch)
    assert outcome == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {UNREACHABLE_PROXY}")


@pytest.mark.usefixtures("api")
def test_proxy_that_cannot_be_found_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(8, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    problem = "cannot find the proxy: check HTTPS_PROXY, the network and the VPN"
    outcome = through("http://proxy.example:8080", run, monkeypatch)
    assert outcome == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")


class Proxy(BaseHTTPRequestHandler):
    """A proxy that refuses each request with `status`."""

    status = 0

    def do_CONNECT(self) -> None:
        """Refuse a connection."""
        self.send_error(self.status)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Write nothing."""


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (
            407,
            "the proxy requires a user name and a password: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        ),
        (403, UNREACHABLE_PROXY),
    ],
)
def test_proxy_that_refuses_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, status: int, problem: str) -> None:
    monkeypatch.setattr(Proxy, "status", status)
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True).start()
        outcome = through(f"http://127.0.0.1:{server.server_port}", run, monkeypatch)
        server.shutdown()
    assert outcome == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    "proxy", ["http://user@", "http://[", "http://a:b:c", "http://x:99999", "http://x:0", "socks5://127.0.0.1:1"]
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_malformed_proxy_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, proxy: str) -> None:
    monkeypatch.setenv(name, proxy)
    assert run(METRICS_SCRIPT, APP_ID) == (1, "", f"{METRICS_SCRIPT}: {name} {NOT_A_PROXY}\n")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("proxy", ["127.0.0.1:8080", "http://user:password@proxy.example:8080/", "https://[::1]:1"])
def test_usual_proxies_are_accepted(run: Run, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert run(METRICS_SCRIPT, APP_ID).status == 0


# --- certificates -----------------------------------------------------------------------------------------------------

AUTHORITY = trustme.CA()
PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
FUTURE = datetime.datetime(2090, 1, 1, tzinfo=datetime.timezone.utc)
ServeTLS = Callable[..., FakeAPI]


@pytest.fixture
def serve_tls(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServeTLS]:
    """Return a function that starts a fake API over TLS; AUTHORITY, which signs the certificate, is in authority.pem.

    It takes the host in the certificate, and its validity.
    """
    with ExitStack() as running:

        def serve_tls(host: str = "127.0.0.1", **validity: Any) -> FakeAPI:
            AUTHORITY.issue_cert(host, **validity).private_key_and_cert_chain_pem.write_to_path(home / "server.pem")
            AUTHORITY.cert_pem.write_to_path(home / "authority.pem")
            api = running.enter_context(FakeAPI(certificate=str(home / "server.pem")))
            for name, value in {**api.environment(home), "REQUESTS_CA_BUNDLE": "authority.pem"}.items():
                monkeypatch.setenv(name, value)
            return api

        yield serve_tls


@pytest.mark.parametrize(
    ("host", "validity", "problem"),
    [
        (
            "127.0.0.1",
            {"not_after": PAST},
            "the certificate of 127.0.0.1 is not valid at this time: check the date of this machine, and the proxy",
        ),
        (
            "127.0.0.1",
            {"not_before": FUTURE, "not_after": FUTURE + datetime.timedelta(days=9)},
            "the certificate of 127.0.0.1 is not valid at this time: check the date of this machine, and the proxy",
        ),
        (
            "other.example",
            {},
            "the certificate is not one of 127.0.0.1: check the network, the proxy and APP_STORE_CONNECT_URL",
        ),
    ],
    ids=["expired", "not valid yet", "wrong host"],
)
def test_problem_of_a_certificate_is_named(
    serve_tls: ServeTLS, run: Run, host: str, validity: dict[str, Any], problem: str
) -> None:
    serve_tls(host, **validity)
    assert run(METRICS_SCRIPT, APP_ID) == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")


def test_untrusted_certificate_is_explained(
    serve_tls: ServeTLS, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = serve_tls()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    problem = (
        f"GET {METRICS_PATH}: the certificate of 127.0.0.1 is not trusted. Behind a company proxy, export "
        "REQUESTS_CA_BUNDLE\n  with the path of the company's root certificates"
    )
    assert run(METRICS_SCRIPT, APP_ID) == failure(METRICS_SCRIPT, problem)
    assert (delays, api.requests) == ([], [])


def test_ca_bundle_makes_a_certificate_trusted(serve_tls: ServeTLS, run: Run) -> None:
    serve_tls()
    status, _, err = run(METRICS_SCRIPT, APP_ID)
    assert (status, err) == (0, "")


def test_missing_ca_bundle_is_explained(serve_tls: ServeTLS, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_tls()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "missing.pem")
    problem = (
        f"GET {METRICS_PATH}: the root certificates cannot be read: check REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, "
        "or if neither is set,\n  run python3 -m pip install --force-reinstall certifi"
    )
    assert run(METRICS_SCRIPT, APP_ID) == failure(METRICS_SCRIPT, problem)


def test_server_without_tls_is_not_called_untrusted(
    api: FakeAPI, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", "https"))
    problem = "no secure connection to 127.0.0.1: check the network, the proxy and REQUESTS_CA_BUNDLE"
    assert result(run(METRICS_SCRIPT, APP_ID)) == failure(METRICS_SCRIPT, f"GET {METRICS_PATH}: {problem}")
    assert delays == []
