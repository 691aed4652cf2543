"""The one place that knows concrete classes: settings in, a loaded product out.

Server, command line and evaluation all call ``build``; ``prepare`` and ``check_weights``
look after the files that it loads. Runtimes are imported where they are needed, so that a
missing package is reported by whoever needs it and PyTorch is never loaded by the default.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from models.appraiser import load_network
from models.catalogue import SERVED, adapter_path
from models.errors import ModelUnavailable
from models.forest import load_forest
from models.preparation.embedded import load_embedded, prepare_embedded
from models.preparation.store import Prepared
from models.reader import load_head
from service.cache.flight import Flight, SingleFlight
from service.cache.leases import LeasedFlight
from service.cache.protocol import Cache
from service.cache.redis import RedisCache
from service.cache.sqlite import open_cache
from service.clock import SteadyClock
from service.errors import Misconfigured
from service.pipeline.choice import GROUNDING, Chooser
from service.product import Batching, Loaded, Product, WorkedEngines
from service.settings import Settings

#: What weighs candidates without and with a reader, and the reader's head.
CHOICE, INFORMED_CHOICE, READER = "choice.npz", "choice-read.npz", "reader.npz"


def build(settings: Settings, phase: Callable[[str], None]) -> Product:
    """Load everything that the settings name.

    Raises ``ModelUnavailable`` when weights or a package are missing and ``Misconfigured`` for
    a setting that cannot be used.
    """
    phase("loading the models")
    chooser = load_chooser(settings.grounding)
    loaded = load_engines(settings)
    phase("opening the cache")
    cache, flight = open_shared_cache(settings)
    engines = WorkedEngines(loaded, Batching(settings.batch_tokens, settings.batch_wait_ms), cache, flight)
    return Product(engines, cache, flight, chooser, settings.language_threshold)


def load_chooser(grounding: float = GROUNDING) -> Chooser:
    """The chooser of briefs; raises ``ModelUnavailable`` when a file of it is missing or damaged."""
    return Chooser(load_forest(adapter_path(CHOICE)), grounding, load_network(adapter_path(INFORMED_CHOICE)))


def open_shared_cache(settings: Settings) -> tuple[Cache, Flight]:
    """The cache and the single flight: this process's own, or those that replicas share."""
    if settings.redis_url is None:
        cache = open_cache(
            settings.cache_file, max_bytes=settings.cache_max_bytes, ttl=settings.cache_ttl, clock=SteadyClock()
        )
        return cache, SingleFlight()
    try:
        shared = RedisCache(settings.redis_url.get_secret_value(), ttl=settings.cache_ttl)
    except ValueError as error:
        raise Misconfigured(f"BREVE_REDIS_URL: {error}") from error
    return shared, LeasedFlight(shared)


def load_engines(settings: Settings) -> Loaded:
    """The engines of the settings' profile and runtime; raises ``ModelUnavailable``."""
    if settings.profile == "hub":
        return _load_hub(settings)
    prepared = load_embedded(settings.home)
    experimental = frozenset(code for model in SERVED for code in model.experimental)
    if settings.engine == "transformers":
        from models.engines import transformers_gemma

        if prepared.has("summary"):
            writer, translator = transformers_gemma.open_engines(prepared, settings.threads)
            reader = transformers_gemma.open_reader(prepared, load_head(adapter_path(READER)))
            return Loaded(writer, translator, experimental, reader)
        return Loaded(None, transformers_gemma.open_translator(prepared, settings.threads), experimental)
    from models.engines import openvino, openvino_reader

    runtime = openvino.Runtime(threads=settings.threads)
    if prepared.has("summary"):
        reader = openvino_reader.open_reader(prepared, runtime, load_head(adapter_path(READER)))
        return Loaded(*openvino.open_engines(prepared, runtime), experimental, reader)
    return Loaded(None, openvino.open_translator(prepared, runtime), experimental)


def _load_hub(settings: Settings) -> Loaded:
    folder = _hub_weights(settings).folder
    summary, translation = folder / "summary", folder / "translation"
    if settings.engine == "transformers":
        from models.engines import transformers_seq2seq

        return Loaded(
            transformers_seq2seq.TransformersSummariser(summary),
            transformers_seq2seq.TransformersTranslator(translation),
        )
    from models.engines import ctranslate2

    return Loaded(
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
    for name in (CHOICE, INFORMED_CHOICE, READER):
        adapter_path(name)
    if settings.profile == "embedded":
        load_embedded(settings.home)
        return
    with suppress(ImportError):
        _hub_weights(settings)
        return
    raise ModelUnavailable("the packages of the hub profile are missing", remedy="pip install 'breve[hub]'")
