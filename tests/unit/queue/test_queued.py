from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from scripted_engine import Gate, ScriptedEngine, Witness

from models.contracts import Summariser, SummaryOptions, TranslationOptions, Translator
from models.errors import ModelFailed
from service.errors import Cancelled, DeadlineExceeded, ShuttingDown
from service.queue.queued import QueuedSummariser, QueuedTranslator
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(Gate())


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def worker(engine: ScriptedEngine, witness: Witness) -> Iterator[EngineWorker]:
    worker = EngineWorker(lambda: engine, batch_wait_ms=0, observer=witness)
    worker.start()
    assert worker.wait_ready(10)
    yield worker
    engine.gate.open.set()
    worker.close(drain=False, timeout=10)


def test_both_are_models_like_the_engine(worker: EngineWorker, engine: ScriptedEngine) -> None:
    summariser, translator = QueuedSummariser(worker, Ticket()), QueuedTranslator(worker, Ticket())
    assert isinstance(summariser, Summariser)
    assert isinstance(translator, Translator)
    assert (summariser.identity, summariser.window) == (engine.identity, 50)
    assert (translator.identity, translator.targets) == (engine.identity, ("en", "de"))
    assert (summariser.count_tokens("a b"), translator.count_tokens("a")) == (2, 1)
    assert summariser.summarise(["a"], SummaryOptions()) == ScriptedEngine().summarise(["a"], SummaryOptions())
    options = TranslationOptions("de", forbidden=(("x",), ()))
    assert [one[0].text for one in translator.translate(["a", "b"], options)] == ["de: a", "de: b"]
    assert engine.options[-1] == options


def test_an_unknown_target_is_refused_before_it_is_queued(worker: EngineWorker, engine: ScriptedEngine) -> None:
    with pytest.raises(ValueError, match="'pt' is not among the targets en, de"):
        QueuedTranslator(worker, Ticket()).translate(["a"], TranslationOptions("pt"))
    assert engine.calls == []


def test_the_engines_error_reaches_the_caller(worker: EngineWorker) -> None:
    with pytest.raises(ModelFailed):
        QueuedSummariser(worker, Ticket()).summarise(["poison"], SummaryOptions())


def test_at_the_deadline_the_caller_is_let_go_and_its_work_is_dropped(
    worker: EngineWorker, engine: ScriptedEngine, witness: Witness
) -> None:
    engine.gate.open.clear()
    with pytest.raises(DeadlineExceeded):
        QueuedSummariser(worker, Ticket.lasting(0.02)).summarise(["en cours"], SummaryOptions())
    with pytest.raises(DeadlineExceeded):
        QueuedSummariser(worker, Ticket.lasting(0.02)).summarise(["en attente"], SummaryOptions())
    assert witness.dropped == ["deadline", "deadline"]
    assert worker.depth == 0
    assert engine.calls == [("en cours",)]


def test_cancelling_lets_the_caller_go_at_once(worker: EngineWorker, engine: ScriptedEngine, witness: Witness) -> None:
    engine.gate.open.clear()
    ticket, raised = Ticket(), list[BaseException]()

    def ask() -> None:
        try:
            QueuedTranslator(worker, ticket).translate(["a"], TranslationOptions("en"))
        except Cancelled as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert engine.gate.arrived.wait(10)
    ticket.cancel()
    thread.join(10)
    assert len(raised) == 1
    assert witness.dropped == ["cancelled"]


def test_a_closed_worker_refuses(worker: EngineWorker) -> None:
    worker.close()
    with pytest.raises(ShuttingDown):
        QueuedSummariser(worker, Ticket()).summarise(["a"], SummaryOptions())
