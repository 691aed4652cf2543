"""The one place that knows concrete classes: settings in, a loaded product out.

Server, command line and evaluation all call ``build``; ``prepare`` and ``check_weights``
look after the files that it loads. Runtimes are imported where they are needed, so that a
missing package is reported by whoever needs it and PyTorch is never loaded by the default.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from models.catalogue import EMBEDDED, adapter_path
from models.contracts import ModelIdentity, Summariser, Translator
from models.errors import ModelUnavailable
from models.forest import load_forest
from models.preparation.embedded import load_embedded, prepare_embedded
from models.preparation.store import Prepared
from service.cache.flight import Flight, SingleFlight
from service.cache.leases import LeasedFlight
from service.cache.models import CachedSummariser, CachedTranslator
from service.cache.protocol import Cache, Missing
from service.cache.redis import RedisCache
from service.cache.replies import ReplyStore
from service.cache.sqlite import open_cache
from service.errors import Misconfigured, UnknownLanguage
from service.pipeline.brief import CacheUse, RunNotes
from service.pipeline.choice import Chooser
from service.pipeline.language import LanguageDetector
from service.pipeline.pipeline import TRANSLATIONS, Pipeline
from service.pipeline.translation import TranslationStep
from service.queue.observer import Observer, ObserverRelay
from service.queue.queued import QueuedSummariser, QueuedTranslator
from service.queue.ticket import Ticket
from service.queue.worker import EngineWorker
from service.runtime import Health
from service.settings import Settings

CHOICE = "choice.npz"
#: Seconds between two removals of expired cache entries.
PRUNE_EVERY = 3600.0

Pair = tuple[Summariser, Translator]


class RequestModels:
    """One request's models: cached, over the workers."""

    def __init__(self, summariser: CachedSummariser, translator: CachedTranslator) -> None:
        self._summariser, self._translator = summariser, translator

    @property
    def summariser(self) -> Summariser:
        """Writes French briefs."""
        return self._summariser

    @property
    def translator(self) -> Translator:
        """Translates their sentences."""
        return self._translator

    @property
    def used(self) -> tuple[str, ...]:
        """The digests of the cache entries that were read or written."""
        return self._summariser.used + self._translator.used


class WorkedEngines:
    """The two engines on their threads, with cache and single flight before them."""

    def __init__(self, settings: Settings, load: Callable[[], Pair], cache: Cache, flight: Flight) -> None:
        self._cache, self._flight = cache, flight
        self._relay = ObserverRelay()
        self._experimental = frozenset(code for model in EMBEDDED for code in model.experimental)
        loaded: list[Pair] = []
        guard = threading.Lock()

        def engine(index: int) -> Summariser | Translator:
            # Both workers, and a worker that is started again, share what was loaded once.
            with guard:
                if not loaded:
                    loaded.append(load())
                return loaded[0][index]

        def worker(index: int, name: str) -> EngineWorker:
            return EngineWorker(
                lambda: engine(index),
                batch_tokens=settings.batch_tokens,
                batch_wait_ms=settings.batch_wait_ms,
                name=name,
                observer=self._relay,
            )

        self._workers = {"summariser": worker(0, "summariser"), "translator": worker(1, "translator")}

    def start(self) -> None:
        """Load the engines and wait for them; raises what loading raised."""
        for worker in self._workers.values():
            worker.start()
            worker.wait_ready()

    def watch(self, observer: Observer) -> None:
        """Tell ``observer`` what the workers do from now on."""
        self._relay.observer = observer

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """The summariser's and the translator's weights."""
        ticket = Ticket()
        return self._summariser(ticket).identity, self._translator(ticket).identity

    @property
    def languages(self) -> tuple[str, ...]:
        """ "fr" and what the translator writes."""
        return ("fr", *self._translator(Ticket()).targets)

    @property
    def experimental(self) -> frozenset[str]:
        """The languages that the catalogue marks so."""
        return self._experimental

    def models(self, ticket: Ticket, notes: RunNotes, use: CacheUse) -> RequestModels:
        """The models for one request."""
        return RequestModels(
            CachedSummariser(self._summariser(ticket), self._cache, self._flight, notes, use, ticket),
            CachedTranslator(self._translator(ticket), self._cache, self._flight, notes, use, ticket),
        )

    def health(self) -> dict[str, Health]:
        """The state of each worker."""
        return {name: "ok" if worker.healthy else "down" for name, worker in self._workers.items()}

    def close(self) -> None:
        """Finish what is queued and end the threads."""
        for worker in self._workers.values():
            worker.close()

    def _summariser(self, ticket: Ticket) -> QueuedSummariser:
        return QueuedSummariser(self._workers["summariser"], ticket)

    def _translator(self, ticket: Ticket) -> QueuedTranslator:
        return QueuedTranslator(self._workers["translator"], ticket)


