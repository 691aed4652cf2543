"""How fast each key may send: a sliding window of characters, shared by replicas where they have a Redis.

The window is the approximation with two counters: what the last whole period had counts by the share
of it that still lies within a period from now.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItem
from limits.storage import RedisStorage

from service.cache.redis_link import PREFIX, RedisLink


class Rates:
    """Counts in this process and, with a ``link``, in Redis.

    While Redis is away the own counts decide, so that each replica allows a key its rate once.
    ``clock`` is monotonic: moving the time of day opens and closes nothing.
    """

    def __init__(self, link: RedisLink | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._own = _OwnWindows(clock)
        self._link = link
        self._shared = None if link is None else _SharedWindows(link)

    def take(self, rate: RateLimitItem, name: str, cost: int) -> float | None:
        """Count ``cost`` against the rate; seconds after which to come back if it is used up, and nothing counted."""
        if self._link is not None and self._shared is not None:
            window = self._link.ask(self._shared.take, None, rate, name, cost)
            if window is not None:
                if window.taken:
                    self._own.add(rate, name, cost)
                return None if window.taken else wait(rate, window, cost)
        return self._own.take(rate, name, cost)


@dataclass(frozen=True)
class Window:
    """What the last period had, what the present one has, and the seconds that are left of it.

    ``taken`` says whether what was asked for is counted in it.
    """

    previous: int
    current: int
    left: float
    taken: bool = False


def wait(rate: RateLimitItem, window: Window, cost: int) -> float:
    """Seconds until ``cost`` fits, if nobody else sends; a whole period for what never fits."""
    period, room = rate.get_expiry(), rate.amount - cost
    if room < 0:
        return float(period)
    if window.current <= room:
        # In this period, as soon as little enough of the last one counts.
        return max(0.0, window.left - _share(room - window.current, window.previous) * period)
    return window.left + (1 - _share(room, window.current)) * period


def _share(room: int, count: int) -> float:
    """The share of a period's count that there is room for."""
    return min(1.0, room / count) if count else 1.0


class _OwnWindows:
    """The windows of one process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, RateLimitItem], tuple[int, int, int]] = {}  # period, its count, the last one's

    def take(self, rate: RateLimitItem, name: str, cost: int) -> float | None:
        """As ``Rates.take``."""
        with self._lock:
            window = self._window(rate, name)
            weighted = math.floor(window.previous * window.left / rate.get_expiry()) + window.current
            if weighted + cost > rate.amount:
                return wait(rate, window, cost)
            self._add(rate, name, cost)
        return None

    def add(self, rate: RateLimitItem, name: str, cost: int) -> None:
        """Count what was allowed elsewhere."""
        with self._lock:
            self._window(rate, name)
            self._add(rate, name, cost)

    def _window(self, rate: RateLimitItem, name: str) -> Window:
        length = rate.get_expiry()
        number, into = divmod(self._clock(), length)
        period, current, previous = self._counts.get((name, rate), (int(number), 0, 0))
        if period != int(number):
            current, previous = 0, current if int(number) == period + 1 else 0
        self._counts[name, rate] = (int(number), current, previous)
        return Window(previous, current, length - into)

    def _add(self, rate: RateLimitItem, name: str, cost: int) -> None:
        period, current, previous = self._counts[name, rate]
        self._counts[name, rate] = (period, current + cost, previous)


class _SharedWindows:
    """The windows in Redis, which counts time by the life of its entries."""

    def __init__(self, link: RedisLink) -> None:
        self._storage = RedisStorage(link.url, connection_pool=link.client.connection_pool, key_prefix=f"{PREFIX}rate")

    def take(self, _client: Any, rate: RateLimitItem, name: str, cost: int) -> Window:
        """One round trip where there is room, two where there is none."""
        key, length = rate.key_for(name), rate.get_expiry()
        if self._storage.acquire_sliding_window_entry(key, rate.amount, length, cost):
            return Window(0, 0, 0.0, taken=True)
        previous, previous_left, current, current_left = self._storage.get_sliding_window(key, length)
        # A count lives for two periods: its own, and the next one as the previous count.
        return Window(previous, current, current_left - length if current_left else previous_left)
