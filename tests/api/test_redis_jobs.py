"""Jobs and rates that replicas share, over a real redis-server, which is killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from api_server import wait_until
from fake_product import WAITS, FakeRuntime
from redis_server import RedisServer
from starlette.testclient import TestClient

from service.app import create_app
from service.cache.redis_link import RedisLink
from service.errors import Misconfigured, ServiceError
from service.http.keys import add_key
from service.http.schemas import JobReply
from service.queue.redis_jobs import RedisJobs
from service.settings import Settings

ARTICLE = "Le conseil municipal a voté le budget. Il compte 12 millions d'euros."
ASYNC = {"Prefer": "respond-async"}
REQUEST = b'{"text":"Le conseil a vot\xc3\xa9."}'

Open = Callable[..., RedisJobs]


@pytest.fixture
def link(server: RedisServer) -> Iterator[Callable[[], RedisLink]]:
    """A function that connects one more replica."""
    links: list[RedisLink] = []

    def connect() -> RedisLink:
        links.append(RedisLink(server.url, timeout=1.0))
        return links[-1]

    yield connect
    for one in links:
        one.close()


@pytest.fixture
def open_jobs(link: Callable[[], RedisLink]) -> Open:
    """A function that opens one more replica's jobs."""
    return lambda lease=10.0, ttl=60.0: RedisJobs(link(), ttl, lease)


def test_a_job_is_seen_by_every_replica_until_its_end(open_jobs: Open) -> None:
    here, there = open_jobs(), open_jobs()
    job = here.add(REQUEST, "trace-1234")
    assert there.get(job.id) == job
    assert (job.state, job.request, job.request_id) == ("queued", REQUEST, "trace-1234")
    here.start(job.id)
    running = there.get(job.id)
    assert running is not None
    assert (running.state, running.request) == ("running", REQUEST)
    here.succeed(job.id, "abc")
    ended = there.get(job.id)
    assert ended is not None
    assert (ended.state, ended.brief, ended.request) == ("succeeded", "abc", b"")
    assert there.get("unknown") is None


def test_a_failed_job_keeps_its_problem(open_jobs: Open) -> None:
    here, there = open_jobs(), open_jobs()
    job = here.add(REQUEST, "")
    here.fail(job.id, b'{"code":"deadline"}')
    failed = there.get(job.id)
    assert failed is not None
    assert (failed.state, failed.problem, failed.request) == ("failed", b'{"code":"deadline"}', b"")


def test_ended_jobs_go_after_their_time_and_open_ones_stay_longer(open_jobs: Open, server: RedisServer) -> None:
    jobs = open_jobs(ttl=60.0)
    ended, waiting = jobs.add(REQUEST, ""), jobs.add(REQUEST, "")
    jobs.succeed(ended.id, "abc")
    with server.client() as client:
        assert 59_000 < int(client.pttl(f"breve:1:job:{ended.id}")) <= 60_000
        assert int(client.pttl(f"breve:1:job:{waiting.id}")) > 86_000_000
        assert client.zrange("breve:1:jobs", 0, -1) == [waiting.id.encode()]


def test_only_one_replica_works_on_a_job_while_it_lives(open_jobs: Open) -> None:
    here, there = open_jobs(), open_jobs()
    here.add(REQUEST, "")
    assert there.unfinished() == []
    assert here.attend() == ()


def test_the_jobs_of_a_dead_replica_are_taken_up_oldest_first_and_once(open_jobs: Open, server: RedisServer) -> None:
    dead, first, second = open_jobs(lease=0.2), open_jobs(), open_jobs()
    jobs = [dead.add(REQUEST, str(number)) for number in range(3)]
    dead.start(jobs[1].id)
    with server.client() as client:
        wait_until(lambda: client.keys("breve:1:job-lease:*") == [])
    assert first.unfinished() == [jobs[0], replace(jobs[1], state="running"), jobs[2]]
    assert second.unfinished() == []
    # The dead one was only silent: it learns that they are its no longer, and cannot end them.
    assert set(dead.attend()) == {job.id for job in jobs}
    dead.fail(jobs[0].id, b"{}")
    first.succeed(jobs[0].id, "abc")
    ended = second.get(jobs[0].id)
    assert ended is not None
    assert ended.state == "succeeded"


def test_a_replica_that_goes_in_good_order_leaves_its_jobs_at_once(open_jobs: Open) -> None:
    here, there = open_jobs(), open_jobs()
    job = here.add(REQUEST, "")
    here.close()
    assert [taken.id for taken in there.unfinished()] == [job.id]


