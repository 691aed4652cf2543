from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait

import pytest
from scripted_engine import Gate, ScriptedEngine, Witness

from models.contracts import SummaryOptions, TranslationOptions
from models.errors import InputTooLong, ModelFailed, ModelUnavailable
from service.errors import Cancelled, DeadlineExceeded, NotReady, ShuttingDown
from service.queue.batching import Job
from service.queue.calls import Engine
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker

BRIEF = SummaryOptions()
ENGLISH = TranslationOptions("en")

Make = Callable[..., EngineWorker]


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def make(witness: Witness) -> Iterator[Make]:
    workers: list[EngineWorker] = []

    def make(engine: Engine | Callable[[], Engine], start: bool = True, **options: object) -> EngineWorker:
        factory = engine if callable(engine) else lambda: engine
        worker = EngineWorker(factory, observer=witness, **{"batch_wait_ms": 0, **options})  # type: ignore[arg-type]
        workers.append(worker)
        if start:
            worker.start()
            assert worker.wait_ready(10)
        return worker

    yield make
    for worker in workers:
        if isinstance(worker._engine, ScriptedEngine):
            worker._engine.gate.open.set()
        worker.close(drain=False, timeout=10)


def translate(worker: EngineWorker, *texts: str, ticket: Ticket | None = None) -> Job:
    return worker.submit("translate", texts, ENGLISH, ticket or Ticket())


def texts(job: Job) -> list[str]:
    return [candidates[0].text for candidates in job.future.result(10)]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.002)


def hold_up(worker: EngineWorker, gate: Gate) -> Job:
    """Occupy the engine, so that what follows has to wait in the queue."""
    gate.open.clear()
    gate.arrived.clear()
    job = translate(worker, "occupé")
    assert gate.arrived.wait(10)
    return job


