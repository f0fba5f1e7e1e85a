"""Several reports at a time: their order, the number of requests, and what slows all of them."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ppclient.client import Client, Download
from ppclient.throttle import Throttle
from ppparser.documents.loading import DIAGNOSTICS
from ppparser.errors import APIError, NotFoundError
from tests import fake_api
from tests.fake_api import BUILD_ID, LOGS_TYPE, FakeAPI, Fault, Handler, faults
from tests.helpers.clients import new_client
from tests.helpers.support import Run

TIMEOUT_S = 60
LIST_PATH = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
BODY = b'{"productData": [], "version": "1"}'
PATHS = [f"/v1/diagnosticSignatures/{number}/logs" for number in range(20)]
SCRIPT = "get-diagnostics-logs.py"
HOUR_IS_OVER = faults.error(429, "RATE_LIMIT_EXCEEDED", "X", "X", {"Retry-After": "1800"})


@pytest.fixture
def notes() -> list[str]:
    """Return the list of what a client says about its progress."""
    return []


@pytest.fixture
def client(api: FakeAPI, notes: list[str]) -> Iterator[Client]:
    """Yield a client of an API that has logs at each of PATHS."""
    for path in PATHS:
        api.responses[path] = (200, LOGS_TYPE, BODY)
    with new_client(notes.append) as opened:
        yield opened


def read(client: Client, count: int = len(PATHS)) -> Iterator[Download | APIError]:
    return client.reports(DIAGNOSTICS, PATHS[:count], "logs")


def after(event: threading.Event, fault: Fault | None = None) -> Fault:
    """Wait for `event`, then run `fault` or send the regular response."""

    def wait(handler: Handler) -> None:
        assert event.wait(TIMEOUT_S)
        (fault or (lambda handler: handler.send(handler.response())))(handler)

    return wait


def signatures(api: FakeAPI, count: int) -> list[str]:
    """Make the build have `count` signatures with logs; return the paths of the logs."""
    paths = [f"/v1/diagnosticSignatures/{number:066x}/logs" for number in range(count)]
    resources = [{"id": path.split("/")[3], "attributes": {"signature": f"f{path[-6]}"}} for path in paths]
    api.responses[LIST_PATH] = (200, "application/json", json.dumps({"data": resources}).encode())
    body = json.dumps(fake_api.logs(fake_api.signatures("HANGS")[0]["id"])).encode()
    for path in paths:
        api.responses[path] = (200, LOGS_TYPE, body)
    return paths


def test_reports_keep_the_order_of_their_urls(api: FakeAPI, client: Client) -> None:
    for number, path in enumerate(PATHS):
        api.responses[path] = (200, LOGS_TYPE, b'{"productData": [], "version": "%d"}' % number)
    second_is_sent = threading.Event()

    def send_and_tell(handler: Handler) -> None:
        handler.send(handler.response())
        second_is_sent.set()

    api.path_faults = {PATHS[0]: [after(second_is_sent)], PATHS[1]: [send_and_tell]}
    versions = [report[1]["version"] for report in read(client) if not isinstance(report, APIError)]
    assert versions == [str(number) for number in range(20)]


def test_first_report_does_not_wait_for_the_others(api: FakeAPI, client: Client) -> None:
    first_is_read = threading.Event()
    api.path_faults = {path: [after(first_is_read)] for path in PATHS[1:]}
    reports = read(client)
    assert next(reports) == (BODY, {"productData": [], "version": "1"})
    first_is_read.set()
    assert len(list(reports)) == 19


def test_six_requests_run_at_a_time(api: FakeAPI, client: Client) -> None:
    counts: list[int] = []
    running = threading.Semaphore(0)
    barrier = threading.Barrier(6, timeout=TIMEOUT_S)

    def meet(handler: Handler) -> None:
        running.release()
        barrier.wait()  # Of fewer than six requests, none would get past this line.
        counts.append(running._value)
        barrier.wait()
        assert running.acquire(blocking=False)
        handler.send(handler.response())

    api.path_faults = {path: [meet] for path in PATHS[:18]}
    assert len(list(read(client, 18))) == 18
    assert counts == [6] * 18
    assert api.connections == 6


def test_list_and_logs_share_connections(api: FakeAPI, run: Run) -> None:
    signatures(api, 20)
    assert run(SCRIPT, "--signatures=20", "--type=HANGS", BUILD_ID).status == 0
    assert (len(api.requests), api.connections <= 6) == (21, True)


def test_progress_counts_the_reports(api: FakeAPI, client: Client, notes: list[str]) -> None:
    is_counted = threading.Event()
    api.path_faults = {PATHS[0]: [after(is_counted)]}

    def note(text: str) -> None:
        notes.append(text)
        if text == "logs 2 of 3":
            is_counted.set()

    client._notify_now = note
    assert len(list(read(client, 3))) == 3
    assert (notes[0][:5], sorted(notes), notes[-1]) == ("logs ", notes, "logs 2 of 3")


def test_nothing_is_reported_while_a_report_is_handled(api: FakeAPI, client: Client, notes: list[str]) -> None:
    is_handled = threading.Event()
    api.path_faults = {PATHS[1]: [after(is_handled, faults.hang_up())]}
    reports = read(client, 2)
    next(reports)
    before = list(notes)
    client._notify("the request failed: retrying in 0 s")
    assert notes == before
    is_handled.set()
    assert isinstance(next(reports), tuple)


def test_failed_report_is_an_error_in_its_place(api: FakeAPI, client: Client) -> None:
    api.path_faults = {PATHS[1]: [faults.error(404, "NOT_FOUND", "Gone", "It is gone.")]}
    kinds = [type(report) for report in read(client, 3)]
    assert kinds == [tuple, NotFoundError, tuple]


def test_failed_part_is_named_and_the_others_are_printed(api: FakeAPI, run: Run) -> None:
    paths = signatures(api, 3)
    api.path_faults = {paths[1]: [faults.error(403, "FORBIDDEN_ERROR", "X", "X")]}
    outcome = run(SCRIPT, "--signatures=3", "--output=out.json", BUILD_ID)
    titles = [line for line in outcome.out.splitlines() if line.startswith("Signature")]
    assert (outcome.status, titles) == (3, ["Signature 1 of 3, - %: f0", "Signature 3 of 3, - %: f2"])
    assert outcome.err.splitlines()[0] == (
        "get-diagnostics-logs.py: no logs of signature 2 of 3, f1: "
        f"App Store Connect responded 403 Forbidden to GET {paths[1]}"
    )
    assert len(json.loads(Path("out.json").read_text())["productData"]) == 2


def test_all_parts_may_fail(api: FakeAPI, run: Run) -> None:
    api.path_faults = {path: [faults.error(403, "X", "X", "X")] for path in signatures(api, 2)}
    outcome = run(SCRIPT, "--signatures=2", "--output=out.json", BUILD_ID)
    assert (outcome.status, outcome.err.count("no logs of signature")) == (3, 2)
    assert not Path("out.json").exists()


def test_429_delays_all_requests(api: FakeAPI, client: Client, delays: list[float]) -> None:
    api.path_faults = {PATHS[0]: [faults.error(429, "X", "X", "X", {"Retry-After": "7"})]}
    list(read(client, 1))
    assert delays == [7]
    delays.clear()  # As if those seconds had not passed.
    list(read(client, 1))
    assert delays == [7]


def test_longest_delay_counts(delays: list[float]) -> None:
    throttle = Throttle()
    throttle.pause(7)
    throttle.pause(1)
    with throttle.request():
        assert delays == [7]


def test_no_request_follows_the_end_of_the_hourly_limit(api: FakeAPI, client: Client) -> None:
    is_limited = threading.Event()
    api.path_faults = {path: [after(is_limited, HOUR_IS_OVER)] for path in PATHS}
    api.path_faults[PATHS[0]] = [HOUR_IS_OVER]
    reports = read(client)
    messages = [str(next(reports))]
    is_limited.set()
    messages += map(str, reports)
    assert all("429" in message for message in messages)
    assert len(api.requests) <= 6


def test_last_requests_of_an_hour_run_one_at_a_time(
    api: FakeAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave_one(handler: Handler) -> None:
        response = handler.response()
        rate_limit = {"X-Rate-Limit": "user-hour-lim:3600;user-hour-rem:1;"}
        handler.send(response._replace(headers={**response.headers, **rate_limit}))

    api.path_faults = {PATHS[0]: [leave_one]}
    list(read(client, 1))
    throttle, events = client._throttle, queue.Queue[str]()
    wait = throttle._changed.wait

    def request() -> None:
        with throttle.request():
            events.put("runs")

    def note_and_wait(timeout: float | None = None) -> bool:
        events.put("waits")
        return wait(timeout)

    monkeypatch.setattr(throttle._changed, "wait", note_and_wait)
    with throttle.request():
        threading.Thread(target=request, daemon=True).start()
        assert events.get(timeout=TIMEOUT_S) == "waits"
    assert events.get(timeout=TIMEOUT_S) == "runs"
