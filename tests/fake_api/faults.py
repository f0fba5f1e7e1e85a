"""The faults that tests inject: put one into `FakeAPI.faults` for each request that is to fail."""

from __future__ import annotations

import gzip
import socket
import struct

from tests.fake_api.server import Fault, Handler, RefusedError, Response


def error(status: int, code: str, title: str, detail: str, headers: dict[str, str] | None = None) -> Fault:
    """Send an error in Apple's form, with `headers` in addition to the usual ones."""

    def fault(handler: Handler) -> None:
        response = handler.error_response(RefusedError(status, code, title, detail))
        handler.send(response._replace(headers={**response.headers, **(headers or {})}))

    return fault


def raw(status: int, headers: dict[str, str], body: bytes) -> Fault:
    """Send exactly this body, as a proxy in between would: not compressed, without Apple's headers."""

    def fault(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return fault


def redirect(url: str) -> Fault:
    """Send the client to another URL."""
    return raw(302, {"Location": url}, b"")


def hang_up() -> Fault:
    """Send nothing and close the connection."""

    def fault(handler: Handler) -> None:
        handler.close_connection = True

    return fault


def cut(after: int) -> Fault:
    """Declare the whole body, send `after` bytes of it and close the connection."""

    def fault(handler: Handler) -> None:
        handler.send(handler.response(), until=after)
        handler.close_connection = True

    return fault


def reset(after: int = 100) -> Fault:
    """Send `after` bytes of the body and break the connection with a TCP reset."""

    def fault(handler: Handler) -> None:
        cut(after)(handler)
        # With a linger time of 0 s, closing resets the connection: socket(7).
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return fault


def corrupt_gzip() -> Fault:
    """Declare a gzip body and send one that is not valid after its first ten bytes."""

    def fault(handler: Handler) -> None:
        response = handler.response()
        body = gzip.compress(response.body)[:10] + b"\xff" * 100
        handler.send(Response(response.status, {**response.headers, "Content-Encoding": "gzip"}, body))

    return fault
