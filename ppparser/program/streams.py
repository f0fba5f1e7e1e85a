"""Make the standard streams deliver every byte or raise an error, with and without PYTHONUNBUFFERED."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs more to import than `ppparser -v` takes.
    from typing import Any, TextIO


class _CompleteWriter(io.RawIOBase):
    """The raw end of an output stream. A raw file may write less than it is given; this one goes on until the end."""

    def __init__(self, stream: TextIO) -> None:
        self._descriptor = stream.fileno()
        self._stream = stream  # Closing it would close the descriptor.

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        """Write all of `data`, waiting for the reader of a non-blocking pipe."""
        view = memoryview(data).cast("B")
        written = 0
        while written < len(view):
            try:
                written += os.write(self._descriptor, view[written:])
            except BlockingIOError:
                import select  # Rarely needed.

                select.select([], [self._descriptor], [])
        return written


def prepare_streams() -> None:
    """Replace the standard streams: closed ones by the null device, outputs by ones that write every byte.

    Characters that an output cannot encode are escaped. Streams without a descriptor, as in tests, are kept.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
    with suppress(OSError):  # There is no descriptor, as in tests.
        os.set_blocking(sys.stdin.fileno(), True)  # Otherwise, reading ends where the data has not arrived yet.
    for name in ("stdout", "stderr"):
        stream: io.TextIOWrapper = getattr(sys, name)
        try:
            buffer = io.BufferedWriter(_CompleteWriter(stream))
        except OSError:
            stream.reconfigure(errors="backslashreplace")
        else:
            is_line_buffered = stream.line_buffering
            setattr(sys, name, io.TextIOWrapper(buffer, stream.encoding, "backslashreplace", None, is_line_buffered))
