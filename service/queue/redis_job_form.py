"""The form of a job in Redis: its names, its fields, and the scripts that change it in one step."""

from __future__ import annotations

from typing import Final, cast

from service.cache.redis_link import PREFIX
from service.queue.jobs import Job, State

# Each script decides and writes in one step. KEYS: the job, its lease, the set of open jobs.
# A job that was deleted, has ended or is held by another replica stays as it is.
WRITE: Final = """
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
RENEW: Final = """
local state = redis.call('hget', KEYS[1], 'state')
if not state then return 'lost' end
if state == 'deleted' then return 'deleted' end
local holder = redis.call('get', KEYS[2])
if holder and holder ~= ARGV[2] then return 'taken' end
redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[3])
redis.call('zadd', KEYS[3], ARGV[4], ARGV[1])
return 'held'
"""
DELETE: Final = """
local state = redis.call('hget', KEYS[1], 'state')
if not state or state == 'deleted' then return 0 end
redis.call('del', KEYS[1], KEYS[2])
redis.call('zrem', KEYS[3], ARGV[1])
redis.call('hset', KEYS[1], 'state', 'deleted')
redis.call('pexpire', KEYS[1], ARGV[2])
return 1
"""
RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"

#: The names of the jobs that have not ended, by the time of their creation.
OPEN: Final = f"{PREFIX}jobs"


def job_name(id: str) -> str:
    """The name of the hash that a job is."""
    return f"{PREFIX}job:{id}"


def names(id: str) -> tuple[str, str, str]:
    """The keys of the scripts: the job, its lease, the set of open jobs."""
    return job_name(id), f"{PREFIX}job-lease:{id}", OPEN


def is_open(job: Job) -> bool:
    """Whether it has not ended."""
    return job.state in ("queued", "running")


def read(id: str, fields: dict[bytes, bytes]) -> Job | None:
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


def milliseconds(seconds: float) -> int:
    """A time as Redis wants it, at least one."""
    return max(1, round(seconds * 1000))
