"""Let Ctrl-C, SIGTERM and SIGHUP end the process as a shell expects: by the signal, after cleaning up.

An exception such as KeyboardInterrupt could be swallowed, end in a traceback, or wait for requests that are running.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def handle_signals() -> None:
    """Let Ctrl-C end the process as the other signals do, unless it was started to ignore Ctrl-C."""
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def cleanup_on_signal(cleanup: Callable[[], None]) -> Iterator[None]:
    """Call `cleanup` if a signal ends the process within the `with` block, which runs in the main thread."""
    handlers: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}

    def end(number: int, frame: object) -> None:
        try:
            cleanup()
        finally:  # Then do what the signal does outside the block.
            signal.signal(number, handlers[number])
            os.kill(os.getpid(), number)

    for number, handler in handlers.items():
        if handler != signal.SIG_IGN:  # As under nohup.
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
