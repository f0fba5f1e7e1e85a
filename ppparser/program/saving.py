"""Save a download without leaving a half-written file."""

from __future__ import annotations

import os
import secrets
import shutil
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
    if os.path.isdir(path) or path.endswith("/"):
        raise OutputError(f"cannot write {clean(path)}: it is a folder")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise OutputError(f"cannot write {clean(path)}: it is read-only")
    try:
        if os.path.isfile(path) or not os.path.exists(path):
            _replace(os.path.realpath(path), content)
        else:
            with open(path, "wb") as special_file:
                special_file.write(content)
    except OSError as error:
        raise OutputError(f"cannot write {clean(path)}: {error.strerror}") from None


def _replace(path: str, content: bytes) -> None:
    """Write a temporary file next to `path` and rename it; on any failure and on a signal, remove it."""
    temporary_path = os.path.join(os.path.dirname(path), f".ppparser-{secrets.token_hex(8)}")

    def remove() -> None:
        with suppress(FileNotFoundError):  # Usually it has the name of the target by now.
            os.unlink(temporary_path)

    with cleanup_on_signal(remove):  # Before the file is created, so that there is no moment without it.
        try:
            with open(temporary_path, "xb") as file:
                if os.path.exists(path):
                    shutil.copymode(path, temporary_path)
                file.write(content)
                file.flush()
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
