"""Limits the requests that run at the same time, and delays all of them when the API asks for it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

MAX_SIMULTANEOUS = 6
# Apple's "Identifying Rate Limits": how many requests an hour allows, and how many of them are left.
RATE_LIMIT = re.compile(r"user-hour-lim:(\d{1,9});user-hour-rem:(\d{1,9})")


class Throttle:
    """Shared by all threads that send requests of one client."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._running = 0
        self._limit = MAX_SIMULTANEOUS
        self._resume_at = 0.0

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait until another request may run, and count the block as one."""
        with self._changed:
            self._changed.wait_for(lambda: self._running < self._limit)
            self._running += 1
        try:
            while (delay_s := self._resume_at - monotonic()) > 0:
                time.sleep(delay_s)
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def pause(self, delay_s: float) -> None:
        """Delay every request that has not been sent yet."""
        with self._changed:
            self._resume_at = max(self._resume_at, monotonic() + delay_s)

    def adapt(self, rate_limit: str) -> None:
        """Run no more requests at a time than are left in this hour, according to an X-Rate-Limit header."""
        if match := RATE_LIMIT.search(rate_limit):
            with self._changed:
                self._limit = max(1, min(MAX_SIMULTANEOUS, int(match[2])))
                self._changed.notify_all()
