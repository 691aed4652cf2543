"""The product as it is wired, over a translator that can be held up or killed: two replicas on a real Redis."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from api_server import wait_until
from redis_server import RedisServer
from starlette.testclient import TestClient

from models.contracts import Candidate, ModelIdentity, TranslationOptions
from service import wiring
from service.app import create_app
from service.http.examples import EXAMPLE_ARTICLE
from service.product import Loaded, Product
from service.settings import Settings

ARTICLE = {"text": EXAMPLE_ARTICLE}
DEADLY = "Le maire de Brive a annoncé la fermeture du pont."


class HeldTranslator:
    """Gives sentences as they are; waits while ``gate`` is shut, and its thread ends at a deadly one."""

    identity = ModelIdentity("tenu", "1", "cd" * 32, "fake")
    targets = ("en",)

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.arrived, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        self.calls.append(tuple(sentences))
        self.arrived.set()
        assert self.gate.wait(20)
        if DEADLY in sentences:
            raise SystemExit
        return [[Candidate(sentence, -0.5)] for sentence in sentences]


class Replica:
    """A started service, and its model."""

    def __init__(self, client: TestClient, translator: HeldTranslator) -> None:
        self.client, self.translator = client, translator

    @property
    def product(self) -> Product:
        product: Product = self.client.app.state.service.readiness.runtime  # type: ignore[attr-defined]
        return product

    def ask(self, body: dict[str, str]) -> Callable[[], Any]:
        """Ask in a thread; the returned function gives the reply."""
        replies: list[Any] = []
        thread = threading.Thread(target=lambda: replies.append(self.client.post("/v1/briefs", json=body)))
        thread.start()

        def end() -> Any:
            thread.join(20)
            return replies[0]

        return end

    def figure(self, line: str) -> bool:
        return line in self.client.get("/metrics").text.splitlines()


@pytest.fixture
def start(
    quiet: None, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Replica]]:
    """A function that starts one more service with the given settings."""
    with ExitStack() as running:

        def begin(**given: object) -> Replica:
            translator = HeldTranslator()
            running.callback(translator.gate.set)
            monkeypatch.setattr(wiring, "load_engines", lambda settings: Loaded(None, translator))
            app = create_app(make_settings(**given))
            client = running.enter_context(TestClient(app, raise_server_exceptions=False))
            wait_until(lambda: client.get("/readyz").status_code == 200)
            translator.calls.clear()
            translator.arrived.clear()
            return Replica(client, translator)

        yield begin


def test_two_replicas_that_are_asked_for_the_same_article_at_once_compute_it_once(
    start: Callable[..., Replica], server: RedisServer
) -> None:
    here, there = start(redis_url=server.url), start(redis_url=server.url)
    here.translator.gate.clear()
    first = here.ask(ARTICLE)
    assert here.translator.arrived.wait(20)
    second = there.ask(ARTICLE)
    flight = there.product._flight._local  # type: ignore[attr-defined]
    wait_until(lambda: len(flight) > 0)
    here.translator.gate.set()
    replies = first(), second()
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].content == replies[1].content
    assert len(here.translator.calls) >= 1
    assert there.translator.calls == []
    assert there.client.post("/v1/briefs", json=ARTICLE).headers["Cache-Status"] == "Breve; hit"


def test_without_redis_the_service_goes_on_and_says_so(start: Callable[..., Replica], server: RedisServer) -> None:
    replica = start(redis_url=server.url)
    assert replica.client.get("/readyz").json()["components"] == {"translator": "ok", "cache": "ok"}
    assert replica.client.post("/v1/briefs", json=ARTICLE).status_code == 200
    server.kill()
    again = replica.client.post("/v1/briefs", json={"text": f"{EXAMPLE_ARTICLE} Il pleut."})
    assert again.status_code == 200
    ready = replica.client.get("/readyz")
    assert (ready.status_code, ready.json()["components"]["cache"]) == (200, "degraded")
    assert replica.figure('breve_component_up{component="cache"} 0.5')
    server.start()
    wait_until(lambda: replica.client.get("/readyz").json()["components"]["cache"] == "ok")
    assert replica.figure('breve_component_up{component="cache"} 1.0')
    assert replica.client.post("/v1/briefs", json={"text": f"{EXAMPLE_ARTICLE} Il neige."}).status_code == 200
    with server.client() as client:
        assert client.keys("breve:1:entry:*")


def test_a_worker_thread_that_dies_is_told_of_and_replaced(
    start: Callable[..., Replica], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.queue.worker._FIRST_PAUSE", 1.0)
    replica = start(cache_path=tmp_path / "cache.sqlite")
    deadly = replica.ask({"text": f"{DEADLY} Il rouvrira lundi.", "length": "short"})
    wait_until(lambda: replica.client.get("/readyz").status_code == 503)
    assert replica.client.get("/readyz").json()["components"]["translator"] == "down"
    assert replica.figure('breve_component_up{component="translator"} 0.0')
    failed = deadly()
    assert (failed.status_code, failed.json()["code"]) == (503, "model_failed")
    assert int(failed.headers["Retry-After"]) >= 1
    wait_until(lambda: replica.client.get("/readyz").status_code == 200)
    assert replica.figure("breve_worker_restarts_total 1.0")
    assert replica.client.post("/v1/briefs", json=ARTICLE).status_code == 200
