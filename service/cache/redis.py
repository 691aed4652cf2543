"""The cache in Redis, shared by the replicas of a service.

When Redis is away the service goes on as without a cache: reads are misses and writes are dropped at
once until it is back (``RedisLink``). Size is bounded by Redis's own ``maxmemory`` and its eviction
policy.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import structlog

from service.cache.key import CacheKey
from service.cache.memory import is_json
from service.cache.protocol import MISS, CacheCounts, CacheStats, CheckReport, Missing, Tally
from service.cache.redis_link import PREFIX, TIMEOUT, RedisLink
from service.cache.stored_value import DamagedValue, StoredValue, pack, unpack, verify

T = TypeVar("T")
D = TypeVar("D")

_log = structlog.get_logger(__name__)

#: Seconds for which another replica's deletion may go unseen by this one's hot replies.
_DELETIONS_FOR: Final = 0.5


class RedisCache:
    """The ``Cache`` Protocol over one Redis.

    ``ttl`` is in seconds of Redis's own clock (0 is for ever); ``timeout`` is how long, in
    seconds, one operation may take. Nothing is raised when Redis cannot be reached; a URL of
    another scheme raises ``ValueError``.
    """

    def __init__(self, url: str, *, ttl: float = 0.0, timeout: float = TIMEOUT, prefix: str = PREFIX) -> None:
        self._link = RedisLink(url, timeout, on_back=self._settle_owed)
        self._place, self._ttl, self._prefix = self._link.place, ttl, prefix
        self._tally = Tally()
        self._lock = threading.Lock()
        self._owed: set[str] = set()  # digests whose deletion Redis has not confirmed
        self._deletions, self._deletions_until = 0, 0.0

    @property
    def healthy(self) -> bool:
        """Whether Redis answered last; known without asking it."""
        return self._link.healthy

    @property
    def deletions(self) -> int:
        """A number in Redis that each deletion raises, asked for every half second at most."""
        now = time.monotonic()
        if now >= self._deletions_until:
            self._deletions_until = now + _DELETIONS_FOR
            value = self.ask(lambda client: client.get(self._prefix + "deletions"), MISS)
            if not isinstance(value, Missing):
                self._deletions = int(value or 0)
        return self._deletions + len(self._owed)

    def get(self, key: CacheKey, *, counted: bool = True) -> bytes | Missing:
        """The stored value, or ``MISS``."""
        raw = self.ask(lambda client: client.get(self._name(key.digest)), MISS)
        value: bytes | Missing = MISS
        if isinstance(raw, Missing):
            self._tally.event("failed_reads")
        elif raw is not None and key.digest not in self._owed:
            try:
                value = _parse(key.digest, raw)[1]
            except DamagedValue:
                _log.warning("cache_entry_damaged", place=self._place, key=key.digest)
                self._tally.event("failed_reads")
        if counted:
            (self._tally.miss if isinstance(value, Missing) else self._tally.hit)(key.step)
        return value

    def put(self, key: CacheKey, value: bytes) -> bool:
        """Store a value, for ``ttl`` seconds."""
        raw = _form(key, value)
        milliseconds = max(1, round(self._ttl * 1000)) if self._ttl > 0 else None
        self._settle_owed()
        stored = key.digest not in self._owed and bool(
            self.ask(lambda client: client.set(self._name(key.digest), raw, px=milliseconds), False)
        )
        self._tally.event("writes" if stored else "dropped_writes")
        return stored

    def delete(self, digest: str) -> bool:
        """Remove one entry; whether there was one. While Redis is away it is hidden, and removed later."""
        with self._lock:
            self._owed.add(digest)
        return digest in self._settle_owed()

    def stats(self) -> CacheStats:
        """What the cache holds, by walking over all its names; zeros when Redis is away."""
        steps: Counter[str] = Counter()
        models: Counter[str] = Counter()
        size = 0
        for _, header, length in self._walk():
            steps[header["step"]] += 1
            models.update(header["models"])
            size += length
        return CacheStats(
            store="redis",
            place=self._place,
            entries=steps.total(),
            bytes=size,
            max_bytes=0,
            entries_by_step=dict(steps),
            entries_by_model=dict(models),
            counts=self._tally.counts(),
            note="" if self.healthy else "Redis does not answer",
        )

    def check(self) -> CheckReport:
        """Every checksum, and every value as JSON."""
        findings, number = [], 0
        for name in self._names():
            raw = self.ask(lambda client, name: client.get(name), None, name)
            if raw is None:
                continue
            number += 1
            digest = name.decode().rpartition(":")[2]
            try:
                if not is_json(_parse(digest, raw)[1]):
                    findings.append(f"entry {digest} is not JSON")
            except DamagedValue:
                findings.append(f"entry {digest} does not match its checksum")
        if not self.healthy:
            findings.append("Redis does not answer")
        return CheckReport(number, tuple(findings))

    def prune(self, *, step: str | None = None, model: str | None = None) -> int:
        """Remove the entries of a step and model; Redis removes expired ones by itself."""
        if step is None and model is None:
            return 0
        return self._remove_all(
            name
            for name, header, _ in self._walk()
            if step in (None, header["step"]) and (model is None or model in header["models"])
        )

    def clear(self) -> int:
        """Remove every entry of this product; other names in the same Redis stay."""
        return self._remove_all(self._names())

    def counts(self) -> CacheCounts:
        """The counts since opening."""
        return self._tally.counts()

    def close(self) -> None:
        """Stop asking and close the connections."""
        self._link.close()

    def ask(self, question: Callable[..., T], default: D, *arguments: object) -> T | D:
        """As ``RedisLink.ask``."""
        return self._link.ask(question, default, *arguments)

    def _settle_owed(self) -> set[str]:
        """Carry out the deletions that are owed; the digests that were there."""
        with self._lock:
            owed = list(self._owed)
        if not owed:
            return set()
        removed = self.ask(self._remove, None, [self._name(digest) for digest in owed])
        if removed is None:
            return set()
        with self._lock:
            self._owed.difference_update(owed)
        return {digest for digest, number in zip(owed, removed, strict=True) if number}

    def _remove(self, client: Any, names: Sequence[str | bytes]) -> list[int]:
        """Delete entries and tell every replica, in one step."""
        with client.pipeline(transaction=True) as pipeline:
            for name in names:
                pipeline.delete(name)
            pipeline.incr(self._prefix + "deletions")
            removed = pipeline.execute()
        self._deletions_until = 0.0
        return [int(number) for number in removed[:-1]]

    def _remove_all(self, names: Iterable[bytes]) -> int:
        nothing: list[int] = []
        return sum(self.ask(self._remove, nothing, list(names)))

    def _names(self) -> Iterator[bytes]:
        cursor = 0
        while True:
            page = self.ask(
                lambda client, start: client.scan(start, match=self._prefix + "entry:*", count=500), None, cursor
            )
            if page is None:
                return
            cursor, names = page
            yield from names
            if cursor == 0:
                return

    def _walk(self) -> Iterator[tuple[bytes, dict[str, Any], int]]:
        """Name, header and length of each entry; those that cannot be read are left out."""
        for name in self._names():
            start, length = self.ask(_first_bytes, (b"", 0), name)
            try:
                yield name, _header(start)[0], length
            except DamagedValue:
                continue

    def _name(self, digest: str) -> str:
        return f"{self._prefix}entry:{digest}"


def _first_bytes(client: Any, name: bytes) -> tuple[bytes, int]:
    with client.pipeline(transaction=False) as pipeline:
        start, length = pipeline.getrange(name, 0, 1023).strlen(name).execute()
    return start, length


def _form(key: CacheKey, value: bytes) -> bytes:
    """An entry as one string: a line of JSON with tags and checksum, then the payload."""
    stored = pack(key.digest, value)
    header = {"step": key.step, "models": key.models, "codec": stored.codec, "checksum": stored.checksum}
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + stored.payload


def _header(raw: bytes) -> tuple[dict[str, Any], bytes]:
    first, line_end, rest = raw.partition(b"\n")
    try:
        header = json.loads(first)
    except ValueError as error:
        raise DamagedValue("header") from error
    if not line_end or not isinstance(header, dict) or not {"step", "models", "codec", "checksum"} <= header.keys():
        raise DamagedValue("header")
    return header, rest


def _parse(digest: str, raw: bytes) -> tuple[dict[str, Any], bytes]:
    header, payload = _header(raw)
    stored = StoredValue(header["codec"], header["checksum"], payload)
    verify(digest, stored)
    return header, unpack(stored)
