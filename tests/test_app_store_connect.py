from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import app_store_connect
import fleet
import jwt
import pytest
import requests
from app_store_connect import AppStoreConnect
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

APP_METRICS = f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"
BUILD_METRICS = f"/v1/builds/{fleet.BUILD_ID}/perfPowerMetrics"
SIGNATURES = f"/v1/builds/{fleet.BUILD_ID}/diagnosticSignatures"
SIGNATURE_ID = fleet.signatures("HANGS")[0]["id"]
LOGS = f"/v1/diagnosticSignatures/{SIGNATURE_ID}/logs"
TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
TIMEOUT_S = 30


@pytest.fixture
def api() -> Iterator[AppStoreConnect]:
    with AppStoreConnect() as running:
        yield running


@pytest.fixture
def session(api: AppStoreConnect) -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        opened.headers["Authorization"] = f"Bearer {token(api)}"
        yield opened


def token(api: AppStoreConnect, key_id: str = "", pem: str = "", algorithm: str = "ES256", **changes: Any) -> str:
    """Return a team key's token; `changes` replace claims, times in seconds from now, and None takes a claim out."""
    claims = {"iss": api.issuer_id, "iat": -60, "exp": 600, "aud": "appstoreconnect-v1", **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    for name in ("iat", "exp"):
        if isinstance(claims.get(name), int):
            claims[name] += int(time.time())
    return jwt.encode(claims, pem or api.private_key_pem, algorithm, {"kid": key_id or api.key_id})


def individual_token(api: AppStoreConnect, **changes: Any) -> str:
    """Return an individual key's token."""
    return token(api, api.individual_key_id, api.individual_private_key_pem, **{"iss": None, "sub": "user", **changes})


def status(session: requests.Session, url: str, bearer: str) -> int:
    return session.get(url, headers={"Authorization": f"Bearer {bearer}"}, timeout=TIMEOUT_S).status_code


def error_without_id(response: requests.Response) -> dict[str, Any]:
    """Return the only error of an answer, without the ID that differs each time."""
    (entry,) = response.json()["errors"]
    assert entry.pop("id") == response.headers["x-request-id"]
    return dict(entry)


# --- authentication ---------------------------------------------------------------------------------------------------


def test_a_token_of_the_team_key_is_accepted(api: AppStoreConnect, session: requests.Session) -> None:
    assert status(session, f"{api.url}/v1/apps", token(api)) == 200


def test_a_token_of_the_individual_key_is_accepted(api: AppStoreConnect, session: requests.Session) -> None:
    assert status(session, f"{api.url}/v1/apps", individual_token(api)) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "appstoreconnect-v2"},
        {"iss": str(uuid.UUID(int=7))},
        {"iss": None},
        {"sub": "user"},
        {"iat": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": -1},
        {"exp": 21 * 60},
        {"iat": -3600},
        {"iat": 300},
        {"scope": []},
        {"scope": [7]},
        {"scope": ["GET /v1/builds"]},
        {"scope": ["POST /v1/apps"]},
        {"scope": ["GET /v1/apps?limit=1"]},
    ],
    ids=str,
)
def test_a_team_token_with_a_wrong_claim_is_refused(
    api: AppStoreConnect, session: requests.Session, changes: dict[str, Any]
) -> None:
    assert status(session, f"{api.url}/v1/apps", token(api, **changes)) == 401


@pytest.mark.parametrize("changes", [{"iss": app_store_connect.ISSUER_ID}, {"sub": None}, {"sub": "me"}], ids=str)
def test_an_individual_token_with_a_wrong_claim_is_refused(
    api: AppStoreConnect, session: requests.Session, changes: dict[str, Any]
) -> None:
    assert status(session, f"{api.url}/v1/apps", individual_token(api, **changes)) == 401


def test_a_token_signed_by_another_key_than_it_names_is_refused(
    api: AppStoreConnect, session: requests.Session
) -> None:
    assert status(session, f"{api.url}/v1/apps", token(api, pem=api.individual_private_key_pem)) == 401


def test_a_token_that_names_an_unknown_key_is_refused(api: AppStoreConnect, session: requests.Session) -> None:
    assert status(session, f"{api.url}/v1/apps", token(api, "NXSVCHK3Y0")) == 401


def test_a_token_of_another_algorithm_is_refused(api: AppStoreConnect, session: requests.Session) -> None:
    assert status(session, f"{api.url}/v1/apps", token(api, pem="s" * 32, algorithm="HS256")) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer no.jwt", "Basic dTpw"])
