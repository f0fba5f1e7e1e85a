"""The client sends its token only to the API, follows lists page by page, and retries what may succeed later."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any, Callable

import jwt
import pytest
import requests
import trustme

from ppclient.auth import BearerAuth
from ppclient.base_url import base_url_from
from ppclient.client import Client, Query
from ppclient.credentials import FixedToken
from ppclient.redaction import Redactor
from ppparser.documents.loading import DIAGNOSTICS, METRICS
from ppparser.errors import APIError, CredentialsError, NotFoundError
from tests import fake_api
from tests.fake_api import APP_ID, BUILD_ID, INDIVIDUAL_KEY_ID, KEY_ID, FakeAPI, Fault, Handler, faults
from tests.helpers.clients import new_client
from tests.helpers.support import NOW, Run

METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
SIGNATURES_PATH = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
RETRY_DELAYS_S = [0.0, 1.0, 2.0, 4.0]
ERROR_503 = faults.error(503, "X", "X", "X")


def read_metrics(client: Client) -> tuple[bytes, dict[str, Any]]:
    """Request the metrics of the app."""
    return client.report(METRICS, METRICS_PATH, "the metrics")


def read_signatures(client: Client, query: Query | None = None) -> list[str]:
    """Return the IDs of the signatures of the build."""
    return [signature["id"] for signature in client.resources(SIGNATURES_PATH, "the signatures", query or {})]


def problem_of(call: Callable[[], object]) -> str:
    """Return the message of the APIError that `call` raises."""
    with pytest.raises(APIError) as caught:
        call()
    assert type(caught.value) in (APIError, NotFoundError)
    return str(caught.value)


def tokens(api: FakeAPI) -> list[str]:
    """Return the bearer token of each request."""
    return [request.headers["Authorization"].split("Bearer ")[1] for request in api.requests]


# --- the base URL -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "https://api.appstoreconnect.apple.com"),
        ({"APP_STORE_CONNECT_URL": ""}, "https://api.appstoreconnect.apple.com"),
        ({"APP_STORE_CONNECT_URL": "https://proxy.example:8443/apple/"}, "https://proxy.example:8443/apple"),
        ({"APP_STORE_CONNECT_URL": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"APP_STORE_CONNECT_URL": "http://localhost:8080/"}, "http://localhost:8080"),
        ({"APP_STORE_CONNECT_URL": "http://[::1]:8080"}, "http://[::1]:8080"),
    ],
)
def test_base_url_may_be_https_or_http_on_loopback(environ: dict[str, str], url: str) -> None:
    assert base_url_from(environ) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.appstoreconnect.apple.com",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "https://user@proxy.example",
        "https://proxy.example?x=1",
        "https://proxy.example#x",
        "https://",
        "https://proxy.example:port",
        "ftp://127.0.0.1",
        "api.appstoreconnect.apple.com",
    ],
)
def test_other_base_urls_are_rejected(url: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        base_url_from({"APP_STORE_CONNECT_URL": url})
    assert type(caught.value) is CredentialsError
    assert str(caught.value) == (
        "APP_STORE_CONNECT_URL must be an https URL, or http on loopback, without a query or a user"
    )


def test_paths_are_appended_to_the_base_url(api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_STORE_CONNECT_URL", f"{api.url}/apple/")
    with new_client() as client, pytest.raises(APIError, match=f"404 Not Found to GET /apple{METRICS_PATH}\n"):
        read_metrics(client)
    assert [request.path for request in api.requests] == [f"/apple{METRICS_PATH}"]


# --- the session ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("delays")
def test_connection_is_kept_after_error_responses(api: FakeAPI, client: Client) -> None:
    api.faults += [ERROR_503, faults.error(401, "X", "X", "X"), faults.error(400, "X", "X", "X")]
    problem_of(lambda: read_metrics(client))
    read_metrics(client)
    assert (len(api.requests), api.connections) == (4, 1)


def test_connections_are_closed_with_the_client(api: FakeAPI) -> None:
    closed = threading.Event()

    def fault(handler: Handler) -> None:
        handler.send(handler.response())
        handler.connection.recv(1)  # Returns at the end of the connection.
        handler.close_connection = True
        closed.set()

    api.faults.append(fault)
    with new_client() as client:
        read_metrics(client)
        assert not closed.is_set()
    assert closed.wait(60)


def test_each_endpoint_is_sent_its_media_type(api: FakeAPI, client: Client) -> None:
    (signature_id, *_) = read_signatures(client, {"filter[diagnosticType]": "LAUNCHES", "limit": 200})
    client.report(DIAGNOSTICS, f"/v1/diagnosticSignatures/{signature_id}/logs", "the logs", {"limit": 5})
    read_metrics(client)
    assert [request.headers["Accept"] for request in api.requests] == [
        "application/json",
        "application/vnd.apple.diagnostic-logs+json",
        "application/vnd.apple.xcode-metrics+json",
    ]


def test_report_comes_with_its_bytes_as_received(api: FakeAPI, client: Client) -> None:
    body = b'{ "productData" : [ ] , "version": 1.50 }\r\n'
    api.responses[METRICS_PATH] = (200, fake_api.METRICS_TYPE, body)
    assert read_metrics(client) == (body, {"productData": [], "version": b"1.50"})


def test_every_request_has_timeouts(api: FakeAPI, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    timeouts: list[object] = []
    send = requests.adapters.HTTPAdapter.send

    def recorded(*args: Any, **options: Any) -> requests.Response:
        timeouts.append(options["timeout"])
        return send(*args, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", recorded)
    api.faults.append(faults.error(401, "X", "X", "X"))
    read_metrics(client)
    assert timeouts == [(10, 30)] * 2


@pytest.mark.usefixtures("delays")
def test_progress_is_reported(api: FakeAPI) -> None:
    progress: list[str] = []
    api.faults += [ERROR_503, ERROR_503]
    with new_client(progress.append) as client:
        read_signatures(client, {"filter[diagnosticType]": "HANGS"})
        read_metrics(client)
    assert progress == [
        "fetching the signatures, page 1",
        "the request failed: retrying in 0 s",
        "the request failed: retrying in 1 s",
        "fetching the signatures, page 2",
        "fetching the metrics",
    ]


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_proxy_is_not_used_on_loopback(api: FakeAPI, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.delenv("NO_PROXY")
    with FakeAPI() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("APP_STORE_CONNECT_URL", api.url.replace("http", scheme, 1))
        with new_client() as client:
            read_metrics(client)
        assert (len(api.requests), proxy.connections) == (1, 0)


def test_netrc_does_not_replace_the_token(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc, bundle, certificate = (tmp_path / name for name in ("netrc", "bundle.pem", "server.pem"))
    for path in (home / ".netrc", netrc):
        path.write_text("machine 127.0.0.1 login someone password secret\n")
        path.chmod(0o600)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(bundle)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    # Over https, because a session for http on loopback does not read the environment at all.
    with FakeAPI(certificate=str(certificate)) as api:
        variables = {**api.environment(home), "NETRC": str(netrc), "REQUESTS_CA_BUNDLE": str(bundle)}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with new_client() as client:
            read_metrics(client)
        assert [jwt.get_unverified_header(token)["kid"] for token in tokens(api)] == [KEY_ID]


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_individual_key_reads_the_api(api: FakeAPI, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "key.p8").write_text(api.individual_private_key_pem)
    monkeypatch.delenv("ISSUER_ID")
    monkeypatch.setenv("KEY_ID", INDIVIDUAL_KEY_ID)
    monkeypatch.setenv("KEY_FILE_PATH", "key.p8")
    with new_client() as client:
        assert list(client.resources("/v1/apps", "the apps")) == fake_api.apps(api.url)


def test_token_is_reused_until_17_minutes_have_passed(
    api: FakeAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in (0, 17 * 60 - 1, 17 * 60, 17 * 60 + 1):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: NOW + seconds)
        read_metrics(client)
    first, second, third, fourth = tokens(api)
    assert first == second != third == fourth


def test_random_401_is_repeated_once_with_a_new_token(api: FakeAPI, client: Client, delays: list[float]) -> None:
    read_metrics(client)
    api.faults.append(faults.error(401, "X", "X", "X"))
    read_metrics(client)
    read_metrics(client)
    first, rejected, renewed, last = tokens(api)
    assert first == rejected != renewed == last
    assert delays == []


def test_401_for_the_new_token_is_final(api: FakeAPI, client: Client, delays: list[float]) -> None:
    del api.keys[KEY_ID]
    assert problem_of(lambda: read_metrics(client)).startswith("App Store Connect responded 401 Unauthorized")
    assert (len(api.requests), delays) == (2, [])


@pytest.mark.usefixtures("delays")
def test_each_retry_may_renew_the_token(api: FakeAPI, client: Client) -> None:
    error_401 = faults.error(401, "X", "X", "X")
    api.faults += [error_401, faults.hang_up(), error_401]
    read_metrics(client)
    assert len(api.requests) == 4


def test_fixed_token_is_sent_as_it_is_and_only_once(api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEY_ID")
    monkeypatch.setenv("TOKEN", "not.a.token\n")
    with new_client() as client:
        problem_of(lambda: read_metrics(client))
    assert tokens(api) == ["not.a.token"]


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://api.example/v1/apps", "Bearer a.b.c"),
        ("https://API.example/v1/apps", "Bearer a.b.c"),
        ("https://api.example:444/v1/apps", None),
        ("http://api.example/v1/apps", None),
        ("https://api.example.evil/v1/apps", None),
        ("https://api.example@evil.example/v1/apps", None),
    ],
)
def test_token_is_added_only_for_the_same_origin(url: str, header: str | None) -> None:
    auth = BearerAuth(FixedToken("a.b.c"), "https://api.example", Redactor())
    assert requests.Request("GET", url, auth=auth).prepare().headers.get("Authorization") == header


# --- lists and links --------------------------------------------------------------------------------------------------


def page(ids: list[str], next_link: str | None) -> Fault:
    """Send a page of a list."""
    document = {"data": [{"id": identifier} for identifier in ids], "links": {"next": next_link}}
    return faults.raw(200, {"Content-Type": "application/json"}, json.dumps(document).encode())


def test_list_is_read_to_its_last_page_with_one_query(api: FakeAPI, client: Client) -> None:
    ids = read_signatures(client, {"filter[diagnosticType]": "DISK_WRITES", "limit": 200})
    assert ids == [signature["id"] for signature in fake_api.signatures("DISK_WRITES")]
    first, second = (request.path.split("?")[1] for request in api.requests)
    assert first == "filter%5BdiagnosticType%5D=DISK_WRITES&limit=200"
    assert sorted(part.split("=")[0] for part in second.split("&")) == ["cursor", "filter%5BdiagnosticType%5D", "limit"]


def test_page_that_links_back_ends_the_list(api: FakeAPI, client: Client) -> None:
    api.faults += [page(["a"], f"{api.url}{SIGNATURES_PATH}?cursor=2")] * 3
    problem = f"GET {SIGNATURES_PATH}: a page of the list links back to an earlier one"
    assert (problem_of(lambda: read_signatures(client)), len(api.requests)) == (problem, 2)


ANOTHER_HOST = "the API sent a link to another host ({}): nothing was sent there"


@pytest.mark.parametrize(
    ("form", "host"),
    [
        ("http://{other}/v1/apps", "127.0.0.1"),
        ("https://{own}/v1/apps", "127.0.0.1"),
        ("http://localhost:{own_port}/v1/apps", "localhost"),
        ("http://someone@{own}/v1/apps", "127.0.0.1"),
        ("http://{own}@{other}/v1/apps", "127.0.0.1"),
        ("http://{other}\\@{own}/v1/apps", "127.0.0.1"),
        ("mailto:someone@example.com", "no host at all"),
        ("http://[damaged/v1/apps", "no host at all"),
    ],
)
def test_link_to_another_origin_is_not_followed(api: FakeAPI, client: Client, form: str, host: str) -> None:
    with FakeAPI() as another:
        own, other = (server.url.split("//")[1] for server in (api, another))
        api.faults.append(page([], form.format(own=own, own_port=own.split(":")[1], other=other)))
        assert problem_of(lambda: read_signatures(client)) == ANOTHER_HOST.format(host)
        assert (len(api.requests), another.connections) == (1, 0)


def test_logs_are_not_fetched_from_another_origin(api: FakeAPI, run: Run) -> None:
    with FakeAPI() as another:
        body = json.dumps({"data": fake_api.signatures("HANGS", another.url)}).encode()
        api.responses[SIGNATURES_PATH] = (200, "application/json", body)
        outcome = run("get-diagnostics-logs.py", "--type=hangs", BUILD_ID)
        assert another.connections == 0
    assert (outcome.status, outcome.err) == (3, f"get-diagnostics-logs.py: {ANOTHER_HOST.format('127.0.0.1')}\n")


@pytest.mark.parametrize("is_same_origin", [True, False])
def test_redirect_is_not_followed(api: FakeAPI, client: Client, is_same_origin: bool) -> None:
    with FakeAPI() as another:
        api.faults.append(faults.redirect(f"{(api if is_same_origin else another).url}{METRICS_PATH}"))
        assert problem_of(lambda: read_metrics(client)).startswith("App Store Connect responded 302 Found")
        assert (len(api.requests), another.connections) == (1, 0)


# --- retries ----------------------------------------------------------------------------------------------------------


def wait_for(retry_after: str) -> Fault:
    """Send a 429 that asks for a delay."""
    return faults.error(429, "X", "X", "X", {"Retry-After": retry_after})


TEMPORARY: dict[str, tuple[list[Fault], list[float]]] = {
    "429": ([faults.error(429, "X", "X", "X")], [1]),
    "429 for 7 s": ([wait_for("7")], [7]),
    "429 for 60 s": ([wait_for("60")], [60]),
    "429 until 9 s from now": ([wait_for(formatdate(NOW + 9, usegmt=True))], [9]),
    "429 until 9 s ago": ([wait_for(formatdate(NOW - 9, usegmt=True))], [1]),
    "429 for an unknown time": ([wait_for("soon")], [1]),
    "429 for less than the next delay": ([wait_for("3")] * 4, [3, 3, 3, 4]),
    "500": ([faults.error(500, "X", "X", "X")] * 2, [0, 1]),
    "502": ([faults.raw(502, {}, b"")] * 4, [0, 1, 2, 4]),
    "503": ([ERROR_503], [0]),
    "504": ([faults.raw(504, {}, b"<html>")], [0]),
    "no response": ([faults.hang_up()] * 3, [0, 1, 2]),
    "a reset": ([faults.reset()], [0]),
    "an incomplete body": ([faults.cut(100)], [0]),
    "damaged gzip": ([faults.corrupt_gzip()], [0]),
    "several faults": ([faults.hang_up(), ERROR_503, faults.corrupt_gzip()], [0, 1, 2]),
}


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(("sent", "expected_delays"), TEMPORARY.values(), ids=TEMPORARY)
def test_temporary_fault_is_retried(
    api: FakeAPI, client: Client, delays: list[float], sent: list[Fault], expected_delays: list[float]
) -> None:
    api.faults += sent
    assert read_metrics(client)[1]["productData"]
    assert (delays, len(api.requests)) == (expected_delays, len(sent) + 1)


PERMANENT: dict[str, tuple[Fault, list[float]]] = {
    "429": (faults.error(429, "X", "X", "X"), [1.0, 1.0, 2.0, 4.0]),
    "429 for 61 s": (wait_for("61"), []),
    "503": (ERROR_503, RETRY_DELAYS_S),
    "no response": (faults.hang_up(), RETRY_DELAYS_S),
    "damaged gzip": (faults.corrupt_gzip(), RETRY_DELAYS_S),
    "204": (faults.raw(204, {}, b""), []),
    "400": (faults.error(400, "X", "X", "X"), []),
    "403": (faults.error(403, "X", "X", "X"), []),
    "501": (faults.raw(501, {}, b""), []),
    "a body that is not JSON": (faults.raw(200, {}, b"<html>"), []),
}


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(("fault", "expected_delays"), PERMANENT.values(), ids=PERMANENT)
def test_requests_end_after_the_last_retry(
    api: FakeAPI, client: Client, delays: list[float], fault: Fault, expected_delays: list[float]
) -> None:
    api.faults += [fault] * 9
    problem_of(lambda: read_metrics(client))
    assert (delays, len(api.requests)) == (expected_delays, len(expected_delays) + 1)


@pytest.mark.parametrize("method", ["begin", "read1"], ids=["headers", "body"])
def test_read_that_times_out_once_is_retried(
    api: FakeAPI, client: Client, delays: list[float], monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    genuine = getattr(http.client.HTTPResponse, method)
    failures = [socket.timeout("timed out")]

    def time_out_once(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return genuine(*args)

    monkeypatch.setattr(http.client.HTTPResponse, method, time_out_once)
    assert read_metrics(client)[1]["productData"]
    assert (delays, len(api.requests), failures) == ([0], 2, [])


def test_ctrl_c_during_a_delay_exits_with_130(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    api.faults.append(ERROR_503)
    assert run("get-metrics-insights.py", APP_ID) == (130, "", "")
    assert len(api.requests) == 1
