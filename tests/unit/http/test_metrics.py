"""Figures: the worker's events, bounded labels."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from service.http.metrics import Metrics, WorkerFigures
from service.pipeline.brief import RunNotes


def test_the_workers_events_are_counted() -> None:
    registry = CollectorRegistry()
    figures = WorkerFigures(registry)
    figures.on_started("summarise", 0.5)
    figures.on_batch("summarise", 4, 900, 0.7)
    figures.on_batch("summarise", 2, 100, 0.3)
    figures.on_dropped("translate", "cancelled")
    figures.on_failed("translate")
    figures.on_restart()
    value = registry.get_sample_value
    assert value("breve_queue_seconds_sum", {"step": "summarise"}) == 0.5
    assert value("breve_batch_items_sum", {"step": "summarise"}) == 6
    assert value("breve_tokens_total", {"step": "summarise"}) == 1000
    assert value("breve_batch_seconds_count", {"step": "summarise"}) == 2
    assert value("breve_dropped_total", {"step": "translate", "reason": "cancelled"}) == 1
    assert value("breve_failed_total", {"step": "translate"}) == 1
    assert value("breve_worker_restarts_total") == 1


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.observe_run(RunNotes(fallbacks=2, unsupported=3))
    assert one.registry.get_sample_value("breve_fallbacks_total") == 2
    assert one.registry.get_sample_value("breve_unsupported_dropped_total") == 3
    assert other.registry.get_sample_value("breve_fallbacks_total") == 0


def test_steps_beyond_a_bound_share_one_label() -> None:
    metrics = Metrics()
    metrics.observe_run(RunNotes(cache_hits=[f"step-{number}" for number in range(100)]))
    value = metrics.registry.get_sample_value
    assert value("breve_cache_total", {"step": "step-47", "result": "hit"}) == 1
    assert value("breve_cache_total", {"step": "step-48", "result": "hit"}) is None
    assert value("breve_cache_total", {"step": "other", "result": "hit"}) == 52
