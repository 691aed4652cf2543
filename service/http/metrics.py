"""Figures for Prometheus: one registry for each application, labels from closed sets, nothing of a client's.

The struct of times that a reply's ``Server-Timing`` shows (``RunNotes``) is what is counted here,
so the two never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from service.pipeline.brief import RunNotes

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
_TOKENS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})

#: Steps are named by the pipeline; should it ever name more than these, the rest share one label.
_MOST_STEPS = 48


class Metrics:
    """The counters and their registry."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._exchanges = Counter(
            "breve_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._exchange_seconds = Histogram(
            "breve_request_seconds", "Seconds from request to reply.", ["route"], buckets=_SECONDS, registry=registry
        )
        self._refusals = Counter(
            "breve_refusals", "Requests refused, by the problem's code.", ["code"], registry=registry
        )
        self._replies = Counter(
            "breve_replies", "Briefs given, by where they came from: hit, miss, collapsed or bypass.", ["origin"],
            registry=registry,
        )  # fmt: skip
        self._step_seconds = Histogram(
            "breve_step_seconds", "Seconds of the pipeline's steps.", ["step"], buckets=_SECONDS, registry=registry
        )
        self._cache = Counter("breve_cache", "Steps looked up in the cache.", ["step", "result"], registry=registry)
        self._fallbacks = Counter(
            "breve_fallbacks", "Briefs that ended as the article's own sentences.", registry=registry
        )
        self._unsupported = Counter(
            "breve_unsupported_dropped", "Candidates dropped for a fact that the article lacks.", registry=registry
        )
        self._batch_items = Histogram(
            "breve_batch_items",
            "Articles or sentences in one model call.",
            ["engine"],
            buckets=_SIZES,
            registry=registry,
        )
        self._batch_tokens = Histogram(
            "breve_batch_tokens", "Tokens, padding counted, in one model call.", ["engine"], buckets=_TOKENS,
            registry=registry,
        )  # fmt: skip
        self._component = Gauge(
            "breve_component_up", "1: ok, 0.5: degraded, 0: down.", ["component"], registry=registry
        )
        self._steps: set[str] = set()

    def observe_exchange(self, route: str, method: str, status: int, seconds: float, problem: str, origin: str) -> None:
        """Count one request; ``problem`` and ``origin`` are empty where there is none."""
        self._exchanges.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._exchange_seconds.labels(route).observe(seconds)
        if problem:
            self._refusals.labels(problem).inc()
        if origin:
            self._replies.labels(origin).inc()

    def observe_run(self, notes: RunNotes) -> None:
        """Count what one run of the pipeline did."""
        for step, seconds in notes.seconds.items():
            self._step_seconds.labels(self._bounded(step)).observe(seconds)
        for result, steps in (("hit", notes.cache_hits), ("miss", notes.cache_misses)):
            for step in steps:
                self._cache.labels(self._bounded(step), result).inc()
        self._fallbacks.inc(notes.fallbacks)
        self._unsupported.inc(notes.unsupported)

    def observe_batch(self, engine: str, items: int, tokens: int) -> None:
        """Count one call of a model, with its tokens, padding included."""
        self._batch_items.labels(engine).observe(items)
        self._batch_tokens.labels(engine).observe(tokens)

    def observe_health(self, components: Iterable[tuple[str, str]]) -> None:
        """Show the components' health."""
        for name, state in components:
            self._component.labels(name).set({"ok": 1.0, "degraded": 0.5}.get(state, 0.0))

    def show(self, name: str, help: str, read: Callable[[], float]) -> None:
        """Add a gauge whose value is asked for at each scrape."""
        self.registry.register(_Asked(name, help, read))

    def _bounded(self, step: str) -> str:
        if step not in self._steps and len(self._steps) >= _MOST_STEPS:
            return "other"
        self._steps.add(step)
        return step


class _Asked(Collector):
    """A gauge that is read when it is scraped."""

    def __init__(self, name: str, help: str, read: Callable[[], float]) -> None:
        self._name, self._help, self._read = name, help, read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The present value."""
        return [GaugeMetricFamily(self._name, self._help, self._read())]


async def scrape(request: Request) -> Response:
    """``GET /metrics``, in Prometheus's text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
