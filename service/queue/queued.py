"""Models whose calls go through a worker: a ``Reader``, a ``Summariser`` and a ``Translator`` for one request."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import cast

from models.contracts import ModelIdentity, Reader, Reads, Summariser, SummaryOptions, TranslationOptions, Translator
from service.queue.batching import Job, Outputs
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker


class _Queued:
    """What every model over a worker's engine shares; safe to call from the request's thread."""

    def __init__(self, worker: EngineWorker, ticket: Ticket) -> None:
        self._worker, self._ticket = worker, ticket

    @property
    def identity(self) -> ModelIdentity:
        """The weights in use."""
        return self._worker.engine.identity

    def count_tokens(self, text: str) -> int:
        """The length of a text in the model's tokens."""
        return self._worker.count_tokens(text)


class QueuedReader(_Queued):
    """A ``Reader`` over the worker's engine; as ``QueuedSummariser``."""

    @property
    def window(self) -> int:
        """How many tokens of an article one call reads."""
        return cast(Reader, self._worker.engine).window

    def read(self, articles: Sequence[str]) -> Outputs:
        """One output for each sentence of each article."""
        return _result(self._worker, self._worker.submit("read", articles, None, self._ticket))


class QueuedSummariser(_Queued):
    """A ``Summariser`` over the worker's engine.

    ``summarise`` blocks until the worker is done. It raises what ``Summariser`` documents, and
    ``DeadlineExceeded``, ``Cancelled``, ``ShuttingDown`` and ``NotReady``.
    """

    @property
    def window(self) -> int:
        """How many tokens of a text one call reads."""
        return cast(Summariser, self._worker.engine).window

    @property
    def reads(self) -> Reads:
        """Whether it reads articles or passages."""
        return cast(Summariser, self._worker.engine).reads

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> Outputs:
        """Candidates for each text, in one batch with other requests' where they fit."""
        return _result(self._worker, self._worker.submit("summarise", texts, options, self._ticket))


class QueuedTranslator(_Queued):
    """A ``Translator`` over the worker's engine; as ``QueuedSummariser``."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages it can write."""
        return cast(Translator, self._worker.engine).targets

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> Outputs:
        """Candidates for each sentence, in one batch with other requests' where they fit.

        Raises ``ValueError`` for a target that the engine does not write.
        """
        if options.target not in self.targets:
            raise ValueError(f"{options.target!r} is not among the targets {', '.join(self.targets)}")
        return _result(self._worker, self._worker.submit("translate", sentences, options, self._ticket))


def _result(worker: EngineWorker, job: Job) -> Outputs:
    """Wait for the job's end; a request that ends before it takes the job along."""
    woken = threading.Event()
    job.future.add_done_callback(lambda _: woken.set())
    try:
        job.ticket.wait(job.future.done, woken)
    finally:
        worker.withdraw(job)
    return job.future.result()
