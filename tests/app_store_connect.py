"""A stand-in for App Store Connect's API on loopback: the endpoints this project calls, with the data of `fleet`.

In a test, `with AppStoreConnect() as api:` serves until the block ends. As a program it lets a person try the scripts
without an account; `--help` shows how.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import re
import shlex
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import fleet
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ISSUER_ID = "3f0c7b62-d5a1-4e88-9b17-6a2ce04f95d8"
KEY_ID = "T3AMK3Y042"
INDIVIDUAL_KEY_ID = "S0L0K3Y017"
TOKEN_LIFETIME_S = 20 * 60
# Far below Apple's, so that each list of signatures takes two pages.
PAGE_SIZE = 4
HOURLY_LIMIT = 3600

JSON = "application/json"
METRICS = "application/vnd.apple.xcode-metrics+json"
LOGS = "application/vnd.apple.diagnostic-logs+json"

DIAGNOSTIC_TYPES = ("DISK_WRITES", "HANGS", "LAUNCHES")
# Parameter -> what each of its comma-separated values has to match.
PARAMETERS = {
    "filter[platform]": "IOS",
    "filter[metricType]": "HANG|LAUNCH|MEMORY|DISK|BATTERY|TERMINATION|ANIMATION|STORAGE",
    "filter[deviceType]": r"\w+",
    "filter[diagnosticType]": "|".join(DIAGNOSTIC_TYPES),
    "filter[bundleId]": r"[\w.-]+",
    "filter[app]": r"\d+",
    "filter[version]": r"[\w.]+",
    "fields[diagnosticSignatures]": "diagnosticType|signature|weight|insight|logs",
    "limit": "[1-9][0-9]?|1[0-9][0-9]|200",
    "cursor": "[A-Za-z0-9_-]+",
}
METRICS_PARAMETERS = ("filter[platform]", "filter[metricType]", "filter[deviceType]")

Params = dict[str, list[str]]
Headers = dict[str, str]
Fault = Callable[["Handler"], bool]


class Request(NamedTuple):
    """A request as it arrived; `port` is the client's and tells connections apart."""

    method: str
    path: str
    headers: Headers
    port: int


class Reply(NamedTuple):
    """An answer before compression."""

    status: int
    headers: Headers
    body: bytes


class Refusal(Exception):
    """The request is answered with an error; `parameters` are the query's wrong ones."""

    def __init__(self, status: int, code: str, title: str, detail: str, parameters: tuple[str, ...] = ()) -> None:
        super().__init__(status, code, title, detail, parameters)


def _not_found(kind: str, name: str) -> Refusal:
    return Refusal(404, "NOT_FOUND", "The resource is not there", f"There is no {kind} '{name}' for this key.")


def _quality(header: str, wanted: str) -> float:
    """Return the quality an Accept or Accept-Encoding header gives `wanted`: the most specific range decides.

    See RFC 9110, 12.5.1.
    """
    found: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        weights = [re.fullmatch(r"q=([01](?:\.\d*)?)", value) for value in parameters]
        found[name] = next((float(weight[1]) for weight in weights if weight), 1.0)
    for name in (wanted, wanted.split("/")[0] + "/*", "*/*", "*"):
        if name in found:
            return found[name]
    return 0.0