def test_a_header_without_a_token_is_refused_in_apples_form(
    api: AppStoreConnect, session: requests.Session, header: str
) -> None:
    response = session.get(f"{api.url}/v1/apps", headers={"Authorization": header}, timeout=TIMEOUT_S)
    assert (response.status_code, error_without_id(response)) == (
        401,
        {
            "status": "401",
            "code": "NOT_AUTHORIZED",
            "title": "The request needs valid credentials.",
            "detail": "The bearer token is missing, expired, not signed by the key it names,"
            " or not meant for this request.",
        },
    )


@pytest.mark.parametrize(
    "scope", ["GET /v1/apps", "GET /v1/apps?filter[bundleId]=a.b", "GET /v1/apps?filter%5BbundleId%5D=a.b"]
)
def test_a_scope_covers_the_request_it_names(api: AppStoreConnect, session: requests.Session, scope: str) -> None:
    bearer = token(api, scope=["GET /v1/builds", scope])
    assert status(session, f"{api.url}/v1/apps?filter[bundleId]=a.b&limit=2", bearer) == 200


def test_the_clock_offset_moves_the_servers_idea_of_now(api: AppStoreConnect, session: requests.Session) -> None:
    api.clock_offset_s = 3600
    assert status(session, f"{api.url}/v1/apps", token(api)) == 401


def test_the_clock_offset_moves_the_date_header(api: AppStoreConnect, session: requests.Session) -> None:
    api.clock_offset_s = 3600
    response = session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S)
    ahead = parsedate_to_datetime(response.headers["Date"]) - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < ahead <= timedelta(minutes=60)


# --- content negotiation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/v1/apps", "application/json"),
        (f"/v1/apps/{fleet.APP_ID}/builds", "application/json"),
        (SIGNATURES, "application/json"),
        (APP_METRICS, "application/vnd.apple.xcode-metrics+json"),
        (BUILD_METRICS, "application/vnd.apple.xcode-metrics+json"),
        (LOGS, "application/vnd.apple.diagnostic-logs+json"),
    ],
)
def test_each_endpoint_has_its_media_type(
    api: AppStoreConnect, session: requests.Session, path: str, media_type: str
) -> None:
    response = session.get(api.url + path, headers={"Accept": media_type}, timeout=TIMEOUT_S)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", 200),
        ("application/*", 200),
        ("text/html, application/vnd.apple.xcode-metrics+json;q=0.5", 200),
        ("application/json, */*;q=0.1", 200),
        ("application/json", 406),
        ("text/*", 406),
        ("application/vnd.apple.xcode-metrics+json;q=0, */*", 406),
        ("application/*;q=0.0, */*", 406),
    ],
)
def test_accept_decides_between_200_and_406(
    api: AppStoreConnect, session: requests.Session, accept: str, expected: int
) -> None:
    response = session.get(api.url + APP_METRICS, headers={"Accept": accept}, timeout=TIMEOUT_S)
    assert response.status_code == expected


def test_406_has_apples_form(api: AppStoreConnect, session: requests.Session) -> None:
    response = session.get(api.url + LOGS, headers={"Accept": "application/json"}, timeout=TIMEOUT_S)
    assert error_without_id(response) == {
        "status": "406",
        "code": "NOT_ACCEPTABLE",
        "title": "Accept rules out the answer",
        "detail": "The answer is application/vnd.apple.diagnostic-logs+json.",
    }


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate", "gzip"), ("identity", None), ("gzip;q=0", None)])
def test_the_body_is_gzipped_only_when_the_client_accepts_it(
    api: AppStoreConnect, session: requests.Session, accepted: str, encoding: str | None
) -> None:
    response = session.get(api.url + APP_METRICS, headers={"Accept-Encoding": accepted}, stream=True, timeout=TIMEOUT_S)
    body = response.raw.read(decode_content=False)
    assert response.headers.get("Content-Encoding") == encoding
    assert json.loads(gzip.decompress(body) if encoding else body) == fleet.metrics()


# --- answers ----------------------------------------------------------------------------------------------------------


