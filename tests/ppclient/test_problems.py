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
from tests.helpers.support import NOW, Check, Outcome, Run

METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
SIGNATURES_PATH = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
LOGS_PATH = f"/v1/diagnosticSignatures/{fake_api.signatures('DISK_WRITES')[1]['id']}/logs"
APPLE = "api.appstoreconnect.apple.com"

pytestmark = pytest.mark.usefixtures("frozen", "delays")


def failure_of(outcome: Outcome) -> str:
    """Return the message of a script that failed because of the API, with `<ID>` in place of the request's ID."""
    assert outcome.status == 3
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\n\Z)", "<ID>", outcome.err)


def metrics_failure(run: Run) -> str:
    """Return why the metrics cannot be read."""
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert outcome.out == ""
    return failure_of(outcome)


# --- responses other than 200 -----------------------------------------------------------------------------------------


def reason(phrase: str) -> Fault:
    """Send a 404 with this reason phrase."""

    def fault(handler: Handler) -> None:
        handler.send_response_only(404, phrase)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return fault


def plain(status: int, code: str) -> Fault:
    """Return a fault with one error."""
    return error(status, code, "A title", "A detail.")


def errors(status: int, *entries: dict[str, object]) -> Fault:
    """Send these errors in one document, without Apple's headers."""
    return raw(status, {"Content-Type": "application/json"}, json.dumps({"errors": entries}).encode())


def rate_limit(retry_after: str | None, limit: str = "unknown") -> Fault:
    """Send a 429 with these headers."""
    headers = {"X-Rate-Limit": limit} if retry_after is None else {"X-Rate-Limit": limit, "Retry-After": retry_after}
    return error(429, "RATE_LIMIT_EXCEEDED", "The limit is reached", "Wait.", headers)


