"""The time of day is moved forwards and back by hours under a running service: nothing is lost, nothing hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from api_server import wait_until
from fake_product import WAITS, FakeRuntime
from redis_server import RedisServer
from starlette.testclient import TestClient

from models.contracts import ModelIdentity
from service.app import create_app
from service.cache.key import CacheKey
from service.cache.leases import LeasedFlight
from service.cache.protocol import Missing
from service.cache.redis import RedisCache
from service.cache.replies import ReplyStore
from service.clock import SteadyClock
from service.http.keys import add_key
from service.queue.ticket import Ticket
from service.settings import Settings
from service.wiring import open_shared_cache

ARTICLE = {"text": "Le conseil a voté."}
ENDLESS = {"text": f"{WAITS}. Fin."}
ASYNC = {"Prefer": "respond-async"}
HOUR = 3600.0
#: Where the clock stands one after the other, in hours from the true time.
MOVES = (5.0, -5.0, 500.0, -500.0, 0.0)


class TimeOfDay:
    """The wall clock of this process, with whatever libraries read it."""

    def __init__(self, true: Callable[[], float]) -> None:
        self._true = true
        self.moved = 0.0

    def __call__(self) -> float:
        return self._true() + self.moved * HOUR


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> TimeOfDay:
    moved = TimeOfDay(time.time)
    monkeypatch.setattr(time, "time", moved)
    return moved


class StoringRuntime(FakeRuntime):
    """The fake models before the product's own store of replies."""

    def build(self, settings: Settings, phase: Callable[[str], None]) -> StoringRuntime:
        self._cache, _ = open_shared_cache(settings)
        self._store = ReplyStore(self._cache, hot_seconds=0)
        return self

    def get_reply(self, id: str) -> bytes | None:
        body = self._store.get(id)
        return None if isinstance(body, Missing) else body

    def put_reply(self, id: str, body: bytes, parts: Iterable[str] = ()) -> None:
        self._store.put(id, body, ("fake",), parts)

    def close(self) -> None:
        self._cache.close()


class Opened:
    """A started service, and what its clients have of it."""

    def __init__(self, client: TestClient, runtime: StoringRuntime, key: str) -> None:
        self.client, self.runtime = client, runtime
        self.key = {"Authorization": f"Bearer {key}"}

    def ask(self, body: dict[str, str], **headers: str) -> tuple[int, bytes, str]:
        reply = self.client.post("/v1/briefs", json=body, headers={**self.key, **headers})
        return reply.status_code, reply.content, reply.headers.get("Cache-Status", "")

    def begin_job(self, body: dict[str, str]) -> str:
        return str(self.client.post("/v1/briefs", json=body, headers={**self.key, **ASYNC}).headers["Location"])

    def state(self, where: str) -> str:
        reply = self.client.get(where, headers=self.key)
        return str(reply.json().get("state", reply.json().get("code")))


@pytest.fixture
def start(
    quiet: None, make_settings: Callable[..., Settings], wall: TimeOfDay, tmp_path: Path
) -> Iterator[Callable[[], Opened]]:
    """A function that starts the service on the same files; the one before is stopped."""
    key, running = add_key(tmp_path / "keys.json", "journal"), ExitStack()

    def begin() -> Opened:
        running.close()
        runtime = StoringRuntime()
        running.callback(runtime.briefer.gate.set)
        app = create_app(make_settings(cache_ttl=HOUR, job_ttl=HOUR, rate_limit="1000/hour"), runtime.build)
        client = running.enter_context(TestClient(app, raise_server_exceptions=False))
        wait_until(lambda: client.get("/readyz").status_code == 200)
        return Opened(client, runtime, key)

    yield begin
    running.close()


