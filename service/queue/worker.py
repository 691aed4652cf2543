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

from models.contracts import Reader, Summariser
from models.errors import ModelFailed
from service.errors import Cancelled, NotReady, ServiceError, ShuttingDown
from service.queue.batching import Item, Job, Options, choose, is_full
from service.queue.calls import Calls, Engine
from service.queue.observer import Observer, SilentObserver, Step
from service.queue.settling import Settling, as_model_error
from service.queue.ticket import Ticket

Phase = Literal["new", "loading", "ready", "restarting", "failed", "closed"]

_log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 5.0


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
        self._settling = Settling(observer or SilentObserver())
        self._calls = Calls(name, self._settling, clock)
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
            if self._settling.is_wanted(job):
                self._settling.drop(job, Cancelled("the request was withdrawn"))
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
                self._settling.drop(item.job, ShuttingDown("the server is shutting down"))
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
            self._settling.tell("on_restart")

    def _bury(self) -> None:
        """Settle what the dead thread had in hand; what only waited stays for the next one."""
        if self._phase == "ready":
            self._phase = "restarting"
        for item in self._in_hand:
            self._settling.fail(item.job, ModelFailed("the engine's thread ended while it computed; try again"))
        self._in_hand = []
        self._forget_ended()
        self._changed.notify_all()

    # --- the engine's thread -------------------------------------------------------------------

    def _work(self) -> None:
        try:
            engine = self._load()
            while engine is not None and (batch := self._next_batch()):
                if self._calls.compute(engine, batch):
                    self._pause = _FIRST_PAUSE
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
                    self._settling.fail(item.job, as_model_error(error))
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

    # --- the queue; called under the lock --------------------------------------------------------

    def _sweep(self) -> None:
        for item in self._queue:
            self._settling.is_wanted(item.job)
        self._forget_ended()

    def _forget_ended(self) -> None:
        self._queue = [item for item in self._queue if not item.job.over]

    def _drop_queue(self, error: ServiceError) -> None:
        for item in self._queue:
            self._settling.drop(item.job, error)
        self._queue = []
