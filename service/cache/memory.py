"""A cache in memory: for tests, and for a service whose cache file cannot be written."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from service.cache.key import CacheKey
from service.cache.protocol import MISS, CacheCounts, CacheStats, CheckReport, Missing, Tally

#: What an entry costs beside its value, in bytes: key, tags and the structures that hold them.
OVERHEAD = 256


@dataclass(frozen=True)
class _Entry:
    step: str
    models: tuple[str, ...]
    created: float
    value: bytes

    @property
    def size(self) -> int:
        return len(self.value) + OVERHEAD


class MemoryCache:
    """The ``Cache`` Protocol over an ordered dictionary, the least recently used entry first.

    ``max_bytes`` bounds values and overhead (0 stores nothing); ``ttl`` is in seconds (0 is for
    ever) of ``clock``; ``note`` says why this cache is used instead of another.
    """

    def __init__(
        self,
        max_bytes: int = 64 * 1024 * 1024,
        ttl: float = 0.0,
        clock: Callable[[], float] = time.time,
        note: str = "",
    ) -> None:
        self._max_bytes, self._ttl, self._clock, self._note = max_bytes, ttl, clock, note
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0
        self._deletions = 0
        self._closed = False
        self._tally = Tally()

    @property
    def healthy(self) -> bool:
        """Memory always answers, but a stand-in for another store is not the healthy one."""
        return not self._note

    @property
    def deletions(self) -> int:
        """Changes with each deletion on request."""
        return self._deletions

    def get(self, key: CacheKey, *, counted: bool = True) -> bytes | Missing:
        """The stored value, or ``MISS``."""
        with self._lock:
            entry = self._entries.get(key.digest)
            if entry is not None and self._expired(entry):
                self._remove(key.digest)
                self._tally.event("expired")
                entry = None
            if entry is not None:
                self._entries.move_to_end(key.digest)
        if counted:
            (self._tally.miss if entry is None else self._tally.hit)(key.step)
        return MISS if entry is None else entry.value

    def put(self, key: CacheKey, value: bytes) -> bool:
        """Store a value, and let the least recently used go while the cap is passed."""
        entry = _Entry(key.step, key.models, self._clock(), value)
        with self._lock:
            self._remove(key.digest)
            if self._closed or entry.size > self._max_bytes:
                self._tally.event("dropped_writes")
                return False
            self._entries[key.digest] = entry
            self._bytes += entry.size
            while self._bytes > self._max_bytes:
                self._remove(next(iter(self._entries)))
                self._tally.event("evicted")
        self._tally.event("writes")
        return True

    def delete(self, digest: str) -> bool:
        """Remove one entry; whether there was one."""
        with self._lock:
            self._deletions += 1
            return self._remove(digest)

    def stats(self) -> CacheStats:
        """What the cache holds now."""
        with self._lock:
            entries = list(self._entries.values())
            size = self._bytes
        return CacheStats(
            store="memory",
            place="memory",
            entries=len(entries),
            bytes=size,
            max_bytes=self._max_bytes,
            entries_by_step=dict(Counter(entry.step for entry in entries)),
            entries_by_model=dict(Counter(model for entry in entries for model in entry.models)),
            counts=self._tally.counts(),
            note=self._note,
        )

    def check(self) -> CheckReport:
        """Verify that every value is JSON and that the sizes add up."""
        with self._lock:
            entries = dict(self._entries)
            size = self._bytes
        findings = [f"entry {digest} is not JSON" for digest, entry in entries.items() if not is_json(entry.value)]
        if size != sum(entry.size for entry in entries.values()):
            findings.append("the total size does not equal the sum of the entries")
        return CheckReport(len(entries), tuple(findings))

    def prune(self, *, step: str | None = None, model: str | None = None) -> int:
        """Remove expired entries, and those of a step and model when given."""
        chosen = step is not None or model is not None
        with self._lock:
            gone = [
                digest
                for digest, entry in self._entries.items()
                if self._expired(entry)
                or (chosen and step in (None, entry.step) and (model is None or model in entry.models))
            ]
            for digest in gone:
                self._remove(digest)
            self._deletions += 1
        return len(gone)

    def clear(self) -> int:
        """Remove everything."""
        with self._lock:
            number = len(self._entries)
            self._entries.clear()
            self._bytes = 0
            self._deletions += 1
        return number

    def counts(self) -> CacheCounts:
        """The counts since opening."""
        return self._tally.counts()

    def close(self) -> None:
        """Forget everything."""
        self.clear()
        self._closed = True

    def _expired(self, entry: _Entry) -> bool:
        return self._ttl > 0 and self._clock() >= entry.created + self._ttl

    def _remove(self, digest: str) -> bool:
        entry = self._entries.pop(digest, None)
        if entry is not None:
            self._bytes -= entry.size
        return entry is not None


def is_json(value: bytes) -> bool:
    """Whether the bytes are one JSON document."""
    try:
        json.loads(value)
    except ValueError:  # UnicodeDecodeError is one of its children
        return False
    return True
