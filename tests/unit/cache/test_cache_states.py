"""The SQLite cache against a dictionary, in whatever order hypothesis finds."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from pathlib import Path

from cache_fakes import HandClock, key
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from service.cache.key import CacheKey
from service.cache.memory import OVERHEAD
from service.cache.protocol import MISS
from service.cache.sqlite import SQLiteCache

TTL = 100.0
CAP = 6 * (OVERHEAD + 40)

names = st.sampled_from("abcdefghij")
steps = st.sampled_from(["summarise", "translate"])
models = st.sampled_from(["petit", "grand"])
values = st.integers(0, 60).map(lambda size: b'"' + b"x" * size + b'"')


class CacheStates(RuleBasedStateMachine):
    """The model keeps what was put in the order of use, with the time of writing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.known: OrderedDict[str, tuple[CacheKey, bytes, float]] = OrderedDict()
        self.open()

    def open(self) -> None:
        path = Path(self.folder.name) / "cache.sqlite"
        self.cache = SQLiteCache(path, max_bytes=CAP, ttl=TTL, clock=self.clock)

    def drop_expired(self) -> None:
        for digest, (_, _, created) in list(self.known.items()):
            if created <= self.clock.now - TTL:
                del self.known[digest]

    @rule(name=names, step=steps, model=models, value=values)
    def put(self, name: str, step: str, model: str, value: bytes) -> None:
        one = key(name, step, model)
        assert self.cache.put(one, value)
        self.drop_expired()
        self.known.pop(one.digest, None)
        self.known[one.digest] = (one, value, self.clock.now)
        while sum(len(kept) + OVERHEAD for _, kept, _ in self.known.values()) > CAP:
            self.known.popitem(last=False)

    @rule(name=names, step=steps, model=models)
    def get(self, name: str, step: str, model: str) -> None:
        self.drop_expired()
        one = key(name, step, model)
        expected = self.known.get(one.digest)
        assert self.cache.get(one) == (MISS if expected is None else expected[1])
        if expected is not None:
            self.known.move_to_end(one.digest)

    @rule(name=names, step=steps, model=models)
    def delete(self, name: str, step: str, model: str) -> None:
        digest = key(name, step, model).digest
        there = self.cache.delete(digest)
        assert there >= (digest in self.known)  # an expired entry may still have been there
        self.known.pop(digest, None)

    @rule(step=st.none() | steps, model=st.none() | models)
    def prune(self, step: str | None, model: str | None) -> None:
        self.cache.prune(step=step, model=model)
        self.drop_expired()
        for digest, (one, _, _) in list(self.known.items()):
            if (step or model) and step in (None, one.step) and model in (None, *one.models):
                del self.known[digest]
        assert self.cache.stats().entries == len(self.known)

    @rule()
    def clear(self) -> None:
        assert self.cache.clear() >= len(self.known)
        self.known.clear()
        assert self.cache.stats().entries == 0

    @rule(seconds=st.sampled_from([1.0, 40.0, 99.0, 100.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.drop_expired()

    @rule()
    def reopen(self) -> None:
        self.cache.close()
        self.open()

    @precondition(lambda self: self.known)
    @invariant()
    def nothing_more_than_the_cap(self) -> None:
        assert self.cache.stats().bytes <= CAP

    def teardown(self) -> None:
        self.drop_expired()
        for one, value, _ in self.known.values():
            assert self.cache.get(one) == value
        assert self.cache.check().sound
        assert self.cache.counts().dropped_writes == 0
        self.cache.close()
        self.folder.cleanup()


TestCacheStates = CacheStates.TestCase
TestCacheStates.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
