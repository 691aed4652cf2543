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

#: What each completed article leaves of the older ones' weight in the measured rate.
_MEMORY: Final = 0.9
_LONGEST_RETRY: Final = 600
#: So many articles must have been completed before the measured rate refuses anybody.
_MEASURED: Final = 8


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
    ``expected_seconds`` per article stands in for the service rate until one was measured.
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
        self._busy_since = 0.0
        # Both fade by _MEMORY with each article, so their quotient is a moving average.
        self._seconds, self._articles = expected_seconds, 1.0
        self._accepted = self._completed = self._overloaded = self._refused_draining = 0

    def place(self, articles: int = 1, measured: bool = True, within: float = math.inf) -> Place:
        """Take a place for each article; give them back with ``release`` or by leaving the ``with`` block.

        A group larger than all places counts as all of them; ``measured=False`` is for work that
        says nothing of how long an article takes; work that has to be done ``within`` so many seconds is
        refused when half of the places are taken and will take longer. Raises ``Overloaded`` with the
        seconds after which the articles of now will be done, and ``ShuttingDown``.
        """
        wanted = min(max(1, articles), self._places)
        with self._changed:
            self._check_room(wanted, articles, within)
            if self._taken == 0:
                self._busy_since = self._clock()
            self._taken += wanted
            self._accepted += articles
        return Place(self, wanted, articles, measured)

    def check_room(self) -> None:
        """Refuse as ``place`` would, and count it, but take nothing. Raises ``Overloaded`` and ``ShuttingDown``."""
        with self._changed:
            self._check_room(1, 1, math.inf)

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
                seconds_per_article=self._seconds / self._articles,
                accepted=self._accepted,
                completed=self._completed,
                overloaded=self._overloaded,
                draining=self._refused_draining,
            )

    def give_back(self, places: int, articles: int, completed: bool, measured: bool) -> None:
        """Free places; completed articles also tell how fast they are served."""
        with self._changed:
            self._taken -= places
            self._completed += articles if completed else 0
            if completed and measured:
                now = self._clock()
                for seconds in (now - self._busy_since, *(0.0 for _ in range(articles - 1))):
                    self._seconds = self._seconds * _MEMORY + max(0.0, seconds)
                    self._articles = self._articles * _MEMORY + 1.0
                self._busy_since = now
            self._changed.notify_all()

    def _check_room(self, wanted: int, articles: int, within: float) -> None:
        if self._draining:
            self._refused_draining += articles
            raise ShuttingDown("the server is shutting down and takes no new work")
        if self._taken + wanted > self._places:
            self._overloaded += articles
            raise Overloaded("every waiting place is taken", self._retry_after())
        crowded = 2 * self._taken >= self._places and self._completed >= _MEASURED
        if crowded and self._taken * self._seconds / self._articles > within:
            # Taken now, it would wait until its time is over, and be computed for nobody.
            self._overloaded += articles
            raise Overloaded("the articles that wait will take longer than this request may", self._retry_after())

    def _retry_after(self) -> int:
        waiting = max(1, self._taken - self._workers)
        return max(1, min(_LONGEST_RETRY, math.ceil(waiting * self._seconds / self._articles)))


class Place:
    """Places taken by one request. Leaving its ``with`` block by an exception gives no measurement."""

    def __init__(self, admission: Admission, places: int, articles: int, measured: bool) -> None:
        self._admission, self._places, self._articles, self._measured = admission, places, articles, measured
        self._lock = threading.Lock()
        self._held = True

    def release(self, completed: bool = True) -> None:
        """Give the places back; again does nothing."""
        with self._lock:
            held, self._held = self._held, False
        if held:
            self._admission.give_back(self._places, self._articles, completed, self._measured)

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release(completed=kind is None)