def test_both_apps_are_listed(api: AppStoreConnect, session: requests.Session) -> None:
    assert session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S).json() == {
        "data": fleet.apps(api.url),
        "links": {"self": f"{api.url}/v1/apps"},
        "meta": {"paging": {"total": 2, "limit": 4}},
    }


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (fleet.BUNDLE_ID, [fleet.APP_ID]),
        (f"{fleet.SMALL_BUNDLE_ID},{fleet.BUNDLE_ID}", [fleet.APP_ID, fleet.SMALL_APP_ID]),
        ("com.example.other", []),
    ],
)
def test_apps_are_found_by_bundle_id(
    api: AppStoreConnect, session: requests.Session, wanted: str, found: list[str]
) -> None:
    response = session.get(f"{api.url}/v1/apps", params={"filter[bundleId]": wanted}, timeout=TIMEOUT_S)
    assert [app["id"] for app in response.json()["data"]] == found


def test_builds_of_an_app_come_newest_first(api: AppStoreConnect, session: requests.Session) -> None:
    response = session.get(f"{api.url}/v1/apps/{fleet.APP_ID}/builds?limit=1", timeout=TIMEOUT_S)
    assert response.json()["data"] == fleet.builds(api.url)[:1]
    uploaded = [build["attributes"]["uploadedDate"] for build in fleet.builds()]
    assert uploaded == sorted(uploaded, reverse=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"filter[app]={fleet.APP_ID}&filter[version]=412,418", ["418", "412"]),
        ("filter[version]=412", ["412"]),
        (f"filter[app]={fleet.SMALL_APP_ID}", []),
    ],
)
def test_builds_are_found_by_app_and_number(
    api: AppStoreConnect, session: requests.Session, query: str, found: list[str]
) -> None:
    response = session.get(f"{api.url}/v1/builds?{query}", timeout=TIMEOUT_S)
    assert [build["attributes"]["version"] for build in response.json()["data"]] == found


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (APP_METRICS, fleet.metrics()),
        (f"/v1/apps/{fleet.SMALL_APP_ID}/perfPowerMetrics", fleet.no_metrics()),
        (BUILD_METRICS, fleet.build_metrics()),
        (LOGS, fleet.logs(SIGNATURE_ID)),
    ],
)
def test_documents_are_those_of_the_fleet(
    api: AppStoreConnect, session: requests.Session, path: str, document: dict[str, Any]
) -> None:
    assert session.get(api.url + path, timeout=TIMEOUT_S).json() == document


def test_the_metric_type_filter_keeps_categories_and_their_insights(
    api: AppStoreConnect, session: requests.Session
) -> None:
    everything = fleet.metrics()
    params = {"filter[metricType]": "MEMORY,HANG", "filter[platform]": "IOS"}
    assert session.get(api.url + APP_METRICS, params=params, timeout=TIMEOUT_S).json() == {
        "version": "1.0.0",
        "insights": {
            "regressions": [everything["insights"]["regressions"][2]],
            "trendingUp": everything["insights"]["trendingUp"],
        },
        "productData": [
            {
                "platform": "iOS",
                "metricCategories": [
                    category
                    for category in everything["productData"][0]["metricCategories"]
                    if category["identifier"] in ("MEMORY", "HANG")
                ],
            }
        ],
    }


def test_the_device_filter_keeps_datasets_and_populations(api: AppStoreConnect, session: requests.Session) -> None:
    params = {"filter[deviceType]": "iPhone15_2"}
    document = session.get(api.url + APP_METRICS, params=params, timeout=TIMEOUT_S).json()
    assert {dataset["filterCriteria"]["device"] for _, _, dataset in datasets(document)} == {"iPhone15_2"}
    (insight,) = document["insights"]["regressions"]
    assert [population["device"] for population in insight["populations"]] == ["iPhone15_2"]
    assert document["insights"]["trendingUp"] == []


@pytest.mark.parametrize("kind", TYPES)
def test_the_pages_of_a_signature_list_make_up_the_whole(
    api: AppStoreConnect, session: requests.Session, kind: str
) -> None:
    url = f"{api.url}{SIGNATURES}?filter[diagnosticType]={kind}&limit=3"
    first = session.get(url, timeout=TIMEOUT_S).json()
    second = session.get(first["links"]["next"], timeout=TIMEOUT_S).json()
    assert first["data"] + second["data"] == fleet.signatures(kind, api.url)
    assert "next" not in second["links"]


def test_the_next_link_is_absolute_and_repeats_the_filters(api: AppStoreConnect, session: requests.Session) -> None:
    query = "filter%5BdiagnosticType%5D=HANGS%2CLAUNCHES&limit=200"
    document = session.get(f"{api.url}{SIGNATURES}?{query}", timeout=TIMEOUT_S).json()
    cursor = document["links"]["next"].rpartition("cursor=")[2]
    assert (document["links"], document["meta"]) == (
        {
            "self": f"{api.url}{SIGNATURES}?{query}",
            "next": f"{api.url}{SIGNATURES}?{query}&cursor={cursor}",
        },
        {"paging": {"total": 9, "limit": 4}},
    )


