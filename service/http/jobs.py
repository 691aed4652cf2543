"""Jobs under way: each is a run that its client does not wait for (``Prefer: respond-async``, RFC 7240)."""

from __future__ import annotations

import asyncio
import math
import time

import orjson
import structlog
from pydantic import TypeAdapter

from models.errors import BreveError
from service.errors import JobNotFound, Overloaded, ServiceError
from service.http import problems
from service.http.computations import Answer, Asked, Computations
from service.http.following import Following
from service.pipeline.brief import BriefRequest
from service.queue.admission import Admission
from service.queue.jobs import Job, JobStore
from service.runtime import Runtime

#: Seconds between two attempts to find a place for a job of an earlier process.
RETRY_SECONDS = 1.0

#: Seconds between two looks at what other replicas did to the jobs of this one.
ATTEND_SECONDS = 1.0

#: Seconds between two looks for jobs whose replica is gone.
TAKE_UP_SECONDS = 5.0

#: Seconds that the last jobs have to note how they ended.
CLOSE_SECONDS = 5.0

#: The longest time, in seconds, after which a client is told to ask again.
_LONGEST_WAIT = 60

_REQUEST = TypeAdapter(BriefRequest)


class Jobs:
    """Starts, keeps and cancels jobs. To be used from one event loop.

    ``seconds`` is how long a job may take, from its acceptance on.
    """

    def __init__(self, store: JobStore, computations: Computations, admission: Admission, seconds: float) -> None:
        self._store, self._computations, self._admission = store, computations, admission
        self._seconds = seconds
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._resuming: asyncio.Task[None] | None = None
        self._attending: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    def begin(self) -> None:
        """Belong to the running event loop."""
        self._loop = asyncio.get_running_loop()
        if self._store.shared:
            self._attending = asyncio.create_task(self._attend())

    def resume(self, runtime: Runtime) -> None:
        """Take up what an earlier process left unfinished. May be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._start_resuming, runtime)

    async def add(self, runtime: Runtime, asked: Asked, request_id: str, seconds: float) -> Job:
        """A new job that has its place and ``seconds``.

        Raises ``Overloaded``, and ``ServiceError`` if it cannot be kept.
        """
        following = await Following.begin(self._computations, runtime, asked, seconds)
        try:
            job = await asyncio.to_thread(self._store.add, _REQUEST.dump_json(asked.request), request_id)
        except BaseException:
            following.leave()
            raise
        self._carry(job, following, runtime)
        return job

    async def get(self, id: str) -> Job:
        """The job with this id. Raises ``JobNotFound``."""
        job = await asyncio.to_thread(self._store.get, id)
        if job is None:
            raise JobNotFound("no job has this id, or its time is over")
        return job

    async def cancel(self, id: str) -> None:
        """End a job and forget it. Raises ``JobNotFound``."""
        there = await asyncio.to_thread(self._store.delete, id)
        task = self._tasks.get(id)
        if task is not None:
            task.cancel()
        if not there:
            raise JobNotFound("no job has this id, or its time is over")

    def retry_after(self) -> int:
        """Whole seconds after which a job that is not done is worth asking for: when the work of now is done."""
        counts = self._admission.counts()
        return max(1, min(_LONGEST_WAIT, math.ceil(counts.taken * counts.seconds_per_article)))

    def stop(self) -> None:
        """From now on what ends unfinished is left for the next process."""
        self._closing = True
        if self._resuming is not None:
            self._resuming.cancel()

    async def close(self) -> None:
        """Let what has ended be noted, leave the rest for the next process, and close the store.

        Call it when every run has ended.
        """
        self.stop()
        tasks = {*self._tasks.values(), *([self._resuming] if self._resuming else [])}
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
            for task in left:
                task.cancel()
        if self._attending is not None:
            self._attending.cancel()
        await asyncio.to_thread(self._store.close)

    def _carry(self, job: Job, following: Following, runtime: Runtime) -> None:
        task = asyncio.create_task(self._finish(job, following, runtime))
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))
        # Also for a task that is cancelled before its first step.
        task.add_done_callback(lambda _: following.leave())

    async def _finish(self, job: Job, following: Following, runtime: Runtime) -> None:
        try:
            async for step in following.steps():
                if step.phase == "started":
                    await asyncio.to_thread(self._store.start, job.id)
            answer = await following.answer()
            await self._see_stored(answer, runtime)
            await asyncio.to_thread(self._store.succeed, job.id, answer.id)
        except Exception as error:  # nobody waits for this task: its failure is told by the job
            if not self._closing:
                await self._fail(job, error)

    async def _see_stored(self, answer: Answer, runtime: Runtime) -> None:
        """Raise ``ServiceError`` if the brief is not stored; of a shared store that is away, await its return."""
        end = time.monotonic() + self._seconds
        while await asyncio.to_thread(runtime.get_reply, answer.id) is None:
            if self._store.available or time.monotonic() >= end:
                await asyncio.to_thread(runtime.put_reply, answer.id, answer.body, answer.notes.entries)
                if await asyncio.to_thread(runtime.get_reply, answer.id) is None:
                    raise ServiceError("the brief was written, but the cache could not store it")
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def _attend(self) -> None:
        """Keep the leases, and end what was cancelled through another replica."""
        while True:
            await asyncio.sleep(ATTEND_SECONDS)
            for id in await asyncio.to_thread(self._store.attend):
                task = self._tasks.get(id)
                if task is not None:
                    task.cancel()

    async def _fail(self, job: Job, error: Exception) -> None:
        content = problems.describe(error, job.request_id)
        log = structlog.get_logger(__name__)
        if not isinstance(error, BreveError) or content["status"] >= 500:
            log.warning("a job failed", job=job.id, code=content["code"], exc_info=error)
        try:
            await asyncio.to_thread(self._store.fail, job.id, orjson.dumps(content))
        except ServiceError as unkept:
            log.error("a job's end could not be kept", job=job.id, exc_info=unkept)

    def _start_resuming(self, runtime: Runtime) -> None:
        if not self._closing:
            self._resuming = asyncio.create_task(self._take_up(runtime))

    async def _take_up(self, runtime: Runtime) -> None:
        """What earlier processes left; where jobs are shared, again and again what other replicas leave."""
        while True:
            try:
                left = await asyncio.to_thread(self._store.unfinished)
            except ServiceError as error:
                if not self._store.shared:
                    structlog.get_logger(__name__).warning("jobs of earlier could not be read", exc_info=error)
                left = []
            for job in left:
                await self._resume_one(job, runtime)
            if not self._store.shared:
                return
            if not left:
                await asyncio.sleep(TAKE_UP_SECONDS)

    async def _resume_one(self, job: Job, runtime: Runtime) -> None:
        """Take a job up as soon as there is a place; new requests may be served in between."""
        try:
            request = _REQUEST.validate_json(job.request)
            asked = Asked(request, await asyncio.to_thread(runtime.briefer.identify, request))
            following = await self._placed(runtime, asked)
            if await self._is_wanted(job):
                self._carry(job, following, runtime)
            else:
                following.leave()
        except (BreveError, ValueError) as error:
            if not self._closing:
                await self._fail(job, error)

    async def _is_wanted(self, job: Job) -> bool:
        """Whether a job that waited for its place was not deleted meanwhile."""
        try:
            return await asyncio.to_thread(self._store.get, job.id) is not None
        except ServiceError:
            return True

    async def _placed(self, runtime: Runtime, asked: Asked) -> Following:
        while True:
            try:
                return await Following.begin(self._computations, runtime, asked, self._seconds)
            except Overloaded:
                await asyncio.sleep(RETRY_SECONDS)
