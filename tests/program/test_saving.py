"""Saving: the bytes as received, in the right place, and nothing half-written."""

from __future__ import annotations

import errno
import io
import os
import stat
import threading
from pathlib import Path
from typing import Any, Callable

import pytest

from ppparser.errors import OutputError
from ppparser.program.saving import save
from tests.helpers.support import needs_dev_full

# What a parser would not write again: an exponent, a trailing zero, an escape, CRLF.
CONTENT = b'{"x": [1.50, 1E2, "\\u00e9"] ,\r\n"y": 0}\n '


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that contains old.json alone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old.json").write_bytes(b"old")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of the files in a folder, including hidden ones."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def saved(path: str | Path) -> bytes:
    """Save CONTENT and return what was written to stdout."""
    stdout = io.BytesIO()
    save(str(path), CONTENT, stdout)
    return stdout.getvalue()


def problem_of(path: str | Path) -> str:
    with pytest.raises(OutputError) as raised:
        saved(path)
    return str(raised.value)


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


# Of the longest names, one has no room for a suffix in bytes, and one none in characters of four bytes.
@pytest.mark.parametrize("name", ["new.json", "n" * 255, "\U0001f680" * 62])
def test_new_file_is_written_byte_for_byte(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(folder)
    assert saved(name) == b""
    assert files(folder) == {"old.json": b"old", name: CONTENT}


def test_old_file_stays_as_it_is_for_its_readers(folder: Path) -> None:
    with (folder / "old.json").open("rb") as reader:
        assert saved(folder / "old.json") == b""
        assert reader.read() == b"old"
    assert files(folder) == {"old.json": CONTENT}


@pytest.mark.parametrize("mode", [0o600, 0o755])
def test_permissions_of_an_old_file_are_kept(folder: Path, mode: int) -> None:
    (folder / "old.json").chmod(mode)
    saved(folder / "old.json")
    assert stat.S_IMODE((folder / "old.json").stat().st_mode) == mode


def test_permissions_of_a_new_file_follow_the_umask(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        saved(folder / "new.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "new.json").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["old.json", "new.json"])
def test_symbolic_link_is_followed(folder: Path, tmp_path: Path, name: str) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(folder / name)
    saved(link)
    assert link.is_symlink()
    assert files(folder) == {"old.json": b"old", name: CONTENT}


def test_fifo_is_written_to_and_stays(folder: Path) -> None:
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()
    saved(fifo)
    reader.join()
    assert read == [CONTENT]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


# --- standard output --------------------------------------------------------------------------------------------------


def test_dash_is_standard_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert saved("-") == CONTENT
    assert files(folder) == {"old.json": b"old"}


def test_file_that_stdout_writes_to_is_not_replaced(folder: Path) -> None:
    path = folder / "old.json"
    with path.open("wb") as stdout:
        stdout.write(b"before ")
        save(str(path), CONTENT, stdout)
        assert path.read_bytes() == b"before " + CONTENT
        stdout.write(b" after")
    assert files(folder) == {"old.json": b"before " + CONTENT + b" after"}


@pytest.mark.parametrize("path", ["-", "/dev/fd/{}"])
def test_pipe_without_a_reader_is_not_an_error(path: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as stdout:
        save(path.format(writer), CONTENT, stdout)
        stdout.write(b"more")


@needs_dev_full
def test_full_device_behind_stdout_is_an_os_error() -> None:
    # Not as a path: run by root, a program that replaced /dev/full would remove the device.
    with open("/dev/full", "wb", buffering=0) as stdout, pytest.raises(OSError, match="No space left"):
        save("-", CONTENT, stdout)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".", "it is a folder"),
        ("new.json/", "it is a folder"),
        ("lost/new.json", "No such file or directory"),
        ("old.json/new.json", "Not a directory"),
        ("lost\x1b[2J/a", "No such file or directory"),
    ],
)
def test_impossible_path_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, reason: str) -> None:
    monkeypatch.chdir(folder)
    assert problem_of(path) == f"cannot write {path}: {reason}".replace("\x1b", "\\x1b")
    assert files(folder) == {"old.json": b"old"}


def test_read_only_file_is_rejected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # Root may write everything.
    assert problem_of(folder / "old.json") == f"cannot write {folder / 'old.json'}: it is read-only"
    assert files(folder) == {"old.json": b"old"}


@pytest.mark.parametrize("name", ["old.json", "new.json"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failure_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: str) -> None:
    monkeypatch.setattr(os, call, raising(OSError(errno.ENOSPC, "No space left on device")))
    assert problem_of(folder / name) == f"cannot write {folder / name}: No space left on device"
    monkeypatch.setattr(os, call, raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        saved(folder / name)
    assert files(folder) == {"old.json": b"old"}


def test_content_reaches_the_disk_before_the_name_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    monkeypatch.setattr(os, "replace", lambda *_: sizes.append(-1))
    saved(folder / "old.json")
    assert sizes == [len(CONTENT), -1]