def test_the_fields_parameter_leaves_out_the_other_attributes(api: AppStoreConnect, session: requests.Session) -> None:
    params = {"fields[diagnosticSignatures]": "weight,signature", "limit": "1"}
    (expected, *_) = fleet.signatures("DISK_WRITES", api.url)
    attributes = {name: expected["attributes"][name] for name in ("weight", "signature")}
    assert session.get(api.url + SIGNATURES, params=params, timeout=TIMEOUT_S).json()["data"] == [
        {
            "type": "diagnosticSignatures",
            "id": expected["id"],
            "attributes": attributes,
            "links": expected["links"],
        }
    ]


def test_the_quiet_build_has_no_signatures(api: AppStoreConnect, session: requests.Session) -> None:
    response = session.get(f"{api.url}/v1/builds/{fleet.QUIET_BUILD_ID}/diagnosticSignatures", timeout=TIMEOUT_S)
    assert response.json()["data"] == []


def test_the_limit_cuts_the_logs(api: AppStoreConnect, session: requests.Session) -> None:
    expected = fleet.logs(SIGNATURE_ID)
    del expected["productData"][0]["diagnosticLogs"][2:]
    assert session.get(f"{api.url}{LOGS}?limit=2", timeout=TIMEOUT_S).json() == expected


def test_a_set_answer_replaces_that_of_its_path(api: AppStoreConnect, session: requests.Session) -> None:
    api.answers[APP_METRICS] = (200, "text/plain", b"[")
    response = session.get(f"{api.url}{APP_METRICS}?filter[metricType]=DISK", timeout=TIMEOUT_S)
    assert (response.status_code, response.headers["Content-Type"], response.content) == (200, "text/plain", b"[")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/users",
        "/v1/apps/1/perfPowerMetrics",
        f"/v1/apps/{fleet.BUNDLE_ID}/builds",
        f"/v1/builds/{fleet.TESTFLIGHT_BUILD_ID}/perfPowerMetrics",
        f"/v1/builds/{fleet.TESTFLIGHT_BUILD_ID}/diagnosticSignatures",
        "/v1/builds/none/perfPowerMetrics",
        "/v1/diagnosticSignatures/0/logs",
    ],
)
def test_an_unknown_path_or_id_is_not_found(api: AppStoreConnect, session: requests.Session, path: str) -> None:
    response = session.get(api.url + path, timeout=TIMEOUT_S)
    assert (response.status_code, error_without_id(response)["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (APP_METRICS, "filter[platform]", "MACOS"),
        (APP_METRICS, "filter[metricType]", "HANG,HEAT"),
        (APP_METRICS, "filter[deviceType]", ""),
        (APP_METRICS, "limit", "5"),
        (SIGNATURES, "filter[diagnosticType]", "CRASHES"),
        (SIGNATURES, "fields[diagnosticSignatures]", "colour"),
        (SIGNATURES, "limit", "0"),
        (SIGNATURES, "limit", "201"),
        (SIGNATURES, "limit", "2,3"),
        (SIGNATURES, "cursor", "AAAA"),
        (LOGS, "limit", "many"),
        ("/v1/apps", "filter[name]", "x"),
    ],
)
def test_a_wrong_parameter_is_named(
    api: AppStoreConnect, session: requests.Session, path: str, name: str, value: str
) -> None:
    response = session.get(f"{api.url}{path}?{quote(name)}={value}", timeout=TIMEOUT_S)
    assert (response.status_code, error_without_id(response)) == (
        400,
        {
            "status": "400",
            "code": "PARAMETER_ERROR.INVALID",
            "title": "A parameter has an invalid value",
            "detail": "The parameter is unknown here, given twice, or has a value that it does not take.",
            "source": {"parameter": name},
        },
    )


