"""What every cache does, in memory and in SQLite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cache_fakes import HandClock, key

from service.cache.memory import OVERHEAD, MemoryCache
from service.cache.protocol import MISS, Cache
from service.cache.sqlite import SQLiteCache

Make = Callable[..., Cache]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Make]:
    opened: list[Cache] = []

    def make(max_bytes: int = 10**6, ttl: float = 0.0) -> Cache:
        cache: Cache
        if request.param == "memory":
            cache = MemoryCache(max_bytes, ttl, clock)
        else:
            cache = SQLiteCache(tmp_path / "cache.sqlite", max_bytes=max_bytes, ttl=ttl, clock=clock)
        opened.append(cache)
        return cache

    yield make
    for cache in opened:
        cache.close()


def test_a_value_comes_back_as_it_was_put_and_an_absent_one_is_a_miss(make: Make) -> None:
    cache = make()
    assert cache.get(key("a")) is MISS
    assert cache.put(key("a"), b"null")
    assert cache.get(key("a")) == b"null"
    assert cache.put(key("a"), b"[2]")
    assert cache.get(key("a")) == b"[2]"


def test_a_long_value_comes_back_whole(make: Make) -> None:
    cache, value = make(), b'"' + "où ça ? ".encode() * 5000 + b'"'
    cache.put(key("a"), value)
    assert cache.get(key("a")) == value
    assert cache.check().sound


def test_delete_tells_whether_there_was_an_entry_and_changes_deletions(make: Make) -> None:
    cache = make()
    cache.put(key("a"), b"1")
    before = cache.deletions
    assert cache.delete(key("a").digest)
    assert cache.deletions != before
    assert cache.get(key("a")) is MISS
    assert not cache.delete(key("a").digest)


def test_the_least_recently_used_go_at_the_cap(make: Make) -> None:
    cache = make(max_bytes=3 * (OVERHEAD + 1))
    for name in "abc":
        cache.put(key(name), b"1")
    assert cache.get(key("a")) == b"1"
    cache.put(key("d"), b"1")
    assert [cache.get(key(name)) for name in "abcd"] == [b"1", MISS, b"1", b"1"]
    assert cache.counts().evicted == 1
    assert cache.stats().bytes == 3 * (OVERHEAD + 1)


def test_a_value_above_the_cap_is_dropped_and_the_older_one_with_it(make: Make) -> None:
    cache = make(max_bytes=OVERHEAD + 10)
    assert cache.put(key("a"), b"1")
    assert not cache.put(key("a"), b"1" * 11)
    assert cache.get(key("a")) is MISS
    assert cache.counts().dropped_writes == 1


def test_entries_expire_by_the_clock(make: Make, clock: HandClock) -> None:
    cache = make(ttl=10)
    cache.put(key("a"), b"1")
    clock.now += 9
    assert cache.get(key("a")) == b"1"
    clock.now += 1
    assert cache.get(key("a")) is MISS
    assert cache.counts().expired >= 1


def test_a_clock_set_back_loses_nothing(make: Make, clock: HandClock) -> None:
    cache = make(ttl=10)
    cache.put(key("a"), b"1")
    clock.now -= 10_000
    assert cache.get(key("a")) == b"1"
    cache.put(key("b"), b"2")
    assert cache.get(key("b")) == b"2"


def test_prune_removes_what_expired(make: Make, clock: HandClock) -> None:
    cache = make(ttl=10)
    cache.put(key("old"), b"1")
    clock.now += 5
    cache.put(key("new"), b"1")
    clock.now += 5
    assert cache.prune() == 1
    assert cache.stats().entries == 1
    assert cache.prune() == 0


def test_prune_removes_a_step_or_a_model(make: Make) -> None:
    cache = make()
    cache.put(key("a", "summarise", "petit"), b"1")
    cache.put(key("a", "translate", "petit"), b"1")
    cache.put(key("a", "translate", "grand"), b"1")
    assert cache.stats().entries_by_step == {"summarise": 1, "translate": 2}
    assert cache.stats().entries_by_model == {"petit": 2, "grand": 1}
    assert cache.prune(step="translate", model="petit") == 1
    assert cache.prune(model="grand") == 1
    assert cache.prune(model="inconnu") == 0
    assert cache.stats().entries_by_step == {"summarise": 1}
    assert cache.prune(step="summarise") == 1


def test_clear_removes_everything(make: Make) -> None:
    cache = make()
    for name in "abc":
        cache.put(key(name), b"1")
    before = cache.deletions
    assert cache.clear() == 3
    assert cache.deletions != before
    assert (cache.stats().entries, cache.stats().bytes) == (0, 0)
    assert cache.put(key("a"), b"2")


def test_hits_and_misses_are_counted_by_step(make: Make) -> None:
    cache = make()
    cache.put(key("a", "translate"), b"1")
    cache.get(key("a", "translate"))
    cache.get(key("b", "translate"))
    cache.get(key("b", "summarise"), counted=False)
    counts = cache.counts()
    assert (dict(counts.hits), dict(counts.misses), counts.writes) == ({"translate": 1}, {"translate": 1}, 1)


def test_check_names_what_is_not_json(make: Make) -> None:
    cache = make()
    cache.put(key("a"), b"[1]")
    assert cache.check().sound
    cache.put(key("b"), b"[1")
    assert cache.check().findings == (f"entry {key('b').digest} is not JSON",)


def test_after_closing_reads_miss_and_writes_are_dropped(make: Make) -> None:
    cache = make()
    cache.put(key("a"), b"1")
    cache.close()
    assert cache.get(key("a")) is MISS
    assert not cache.put(key("a"), b"1")
    assert not cache.delete(key("a").digest)


def test_many_threads_read_and_write_at_once(make: Make) -> None:
    cache = make(max_bytes=60 * (OVERHEAD + 2))
    wrong: list[object] = []

    def work(offset: int) -> None:
        for number in range(60):
            name = str((number * 7 + offset) % 40)
            cache.put(key(name), f"{name}".encode())
            value = cache.get(key(name))
            if value is not MISS and value != name.encode():
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert cache.check().sound
    assert cache.counts().dropped_writes == 0
