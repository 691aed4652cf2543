"""Briefs that nobody waits for: accepted, read, cancelled, refused, and taken up again after a restart."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest
from api_server import STARTING, Opened, StartProcess, ready, wait_until
from fake_product import BREAKS, FAILS, WAITS, FakeRuntime
from starlette.testclient import TestClient

from service.app import create_app
from service.http.schemas import JobReply
from service.settings import Settings

ARTICLE = "Le conseil municipal a voté le budget. Il compte 12 millions d'euros."
ASYNC = {"Prefer": "respond-async"}


def read(client: TestClient | httpx.Client, where: str) -> JobReply:
    return JobReply.model_validate_json(client.get(where).content)


def ended(client: TestClient | httpx.Client, where: str) -> JobReply:
    wait_until(lambda: read(client, where).state in ("succeeded", "failed"))
    return read(client, where)


def test_a_job_is_accepted_at_once_and_leads_to_its_brief(client: TestClient, runtime: FakeRuntime) -> None:
    accepted = client.post("/v1/briefs", json={"text": f"{WAITS}. Fin."}, headers=ASYNC)
    assert accepted.status_code == 202
    assert accepted.headers["Preference-Applied"] == "respond-async"
    where = accepted.headers["Location"]
    assert where == f"/v1/jobs/{accepted.json()['id']}"
    assert int(accepted.headers["Retry-After"]) >= 1
    wait_until(lambda: read(client, where).state == "running")
    assert int(client.get(where).headers["Retry-After"]) >= 1
    runtime.briefer.gate.set()
    job = ended(client, where)
    assert "Retry-After" not in client.get(where).headers
    assert job.state == "succeeded"
    again = client.post("/v1/briefs", json={"text": f"{WAITS}. Fin."})
    assert client.get(job.location).content == again.content
    assert (again.headers["Location"], runtime.briefer.runs) == (job.location, 1)


@pytest.mark.parametrize("prefer", ["wait=5, respond-async", "Respond-Async; foo=1", "handling=lenient,respond-async"])
def test_the_preference_is_found_among_others(client: TestClient, prefer: str) -> None:
    accepted = client.post("/v1/briefs", json={"text": ARTICLE}, headers={"Prefer": prefer})
    assert accepted.status_code == 202
    assert ended(client, accepted.headers["Location"]).state == "succeeded"


def test_other_preferences_make_no_job(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers={"Prefer": "wait=5, return=minimal"})
    assert reply.status_code == 200
    assert "Preference-Applied" not in reply.headers


def test_a_stored_brief_is_given_at_once(client: TestClient) -> None:
    stored = client.post("/v1/briefs", json={"text": ARTICLE})
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC)
    assert (reply.status_code, reply.content) == (200, stored.content)


@pytest.mark.parametrize("cache_off", [False, True])
def test_what_is_stored_nowhere_cannot_be_fetched_later_and_is_waited_for(open_client: Opened, cache_off: bool) -> None:
    client = open_client(cache_max_bytes=0) if cache_off else open_client()
    body = {"text": ARTICLE} if cache_off else {"text": ARTICLE, "cache": "bypass"}
    assert client.post("/v1/briefs", json=body, headers=ASYNC).status_code == 200


@pytest.mark.parametrize(
    ("article", "code"), [(FAILS, "model_failed"), (BREAKS, "internal"), ("the 12", "empty_article")]
)
def test_a_failed_job_tells_its_problem(client: TestClient, article: str, code: str) -> None:
    text = "12." if code == "empty_article" else f"{article}."
    accepted = client.post("/v1/briefs", json={"text": text}, headers=ASYNC)
    job = ended(client, accepted.headers["Location"])
    assert (job.state, job.problem.code) == ("failed", code)
    assert job.problem.request_id == accepted.headers["X-Request-ID"]


def test_a_brief_that_the_cache_lost_makes_the_job_fail(
    client: TestClient, runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "put_reply", lambda *_: None)
    job = ended(client, client.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC).headers["Location"])
    assert (job.state, job.problem.code) == ("failed", "unavailable")


def test_a_job_has_its_time(client: TestClient) -> None:
    headers = {**ASYNC, "X-Request-Timeout": "0.05"}
    job = ended(client, client.post("/v1/briefs", json={"text": f"{WAITS}."}, headers=headers).headers["Location"])
    assert (job.state, job.problem.code) == ("failed", "deadline")


def test_a_job_takes_a_place_and_is_refused_without_one(open_client: Opened, runtime: FakeRuntime) -> None:
    client = open_client(max_queue=1, concurrency=1)
    accepted = [client.post("/v1/briefs", json={"text": f"{WAITS} {n}."}, headers=ASYNC) for n in range(2)]
    assert [reply.status_code for reply in accepted] == [202, 202]
    refused = client.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC)
    assert (refused.status_code, refused.json()["code"]) == (429, "overloaded")
    wait_until(lambda: read(client, accepted[0].headers["Location"]).state == "running")
    assert read(client, accepted[1].headers["Location"]).state == "queued"
    runtime.briefer.gate.set()
    assert [ended(client, reply.headers["Location"]).state for reply in accepted] == ["succeeded", "succeeded"]


def test_deleting_a_job_cancels_its_run_and_frees_its_place(client: TestClient, runtime: FakeRuntime) -> None:
    where = client.post("/v1/briefs", json={"text": f"{WAITS}."}, headers=ASYNC).headers["Location"]
    wait_until(runtime.briefer.started.is_set)
    assert client.delete(where).status_code == 204
    wait_until(lambda: runtime.briefer.tickets[-1].cancelled)
    admission = client.app.state.service.admission  # type: ignore[attr-defined]
    wait_until(lambda: admission.counts().taken == 0)
    for reply in (client.get(where), client.delete(where)):
        assert (reply.status_code, reply.json()["code"]) == (404, "job_not_found")
    assert runtime.replies == {}


def test_deleting_a_job_spares_who_waits_for_the_same_brief(client: TestClient, runtime: FakeRuntime) -> None:
    body = {"text": f"{WAITS}. Fin."}
    where = client.post("/v1/briefs", json=body, headers=ASYNC).headers["Location"]
    replies: list[int] = []
    other = threading.Thread(target=lambda: replies.append(client.post("/v1/briefs", json=body).status_code))
    other.start()
    runs = client.app.state.service.computations._runs  # type: ignore[attr-defined]
    wait_until(lambda: sum(run.waiters for run in runs.values()) == 2)
    assert client.delete(where).status_code == 204
    wait_until(lambda: sum(run.waiters for run in runs.values()) == 1)
    runtime.briefer.gate.set()
    other.join(20)
    assert (replies, runtime.briefer.runs) == ([200], 1)


def test_a_job_is_forgotten_after_its_time(open_client: Opened) -> None:
    client = open_client(job_ttl=0.2)
    where = client.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC).headers["Location"]
    wait_until(lambda: client.get(where).status_code == 404)


def test_a_file_of_jobs_that_cannot_be_written_refuses_jobs_and_nothing_else(
    open_client: Opened, runtime: FakeRuntime, make_settings: Callable[..., Settings]
) -> None:
    client = open_client()
    make_settings().jobs_file.mkdir()
    refused = client.post("/v1/briefs", json={"text": f"{WAITS}."}, headers=ASYNC)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    admission = client.app.state.service.admission  # type: ignore[attr-defined]
    wait_until(lambda: admission.counts().taken == 0)
    assert client.post("/v1/briefs", json={"text": ARTICLE}).status_code == 200


def test_a_server_that_stops_leaves_its_jobs_to_the_next_one(
    quiet: None, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.app.DRAIN_SECONDS", 0.05)
    first, second = FakeRuntime(), FakeRuntime()
    settings = make_settings(concurrency=1)
    with TestClient(create_app(settings, first.build)) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        texts = [f"{WAITS}. Fin.", ARTICLE]
        jobs = [client.post("/v1/briefs", json={"text": t}, headers=ASYNC).headers["Location"] for t in texts]
        wait_until(lambda: read(client, jobs[0]).state == "running")
    assert first.replies == {}
    second.briefer.gate.set()
    with TestClient(create_app(settings, second.build)) as client:
        assert [ended(client, where).state for where in jobs] == ["succeeded", "succeeded"]
        brief = client.get(read(client, jobs[1]).location).json()
    assert brief["article"]["text"] == ARTICLE


def test_jobs_of_a_server_that_was_killed_are_done_by_the_next_one(start_process: StartProcess) -> None:
    process, url = start_process("FakeRuntime.with_slow_model")
    wait_until(lambda: ready(url), STARTING)
    with httpx.Client(base_url=url, timeout=20) as client:
        done = client.post("/v1/briefs", json={"text": ARTICLE}, headers=ASYNC).headers["Location"]
        assert ended(client, done).state == "succeeded"
        where = client.post("/v1/briefs", json={"text": f"{WAITS}. Fin."}, headers=ASYNC).headers["Location"]
        wait_until(lambda: read(client, where).state == "running")
    process.kill()
    process.wait(20)
    following, url = start_process("FakeRuntime.with_slow_model")
    wait_until(lambda: ready(url), STARTING)
    with httpx.Client(base_url=url, timeout=20) as client:
        assert read(client, done).state == "succeeded"
        wait_until(lambda: read(client, where).state == "running")
        assert following.stdin is not None
        following.stdin.close()
        following.stdin = None
        job = ended(client, where)
        assert client.get(job.location).json()["briefs"][0]["text"] == f"{WAITS}."
