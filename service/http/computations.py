"""Runs of the pipeline: in a place, on a thread, within a deadline, and one for all equal requests.

A run belongs to those who wait for it. When the last of them has left, its ticket is cancelled,
its place is free at once, and a later equal request starts afresh.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import structlog

from service.errors import DeadlineExceeded
from service.http.rendering import render
from service.pipeline.brief import Brief, BriefRequest, CacheUse, Progress, RunNotes
from service.queue.admission import Admission, Place
from service.queue.line import Line
from service.queue.priority import ARTICLES, step_back
from service.queue.ticket import Ticket
from service.queue.turns import Turn, Turns
from service.runtime import Runtime

_log = structlog.get_logger(__name__)

#: Where a reply came from: the store, a run of its own, another request's run, or a run that is not stored.
Origin = Literal["hit", "miss", "collapsed", "bypass"]

#: The same in the words of the ``Cache-Status`` header (RFC 9211).
CACHE_STATUS: dict[Origin, str] = {
    "hit": "Breve; hit",
    "miss": "Breve; fwd=miss; stored",
    "collapsed": "Breve; fwd=miss; stored; collapsed",
    "bypass": "Breve; fwd=request",
}


@dataclass(frozen=True)
class Asked:
    """A request and the id that its answer has."""

    request: BriefRequest
    id: str


@dataclass(frozen=True)
class Answer:
    """A reply's bytes, where they came from, and what this run did for them."""

    id: str
    body: bytes
    origin: Origin
    notes: RunNotes

    @property
    def stored(self) -> bool:
        """Whether the reply can be read again by its id."""
        return self.origin != "bypass"


@dataclass(frozen=True)
class Step:
    """Something that a run has behind it; ``brief`` is one language's, where the step wrote one.

    ``phase`` is "accepted" (it has its place), "started" (it is worked on), then the pipeline's
    "article", "brief" and "translation".
    """

    phase: str
    brief: Brief | None = None


#: Told of each step, in the event loop.
Listener = Callable[[Step], None]


@dataclass(eq=False)
class _Run:
    """A run under way; ``waiters`` counts who would miss it."""

    ticket: Ticket
    turn: Turn
    steps: list[Step] = field(default_factory=lambda: [Step("accepted")])
    listeners: list[Listener] = field(default_factory=list)
    waiters: int = 0
    task: asyncio.Task[tuple[bytes, RunNotes]] = field(init=False)

    def follow(self, listener: Listener) -> None:
        """Tell of what was, and of what comes."""
        for step in self.steps:
            listener(step)
        self.listeners.append(listener)

    def tell(self, step: Step) -> None:
        """Let everybody who follows know."""
        self.steps.append(step)
        for listener in self.listeners:
            listener(step)


