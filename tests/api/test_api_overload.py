"""What a server answers while every place is taken, and what it costs whom."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_server import Opened, wait_until
from fake_product import WAITS, FakeRuntime
from starlette.testclient import TestClient

from service.http import state
from service.http.keys import add_key
from service.http.server import SWITCH_SECONDS
from service.http.server import serve as run_server
from service.pipeline.brief import Briefing, BriefRequest, Progress, RunNotes
from service.queue.admission import Admission, AdmissionCounts
from service.queue.priority import ARTICLES, MODELS
from service.queue.ticket import Ticket
from service.settings import Settings

ARTICLE = {"text": "Le conseil a voté."}
ENDLESS = {"text": f"{WAITS}. Fin."}


@pytest.fixture
def full(open_client: Opened, runtime: FakeRuntime) -> Iterator[Callable[..., TestClient]]:
    """A function that opens a server with a stored article, and fills its two places."""
    waiting: list[threading.Thread] = []

    def start(headers: dict[str, str] | None = None, **given: object) -> TestClient:
        client = open_client(max_queue=1, concurrency=1, **given)
        assert client.post("/v1/briefs", json=ARTICLE, headers=headers).status_code == 200
        for body in (ENDLESS, {"text": f"{WAITS} aussi."}):
            thread = threading.Thread(
                target=client.post, args=("/v1/briefs",), kwargs={"json": body, "headers": headers}
            )
            thread.start()
            waiting.append(thread)
        wait_until(lambda: counts(client).free == 0)
        return client

    yield start
    runtime.briefer.gate.set()
    for thread in waiting:
        thread.join(20)


def counts(client: TestClient) -> AdmissionCounts:
    admission: Admission = client.app.state.service.admission  # type: ignore[attr-defined]
    return admission.counts()


def test_a_stored_brief_is_answered_also_in_another_spelling(full: Callable[..., TestClient]) -> None:
    client = full()
    stored = client.post("/v1/briefs", json=ARTICLE)
    assert stored.status_code == 200
    respelt = client.post(
        "/v1/briefs", content=b'{"text":"Le conseil a vot\\u00e9."}', headers={"Content-Type": "application/json"}
    )
    assert (respelt.status_code, respelt.content) == (200, stored.content)


def test_a_brief_that_is_being_written_is_waited_for_and_needs_no_place(
    full: Callable[..., TestClient], runtime: FakeRuntime
) -> None:
    client = full()
    replies: list[int] = []
    thread = threading.Thread(target=lambda: replies.append(client.post("/v1/briefs", json=ENDLESS).status_code))
    thread.start()
    runs = client.app.state.service.computations._runs  # type: ignore[attr-defined]
    wait_until(lambda: sum(run.waiters for run in runs.values()) == 3)
    runtime.briefer.gate.set()
    thread.join(20)
    assert replies == [200]


def test_a_refused_body_that_comes_again_is_refused_before_it_is_read(
    full: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = full()
    new = {"text": "Le maire a parlé."}
    assert client.post("/v1/briefs", json=new).json()["code"] == "overloaded"
    monkeypatch.setattr(state, "parse", lambda *_: pytest.fail("it was read again"))
    again = client.post("/v1/briefs", json=new)
    assert (again.status_code, again.json()["code"]) == (429, "overloaded")
    assert int(again.headers["Retry-After"]) >= 1
    assert counts(client).overloaded == 2


def test_what_is_refused_for_want_of_a_place_is_not_charged(
    full: Callable[..., TestClient], runtime: FakeRuntime, tmp_path: Path
) -> None:
    key = {"Authorization": f"Bearer {add_key(tmp_path / 'keys.json', 'small', '100/hour')}"}
    client = full(key)  # 18 characters, then 23 and 22
    new = {"text": "Il a plu sur la ville."}
    codes = [client.post("/v1/briefs", json=new, headers=key).json()["code"] for _ in range(5)]
    assert codes == ["overloaded"] * 5
    runtime.briefer.gate.set()
    wait_until(lambda: counts(client).taken == 0)
    assert client.post("/v1/briefs", json=new, headers=key).status_code == 200
    other = {"text": "Le vent a soufflé fort."}
    assert client.post("/v1/briefs", json=other, headers=key).json()["code"] == "rate_limited"


def test_a_batch_is_not_charged_for_the_items_that_find_no_place(
    full: Callable[..., TestClient], runtime: FakeRuntime, tmp_path: Path
) -> None:
    key = {"Authorization": f"Bearer {add_key(tmp_path / 'keys.json', 'small', '100/hour')}"}
    client = full(key)  # 63 of its characters are used
    items = [{"text": f"Il a plu {number} jours."} for number in range(8)]
    reply = client.post("/v1/briefs:batch", json={"items": items}, headers=key)
    assert {item["error"]["code"] for item in reply.json()["items"]} == {"overloaded"}
    runtime.briefer.gate.set()
    wait_until(lambda: counts(client).taken == 0)
    assert client.post("/v1/briefs", json={"text": "Il a plu sur la ville."}, headers=key).status_code == 200


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_could_not_be_done_in_its_time_is_refused_at_once_and_not_charged(
    open_client: Opened, runtime: FakeRuntime, tmp_path: Path, asynchronous: bool
) -> None:
    key = {"Authorization": f"Bearer {add_key(tmp_path / 'keys.json', 'small', '40/hour')}"}
    client = open_client()
    admission: Admission = client.app.state.service.admission  # type: ignore[attr-defined]
    for _ in range(20):
        admission._pace.note(3.0)
    ahead = admission.place()
    hurried = {**key, "X-Request-Timeout": "4", **({"Prefer": "respond-async"} if asynchronous else {})}
    new = {"text": "Il a plu sur la ville."}
    # The first three are read, the others are recognised by their bytes.
    for body in (new, {"text": "Il a plu sur la forêt."}, {"text": "Il a plu sur la plage."}) * 2:
        refused = client.post("/v1/briefs", json=body, headers=hurried)
        assert (refused.status_code, refused.json()["code"]) == (429, "overloaded")
        assert int(refused.headers["Retry-After"]) == 3
    # A job has an hour, unless it says less; and a plain request a minute.
    assert client.post("/v1/briefs", json=new, headers={**key, "Prefer": "respond-async"}).status_code == 202
    ahead.release()
    assert 'breve_refusals_total{code="overloaded"} 6.0' in client.get("/metrics").text


def test_only_an_article_that_was_computed_tells_how_long_one_takes(client: TestClient, runtime: FakeRuntime) -> None:
    pace = client.app.state.service.admission._pace  # type: ignore[attr-defined]
    assert client.post("/v1/briefs", json=ARTICLE).status_code == 200
    assert pace.noted == 1
    write = runtime.briefer.run

    def from_the_cache(request: BriefRequest, ticket: Ticket, notes: RunNotes, progress: Progress) -> Briefing:
        notes.cache_hits.extend(["read", "summarise", "translate"])
        return write(request, ticket, notes, progress)

    runtime.briefer.run = from_the_cache  # type: ignore[method-assign, assignment]
    assert client.post("/v1/briefs", json={"text": "Le maire a parlé."}).status_code == 200
    assert (pace.noted, counts(client).completed) == (1, 2)


def test_the_figures_say_how_many_articles_wait_and_how_many_were_refused(full: Callable[..., TestClient]) -> None:
    client = full()
    assert client.post("/v1/briefs", json={"text": "Le maire a parlé."}).status_code == 429
    lines = set(client.get("/metrics").text.splitlines())
    assert {
        "breve_running_articles 1.0",
        "breve_waiting_articles 1.0",
        'breve_refusals_total{code="overloaded"} 1.0',
    } <= lines


def test_articles_and_models_step_back_behind_the_event_loop(
    open_client: Opened, runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    nice: dict[str, int] = {}
    load, write = runtime.build, runtime.briefer.run

    def note(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def noted(*given: object) -> object:
            nice.setdefault(name, os.getpriority(os.PRIO_PROCESS, 0))
            return work(*given)

        return noted

    monkeypatch.setattr(runtime, "build", note("models", load))
    client = open_client()
    monkeypatch.setattr(runtime.briefer, "run", note("articles", write))
    assert client.post("/v1/briefs", json=ARTICLE).status_code == 200
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert nice == {"models": min(19, own + MODELS), "articles": min(19, own + ARTICLES)}


def test_the_server_lets_its_event_loop_in_sooner_than_python_does(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, quiet: None
) -> None:
    before, seen = sys.getswitchinterval(), list[float]()
    monkeypatch.setattr("uvicorn.Server.run", lambda _: seen.append(sys.getswitchinterval()))
    monkeypatch.setattr("service.http.server.configure_logging", lambda _: None)
    try:
        run_server(make_settings(), FakeRuntime().build)
    finally:
        sys.setswitchinterval(before)
    assert seen == [pytest.approx(SWITCH_SECONDS)]
    assert before > SWITCH_SECONDS
