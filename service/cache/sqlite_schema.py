"""The cache's file: its tables, what counts as damage, and how a bad file is set aside."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

#: Raise it when the tables change: a file of another version is set aside.
SCHEMA_VERSION: Final = 1
#: "Brev" in ASCII, in the file's header: tells our files from other programs' databases.
APPLICATION_ID: Final = 0x42726576

Reason = Literal["damaged", "outdated", "foreign"]

# "used" is a running number and not a time, so that moving the clock does not change what goes
# first. Sizes are kept by triggers: a put must not scan the table to know whether the cap is passed.
_TABLES: Final = """
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    step TEXT NOT NULL,
    models TEXT NOT NULL,
    created REAL NOT NULL,
    used INTEGER NOT NULL,
    codec INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    size INTEGER NOT NULL,
    value BLOB NOT NULL
);
CREATE INDEX entries_by_use ON entries (used);
CREATE INDEX entries_by_age ON entries (created);
CREATE TABLE totals (
    step TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
    INSERT OR IGNORE INTO totals VALUES (NEW.step, 0, 0);
    UPDATE totals SET entries = entries + 1, bytes = bytes + NEW.size WHERE step = NEW.step;
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entries BEGIN
    UPDATE totals SET entries = entries - 1, bytes = bytes - OLD.size WHERE step = OLD.step;
END;
"""

_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_MISUSE,
    }
)
# Of the I/O errors these two say that the file is shorter or other than its own pages promise.
_TRUNCATED: Final = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, 8458})  # 8458 is SQLITE_IOERR_CORRUPTFS


#: What the driver raises for a file; the last where even its message is made of damaged text.
FILE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)


class UnusableFile(Exception):
    """The file cannot serve as it is; ``reason`` says why it is to be set aside."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the cache file is {reason}")
        self.reason: Reason = reason


@dataclass(frozen=True)
class Opened:
    """The two connections to one file: a reader never waits for a writer in WAL mode."""

    reader: sqlite3.Connection
    writer: sqlite3.Connection
    identity: tuple[int, int]  # device and inode, to notice that another process replaced the file

    def close(self) -> None:
        """Close both; errors of a damaged or full file no longer matter."""
        for connection in (self.reader, self.writer):
            with suppress(*FILE_ERRORS):
                connection.close()


def is_damage(error: Exception) -> bool:
    """Whether the error tells of a bad file, not of a busy, full or unreachable one.

    Our statements are constant, so "no such table" and its like are damage too; so is a text
    that is not UTF-8, which the driver reports without a code.
    """
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return True
    return code in _TRUNCATED or (code & 0xFF) not in _UNAVAILABLE


def open_database(path: Path, busy_seconds: float) -> Opened:
    """Open the file, creating it if need be.

    Raises ``UnusableFile``, one of ``FILE_ERRORS`` (locked, disk full, damaged) or ``OSError`` (no permission).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = _connect(path, busy_seconds)
    try:
        _prepare(writer)
        reader = _connect(path, busy_seconds)
    except BaseException:
        writer.close()
        raise
    return Opened(reader, writer, file_identity(path))


def _connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    # Transactions are explicit, and the callers hold a lock for each connection.
    return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()[0][0]
    if tables and application != APPLICATION_ID:
        raise UnusableFile("foreign")
    if tables and version != SCHEMA_VERSION:
        raise UnusableFile("outdated")
    if not tables:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    # A killed process loses nothing so; a power cut may lose the newest entries, which a cache can bear.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA journal_size_limit = {16 * 1024 * 1024}")
    if not tables:
        _create(connection)


def _create(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        for statement in _statements():
            connection.execute(statement)
        # A random start, so that a fresh file is seen as a change by whoever remembers the old one's number.
        connection.execute(
            "INSERT INTO counters VALUES ('uses', 0), ('deletions', ?)", (random.SystemRandom().getrandbits(48),)
        )
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _statements() -> Iterator[str]:
    pending = ""
    for line in _TABLES.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A write transaction: committed at the end, rolled back by any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # The first error tells what happened; after some of them SQLite has rolled back already.
        if connection.in_transaction:
            with suppress(*FILE_ERRORS):
                connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchall()[0][0])


def file_identity(path: Path) -> tuple[int, int]:
    """Device and inode of the file. Raises ``OSError`` if it is gone."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


def set_aside(path: Path, reason: Reason) -> Path:
    """Rename the file, with its log, to a name that tells why and when; returns the new path.

    Of damaged and outdated files only the newest is kept, since they hold articles and take
    room; another program's database is never removed. Raises ``OSError``.
    """
    if reason != "foreign":
        remove_set_aside(path)
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    target = path.with_name(f"{path.name}.{reason}-{stamp}-{os.getpid()}-{time.monotonic_ns()}")
    # The log first: should this be cut short, no fresh file can meet the old file's log.
    for ending in ("-shm", "-wal", ""):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.rename(target.with_name(target.name + ending))
    return target


def remove_set_aside(path: Path) -> None:
    """Delete the damaged and outdated files that were set aside before."""
    for reason in ("damaged", "outdated"):
        for old in path.parent.glob(f"{path.name}.{reason}-*"):
            old.unlink(missing_ok=True)
