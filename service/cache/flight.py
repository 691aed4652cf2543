"""Single flight: what several requests want at the same moment is computed once.

A request takes a ``Seat`` for each key. The first one leads: it computes and lands the value.
The others wait for it. If the leader fails or goes away, its followers are told that there is
nothing, and one of them leads in turn, so that an error reaches only whoever it happened to.

A caller with several keys must finish those it leads before it waits for the others; then no
two callers can wait for each other.
"""

from __future__ import annotations

import threading
from typing import Protocol

from service.cache.key import CacheKey
from service.queue.ticket import Ticket


class Seat(Protocol):
    """One request's place in the computation of one key."""

    @property
    def leads(self) -> bool:
        """Whether this request is the one to compute."""
        ...

    def land(self, value: bytes) -> None:
        """Give the leader's value to those who wait; it should be in the cache already."""
        ...

    def wait(self, ticket: Ticket) -> bytes | None:
        """A follower's wait for the value; ``None`` if the leader left without one.

        Raises ``Cancelled`` or ``DeadlineExceeded`` as the ticket says.
        """
        ...

    def leave(self) -> None:
        """Give the seat up; a leader that has not landed leaves its followers with nothing."""
        ...


class Flight(Protocol):
    """Gives seats."""

    def take(self, key: CacheKey) -> Seat:
        """A seat in this key's computation, without waiting."""
        ...


class _Landing:
    """What leader and followers of one key share."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.over = False
        self.value: bytes | None = None
        self.waiters: list[threading.Event] = []

    def end(self, value: bytes | None) -> None:
        with self.lock:
            if self.over:
                return
            self.over, self.value = True, value
            waiters, self.waiters = self.waiters, []
        for woken in waiters:
            woken.set()


class SingleFlight:
    """Seats within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._landings: dict[str, _Landing] = {}

    def take(self, key: CacheKey) -> Seat:
        """Lead if nobody computes this key, follow otherwise."""
        with self._lock:
            landing = self._landings.get(key.digest)
            if landing is not None:
                return _Follower(landing)
            landing = self._landings[key.digest] = _Landing()
        return _Leader(self, key.digest, landing)

    def end(self, digest: str, landing: _Landing, value: bytes | None) -> None:
        """Close a computation: later requests start a new one."""
        with self._lock:
            if self._landings.get(digest) is landing:
                del self._landings[digest]
        landing.end(value)

    def __len__(self) -> int:
        """How many keys are being computed."""
        with self._lock:
            return len(self._landings)


class _Leader:
    leads = True

    def __init__(self, flight: SingleFlight, digest: str, landing: _Landing) -> None:
        self._flight, self._digest, self._landing = flight, digest, landing

    def land(self, value: bytes) -> None:
        self._flight.end(self._digest, self._landing, value)

    def wait(self, ticket: Ticket) -> bytes | None:
        raise RuntimeError("a leader computes; it has nobody to wait for")

    def leave(self) -> None:
        self._flight.end(self._digest, self._landing, None)


class _Follower:
    leads = False

    def __init__(self, landing: _Landing) -> None:
        self._landing = landing

    def land(self, value: bytes) -> None:
        raise RuntimeError("only the leader lands a value")

    def wait(self, ticket: Ticket) -> bytes | None:
        landing, woken = self._landing, threading.Event()
        with landing.lock:
            if not landing.over:
                landing.waiters.append(woken)
        ticket.wait(lambda: landing.over, woken)
        return landing.value

    def leave(self) -> None:
        """Nobody depends on a follower."""
