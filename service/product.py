"""A loaded product: engines on their threads, cache and single flight before them, the pipeline over all.

Concrete engines, caches and settings come from ``service/wiring.py``; here is how they work together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.contracts import ModelIdentity, Reader, Summariser, Translator
from service.cache.flight import Flight
from service.cache.leases import LeasedFlight
from service.cache.models import CachedReader, CachedSummariser, CachedTranslator
from service.cache.protocol import Cache, Missing
from service.cache.replies import ReplyStore
from service.errors import UnknownLanguage
from service.pipeline.brief import CacheUse, RunNotes
from service.pipeline.choice import Chooser
from service.pipeline.language import LanguageDetector
from service.pipeline.pipeline import TRANSLATIONS, Pipeline
from service.pipeline.translation import TranslationStep
from service.queue.calls import Engine
from service.queue.observer import Observer, ObserverRelay
from service.queue.queued import QueuedReader, QueuedSummariser, QueuedTranslator
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker
from service.runtime import Health

#: Seconds between two removals of expired cache entries.
PRUNE_EVERY = 3600.0


@dataclass(frozen=True)
class Loaded:
    """The loaded engines; ``experimental`` are languages whose translations are not good enough yet.

    Without a summariser, briefs are chosen from the article's own sentences; without a reader, what
    matters in an article is told by plain features alone.
    """

    summariser: Summariser | None
    translator: Translator
    experimental: frozenset[str] = frozenset()
    reader: Reader | None = None


@dataclass(frozen=True)
class Batching:
    """When a worker closes a batch: see the settings of the same names."""

    batch_tokens: int
    batch_wait_ms: float


class RequestModels:
    """One request's models: cached, over the workers."""

    def __init__(
        self, reader: CachedReader | None, summariser: CachedSummariser | None, translator: CachedTranslator
    ) -> None:
        self._reader, self._summariser, self._translator = reader, summariser, translator

    @property
    def reader(self) -> Reader | None:
        """Says which sentences matter; none where plain features alone do."""
        return self._reader

    @property
    def summariser(self) -> Summariser | None:
        """Writes French briefs; none where briefs are chosen from the article alone."""
        return self._summariser

    @property
    def translator(self) -> Translator:
        """Translates their sentences."""
        return self._translator

    @property
    def used(self) -> tuple[str, ...]:
        """The digests of the cache entries that were read or written."""
        all_of = (self._reader, self._summariser, self._translator)
        return tuple(digest for model in all_of if model is not None for digest in model.used)


class WorkedEngines:
    """The engines on their threads, with cache and single flight before them."""

    def __init__(self, loaded: Loaded, batching: Batching, cache: Cache, flight: Flight) -> None:
        self._loaded, self._cache, self._flight = loaded, cache, flight
        self._relay = ObserverRelay()

        def worker(engine: Engine, name: str) -> EngineWorker:
            # A worker that is started again goes on with the engine that was loaded once.
            return EngineWorker(
                lambda: engine,
                batch_tokens=batching.batch_tokens,
                batch_wait_ms=batching.batch_wait_ms,
                name=name,
                observer=self._relay,
            )

        self._translator = worker(loaded.translator, "translator")
        self._summariser = worker(loaded.summariser, "summariser") if loaded.summariser else None
        self._reader = worker(loaded.reader, "reader") if loaded.reader else None
        for each in self._workers.values():
            each.start()
            each.wait_ready()

    def watch(self, observer: Observer) -> None:
        """Tell ``observer`` what the workers do from now on."""
        self._relay.observer = observer

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """The weights of the reader and the summariser, if there are any, and of the translator."""
        engines = (self._loaded.reader, self._loaded.summariser, self._loaded.translator)
        return tuple(engine.identity for engine in engines if engine is not None)

    @property
    def languages(self) -> tuple[str, ...]:
        """ "fr" and what the translator writes."""
        return ("fr", *self._loaded.translator.targets)

    @property
    def experimental(self) -> frozenset[str]:
        """The languages whose translations are not good enough yet."""
        return self._loaded.experimental

    def models(self, ticket: Ticket, notes: RunNotes, use: CacheUse) -> RequestModels:
        """The models for one request."""
        shared = (self._cache, self._flight, notes, use, ticket)
        return RequestModels(
            CachedReader(QueuedReader(self._reader, ticket), *shared) if self._reader else None,
            CachedSummariser(QueuedSummariser(self._summariser, ticket), *shared) if self._summariser else None,
            CachedTranslator(QueuedTranslator(self._translator, ticket), *shared),
        )

    def health(self) -> dict[str, Health]:
        """The state of each worker."""
        return {name: "ok" if worker.healthy else "down" for name, worker in self._workers.items()}

    def close(self) -> None:
        """Finish what is queued and end the threads."""
        for worker in self._workers.values():
            worker.close()

    @property
    def _workers(self) -> dict[str, EngineWorker]:
        named = {"translator": self._translator, "summariser": self._summariser, "reader": self._reader}
        return {name: worker for name, worker in named.items() if worker is not None}


class Product:
    """A loaded product; implements ``Runtime``."""

    def __init__(
        self, engines: WorkedEngines, cache: Cache, flight: Flight, chooser: Chooser, threshold: float
    ) -> None:
        self._engines, self._cache, self._flight = engines, cache, flight
        self._replies = ReplyStore(cache)
        self._pipeline = Pipeline(engines, chooser, LanguageDetector(), threshold)
        self._closing = threading.Event()
        self._pruner = threading.Thread(target=self._prune, name="breve-pruner", daemon=True)
        self._pruner.start()

    @property
    def briefer(self) -> Pipeline:
        """The pipeline."""
        return self._pipeline

    def translate_lines(self, lines: Sequence[str], target: str) -> list[str]:
        """Translations of lines of French, exactly one for each; a blank line stays blank.

        Raises ``UnknownLanguage`` and children of ``ModelError``.
        """
        if target not in self._pipeline.languages[1:]:
            known = ", ".join(self._pipeline.languages[1:])
            raise UnknownLanguage(f"no loaded model writes {target}; there are {known}")
        models = self._engines.models(Ticket(), RunNotes(), "use")
        step = TranslationStep(models.translator, TRANSLATIONS, policy="warn")
        whole = step.translate_text("\n".join(" ".join(line.splitlines()) for line in lines), target)
        return whole.split("\n")

    def get_reply(self, id: str) -> bytes | None:
        """The stored reply with this id."""
        body = self._replies.get(id)
        return None if isinstance(body, Missing) else body

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        """Store a reply, with the digests of the cache entries that it was made from."""
        self._replies.put(id, body, (model.id for model in self._pipeline.models), parts)

    def delete_reply(self, id: str) -> bool:
        """Forget a reply and the entries that it was made from; whether there was one."""
        return self._replies.delete(id)

    def health(self) -> Mapping[str, Health]:
        """Workers and cache."""
        return self._engines.health() | {"cache": "ok" if self._cache.healthy else "degraded"}

    def watch(self, observer: Observer) -> None:
        """Tell ``observer`` what the workers do from now on."""
        self._engines.watch(observer)

    def close(self) -> None:
        """Finish accepted work, stop threads and close files."""
        self._closing.set()
        self._engines.close()
        if isinstance(self._flight, LeasedFlight):
            self._flight.close()
        self._cache.close()

    def _prune(self) -> None:
        while not self._closing.wait(PRUNE_EVERY):
            self._cache.prune()
