"""The shared cache and the leases against a real redis-server, which is killed in the middle."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from redis_server import RedisServer, until
from structlog.testing import capture_logs

from models.contracts import Candidate, ModelIdentity, Reads, SummaryOptions
from models.errors import ModelFailed
from service.cache.flight import Flight
from service.cache.key import CacheKey
from service.cache.leases import LeasedFlight
from service.cache.models import CachedSummariser
from service.cache.protocol import MISS
from service.cache.redis import RedisCache
from service.cache.redis_link import without_password
from service.cache.replies import ReplyStore
from service.errors import DeadlineExceeded
from service.pipeline.brief import RunNotes
from service.queue.ticket import Ticket

MODEL = ModelIdentity("petit", "r1", "ab" * 32, "fake")


def key(name: str, step: str = "summarise", model: str = "petit") -> CacheKey:
    return CacheKey.for_output(step, name, {}, ModelIdentity(model, "r1", "ab" * 32, "fake"))


@pytest.fixture
def make(server: RedisServer) -> Iterator[Callable[..., RedisCache]]:
    opened: list[RedisCache] = []

    def make(timeout: float = 1.0, ttl: float = 0.0) -> RedisCache:
        opened.append(RedisCache(server.url, ttl=ttl, timeout=timeout))
        return opened[-1]

    yield make
    for cache in opened:
        cache.close()


@pytest.fixture
def cache(make: Callable[..., RedisCache]) -> RedisCache:
    return make()


@pytest.fixture
def lease(make: Callable[..., RedisCache]) -> Iterator[Callable[..., LeasedFlight]]:
    flights: list[LeasedFlight] = []

    def lease(seconds: float = 10.0) -> LeasedFlight:
        flights.append(LeasedFlight(make(), seconds))
        return flights[-1]

    yield lease
    for flight in flights:
        flight.close()


def test_values_are_shared_between_replicas(make: Callable[..., RedisCache]) -> None:
    one, other = make(), make()
    long = b'"' + b"mot " * 5000 + b'"'
    assert one.get(key("a")) is MISS
    assert one.put(key("a"), b"null")
    assert one.put(key("b"), long)
    assert (other.get(key("a")), other.get(key("b"))) == (b"null", long)
    assert other.delete(key("a").digest)
    assert not other.delete(key("a").digest)
    assert one.get(key("a")) is MISS
    assert (dict(one.counts().hits), dict(one.counts().misses)) == ({}, {"summarise": 2})
    assert one.check().sound


def test_entries_expire(make: Callable[..., RedisCache], server: RedisServer) -> None:
    cache = make(ttl=100.0)
    cache.put(key("a"), b"1")
    with server.client() as client:
        (name,) = client.keys("breve:1:entry:*")
        assert 99_000 < int(client.pttl(name)) <= 100_000
        client.pexpire(name, 1)
    until(lambda: cache.get(key("a")) is MISS)


def test_steps_and_models_are_counted_and_pruned_and_other_names_stay(cache: RedisCache, server: RedisServer) -> None:
    with server.client() as client:
        client.set("autre", "x")
        cache.put(key("a", "summarise", "petit"), b"1")
        cache.put(key("a", "translate", "petit"), b"1")
        cache.put(key("a", "translate", "grand"), b"1")
        stats = cache.stats()
        assert (stats.store, stats.entries, stats.note) == ("redis", 3, "")
        assert stats.entries_by_step == {"summarise": 1, "translate": 2}
        assert stats.entries_by_model == {"petit": 2, "grand": 1}
        assert cache.prune() == 0
        assert cache.prune(step="translate", model="petit") == 1
        assert cache.prune(model="grand") == 1
        assert cache.clear() == 1
        assert client.get("autre") == b"x"


def test_a_changed_entry_is_a_miss_and_check_names_it(cache: RedisCache, server: RedisServer) -> None:
    cache.put(key("a"), b'"texte"')
    cache.put(key("b"), b"[1")
    with server.client() as client:
        name = f"breve:1:entry:{key('a').digest}"
        client.setrange(name, int(client.strlen(name)) - 3, "X")
    assert cache.get(key("a")) is MISS
    assert sorted(cache.check().findings) == sorted(
        [f"entry {key('a').digest} does not match its checksum", f"entry {key('b').digest} is not JSON"]
    )
    assert cache.healthy


def test_a_deletion_reaches_the_hot_replies_of_another_replica(make: Callable[..., RedisCache]) -> None:
    here, there = ReplyStore(make()), ReplyStore(make())
    here.put("id", b"1")
    assert here.get("id") == b"1"
    assert there.delete("id")
    until(lambda: here.get("id") is MISS)


def test_when_redis_is_killed_the_service_goes_on_as_without_a_cache(cache: RedisCache, server: RedisServer) -> None:
    cache.put(key("a"), b"1")
    before = cache.deletions
    server.kill()
    with capture_logs() as logs:
        assert cache.get(key("a")) is MISS
        assert not cache.healthy
        assert not cache.put(key("a"), b"1")
        assert not cache.delete(key("b").digest)
        assert (cache.stats().entries, cache.stats().note) == (0, "Redis does not answer")
        assert not cache.check().sound
        assert (cache.prune(model="petit"), cache.clear()) == (0, 0)
        assert cache.deletions >= before
    assert [log["event"] for log in logs if log["log_level"] == "warning"] == ["redis_away"]
    counts = cache.counts()
    assert (counts.failed_reads, counts.dropped_writes) == (1, 1)
    server.start()
    until(lambda: cache.healthy)
    assert cache.put(key("a"), b"2")
    assert cache.get(key("a")) == b"2"


def test_while_redis_hangs_one_request_waits_for_the_timeout_and_no_other(
    make: Callable[..., RedisCache], server: RedisServer
) -> None:
    cache = make(timeout=0.05)
    cache.put(key("a"), b"1")
    server.pause(True)
    assert cache.get(key("a")) is MISS
    started = time.perf_counter()
    assert all(cache.get(key("a")) is MISS for _ in range(1000))
    assert time.perf_counter() - started < 0.5  # a thousand timeouts would be 50 s
    server.pause(False)
    until(lambda: cache.healthy)
    assert cache.get(key("a")) == b"1"


def test_what_was_deleted_while_redis_was_away_is_hidden_and_then_removed(
    make: Callable[..., RedisCache], server: RedisServer
) -> None:
    cache, other = make(timeout=0.05), make()
    cache.put(key("a"), b"1")
    server.pause(True)
    assert not cache.delete(key("a").digest)
    server.pause(False)
    until(lambda: other.get(key("a")) is MISS)
    until(lambda: cache.healthy)
    assert cache.put(key("a"), b"2")
    assert cache.get(key("a")) == b"2"


def test_a_redis_that_refuses_a_write_is_not_away(cache: RedisCache, server: RedisServer) -> None:
    with server.client() as client:
        client.config_set("maxmemory", "1")
        assert not cache.put(key("a"), b"1")
        assert cache.healthy
        client.config_set("maxmemory", "0")
    assert cache.put(key("a"), b"1")


def test_a_redis_that_was_never_there_is_no_error() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://127.0.0.1:{probe.getsockname()[1]}/0")
        assert cache.get(key("a")) is MISS
        assert not cache.healthy
        cache.close()


def test_another_scheme_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="redis"):
        RedisCache("http://127.0.0.1")


def test_the_password_is_not_shown() -> None:
    assert without_password("redis://moi:secret@cache:6379/0") == "redis://moi:***@cache:6379/0"
    assert without_password("rediss://:secret@cache") == "rediss://:***@cache"
    assert without_password("redis://cache:6379/0") == "redis://cache:6379/0"


class Summing:
    """A summariser that records its calls and can be held up."""

    identity = MODEL
    window = 1000
    reads: Reads = "article"

    def __init__(self, fault: Exception | None = None, held: bool = False) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.started, self.go = threading.Event(), threading.Event()
        self._fault = fault
        if not held:
            self.go.set()

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def summarise(self, texts: Sequence[str], options: SummaryOptions) -> list[list[Candidate]]:
        self.calls.append(tuple(texts))
        self.started.set()
        assert self.go.wait(20)
        if self._fault is not None:
            raise self._fault
        return [[Candidate(f"bref : {text}", -0.5)] for text in texts]


def ask(flight: LeasedFlight, engine: Summing, *texts: str, ticket: Ticket | None = None) -> Callable[[], object]:
    """Ask in a thread, as one replica's request; the returned function gives the briefs or the error."""
    outcome: list[object] = []
    shared: Flight = flight

    def work() -> None:
        model = CachedSummariser(engine, flight.cache, shared, RunNotes(), "use", ticket or Ticket())
        try:
            outcome.append([one[0].text for one in model.summarise(texts, SummaryOptions())])
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()

    def end() -> object:
        thread.join(20)
        return outcome[0]

    return end