RESPONSES: dict[str, Fault] = {
    "400": plain(400, "PARAMETER_ERROR.INVALID"),
    "401": plain(401, "NOT_AUTHORIZED"),
    "403 for the role": plain(403, "FORBIDDEN_ERROR"),
    "403 for an agreement": errors(
        403, {"code": "X"}, {"code": "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "title": "It has expired."}
    ),
    "404": plain(404, "NOT_FOUND"),
    "406": plain(406, "NOT_ACCEPTABLE"),
    "500": plain(500, "UNEXPECTED_ERROR"),
    "429 for an hour": rate_limit("3600", "user-hour-lim:3600;user-hour-rem:12;"),
    "429 for a minute and a second": rate_limit("61"),
    "429 until half an hour from now": rate_limit(formatdate(NOW + 1800, usegmt=True)),
    "429 without a time": rate_limit(None, "user-hour-lim:3600;user-hour-rem:0;"),
    "429 until a minute ago": rate_limit(formatdate(NOW - 60, usegmt=True)),
    "429 for 0 s": rate_limit("0"),
    "429 for garbage": rate_limit("soon"),
    "502 from a proxy": raw(502, {"Content-Type": "text/html"}, b"<html>\x1b[31m</html>"),
    "204": raw(204, {}, b""),
    "429 for an impossible time": rate_limit("Mon, 01 Jan 2026 12:00:00 +99999999999999999"),
    "302 to a damaged URL": faults.redirect("http://[damaged/"),
    "302": faults.redirect("https://login.example/\x1b[2J"),
    "307 without a location": raw(307, {}, b""),
    "several errors": errors(
        400,
        {"code": "A", "title": "One.", "detail": "One", "source": {"parameter": "filter[platform]"}},
        {"code": "B", "detail": "Two.", "source": {"pointer": "/data"}, "id": "an-error"},
        {"status": "400", "title": "Three", "detail": None, "id": "another-error"},
        {"title": 4},
    ),
    "request ID in the header": error(404, "X", "X", "X", {"x-request-id": "7T4\x9bUQ3"}),
    "body is not JSON": raw(404, {}, b"not here"),
    "control characters in the body": errors(
        404, {"code": "X\x1b[2J", "title": "\x1b]0;t\x07T", "detail": "a\nb\u202ec\x9b", "id": "\x1b[1m"}
    ),
    "control characters in the reason": reason("No\x1b[31m\x08"),
}


def test_error_response_is_explained(api: FakeAPI, run: Run, check: Check) -> None:
    messages = []
    for name, fault in RESPONSES.items():
        api.faults[:] = [fault] * 5
        messages.append(f"{name}: {metrics_failure(run)}")
    check(messages)


def test_404_names_what_is_missing(api: FakeAPI, run: Run, check: Check) -> None:
    messages = []
    for script, argv, path in (
        (METRICS_SCRIPT, ["1", "--overview"], "/v1/apps/1/performanceOverviews"),
        (METRICS_SCRIPT, ["com.example"], "/v1/apps"),
        (LOGS_SCRIPT, [BUILD_ID], LOGS_PATH),
        (LOGS_SCRIPT, [BUILD_ID], SIGNATURES_PATH),
    ):
        api.responses[path] = (404, "application/json", b"{}")
        messages.append(failure_of(run(script, *argv)))
    check(messages)


def test_fixed_token_is_named_after_a_401(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", "not.a.token")
    check(metrics_failure(run))


DATES = {
    "31 s later": formatdate(NOW + 31, usegmt=True),
    "3725 s earlier": formatdate(NOW - 3725, usegmt=True),
    "30 s later": formatdate(NOW + 30, usegmt=True),
    "30 s earlier": formatdate(NOW - 30, usegmt=True),
    "none": "",
    "not a date": "soon",
}


def test_clock_is_named_after_a_401_if_it_is_wrong(
    api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    api.keys.clear()
    messages = []
    for name, date in DATES.items():
        monkeypatch.setattr(Handler, "date_time_string", lambda *_, date=date: date)
        messages.append(f"{name}: {metrics_failure(run)}")
    check(messages)


def test_clock_is_not_named_after_other_errors(api: FakeAPI, run: Run) -> None:
    api.clock_offset_s = 600
    api.faults.append(error(404, "X", "X", "X"))
    assert "clock" not in metrics_failure(run)


# --- responses of status 200 that are not what was requested ----------------------------------------------------------

METRICS_BODY = json.dumps(fake_api.metrics()).encode()
LOGS_BODY = json.dumps(fake_api.logs(LOGS_PATH.split("/")[3])).encode()
SIGNATURES_BODY = json.dumps({"data": fake_api.signatures("HANGS")}).encode()
ERRORS_BODY = json.dumps({"errors": [{"code": "NOT_FOUND", "title": "Gone", "detail": "It is gone."}]}).encode()
WRONG_DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "empty metrics": (METRICS_PATH, b""),
    "{} for metrics": (METRICS_PATH, b"{}"),
    "HTML for metrics": (METRICS_PATH, b"<!DOCTYPE html><title>Sign in</title>"),
    "errors for metrics": (METRICS_PATH, ERRORS_BODY),
    "logs for metrics": (METRICS_PATH, LOGS_BODY),
    "metrics for logs": (LOGS_PATH, METRICS_BODY),
    "signatures for logs": (LOGS_PATH, SIGNATURES_BODY),
    "{} for a list": (SIGNATURES_PATH, b"{}"),
    "metrics for a list": (SIGNATURES_PATH, METRICS_BODY),
    "errors for a list": (SIGNATURES_PATH, ERRORS_BODY),
}


def test_wrong_document_is_a_failure_of_the_api(api: FakeAPI, run: Run, check: Check) -> None:
    messages = []
    for name, (path, body) in WRONG_DOCUMENTS.items():
        api.responses[path] = (200, "application/json", body)
        outcome = run(METRICS_SCRIPT, APP_ID) if path == METRICS_PATH else run(LOGS_SCRIPT, BUILD_ID)
        messages.append(f"{name}: {failure_of(outcome)}")
    check(messages)


# --- the network ------------------------------------------------------------------------------------------------------

BROKEN_RESPONSES: dict[str, Fault] = {
    "no response": faults.hang_up(),
    "a reset": faults.reset(),
    "an incomplete body": faults.cut(100),
    "damaged gzip": faults.corrupt_gzip(),
    "not gzip": raw(200, {"Content-Encoding": "gzip"}, b"plain"),
}


def test_unusable_connection_is_explained(api: FakeAPI, run: Run, check: Check) -> None:
    messages = []
    for name, fault in BROKEN_RESPONSES.items():
        api.faults[:] = [fault] * 5
        messages.append(f"{name}: {metrics_failure(run)}")
    check(messages)


def problem_of(run: Run) -> str:
    """Return what prevented a response to the request for the metrics."""
    return metrics_failure(run).removeprefix(f"{METRICS_SCRIPT}: GET {METRICS_PATH}: ").removesuffix("\n")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("method", ["begin", "read1"], ids=["headers", "body"])
def test_read_timeout_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def time_out(*_: object) -> None:
        raise socket.timeout("timed out")

    monkeypatch.setattr(http.client.HTTPResponse, method, time_out)
    assert problem_of(run) == "127.0.0.1 sent nothing for 30 s: try again later"


NOT_KNOWN = socket.gaierror(8, "not known")
NO_ROUTE = OSError(errno.EHOSTUNREACH, "No route to host")
TIMEOUT = socket.timeout("timed out")


def use_apple(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """Send requests to Apple, through a proxy unless it is empty."""
    for name in ("APP_STORE_CONNECT_URL", "NO_PROXY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", proxy)


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    ("error", "proxy", "problem"),
    [
        (NOT_KNOWN, "", f"cannot find {APPLE}: check the network, the VPN and the DNS settings"),
        (NOT_KNOWN, "http://proxy.example:1", "cannot find the proxy: check HTTPS_PROXY, the network and the VPN"),
        (NO_ROUTE, "", f"there is no route to {APPLE}: check the network and the VPN"),
        (TIMEOUT, "", f"{APPLE} did not accept a connection within 10 s: check the network"),
    ],
)
def test_unreachable_host_is_explained(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, proxy: str, problem: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    use_apple(monkeypatch, proxy)
    assert problem_of(run) == problem


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses connections: it is bound, so that it stays free, but nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.usefixtures("api")
def test_refused_connection_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", f"http://127.0.0.1:{closed_port}")
    assert problem_of(run) == "127.0.0.1 refuses connections: check the network and APP_STORE_CONNECT_URL"


# --- proxies ----------------------------------------------------------------------------------------------------------

UNREACHABLE_PROXY = f"cannot reach {APPLE} through the proxy: check HTTPS_PROXY"
NOT_A_PROXY = "is not the URL of an http or https proxy, such as http://proxy.example:8080"


@pytest.mark.usefixtures("api")
def test_unreachable_proxy_is_explained_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    use_apple(monkeypatch, f"http://someone:password@127.0.0.1:{closed_port}")
    assert problem_of(run) == UNREACHABLE_PROXY


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
        (407, "the proxy requires a user name and a password: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"),
        (403, UNREACHABLE_PROXY),
    ],
)
def test_proxy_that_refuses_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch, status: int, problem: str) -> None:
    monkeypatch.setattr(Proxy, "status", status)
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True).start()
        use_apple(monkeypatch, f"http://127.0.0.1:{server.server_port}")
        explanation = problem_of(run)
        server.shutdown()
    assert explanation == problem


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
ONE_DAY = datetime.timedelta(days=1)
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


