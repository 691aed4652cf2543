"""Jobs in a small SQLite file, so that they outlive a restart of the one process that has them."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeVar

import structlog

from service.cache.sqlite_schema import FILE_ERRORS, UnusableFile, is_damage, set_aside, transaction
from service.clock import SteadyClock
from service.errors import ServiceError
from service.queue.jobs import Job, State

T = TypeVar("T")

#: Raise it when the table changes: a file of another version is set aside.
_VERSION: Final = 1
#: "BreJ" in ASCII, in the file's header: tells our files from other programs' databases.
_APPLICATION: Final = 0x4272654A

#: Seconds that another process may hold the file before a call gives up.
BUSY_SECONDS = 5.0

_TABLE: Final = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    ended REAL,
    request BLOB NOT NULL,
    request_id TEXT NOT NULL,
    brief TEXT NOT NULL,
    problem BLOB NOT NULL
)
"""
_FIELDS: Final = "id, state, created, request, request_id, brief, problem"


class SQLiteJobs:
    """The ``JobStore`` Protocol over a file; opened when it is first needed.

    A job that ended is forgotten ``ttl`` seconds of ``clock`` later, seconds since the epoch, for they
    must hold across a restart. A damaged file is set aside and a fresh one started.
    """

    #: The file belongs to one process.
    shared: Final = False
    available: Final = True

    def __init__(self, path: Path, ttl: float, clock: Callable[[], float] | None = None) -> None:
        self._path, self._ttl, self._clock = path, ttl, clock or SteadyClock()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def add(self, request: bytes, request_id: str) -> Job:
        """A new job, waiting. Its id cannot be guessed; it is on disk when this returns."""
        job = Job(secrets.token_urlsafe(18), "queued", self._clock(), request, request_id)
        self._run(
            lambda jobs: jobs.execute(
                "INSERT INTO jobs VALUES (?, 'queued', ?, NULL, ?, ?, '', x'')",
                (job.id, job.created, request, request_id),
            )
        )
        return job

    def get(self, id: str) -> Job | None:
        """The job with this id, unless its time is over."""
        if not self._path.exists():
            return None
        rows = self._run(lambda jobs: jobs.execute(f"SELECT {_FIELDS} FROM jobs WHERE id = ?", (id,)).fetchall())
        return Job(*rows[0]) if rows else None

    def unfinished(self) -> list[Job]:
        """The jobs that wait or were being worked on, oldest first."""
        if not self._path.exists():
            return []
        query = f"SELECT {_FIELDS} FROM jobs WHERE ended IS NULL ORDER BY created, rowid"
        return [Job(*row) for row in self._run(lambda jobs: jobs.execute(query).fetchall())]

    def start(self, id: str) -> None:
        """Note that a job is worked on."""
        self._run(lambda jobs: jobs.execute("UPDATE jobs SET state = 'running' WHERE id = ?", (id,)))

    def succeed(self, id: str, brief: str) -> None:
        """Note the id of the brief that a job gave; its request is forgotten."""
        self._end(id, "succeeded", brief, b"")

    def fail(self, id: str, problem: bytes) -> None:
        """Note why a job failed; its request is forgotten."""
        self._end(id, "failed", "", problem)

    def delete(self, id: str) -> bool:
        """Forget a job; whether there was one."""
        if not self._path.exists():
            return False
        return self._run(lambda jobs: jobs.execute("DELETE FROM jobs WHERE id = ?", (id,)).rowcount) > 0

    def attend(self) -> tuple[str, ...]:
        """Nobody else has these jobs."""
        return ()

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        with self._lock:
            self._close()

    def _end(self, id: str, state: State, brief: str, problem: bytes) -> None:
        statement = "UPDATE jobs SET state = ?, ended = ?, request = x'', brief = ?, problem = ? WHERE id = ?"
        self._run(lambda jobs: jobs.execute(statement, (state, self._clock(), brief, problem, id)))

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do one piece of work in a transaction, after forgetting what is over; once more after damage."""
        with self._lock:
            for last in (False, True):
                try:
                    return self._transact(self._opened(), work)
                except UnusableFile as error:
                    self._renew(error, error.reason)
                except (*FILE_ERRORS, OSError) as error:
                    if last or isinstance(error, OSError) or not is_damage(error):
                        raise ServiceError(f"the file of jobs cannot be used: {error}") from error
                    self._renew(error, "damaged")
        raise ServiceError("the file of jobs cannot be used")

    def _transact(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        with transaction(connection):
            connection.execute("DELETE FROM jobs WHERE ended <= ?", (self._clock() - self._ttl,))
            return work(connection)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Requests hold articles: nobody else on the machine is to read them.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            _prepare(self._connection)
        return self._connection

    def _renew(self, error: Exception, reason: Literal["damaged", "outdated", "foreign"]) -> None:
        self._close()
        try:
            kept = set_aside(self._path, reason)
        except OSError as stuck:
            raise ServiceError(f"the file of jobs is {reason} and cannot be set aside") from stuck
        structlog.get_logger(__name__).warning(
            "jobs_set_aside", path=str(self._path), kept=str(kept), reason=reason, error=str(error)
        )

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table, or see that it is ours. Raises ``UnusableFile``."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    marks = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if tables and marks != (_APPLICATION, _VERSION):
        raise UnusableFile("outdated" if marks[0] == _APPLICATION else "foreign")
    connection.execute("PRAGMA journal_mode = WAL")
    # A job that was accepted is a promise: it must survive a power cut, too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    if not tables:
        with transaction(connection):
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
