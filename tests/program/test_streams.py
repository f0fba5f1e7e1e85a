"""Standard output: every byte arrives, or the exit status is 1 with a reason; buffered and unbuffered."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ppparser.output.data.metrics_csv import HEADER
from tests.fake_api import APP_ID, METRICS_TYPE, FakeAPI
from tests.helpers.support import DATA, ROOT, Outcome, expected, needs_dev_full, spawn

POINTS = 50_000
# Far more than a pipe holds.
LINES = f"{HEADER}\n" + "".join(f",,,,,,,{number},1,,,,\n" for number in range(POINTS))
METRICS = ["metrics", "--input", str(DATA / "metrics.json")]

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.parametrize("flags", [[], ["-u"]], ids=["buffered", "unbuffered"]),
]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return the path of a report whose CSV is LINES."""
    points = ",".join(f'{{"version": "{number}", "value": 1}}' for number in range(POINTS))
    path = tmp_path / "report.json"
    path.write_text(
        f'{{"productData": [{{"metricCategories": [{{"metrics": [{{"datasets": [{{"points": [{points}]}}]}}]}}]}}]}}'
    )
    return path


def ppparser(flags: list[str], *argv: str) -> list[str]:
    return [sys.executable, *flags, str(ROOT / "ppparser"), *argv]


def shell(redirection: str, command: list[str]) -> Outcome:
    return spawn(["/bin/sh", "-c", f'"$@" {redirection}', "sh", *command])


def read_slowly(command: list[str], *, blocking: bool) -> tuple[int, bytes]:
    """Run a command into a pipe that is read in small pieces; return the exit status and what arrived."""
    reader, writer = os.pipe()
    if not blocking:
        fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_NONBLOCK)
    process = subprocess.Popen(command, stdout=writer)
    os.close(writer)
    pieces = []
    while piece := os.read(reader, 1000):
        pieces.append(piece)
    os.close(reader)
    return process.wait(), b"".join(pieces)


@pytest.mark.parametrize("blocking", [True, False], ids=["blocking", "non-blocking"])
def test_slow_reader_gets_every_byte(flags: list[str], report: Path, blocking: bool) -> None:
    command = ppparser(flags, "metrics", "--format=csv", "--input", str(report))
    assert read_slowly(command, blocking=blocking) == (0, LINES.encode())


def download(flags: list[str], api: FakeAPI) -> tuple[list[str], bytes]:
    """Return a command that downloads a report to standard output, and that report."""
    body = b'{"productData": []}'.ljust(200_000)
    api.responses[f"/v1/apps/{APP_ID}/perfPowerMetrics"] = (200, METRICS_TYPE, body)
    return [sys.executable, *flags, str(ROOT / "get-metrics-insights.py"), "--output=-", APP_ID], body


def test_slow_reader_gets_every_byte_of_a_download(api: FakeAPI, flags: list[str]) -> None:
    command, body = download(flags, api)
    # Without metrics, the status is 1; the report is complete all the same.
    assert read_slowly(command, blocking=False) == (1, body)


@needs_dev_full
def test_download_to_a_full_device_is_a_failure(api: FakeAPI, flags: list[str]) -> None:
    command, _ = download(flags, api)
    outcome = spawn(["/bin/sh", "-c", '"$@" > /dev/full', "sh", *command], dict(os.environ))
    assert outcome == (1, "", "get-metrics-insights.py: cannot write the output: No space left on device\n")


def test_non_blocking_input_is_read_to_its_end(flags: list[str]) -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    process = subprocess.Popen(ppparser(flags, "metrics", "--input=-"), stdin=reader, stdout=subprocess.PIPE, env={})
    os.close(reader)
    os.write(writer, (DATA / "metrics.json").read_bytes())
    os.close(writer)
    assert (process.communicate()[0].decode("utf-8"), process.returncode) == (expected("metrics.txt"), 0)


@needs_dev_full
@pytest.mark.parametrize("argv", [METRICS, ["-h"], ["-v"]], ids=["report", "help", "version"])
def test_full_device_is_a_failure(flags: list[str], argv: list[str]) -> None:
    message = "ppparser: cannot write the output: No space left on device\n"
    assert shell("> /dev/full", ppparser(flags, *argv)) == (1, "", message)


def test_output_written_in_part_is_a_failure(flags: list[str], tmp_path: Path) -> None:
    command = ppparser(flags, *METRICS)
    limited = ["/bin/sh", "-c", f"ulimit -f 1; \"$@\" > '{tmp_path / 'out.txt'}'", "sh", *command]
    outcome = spawn(limited, {"PYTHONDONTWRITEBYTECODE": "1"})  # The limit would damage compiled modules.
    assert outcome == (1, "", "ppparser: cannot write the output: File too large\n")


@pytest.mark.parametrize("argv", [["-h"], ["-v"]], ids=["help", "version"])
def test_closed_pipe_is_not_an_error(flags: list[str], argv: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(ppparser(flags, *argv), stdout=writer, stderr=subprocess.PIPE, env={}, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
