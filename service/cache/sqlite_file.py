"""One process's hold on the cache file: runs work on it, and keeps every fault of it from the caller."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import structlog
from filelock import FileLock, Timeout

from service.cache.protocol import Tally
from service.cache.sqlite_schema import (
    FILE_ERRORS,
    Opened,
    Reason,
    UnusableFile,
    file_identity,
    is_damage,
    open_database,
    set_aside,
    transaction,
)
from service.cache.stored_value import DamagedValue

T = TypeVar("T")
D = TypeVar("D")
Work = Callable[[sqlite3.Connection], T]

_log = structlog.get_logger(__name__)

#: Seconds between two looks of the readers whether another process replaced the file.
_LOOK_AGAIN: Final = 1.0
#: Seconds after which a file that could not be opened is tried again.
_REOPEN_AFTER: Final = 5.0
#: Seconds to wait for another process that creates or replaces the file.
_OPENING_TIMEOUT: Final = 15.0


class CacheFile:
    """Two connections, each under its own lock, so that reading never waits for a write.

    ``read`` and ``write`` return ``default`` where the file does not answer. A damaged file is
    set aside and the work is done on the fresh one. The constructor raises ``sqlite3.Error``,
    ``OSError`` or ``filelock.Timeout`` where no file can be made.
    """

    def __init__(self, path: Path, busy_seconds: float, tally: Tally) -> None:
        self.path = path
        self._busy_seconds, self._tally = busy_seconds, tally
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()  # taken in this order
        self._closed = False
        self._healthy = True
        self._look_at = time.monotonic() + _LOOK_AGAIN
        self._reopen_at = 0.0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._opening = FileLock(path.with_name(path.name + ".lock"), timeout=_OPENING_TIMEOUT)
        with self._opening:
            self._opened: Opened | None = self._open()

    @property
    def healthy(self) -> bool:
        """Whether the last piece of work was done."""
        return self._healthy

    def read(self, work: Work[T], default: D) -> T | D:
        """Do ``work``, single SELECT statements read to their end, on the reading connection."""
        return self._run(work, default, writing=False)

    def write(self, work: Work[T], default: D) -> T | D:
        """Do ``work`` in a transaction on the writing connection."""
        return self._run(work, default, writing=True)

    def tidy(self) -> None:
        """Give free pages back and empty the log, so that what was deleted is gone from the disk."""
        with self._write_lock:
            if self._opened is None:
                return
            try:
                self._opened.writer.execute("PRAGMA incremental_vacuum").fetchall()
                self._opened.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except FILE_ERRORS as error:
                _log.warning("cache_not_tidied", path=str(self.path), error=str(error))

    def close(self) -> None:
        """Close the file for good."""
        with self._write_lock, self._read_lock:
            self._closed = True
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _run(self, work: Work[T], default: D, writing: bool) -> T | D:
        # The second round is for a file that was replaced, by us or by another process.
        for _ in range(2):
            opened = self._current(look=writing)
            if opened is None:
                break
            try:
                with self._write_lock if writing else self._read_lock:
                    if opened is not self._opened:
                        continue
                    result = _transact(opened.writer, work) if writing else work(opened.reader)
            except (*FILE_ERRORS, DamagedValue) as error:
                if not is_damage(error):
                    _log.debug("cache_unavailable", path=str(self.path), error=str(error))
                    break
                self._replace(opened, error)
                continue
            self._healthy = True
            return result
        self._healthy = False
        return default

    def _current(self, look: bool) -> Opened | None:
        """The open file; opened anew if it was replaced, or could not be opened a while ago."""
        opened, now = self._opened, time.monotonic()
        if opened is None:
            return None if self._closed or now < self._reopen_at else self._reopen(None)
        if look or now >= self._look_at:
            self._look_at = now + _LOOK_AGAIN
            try:
                replaced = file_identity(self.path) != opened.identity
            except OSError:
                replaced = True
            if replaced:
                return self._reopen(opened)
        return opened

    def _replace(self, opened: Opened, error: Exception) -> None:
        """Set the damaged file aside, unless another thread or process did, and start a fresh one."""
        self._reopen(opened, damage=error)

    def _reopen(self, old: Opened | None, damage: Exception | None = None) -> Opened | None:
        with self._write_lock, self._read_lock:
            if self._opened is not old or self._closed:
                return self._opened
            if old is not None:
                old.close()
            self._opened = None
            try:
                with self._opening:
                    if damage is not None and old is not None and self._is_still(old):
                        self._put_aside("damaged", damage)
                    self._opened = self._open()
            except (*FILE_ERRORS, OSError, Timeout) as error:
                self._reopen_at = time.monotonic() + _REOPEN_AFTER
                _log.warning("cache_not_opened", path=str(self.path), error=str(error))
            return self._opened

    def _is_still(self, old: Opened) -> bool:
        return self.path.exists() and file_identity(self.path) == old.identity

    def _open(self) -> Opened:
        """Open the file, or a fresh one in its place; the opening lock is held."""
        try:
            return open_database(self.path, self._busy_seconds)
        except UnusableFile as error:
            self._put_aside(error.reason, error)
        except FILE_ERRORS as error:
            if not is_damage(error):
                raise
            self._put_aside("damaged", error)
        return open_database(self.path, self._busy_seconds)

    def _put_aside(self, reason: Reason, error: Exception) -> None:
        kept = set_aside(self.path, reason)
        self._tally.event("set_aside")
        _log.warning("cache_set_aside", path=str(self.path), kept=str(kept), reason=reason, error=str(error))


def _transact(connection: sqlite3.Connection, work: Work[T]) -> T:
    with transaction(connection):
        return work(connection)