def test_every_wrong_parameter_has_an_error_of_its_own(api: AppStoreConnect, session: requests.Session) -> None:
    response = session.get(f"{api.url}/v1/apps?limit=0&sort=x&limit=1", timeout=TIMEOUT_S)
    assert [error["source"]["parameter"] for error in response.json()["errors"]] == ["limit", "sort"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_get_is_allowed(api: AppStoreConnect, session: requests.Session, method: str) -> None:
    response = session.request(method, f"{api.url}/v1/apps", json={}, timeout=TIMEOUT_S)
    assert (response.status_code, error_without_id(response)["code"]) == (405, "METHOD_NOT_ALLOWED")


# --- bookkeeping ------------------------------------------------------------------------------------------------------


def test_requests_are_recorded_as_they_came(api: AppStoreConnect, session: requests.Session) -> None:
    session.get(f"{api.url}/v1/apps?limit=1", headers={"User-Agent": "hiker"}, timeout=TIMEOUT_S)
    (request,) = api.requests
    assert (request.method, request.path, request.headers["User-Agent"]) == ("GET", "/v1/apps?limit=1", "hiker")


def test_a_connection_is_kept_alive(api: AppStoreConnect, session: requests.Session) -> None:
    for _ in range(3):
        session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S)
    assert (api.connections, len({request.port for request in api.requests})) == (1, 1)


def test_a_stopped_server_answers_no_more_on_a_kept_connection() -> None:
    with requests.Session() as session:
        session.trust_env = False
        with AppStoreConnect() as api:
            session.get(api.url, timeout=TIMEOUT_S)
        with pytest.raises(requests.ConnectionError):
            session.get(api.url, timeout=TIMEOUT_S)


def test_the_rate_limit_counts_down(api: AppStoreConnect, session: requests.Session) -> None:
    limits = [session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S).headers["X-Rate-Limit"] for _ in range(2)]
    assert limits == ["user-hour-lim:3600;user-hour-rem:3599;", "user-hour-lim:3600;user-hour-rem:3598;"]


