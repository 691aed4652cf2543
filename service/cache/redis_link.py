"""The way to a Redis that may be away: cache, leases, jobs and rates go through it.

The first operation that fails marks Redis as away. From then on every question is answered by its
default, at once, while a thread asks with growing pauses whether it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

T = TypeVar("T")
D = TypeVar("D")

#: Part of every name in Redis: raise the number when the form of entries changes.
PREFIX: Final = "breve:1:"
#: Seconds that one operation may take.
TIMEOUT: Final = 0.25

_log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0


class RedisLink:
    """One Redis; safe to use from several threads.

    ``timeout`` is how long, in seconds, one operation may take; ``on_back`` is called, in a thread of
    this module, when Redis answers again. A URL of another scheme raises ``ValueError``.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, on_back: Callable[[], object] | None = None) -> None:
        self.place, self.url = without_password(url), url
        # One new attempt, for connections that Redis closed while they were idle; never after a timeout.
        once = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self.client = redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=once)
        self._on_back = on_back
        self._lock = threading.Lock()
        self._keeper: threading.Thread | None = None  # there while Redis is away
        self._closed = threading.Event()

    @property
    def healthy(self) -> bool:
        """Whether Redis answered last; known without asking it."""
        return self._keeper is None and not self._closed.is_set()

    def ask(self, question: Callable[..., T], default: D, *arguments: object) -> T | D:
        """``question(client, *arguments)``, or ``default``, at once while Redis is known to be away.

        Never raises for Redis. A refusal, such as one for want of memory, gives the default too.
        """
        if not self.healthy:
            return default
        try:
            return question(self.client, *arguments)
        except redis.ResponseError as error:
            _log.debug("redis_refused", place=self.place, error=str(error))
        except (redis.RedisError, OSError) as error:
            self._note_away(error)
        return default

    def close(self) -> None:
        """Stop asking and close the connections."""
        with self._lock:
            self._closed.set()
            keeper = self._keeper
        if keeper is not None:
            keeper.join()
        self.client.close()

    def _note_away(self, error: Exception) -> None:
        with self._lock:
            if not self.healthy:
                return
            self._keeper = threading.Thread(target=self._wait_for_it, name="breve-redis", daemon=True)
            self._keeper.start()
        _log.warning("redis_away", place=self.place, error=str(error))

    def _wait_for_it(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closed.wait(pause):
            pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                self.client.ping()
            except (redis.RedisError, OSError):
                continue
            with self._lock:
                self._keeper = None
            _log.info("redis_back", place=self.place)
            if self._on_back is not None:
                self._on_back()
            return


def without_password(url: str) -> str:
    """The URL for logs and statistics."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{parts.username or ''}:***@{place}", parts.path, parts.query, parts.fragment))
