"""Jobs: requests whose answer is fetched later, and what a store of them must do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["queued", "running", "succeeded", "failed"]


@dataclass(frozen=True)
class Job:
    """One job. ``created`` is in seconds since the epoch.

    ``request`` is the request as JSON, kept until the job ends; ``request_id`` names the exchange
    that it came in. ``brief`` is the brief's id once it is there, ``problem`` the problem as JSON.
    """

    id: str
    state: State
    created: float
    request: bytes = b""
    request_id: str = ""
    brief: str = ""
    problem: bytes = b""


class JobStore(Protocol):
    """Where jobs are kept; safe to use from several threads.

    A job that ended is forgotten a stated time later. Every method but ``close`` raises
    ``ServiceError`` where the store does not answer.
    """

    @property
    def shared(self) -> bool:
        """Whether other replicas read, cancel and take up the same jobs: then ``attend`` has to be called."""
        ...

    @property
    def available(self) -> bool:
        """Whether the store answered when it was last asked; never waits."""
        ...

    def add(self, request: bytes, request_id: str) -> Job:
        """A new job, waiting. Its id cannot be guessed; it is kept when this returns."""
        ...

    def get(self, id: str) -> Job | None:
        """The job with this id, unless its time is over."""
        ...

    def unfinished(self) -> list[Job]:
        """Jobs of processes that are gone, oldest first, which are the caller's from now on."""
        ...

    def start(self, id: str) -> None:
        """Note that a job is worked on."""
        ...

    def succeed(self, id: str, brief: str) -> None:
        """Note the id of the brief that a job gave; its request is forgotten."""
        ...

    def fail(self, id: str, problem: bytes) -> None:
        """Note why a job failed; its request is forgotten."""
        ...

    def delete(self, id: str) -> bool:
        """Forget a job; whether there was one."""
        ...

    def attend(self) -> Collection[str]:
        """Say that this process still works on its jobs; the ids of those that are its no longer.

        To be called every second: they were cancelled in another replica, or taken up there because
        this process had been silent for too long.
        """
        ...

    def close(self) -> None:
        """Release what is open, and leave what is unfinished to the next process."""
        ...