class AppStoreConnect:
    """The stand-in, serving between `with` and the end of the block.

    `requests` and `connections` record what came in. `faults` are called one after the other, one a request, before it
    is answered. `answers` maps a path without its query to the (status, content type, body) sent where a 200 would
    have been. `clock_offset_s` moves the server's clock. `certificate` and `certificate_key` are paths of PEM files;
    with them it serves TLS.
    """

    issuer_id = ISSUER_ID
    key_id = KEY_ID
    individual_key_id = INDIVIDUAL_KEY_ID

    def __init__(self, *, certificate: str | None = None, certificate_key: str | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.faults: list[Fault] = []
        self.answers: dict[str, tuple[int, str, bytes]] = {}
        self.clock_offset_s = 0.0
        self.keys = {key_id: ec.generate_private_key(ec.SECP256R1()) for key_id in (KEY_ID, INDIVIDUAL_KEY_ID)}
        self.private_key_pem = self._pem(KEY_ID)
        self.individual_private_key_pem = self._pem(INDIVIDUAL_KEY_ID)
        self._server = _Server(self, certificate, certificate_key)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> AppStoreConnect:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _pem(self, key_id: str) -> str:
        return self.keys[key_id].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def now(self) -> float:
        """Return the server's time in seconds since the epoch."""
        return time.time() + self.clock_offset_s

    def environment(self, folder: str | Path) -> dict[str, str]:
        """Write the team key into `folder` and return the variables that lead a script to this server."""
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

    def authenticate(self, authorization: str, method: str, target: str) -> None:
        """Raise Refusal unless the header holds a token that a key of this server signed for this request."""
        scheme, _, token = authorization.partition(" ")
        try:
            key_id = jwt.get_unverified_header(token)["kid"]
            payload = jwt.PyJWS().decode(token, self.keys[key_id].public_key(), algorithms=["ES256"])
            claims = json.loads(payload)
            now = self.now()
            individual = key_id == INDIVIDUAL_KEY_ID
            valid = (
                scheme == "Bearer"
                and claims["aud"] == "appstoreconnect-v1"
                and claims.get("iss") == (None if individual else ISSUER_ID)
                and claims.get("sub") == ("user" if individual else None)
                and claims["iat"] <= now < claims["exp"] <= now + TOKEN_LIFETIME_S
                and claims["exp"] - claims["iat"] <= TOKEN_LIFETIME_S
                and ("scope" not in claims or any(_covers(scope, method, target) for scope in claims["scope"]))
            )
        except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
            valid = False
        if not valid:
            raise Refusal(
                401,
                "NOT_AUTHORIZED",
                "The request needs valid credentials.",
                "The bearer token is missing, expired, not signed by the key it names, or not meant for this request.",
            )


def _covers(scope: str, method: str, target: str) -> bool:
    """Tell whether a token's scope allows a request: same method and path, and the query it names, if any."""
    allowed, asked = urlsplit(scope), urlsplit(f"{method} {target}")
    return unquote(allowed.path) == unquote(asked.path) and set(parse_qsl(allowed.query)) <= set(parse_qsl(asked.query))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: AppStoreConnect, certificate: str | None, certificate_key: str | None) -> None:
        self.api = api
        self.open_sockets: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate_key)
            # The handshake is left to the connection's own thread.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        # Not HTTPServer's, which looks its own name up in the DNS.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.api.connections += 1
        self.open_sockets.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.open_sockets.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        # Kept-alive connections would be answered on otherwise.
        for connection in list(self.open_sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is none of the server's business; TLS errors and closed sockets are OSErrors too.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection; faults are given this object."""

    protocol_version = "HTTP/1.1"
    server_version = "AppStoreConnectStandIn"
    sys_version = ""
    # The headers and the body are written apart; Nagle would hold back the second by 40 ms.
    disable_nagle_algorithm = True
    server: _Server

    @property
    def api(self) -> AppStoreConnect:
        """The stand-in this request came to."""
        return self.server.api

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Keep quiet."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the server's own time for the Date header."""
        return formatdate(self.api.now() if timestamp is None else timestamp, usegmt=True)

    def handle_one_request(self) -> None:
        """Start a request with an ID of its own."""
        self.request_id = str(uuid.uuid4())
        super().handle_one_request()

    def _record(self) -> None:
        self.api.requests.append(Request(self.command, self.path, dict(self.headers), self.client_address[1]))

    def do_GET(self) -> None:
        """Let the next fault have the request, or answer it."""
        self._record()
        try:
            fault = self.api.faults.pop(0)
        except IndexError:
            answered = False
        else:
            answered = fault(self)
        if not answered:
            self.send(self.reply())

    def do_POST(self) -> None:
        """Refuse a method that changes something."""
        self._record()
        self.close_connection = True  # the body stays unread
        problem = Refusal(405, "METHOD_NOT_ALLOWED", "The method is not allowed", f"{self.command} is not served here.")
        reply = self.refuse(problem)
        self.send(reply._replace(headers={**reply.headers, "Allow": "GET"}))

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST

    def reply(self) -> Reply:
        """Return the regular answer to this request."""
        try:
            self.api.authenticate(self.headers.get("Authorization", ""), self.command, self.path)
            return self._route()
        except Refusal as refusal:
            return self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> Reply:
        """Return an error in Apple's form."""
        status, code, title, detail, parameters = refusal.args
        entry = {"id": self.request_id, "status": str(status), "code": code, "title": title, "detail": detail}
        errors = [{**entry, "source": {"parameter": name}} for name in parameters] or [entry]
        return Reply(status, {"Content-Type": JSON}, json.dumps({"errors": errors}).encode())

    def send(self, reply: Reply, until: int | None = None) -> None:
        """Send an answer, of its body only the bytes before `until`."""
        headers, body = dict(reply.headers), reply.body
        if "Content-Encoding" not in headers and _quality(self.headers.get("Accept-Encoding", ""), "gzip"):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        self.send_head(reply.status, {"Content-Length": str(len(body)), **headers})
        if self.command != "HEAD":
            self.wfile.write(body[:until])

    def send_head(self, status: int, headers: Headers) -> None:
        """Send the status and headers, Apple's own among them."""
        self.send_response(status)
        remaining = max(0, HOURLY_LIMIT - len(self.api.requests))
        own = {
            "X-Rate-Limit": f"user-hour-lim:{HOURLY_LIMIT};user-hour-rem:{remaining};",
            "x-request-id": self.request_id,
        }
        for name, value in {**own, **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _route(self) -> Reply:
        path, query = urlsplit(self.path)[2:4]
        for pattern, media_type, names, endpoint in ENDPOINTS:
            match = re.fullmatch(pattern, path)
            if match:
                if not _quality(self.headers.get("Accept", "*/*"), media_type):
                    raise Refusal(406, "NOT_ACCEPTABLE", "Accept rules out the answer", f"The answer is {media_type}.")
                params = _parameters(query, names)
                if path in self.api.answers:
                    status, content_type, body = self.api.answers[path]
                    return Reply(status, {"Content-Type": content_type}, body)
                document = endpoint(self, params, *match.groups())
                return Reply(200, {"Content-Type": media_type}, json.dumps(document, ensure_ascii=False).encode())
        raise _not_found("resource", path)

    def page(self, items: list[fleet.Json], params: Params) -> fleet.Json:
        """Return the part of a list that the cursor and the limit ask for, and where the next one is."""
        limit = min(PAGE_SIZE, *map(int, params.get("limit", [str(PAGE_SIZE)])))
        start = _offset(params["cursor"][0]) if "cursor" in params else 0
        links = {"self": self.api.url + self.path}
        if start + limit < len(items):
            query = {name: ",".join(values) for name, values in params.items()}
            query["cursor"] = _cursor(start + limit)
            links["next"] = f"{self.api.url}{urlsplit(self.path).path}?{urlencode(query, quote_via=quote)}"
        paging = {"total": len(items), "limit": limit}
        return {"data": items[start : start + limit], "links": links, "meta": {"paging": paging}}


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset {offset}".encode()).decode().rstrip("=")


def _offset(cursor: str) -> int:
    """Return where a cursor points; raise Refusal for one that `_cursor` did not make."""
    try:
        offset = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).split()[-1])
    except (ValueError, IndexError):
        offset = -1
    if cursor != _cursor(offset):
        raise _parameter_error(("cursor",))
    return offset


