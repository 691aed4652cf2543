"""The time of day for what is stored across restarts, steady while a process runs.

Everything that lasts within one process (deadlines, leases, rates, pauses) is measured on the monotonic
clock. What is stored with its time, cache entries and jobs, needs the wall clock, which operators and
their machinery set forwards and back.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class SteadyClock:
    """Seconds since the epoch: the wall clock's when it was made, from then on at the monotonic clock's pace.

    A wall clock that is moved afterwards makes nothing older or younger; the next process reads it
    again. ``steady`` is a monotonic clock, by default that of the ``time`` module.
    """

    def __init__(self, wall: Callable[[], float] | None = None, steady: Callable[[], float] | None = None) -> None:
        self._steady = steady or time.monotonic
        self._offset = (wall or time.time)() - self._steady()

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self._offset + self._steady()
