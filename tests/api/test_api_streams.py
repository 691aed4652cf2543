"""Briefs as a stream of events: order, sharing, comments, refusals, and clients that go away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import httpx
import orjson
import pytest
from api_server import Served, wait_until
from fake_product import BREAKS, FAILS, WAITS, FakeRuntime
from starlette.testclient import TestClient

from service.http.computations import Computations

ARTICLE = "Le conseil municipal a voté le budget. Il compte 12 millions d'euros."
STREAMED = {"Accept": "text/event-stream"}
Serve = Callable[..., Served]
Event = tuple[str, bytes]


def events_of(lines: Iterator[str]) -> Iterator[Event]:
    """Name and data of each event; a comment comes with the name ":"."""
    name = ""
    for line in lines:
        if line.startswith(":"):
            yield ":", line[1:].strip().encode()
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.removeprefix("data: ").encode()


def phases(events: list[Event]) -> list[str]:
    return [orjson.loads(data)["phase"] for name, data in events if name == "progress"]


def languages(events: list[Event]) -> list[str]:
    return [orjson.loads(data)["language"] for name, data in events if name == "brief"]


def computations_of(served: Served) -> Computations:
    found: Computations = served.server.config.app.state.service.computations  # type: ignore[union-attr]
    return found


def test_the_french_brief_comes_before_the_others_are_done_and_the_last_event_is_the_reply(
    serve: Serve, runtime: FakeRuntime
) -> None:
    served = serve()
    body = {"text": f"{WAITS}. Fin.", "languages": ["fr", "en", "de"]}
    seen: list[Event] = []
    with httpx.stream("POST", f"{served.url}/v1/briefs", json=body, headers=STREAMED, timeout=20) as reply:
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        assert reply.headers["Cache-Control"] == "no-store"
        for event in events_of(reply.iter_lines()):
            if event[0] == "brief" and not runtime.briefer.gate.is_set():
                assert languages([event]) == ["fr"]
                assert runtime.replies == {}
                runtime.briefer.gate.set()
            seen.append(event)
    assert phases(seen) == ["accepted", "started", "article", "brief", "translation", "translation"]
    assert languages(seen) == ["fr", "en", "de"]
    assert [name for name, _ in seen].count("done") == 1
    name, data = seen[-1]
    plain = httpx.post(f"{served.url}/v1/briefs", json=body)
    assert (name, data) == ("done", plain.content)
    assert plain.headers["Cache-Status"] == "Breve; hit"
    assert [orjson.loads(data) for name, data in seen if name == "brief"] == plain.json()["briefs"]


def test_a_stored_reply_is_streamed_at_once(client: TestClient, runtime: FakeRuntime) -> None:
    plain = client.post("/v1/briefs", json={"text": ARTICLE})
    streamed = client.post("/v1/briefs", json={"text": ARTICLE}, headers=STREAMED)
    events = list(events_of(streamed.iter_lines()))
    assert [name for name, _ in events] == ["brief", "brief", "done"]
    assert languages(events) == ["fr", "en"]
    assert events[-1][1] == plain.content
    assert streamed.headers["Cache-Status"] == "Breve; hit"
    assert runtime.briefer.runs == 1


def test_a_stream_is_given_only_to_who_wants_one(client: TestClient) -> None:
    for accept in ("*/*", "application/json, text/event-stream", "text/event-stream;q=0.5, application/json"):
        reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers={"Accept": accept})
        assert reply.headers["Content-Type"] == "application/json"
    either = {"Accept": "text/event-stream, application/json;q=0.9"}
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers=either)
    assert reply.headers["Content-Type"].startswith("text/event-stream")


@pytest.mark.parametrize(("article", "code"), [(FAILS, "model_failed"), (BREAKS, "internal"), ("12", "empty_article")])
def test_what_fails_on_the_way_is_the_last_event(client: TestClient, article: str, code: str) -> None:
    streamed = client.post("/v1/briefs", json={"text": f"{article}."}, headers=STREAMED)
    name, data = list(events_of(streamed.iter_lines()))[-1]
    problem = orjson.loads(data)
    assert (streamed.status_code, name, problem["code"]) == (200, "error", code)
    assert problem["request_id"] == streamed.headers["X-Request-ID"]
    assert f'breve_refusals_total{{code="{code}"}} 1.0' in client.get("/metrics").text


def test_what_is_refused_before_the_work_begins_is_refused_by_its_status(
    open_client: Callable[..., TestClient], runtime: FakeRuntime
) -> None:
    client = open_client(max_queue=1, concurrency=1)
    wrong = client.post("/v1/briefs", json={"txt": ARTICLE}, headers=STREAMED)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")
    waiting = [
        threading.Thread(target=client.post, args=("/v1/briefs",), kwargs={"json": {"text": f"{WAITS} {number}."}})
        for number in range(2)
    ]
    for one in waiting:
        one.start()
    admission = client.app.state.service.admission  # type: ignore[attr-defined]
    wait_until(lambda: admission.counts().free == 0)
    refused = client.post("/v1/briefs", json={"text": ARTICLE}, headers=STREAMED)
    assert (refused.status_code, refused.json()["code"]) == (429, "overloaded")
    runtime.briefer.gate.set()
    for one in waiting:
        one.join(20)


def test_comments_keep_a_silent_stream_alive(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    assert served.server.config.app.state.service.ping_seconds == 15.0  # type: ignore[union-attr]
    served.server.config.app.state.service.ping_seconds = 0.02  # type: ignore[union-attr]
    seen: list[Event] = []
    body = {"text": f"{WAITS}."}
    with httpx.stream("POST", f"{served.url}/v1/briefs", json=body, headers=STREAMED, timeout=20) as reply:
        for event in events_of(reply.iter_lines()):
            seen.append(event)
            if [name for name, _ in seen].count(":") == 2:
                runtime.briefer.gate.set()
    assert (":", b"still at work") in seen
    assert seen[-1][0] == "done"


def test_a_reader_that_hangs_up_cancels_its_run_and_frees_its_place(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    body = {"text": f"{WAITS}."}
    with httpx.stream("POST", f"{served.url}/v1/briefs", json=body, headers=STREAMED, timeout=20) as reply:
        events = events_of(reply.iter_lines())  # kept: dropping it would close the connection
        assert next(events)[0] == "progress"
        wait_until(runtime.briefer.started.is_set)
        assert not runtime.briefer.tickets[-1].cancelled
    wait_until(lambda: runtime.briefer.tickets[-1].cancelled)
    wait_until(lambda: computations_of(served)._admission.counts().taken == 0)
    assert runtime.replies == {}
    wait_until(lambda: 'breve_refusals_total{code="cancelled"} 1.0' in httpx.get(f"{served.url}/metrics").text)


def test_a_plain_request_shares_the_run_of_a_stream_and_outlives_it(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    body = {"text": f"{WAITS}. Fin."}
    replies: list[httpx.Response] = []
    runs = computations_of(served)._runs
    with httpx.stream("POST", f"{served.url}/v1/briefs", json=body, headers=STREAMED, timeout=20) as reply:
        events = events_of(reply.iter_lines())  # kept: dropping it would close the connection
        assert next(events)[0] == "progress"
        plain = threading.Thread(
            target=lambda: replies.append(httpx.post(f"{served.url}/v1/briefs", json=body, timeout=20))
        )
        plain.start()
        wait_until(lambda: sum(run.waiters for run in runs.values()) == 2)
    wait_until(lambda: sum(run.waiters for run in runs.values()) == 1)
    runtime.briefer.gate.set()
    plain.join(20)
    assert (replies[0].status_code, runtime.briefer.runs) == (200, 1)
    assert replies[0].headers["Cache-Status"] == "Breve; fwd=miss; stored; collapsed"


def test_who_joins_late_hears_what_was(serve: Serve, runtime: FakeRuntime) -> None:
    served = serve()
    body = {"text": f"{WAITS}. Fin."}
    first = threading.Thread(target=httpx.post, args=(f"{served.url}/v1/briefs",), kwargs={"json": body, "timeout": 20})
    first.start()
    wait_until(lambda: any(run.steps[-1].phase == "brief" for run in computations_of(served)._runs.values()))
    seen: list[Event] = []
    with httpx.stream("POST", f"{served.url}/v1/briefs", json=body, headers=STREAMED, timeout=20) as reply:
        for event in events_of(reply.iter_lines()):
            seen.append(event)
            if event[0] == "brief":
                runtime.briefer.gate.set()
    first.join(20)
    assert phases(seen) == ["accepted", "started", "article", "brief", "translation"]
    assert runtime.briefer.runs == 1
