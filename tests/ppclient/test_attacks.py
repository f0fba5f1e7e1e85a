"""Hostile servers, files, environments and interpreter settings: each ends in a short message and the right status."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import pytest
import trustme

from ppclient import client, transport
from ppclient.transport import MIN_SPEED_BYTES_PER_S, SlowResponseError
from tests.fake_api import APP_ID, BUILD_ID, BUNDLE_ID, ISSUER_ID, KEY_ID, FakeAPI, Fault, Handler, faults
from tests.helpers.support import DATA, ROOT, Run, command, expected, spawn

TIMEOUT_S = 60
METRICS_SCRIPT = "get-metrics-insights.py"
LOGS_SCRIPT = "get-diagnostics-logs.py"
PROGRAMS = ["generate-token.py", METRICS_SCRIPT, LOGS_SCRIPT, "ppparser"]
METRICS_PATH = f"/v1/apps/{APP_ID}/perfPowerMetrics"
ADVICE = "check the network and the proxy, or try again later"


class Clock:
    """A clock that stands still, but for some jumps from its third reading on.

    The first reading is for the start of a response, the second for the first bytes.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.jumps = 0
        self._readings = 0

    def __call__(self) -> float:
        self._readings += 1
        if self._readings > 2 and self.jumps:
            self.jumps -= 1
            self.now += 1000
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which the speed of responses is measured."""
    made = Clock()
    monkeypatch.setattr(transport, "monotonic", made)
    return made


@pytest.fixture
def one_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make 1 MiB the largest body."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 2**20)


def message(outcome: Any) -> str:
    """Return the first line of the message, without the name of the program and the request."""
    line: str = outcome.err.splitlines()[0]
    return line.split(": ", 2)[2]


# --- slow responses ---------------------------------------------------------------------------------------------------


def send_endlessly(head: bytes, piece: bytes) -> Fault:
    """Send `head`, then `piece` until the client gives up."""

    def fault(handler: Handler) -> None:
        handler.wfile.write(head)
        while True:
            handler.wfile.write(piece)  # Ends with an OSError, which the server ignores.

    return fault


SLOW = f"127.0.0.1 sent less than 1000 bytes per second for 60 s: {ADVICE}"
OK_HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.usefixtures("delays")
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"H"),
        (OK_HEAD, b"H"),
        (OK_HEAD + b"Content-Length: 1000000\r\n\r\n", b"H"),
        (OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nH\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status line", "headers", "body", "chunked body", "100 Continue"],
)
def test_slow_response_is_given_up_after_one_retry(
    api: FakeAPI, run: Run, clock: Clock, head: bytes, piece: bytes
) -> None:
    clock.jumps = 999
    api.faults += [send_endlessly(head, piece)] * 9
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, message(outcome), len(api.requests)) == (3, SLOW, 2)


@pytest.mark.usefixtures("delays")
def test_slow_response_may_succeed_when_repeated(api: FakeAPI, run: Run, clock: Clock) -> None:
    clock.jumps = 1
    api.faults.append(send_endlessly(OK_HEAD, b"H"))
    assert (run(METRICS_SCRIPT, APP_ID).status, clock.jumps, len(api.requests)) == (0, 0, 2)


@pytest.fixture
def endless_proxy() -> Iterator[str]:
    """Yield the URL of a proxy that answers CONNECT with an endless status line."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(4096)
                while True:
                    connection.sendall(b"H")

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.mark.usefixtures("api", "delays")
def test_slow_proxy_is_given_up(run: Run, endless_proxy: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.jumps = 999
    for name in ("APP_STORE_CONNECT_URL", "NO_PROXY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", endless_proxy)
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, message(outcome)) == (3, SLOW.replace("127.0.0.1", "api.appstoreconnect.apple.com"))


class Trickle(io.RawIOBase):
    """A source of `size` bytes, of which each second brings `speed`."""

    def __init__(self, clock: Clock, speed: int, size: int) -> None:
        self._clock, self._speed, self._left = clock, speed, size

    def readinto(self, buffer: Any) -> int:
        count = min(self._speed, self._left, len(buffer))
        self._clock.now += 1
        self._left -= count
        return count


def read_all(raw: io.RawIOBase) -> int:
    return len(io.BufferedReader(transport._Meter(raw)).read())


