"""Places for requests: one is taken at once or refused at once, so nothing waits without bound."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from service.errors import Overloaded, ShuttingDown
from service.queue.pace import Pace

_LONGEST_RETRY: Final = 600
#: So many articles must have been measured before the rate refuses anybody.
_MEASURED: Final = 3


@dataclass(frozen=True)
class AdmissionCounts:
    """Where admission stands; the last four count since the start, in articles."""

    places: int
    taken: int
    seconds_per_article: float  # measured, while there was work
    accepted: int = 0
    completed: int = 0
    overloaded: int = 0
    draining: int = 0

    @property
    def free(self) -> int:
        """Places that can be taken."""
        return self.places - self.taken


class Admission:
    """Bounded places: ``max_waiting`` articles may wait while ``workers`` are computed.

    Served in the order in which they took their places, an article is done when ``max_waiting`` others
    and itself were computed, at the latest.
    ``expected_seconds`` per article stands in for the service rate until one was measured. The rate is
    that of articles which were computed: what a cache answers says nothing of how long those take that wait.
    Every method returns without waiting, except ``drain``.
    """

    def __init__(
        self,
        max_waiting: int,
        workers: int = 1,
        expected_seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places, self._workers, self._clock = max_waiting + workers, workers, clock
        self._changed = threading.Condition()
        self._taken = 0
        self._draining = False
        self._done_at = -math.inf
        self._pace = Pace(expected_seconds)
        self._accepted = self._completed = self._overloaded = self._refused_draining = 0

    def place(self, articles: int = 1, measured: bool = True, within: float = math.inf) -> Place:
        """Take a place for each article; give them back with ``release`` or by leaving the ``with`` block.

        A group larger than all places counts as all of them; ``measured=False`` is for work that
        says nothing of how long an article takes; work that has to be done ``within`` so many seconds is
        refused if, with the articles that are there before it, it may well take longer. Raises ``Overloaded``
        with the seconds after which the articles of now will be done, and ``ShuttingDown``.
        """
        wanted = min(max(1, articles), self._places)
        with self._changed:
            self._check_room(wanted, articles, within)
            self._taken += wanted
            self._accepted += articles
        return Place(self, wanted, articles, measured, self._clock())

    def check_room(self, within: float = math.inf) -> None:
        """Refuse as ``place`` would, and count it, but take nothing. Raises ``Overloaded`` and ``ShuttingDown``."""
        with self._changed:
            self._check_room(1, 1, within)

    def drain(self, timeout: float | None = None) -> bool:
        """Refuse new work and wait, up to ``timeout`` seconds, until every place is free; whether it is so."""
        with self._changed:
            self._draining = True
            return self._changed.wait_for(lambda: self._taken == 0, timeout)

    def counts(self) -> AdmissionCounts:
        """Where admission stands."""
        with self._changed:
            return AdmissionCounts(
                places=self._places,
                taken=self._taken,
                seconds_per_article=self._pace.mean,
                accepted=self._accepted,
                completed=self._completed,
                overloaded=self._overloaded,
                draining=self._refused_draining,
            )

    def give_back(self, places: int, articles: int, completed: bool, since: float | None) -> None:
        """Free places; completed articles that were accepted at ``since`` also tell how fast they are served.

        Their time begins with the end of those before them, if that is later. What is not measured
        (``None``) ends nothing: its time counts to the articles that it held up.
        """
        with self._changed:
            self._taken -= places
            self._completed += articles if completed else 0
            if completed and since is not None:
                now = self._clock()
                seconds = max(0.0, now - max(since, self._done_at)) / articles
                for _ in range(articles):
                    self._pace.note(seconds)
                self._done_at = now
            self._changed.notify_all()

    def _check_room(self, wanted: int, articles: int, within: float) -> None:
        if self._draining:
            self._refused_draining += articles
            raise ShuttingDown("the server is shutting down and takes no new work")
        if self._taken + wanted > self._places:
            self._overloaded += articles
            raise Overloaded("every waiting place is taken", self._retry_after())
        # Also of those that are begun at once: they share the processor with the ones before them.
        behind = self._taken > 0 and self._pace.noted >= _MEASURED
        if behind and self._pace.at_most(self._taken + articles) > within:
            # Taken now, it would wait until its time is over, and be computed for nobody.
            self._overloaded += articles
            raise Overloaded("the articles that wait will take longer than this request may", self._retry_after())

    def _retry_after(self) -> int:
        waiting = max(1, self._taken - self._workers)
        return max(1, min(_LONGEST_RETRY, math.ceil(round(waiting * self._pace.mean, 3))))


class Place:
    """Places taken by one request. Leaving its ``with`` block by an exception gives no measurement."""

    def __init__(self, admission: Admission, places: int, articles: int, measured: bool, since: float) -> None:
        self._admission, self._places, self._articles = admission, places, articles
        self._measured, self._since = measured, since
        self._lock = threading.Lock()
        self._held = True

    def release(self, completed: bool = True, measured: bool = True) -> None:
        """Give the places back; again does nothing.

        ``measured=False`` is for work that turned out to say nothing of how long an article takes.
        """
        with self._lock:
            held, self._held = self._held, False
        if held:
            since = self._since if self._measured and measured else None
            self._admission.give_back(self._places, self._articles, completed, since)

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release(completed=kind is None)