def test_two_replicas_compute_the_same_article_once(lease: Callable[..., LeasedFlight]) -> None:
    here, there = lease(), lease()
    first, second = Summing(held=True), Summing()
    leader = ask(here, first, "a", "b")
    assert first.started.wait(10)
    followers = [ask(there, second, "b", "c") for _ in range(2)]
    until(lambda: bool(second.calls))
    first.go.set()
    assert leader() == ["bref : a", "bref : b"]
    assert [end() for end in followers] == [["bref : b", "bref : c"]] * 2
    assert (first.calls, second.calls) == ([("a", "b")], [("c",)])


def test_no_lease_is_left_behind(lease: Callable[..., LeasedFlight], server: RedisServer) -> None:
    flight = lease()
    assert ask(flight, Summing(), "a", "b")() == ["bref : a", "bref : b"]
    assert isinstance(ask(flight, Summing(ModelFailed("panne")), "c")(), ModelFailed)
    with server.client() as client:
        assert client.keys("breve:1:lease:*") == []


def test_when_the_leading_replica_fails_another_one_computes(lease: Callable[..., LeasedFlight]) -> None:
    first, second = Summing(ModelFailed("panne"), held=True), Summing()
    leader = ask(lease(), first, "a")
    assert first.started.wait(10)
    follower = ask(lease(), second, "a")
    first.go.set()
    assert isinstance(leader(), ModelFailed)
    assert follower() == ["bref : a"]