def test_a_replica_takes_no_more_than_a_handful(open_jobs: Open) -> None:
    here, first, second = open_jobs(), open_jobs(), open_jobs()
    for _ in range(20):
        here.add(REQUEST, "")
    here.close()
    assert (len(first.unfinished()), len(second.unfinished())) == (16, 4)


def test_a_living_replica_keeps_its_lease_by_attending(open_jobs: Open) -> None:
    here, there = open_jobs(lease=0.5), open_jobs()
    here.add(REQUEST, "")
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        assert here.attend() == ()
        assert there.unfinished() == []


def test_a_job_deleted_elsewhere_is_its_holders_no_longer_and_does_not_come_back(open_jobs: Open) -> None:
    here, there = open_jobs(), open_jobs()
    job = here.add(REQUEST, "")
    assert there.delete(job.id)
    assert not there.delete(job.id)
    assert here.get(job.id) is None
    here.start(job.id)
    assert here.attend() == (job.id,)
    assert here.attend() == ()
    here.succeed(job.id, "abc")
    assert (here.get(job.id), there.get(job.id), there.unfinished()) == (None, None, [])


def test_while_redis_is_away_new_jobs_are_refused_and_ends_are_noted_later(
    open_jobs: Open, server: RedisServer
) -> None:
    here, there = open_jobs(), open_jobs()
    ending, lasting = here.add(REQUEST, ""), here.add(REQUEST, "")
    server.kill()
    started = time.monotonic()
    for refused in (lambda: here.add(REQUEST, ""), lambda: there.get(ending.id), lambda: there.delete(ending.id)):
        with pytest.raises(ServiceError, match="Redis"):
            refused()
    with pytest.raises(ServiceError):
        there.unfinished()
    here.succeed(ending.id, "abc")
    here.start(lasting.id)
    assert here.attend() == ()
    mine = here.get(ending.id)
    assert mine is not None
    assert mine.state == "succeeded"
    assert time.monotonic() - started < 10
    assert not here.available
    server.start()  # with nothing of what it had
    wait_until(lambda: here.available and there.available)
    assert here.attend() == ()
    for id, state in ((ending.id, "succeeded"), (lasting.id, "running")):
        again = there.get(id)
        assert again is not None
        assert again.state == state


def test_a_redis_that_refuses_to_store_a_job_makes_it_refused(open_jobs: Open, server: RedisServer) -> None:
    jobs = open_jobs()
    with server.client() as client:
        client.config_set("maxmemory", "1")
        with pytest.raises(ServiceError):
            jobs.add(REQUEST, "")
        client.config_set("maxmemory", "0")
    assert jobs.get(jobs.add(REQUEST, "").id) is not None


# --- through HTTP, with two replicas -------------------------------------------------------------


class Replicas:
    """Two applications on one Redis; the stored replies are one dict for both, as a shared cache."""

    def __init__(self, settings: Settings) -> None:
        self.runtimes = FakeRuntime(), FakeRuntime()
        self.runtimes[1].replies = self.runtimes[0].replies
        self._opened = [ExitStack(), ExitStack()]
        self.clients = [self._open(index, settings) for index in range(2)]

    def _open(self, index: int, settings: Settings) -> TestClient:
        app = create_app(settings, self.runtimes[index].build)
        client = self._opened[index].enter_context(TestClient(app, raise_server_exceptions=False))
        wait_until(lambda: client.get("/readyz").status_code == 200)
        self.runtimes[index].briefer.runs = 0
        return client

    def stop(self, index: int) -> None:
        self._opened[index].close()


