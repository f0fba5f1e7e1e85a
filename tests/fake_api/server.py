"""The fake API's server: authentication, the endpoints this project calls, and a record of the requests."""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
import uuid
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.fake_api.app_data import (
    APP_ID,
    QUIET_BUILD_ID,
    RELEASED_BUILDS,
    SMALL_APP_ID,
    Json,
    apps,
    builds,
    prerelease_versions,
    versions,
)
from tests.fake_api.diagnostics_data import logs, signatures
from tests.fake_api.metrics_data import build_metrics, metrics, no_metrics
from tests.fake_api.overview_data import no_overview, overview

ISSUER_ID = "3f0c7b62-d5a1-4e88-9b17-6a2ce04f95d8"
KEY_ID = "T3AMK3Y042"
INDIVIDUAL_KEY_ID = "S0L0K3Y017"
TOKEN_LIFETIME_S = 20 * 60
# Far below Apple's, so that each list of signatures takes two pages.
PAGE_SIZE = 4
HOURLY_LIMIT = 3600

JSON_TYPE = "application/json"
METRICS_TYPE = "application/vnd.apple.xcode-metrics+json"
OVERVIEW_TYPE = "application/vnd.apple.xcode-overview+json"
LOGS_TYPE = "application/vnd.apple.diagnostic-logs+json"

DIAGNOSTIC_TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
_PLATFORM, _NAME = "IOS|MAC_OS|TV_OS|VISION_OS", r"[\w.-]+"
# Parameter -> what its value has to match. Only the parameters that this project sends are known.
_PARAMETERS = {
    "filter[bundleId]": r"[\w.,-]+",
    "filter[diagnosticType]": "(DISK_WRITES|HANGS|LAUNCHES)(,(DISK_WRITES|HANGS|LAUNCHES))*",
    "filter[deviceType]": r"[A-Za-z]+[0-9]+_[0-9]+(,[A-Za-z]+[0-9]+_[0-9]+)*",
    "filter[appVersionState]": "[A-Z_]+(,[A-Z_]+)*",
    "filter[platform]": _PLATFORM,
    "filter[app]": "[0-9]+",
    "filter[version]": _NAME,
    "filter[preReleaseVersion.version]": _NAME,
    "filter[preReleaseVersion.platform]": _PLATFORM,
    "sort": "-uploadedDate",
    "include": "build|preReleaseVersion,appStoreVersion",
    "limit": "[1-9][0-9]?|1[0-9][0-9]|200",
    "cursor": ".+",
}
_PAGING = ("limit", "cursor")

Params = dict[str, str]
Fault = Callable[["Handler"], None]


class Request(NamedTuple):
    """A request as it arrived; `port` is the client's and distinguishes connections."""

    path: str
    headers: dict[str, str]
    port: int


class Response(NamedTuple):
    """A response before compression."""

    status: int
    headers: dict[str, str]
    body: bytes