def test_outputs_come_back_in_order_from_the_engines_one_thread(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine()
    worker = make(engine)
    assert texts(translate(worker, "a", "b", "c")) == ["en: a", "en: b", "en: c"]
    assert texts(worker.submit("summarise", ["x"], BRIEF, Ticket())) == ["bref : x"]
    assert engine.threads == {"breve-engine"}
    assert worker.submit("translate", [], ENGLISH, Ticket()).future.result(10) == []
    assert witness.batches == [("translate", 3, 3), ("summarise", 1, 1)]
    assert witness.started == ["translate", "summarise"]


def test_an_articles_sentences_come_back_one_by_one(make: Make, witness: Witness) -> None:
    worker = make(ScriptedEngine())
    job = worker.submit("read", ["un\ntrois", "mot " * 60], None, Ticket())
    assert [[each.score for each in outputs] for outputs in job.future.result(10)] == [[2.0, 5.0], [240.0]]
    assert [(step, tokens) for step, _, tokens in witness.batches] == [("read", 100)]


def test_sentences_of_several_requests_share_a_call_and_are_split_back(make: Make) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    hold_up(worker, engine.gate)
    jobs = [translate(worker, "a", "b"), translate(worker, "c"), worker.submit("summarise", ["x"], BRIEF, Ticket())]
    german = worker.submit("translate", ["d"], TranslationOptions("de"), Ticket())
    engine.gate.open.set()
    assert [texts(job) for job in [*jobs, german]] == [["en: a", "en: b"], ["en: c"], ["bref : x"], ["de: d"]]
    assert engine.calls == [("occupé",), ("a", "b", "c"), ("x",), ("d",)]


def test_a_job_above_the_budget_is_computed_in_several_calls(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine()
    worker = make(engine, batch_tokens=4)
    job = translate(worker, "a a", "b b", "c c", "d d d d d")
    assert texts(job) == ["en: a a", "en: b b", "en: c c", "en: d d d d d"]
    assert engine.calls == [("a a", "b b"), ("c c",), ("d d d d d",)]
    assert witness.batches == [("translate", 2, 4), ("translate", 1, 2), ("translate", 1, 5)]


def test_an_article_counts_no_more_tokens_than_the_window(make: Make, witness: Witness) -> None:
    worker = make(ScriptedEngine())
    worker.submit("summarise", ["mot " * 500], BRIEF, Ticket()).future.result(10)
    assert witness.batches == [("summarise", 1, 50)]


def test_the_worker_waits_a_moment_for_company(make: Make) -> None:
    engine = ScriptedEngine()
    worker = make(engine, batch_wait_ms=60_000, max_batch=2)
    first = translate(worker, "a")
    second = translate(worker, "b")
    assert (texts(first), texts(second)) == (["en: a"], ["en: b"])
    assert engine.calls == [("a", "b")]
    alone = translate(make(ScriptedEngine(), batch_wait_ms=5), "c")
    assert texts(alone) == ["en: c"]


def test_cancelled_and_late_jobs_are_dropped_before_they_are_computed(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    hold_up(worker, engine.gate)
    gone, late, kept = Ticket(), Ticket.lasting(0.001), Ticket()
    jobs = [translate(worker, text, ticket=ticket) for text, ticket in (("a", gone), ("b", late), ("c", kept))]
    given_up = translate(worker, "d")
    assert given_up.future.cancel()
    gone.cancel()
    until(lambda: late.remaining() == 0)
    engine.gate.open.set()
    assert isinstance(jobs[0].future.exception(10), Cancelled)
    assert isinstance(jobs[1].future.exception(10), DeadlineExceeded)
    assert texts(jobs[2]) == ["en: c"]
    assert engine.calls == [("occupé",), ("c",)]
    assert sorted(witness.dropped) == ["cancelled", "deadline"]


def test_a_long_job_stops_between_calls_when_nobody_waits(make: Make) -> None:
    engine = ScriptedEngine(Gate(opened=False))
    worker = make(engine, max_batch=1)
    ticket = Ticket()
    job = translate(worker, "a", "b", "c", ticket=ticket)
    assert engine.gate.arrived.wait(10)
    ticket.cancel()
    engine.gate.open.set()
    assert isinstance(job.future.exception(10), Cancelled)
    assert texts(translate(worker, "d")) == ["en: d"]
    assert engine.calls == [("a",), ("d",)]


def test_a_withdrawn_job_leaves_the_queue_at_once(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    hold_up(worker, engine.gate)
    job = translate(worker, "a", "b")
    assert worker.depth == 2
    worker.withdraw(job)
    worker.withdraw(job)
    assert worker.depth == 0
    assert isinstance(job.future.exception(10), Cancelled)
    assert witness.dropped == ["cancelled"]


def test_one_poisonous_item_fails_its_own_job_only(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    hold_up(worker, engine.gate)
    good, bad, other = translate(worker, "a"), translate(worker, "b", "poison"), translate(worker, "c")
    engine.gate.open.set()
    assert (texts(good), texts(other)) == (["en: a"], ["en: c"])
    error = bad.future.exception(10)
    assert isinstance(error, ModelFailed)
    assert str(error) == "le moteur a lâché"
    assert error.__cause__ is engine.fault
    assert engine.calls[1:] == [("a", "b", "poison", "c"), ("a",), ("b",), ("poison",), ("c",)]
    assert witness.failed == ["translate"]
    assert worker.healthy


def test_a_single_item_that_fails_is_not_tried_again(make: Make) -> None:
    engine = ScriptedEngine()
    job = translate(make(engine), "poison")
    assert isinstance(job.future.exception(10), ModelFailed)
    assert engine.calls == [("poison",)]


def test_a_model_error_keeps_its_class(make: Make) -> None:
    job = translate(make(ScriptedEngine(fault=InputTooLong("trop long"))), "poison")
    assert isinstance(job.future.exception(10), InputTooLong)


@pytest.mark.parametrize("outputs", [[], [[]]])
def test_an_engine_that_gives_no_output_has_failed(make: Make, outputs: list[list[object]]) -> None:
    class Silent(ScriptedEngine):
        def translate(self, sentences: object, options: object) -> list[list[object]]:  # type: ignore[override]
            return outputs

    assert isinstance(translate(make(Silent()), "a").future.exception(10), ModelFailed)


def test_when_the_thread_dies_jobs_in_hand_fail_and_waiting_ones_are_computed(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine(Gate(), fault=SystemExit())
    loads: list[int] = []

    def load() -> ScriptedEngine:
        loads.append(1)
        return engine

    worker = make(load, max_batch=1)
    hold_up(worker, engine.gate)
    deadly, waiting = translate(worker, "poison", "z"), translate(worker, "a")
    engine.gate.open.set()
    assert isinstance(deadly.future.exception(10), ModelFailed)
    assert texts(waiting) == ["en: a"]
    assert (len(loads), worker.restarts, witness.restarted) == (2, 1, 1)
    assert ("z",) not in engine.calls
    assert worker.healthy


def test_a_thread_that_is_killed_from_outside_is_replaced(make: Make) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine, name="victim")
    in_hand = hold_up(worker, engine.gate)
    waiting = translate(worker, "a")
    (victim,) = [thread for thread in threading.enumerate() if thread.name == "breve-victim"]
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(victim.ident or 0), ctypes.py_object(SystemExit))
    engine.gate.open.set()
    assert isinstance(in_hand.future.exception(10), ModelFailed)
    assert texts(waiting) == ["en: a"]
    until(lambda: worker.healthy)


def test_the_worker_is_unhealthy_while_its_engine_loads_again(make: Make) -> None:
    engine, reload = ScriptedEngine(fault=SystemExit()), threading.Event()
    loads: list[int] = []

    def load() -> ScriptedEngine:
        loads.append(1)
        assert len(loads) == 1 or reload.wait(10)
        return engine

    worker = make(load)
    assert (worker.phase, worker.healthy) == ("ready", True)
    translate(worker, "poison").future.exception(10)
    until(lambda: len(loads) == 2)
    assert (worker.phase, worker.healthy) == ("restarting", False)
    job = translate(worker, "a")
    reload.set()
    assert texts(job) == ["en: a"]
    assert worker.healthy


def test_an_engine_that_cannot_be_loaded_is_told_and_tried_again(make: Make) -> None:
    attempts: list[int] = []

    def load() -> ScriptedEngine:
        attempts.append(1)
        if len(attempts) < 3:
            raise ModelUnavailable("les poids manquent")
        return ScriptedEngine()

    worker = make(load, start=False)
    with pytest.raises(NotReady):
        translate(worker, "a")
    worker.start()
    with pytest.raises(ModelUnavailable):
        worker.wait_ready(10)
    until(lambda: worker.healthy)
    assert worker.wait_ready(10)
    assert texts(translate(worker, "a")) == ["en: a"]


def test_jobs_that_wait_for_an_engine_that_does_not_come_back_fail(make: Make) -> None:
    engine, loads = ScriptedEngine(Gate(), fault=SystemExit()), list[int]()

    def load() -> ScriptedEngine:
        loads.append(1)
        if len(loads) > 1:
            raise ModelUnavailable("les poids manquent")
        return engine

    worker = make(load, max_batch=1)
    hold_up(worker, engine.gate)
    deadly, waiting = translate(worker, "poison"), translate(worker, "a")
    engine.gate.open.set()
    assert isinstance(deadly.future.exception(10), ModelFailed)
    assert isinstance(waiting.future.exception(10), ModelUnavailable)
    assert not worker.healthy


def test_a_call_that_lasts_too_long_makes_the_worker_unhealthy(make: Make) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine, stalled_after=0.01)
    job = hold_up(worker, engine.gate)
    until(lambda: not worker.healthy)
    engine.gate.open.set()
    assert texts(job) == ["en: occupé"]
    until(lambda: worker.healthy)


def test_an_observer_that_fails_stops_nothing(make: Make, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("compteur cassé")

    monkeypatch.setattr(witness, "on_batch", fail)
    assert texts(translate(make(ScriptedEngine()), "a")) == ["en: a"]


def test_draining_computes_what_was_accepted_and_takes_nothing_new(make: Make) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine, max_batch=1)
    jobs = [hold_up(worker, engine.gate), translate(worker, "a", "b"), translate(worker, "c")]
    closed: list[bool] = []
    closing = threading.Thread(target=lambda: closed.append(worker.close(timeout=10)))
    closing.start()
    until(lambda: worker._closing)
    with pytest.raises(ShuttingDown):
        translate(worker, "d")
    engine.gate.open.set()
    closing.join()
    assert closed == [True]
    assert [texts(job) for job in jobs] == [["en: occupé"], ["en: a", "en: b"], ["en: c"]]
    assert worker.phase == "closed"
    assert not worker.healthy
    with pytest.raises(ShuttingDown):
        worker.wait_ready(1)


def test_draining_goes_on_after_the_thread_died(make: Make) -> None:
    engine = ScriptedEngine(Gate(), fault=SystemExit())
    worker = make(engine, max_batch=1)
    hold_up(worker, engine.gate)
    deadly, waiting = translate(worker, "poison"), translate(worker, "a")
    threading.Timer(0.02, engine.gate.open.set).start()
    assert worker.close(timeout=10)
    assert isinstance(deadly.future.exception(10), ModelFailed)
    assert texts(waiting) == ["en: a"]


def test_closing_without_draining_fails_what_waits(make: Make, witness: Witness) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    in_hand, waiting = hold_up(worker, engine.gate), translate(worker, "a")
    threading.Timer(0.02, engine.gate.open.set).start()
    assert not worker.close(drain=False, timeout=10)
    assert isinstance(waiting.future.exception(0), ShuttingDown)
    assert texts(in_hand) == ["en: occupé"]
    assert witness.dropped == ["shutdown"]


def test_closing_does_not_wait_for_a_call_that_never_ends(make: Make) -> None:
    engine = ScriptedEngine(Gate())
    worker = make(engine)
    stuck, waiting = hold_up(worker, engine.gate), translate(worker, "a")
    assert not worker.close(timeout=0.05)
    assert isinstance(stuck.future.exception(0), ShuttingDown)
    assert isinstance(waiting.future.exception(0), ShuttingDown)
    engine.gate.open.set()


def test_a_worker_that_was_never_started_can_be_closed(make: Make) -> None:
    assert make(ScriptedEngine(), start=False).close()


def test_many_threads_are_all_answered(make: Make) -> None:
    worker = make(ScriptedEngine(), batch_tokens=16, batch_wait_ms=1)
    jobs: list[Job] = []
    threads = [
        threading.Thread(target=lambda: jobs.extend(translate(worker, f"{n} a", f"{n}") for n in range(40)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wait([job.future for job in jobs], timeout=20).not_done
    assert all(texts(job) == [f"en: {job.texts[0]}", f"en: {job.texts[1]}"] for job in jobs)