def _parameter_error(names: tuple[str, ...]) -> Refusal:
    return Refusal(
        400,
        "PARAMETER_ERROR.INVALID",
        "A parameter has an invalid value",
        "The parameter is unknown here, given twice, or has a value that it does not take.",
        names,
    )


def _parameters(query: str, names: tuple[str, ...]) -> Params:
    """Return the query's values by name; raise Refusal that names every parameter that does not fit."""
    pairs = parse_qsl(query, keep_blank_values=True)
    params = {name: value.split(",") if "[" in name else [value] for name, value in pairs}
    wrong = tuple(
        name
        for name, values in params.items()
        if name not in names
        or not all(re.fullmatch(PARAMETERS[name], value) for value in values)
        or [key for key, _ in pairs].count(name) > 1
    )
    if wrong:
        raise _parameter_error(wrong)
    return params


# --- endpoints --------------------------------------------------------------------------------------------------------


def _apps(handler: Handler, params: Params) -> fleet.Json:
    apps = fleet.apps(handler.api.url)
    bundle_ids = params.get("filter[bundleId]")
    return handler.page([app for app in apps if not bundle_ids or app["attributes"]["bundleId"] in bundle_ids], params)


def _app_builds(handler: Handler, params: Params, app_id: str) -> fleet.Json:
    if app_id not in (fleet.APP_ID, fleet.SMALL_APP_ID):
        raise _not_found("app", app_id)
    return handler.page(fleet.builds(handler.api.url) if app_id == fleet.APP_ID else [], params)