def test_a_running_service_does_not_notice_that_the_clock_was_moved(
    start: Callable[[], Opened], wall: TimeOfDay, tmp_path: Path
) -> None:
    small = {"Authorization": f"Bearer {add_key(tmp_path / 'keys.json', 'small', '40/hour')}"}
    opened = start()
    _, brief, _ = opened.ask(ARTICLE)
    ended, running = opened.begin_job({"text": "Un autre."}), opened.begin_job(ENDLESS)
    wait_until(lambda: (opened.state(ended), opened.state(running)) == ("succeeded", "running"))
    replies: list[int] = []
    patient = threading.Thread(target=lambda: replies.append(opened.ask({"text": f"{WAITS} aussi."})[0]))
    patient.start()
    wait_until(lambda: len(opened.runtime.briefer.tickets) == 4)
    for text in ("Dix-huit lettres.", "Dix-huit lettres !"):
        assert opened.client.post("/v1/briefs", json={"text": text}, headers=small).status_code == 200
    for number, hours in enumerate(MOVES):
        wall.moved = hours
        started = time.monotonic()
        assert opened.ask(ARTICLE) == (200, brief, "Breve; hit")
        assert (opened.state(ended), opened.state(running)) == ("succeeded", "running")
        assert opened.ask({"text": f"Il fait {number} degrés."})[::2] == (200, "Breve; fwd=miss; stored")
        # The patient one's article needs no place of its own: nothing but its time ends this request.
        assert opened.ask({"text": f"{WAITS} aussi."}, **{"X-Request-Timeout": "0.05"})[0] == 504
        refused = opened.client.post("/v1/briefs", json={"text": "Dix-huit lettres ?"}, headers=small)
        assert refused.json()["code"] == "rate_limited"
        assert 1 <= int(refused.headers["Retry-After"]) <= 2 * HOUR
        assert opened.client.get("/readyz").status_code == 200
        assert replies == []
        assert time.monotonic() - started < 30
    opened.runtime.briefer.gate.set()
    patient.join(20)
    assert replies == [200]
    wait_until(lambda: opened.state(running) == "succeeded")


def test_a_clock_that_was_set_back_before_a_restart_loses_nothing(start: Callable[[], Opened], wall: TimeOfDay) -> None:
    first = start()
    _, brief, _ = first.ask(ARTICLE)
    job = first.begin_job({"text": "Un autre."})
    wait_until(lambda: first.state(job) == "succeeded")
    wall.moved = -5
    second = start()
    assert second.ask(ARTICLE) == (200, brief, "Breve; hit")
    assert second.state(job) == "succeeded"


def test_a_clock_that_was_set_forward_before_a_restart_ends_what_is_over_by_it_and_no_more(
    start: Callable[[], Opened], wall: TimeOfDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.app.DRAIN_SECONDS", 0.05)
    monkeypatch.setattr("service.http.jobs.CLOSE_SECONDS", 0.05)
    first = start()
    first.ask(ARTICLE)
    ended, open_job = first.begin_job({"text": "Un autre."}), first.begin_job({"text": "Encore un."})
    wait_until(lambda: {first.state(ended), first.state(open_job)} == {"succeeded"})
    waiting = first.begin_job(ENDLESS)
    wait_until(lambda: first.state(waiting) == "running")
    first.client.app.state.service.jobs.stop()  # type: ignore[attr-defined]
    wall.moved = 5
    second = start()
    # Its hour is over by the only clock that both processes have: computed again, and the job forgotten.
    assert second.ask(ARTICLE)[::2] == (200, "Breve; fwd=miss; stored")
    assert second.state(ended) == "job_not_found"
    second.runtime.briefer.gate.set()
    wait_until(lambda: second.state(waiting) == "succeeded")


def test_leases_and_the_shared_cache_do_not_heed_the_clock(server: RedisServer, wall: TimeOfDay) -> None:
    key = CacheKey.for_output("summarise", "a", {}, ModelIdentity("petit", "r1", "ab" * 32, "fake"))
    caches = RedisCache(server.url, ttl=HOUR, timeout=1.0), RedisCache(server.url, ttl=HOUR, timeout=1.0)
    holder, other = LeasedFlight(caches[0], seconds=0.5), LeasedFlight(caches[1])
    seat = holder.take(key)
    assert seat.leads
    for hours in MOVES:
        wall.moved = hours
        follower = other.take(key)
        assert not follower.leads
        follower.leave()
        assert not isinstance(caches[1].get(key), bytes)
    found: list[bytes | None] = []
    follower = other.take(key)
    thread = threading.Thread(target=lambda: found.append(follower.wait(Ticket.lasting(20))))
    thread.start()
    wall.moved = -7
    caches[0].put(key, b"1")
    seat.land(b"1")
    thread.join(20)
    assert found == [b"1"]
    for flight, cache in zip((holder, other), caches, strict=True):
        flight.close()
        cache.close()


def test_the_steady_clock_goes_on_evenly_from_the_time_at_its_start(wall: TimeOfDay) -> None:
    seconds = [100.0]
    clock = SteadyClock(steady=lambda: seconds[0])
    began = clock()
    assert abs(began - time.time()) < 60
    for hours in MOVES:
        wall.moved = hours
        assert clock() == began
    seconds[0] += 2.5
    assert clock() == began + 2.5