def test_a_lease_ends_by_itself_when_its_replica_dies(lease: Callable[..., LeasedFlight]) -> None:
    dead, alive = lease(seconds=0.2), lease()
    assert dead.take(key("x")).leads
    dead._closed.set()  # as if the process were gone: nobody renews and nobody gives back
    seat = alive.take(key("x"))
    assert not seat.leads
    assert seat.wait(Ticket.lasting(20)) is None
    assert alive.take(key("x")).leads


def test_a_living_replica_renews_its_lease(lease: Callable[..., LeasedFlight]) -> None:
    holder, other = lease(seconds=0.2), lease()
    seat = holder.take(key("x"))
    with pytest.raises(DeadlineExceeded):
        other.take(key("x")).wait(Ticket.lasting(0.7))
    seat.leave()
    assert other.take(key("x")).leads


def test_a_lease_that_became_anothers_is_not_released(lease: Callable[..., LeasedFlight], server: RedisServer) -> None:
    seat = lease().take(key("x"))
    with server.client() as client:
        (name,) = client.keys("breve:1:lease:*")
        client.set(name, "un autre")
        seat.leave()
        assert client.get(name) == b"un autre"


def test_without_redis_each_replica_computes_once_for_itself(
    lease: Callable[..., LeasedFlight], server: RedisServer
) -> None:
    flight, engine = lease(), Summing(held=True)
    server.kill()
    first = ask(flight, engine, "a")
    assert engine.started.wait(10)
    second = ask(flight, engine, "a")
    until(lambda: any(landing.waiters for landing in flight._local._landings.values()))
    engine.go.set()
    assert (first(), second()) == (["bref : a"], ["bref : a"])
    assert engine.calls == [("a",)]


def test_followers_of_a_replica_go_on_when_redis_is_killed(
    lease: Callable[..., LeasedFlight], server: RedisServer
) -> None:
    first, second = Summing(held=True), Summing()
    leader = ask(lease(), first, "a")
    assert first.started.wait(10)
    follower = ask(lease(), second, "a")
    server.kill()
    assert follower() == ["bref : a"]
    first.go.set()
    assert leader() == ["bref : a"]
