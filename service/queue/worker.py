"""One thread for an engine: it batches the jobs of all requests, and every job's future ends.

The thread is started, watched and replaced by a second one, so that a job in hand fails and a
job in the queue is computed also when the engine takes its thread down.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, Literal, cast

import structlog

from models.contracts import Reader, Summariser, SummaryOptions, TranslationOptions, Translator
from models.errors import ModelError, ModelFailed
from service.errors import Cancelled, DeadlineExceeded, NotReady, ServiceError, ShuttingDown
from service.queue.batching import Item, Job, Options, Outputs, choose, is_full, merged_options, padded_tokens
from service.queue.observer import DropReason, Observer, SilentObserver, Step
from service.queue.ticket import Ticket

Engine = Reader | Summariser | Translator
Phase = Literal["new", "loading", "ready", "restarting", "failed", "closed"]

_log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 5.0
_REASONS: Final[dict[type[ServiceError], DropReason]] = {
    Cancelled: "cancelled",
    DeadlineExceeded: "deadline",
    ShuttingDown: "shutdown",
}


class EngineWorker:
    """Computes jobs on one engine, made by ``factory`` in the worker's own thread.

    A batch is closed at ``batch_tokens`` (padding counted), at ``max_batch`` items, or
    ``batch_wait_ms`` milliseconds after its first item came. The engine that ``factory`` gives
    may implement several Protocols, or one. When the thread dies, ``factory`` is called again: it may
    give the same engine. A call that lasts longer than ``stalled_after`` seconds counts as unhealthy.
    """

    def __init__(
        self,
        factory: Callable[[], Engine],
        *,
        batch_tokens: int = 2048,
        batch_wait_ms: float = 5.0,
        max_batch: int = 32,
        stalled_after: float = 300.0,
        name: str = "engine",
        observer: Observer | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._factory, self._clock, self._name = factory, clock, name
        self._batch_tokens, self._batch_wait, self._max_batch = batch_tokens, batch_wait_ms / 1000, max_batch
        self._stalled_after = stalled_after
        self._observer: Observer = observer or SilentObserver()
        self._changed = threading.Condition()  # guards everything below
        self._queue: list[Item] = []
        self._in_hand: list[Item] = []
        self._in_hand_since = 0.0
        self._engine: Engine | None = None
        self._phase: Phase = "new"
        self._failure: Exception | None = None
        self._closing = self._stopping = False
        self._pause = _FIRST_PAUSE
        self._restarts = 0
        self._counting = threading.Lock()
        self._supervisor = threading.Thread(target=self._supervise, name=f"breve-{name}-supervisor", daemon=True)

    # --- what a service sees -------------------------------------------------------------------

    def start(self) -> None:
        """Start loading the engine, without waiting for it."""
        self._supervisor.start()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until the engine is loaded; ``False`` after ``timeout`` seconds.

        Raises what the factory raised, and ``ShuttingDown``.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._phase in ("ready", "failed", "closed"), timeout)
            if self._phase == "failed" and self._failure is not None:
                raise self._failure
            if self._phase == "closed":
                raise ShuttingDown("the worker is closed")
            return self._phase == "ready"

    @property
    def phase(self) -> Phase:
        """How far the worker is; "failed" means that loading failed and will be tried again."""
        return self._phase

    @property
    def healthy(self) -> bool:
        """Whether the engine is loaded, its thread lives and its present call has not stalled."""
        with self._changed:
            stalled = bool(self._in_hand) and self._clock() - self._in_hand_since > self._stalled_after
            return self._phase == "ready" and not stalled

    @property
    def depth(self) -> int:
        """Items that wait."""
        return len(self._queue)

    @property
    def restarts(self) -> int:
        """How often the thread was replaced."""
        return self._restarts

    @property
    def engine(self) -> Engine:
        """The engine, for its constant properties only. Raises ``NotReady`` before it is first loaded."""
        engine = self._engine
        if engine is None:
            raise NotReady(self._phase)
        return engine

    def count_tokens(self, text: str) -> int:
        """The engine's count, from the caller's thread: it may run beside a call of the engine."""
        with self._counting:
            return self.engine.count_tokens(text)

    def submit(self, step: Step, texts: Sequence[str], options: Options, ticket: Ticket) -> Job:
        """Queue texts; the job's future ends in their outputs in order, or in an error.

        Raises ``ShuttingDown``, and ``NotReady`` before the engine is first loaded.
        """
        engine = self.engine
        window = None if step == "translate" else cast(Reader | Summariser, engine).window
        counts = [self.count_tokens(text) for text in texts]
        tokens = counts if window is None else [min(count, window) for count in counts]
        job = Job(step, texts, tokens, options, ticket, self._clock())
        with self._changed:
            if self._closing:
                raise ShuttingDown("the server is shutting down and takes no new work")
            if not texts:
                job.future.set_result([])
            self._queue.extend(job.items())
            self._changed.notify_all()
        return job

    def withdraw(self, job: Job) -> None:
        """Take back a job that nobody waits for: what was not computed yet will not be."""
        with self._changed:
            if self._is_wanted(job):
                self._drop(job, Cancelled("the request was withdrawn"))
            self._forget_ended()

    def close(self, drain: bool = True, timeout: float = 30.0) -> bool:
        """Take no new jobs and stop; with ``drain`` those accepted are computed first.

        After ``timeout`` seconds what is left fails with ``ShuttingDown``. Whether all was computed.
        """
        until = time.monotonic() + timeout
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            if drain and self._supervisor.is_alive():
                self._changed.wait_for(lambda: not (self._queue or self._in_hand), timeout)
            self._stopping = True
            finished = not (self._queue or self._in_hand)
            self._drop_queue(ShuttingDown("the server is shutting down"))
            self._changed.notify_all()
        if self._supervisor.ident is not None:
            self._supervisor.join(max(0.1, until - time.monotonic()))
        with self._changed:
            # A call that never ends keeps its thread; those who wait for it must not.
            for item in self._in_hand:
                self._drop(item.job, ShuttingDown("the server is shutting down"))
            self._phase = "closed"
            self._changed.notify_all()
        return finished

    # --- the supervising thread ----------------------------------------------------------------

    def _supervise(self) -> None:
        while True:
            thread = threading.Thread(target=self._work, name=f"breve-{self._name}", daemon=True)
            with self._changed:
                self._phase = "loading" if self._phase == "new" else "restarting"
            thread.start()
            thread.join()
            with self._changed:
                self._bury()
                if self._stopping or (self._closing and not self._queue):
                    self._changed.notify_all()
                    return
                self._restarts += 1
                pause, self._pause = self._pause, min(2 * self._pause, _LONGEST_PAUSE)
                self._changed.wait_for(lambda: self._closing, pause)
            _log.error("worker_restarted", worker=self._name, restarts=self._restarts)
            self._tell("on_restart")

    def _bury(self) -> None:
        """Settle what the dead thread had in hand; what only waited stays for the next one."""
        if self._phase == "ready":
            self._phase = "restarting"
        for item in self._in_hand:
            self._fail(item.job, ModelFailed("the engine's thread ended while it computed; try again"))
        self._in_hand = []
        self._forget_ended()
        self._changed.notify_all()

    # --- the engine's thread -------------------------------------------------------------------

    def _work(self) -> None:
        try:
            engine = self._load()
            while engine is not None and (batch := self._next_batch()):
                self._compute(engine, batch)
                with self._changed:
                    self._in_hand = []
                    self._changed.notify_all()
        except BaseException:  # the thread's edge: the supervisor settles the jobs and starts another
            _log.exception("worker_died", worker=self._name)

    def _load(self) -> Engine | None:
        try:
            engine = self._factory()
        except Exception as error:
            _log.exception("engine_not_loaded", worker=self._name)
            with self._changed:
                self._phase, self._failure = "failed", error
                for item in self._queue:
                    self._fail(item.job, _as_model_error(error))
                self._forget_ended()
                self._changed.notify_all()
            return None
        with self._changed:
            self._engine, self._phase, self._failure = engine, "ready", None
            self._changed.notify_all()
        return engine

    def _next_batch(self) -> list[Item]:
        """Wait for work; an empty batch means that the thread is to end."""
        with self._changed:
            while not self._stopping:
                self._sweep()
                pause: float | None = None
                if self._queue:
                    pause = self._queue[0].job.arrived + self._batch_wait - self._clock()
                    if pause <= 0 or self._closing or is_full(self._queue, self._batch_tokens, self._max_batch):
                        # In hand before it leaves the queue: should the thread die between, it is found.
                        self._in_hand_since = self._clock()
                        self._in_hand = choose(self._queue, self._batch_tokens, self._max_batch)
                        taken = set(map(id, self._in_hand))
                        self._queue = [item for item in self._queue if id(item) not in taken]
                        return self._in_hand
                elif self._closing:
                    break
                self._changed.wait(pause)
        return []

    def _compute(self, engine: Engine, batch: Sequence[Item]) -> None:
        """One call for the batch, or, if it fails, one for each item, so that only the guilty one's job fails."""
        live = self._start(batch)
        if not live:
            return
        try:
            outputs = self._call(engine, live)
        except Exception as error:  # the worker's edge: whatever a runtime raises ends in the jobs' futures
            _log.warning("batch_failed", worker=self._name, size=len(live), error=repr(error))
            if len(live) == 1:
                self._fail(live[0].job, _as_model_error(error))
            for item in live if len(live) > 1 else ():
                self._compute_alone(engine, item)
            return
        for item, candidates in zip(live, outputs, strict=True):
            item.job.give(item.index, candidates)
        self._pause = _FIRST_PAUSE

    def _compute_alone(self, engine: Engine, item: Item) -> None:
        with self._changed:
            if not self._is_wanted(item.job):
                return
        try:
            outputs = self._call(engine, [item])
        except Exception as error:  # the worker's edge, as above
            _log.warning("item_failed", worker=self._name, error=repr(error))
            self._fail(item.job, _as_model_error(error))
        else:
            item.job.give(item.index, outputs[0])

    def _call(self, engine: Engine, items: Sequence[Item]) -> Outputs:
        texts, options, step = [item.text for item in items], merged_options(items), items[0].job.step
        started = self._clock()
        if step == "read":
            outputs = cast(Reader, engine).read(texts)
        elif step == "summarise":
            outputs = cast(Summariser, engine).summarise(texts, cast(SummaryOptions, options))
        else:
            outputs = cast(Translator, engine).translate(texts, cast(TranslationOptions, options))
        self._tell("on_batch", step, len(items), padded_tokens(items), self._clock() - started)
        if len(outputs) != len(items) or not all(outputs):
            raise ModelFailed(f"the engine gave {len(outputs)} outputs for {len(items)} inputs, or an empty one")
        return outputs

    def _start(self, batch: Sequence[Item]) -> list[Item]:
        """The items that somebody still waits for."""
        with self._changed:
            live = [item for item in batch if self._is_wanted(item.job)]
        for item in live:
            if not item.job.started:
                item.job.started = True
                self._tell("on_started", item.job.step, self._clock() - item.job.arrived)
        return live

    # --- ends of jobs; called under the lock, except _fail --------------------------------------

    def _is_wanted(self, job: Job) -> bool:
        """Whether the job is to go on; one that is cancelled or late ends here."""
        if job.over:
            return False
        try:
            job.ticket.check()
        except (Cancelled, DeadlineExceeded) as error:
            self._drop(job, error)
            return False
        return True

    def _sweep(self) -> None:
        for item in self._queue:
            self._is_wanted(item.job)
        self._forget_ended()

    def _forget_ended(self) -> None:
        self._queue = [item for item in self._queue if not item.job.over]

    def _drop_queue(self, error: ServiceError) -> None:
        for item in self._queue:
            self._drop(item.job, error)
        self._queue = []

    def _drop(self, job: Job, error: ServiceError) -> None:
        if job.fail(error):
            self._tell("on_dropped", job.step, _REASONS[type(error)])

    def _fail(self, job: Job, error: Exception) -> None:
        if job.fail(error):
            self._tell("on_failed", job.step)

    def _tell(self, event: str, *details: object) -> None:
        try:
            getattr(self._observer, event)(*details)
        except Exception:  # whoever counts must not stop whoever computes
            _log.exception("observer_failed", event_name=event)


def _as_model_error(error: Exception) -> ModelError:
    """The engine's error in our hierarchy; a new object for each job, since tracebacks grow on it."""
    if isinstance(error, ModelError) and not isinstance(error, ModelFailed):
        return error
    failed = ModelFailed(str(error) or type(error).__name__)
    failed.__cause__ = error
    return failed