CERTIFICATES: dict[str, tuple[str, dict[str, Any], str]] = {
    "expired": ("127.0.0.1", {"not_after": PAST}, "authority.pem"),
    "not valid yet": ("127.0.0.1", {"not_before": FUTURE, "not_after": FUTURE + ONE_DAY}, "authority.pem"),
    "of another host": ("other.example", {}, "authority.pem"),
    "not trusted": ("127.0.0.1", {}, ""),
    "without the bundle": ("127.0.0.1", {}, "missing.pem"),
}


def test_problem_of_a_certificate_is_named(
    serve_tls: ServeTLS, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    messages = []
    for name, (host, validity, bundle) in CERTIFICATES.items():
        api = serve_tls(host, **validity)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        messages.append(f"{name}: {metrics_failure(run)}")
        assert (delays, api.requests) == ([], [])
    check(messages)


def test_ca_bundle_makes_a_certificate_trusted(serve_tls: ServeTLS, run: Run) -> None:
    serve_tls()
    status, _, err = run(METRICS_SCRIPT, APP_ID)
    assert (status, err) == (0, "")


def test_server_without_tls_is_not_called_untrusted(
    api: FakeAPI, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", "https"))
    assert problem_of(run) == "no secure connection to 127.0.0.1: check the network, the proxy and REQUESTS_CA_BUNDLE"
    assert delays == []
