"""Writes briefs of many articles with the pipeline: several at a time, results in the articles' order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from models.errors import BreveError
from service.pipeline.brief import Briefer, Briefing, BriefRequest, RunNotes
from service.queue.ticket import Ticket


@dataclass(frozen=True)
class Written:
    """What came of one article: a briefing or the error that prevented it, and the seconds it took."""

    id: str
    briefing: Briefing | None
    error: BreveError | None
    seconds: float
    cached: bool = False


def answered_from_cache(notes: RunNotes) -> bool:
    """Whether a run computed nothing: every step that was looked up was found."""
    return bool(notes.cache_hits) and not notes.cache_misses


def write_briefs(
    briefer: Briefer,
    requests: Iterable[tuple[str, BriefRequest | BreveError]],
    jobs: int = 1,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Written]:
    """Answer each (id, request) in order, ``jobs`` of them at once, reading at most ``2 * jobs`` ahead.

    An error in place of a request is passed through, so that a line that cannot be read keeps its place.
    An error of ours is a result; any other ends the iteration. When the caller stops early, the work
    in flight is cancelled.
    """
    waiting: deque[tuple[Ticket, Future[Written]]] = deque()
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="brief") as pool:
        try:
            for identifier, request in requests:
                ticket = Ticket()
                waiting.append((ticket, pool.submit(_write, briefer, identifier, request, ticket, clock)))
                if len(waiting) >= 2 * jobs:
                    yield waiting.popleft()[1].result()
            while waiting:
                yield waiting.popleft()[1].result()
        finally:
            for ticket, future in waiting:
                ticket.cancel()
                future.cancel()


def _write(
    briefer: Briefer,
    identifier: str,
    request: BriefRequest | BreveError,
    ticket: Ticket,
    clock: Callable[[], float],
) -> Written:
    if isinstance(request, BreveError):
        return Written(identifier, None, request, 0.0)
    start = clock()
    notes = RunNotes()
    try:
        briefing = briefer.run(request, ticket, notes)
    except BreveError as error:
        return Written(identifier, None, error, clock() - start)
    return Written(identifier, briefing, None, clock() - start, answered_from_cache(notes))
