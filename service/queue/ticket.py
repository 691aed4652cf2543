"""A request's claim on the service: when it must be done, and whether anybody still waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from service.errors import Cancelled, DeadlineExceeded


class Ticket:
    """Travels with one request through pipeline and worker; safe to use from several threads.

    ``deadline`` is in seconds of ``clock`` (monotonic); ``None`` means no limit.
    """

    def __init__(self, deadline: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.deadline = deadline
        self._clock = clock
        self._cancelled = threading.Event()

    @classmethod
    def lasting(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Ticket:
        """A ticket whose deadline lies ``seconds`` from now."""
        return cls(clock() + seconds, clock)

    def cancel(self) -> None:
        """Say that nobody waits for the result any more."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._cancelled.is_set()

    def remaining(self) -> float | None:
        """Seconds left, never negative; ``None`` without a deadline."""
        return None if self.deadline is None else max(0.0, self.deadline - self._clock())

    def check(self) -> None:
        """Raise ``Cancelled`` or ``DeadlineExceeded`` if there is no point in going on."""
        if self.cancelled:
            raise Cancelled("the request was cancelled")
        if self.remaining() == 0.0:
            raise DeadlineExceeded("the request's time ran out")
