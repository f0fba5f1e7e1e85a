"""HTTP sessions whose responses are bounded: neither endlessly slow nor endlessly large."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator
from time import monotonic
from typing import Any

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# As with curl's --speed-limit and --speed-time: a response slower than this over such a period is given up.
MIN_SPEED_BYTES_PER_S = 1000
SPEED_PERIOD_S = 60
MAX_BODY_BYTES = 512 * 2**20
# The status line and headers, including any number of responses `100 Continue`.
_MAX_HEAD_BYTES = 2**20
_PIECE_BYTES = 2**16


class ResponseLimitError(OSError):
    """A response exceeds a limit; the text says what the host did."""


class SlowResponseError(ResponseLimitError):
    """A response arrives too slowly."""


def _oversized(part: str, limit_bytes: int) -> ResponseLimitError:
    return ResponseLimitError(f"sent a response whose {part} is larger than {limit_bytes // 2**20} MiB")


class _Meter(io.RawIOBase):
    """The receiving end of a connection during one response."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._period_start = monotonic()
        self._bytes_in_period = 0
        self._part, self._limit_bytes = "head", _MAX_HEAD_BYTES
        self._bytes_left = self._limit_bytes

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()

    def end_of_head(self) -> None:
        """Allow as many bytes as a body may have."""
        self._part, self._limit_bytes = "body", MAX_BODY_BYTES
        self._bytes_left = self._limit_bytes

    def readinto(self, buffer: Any) -> int | None:
        """Read once. Raises ResponseLimitError."""
        count = self._raw.readinto(buffer)
        self._bytes_in_period += count or 0
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            raise _oversized(self._part, self._limit_bytes)
        now = monotonic()
        if now - self._period_start >= SPEED_PERIOD_S and count:
            if self._bytes_in_period < MIN_SPEED_BYTES_PER_S * (now - self._period_start):
                raise SlowResponseError(
                    f"sent less than {MIN_SPEED_BYTES_PER_S} bytes per second for {SPEED_PERIOD_S} s"
                )
            self._period_start, self._bytes_in_period = now, 0
        return count


class _MeteredResponse(http.client.HTTPResponse):
    """A response that is read through a meter, from the status line (also a proxy's) to the end of the body."""

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._meter = _Meter(self.fp.detach())
        self.fp = io.BufferedReader(self._meter)

    def begin(self) -> None:
        super().begin()
        self._meter.end_of_head()


class _MeteredConnection(HTTPConnection):
    response_class = _MeteredResponse


class _MeteredTLSConnection(HTTPSConnection):
    response_class = _MeteredResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _MeteredConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _MeteredTLSConnection


class _MeteredAdapter(requests.adapters.HTTPAdapter):
    """Makes connections, direct ones and through a proxy, whose responses are metered."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        return manager


def new_session() -> requests.Session:
    """Return a session whose responses are metered; `read_body` reads them."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "gzip"
    session.stream = True
    for scheme in ("https://", "http://"):
        session.mount(scheme, _MeteredAdapter())
    return session


def read_body(response: requests.Response) -> None:
    """Read the body of a response into its `content`.

    Raises ResponseLimitError and the exceptions of requests.
    """
    try:
        if "," in response.headers.get("Content-Encoding", ""):
            raise ResponseLimitError("sent a response that is compressed more than once")
        response._content = b"".join(_bounded_pieces(response))
    except BaseException:
        response.close()
        raise


def _bounded_pieces(response: requests.Response) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_content(_PIECE_BYTES):
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise _oversized("body", MAX_BODY_BYTES)
        yield piece