def _builds(handler: Handler, params: Params) -> fleet.Json:
    numbers = params.get("filter[version]")
    builds = fleet.builds(handler.api.url) if fleet.APP_ID in params.get("filter[app]", [fleet.APP_ID]) else []
    return handler.page([build for build in builds if not numbers or build["attributes"]["version"] in numbers], params)


def _app_metrics(handler: Handler, params: Params, app_id: str) -> fleet.Json:
    if app_id == fleet.SMALL_APP_ID:
        return fleet.no_metrics()
    if app_id != fleet.APP_ID:
        raise _not_found("app", app_id)
    return _filtered(fleet.metrics(), params)


def _build_metrics(handler: Handler, params: Params, build_id: str) -> fleet.Json:
    _require_app_store_build(build_id)
    return _filtered(fleet.build_metrics(build_id), params)


def _filtered(document: fleet.Json, params: Params) -> fleet.Json:
    """Return a metrics answer without the categories and devices that were not asked for."""
    categories, devices = params.get("filter[metricType]"), params.get("filter[deviceType]")

    def keep(entries: list[fleet.Json], key: str, wanted: list[str] | None) -> list[fleet.Json]:
        return [entry for entry in entries if wanted is None or entry[key] in wanted]

    for product in document["productData"]:
        product["metricCategories"] = keep(product["metricCategories"], "identifier", categories)
        for category in product["metricCategories"]:
            for metric in category["metrics"]:
                metric["datasets"] = [
                    dataset for dataset in metric["datasets"] if keep([dataset["filterCriteria"]], "device", devices)
                ]
    for kind, insights in document.get("insights", {}).items():
        for insight in insights:
            insight["populations"] = keep(insight["populations"], "device", devices)
        document["insights"][kind] = [
            insight for insight in keep(insights, "metricCategory", categories) if insight["populations"]
        ]
    return document


def _require_app_store_build(build_id: str) -> None:
    """Raise Refusal for a build that is not in the App Store: it has neither metrics nor signatures."""
    if build_id == fleet.TESTFLIGHT_BUILD_ID or build_id not in [build.id for build in fleet.BUILDS]:
        raise _not_found("build", build_id)


def _signatures(handler: Handler, params: Params, build_id: str) -> fleet.Json:
    _require_app_store_build(build_id)
    kinds = params.get("filter[diagnosticType]", DIAGNOSTIC_TYPES)
    signatures = [
        signature
        for kind in DIAGNOSTIC_TYPES
        if kind in kinds and build_id != fleet.QUIET_BUILD_ID
        for signature in fleet.signatures(kind, handler.api.url)
    ]
    fields = params.get("fields[diagnosticSignatures]", PARAMETERS["fields[diagnosticSignatures]"].split("|"))
    for signature in signatures:
        signature["attributes"] = {key: value for key, value in signature["attributes"].items() if key in fields}
        if "logs" not in fields:
            del signature["relationships"]
    return handler.page(signatures, params)


def _logs(handler: Handler, params: Params, signature_id: str) -> fleet.Json:
    try:
        document = fleet.logs(signature_id)
    except KeyError:
        raise _not_found("signature", signature_id) from None
    product = document["productData"][0]
    product["diagnosticLogs"] = product["diagnosticLogs"][: int(params.get("limit", ["200"])[0])]
    return document


ENDPOINTS: tuple[tuple[str, str, tuple[str, ...], Callable[..., fleet.Json]], ...] = (
    ("/v1/apps", JSON, ("filter[bundleId]", "limit", "cursor"), _apps),
    ("/v1/apps/([^/]+)/builds", JSON, ("limit", "cursor"), _app_builds),
    ("/v1/builds", JSON, ("filter[app]", "filter[version]", "limit", "cursor"), _builds),
    ("/v1/apps/([^/]+)/perfPowerMetrics", METRICS, METRICS_PARAMETERS, _app_metrics),
    ("/v1/builds/([^/]+)/perfPowerMetrics", METRICS, METRICS_PARAMETERS, _build_metrics),
    (
        "/v1/builds/([^/]+)/diagnosticSignatures",
        JSON,
        ("filter[diagnosticType]", "fields[diagnosticSignatures]", "limit", "cursor"),
        _signatures,
    ),
    ("/v1/diagnosticSignatures/([^/]+)/logs", LOGS, ("limit",), _logs),
)


# --- faults -----------------------------------------------------------------------------------------------------------


