"""Figures for Prometheus: one registry for each application, labels from closed sets, nothing of a client's.

The struct of times that a reply's ``Server-Timing`` shows (``RunNotes``) is what is counted here,
so the two never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from service.pipeline.brief import RunNotes
from service.queue.observer import DropReason, Step
from service.runtime import Runtime, Watched

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
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
        self._steps: set[str] = set()
        # Looking a label up costs more than counting; the hot path counts often.
        self._seen: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe_exchange(self, route: str, method: str, status: int, seconds: float, problem: str, origin: str) -> None:
        """Count one request; ``problem`` and ``origin`` are empty where there is none."""
        kind = (route, method if method in _METHODS else "other", status)
        if kind not in self._seen:
            self._seen[kind] = (self._exchanges.labels(*map(str, kind)), self._exchange_seconds.labels(route))
        counted, timed = self._seen[kind]
        counted.inc()
        timed.observe(seconds)
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

    def watch(self, runtime: Runtime) -> None:
        """Count what the runtime's worker does, and show its components' health at each scrape."""
        self.registry.register(_Components(runtime))
        if isinstance(runtime, Watched):
            runtime.watch(WorkerFigures(self.registry))

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


class _Components(Collector):
    """The health of a runtime's components, asked for at each scrape."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """1 is ok, 0.5 degraded, 0 down."""
        shown = GaugeMetricFamily("breve_component_up", "1: ok, 0.5: degraded, 0: down.", labels=["component"])
        for name, state in self._runtime.health().items():
            shown.add_metric([name], {"ok": 1.0, "degraded": 0.5, "down": 0.0}[state])
        return [shown]


class WorkerFigures:
    """An ``Observer`` of the queue's worker that counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waited = Histogram(
            "breve_queue_seconds", "Seconds in the queue.", ["step"], buckets=_SECONDS, registry=registry
        )
        self._items = Histogram(
            "breve_batch_items", "Texts in one model call.", ["step"], buckets=_SIZES, registry=registry
        )
        self._tokens = Counter("breve_tokens", "Tokens read, with padding.", ["step"], registry=registry)
        self._seconds = Histogram(
            "breve_batch_seconds", "Seconds of one model call.", ["step"], buckets=_SECONDS, registry=registry
        )
        self._dropped = Counter(
            "breve_dropped", "Work ended before it was computed.", ["step", "reason"], registry=registry
        )
        self._failed = Counter("breve_failed", "Work that ended with the model's error.", ["step"], registry=registry)
        self._restarts = Counter("breve_worker_restarts", "Times that the worker died.", registry=registry)

    def on_started(self, step: Step, waited: float) -> None:
        """A job's first item came to the engine after so many seconds."""
        self._waited.labels(step).observe(waited)

    def on_batch(self, step: Step, size: int, tokens: int, seconds: float) -> None:
        """One call of the engine."""
        self._items.labels(step).observe(size)
        self._tokens.labels(step).inc(tokens)
        self._seconds.labels(step).observe(seconds)

    def on_dropped(self, step: Step, reason: DropReason) -> None:
        """A job ended before it was computed."""
        self._dropped.labels(step, reason).inc()

    def on_failed(self, step: Step) -> None:
        """A job ended with an error of the engine."""
        self._failed.labels(step).inc()

    def on_restart(self) -> None:
        """The engine's thread is started again."""
        self._restarts.inc()


async def scrape(request: Request) -> Response:
    """``GET /metrics``, in Prometheus's text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
