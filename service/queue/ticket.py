"""A request's claim on the service: when it must be done, and whether anybody still waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from service.errors import Cancelled, DeadlineExceeded
from service.queue.turns import Turn


class Ticket:
    """Travels with one request through pipeline and worker; safe to use from several threads.

    ``deadline`` is in seconds of ``clock`` (monotonic); ``None`` means no limit. ``turn`` is given up
    while the request waits.
    """

    def __init__(
        self,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        turn: Turn | None = None,
    ) -> None:
        self.deadline = deadline
        self.turn = turn
        self._clock = clock
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._wakers: dict[object, Callable[[], None]] = {}

    @classmethod
    def lasting(cls, seconds: float, clock: Callable[[], float] = time.monotonic, turn: Turn | None = None) -> Ticket:
        """A ticket whose deadline lies ``seconds`` from now."""
        return cls(clock() + seconds, clock, turn)

    def cancel(self) -> None:
        """Say that nobody waits for the result any more, and wake whoever waits with this ticket."""
        with self._lock:
            self._cancelled.set()
            wakers = list(self._wakers.values())
            self._wakers.clear()
        for wake in wakers:
            wake()

    def when_cancelled(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` on cancellation, at once if it was cancelled already.

        Returns a function that takes the wish back; it may be called more than once.
        """
        handle = object()
        with self._lock:
            cancelled = self._cancelled.is_set()
            if not cancelled:
                self._wakers[handle] = wake
        if cancelled:
            wake()

        def forget() -> None:
            with self._lock:
                self._wakers.pop(handle, None)

        return forget

    def wait(self, done: Callable[[], bool], woken: threading.Event) -> None:
        """Wait until ``done()`` holds; it is looked at again whenever ``woken`` is set.

        ``woken`` belongs to this waiter alone. Raises ``Cancelled`` or ``DeadlineExceeded`` if
        that comes first.
        """
        if done():
            return
        forget = self.when_cancelled(woken.set)
        try:
            with self.resting():
                while True:
                    woken.clear()
                    if done():
                        return
                    self.check()
                    woken.wait(self.remaining())
        finally:
            forget()

    def resting(self) -> AbstractContextManager[None]:
        """For the time of a wait: gives the turn up, where there is one."""
        return nullcontext() if self.turn is None else self.turn.rest()

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
