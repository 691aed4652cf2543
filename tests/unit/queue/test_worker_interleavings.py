"""Whatever happens in whatever order, every future ends, and a result is never another's."""

from __future__ import annotations

import threading
from concurrent.futures import wait

from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_engine import Gate, ScriptedEngine

from models.contracts import SummaryOptions, TranslationOptions
from models.errors import ModelError
from service.errors import ServiceError, ShuttingDown
from service.queue.batching import Job
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker

nothing: st.SearchStrategy[list[str]] = st.just([])
words = st.sampled_from(["a", "b b", "c c c", "poison", "mort"])
events: st.SearchStrategy[tuple[str, object, list[str]]] = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(["en", "de", "fr"]), st.lists(words, max_size=4)),
    st.tuples(st.just("cancel"), st.integers(0, 9), nothing),
    st.tuples(st.just("withdraw"), st.integers(0, 9), nothing),
    st.tuples(st.just("expire"), st.integers(0, 9), nothing),
    st.tuples(st.just("gate"), st.booleans(), nothing),
)


class HandClock:
    """For tickets: each can be made late on its own."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Mortal(ScriptedEngine):
    """Its thread dies of "mort"."""

    def _compute(self, texts: object, options: object) -> None:
        super()._compute(texts, options)  # type: ignore[arg-type]
        if "mort" in list(texts):  # type: ignore[call-overload]
            raise SystemExit


@settings(max_examples=60, deadline=None)
@given(st.lists(events, max_size=14), st.integers(1, 6), st.booleans(), st.booleans())
def test_every_future_ends(happenings: list[tuple[str, object, list[str]]], most: int, drain: bool, open: bool) -> None:
    engine = Mortal(Gate(opened=open))
    worker = EngineWorker(lambda: engine, batch_wait_ms=0, batch_tokens=8, max_batch=most)
    worker._pause = 0.0
    worker.start()
    assert worker.wait_ready(10)
    jobs: list[tuple[Job, HandClock, str]] = []
    for what, argument, texts in happenings:
        if what == "submit":
            clock = HandClock()
            ticket = Ticket.lasting(1.0, clock)
            if argument == "fr":
                job = worker.submit("summarise", texts, SummaryOptions(), ticket)
            else:
                job = worker.submit("translate", texts, TranslationOptions(str(argument)), ticket)
            jobs.append((job, clock, "bref : " if argument == "fr" else f"{argument}: "))
        elif what == "gate":
            (engine.gate.open.set if argument else engine.gate.open.clear)()
        elif jobs:
            job, clock, _ = jobs[int(str(argument)) % len(jobs)]
            if what == "cancel":
                job.ticket.cancel()
            elif what == "withdraw":
                worker.withdraw(job)
            else:
                clock.now += 2.0
    opening = threading.Timer(0.001, engine.gate.open.set)
    opening.start()
    worker.close(drain=drain, timeout=20)
    opening.join()
    assert not wait([job.future for job, _, _ in jobs], timeout=0).not_done
    for job, _, prefix in jobs:
        error = job.future.exception()
        if error is None:
            assert [one[0].text for one in job.future.result()] == [prefix + text for text in job.texts]
            assert not {"poison", "mort"} & set(job.texts)
        else:
            assert isinstance(error, ModelError | ServiceError)
            assert drain is False or not isinstance(error, ShuttingDown)