@pytest.fixture
def replicas(
    server: RedisServer, quiet: None, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Replicas]:
    for name in ("ATTEND_SECONDS", "TAKE_UP_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(f"service.http.jobs.{name}", 0.05)
    monkeypatch.setattr("service.app.DRAIN_SECONDS", 0.05)
    both = Replicas(make_settings(redis_url=server.url))
    yield both
    for index, runtime in enumerate(both.runtimes):
        runtime.briefer.gate.set()
        both.stop(index)


def read(client: TestClient, where: str) -> JobReply:
    return JobReply.model_validate_json(client.get(where).content)


def test_a_job_of_one_replica_is_read_through_the_other(replicas: Replicas) -> None:
    here, there = replicas.clients
    where = here.post("/v1/briefs", json={"text": f"{WAITS}. Fin."}, headers=ASYNC).headers["Location"]
    wait_until(lambda: read(there, where).state == "running")
    replicas.runtimes[0].briefer.gate.set()
    wait_until(lambda: read(there, where).state == "succeeded")
    assert there.get(read(there, where).location).json()["briefs"][0]["text"] == f"{WAITS}."
    assert replicas.runtimes[1].briefer.runs == 0


def test_a_job_of_one_replica_is_cancelled_through_the_other(replicas: Replicas) -> None:
    here, there = replicas.clients
    where = here.post("/v1/briefs", json={"text": f"{WAITS}."}, headers=ASYNC).headers["Location"]
    wait_until(lambda: read(there, where).state == "running")
    assert there.delete(where).status_code == 204
    wait_until(lambda: replicas.runtimes[0].briefer.tickets[-1].cancelled)
    admission = here.app.state.service.admission  # type: ignore[attr-defined]
    wait_until(lambda: admission.counts().taken == 0)
    for client in (here, there):
        assert client.get(where).json()["code"] == "job_not_found"


def test_the_jobs_of_a_replica_that_stops_are_done_by_the_other(replicas: Replicas) -> None:
    here, there = replicas.clients
    replicas.runtimes[1].briefer.gate.set()
    texts = [f"{WAITS} {number}. Fin." for number in range(5)]
    jobs = [here.post("/v1/briefs", json={"text": text}, headers=ASYNC).headers["Location"] for text in texts]
    wait_until(lambda: read(there, jobs[0]).state == "running")
    replicas.stop(0)
    wait_until(lambda: all(read(there, where).state == "succeeded" for where in jobs))
    assert replicas.runtimes[1].briefer.runs == 5


def test_a_job_survives_a_redis_that_is_killed_and_comes_back_empty(replicas: Replicas, server: RedisServer) -> None:
    here, there = replicas.clients
    where = here.post("/v1/briefs", json={"text": f"{WAITS}. Fin."}, headers=ASYNC).headers["Location"]
    wait_until(lambda: read(there, where).state == "running")
    server.kill()
    started = time.monotonic()
    refused = there.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    assert there.get(where).json()["code"] == "unavailable"
    assert there.delete(where).json()["code"] == "unavailable"
    assert there.post("/v1/briefs", json={"text": ARTICLE}).status_code == 200
    assert read(here, where).state == "running"
    assert time.monotonic() - started < 20
    replicas.runtimes[0].briefer.gate.set()
    wait_until(lambda: read(here, where).state == "succeeded")
    server.start()
    wait_until(lambda: there.get(where).status_code == 200)
    assert read(there, where).state == "succeeded"


def test_a_brief_that_could_not_be_stored_is_stored_when_redis_is_back(
    replicas: Replicas, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = replicas.clients
    runtime = replicas.runtimes[0]
    where = here.post("/v1/briefs", json={"text": f"{WAITS}. Fin."}, headers=ASYNC).headers["Location"]
    wait_until(lambda: read(there, where).state == "running")
    server.kill()
    put, tried = runtime.put_reply, list[str]()

    def put_if_there(id: str, body: bytes, parts: tuple[str, ...] = ()) -> None:
        tried.append(id)
        if server.process is not None:
            put(id, body, parts)

    monkeypatch.setattr(runtime, "put_reply", put_if_there)
    wait_until(lambda: there.get(where).status_code == 503)
    assert here.get("/v1/jobs/unknown").status_code == 503
    runtime.briefer.gate.set()
    wait_until(lambda: bool(tried))
    assert read(here, where).state == "running"
    server.start()
    wait_until(lambda: read(here, where).state == "succeeded")
    assert here.get(read(here, where).location).status_code == 200


def test_replicas_count_a_keys_rate_together_and_each_by_itself_without_redis(
    server: RedisServer, quiet: None, make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    key = {"Authorization": f"Bearer {add_key(tmp_path / 'keys.json', 'small', '40/hour')}"}
    both = Replicas(make_settings(redis_url=server.url))
    here, there = both.clients

    def ask(client: TestClient, number: int) -> int:
        return client.post("/v1/briefs", json={"text": f"Il a plu {number:02}."}, headers=key).status_code

    assert [ask(here, 1), ask(there, 2), ask(here, 3)] == [200, 200, 200]  # 36 characters
    refused = there.post("/v1/briefs", json={"text": "Il a plu 04."}, headers=key)
    assert refused.json()["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 7200
    server.kill()
    assert [ask(there, 5), ask(there, 6)] == [200, 200]
    assert ask(there, 7) == 429
    assert ask(here, 8) == 200
    assert ask(here, 9) == 429
    for index in range(2):
        both.stop(index)


def test_a_url_of_another_scheme_is_named_at_the_start(make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(Misconfigured, match="BREVE_REDIS_URL"):
        create_app(make_settings(redis_url="http://127.0.0.1"), FakeRuntime().build)
