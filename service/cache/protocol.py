"""What the rest of the service may ask of a cache, whichever store lies behind it.

Values are JSON as bytes. No method raises for a fault of the store: a cache that cannot
answer says ``MISS``, one that cannot write drops the value, and both are counted.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from service.cache.key import CacheKey


class Missing(Enum):
    """The type of ``MISS``, so that a stored JSON ``null`` and an absent entry differ."""

    MISS = "miss"


MISS: Final = Missing.MISS


@dataclass(frozen=True)
class CacheCounts:
    """What happened since this process opened the cache; cheap to take, made for metrics."""

    hits: Mapping[str, int]  # by step
    misses: Mapping[str, int]  # by step, expired entries and failed reads included
    writes: int = 0
    dropped_writes: int = 0  # values that could not be stored, or are larger than the cap
    failed_reads: int = 0  # reads that the store could not answer
    evicted: int = 0  # entries that went for the size cap
    expired: int = 0  # entries found or removed after their time
    set_aside: int = 0  # damaged or outdated files replaced by a fresh one


@dataclass(frozen=True)
class CacheStats:
    """What the cache holds now. ``bytes`` counts entries as stored, compressed, with their overhead."""

    store: str  # "sqlite", "memory" or "redis"
    place: str  # a path, or a URL without its password
    entries: int
    bytes: int
    max_bytes: int  # 0 where the store itself limits its size
    entries_by_step: Mapping[str, int]
    entries_by_model: Mapping[str, int]
    counts: CacheCounts
    note: str = ""  # one sentence when the cache is not the one that was asked for


@dataclass(frozen=True)
class CheckReport:
    """The result of a consistency check: one sentence per finding, none when all is well."""

    entries: int
    findings: tuple[str, ...] = field(default=())

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class Cache(Protocol):
    """A bounded store of JSON values under ``CacheKey`` digests; safe to use from several threads."""

    @property
    def healthy(self) -> bool:
        """Whether the store answered when it was last asked; never waits."""
        ...

    @property
    def deletions(self) -> int:
        """A number that changes whenever entries are deleted on request, by this process or another."""
        ...

    def get(self, key: CacheKey, *, counted: bool = True) -> bytes | Missing:
        """The stored value, or ``MISS``; ``counted=False`` leaves hit and miss counts alone."""
        ...

    def put(self, key: CacheKey, value: bytes) -> bool:
        """Store JSON under the key, replacing what was there; ``False`` if it was dropped."""
        ...

    def delete(self, digest: str) -> bool:
        """Remove the entry with this ``CacheKey.digest``; whether there was one.

        A store that is away removes it when it is back, and does not return it meanwhile.
        """
        ...

    def stats(self) -> CacheStats:
        """What the cache holds; may read the whole store."""
        ...

    def check(self) -> CheckReport:
        """Verify every entry; changes nothing."""
        ...

    def prune(self, *, step: str | None = None, model: str | None = None) -> int:
        """Remove expired entries, and with arguments also all those of this step and model id; how many."""
        ...

    def clear(self) -> int:
        """Remove everything, also files set aside; how many entries went."""
        ...

    def counts(self) -> CacheCounts:
        """The counts since opening; reads nothing from the store."""
        ...

    def close(self) -> None:
        """Release the store; afterwards every read is a miss and every write is dropped."""
        ...


class Tally:
    """Thread-safe counting behind ``CacheCounts``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()
        self._events: Counter[str] = Counter()

    def hit(self, step: str) -> None:
        """Count an answered read."""
        with self._lock:
            self._hits[step] += 1

    def miss(self, step: str) -> None:
        """Count an unanswered read."""
        with self._lock:
            self._misses[step] += 1

    def event(self, name: str, number: int = 1) -> None:
        """Count one of the plain fields of ``CacheCounts`` by its name."""
        with self._lock:
            self._events[name] += number

    def counts(self) -> CacheCounts:
        """The counts so far."""
        with self._lock:
            return CacheCounts(dict(self._hits), dict(self._misses), **self._events)