def test_the_environment_leads_to_the_key_and_the_server(api: AppStoreConnect, tmp_path: Path) -> None:
    key_file = tmp_path / f"AuthKey_{api.key_id}.p8"
    assert api.environment(tmp_path) == {
        "ISSUER_ID": api.issuer_id,
        "KEY_ID": api.key_id,
        "KEY_FILE_PATH": str(key_file),
        "APP_STORE_CONNECT_URL": api.url,
        "NO_PROXY": "127.0.0.1",
    }
    assert (key_file.read_text(), key_file.stat().st_mode & 0o777) == (api.private_key_pem, 0o600)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """Return the paths of a self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(timezone.utc)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")


def test_tls_is_served_with_a_certificate(certificate: tuple[str, str]) -> None:
    path, key = certificate
    with AppStoreConnect(certificate=path, certificate_key=key) as api, requests.Session() as session:
        session.trust_env = False
        response = session.get(
            f"{api.url}/v1/apps", headers={"Authorization": f"Bearer {token(api)}"}, verify=path, timeout=TIMEOUT_S
        )
    assert (api.url[:8], response.status_code) == ("https://", 200)


def test_a_client_that_distrusts_the_certificate_leaves_no_traceback(
    certificate: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    path, key = certificate
    with AppStoreConnect(certificate=path, certificate_key=key) as api, requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S)
    assert capfd.readouterr() == ("", "")


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_fault_takes_one_request(api: AppStoreConnect, session: requests.Session) -> None:
    api.faults += [app_store_connect.error(503, "X", "x", "x"), app_store_connect.error(500, "X", "x", "x")]
    statuses = [session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S).status_code for _ in range(3)]
    assert statuses == [503, 500, 200]


def test_a_fault_that_returns_false_lets_the_answer_through(api: AppStoreConnect, session: requests.Session) -> None:
    api.faults.append(lambda handler: False)
    assert session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S).status_code == 200
    assert api.faults == []


def test_error_answers_in_apples_form_with_more_headers(api: AppStoreConnect, session: requests.Session) -> None:
    api.faults.append(app_store_connect.error(429, "RATE_LIMIT_EXCEEDED", "Slow down", "Wait.", {"Retry-After": "9"}))
    response = session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S)
    assert (response.status_code, response.headers["Retry-After"], error_without_id(response)) == (
        429,
        "9",
        {"status": "429", "code": "RATE_LIMIT_EXCEEDED", "title": "Slow down", "detail": "Wait."},
    )


def test_raw_answers_with_exactly_its_body(api: AppStoreConnect, session: requests.Session) -> None:
    api.faults.append(app_store_connect.raw(502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"))
    response = session.get(f"{api.url}/v1/apps", timeout=TIMEOUT_S)
    assert (response.status_code, response.headers["Content-Type"], response.text) == (
        502,
        "text/html",
        "<h1>Bad Gateway</h1>",
    )


def test_redirect_names_the_other_url(api: AppStoreConnect, session: requests.Session) -> None:
    api.faults.append(app_store_connect.redirect("http://127.0.0.1:9/else"))
    response = session.get(f"{api.url}/v1/apps", allow_redirects=False, timeout=TIMEOUT_S)
    assert (response.status_code, response.headers["Location"]) == (302, "http://127.0.0.1:9/else")


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (app_store_connect.hang_up(), requests.ConnectionError),
        (app_store_connect.cut(50), requests.exceptions.ChunkedEncodingError),
        (app_store_connect.reset(), (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)),
        (app_store_connect.corrupt_gzip(), requests.exceptions.ContentDecodingError),
    ],
    ids=["hang_up", "cut", "reset", "corrupt_gzip"],
)
def test_a_broken_answer_raises_in_the_client_and_leaves_no_traceback(
    api: AppStoreConnect,
    session: requests.Session,
    capfd: pytest.CaptureFixture[str],
    fault: app_store_connect.Fault,
    raised: Any,
) -> None:
    api.faults.append(fault)
    with pytest.raises(raised):
        session.get(api.url + APP_METRICS, timeout=TIMEOUT_S)
    assert session.get(api.url + APP_METRICS, timeout=TIMEOUT_S).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_reset_is_a_tcp_reset(api: AppStoreConnect) -> None:
    api.faults.append(app_store_connect.reset())
    with socket.create_connection(("127.0.0.1", int(api.url.rpartition(":")[2])), TIMEOUT_S) as connection:
        connection.sendall(f"GET {APP_METRICS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = iter(lambda: connection.recv(65536), b"")
        with pytest.raises(ConnectionResetError):
            list(received)


def test_a_stalled_body_comes_once_the_event_is_set(api: AppStoreConnect, session: requests.Session) -> None:
    event = threading.Event()
    api.faults.append(app_store_connect.stall(event))
    response = session.get(api.url + APP_METRICS, stream=True, timeout=TIMEOUT_S)
    assert response.status_code == 200
    event.set()
    assert response.json() == fleet.metrics()


# --- program ----------------------------------------------------------------------------------------------------------

PROGRAM = [sys.executable, app_store_connect.__file__]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )


def test_the_program_hands_the_environment_to_the_command(tmp_path: Path) -> None:
    (tmp_path / "show.py").write_text("import json, os, sys\nprint(json.dumps([sys.argv[1:], dict(os.environ)]))\n")
    process = run("show.py", "-x", "y", cwd=tmp_path, TOKEN="old", no_proxy="corp", HIKER="Ada")  # noqa: S106 - no secret
    arguments, environment = json.loads(process.stdout)
    assert (arguments, environment["HIKER"], "TOKEN" in environment, "no_proxy" in environment) == (
        ["-x", "y"],
        "Ada",
        False,
        False,
    )
    assert {"ISSUER_ID", "KEY_ID", "KEY_FILE_PATH", "APP_STORE_CONNECT_URL", "NO_PROXY"} <= set(environment)
    assert not Path(environment["KEY_FILE_PATH"]).parent.exists()


def test_the_program_serves_while_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(
        "import os, urllib.error, urllib.request\n"
        "try:\n"
        "    urllib.request.urlopen(os.environ['APP_STORE_CONNECT_URL'] + '/v1/apps')\n"
        "except urllib.error.HTTPError as error:\n"
        "    print(error.code)\n"
    )
    process = run("ask.py", cwd=tmp_path)
    assert (process.stdout, process.stderr, process.returncode) == ("401\n", "", 0)


@pytest.mark.parametrize(("ending", "expected"), [("sys.exit(7)", 7), ("os.kill(os.getpid(), 15)", 143)])
def test_the_program_exits_with_the_commands_status(tmp_path: Path, ending: str, expected: int) -> None:
    assert run(sys.executable, "-c", f"import os, sys; {ending}", cwd=tmp_path).returncode == expected


def test_a_script_is_looked_up_in_the_top_folder_too(tmp_path: Path) -> None:
    process = run("tests/app_store_connect.py", "--help", cwd=tmp_path)
    assert (process.stdout, process.returncode) == (app_store_connect.USAGE, 0)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("./no-such-command", "app_store_connect.py: cannot start ./no-such-command: No such file or directory\n"),
        ("none.py", "app_store_connect.py: none.py is neither here nor in the repository's top folder\n"),
    ],
)
def test_a_command_that_cannot_be_started_takes_one_line(tmp_path: Path, command: str, message: str) -> None:
    process = run(command, cwd=tmp_path)
    assert (process.stdout, process.stderr, process.returncode) == ("", message, 1)


def test_ctrl_c_goes_to_the_command(tmp_path: Path) -> None:
    (tmp_path / "wait.py").write_text(
        "import sys, threading\n"
        "try:\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(5)\n"
    )
    with subprocess.Popen(
        [*PROGRAM, "wait.py"],
        cwd=tmp_path,
        env={},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert (*process.communicate(timeout=TIMEOUT_S), process.returncode) == ("", "", 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_command_it_serves_until_ctrl_c(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        PROGRAM, cwd=tmp_path, env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        exported = dict(
            line.rstrip("\n").removeprefix("export ").split("=", 1)
            for line in iter(process.stdout.readline, "# serving until Ctrl-C\n")
        )
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(exported["APP_STORE_CONNECT_URL"], timeout=TIMEOUT_S)
        process.send_signal(number)
        assert (*process.communicate(timeout=TIMEOUT_S), process.returncode) == ("", "", 130)
    assert answer.status_code == 401
    assert not Path(exported["KEY_FILE_PATH"]).exists()
    assert list(exported) == [
        "ISSUER_ID",
        "KEY_ID",
        "KEY_FILE_PATH",
        "APP_STORE_CONNECT_URL",
        "NO_PROXY",
        "APP_ID",
        "BUNDLE_ID",
        "BUILD_ID",
    ]


# --- the fleet --------------------------------------------------------------------------------------------------------


def datasets(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield category, metric and dataset of every dataset in a metrics answer."""
    for product in document["productData"]:
        for category in product["metricCategories"]:
            for metric in category["metrics"]:
                for dataset in metric["datasets"]:
                    yield category["identifier"], metric["identifier"], dataset


