"""Whole replies by their id, over any cache, with the hot ones in memory.

A reply that was asked for lately comes from the memory of this process, without decompression
or a round trip. A deletion, by this process or another one on the same file, empties that memory.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from service.cache.key import CacheKey
from service.cache.protocol import MISS, Cache, Missing

_HOT_BYTES: Final = 32 * 1024 * 1024
_HOT_SECONDS: Final = 10.0


class ReplyStore:
    """Stores the bytes of replies; safe to use from several threads.

    ``hot_bytes`` bounds what is kept in memory (0 keeps nothing); after ``hot_seconds`` of
    ``clock`` (monotonic) a hot reply is read from the cache again, so it may outlive its expiry by
    that long, and its use counts there.
    """

    def __init__(
        self,
        cache: Cache,
        hot_bytes: int = _HOT_BYTES,
        hot_seconds: float = _HOT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache, self._clock = cache, clock
        self._hot_bytes, self._hot_seconds = hot_bytes, hot_seconds
        self._lock = threading.Lock()
        self._hot: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._deletions = cache.deletions

    def put(self, reply_id: str, body: bytes, models: Iterable[str] = (), parts: Iterable[str] = ()) -> bool:
        """Store a reply's JSON; ``False`` if the cache dropped it.

        ``models`` are the ids of the models that it came from, so that it goes when they are
        pruned. ``parts`` are the digests of the entries that it was made from: ``delete`` removes
        them too.
        """
        deletions = self._cache.deletions
        stored = self._cache.put(CacheKey.for_reply(reply_id, models), body)
        kept = sorted(set(parts))
        if stored and kept:
            stored = self._cache.put(CacheKey.for_parts(reply_id), json.dumps(kept).encode())
            if not stored:
                # A reply whose parts cannot be deleted with it must not stay.
                self._cache.delete(CacheKey.for_reply(reply_id).digest)
        if stored:
            self._keep(reply_id, body, deletions)
        return stored

    def get(self, reply_id: str) -> bytes | Missing:
        """The reply as it was stored, or ``MISS``."""
        deletions = self._cache.deletions
        with self._lock:
            if deletions != self._deletions:
                self._forget_all(deletions)
            hot = self._hot.get(reply_id)
            if hot is not None and self._clock() - hot[0] < self._hot_seconds:
                self._hot.move_to_end(reply_id)
                return hot[1]
        body = self._cache.get(CacheKey.for_reply(reply_id))
        if isinstance(body, Missing):
            with self._lock:
                self._forget(reply_id)
            return MISS
        self._keep(reply_id, body, deletions)
        return body

    def delete(self, reply_id: str) -> bool:
        """Remove a reply and the entries that it was made from; whether there was one."""
        parts = CacheKey.for_parts(reply_id)
        listed = self._cache.get(parts, counted=False)
        there = self._cache.delete(CacheKey.for_reply(reply_id).digest)
        if not isinstance(listed, Missing):
            for digest in json.loads(listed):
                self._cache.delete(digest)
            self._cache.delete(parts.digest)
        with self._lock:
            self._forget(reply_id)
        return there

    def _keep(self, reply_id: str, body: bytes, deletions: int) -> None:
        """Keep a reply hot, unless something was deleted since ``deletions`` was read."""
        if len(body) > self._hot_bytes:
            return
        with self._lock:
            if deletions != self._deletions:
                return
            self._forget(reply_id)
            self._hot[reply_id] = (self._clock(), body)
            self._size += len(body)
            while self._size > self._hot_bytes:
                self._forget(next(iter(self._hot)))

    def _forget(self, reply_id: str) -> None:
        hot = self._hot.pop(reply_id, None)
        if hot is not None:
            self._size -= len(hot[1])

    def _forget_all(self, deletions: int) -> None:
        self._hot.clear()
        self._size, self._deletions = 0, deletions
