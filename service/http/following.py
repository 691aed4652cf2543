"""A run that is followed step by step: behind a stream of events, and behind a job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from service.http.computations import Answer, Asked, Computations, Step
from service.runtime import Runtime


class Following:
    """One requester's part in a run, which goes on until its end or until ``leave``."""

    def __init__(self, computations: Computations, runtime: Runtime, asked: Asked, seconds: float) -> None:
        self._heard: asyncio.Queue[Step | None] = asyncio.Queue()
        answering = computations.answer(runtime, asked, seconds, self._heard.put_nowait)
        self._task = asyncio.create_task(answering)
        self._task.add_done_callback(self._ended)
        self._first: Step | None = None

    @classmethod
    async def begin(cls, computations: Computations, runtime: Runtime, asked: Asked, seconds: float) -> Following:
        """Start a run, or join the equal one. Raises ``Overloaded`` at once if there is no place."""
        following = cls(computations, runtime, asked, seconds)
        try:
            following._first = await following._heard.get()
        except asyncio.CancelledError:
            following.leave()
            raise
        if following._first is None:
            following._task.result()
        return following

    async def steps(self) -> AsyncIterator[Step]:
        """Every step, "accepted" first; the run is over after the last one. To be used once."""
        step = self._first
        while step is not None:
            yield step
            step = await self._heard.get()

    async def answer(self) -> Answer:
        """What the run gave. Raises what it raised."""
        return await self._task

    def leave(self) -> None:
        """Wait no longer; a run that nobody else waits for is cancelled."""
        self._task.cancel()

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._heard.put_nowait(None)
        if not task.cancelled():
            task.exception()  # who left need not hear of it
