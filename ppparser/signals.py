"""End the process on Ctrl-C, SIGTERM and SIGHUP: clean up, then die of the signal, as a shell expects.

A handler that raised KeyboardInterrupt could be swallowed, or end in a traceback.
"""

from __future__ import annotations

# This module comes first, and Ctrl-C is a traceback until its function has been called. So it imports what the
# interpreter has already loaded, and the C module behind `signal`, which takes no time.
import _signal  # type: ignore[import-not-found]
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    _signal.signal(number, _signal.SIG_DFL)
    while _cleanups:
        try:  # noqa: SIM105 - contextlib takes time to import
            _cleanups.pop()()
        except Exception:  # noqa: S110 - the process ends all the same
            pass
    os.kill(os.getpid(), number)