@pytest.mark.parametrize("size", [100, 59_000, 900_000])
def test_steady_response_at_the_lowest_speed_is_read(clock: Clock, size: int) -> None:
    assert read_all(Trickle(clock, MIN_SPEED_BYTES_PER_S, size)) == size


def test_short_response_may_be_slow(clock: Clock) -> None:
    assert read_all(Trickle(clock, 1, 59)) == 59


def test_response_below_the_lowest_speed_is_given_up(clock: Clock) -> None:
    with pytest.raises(SlowResponseError):
        read_all(Trickle(clock, MIN_SPEED_BYTES_PER_S - 1, 900_000))
    assert clock.now == 60


def test_fast_beginning_does_not_excuse_a_slow_end(clock: Clock) -> None:
    class Slowing(Trickle):
        def readinto(self, buffer: Any) -> int:
            self._speed = 1500 if clock.now < 600 else 1
            return super().readinto(buffer)

    with pytest.raises(SlowResponseError):
        read_all(Slowing(clock, 1500, 1_000_000))
    assert clock.now == 660


# --- large responses --------------------------------------------------------------------------------------------------


BOMB = gzip.compress(bytes(2**20 + 1))
LARGE: dict[str, tuple[Fault, str]] = {
    "endless 100 Continue": (
        send_endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        f"127.0.0.1 sent a response whose head is larger than 1 MiB: {ADVICE}",
    ),
    "endless body": (
        send_endlessly(OK_HEAD + b"\r\n", b" " * 10_000),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "endless chunks": (
        send_endlessly(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n{    \r\n" * 1000),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "body of 1 MiB and a byte": (
        faults.raw(200, {}, b" " * (2**20 + 1)),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "gzip bomb": (
        faults.raw(200, {"Content-Encoding": "gzip"}, BOMB),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "gzip bomb in an error": (
        faults.raw(500, {"Content-Encoding": "gzip"}, BOMB),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "gzip bomb in a 401": (
        faults.raw(401, {"Content-Encoding": "gzip"}, BOMB),
        f"127.0.0.1 sent a response whose body is larger than 1 MiB: {ADVICE}",
    ),
    "gzip twice": (
        faults.raw(200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"{}"))),
        f"127.0.0.1 sent a response that is compressed more than once: {ADVICE}",
    ),
    "gzip twice, declared once": (
        faults.raw(200, {"Content-Encoding": "gzip"}, gzip.compress(gzip.compress(b"{}"))),
        f"the response to GET {METRICS_PATH} is compressed more than once, or without a Content-Encoding header",
    ),
}


@pytest.mark.usefixtures("one_mebibyte", "delays")
@pytest.mark.parametrize(("fault", "problem"), LARGE.values(), ids=LARGE)
def test_oversized_response_is_rejected_at_once(api: FakeAPI, run: Run, fault: Fault, problem: str) -> None:
    api.faults += [fault] * 9
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, outcome.err.splitlines()[0].endswith(problem), len(api.requests)) == (3, True, 1)


@pytest.mark.usefixtures("one_mebibyte")
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_body_of_the_largest_size_is_read(api: FakeAPI, run: Run, encoding: str) -> None:
    body = b'{"productData": []}'.ljust(2**20)
    sent = gzip.compress(body) if encoding else body
    api.faults.append(faults.raw(200, {"Content-Encoding": encoding}, sent))
    assert run(METRICS_SCRIPT, "--output=-", APP_ID).out.encode() == body


# --- messages ---------------------------------------------------------------------------------------------------------

ERRORS: dict[str, list[dict[str, str]]] = {
    "many errors": [{"code": "X", "detail": f"error {number}"} for number in range(1000)],
    "a long detail": [{"code": "X", "detail": "a" * 1_000_000}],
    "many long details": [{"code": "X", "detail": "\u6f22" * 10_000}] * 30,
    "line breaks": [{"code": "X", "detail": "a\n" * 1000}],
}


@pytest.mark.parametrize("errors", ERRORS.values(), ids=ERRORS)
def test_message_of_a_response_is_short(api: FakeAPI, run: Run, errors: list[dict[str, str]]) -> None:
    api.faults.append(faults.raw(400, {}, json.dumps({"errors": errors}).encode()))
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (len(outcome.err.splitlines()) <= 20, len(outcome.err.encode()) <= 4096) == (True, True)
    assert "omitted)" in outcome.err


def test_limit_of_stderr_counts_what_its_encoding_needs(home: Path) -> None:
    (home / "errors.json").write_text(json.dumps({"errors": [{"code": "\u00e9" * 600}] * 30}))
    outcome = spawn(command("ppparser", "metrics", "--input=errors.json"), {"PYTHONIOENCODING": "ascii"}, cwd=home)
    assert ("more lines omitted" in outcome.err, len(outcome.err) <= 4096) == (True, True)


def test_size_of_a_list_is_limited(api: FakeAPI, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BODY_BYTES", 100)
    outcome = run(LOGS_SCRIPT, BUILD_ID)
    assert (outcome.status, message(outcome)) == (3, "the list is larger than 0 MiB; reading stopped there")


def test_message_about_a_file_is_short(run: Run, home: Path) -> None:
    (home / "errors.json").write_text(json.dumps({"errors": ERRORS["many errors"]}))
    lines = run("ppparser", "metrics", "--input=errors.json").err.splitlines()
    assert (lines[1], lines[-2:]) == ("  X: error 0", ["  X: error 17", "  (982 more lines omitted)"])
    assert len(lines) == 20


def test_line_break_in_a_response_starts_no_line(api: FakeAPI, run: Run) -> None:
    text = f"a\n{METRICS_SCRIPT}: b\r\u2028c"
    error = {"code": text, "title": text, "detail": text, "id": text, "source": {"parameter": text}}
    api.faults.append(faults.raw(400, {}, json.dumps({"errors": [error]}).encode()))
    lines = run(METRICS_SCRIPT, APP_ID).err.splitlines()
    assert [line[:12] for line in lines] == ["get-metrics-", "  a\\nget-met", "  Request ID"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_thousands_of_arguments_are_a_usage_error(run: Run, home: Path, program: str) -> None:
    outcome = run(program, *["x"] * 6000, "--unknown")
    assert (outcome.status, len(outcome.err.encode()) <= 4096) == (2, True)


# --- interpreter settings ---------------------------------------------------------------------------------------------

SETTINGS: dict[str, tuple[list[str], dict[str, str]]] = {
    "-OO": (["-OO"], {}),
    "-I": (["-I"], {}),
    "PYTHONSAFEPATH": ([], {"PYTHONSAFEPATH": "1"}),
    "PYTHONUNBUFFERED": ([], {"PYTHONUNBUFFERED": "1"}),
    "nothing compiled": ([], {"PYTHONPYCACHEPREFIX": "cache"}),
    **({"-P": (["-P"], {})} if sys.version_info >= (3, 11) else {}),
}


@pytest.mark.parametrize(("flags", "environment"), SETTINGS.values(), ids=SETTINGS)
def test_programs_run_under_any_setting(
    api: FakeAPI, home: Path, flags: list[str], environment: dict[str, str]
) -> None:
    calls = [
        (["generate-token.py", ISSUER_ID, KEY_ID, os.environ["KEY_FILE_PATH"]], ""),
        ([METRICS_SCRIPT, BUNDLE_ID], "get-metrics-insights.txt"),
        ([LOGS_SCRIPT, f"--app={BUNDLE_ID}"], "get-diagnostics-logs.txt"),
        (["ppparser", "metrics", "--input", str(DATA / "metrics.json")], "metrics.txt"),
    ]
    for (program, *argv), name in calls:
        outcome = spawn([sys.executable, *flags, str(ROOT / program), *argv], {**os.environ, **environment}, cwd=home)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.count(".") == 2 if not name else outcome.out == expected(name)


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run_with_docopt(home: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Return a function that runs a program whose docopt is replaced by some code."""
    folder = tmp_path / "packages"
    folder.mkdir()

    def run_with_docopt(program: str, code: str, *prefix: str) -> subprocess.CompletedProcess[bytes]:
        (folder / "docopt.py").write_text(f"import os, signal, sys\n{code}\nsys.stdout.write('survived\\n')\n")
        argv = [*prefix, *command(program, "1", "2", "3")]
        return subprocess.run(argv, env={"PYTHONPATH": str(folder)}, capture_output=True, check=False)

    return run_with_docopt


RunWithDocopt = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_during_an_import_ends_the_program(run_with_docopt: RunWithDocopt, program: str, number: int) -> None:
    done = run_with_docopt(program, f"os.kill(os.getpid(), {int(number)})")
    assert (done.returncode, done.stdout, done.stderr) == (-number, b"", b"")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_shell_sees_the_status_it_expects(run_with_docopt: RunWithDocopt, number: int, status: int) -> None:
    shell = ["/bin/sh", "-c", '"$@"; echo $?', "sh"]
    done = run_with_docopt(METRICS_SCRIPT, f"os.kill(os.getpid(), {int(number)})", *shell)
    assert done.stdout == f"{status}\n".encode()


def test_ctrl_c_is_not_swallowed_by_a_finalizer(run_with_docopt: RunWithDocopt) -> None:
    code = "class Last:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGINT)\nLast()"
    done = run_with_docopt(METRICS_SCRIPT, code)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_signal_ignored_from_the_start_stays_ignored(run_with_docopt: RunWithDocopt, number: int) -> None:
    shell = ["/bin/sh", "-c", f"trap '' {int(number)}; exec \"$@\"", "sh"]
    done = run_with_docopt(METRICS_SCRIPT, f"os.kill(os.getpid(), {int(number)})", *shell)
    assert done.stdout == b"survived\n"


SAVE = """
import os, signal, sys
from ppparser.program.saving import save
from ppparser.program.signals import handle_signals
handle_signals()
genuine = getattr(os, sys.argv[1])
def hit(*args):
    os.kill(os.getpid(), int(sys.argv[2]))
    return genuine(*args)
setattr(os, sys.argv[1], hit)
save("file.json", b"new", sys.stdout.buffer)
"""


@pytest.mark.parametrize("call", ["open", "fchmod", "fsync", "replace"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_during_a_save_leaves_the_old_file(home: Path, call: str, number: int) -> None:
    (home / "file.json").write_text("old")
    outcome = spawn([sys.executable, "-c", SAVE, call, str(int(number))], {"PYTHONPATH": str(ROOT)}, cwd=home)
    assert outcome == (-number, "", "")
    assert {path.name: path.read_text() for path in home.iterdir()} == {"file.json": "old"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_during_requests_ends_the_program_at_once(api: FakeAPI, number: int) -> None:
    arrived, end = threading.Semaphore(0), threading.Event()

    def wait(handler: Handler) -> None:
        arrived.release()
        end.wait(TIMEOUT_S)
        handler.close_connection = True

    listed = [lambda handler: handler.send(handler.response())] * 2
    api.faults += [*listed, *[wait] * 3]
    process = subprocess.Popen(
        command(LOGS_SCRIPT, "--signatures=3", BUILD_ID), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    for _ in range(3):
        assert arrived.acquire(timeout=TIMEOUT_S)
    process.send_signal(number)
    _, err = process.communicate(timeout=TIMEOUT_S)
    end.set()
    assert (process.returncode, err) == (-number, b"")


def test_lost_terminal_does_not_stop_a_run_under_nohup(api: FakeAPI, home: Path) -> None:
    terminal, stderr = pty.openpty()
    is_lost = threading.Event()

    def wait(handler: Handler) -> None:
        assert is_lost.wait(TIMEOUT_S)
        handler.send(handler.response())

    api.faults += [faults.error(503, "X", "X", "X"), wait]
    # What nohup does, if it does not redirect stderr as well.
    ignore_hangup = ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    argv = [*ignore_hangup, *command(METRICS_SCRIPT, "--output=metrics.json", APP_ID)]
    with (home / "out.txt").open("wb") as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=stderr)
    os.close(stderr)
    assert b"fetching" in os.read(terminal, 4096)
    os.close(terminal)
    is_lost.set()
    assert process.wait(TIMEOUT_S) == 0
    assert (home / "metrics.json").stat().st_size > 10_000
    assert (home / "out.txt").stat().st_size > 1000


# --- broken environments ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    "proxy", ["http://user@", "//x@", "http://[", "http://a:b:c", "http://x:99999", "socks5://127.0.0.1:1", "http://"]
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_malformed_proxy_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, proxy: str) -> None:
    monkeypatch.setenv(name, proxy)
    problem = f"{name} is not the URL of an http or https proxy, such as http://proxy.example:8080"
    assert run(METRICS_SCRIPT, APP_ID) == (1, "", f"{METRICS_SCRIPT}: {problem}\n")


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("proxy", ["127.0.0.1:8080", "http://user:password@proxy.example:8080/", "https://[::1]:1"])
def test_usual_proxies_are_accepted(run: Run, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert run(METRICS_SCRIPT, APP_ID).status == 0


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        ("certifi", "the package certifi is missing or broken: run python3 -m pip install -r requirements.txt"),
        ("idna", "the package idna is missing or broken: run python3 -m pip install -r requirements.txt"),
        ("ssl", "this Python is incomplete (its module ssl is missing): use Xcode's Python or one from python.org"),
        ("zlib", "this Python is incomplete (its module zlib is missing): use Xcode's Python or one from python.org"),
    ],
)
def test_missing_module_is_named(home: Path, module: str, problem: str) -> None:
    code = (
        f"import runpy, sys; sys.modules[{module!r}] = None; del sys.argv[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    outcome = spawn([sys.executable, "-c", code, str(ROOT / METRICS_SCRIPT), "1"])
    assert outcome == (1, "", f"{METRICS_SCRIPT}: {problem}\n")


@pytest.fixture
def serve_tls(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[trustme.LeafCert], None]]:
    """Return a function that makes the environment point to a fake API with a certificate of a trusted authority."""
    running: list[FakeAPI] = []

    def serve_tls(certificate: trustme.LeafCert) -> None:
        path = home / "server.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(path)
        running.append(FakeAPI(certificate=str(path)).__enter__())
        AUTHORITY.cert_pem.write_to_path(home / "authority.pem")
        for name, value in {**running[0].environment(home), "REQUESTS_CA_BUNDLE": "authority.pem"}.items():
            monkeypatch.setenv(name, value)

    yield serve_tls
    for api in running:
        api.__exit__()


ServeTLS = Callable[[trustme.LeafCert], None]
AUTHORITY = trustme.CA()
PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
FUTURE = datetime.datetime(2090, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    ("host", "validity", "problem"),
    [
        (
            "127.0.0.1",
            {"not_after": PAST},
            "the certificate of 127.0.0.1 has expired: check the date of this machine, and the proxy",
        ),
        (
            "127.0.0.1",
            {"not_before": FUTURE, "not_after": FUTURE + datetime.timedelta(days=9)},
            "the certificate of 127.0.0.1 is not valid yet: check the date of this machine",
        ),
        (
            "other.example",
            {},
            "the certificate is not one of 127.0.0.1: check the network, the proxy and APP_STORE_CONNECT_URL",
        ),
    ],
    ids=["expired", "not valid yet", "wrong host"],
)
def test_problem_of_a_certificate_is_named(
    serve_tls: ServeTLS, run: Run, host: str, validity: dict[str, Any], problem: str
) -> None:
    serve_tls(AUTHORITY.issue_cert(host, **validity))
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, message(outcome)) == (3, problem)


def test_unwritable_key_log_is_named(serve_tls: ServeTLS, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_tls(AUTHORITY.issue_cert("127.0.0.1"))
    monkeypatch.setenv("SSLKEYLOGFILE", "/nowhere/keys.log")
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, message(outcome)) == (3, "cannot write to the file that SSLKEYLOGFILE names: unset it")


@pytest.mark.usefixtures("api", "delays")
def test_proxy_that_cannot_be_found_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(8, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("APP_STORE_CONNECT_URL", "NO_PROXY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    outcome = run(METRICS_SCRIPT, APP_ID)
    assert (outcome.status, message(outcome)) == (
        3,
        "cannot find the proxy: check HTTPS_PROXY, the network and the VPN",
    )


@pytest.mark.parametrize("identifier", [None, "", "../x", "a b", "x" * 101])
def test_unusable_id_in_a_response_is_a_failure_of_the_api(api: FakeAPI, run: Run, identifier: str | None) -> None:
    app = {"type": "apps", "id": identifier, "attributes": {"bundleId": BUNDLE_ID}}
    api.responses["/v1/apps"] = (200, "application/json", json.dumps({"data": [app]}).encode())
    problem = "the API sent an app without a usable ID: try again later"
    assert run(METRICS_SCRIPT, BUNDLE_ID) == (3, "", f"{METRICS_SCRIPT}: {problem}\n")

    build = {"type": "builds", "id": identifier, "attributes": {"version": "431"}}
    api.responses["/v1/builds"] = (200, "application/json", json.dumps({"data": [build]}).encode())
    problem = "the API sent a build without a usable ID: try again later"
    assert run(LOGS_SCRIPT, f"--app={APP_ID}", "--build-number=431") == (3, "", f"{LOGS_SCRIPT}: {problem}\n")
