"""Jobs in Redis, for replicas: read and cancelled through any of them, taken up when theirs is gone.

A job is a hash; the names of open ones are in a sorted set. Whoever works on a job holds a lease on it,
which ends by itself when its process dies; then another replica takes the job up. A deleted job leaves
a mark in its place, from which its holder learns to stop.

Redis may go away and lose what it had: a holder keeps its jobs in memory too, notes their end when Redis
is back, and writes again what is gone. Meanwhile new jobs, and questions about others', are refused.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Literal, TypeVar, cast

from service.cache.redis_link import RedisLink
from service.clock import SteadyClock
from service.errors import ServiceError
from service.queue.jobs import Job
from service.queue.redis_job_form import (
    DELETE,
    OPEN,
    RELEASE,
    RENEW,
    WRITE,
    is_open,
    job_name,
    milliseconds,
    names,
    read,
)

T = TypeVar("T")

_SILENT: Final = "jobs are in Redis, which does not answer"

#: Seconds after which a silent replica's jobs are taken up by another one.
LEASE_SECONDS: Final = 10.0
#: Seconds beyond its time that an unfinished job is kept for a replica to take it up.
_KEPT: Final = 86400.0
#: How many jobs of others a replica takes at once: the rest is for the other replicas.
_MOST_TAKEN: Final = 16
#: How many names of open jobs are looked at for it.
_MOST_SEEN: Final = 1000

_Held = Literal["held", "lost", "deleted", "taken"]


class RedisJobs:
    """The ``JobStore`` Protocol over one Redis, which replicas share.

    A job that ended is forgotten ``ttl`` seconds of Redis's own clock later. ``lease`` is in seconds.
    """

    shared: Final = True

    def __init__(
        self,
        link: RedisLink,
        ttl: float,
        lease: float = LEASE_SECONDS,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._link, self._clock = link, clock or SteadyClock()
        self._ttl, self._lease = milliseconds(ttl), milliseconds(lease)
        self._token = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._mine: dict[str, Job] = {}  # as they are now, until Redis has noted their end
        self._owed: set[str] = set()  # of these, the ones whose state Redis has not noted
        self._gone: set[str] = set()  # found to be another's or deleted, which attend has not told yet

    @property
    def available(self) -> bool:
        """Whether Redis answered last."""
        return self._link.healthy

    def add(self, request: bytes, request_id: str) -> Job:
        """A new job, waiting."""
        job = Job(secrets.token_urlsafe(18), "queued", self._clock(), request, request_id)
        if not self._ask(lambda client: self._write(client, job)):
            raise ServiceError("Redis did not take the job")
        with self._lock:
            self._mine[job.id] = job
        return job

    def get(self, id: str) -> Job | None:
        """The job with this id; one's own is known also while Redis is away or has forgotten it."""
        with self._lock:
            mine = self._mine.get(id)
        found: dict[bytes, bytes] | None = self._link.ask(lambda client: client.hgetall(job_name(id)), None)
        if mine is not None:
            return None if found and read(id, found) is None else mine
        if found is None:
            raise ServiceError(_SILENT)
        return read(id, found)

    def unfinished(self) -> list[Job]:
        """Up to a handful of jobs that nobody holds, oldest first."""
        taken: list[Job] = []
        for name in self._ask(lambda client: client.zrange(OPEN, 0, _MOST_SEEN - 1)):
            if len(taken) >= _MOST_TAKEN:
                break
            job = self._ask(self._take, name.decode())
            if isinstance(job, Job):
                taken.append(job)
                with self._lock:
                    self._mine[job.id] = job
        return taken

    def start(self, id: str) -> None:
        """Note that a job is worked on."""
        self._note(id, state="running")

    def succeed(self, id: str, brief: str) -> None:
        """Note the id of the brief that a job gave, at the latest when Redis is back."""
        self._note(id, state="succeeded", brief=brief, request=b"")

    def fail(self, id: str, problem: bytes) -> None:
        """Note why a job failed, at the latest when Redis is back."""
        self._note(id, state="failed", problem=problem, request=b"")

    def delete(self, id: str) -> bool:
        """Forget a job, and leave the mark for its holder; whether there was one."""
        there = bool(self._ask(lambda client: client.eval(DELETE, 3, *names(id), id, self._ttl)))
        with self._lock:
            self._owed.discard(id)
            return self._mine.pop(id, None) is not None or there

    def attend(self) -> tuple[str, ...]:
        """Renew the leases and note what is owed; the ids of jobs that are held here no longer."""
        with self._lock:
            mine, owed = dict(self._mine), set(self._owed)
        for id, job in mine.items():
            state = None if id in owed else self._link.ask(self._renew, None, job)
            if state in ("deleted", "taken"):
                self._lose(id)
            elif state == "lost" or id in owed:
                self._settle(job)
        with self._lock:
            gone, self._gone = self._gone, set()
        return tuple(gone)

    def close(self) -> None:
        """Give the leases up, so that the other replicas need not wait for their end."""
        with self._lock:
            mine = list(self._mine)
        for id in mine:
            self._link.ask(lambda client, lease: client.eval(RELEASE, 1, lease, self._token), 0, names(id)[1])

    def _note(self, id: str, **changes: Any) -> None:
        """Change one's own job here and, now or later, in Redis; another's stays as it is."""
        with self._lock:
            if id not in self._mine:
                return
            self._mine[id] = job = replace(self._mine[id], **changes)
            self._owed.add(id)
        self._settle(job)

    def _settle(self, job: Job) -> None:
        """Bring Redis to what the job is now; if it is away, ``attend`` comes back to it."""
        noted = self._link.ask(self._write, None, job)
        if noted is None:
            return
        if not noted:
            self._lose(job.id)
            return
        with self._lock:
            if self._mine.get(job.id) == job:
                self._owed.discard(job.id)
                if not is_open(job):
                    del self._mine[job.id]

    def _lose(self, id: str) -> None:
        with self._lock:
            self._owed.discard(id)
            if self._mine.pop(id, None) is not None:
                self._gone.add(id)

    def _write(self, client: Any, job: Job) -> int:
        kept = self._ttl + milliseconds(_KEPT) if is_open(job) else self._ttl
        lease = self._lease if is_open(job) else 0
        fields = (
            ("state", job.state), ("created", job.created), ("request", job.request), ("request_id", job.request_id),
            ("brief", job.brief), ("problem", job.problem),
        )  # fmt: skip
        flat = [part for field in fields for part in field]
        return int(client.eval(WRITE, 3, *names(job.id), job.id, self._token, kept, lease, job.created, *flat))

    def _renew(self, client: Any, job: Job) -> _Held:
        answer = client.eval(RENEW, 3, *names(job.id), job.id, self._token, self._lease, job.created)
        return cast(_Held, answer.decode())

    def _take(self, client: Any, id: str) -> Job | Literal[False]:
        """The open job, if nobody holds it."""
        name, lease, _ = names(id)
        if not client.set(lease, self._token, nx=True, px=self._lease):
            return False
        job = read(id, client.hgetall(name))
        if job is None or not is_open(job):
            client.zrem(OPEN, id)
            client.eval(RELEASE, 1, lease, self._token)
            return False
        return job

    def _ask(self, question: Callable[..., T], *arguments: object) -> T:
        """Redis's answer. Raises ``ServiceError`` where there is none."""
        answer = self._link.ask(question, None, *arguments)
        if answer is None:
            raise ServiceError(_SILENT)
        return answer
