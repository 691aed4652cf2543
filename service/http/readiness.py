"""From a bare process to one that has written a brief: loading, warming up, and how far that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import structlog

from service.errors import NotReady, ShuttingDown
from service.http.examples import EXAMPLE_ARTICLE
from service.pipeline.brief import BriefRequest
from service.queue.priority import MODELS, step_back
from service.queue.ticket import Ticket
from service.runtime import Build, Health, Runtime
from service.settings import Settings

#: Seconds that the warm-up brief may take, compiling kernels included.
WARM_UP_SECONDS = 600.0


class Readiness:
    """Loads the models on a thread of its own while the server already answers.

    ``on_ready`` is given what was loaded, after the warm-up. ``on_failure`` is told why loading
    failed; the server command ends the process then, so that a start without weights does not look
    like a slow one. Both are called on the loading thread.
    """

    def __init__(
        self,
        settings: Settings,
        build: Build,
        on_ready: Callable[[Runtime], None],
        on_failure: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._settings, self._build = settings, build
        self._on_ready, self._on_failure = on_ready, on_failure
        # The threads of workers and runtimes are started from this one and inherit its priority.
        self._loader = ThreadPoolExecutor(1, "loading", initializer=step_back, initargs=(MODELS,))
        self._runtime: Runtime | None = None
        self._phase = "starting"
        self._ending = False

    @property
    def phase(self) -> str:
        """How far the start is; "ready" once it is over, "failed" if it went wrong."""
        return self._phase

    @property
    def runtime(self) -> Runtime:
        """The loaded product. Raises ``NotReady`` before it is, ``ShuttingDown`` when it ends."""
        if self._ending:
            raise ShuttingDown("the server is shutting down")
        if self._runtime is None:
            raise NotReady(self._phase)
        return self._runtime

    def components(self) -> Mapping[str, Health]:
        """The components' health. Raises ``NotReady`` if the start is not over or one of them is down."""
        health = self.runtime.health()
        if "down" in health.values():
            raise NotReady(self._phase, health)
        return health

    def begin(self) -> None:
        """Start loading."""
        self._loader.submit(self._load).add_done_callback(self._loaded)

    def refuse(self) -> None:
        """Take no new work from now on."""
        self._ending = True

    def end(self) -> None:
        """Stop loading at its next phase, or close what was loaded. Blocks."""
        self.refuse()
        self._loader.shutdown(wait=True)
        if self._runtime is not None:
            self._runtime.close()

    def _enter(self, phase: str) -> None:
        if self._ending:
            raise ShuttingDown("the server stops before it was ready")
        self._phase = phase

    def _load(self) -> Runtime:
        with ExitStack() as undo:
            runtime = self._build(self._settings, self._enter)
            undo.callback(runtime.close)
            self._enter("writing the warm-up brief")
            request = BriefRequest(
                text=EXAMPLE_ARTICLE, languages=runtime.briefer.languages[:2], source_language="fr", cache="bypass"
            )
            runtime.briefer.run(request, Ticket.lasting(WARM_UP_SECONDS))
            undo.pop_all()
        return runtime

    def _loaded(self, loading: Future[Runtime]) -> None:
        error = loading.exception()
        if error is None:
            self._on_ready(loading.result())
            self._runtime, self._phase = loading.result(), "ready"
            return
        if isinstance(error, ShuttingDown):
            return
        self._phase = "failed"
        structlog.get_logger(__name__).error("loading failed", exc_info=error)
        if self._on_failure is not None:
            self._on_failure(error)
