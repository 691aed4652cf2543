from __future__ import annotations

from pathlib import Path

from cache_fakes import HandClock, key

from service.cache.memory import OVERHEAD, MemoryCache
from service.cache.protocol import MISS
from service.cache.replies import ReplyStore
from service.cache.sqlite import SQLiteCache


def test_a_reply_comes_back_as_the_same_bytes() -> None:
    replies = ReplyStore(MemoryCache())
    assert replies.get("id") is MISS
    assert replies.put("id", b'{"a": 1}')
    assert replies.get("id") == b'{"a": 1}'
    assert ReplyStore(replies._cache).get("id") == b'{"a": 1}'


def test_hot_replies_do_not_ask_the_cache_until_their_time_is_over() -> None:
    cache, clock = MemoryCache(), HandClock()
    replies = ReplyStore(cache, hot_seconds=10, clock=clock)
    replies.put("id", b"1")
    for _ in range(5):
        assert replies.get("id") == b"1"
    assert cache.counts().hits == {}
    clock.now += 10
    assert replies.get("id") == b"1"
    assert cache.counts().hits == {"reply": 1}


def test_the_hot_ones_are_bounded_by_bytes() -> None:
    cache = MemoryCache()
    replies = ReplyStore(cache, hot_bytes=20)
    for name in "abc":
        replies.put(name, b"x" * 10)
    replies.put("large", b"x" * 21)
    assert [replies.get(name) for name in ("b", "c")] == [b"x" * 10] * 2
    assert cache.counts().hits == {}
    assert replies.get("a") == b"x" * 10
    assert replies.get("large") == b"x" * 21
    assert cache.counts().hits == {"reply": 2}


def test_delete_removes_the_reply_and_what_it_was_made_from() -> None:
    cache = MemoryCache()
    replies = ReplyStore(cache)
    cache.put(key("a"), b"1")
    cache.put(key("b"), b"1")
    replies.put("id", b"1", models=["petit"], parts=[key("a").digest])
    assert replies.get("id") == b"1"
    assert replies.delete("id")
    assert replies.get("id") is MISS
    assert cache.get(key("a")) is MISS
    assert cache.get(key("b")) == b"1"
    assert cache.stats().entries == 1
    assert not replies.delete("id")


def test_a_deletion_in_another_process_reaches_the_hot_replies(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    one, other = SQLiteCache(path, max_bytes=10**6), SQLiteCache(path, max_bytes=10**6)
    here, there = ReplyStore(one), ReplyStore(other)
    here.put("id", b"1")
    assert here.get("id") == b"1"
    assert there.delete("id")
    assert here.get("id") is MISS
    one.close()
    other.close()


def test_replies_go_with_the_models_that_made_them() -> None:
    cache = MemoryCache()
    replies = ReplyStore(cache)
    replies.put("id", b"1", models=["petit", "grand"])
    assert cache.prune(model="grand") == 1
    assert replies.get("id") is MISS


def test_a_reply_that_the_cache_drops_is_not_kept_hot_either() -> None:
    replies = ReplyStore(MemoryCache(max_bytes=OVERHEAD))
    assert not replies.put("id", b"1")
    assert replies.get("id") is MISS


def test_a_reply_whose_parts_cannot_be_noted_does_not_stay() -> None:
    replies = ReplyStore(MemoryCache(max_bytes=OVERHEAD + 20))
    assert not replies.put("id", b"1", parts=["ab" * 32])
    assert replies.get("id") is MISS
