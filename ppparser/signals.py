"""End the process on Ctrl-C, SIGTERM and SIGHUP: clean up, then die of the signal, as a shell expects.

A handler that raised KeyboardInterrupt could be swallowed, or end in a traceback.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:  # This module comes first: the less it imports, the shorter is the time without it.
    from collections.abc import Callable

_cleanups: list[Callable[[], None]] = []


class cleanup_on_signal:
    """Call `cleanup` if a signal ends the process within the `with` block."""

    def __init__(self, cleanup: Callable[[], None]) -> None:
        self._cleanup = cleanup

    def __enter__(self) -> None:
        _cleanups.append(self._cleanup)

    def __exit__(self, *_: object) -> None:
        _cleanups.remove(self._cleanup)


def handle_signals() -> None:
    """Handle the signals that end a process, except those that it was started to ignore, as by nohup."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    while _cleanups:
        with suppress(Exception):  # The process ends all the same.
            _cleanups.pop()()
    os.kill(os.getpid(), number)
