"""The cache in one SQLite file, shared by the threads and processes of a machine.

Faults of the file never reach the caller: a locked or full disk makes a miss or a dropped
write, which is counted; a damaged file, or one of another version, is set aside with a warning
and a fresh one is started. Entries carry a checksum, since SQLite itself does not notice a
changed byte within a value.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import structlog
from filelock import Timeout

from service.cache import sqlite_entries as entries
from service.cache.key import CacheKey
from service.cache.memory import MemoryCache
from service.cache.protocol import MISS, Cache, CacheCounts, CacheStats, CheckReport, Missing, Tally
from service.cache.sqlite_file import CacheFile
from service.cache.sqlite_schema import FILE_ERRORS, remove_set_aside
from service.cache.stored_value import DamagedValue, pack, unpack

_log = structlog.get_logger(__name__)

#: Reads whose order of use is remembered before it is written.
_USES_KEPT: Final = 256
#: Expired entries that each write removes in passing.
_EXPIRED_A_WRITE: Final = 16
#: How often a deletion is tried on a locked file before it is left for the next write.
_DELETE_ATTEMPTS: Final = 8
_STAND_IN_BYTES: Final = 64 * 1024 * 1024


def open_cache(
    path: Path, *, max_bytes: int, ttl: float, clock: Callable[[], float] = time.time, busy_seconds: float = 0.25
) -> Cache:
    """The SQLite cache at ``path``, or one in memory where no file can be written; never raises for the file.

    ``max_bytes`` 0 stores nothing. The stand-in in memory is logged, says so in ``stats().note``
    and is not ``healthy``.
    """
    if max_bytes == 0:
        return MemoryCache(0, ttl, clock)
    try:
        return SQLiteCache(path, max_bytes=max_bytes, ttl=ttl, clock=clock, busy_seconds=busy_seconds)
    except (*FILE_ERRORS, OSError, Timeout) as error:
        note = f"{path} cannot be used ({error}): entries are kept in memory until the service stops"
        _log.warning("cache_in_memory", path=str(path), error=str(error))
        return MemoryCache(min(max_bytes, _STAND_IN_BYTES), ttl, clock, note)


class SQLiteCache:
    """The ``Cache`` Protocol over one file.

    ``max_bytes`` bounds the values as stored with ``OVERHEAD`` bytes each; ``ttl`` is in seconds
    (0 is for ever) of ``clock``, a wall clock; ``busy_seconds`` is how long one operation waits
    for another process. Raises ``sqlite3.Error``, ``OSError`` or ``filelock.Timeout`` where no
    file can be made: ``open_cache`` turns those into a cache in memory.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int,
        ttl: float = 0.0,
        clock: Callable[[], float] = time.time,
        busy_seconds: float = 0.25,
    ) -> None:
        self._max_bytes, self._ttl, self._clock = max_bytes, ttl, clock
        self._tally = Tally()
        self._lock = threading.Lock()
        self._uses: dict[str, None] = {}  # digests read since the last write, the latest last
        self._hidden: set[str] = set()  # deleted, but the file could not be written since
        self._seen: tuple[int, int] | None = None
        self._deletions = 0
        self._file = CacheFile(path, busy_seconds, self._tally)

    @property
    def healthy(self) -> bool:
        """Whether the file answered when it was last asked."""
        return self._file.healthy

    @property
    def deletions(self) -> int:
        """A number in the file that each deletion raises; read only when the file has changed."""

        def look(connection: sqlite3.Connection) -> int:
            version = connection.execute("PRAGMA data_version").fetchall()[0][0]
            if self._seen != (id(connection), version):
                self._deletions = entries.deletions(connection)
                self._seen = (id(connection), version)
            return self._deletions

        return self._file.read(look, self._deletions) + len(self._hidden)

    def get(self, key: CacheKey, *, counted: bool = True) -> bytes | Missing:
        """The stored value, or ``MISS``."""
        row = self._file.read(lambda connection: entries.select(connection, key.digest), MISS)
        if isinstance(row, Missing):
            self._tally.event("failed_reads")
            row = None
        value: bytes | Missing = MISS
        if row is not None and key.digest not in self._hidden:
            created, stored = row
            if self._ttl > 0 and created <= self._clock() - self._ttl:
                self._tally.event("expired")
            else:
                value = unpack(stored)
                self._remember_use(key.digest)
        if counted:
            (self._tally.miss if isinstance(value, Missing) else self._tally.hit)(key.step)
        return value

    def put(self, key: CacheKey, value: bytes) -> bool:
        """Store a value, and let the least recently used go while the cap is passed."""
        stored = pack(key.digest, value)

        def work(connection: sqlite3.Connection) -> bool:
            self._write_uses(connection)
            entries.remove(connection, (key.digest,))
            if entries.size_of(stored) > self._max_bytes:
                return False
            entries.insert(connection, key, stored, self._clock())
            if self._ttl > 0:
                expired = entries.expire(connection, self._clock() - self._ttl, _EXPIRED_A_WRITE)
                self._tally.event("expired", expired)
            self._tally.event("evicted", entries.evict(connection, self._max_bytes))
            return True

        written = self._write_after_deletions(work, False)
        self._tally.event("writes" if written else "dropped_writes")
        return written

    def delete(self, digest: str) -> bool:
        """Remove one entry, from the file's log too; whether there was one.

        On a file that stays locked for seconds the entry is hidden, and removed by the next write.
        """
        there = self._file.read(lambda connection: entries.select(connection, digest), None) is not None
        with self._lock:
            self._hidden.add(digest)
        for _ in range(_DELETE_ATTEMPTS):
            if self._write_after_deletions(lambda _: True, False):
                self._file.tidy()
                break
        return there

    def stats(self) -> CacheStats:
        """What the cache holds now; zeros if the file does not answer."""
        nothing: dict[str, tuple[int, int]] = {}
        totals = self._file.read(entries.totals, nothing)
        return CacheStats(
            store="sqlite",
            place=str(self._file.path),
            entries=sum(number for number, _ in totals.values()),
            bytes=sum(size for _, size in totals.values()),
            max_bytes=self._max_bytes,
            entries_by_step={step: number for step, (number, _) in totals.items()},
            entries_by_model=self._file.read(entries.models, {}),
            counts=self._tally.counts(),
        )

    def check(self) -> CheckReport:
        """SQLite's own integrity check, every checksum, every value as JSON, and the totals."""
        try:
            # Its own connection: a check of a full cache takes seconds, in which requests go on.
            with closing(sqlite3.connect(self._file.path, isolation_level=None)) as connection:
                return entries.examine(connection)
        except (*FILE_ERRORS, DamagedValue, TypeError) as error:
            return CheckReport(0, (f"the file is damaged: {error}",))

    def prune(self, *, step: str | None = None, model: str | None = None) -> int:
        """Remove expired entries, and those of a step and model when given."""
        removed = 0
        if self._ttl > 0:
            self._file.write(lambda connection: entries.bring_back(connection, self._clock()), 0)
            removed += self._repeat(lambda connection: entries.expire(connection, self._clock() - self._ttl))
        if step is not None or model is not None:
            removed += self._repeat(lambda connection: entries.remove_tagged(connection, step, model))
        removed += self._repeat(lambda connection: entries.evict(connection, self._max_bytes))
        self._file.write(entries.count_deletion, None)
        self._file.tidy()
        return removed

    def clear(self) -> int:
        """Remove everything, also files set aside."""
        removed = self._repeat(lambda connection: entries.remove_tagged(connection, None, None))
        self._file.write(entries.count_deletion, None)
        self._file.tidy()
        with suppress(OSError):
            remove_set_aside(self._file.path)
        return removed

    def counts(self) -> CacheCounts:
        """The counts since opening."""
        return self._tally.counts()

    def close(self) -> None:
        """Write what is pending and close the file."""
        if self._hidden or self._uses:
            self._write_after_deletions(self._write_uses_too, False)
        self._file.close()

    def _write_after_deletions(self, work: Callable[[sqlite3.Connection], bool], default: bool) -> bool:
        """Do ``work`` in a transaction that first carries out the deletions that are still owed."""
        with self._lock:
            owed = set(self._hidden)

        def all_of_it(connection: sqlite3.Connection) -> tuple[bool, bool]:
            if owed:
                entries.remove(connection, owed)
                entries.count_deletion(connection)
            return work(connection), True

        result, done = self._file.write(all_of_it, (default, False))
        if done:
            with self._lock:
                self._hidden -= owed
        return result

    def _remember_use(self, digest: str) -> None:
        with self._lock:
            self._uses.pop(digest, None)
            self._uses[digest] = None
            full = len(self._uses) >= _USES_KEPT
        if full:
            self._file.write(self._write_uses, None)

    def _write_uses(self, connection: sqlite3.Connection) -> None:
        """Write the order of the reads. It is only a hint: what a fault loses of it is not tried again."""
        with self._lock:
            uses, self._uses = list(self._uses), {}
        entries.touch(connection, uses)

    def _write_uses_too(self, connection: sqlite3.Connection) -> bool:
        self._write_uses(connection)
        return True

    def _repeat(self, remove: Callable[[sqlite3.Connection], int]) -> int:
        """Call ``remove`` in one transaction after the other until it removes nothing."""
        total = 0
        while removed := self._file.write(remove, 0):
            total += removed
        return total
