"""--output: the answer as it came, where it was asked for, and nothing half written."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable

import fleet
import pytest
from app_store_connect import METRICS as MEDIA_TYPE
from app_store_connect import AppStoreConnect
from conftest import ROOT, Outcome

Run = Callable[..., Outcome]

SCRIPT = "get-metrics-insights.py"
# What a parser would not write again: an exponent, a trailing zero, an escape, line breaks of two bytes, blanks.
BODY = (
    b'{"x": [1.50, 1E2, "\\u00e9"] ,'
    + json.dumps(fleet.metrics(), indent=1).encode()[1:].replace(b"\n", b"\r\n")
    + b"\n "
)


@pytest.fixture
def folder(api: AppStoreConnect, tmp_path: Path) -> Path:
    """A folder that holds old.json alone; the API's answer is BODY."""
    api.answers[f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"] = (200, MEDIA_TYPE, BODY)
    made = tmp_path / "folder"
    made.mkdir()
    (made / "old.json").write_bytes(b"old")
    return made


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def saved(run: Run, target: object) -> tuple[int, str]:
    """Download the metrics to `target` and return the exit status and stderr."""
    outcome = run(SCRIPT, f"--output={target}", fleet.APP_ID)
    return outcome.status, outcome.err


def failed(target: object, reason: str) -> tuple[int, str]:
    return 1, f"{SCRIPT}: cannot write {target}: {reason}\n"


def test_an_answer_is_saved_byte_for_byte(folder: Path, run: Run) -> None:
    assert saved(run, folder / "new.json") == (0, "")
    assert contents(folder) == {"old.json": b"old", "new.json": BODY}


def test_an_old_file_is_replaced(folder: Path, run: Run) -> None:
    saved(run, folder / "old.json")
    assert contents(folder) == {"old.json": BODY}


def test_a_hyphen_prints_the_answer_and_nothing_else(folder: Path, run: Run) -> None:
    assert run(SCRIPT, "--output=-", fleet.APP_ID) == (0, BODY.decode(), "")


def test_logs_are_saved_byte_for_byte(api: AppStoreConnect, tmp_path: Path, run: Run) -> None:
    body = b' {"productData": [{"signatureId": "1", "diagnosticLogs": [], "diagnosticInsights": []}]}\r\n'
    heaviest = max(fleet.signatures("HANGS"), key=lambda each: each["attributes"]["weight"])
    api.answers[f"/v1/diagnosticSignatures/{heaviest['id']}/logs"] = (200, "application/json", body)
    run("get-diagnostics-logs.py", "--type=HANGS", f"--output={tmp_path / 'logs.json'}", fleet.BUILD_ID)
    assert (tmp_path / "logs.json").read_bytes() == body


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_an_old_file_s_permissions_are_kept(folder: Path, run: Run, mode: int) -> None:
    (folder / "old.json").chmod(mode)
    saved(run, folder / "old.json")
    assert stat.S_IMODE((folder / "old.json").stat().st_mode) == mode


def test_a_new_file_gets_the_permissions_that_the_umask_leaves(folder: Path, run: Run) -> None:
    before = os.umask(0o027)
    try:
        saved(run, folder / "new.json")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "new.json").stat().st_mode) == 0o640


def test_a_symbolic_link_is_followed(folder: Path, home: Path, run: Run) -> None:
    link = home / "link.json"
    link.symlink_to(folder / "old.json")
    saved(run, link)
    assert (link.is_symlink(), contents(folder)) == (True, {"old.json": BODY})


def test_a_symbolic_link_to_a_file_to_be_made_is_followed(folder: Path, home: Path, run: Run) -> None:
    link = home / "link.json"
    link.symlink_to(folder / "new.json")
    saved(run, link)
    assert (link.is_symlink(), contents(folder)) == (True, {"old.json": b"old", "new.json": BODY})


def test_a_fifo_is_written_to_and_stays(folder: Path, run: Run) -> None:
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()), daemon=True)
    reader.start()
    saved(run, fifo)
    reader.join(10)
    assert (read, stat.S_ISFIFO(fifo.stat().st_mode)) == ([BODY], True)


def test_standard_output_by_its_path_is_written_to(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / SCRIPT), "--output=/dev/stdout", fleet.APP_ID], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout[: len(BODY)], done.stderr) == (0, BODY, b"")


def test_standard_output_by_its_path_is_not_replaced_when_it_is_a_file(folder: Path) -> None:
    with (folder / "new.json").open("wb") as file:
        subprocess.run(
            [sys.executable, str(ROOT / SCRIPT), "--output=/dev/stdout", fleet.APP_ID], stdout=file, check=True
        )
    written = (folder / "new.json").read_bytes()
    assert written.startswith(BODY)
    assert b"launchTime" in written[len(BODY) :]


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_folder_is_refused(folder: Path, run: Run) -> None:
    assert saved(run, folder) == failed(folder, "it is a folder")
    assert contents(folder) == {"old.json": b"old"}


def test_a_folder_that_is_not_there_is_not_made(folder: Path, run: Run) -> None:
    target = folder / "lost" / "new.json"
    assert saved(run, target) == failed(target, "No such file or directory")
    assert contents(folder) == {"old.json": b"old"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_device_behind_standard_output_is_an_error(folder: Path) -> None:
    # Not as --output=/dev/full: run by root, a program that replaced it would take the device from the machine.
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / SCRIPT), "--output=-", fleet.APP_ID],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    said = f"{SCRIPT}: cannot write the output: No space left on device\n"
    assert (done.returncode, done.stderr.decode()) == (1, said)


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("name", ["old.json", "new.json"])
@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
def test_a_full_disk_leaves_what_was_there(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, call: str
) -> None:
    monkeypatch.setattr(os, call, raising(OSError(errno.ENOSPC, "No space left on device")))
    assert saved(run, folder / name) == failed(folder / name, "No space left on device")
    assert contents(folder) == {"old.json": b"old"}


def test_a_folder_that_may_not_be_written_to_is_an_error(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = os.open

    def guarded(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied")
        return genuine(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", guarded)
    assert saved(run, folder / "old.json") == failed(folder / "old.json", "Permission denied")
    assert contents(folder) == {"old.json": b"old"}


@pytest.mark.parametrize("name", ["old.json", "new.json"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_ctrl_c_halfway_leaves_what_was_there(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, call: str
) -> None:
    monkeypatch.setattr(os, call, raising(KeyboardInterrupt()))
    assert saved(run, folder / name) == (130, "")
    assert contents(folder) == {"old.json": b"old"}


def test_ctrl_c_right_after_the_file_is_replaced_leaves_the_new_one(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = os.replace

    def replace(source: str, target: str) -> None:
        genuine(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    assert saved(run, folder / "old.json") == (130, "")
    assert contents(folder) == {"old.json": BODY}


def test_an_answer_that_is_refused_leaves_the_old_file(api: AppStoreConnect, folder: Path, run: Run) -> None:
    api.answers[f"/v1/apps/{fleet.APP_ID}/perfPowerMetrics"] = (200, MEDIA_TYPE, b"<html>")
    assert saved(run, folder / "old.json")[0] == 3
    assert contents(folder) == {"old.json": b"old"}
