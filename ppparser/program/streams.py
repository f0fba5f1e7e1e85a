"""Make the standard streams deliver every byte or raise an error, with and without PYTHONUNBUFFERED."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def prepare_streams() -> None:
    """Replace closed standard streams by the null device, make reads and writes wait, and let writes be complete.

    Characters that an output cannot encode are escaped.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
        with suppress(OSError):  # There is no descriptor, as in tests.
            # A pipe is non-blocking if Node.js uses it, too, as in a CI job that runs both, or was killed while it did.
            os.set_blocking(getattr(sys, name).fileno(), True)
    for name in ("stdout", "stderr"):
        stream: io.TextIOWrapper = getattr(sys, name)
        if isinstance(stream.buffer, io.RawIOBase):  # It may write only a part, and the rest would be lost.
            stream = open(stream.fileno(), "w", buffering=1, encoding=stream.encoding, closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
        stream.reconfigure(errors="backslashreplace")