def all_logs() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield signature text, product data and log of every log."""
    for kind in TYPES:
        for signature in fleet.signatures(kind):
            (product,) = fleet.logs(signature["id"])["productData"]
            for log in product["diagnosticLogs"]:
                yield signature["attributes"]["signature"], product, log


def roots(log: dict[str, Any]) -> list[dict[str, Any]]:
    (tree,) = log["callStackTree"]
    return [root for stack in tree["callStacks"] for root in stack["callStackRootFrames"]]


def frames(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a frame and all below it."""
    yield root
    for child in root["subFrames"]:
        yield from frames(child)


def depth(root: dict[str, Any]) -> int:
    return 1 + max(map(depth, root["subFrames"]), default=0)


def test_the_fleet_is_the_same_each_time() -> None:
    assert (fleet.metrics(), fleet.logs(SIGNATURE_ID)) == (fleet.metrics(), fleet.logs(SIGNATURE_ID))


def test_populations_agree_with_the_datasets() -> None:
    document = fleet.metrics()
    values = {
        (category, metric, dataset["filterCriteria"]["device"], dataset["filterCriteria"]["percentile"]): {
            point["version"]: point["value"] for point in dataset["points"]
        }
        for category, metric, dataset in datasets(document)
    }
    for insight in [*document["insights"]["regressions"], *document["insights"]["trendingUp"]]:
        for population in insight["populations"]:
            points = values[
                insight["metricCategory"], insight["metric"], population["device"], population["percentile"]
            ]
            references = [points[version] for version in insight["referenceVersions"]]
            average = round(sum(references) / len(references), 2)
            latest = points[insight["latestVersion"]]
            assert (population["latestVersionValue"], population["referenceAverageValue"]) == (latest, average)
            assert population["deltaPercentage"] == round(100 * (latest - average) / average, 1)


def test_the_launch_regression_alone_has_high_impact_and_is_the_worst() -> None:
    worst = {
        insight["metric"]: (
            insight.get("highImpact", False),
            max(population["deltaPercentage"] for population in insight["populations"]) > 50,
        )
        for insight in fleet.metrics()["insights"]["regressions"]
    }
    assert worst == {"diskWrites": (False, False), "launchTime": (True, True), "hangRate": (False, False)}


def test_points_are_the_versions_oldest_first_and_some_datasets_lack_the_newest() -> None:
    found = {tuple(point["version"] for point in dataset["points"]) for _, _, dataset in datasets(fleet.metrics())}
    assert found == {fleet.VERSIONS, fleet.VERSIONS[:-1]}


