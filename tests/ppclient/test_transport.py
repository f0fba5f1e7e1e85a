"""A response is given up if it is too slow or too large."""

from __future__ import annotations

import gzip

import pytest
import requests

from ppclient import transport
from ppclient.transport import SlowResponseError, read_body
from tests.fake_api import APP_ID, FakeAPI, Fault, Handler, faults
from tests.helpers.support import Outcome, Run

SCRIPT = "get-metrics-insights.py"
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"


def failure(problem: str) -> Outcome:
    """Return the outcome of a request that fails."""
    advice = "check the network and the proxy, or try again later"
    return Outcome(3, "", f"{SCRIPT}: GET {METRICS_PATH}: 127.0.0.1 sent {problem}: {advice}\n")


def send_endlessly(head: bytes, piece: bytes) -> Fault:
    """Send `head`, then `piece` until the client gives up."""

    def fault(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + head)
        while True:
            handler.wfile.write(piece)  # Ends with an OSError, which the server ignores.

    return fault


def drip(handler: Handler) -> None:
    """Send a single byte of the body, and wait until the client gives up."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n ")
    handler.rfile.read(1)


BODY = send_endlessly(b"Content-Length: 1000000000\r\n\r\n", b" " * 10_000)
CHUNKS = send_endlessly(b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n     \r\n" * 1000)

# --- slow responses ---------------------------------------------------------------------------------------------------


class Trickle:
    """A body of `size` bytes; `seconds` says how long each piece takes, and the last of them also those after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size: int, *seconds: float) -> None:
        self.now = 0.0
        self._left, self._seconds = size, list(seconds)
        monkeypatch.setattr(transport, "monotonic", lambda: self.now)

    def read1(self, size: int, *, decode_content: bool) -> bytes:
        """Return the 4096 bytes that have arrived, or fewer at the end."""
        self.now += self._seconds.pop(0) if len(self._seconds) > 1 else self._seconds[0]
        count = min(size, self._left, 4096)
        self._left -= count
        return bytes(count)

    def close(self) -> None:
        """Do nothing: there is no connection."""


def size_of(raw: Trickle) -> int:
    """Return the size of the body of a response that is read from `raw`."""
    response = requests.Response()
    response.raw = raw
    read_body(response)
    return len(response.content)


# 4096 bytes in 4 s are 1024 bytes per second, and in 4.1 s 999.
@pytest.mark.parametrize(("size", "seconds"), [(900_000, 4), (59, 59)], ids=["long", "short"])
def test_response_that_is_fast_or_short_enough_is_read(
    monkeypatch: pytest.MonkeyPatch, size: int, seconds: float
) -> None:
    assert size_of(Trickle(monkeypatch, size, seconds)) == size


@pytest.mark.parametrize(
    ("seconds", "end"),
    [([4.1], 61.5), ([41], 82), ([1] * 600 + [5], 660)],
    ids=["slow", "very slow", "slow after 10 minutes"],
)
def test_response_is_given_up_after_a_slow_minute(
    monkeypatch: pytest.MonkeyPatch, seconds: list[float], end: float
) -> None:
    trickle = Trickle(monkeypatch, 9_000_000, *seconds)
    with pytest.raises(SlowResponseError):
        size_of(trickle)
    assert trickle.now == pytest.approx(end)


def set_clock(monkeypatch: pytest.MonkeyPatch, *readings: int) -> None:
    """Make the clock that measures responses show these seconds, one after the other, and then the last of them."""
    left = list(readings)
    monkeypatch.setattr(transport, "monotonic", lambda: left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize("fault", [BODY, CHUNKS, drip], ids=["body", "chunks", "drip"])
def test_slow_response_is_repeated_only_once(
    api: FakeAPI, run: Run, delays: list[float], monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    set_clock(monkeypatch, *range(0, 900, 60))
    api.faults += [fault] * 9
    assert run(SCRIPT, APP_ID) == failure("less than 1000 bytes per second for 60 s")
    assert (len(api.requests), delays) == (2, [0])


@pytest.mark.usefixtures("delays")
def test_slow_response_may_be_fast_when_repeated(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 0, 60)
    api.faults.append(BODY)
    assert (run(SCRIPT, APP_ID).status, len(api.requests)) == (0, 2)


# --- large responses --------------------------------------------------------------------------------------------------


@pytest.fixture
def one_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make 1 MiB the largest body."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 2**20)


BOMB = gzip.compress(bytes(2**20 + 1))
LARGE: dict[str, Fault] = {
    "endless body": BODY,
    "endless chunks": CHUNKS,
    "body of 1 MiB and a byte": faults.raw(200, {}, b" " * (2**20 + 1)),
    "gzip bomb": faults.raw(200, {"Content-Encoding": "gzip"}, BOMB),
    "gzip bomb in an error": faults.raw(500, {"Content-Encoding": "gzip"}, BOMB),
    "gzip bomb in a 401": faults.raw(401, {"Content-Encoding": "gzip"}, BOMB),
}


@pytest.mark.usefixtures("one_mebibyte", "delays")
@pytest.mark.parametrize("fault", LARGE.values(), ids=LARGE)
def test_oversized_response_is_rejected_at_once(api: FakeAPI, run: Run, fault: Fault) -> None:
    api.faults += [fault] * 9
    assert run(SCRIPT, APP_ID) == failure("a response whose body is larger than 1 MiB")
    assert len(api.requests) == 1


@pytest.mark.usefixtures("one_mebibyte")
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_body_of_the_largest_size_is_read(api: FakeAPI, run: Run, encoding: str) -> None:
    body = b'{"productData": []}'.ljust(2**20)
    sent = gzip.compress(body) if encoding else body
    api.faults.append(faults.raw(200, {"Content-Encoding": encoding}, sent))
    assert run(SCRIPT, "--output=-", APP_ID).out.encode() == body


def test_response_compressed_twice_is_rejected(api: FakeAPI, run: Run) -> None:
    body = gzip.compress(gzip.compress(b"{}"))
    api.faults.append(faults.raw(200, {"Content-Encoding": "gzip, gzip"}, body))
    assert run(SCRIPT, APP_ID) == failure("a response that is compressed more than once")
