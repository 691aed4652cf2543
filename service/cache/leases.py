"""Single flight across replicas: whoever computes a key holds a lease on it in Redis.

A lease ends by itself when its replica dies; a living one renews it. Without Redis each replica
goes on with single flight among its own requests. Two replicas may compute the same key when a
lease is lost, which costs time and nothing else.
"""

from __future__ import annotations

import secrets
import threading
from typing import Any, Final

from service.cache.flight import Seat, SingleFlight
from service.cache.key import CacheKey
from service.cache.protocol import Missing
from service.cache.redis import RedisCache
from service.queue.ticket import Ticket

# Only the holder may end or prolong a lease: it may have run out and be another's by now.
_RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
_RENEW: Final = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)
_FIRST_LOOK: Final = 0.02
_SLOWEST_LOOK: Final = 0.25


class LeasedFlight:
    """The ``Flight`` Protocol over the process's own flight and leases of ``seconds`` in Redis."""

    def __init__(self, cache: RedisCache, seconds: float = 10.0, prefix: str = "breve:1:lease:") -> None:
        self.cache = cache
        self._milliseconds, self._prefix = max(1, round(seconds * 1000)), prefix
        self._local = SingleFlight()
        self._lock = threading.Lock()
        self._held: dict[str, str] = {}  # name in Redis -> token
        self._closed = threading.Event()
        self._renewer = threading.Thread(target=self._renew, args=(seconds / 3,), name="breve-leases", daemon=True)
        self._renewer.start()

    def take(self, key: CacheKey) -> Seat:
        """Lead if neither this process nor another replica computes the key, follow otherwise."""
        seat = self._local.take(key)
        if not seat.leads:
            return seat
        name, token = self._prefix + key.digest, secrets.token_hex(16)
        taken = self.cache.ask(lambda client: bool(client.set(name, token, nx=True, px=self._milliseconds)), None)
        if taken is False:
            return _RemoteFollower(self, seat, key, name)
        if taken:
            with self._lock:
                self._held[name] = token
        return _LeaseHolder(self, seat, name)

    def release(self, name: str) -> None:
        """End the lease, if it is still ours."""
        with self._lock:
            token = self._held.pop(name, None)
        if token is not None:
            self.cache.ask(lambda client: client.eval(_RELEASE, 1, name, token), None)

    def is_held(self, name: str) -> bool:
        """Whether a replica holds the lease; not if Redis cannot say."""
        return bool(self.cache.ask(lambda client: client.exists(name), 0))

    def close(self) -> None:
        """Give every lease up."""
        self._closed.set()
        self._renewer.join()
        with self._lock:
            names = list(self._held)
        for name in names:
            self.release(name)

    def _renew(self, pause: float) -> None:
        while not self._closed.wait(pause):
            with self._lock:
                held = dict(self._held)
            if not held:
                continue

            def prolong(client: Any, held: dict[str, str] = held) -> None:
                with client.pipeline(transaction=False) as pipeline:
                    for name, token in held.items():
                        pipeline.eval(_RENEW, 1, name, token, self._milliseconds)
                    pipeline.execute()

            self.cache.ask(prolong, None)


class _LeaseHolder:
    """Leads in this process and, as far as Redis knows, among the replicas."""

    leads = True

    def __init__(self, flight: LeasedFlight, seat: Seat, name: str) -> None:
        self._flight, self._seat, self._name = flight, seat, name

    def land(self, value: bytes) -> None:
        self._flight.release(self._name)
        self._seat.land(value)

    def wait(self, ticket: Ticket) -> bytes | None:
        return self._seat.wait(ticket)

    def leave(self) -> None:
        self._flight.release(self._name)
        self._seat.leave()


class _RemoteFollower:
    """Waits for another replica, for itself and for the followers in its own process."""

    leads = False

    def __init__(self, flight: LeasedFlight, seat: Seat, key: CacheKey, name: str) -> None:
        self._flight, self._seat, self._key, self._name = flight, seat, key, name

    def land(self, value: bytes) -> None:
        self._seat.land(value)

    def wait(self, ticket: Ticket) -> bytes | None:
        """Look for the value, then for the lease: it is stored before the lease ends."""
        pause, cancelled = _FIRST_LOOK, threading.Event()
        forget = ticket.when_cancelled(cancelled.set)
        try:
            while True:
                held = self._flight.is_held(self._name)
                value = self._flight.cache.get(self._key, counted=False)
                if not isinstance(value, Missing):
                    self._seat.land(value)
                    return value
                if not held:
                    return None
                ticket.check()
                remaining = ticket.remaining()
                with ticket.resting():
                    cancelled.wait(pause if remaining is None else min(pause, remaining))
                pause = min(2 * pause, _SLOWEST_LOOK)
        finally:
            forget()
            self._seat.leave()

    def leave(self) -> None:
        self._seat.leave()