class Product:
    """A loaded product; implements ``Runtime``."""

    def __init__(self, settings: Settings, load: Callable[[], Pair], phase: Callable[[str], None]) -> None:
        phase("opening the cache")
        self._cache, self._flight = open_shared_cache(settings)
        self._replies = ReplyStore(self._cache)
        self._engines = WorkedEngines(settings, load, self._cache, self._flight)
        self._closing = threading.Event()
        self._pruner = threading.Thread(target=self._prune, name="breve-pruner", daemon=True)
        try:
            phase("loading the chooser")
            chooser = Chooser(load_forest(adapter_path(CHOICE)))
            phase("loading the models")
            self._engines.start()
        except BaseException:
            self.close()
            raise
        self._pipeline = Pipeline(self._engines, chooser, LanguageDetector(), settings.language_threshold)
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
        step = TranslationStep(models.translator, TRANSLATIONS)
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


def build(settings: Settings, phase: Callable[[str], None]) -> Product:
    """Load everything that the settings name.

    Raises ``ModelUnavailable`` when weights or a package are missing and ``Misconfigured`` for
    a setting that cannot be used.
    """
    return Product(settings, lambda: load_engines(settings), phase)


def open_shared_cache(settings: Settings) -> tuple[Cache, Flight]:
    """The cache and the single flight: this process's own, or those that replicas share."""
    if settings.redis_url is None:
        cache = open_cache(settings.cache_file, max_bytes=settings.cache_max_bytes, ttl=settings.cache_ttl)
        return cache, SingleFlight()
    try:
        shared = RedisCache(settings.redis_url.get_secret_value(), ttl=settings.cache_ttl)
    except ValueError as error:
        raise Misconfigured(f"BREVE_REDIS_URL: {error}") from error
    return shared, LeasedFlight(shared)


def load_engines(settings: Settings) -> Pair:
    """The summariser and the translator of the settings' profile and engine."""
    if settings.profile == "hub":
        return _load_hub(settings)
    prepared = load_embedded(settings.home)
    if settings.engine == "transformers":
        from models.engines import transformers_gemma

        return transformers_gemma.open_engines(prepared, settings.threads)
    from models.engines import openvino

    return openvino.open_engines(prepared, openvino.Runtime(threads=settings.threads))


def _load_hub(settings: Settings) -> Pair:
    folder = _hub_weights(settings).folder
    summary, translation = folder / "summary", folder / "translation"
    if settings.engine == "transformers":
        from models.engines import transformers_seq2seq

        return (
            transformers_seq2seq.TransformersSummariser(summary),
            transformers_seq2seq.TransformersTranslator(translation),
        )
    from models.engines import ctranslate2

    return (
        ctranslate2.CTranslate2Summariser(summary, settings.threads),
        ctranslate2.CTranslate2Translator(translation, settings.threads),
    )


def _hub_weights(settings: Settings) -> Prepared:
    from models.preparation.hub import load_hub

    return load_hub(settings.home, settings.hub_summariser, settings.hub_translator)


def prepare(settings: Settings, progress: Callable[[str, float], None], force: bool = False) -> None:
    """Make sure that the profile's weights are there, building them where they are not."""
    if settings.profile == "embedded":
        prepare_embedded(settings.home, progress, force)
        return
    from models.preparation.hub import prepare_hub

    prepare_hub(settings.home, settings.hub_summariser, settings.hub_translator, progress, force)


def check_weights(settings: Settings) -> None:
    """Raise ``ModelUnavailable``, with its remedy, when the weights are not prepared; loads nothing."""
    adapter_path(CHOICE)
    if settings.profile == "embedded":
        load_embedded(settings.home)
        return
    with suppress(ImportError):
        _hub_weights(settings)
        return
    raise ModelUnavailable("the packages of the hub profile are missing", remedy="pip install 'breve[hub]'")