class RefusedError(Exception):
    """The response is an error; `parameter` names the one in the query that caused it."""

    def __init__(self, status: int, code: str, title: str, detail: str, parameter: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.entry: Json = {"status": str(status), "code": code, "title": title, "detail": detail}
        if parameter:
            self.entry["source"] = {"parameter": parameter}


def _not_found(kind: str, name: str) -> RefusedError:
    return RefusedError(404, "NOT_FOUND", "The resource is not there", f"There is no {kind} '{name}' for this key.")


def _parameter_error(name: str) -> RefusedError:
    title = "A parameter has an invalid value"
    detail = "The parameter is unknown here, given twice, or has a value that it does not take."
    return RefusedError(400, "PARAMETER_ERROR.INVALID", title, detail, name)


class FakeAPI:
    """The fake API, which serves between `with` and the end of the block.

    `requests` and `connections` record what arrived. While any of the `faults` are left, each request gets the next of
    them and no regular response; `path_faults` maps a path without its query to the faults of its requests, which come
    first. `responses` maps a path without its query to the (status, content type, body) to send
    in place of a 200. `clock_offset_s` moves the server's clock; `latency_s`
    delays each response. `certificate` is the path of a PEM file with a private
    key and its certificate chain; with it the server speaks TLS.
    """

    def __init__(self, *, certificate: str | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.faults: list[Fault] = []
        self.path_faults: dict[str, list[Fault]] = {}
        self.responses: dict[str, tuple[int, str, bytes]] = {}
        self.clock_offset_s = 0.0
        self.latency_s = 0.0
        self.keys = {key_id: ec.generate_private_key(ec.SECP256R1()) for key_id in (KEY_ID, INDIVIDUAL_KEY_ID)}
        self.private_key_pem, self.individual_private_key_pem = (
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in self.keys.values()
        )
        self._server = _Server(self, certificate)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeAPI:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> float:
        """Return the server's time in seconds since the epoch."""
        return time.time() + self.clock_offset_s

    def environment(self, folder: str | Path) -> dict[str, str]:
        """Write the team key into `folder` and return the variables that make a script use it and this server."""
        key_file = Path(folder) / f"AuthKey_{KEY_ID}.p8"
        key_file.touch(mode=0o600)
        key_file.write_text(self.private_key_pem)
        return {
            "ISSUER_ID": ISSUER_ID,
            "KEY_ID": KEY_ID,
            "KEY_FILE_PATH": str(key_file),
            "APP_STORE_CONNECT_URL": self.url,
            "NO_PROXY": "127.0.0.1",
        }

    def authenticate(self, authorization: str, target: str) -> None:
        """Raise RefusedError unless the header has a token that one of `keys` signed for GET `target`."""
        scheme, _, token = authorization.partition(" ")
        try:
            key_id = jwt.get_unverified_header(token)["kid"]
            claims = json.loads(jwt.PyJWS().decode(token, self.keys[key_id].public_key(), algorithms=["ES256"]))
            individual = key_id == INDIVIDUAL_KEY_ID
            now = self.now()
            issued = claims.get("iat", now)
            valid = (
                scheme == "Bearer"
                and claims["aud"] == "appstoreconnect-v1"
                and claims.get("iss") == (None if individual else ISSUER_ID)
                and claims.get("sub") == ("user" if individual else None)
                and issued <= now < claims["exp"] <= issued + TOKEN_LIFETIME_S
                and ("scope" not in claims or any(_covers(scope, target) for scope in claims["scope"]))
            )
        except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
            valid = False
        if not valid:
            title = "The request needs valid credentials."
            detail = (
                "The bearer token is missing, expired, not signed by the key it names, or not meant for this request."
            )
            raise RefusedError(401, "NOT_AUTHORIZED", title, detail)


def _covers(scope: str, target: str) -> bool:
    """Tell whether a token's scope allows GET `target`: the same path, and at least the query in the scope."""
    allowed, requested = urlsplit(scope), urlsplit(f"GET {target}")
    return allowed.path == requested.path and set(parse_qsl(allowed.query)) <= set(parse_qsl(requested.query))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: FakeAPI, certificate: str | None) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is left to the connection's own thread.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        # HTTPServer's own looks up the host's name in the DNS.
        socketserver.TCPServer.server_bind(self)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.api.connections += 1
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is not an error of the server; TLS errors are OSErrors too.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Serves the requests of one connection; faults receive this object."""

    protocol_version = "HTTP/1.1"
    server_version = "FakeAPI"
    sys_version = ""
    # Headers and body are written separately; Nagle's algorithm would delay the body by 40 ms.
    disable_nagle_algorithm = True
    server: _Server
    request_id: str

    @property
    def api(self) -> FakeAPI:
        """Return the fake API that this request came to."""
        return self.server.api

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Write nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the server's own time for the Date header."""
        return super().date_time_string(int(self.api.now()))

    def do_GET(self) -> None:
        """Run the next fault; without one, send the regular response."""
        self.request_id = str(uuid.uuid4())
        self.api.requests.append(Request(self.path, dict(self.headers), self.client_address[1]))
        if self.api.latency_s:
            time.sleep(self.api.latency_s)
        for faults in (self.api.path_faults.get(urlsplit(self.path).path, []), self.api.faults):
            if faults:
                faults.pop(0)(self)
                return
        self.send(self.response())

    def response(self) -> Response:
        """Return the regular response to this request."""
        try:
            self.api.authenticate(self.headers.get("Authorization", ""), self.path)
            return self._route()
        except RefusedError as error:
            return self.error_response(error)

    def error_response(self, error: RefusedError) -> Response:
        """Return an error in Apple's form."""
        document = {"errors": [{"id": self.request_id, **error.entry}]}
        return Response(error.status, {"Content-Type": JSON_TYPE}, json.dumps(document).encode())

    def send(self, response: Response, until: int | None = None) -> None:
        """Send a response, or of its body only the bytes before `until`."""
        headers, body = dict(response.headers), response.body
        if "Content-Encoding" not in headers and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        self.send_head(response.status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body[:until])

    def send_head(self, status: int, headers: dict[str, str]) -> None:
        """Send the status and the headers, with those that Apple adds to every response."""
        self.send_response(status)
        remaining = max(0, HOURLY_LIMIT - len(self.api.requests))
        rate_limit = f"user-hour-lim:{HOURLY_LIMIT};user-hour-rem:{remaining};"
        for name, value in {"X-Rate-Limit": rate_limit, "x-request-id": self.request_id, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _route(self) -> Response:
        url = urlsplit(self.path)
        for pattern, media_type, known, endpoint in _ENDPOINTS:
            match = re.fullmatch(pattern, url.path)
            if match:
                accept = self.headers.get("Accept", "*/*")
                if not {media_type, "*/*"} & {part.partition(";")[0].strip() for part in accept.split(",")}:
                    detail = f"The response is {media_type}."
                    raise RefusedError(406, "NOT_ACCEPTABLE", "Accept excludes the response", detail)
                params = _parse_query(url.query, known)
                if url.path in self.api.responses:
                    status, content_type, body = self.api.responses[url.path]
                    return Response(status, {"Content-Type": content_type}, body)
                document = endpoint(self, params, *match.groups())
                return Response(200, {"Content-Type": media_type}, json.dumps(document, ensure_ascii=False).encode())
        raise _not_found("resource", url.path)

    def page(self, items: list[Json], params: Params) -> Json:
        """Return the part of a list that the cursor and the limit select, and a link to the next part."""
        limit = min(PAGE_SIZE, int(params.get("limit", PAGE_SIZE)))
        cursors = [base64.urlsafe_b64encode(f"offset {i}".encode()).decode().rstrip("=") for i in range(len(items))]
        try:
            start = cursors.index(params["cursor"]) if "cursor" in params else 0
        except ValueError:
            raise _parameter_error("cursor") from None
        links = {"self": self.api.url + self.path}
        if start + limit < len(items):
            query = urlencode({**params, "cursor": cursors[start + limit]}, quote_via=quote)
            links["next"] = f"{self.api.url}{urlsplit(self.path).path}?{query}"
        paging = {"total": len(items), "limit": limit}
        return {"data": items[start : start + limit], "links": links, "meta": {"paging": paging}}


def _parse_query(query: str, known: tuple[str, ...]) -> Params:
    """Return the query's values by name; raise RefusedError for an unknown name, a repeated one or a wrong value."""
    params: Params = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in params or name not in known or not re.fullmatch(_PARAMETERS[name], value):
            raise _parameter_error(name)
        params[name] = value
    return params


def _apps(handler: Handler, params: Params) -> Json:
    listed = apps(handler.api.url)
    if "filter[bundleId]" in params:
        bundle_ids = params["filter[bundleId]"].split(",")
        listed = [app for app in listed if app["attributes"]["bundleId"] in bundle_ids]
    return handler.page(listed, params)


def _builds(handler: Handler, params: Params) -> Json:
    prerelease = {one["id"]: one for one in prerelease_versions(handler.api.url)}

    def names(build: Json) -> dict[str, str]:
        attributes = prerelease[build["relationships"]["preReleaseVersion"]["data"]["id"]]["attributes"]
        return {
            "filter[app]": APP_ID,
            "filter[version]": build["attributes"]["version"],
            "filter[preReleaseVersion.version]": attributes["version"],
            "filter[preReleaseVersion.platform]": attributes["platform"],
        }

    listed = [one for one in builds(handler.api.url) if all(params.get(key, v) == v for key, v in names(one).items())]
    if "sort" in params:
        listed.sort(key=lambda one: datetime.fromisoformat(one["attributes"]["uploadedDate"]), reverse=True)
    page = handler.page(listed, params)
    included = params["include"].split(",") if "include" in params else []
    if "build" in included:
        raise _parameter_error("include")
    related = [one["relationships"][name]["data"] for one in page["data"] for name in included]
    ids = {one["id"] for one in related if one}
    page["included"] = [one for one in (*prerelease.values(), *versions(handler.api.url)) if one["id"] in ids]
    return page


def _app_versions(handler: Handler, params: Params, app_id: str) -> Json:
    if app_id not in (APP_ID, SMALL_APP_ID):
        raise _not_found("app", app_id)
    listed = versions(handler.api.url) if app_id == APP_ID else []
    for name in ("appVersionState", "platform"):
        wanted = params.get(f"filter[{name}]")
        listed = [one for one in listed if wanted is None or one["attributes"][name] in wanted.split(",")]
    page = handler.page(listed, params)
    if "include" in params:
        ids = [one["relationships"]["build"]["data"]["id"] for one in page["data"]]
        page["included"] = [build for build in builds(handler.api.url) if build["id"] in ids]
    else:
        page["data"] = [{**one, "relationships": {}} for one in page["data"]]
    return page


def _app_metrics(handler: Handler, params: Params, app_id: str) -> Json:
    if app_id not in (APP_ID, SMALL_APP_ID):
        raise _not_found("app", app_id)
    return metrics() if app_id == APP_ID else no_metrics()


def _app_overview(handler: Handler, params: Params, app_id: str) -> Json:
    if app_id not in (APP_ID, SMALL_APP_ID):
        raise _not_found("app", app_id)
    devices = params["filter[deviceType]"].split(",") if "filter[deviceType]" in params else []
    return overview(devices) if app_id == APP_ID else no_overview()


def _build_metrics(handler: Handler, params: Params, build_id: str) -> Json:
    _require_app_store_build(build_id)
    return build_metrics(build_id)


def _require_app_store_build(build_id: str) -> None:
    if build_id not in [build.id for build in RELEASED_BUILDS]:
        raise _not_found("build", build_id)


def _signatures(handler: Handler, params: Params, build_id: str) -> Json:
    _require_app_store_build(build_id)
    requested = params.get("filter[diagnosticType]", ",".join(DIAGNOSTIC_TYPES)).split(",")
    types = [name for name in DIAGNOSTIC_TYPES if name in requested and build_id != QUIET_BUILD_ID]
    listed = [signature for name in types for signature in signatures(name, handler.api.url, build_id)]
    return handler.page(listed, params)


def _logs(handler: Handler, params: Params, signature_id: str) -> Json:
    try:
        document = logs(signature_id)
    except KeyError:
        raise _not_found("signature", signature_id) from None
    del document["productData"][0]["diagnosticLogs"][int(params.get("limit", "200")) :]
    return document


# Path, media type of a 200, parameters, function.
_ENDPOINTS: tuple[tuple[str, str, tuple[str, ...], Callable[..., Json]], ...] = (
    ("/v1/apps", JSON_TYPE, ("filter[bundleId]", *_PAGING), _apps),
    (
        "/v1/builds",
        JSON_TYPE,
        (
            *("filter[app]", "filter[version]", "filter[preReleaseVersion.version]"),
            *("filter[preReleaseVersion.platform]", "sort", "include", *_PAGING),
        ),
        _builds,
    ),
    (
        "/v1/apps/([^/]+)/appStoreVersions",
        JSON_TYPE,
        ("filter[appVersionState]", "filter[platform]", "include", *_PAGING),
        _app_versions,
    ),
    ("/v1/apps/([^/]+)/perfPowerMetrics", METRICS_TYPE, (), _app_metrics),
    ("/v1/apps/([^/]+)/performanceOverviews", OVERVIEW_TYPE, ("filter[deviceType]",), _app_overview),
    ("/v1/builds/([^/]+)/perfPowerMetrics", METRICS_TYPE, (), _build_metrics),
    ("/v1/builds/([^/]+)/diagnosticSignatures", JSON_TYPE, ("filter[diagnosticType]", *_PAGING), _signatures),
    ("/v1/diagnosticSignatures/([^/]+)/logs", LOGS_TYPE, ("limit",), _logs),
)
