"""Let Ctrl-C, SIGTERM and SIGHUP end the process as a shell expects: by the signal, after cleaning up.

An exception such as KeyboardInterrupt could be swallowed, end in a traceback, or wait until C code returns.
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
_handled_signals: list[int] = []


def handle_signals() -> None:
    """Let signals end the process, except those that it was started to ignore, as by nohup."""
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _handled_signals.append(number)
            _signal.signal(number, _signal.SIG_DFL)


class cleanup_on_signal:
    """Call `cleanup` if a signal ends the process within the `with` block, which runs in the main thread."""

    def __init__(self, cleanup: Callable[[], None]) -> None:
        self._cleanup = cleanup

    def __enter__(self) -> None:
        _cleanups.append(self._cleanup)
        for number in _handled_signals:
            _signal.signal(number, _end)

    def __exit__(self, *_: object) -> None:
        _cleanups.remove(self._cleanup)
        if not _cleanups:
            for number in _handled_signals:
                _signal.signal(number, _signal.SIG_DFL)


def _end(number: int, frame: object) -> None:
    _signal.signal(number, _signal.SIG_DFL)
    while _cleanups:
        try:  # noqa: SIM105 - contextlib takes time to import
            _cleanups.pop()()
        except Exception:  # noqa: S110 - the process ends all the same
            pass
    os.kill(os.getpid(), number)
