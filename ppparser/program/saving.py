"""Save a download without leaving a half-written file."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from typing import IO

from ppparser.errors import OutputError
from ppparser.program.signals import cleanup_on_signal
from ppparser.program.terminal import clean, discard


def save(path: str, content: bytes, stdout: IO[bytes]) -> None:
    """Write `content` to the file at `path`, or to `stdout` for `-`; an old file stays until the new one is complete.

    A symbolic link is followed; anything but a regular file (a FIFO, /dev/stdout) is written to directly.
    Raises OutputError.
    """
    if path == "-" or _is_same_file(path, stdout):
        try:
            stdout.write(content)
            stdout.flush()
        except BrokenPipeError:  # The reader has seen enough.
            discard(stdout)
        return
    try:
        mode = _mode_for(path)
        if stat.S_ISDIR(mode) or path.endswith("/"):
            raise OutputError(f"cannot write {clean(path)}: it is a folder")
        if stat.S_ISREG(mode):
            if not (mode & 0o222 and (os.access(path, os.W_OK) or not os.path.exists(path))):
                raise OutputError(f"cannot write {clean(path)}: it is read-only")
            _replace(os.path.realpath(path), content, mode & 0o777)
        else:
            with open(path, "wb") as special_file:
                special_file.write(content)
    except OSError as error:
        raise OutputError(f"cannot write {clean(path)}: {error.strerror}") from None


def _mode_for(path: str) -> int:
    """Return the mode of the file at `path`, or the mode that the umask gives to a new one."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return stat.S_IFREG | (0o666 & ~umask)


def _replace(path: str, content: bytes, permissions: int) -> None:
    """Write a temporary file next to `path` and rename it; on any failure and on a signal, remove it."""
    temporary_path = os.path.join(os.path.dirname(path), f".ppparser-{secrets.token_hex(8)}")

    def remove() -> None:
        with suppress(FileNotFoundError):  # Usually it has the name of the target by now.
            os.unlink(temporary_path)

    with cleanup_on_signal(remove):  # Before the file is created, so that there is no moment without it.
        try:
            # Nobody else may read it until it has the permissions of the old file.
            with os.fdopen(os.open(temporary_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), permissions)
                os.fsync(file.fileno())
            os.replace(temporary_path, path)
        finally:
            remove()


def _is_same_file(path: str, file: IO[bytes]) -> bool:
    """Tell whether `path` is what `file` already writes to, such as /dev/stdout."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except OSError:  # There is no such file yet, or `file` has no descriptor.
        return False