def error(status: int, code: str, title: str, detail: str, headers: Headers | None = None) -> Fault:
    """Answer with an error in Apple's form, and with `headers` besides the usual ones."""

    def fault(handler: Handler) -> bool:
        reply = handler.refuse(Refusal(status, code, title, detail))
        handler.send(reply._replace(headers={**reply.headers, **(headers or {})}))
        return True

    return fault


def raw(status: int, headers: Headers, body: bytes) -> Fault:
    """Answer with exactly this body, as a proxy on the way would: not compressed, no header of Apple's."""

    def fault(handler: Handler) -> bool:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return fault


def redirect(url: str) -> Fault:
    """Send the client to another URL."""
    return raw(HTTPStatus.FOUND, {"Location": url}, b"")


def hang_up() -> Fault:
    """Close the connection with nothing sent."""

    def fault(handler: Handler) -> bool:
        handler.close_connection = True
        return True

    return fault


def cut(after: int) -> Fault:
    """Declare the whole body, send `after` bytes of it and close the connection."""

    def fault(handler: Handler) -> bool:
        handler.send(handler.reply(), until=after)
        handler.close_connection = True
        return True

    return fault


def reset(after: int = 100) -> Fault:
    """Break the connection with a TCP reset once `after` bytes of the body are sent."""

    def fault(handler: Handler) -> bool:
        handler.send(handler.reply(), until=after)
        handler.close_connection = True
        # Lingering for 0 seconds turns close into a reset: socket(7).
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        return True

    return fault


def corrupt_gzip() -> Fault:
    """Send a body that calls itself gzip and is not, after its first ten bytes."""

    def fault(handler: Handler) -> bool:
        reply = handler.reply()
        body = gzip.compress(reply.body)[:10] + b"\xff" * 100
        handler.send(Reply(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, body))
        return True

    return fault


def stall(event: threading.Event) -> Fault:
    """Send the headers, and the body once `event` is set."""

    def fault(handler: Handler) -> bool:
        reply = handler.reply()
        handler.send_head(reply.status, {**reply.headers, "Content-Length": str(len(reply.body))})
        event.wait()
        handler.wfile.write(reply.body)
        return True

    return fault


# --- program ----------------------------------------------------------------------------------------------------------

USAGE = f"""\
usage: python3 tests/app_store_connect.py [COMMAND ARG...]

Runs COMMAND against a stand-in for App Store Connect on this machine, with a throwaway key, and exits with its status.
A COMMAND that ends in .py runs under this Python. Without COMMAND, prints the variables to export and serves until
Ctrl-C.

app                            {fleet.APP_ID}  {fleet.BUNDLE_ID}
app below the usage threshold  {fleet.SMALL_APP_ID}  {fleet.SMALL_BUNDLE_ID}
latest build                   {fleet.BUILD_ID}
build without signatures       {fleet.QUIET_BUILD_ID}
TestFlight build (404)         {fleet.TESTFLIGHT_BUILD_ID}
"""


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end and return its status as a shell would."""
    name = command[0]
    if name.endswith(".py"):
        places = (Path(name), Path(__file__).resolve().parent.parent / name)
        script = next((path for path in places if path.is_file()), None)
        if script is None:
            print(f"app_store_connect.py: {name} is neither here nor in the repository's top folder", file=sys.stderr)
            return 1
        command = [sys.executable, str(script), *command[1:]]
    # Not SIG_IGN, which the command would inherit: Ctrl-C is its to answer.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as problem:
        print(f"app_store_connect.py: cannot start {name}: {problem.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return 128 - status if status < 0 else status


def _serve(variables: dict[str, str]) -> int:
    """Print what a shell needs and wait for Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print("# serving until Ctrl-C", flush=True)
    threading.Event().wait()
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    command = sys.argv[1:] if argv is None else argv
    if command[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    # A script that starts this with & leaves Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory() as folder, AppStoreConnect() as api:
            variables = api.environment(folder)
            if not command:
                ids = {"APP_ID": fleet.APP_ID, "BUNDLE_ID": fleet.BUNDLE_ID, "BUILD_ID": fleet.BUILD_ID}
                return _serve({**variables, **ids})
            # A lower-case no_proxy would win over NO_PROXY.
            inherited = {name: value for name, value in os.environ.items() if name not in ("TOKEN", "no_proxy")}
            return _run(command, {**inherited, **variables})
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