class Computations:
    """The runs under way. To be used from one event loop.

    ``threads`` is how many articles are worked on at once; the places of ``admission`` bound how
    many may be there at all. ``observe`` is told what each finished run did.
    """

    def __init__(
        self, admission: Admission, threads: int, observe: Callable[[RunNotes], None], turns: Turns | None = None
    ) -> None:
        self._admission, self._threads = admission, threads
        self._line: Line[bytes] = Line(threads, "brief", partial(step_back, ARTICLES))
        self._turns = turns or Turns()
        self._observe = observe
        self._runs: dict[tuple[str, str], _Run] = {}

    async def answer(self, runtime: Runtime, asked: Asked, seconds: float, listener: Listener | None = None) -> Answer:
        """Write the brief within ``seconds``, or wait for the equal request that is being answered.

        Raises what the pipeline raises, ``Overloaded`` at once, before any step, if there is no
        place, and ``DeadlineExceeded``.
        """
        key = (asked.id, asked.request.cache)
        run, joined = self._runs.get(key), True
        if run is None:
            run, joined = self._start(runtime, asked, key, seconds), False
        run.waiters += 1
        run.ticket.deadline = max(run.ticket.deadline or 0.0, time.monotonic() + seconds)
        if listener is not None:
            run.follow(listener)
        try:
            async with asyncio.timeout(seconds):
                body, notes = await asyncio.shield(run.task)
        except TimeoutError:
            raise DeadlineExceeded(f"the brief was not done within {seconds:g} seconds") from None
        finally:
            if listener is not None:
                run.listeners.remove(listener)
            self._leave(key, run)
        if asked.request.cache == "bypass":
            return Answer(asked.id, body, "bypass", notes)
        return Answer(asked.id, body, "collapsed" if joined else "miss", notes)

    def check_room(self, id: str, cache: CacheUse, seconds: float) -> None:
        """Refuse at once what nobody is answering and has no place, or no prospect of being done in its ``seconds``.

        Raises ``Overloaded`` and ``ShuttingDown``.
        """
        if (id, cache) not in self._runs:
            self._admission.check_room(seconds)

    @property
    def running(self) -> int:
        """How many articles are worked on."""
        return min(len(self._runs), self._threads)

    @property
    def waiting(self) -> int:
        """How many accepted articles wait for a thread."""
        return len(self._runs) - self.running

    async def close(self) -> None:
        """End every run and its thread. Call it when no request is left."""
        for run in list(self._runs.values()):
            run.ticket.cancel()
        await asyncio.to_thread(self._line.close)

    def _start(self, runtime: Runtime, asked: Asked, key: tuple[str, str], seconds: float) -> _Run:
        place = self._admission.place(within=seconds)
        turn = self._turns.turn()
        run = _Run(Ticket.lasting(seconds, turn=turn), turn)
        run.task = asyncio.create_task(self._in_place(place, run, runtime, asked))
        self._runs[key] = run
        run.task.add_done_callback(lambda _: self._forget(key, run))
        # A task that is cancelled before its first step never gets to give its place back.
        run.task.add_done_callback(lambda _: place.release(completed=False))
        return run

    async def _in_place(self, place: Place, run: _Run, runtime: Runtime, asked: Asked) -> tuple[bytes, RunNotes]:
        loop = asyncio.get_running_loop()
        with place:
            notes = RunNotes()
            accepted = time.perf_counter()

            def tell(phase: str, brief: Brief | None = None) -> None:
                loop.call_soon_threadsafe(run.tell, Step(phase, brief))

            def work() -> bytes:
                with run.turn:
                    notes.seconds["waiting"] = time.perf_counter() - accepted
                    run.ticket.check()
                    tell("started")
                    return _write(runtime, asked, run.ticket, notes, tell)

            body = await asyncio.wrap_future(self._line.append(run.turn, partial(copy_context().run, work)))
            place.release(measured=_was_computed(notes))
        self._observe(notes)
        _log.info("written", **_in_figures(notes))
        return body, notes

    def _leave(self, key: tuple[str, str], run: _Run) -> None:
        run.waiters -= 1
        if run.waiters == 0 and not run.task.done():
            run.ticket.cancel()
            run.task.cancel()
            self._forget(key, run)

    def _forget(self, key: tuple[str, str], run: _Run) -> None:
        if self._runs.get(key) is run:
            del self._runs[key]
        if run.task.done() and not run.task.cancelled():
            run.task.exception()  # somebody who left in time need not hear of it


def _was_computed(notes: RunNotes) -> bool:
    """Whether an article tells how long one takes: not if the cache had most of what its models were asked for."""
    return len(notes.cache_misses) >= len(notes.cache_hits)


def _in_figures(notes: RunNotes) -> dict[str, object]:
    """What a run did, for its line in the log: milliseconds by step, and how much the cache had."""
    return {
        "steps": {step: round(seconds * 1e3, 1) for step, seconds in notes.seconds.items()},
        "cache_hits": len(notes.cache_hits),
        "cache_misses": len(notes.cache_misses),
        "fallbacks": notes.fallbacks,
        "unsupported": notes.unsupported,
    }


def _write(runtime: Runtime, asked: Asked, ticket: Ticket, notes: RunNotes, progress: Progress) -> bytes:
    """Run the pipeline and store the reply; the first stored one wins, so that all readers see the same bytes."""
    briefing = runtime.briefer.run(asked.request, ticket, notes, progress)
    started = time.perf_counter()
    body = render(briefing)
    if asked.request.cache != "bypass":
        earlier = runtime.get_reply(asked.id)
        if earlier is None:
            runtime.put_reply(asked.id, body, notes.entries)
        body = earlier or body
    notes.seconds["rendering"] = time.perf_counter() - started
    return body
