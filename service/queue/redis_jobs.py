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

from service.cache.redis_link import PREFIX, RedisLink
from service.clock import SteadyClock
from service.errors import ServiceError
from service.queue.jobs import Job, State

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

# Each script decides and writes in one step. KEYS: the job, its lease, the set of open jobs.
# A job that was deleted, has ended or is held by another replica stays as it is.
_WRITE: Final = """
local state = redis.call('hget', KEYS[1], 'state')
if state == 'deleted' or state == 'succeeded' or state == 'failed' then return 0 end
local holder = redis.call('get', KEYS[2])
if holder and holder ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], unpack(ARGV, 6))
redis.call('pexpire', KEYS[1], ARGV[3])
if tonumber(ARGV[4]) == 0 then
    redis.call('zrem', KEYS[3], ARGV[1])
    redis.call('del', KEYS[2])
else
    redis.call('zadd', KEYS[3], ARGV[5], ARGV[1])
    redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[4])
end
return 1
"""
_RENEW: Final = """
local state = redis.call('hget', KEYS[1], 'state')
if not state then return 'lost' end
if state == 'deleted' then return 'deleted' end
local holder = redis.call('get', KEYS[2])
if holder and holder ~= ARGV[2] then return 'taken' end
redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[3])
redis.call('zadd', KEYS[3], ARGV[4], ARGV[1])
return 'held'
"""
_DELETE: Final = """
local state = redis.call('hget', KEYS[1], 'state')
if not state or state == 'deleted' then return 0 end
redis.call('del', KEYS[1], KEYS[2])
redis.call('zrem', KEYS[3], ARGV[1])
redis.call('hset', KEYS[1], 'state', 'deleted')
redis.call('pexpire', KEYS[1], ARGV[2])
return 1
"""
_RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"

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
        self._ttl, self._lease = _milliseconds(ttl), _milliseconds(lease)
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
        found: dict[bytes, bytes] | None = self._link.ask(lambda client: client.hgetall(_job(id)), None)
        if mine is not None:
            return None if found and _read(id, found) is None else mine
        if found is None:
            raise ServiceError(_SILENT)
        return _read(id, found)

    def unfinished(self) -> list[Job]:
        """Up to a handful of jobs that nobody holds, oldest first."""
        taken: list[Job] = []
        for name in self._ask(lambda client: client.zrange(_OPEN, 0, _MOST_SEEN - 1)):
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
        there = bool(self._ask(lambda client: client.eval(_DELETE, 3, *_names(id), id, self._ttl)))
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
            self._link.ask(lambda client, lease: client.eval(_RELEASE, 1, lease, self._token), 0, _names(id)[1])

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
                if not _is_open(job):
                    del self._mine[job.id]

    def _lose(self, id: str) -> None:
        with self._lock:
            self._owed.discard(id)
            if self._mine.pop(id, None) is not None:
                self._gone.add(id)

    def _write(self, client: Any, job: Job) -> int:
        kept = self._ttl + _milliseconds(_KEPT) if _is_open(job) else self._ttl
        lease = self._lease if _is_open(job) else 0
        fields = (
            ("state", job.state), ("created", job.created), ("request", job.request), ("request_id", job.request_id),
            ("brief", job.brief), ("problem", job.problem),
        )  # fmt: skip
        flat = [part for field in fields for part in field]
        return int(client.eval(_WRITE, 3, *_names(job.id), job.id, self._token, kept, lease, job.created, *flat))

    def _renew(self, client: Any, job: Job) -> _Held:
        answer = client.eval(_RENEW, 3, *_names(job.id), job.id, self._token, self._lease, job.created)
        return cast(_Held, answer.decode())

    def _take(self, client: Any, id: str) -> Job | Literal[False]:
        """The open job, if nobody holds it."""
        job_name, lease, _ = _names(id)
        if not client.set(lease, self._token, nx=True, px=self._lease):
            return False
        job = _read(id, client.hgetall(job_name))
        if job is None or not _is_open(job):
            client.zrem(_OPEN, id)
            client.eval(_RELEASE, 1, lease, self._token)
            return False
        return job

    def _ask(self, question: Callable[..., T], *arguments: object) -> T:
        """Redis's answer. Raises ``ServiceError`` where there is none."""
        answer = self._link.ask(question, None, *arguments)
        if answer is None:
            raise ServiceError(_SILENT)
        return answer


_OPEN: Final = f"{PREFIX}jobs"


def _job(id: str) -> str:
    return f"{PREFIX}job:{id}"


def _names(id: str) -> tuple[str, str, str]:
    return _job(id), f"{PREFIX}job-lease:{id}", _OPEN


def _is_open(job: Job) -> bool:
    return job.state in ("queued", "running")


def _read(id: str, fields: dict[bytes, bytes]) -> Job | None:
    """The job that a hash holds, if it does; the mark of a deleted one is none."""
    state = fields.get(b"state", b"deleted").decode()
    if state == "deleted":
        return None
    return Job(
        id,
        cast(State, state),
        float(fields[b"created"]),
        fields[b"request"],
        fields[b"request_id"].decode(),
        fields[b"brief"].decode(),
        fields[b"problem"],
    )


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
