"""Read responses within limits, so that none is endlessly slow or endlessly large."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import requests
import urllib3

MAX_BODY_BYTES = 512 * 2**20
# As with curl's --speed-limit and --speed-time: a body slower than this over such a period is given up.
MIN_SPEED_BYTES_PER_S = 1000
SPEED_PERIOD_S = 60
_PIECE_BYTES = 65_536


class ResponseLimitError(OSError):
    """A response exceeds a limit; the text says what the host did."""


class SlowResponseError(ResponseLimitError):
    """A response arrives too slowly."""


def read_body(response: requests.Response) -> None:
    """Read the body of a response, requested with `stream=True`, into its `content`.

    Raises ResponseLimitError and the exceptions of requests.
    """
    with response:
        if "," in response.headers.get("Content-Encoding", ""):
            raise ResponseLimitError("sent a response that is compressed more than once")
        response._content = b"".join(_limited_pieces(response))


def _limited_pieces(response: requests.Response) -> Iterator[bytes]:
    size = size_at_start = 0
    period_start = monotonic()
    for piece in _arriving_pieces(response):
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise ResponseLimitError(f"sent a response whose body is larger than {MAX_BODY_BYTES // 2**20} MiB")
        yield piece
        now = monotonic()
        if now - period_start >= SPEED_PERIOD_S:
            if size - size_at_start < MIN_SPEED_BYTES_PER_S * (now - period_start):
                speed = f"{MIN_SPEED_BYTES_PER_S} bytes per second for {SPEED_PERIOD_S} s"
                raise SlowResponseError(f"sent less than {speed}")
            period_start, size_at_start = now, size


def _arriving_pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield the body as it arrives; `iter_content` would wait for a whole piece, however slowly its bytes drip."""
    raw = response.raw
    read = raw.read1 if hasattr(raw, "read1") else raw.read  # urllib3 1 has no read1.
    try:
        while piece := read(_PIECE_BYTES, decode_content=True):
            yield piece
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