def test_breakdowns_add_up_to_100_percent_or_are_empty_or_absent() -> None:
    breakdowns = [
        point.get("percentageBreakdown")
        for _, metric, dataset in datasets(fleet.metrics())
        if metric in ("batteryUsage", "diskWrites")
        for point in dataset["points"]
    ]
    assert {None if parts is None else round(sum(part["value"] for part in parts), 6) for parts in breakdowns} == {
        None,
        0,
        100,
    }


@pytest.mark.parametrize("build", [build for build in fleet.BUILDS if build.id != fleet.TESTFLIGHT_BUILD_ID])
def test_a_build_has_one_version_and_no_insights(build: fleet.Build) -> None:
    document = fleet.build_metrics(build.id)
    assert list(document) == ["version", "productData"]
    assert {tuple(point["version"] for point in dataset["points"]) for _, _, dataset in datasets(document)} == {
        (build.app_version,)
    }


@pytest.mark.parametrize(("kind", "count"), [("DISK_WRITES", 6), ("HANGS", 5), ("LAUNCHES", 4)])
def test_signatures_are_shares_of_a_whole_in_no_order(kind: str, count: int) -> None:
    weights = [signature["attributes"]["weight"] for signature in fleet.signatures(kind)]
    assert len(weights) == count
    assert sum(weights) <= 1
    assert weights not in (sorted(weights), sorted(weights, reverse=True))


def test_every_trend_direction_occurs() -> None:
    insights = [signature["attributes"].get("insight", {}) for kind in TYPES for signature in fleet.signatures(kind)]
    assert {insight.get("direction") for insight in insights} == {"UP", "DOWN", "UNDEFINED", None}


def test_every_signature_has_three_to_eight_logs_and_stands_on_the_stack() -> None:
    for kind in TYPES:
        for signature in fleet.signatures(kind):
            (product,) = fleet.logs(signature["id"])["productData"]
            assert 3 <= len(product["diagnosticLogs"]) <= 8
            for log in product["diagnosticLogs"]:
                blamed = [frame for frame in frames(roots(log)[0]) if frame["isBlameFrame"]]
                assert signature["attributes"]["signature"] in [
                    f"Ridgeline: {frame['symbolName']} + {frame['offsetIntoSymbol']}" for frame in blamed
                ]


def test_a_frames_children_have_at_most_its_samples() -> None:
    for _, _, log in all_logs():
        for root in roots(log):
            for frame in frames(root):
                assert sum(child["sampleCount"] for child in frame["subFrames"]) <= frame["sampleCount"]


def test_stacks_branch_and_are_12_to_45_frames_deep() -> None:
    for signature, _, log in all_logs():
        main = roots(log)[0]
        assert all(12 <= depth(root) <= 45 for root in roots(log)), signature
        assert max(len(frame["subFrames"]) for frame in frames(main)) <= 3
    assert {len(frame["subFrames"]) for _, _, log in all_logs() for root in roots(log) for frame in frames(root)} == {
        0,
        1,
        2,
        3,
    }


def test_the_frames_of_the_app_are_the_blamed_ones() -> None:
    for _, _, log in all_logs():
        for root in roots(log):
            for frame in frames(root):
                assert frame["isBlameFrame"] == (frame["binaryName"] == "Ridgeline")


def test_two_hang_logs_show_their_threads() -> None:
    shown = {
        (signature, len(roots(log)))
        for signature, _, log in all_logs()
        if log["callStackTree"][0]["callStackPerThread"]
    }
    texts = [signature["attributes"]["signature"] for signature in fleet.signatures("HANGS")]
    assert shown == {(texts[0], 2), (texts[2], 3)}


def test_a_disk_write_log_marks_one_frame_with_one_of_its_insights() -> None:
    for _, product, log in all_logs():
        marked = [frame["insightsCategory"] for frame in frames(roots(log)[0]) if "insightsCategory" in frame]
        known = [insight["insightsCategory"] for insight in product["diagnosticInsights"]]
        assert marked == (known if log["diagnosticMetaData"]["event"] == "disk writes" else [])


def test_metadata_comes_and_goes() -> None:
    found = {(meta["event"], tuple(sorted(meta))) for _, _, log in all_logs() for meta in [log["diagnosticMetaData"]]}
    common = ("appVersion", "deviceType", "event", "eventDetail", "osVersion", "platformArchitecture")
    full = tuple(sorted((*common, "bundleId", "buildVersion")))
    assert found == {
        ("disk writes", tuple(sorted((*common, "writesCaused")))),
        ("disk writes", tuple(sorted((*full, "writesCaused")))),
        ("hang", common),
        ("hang", full),
        ("launch", common),
        ("launch", full),
    }
