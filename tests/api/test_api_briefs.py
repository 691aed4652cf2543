"""POST, GET and DELETE of briefs, over the fake product."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from api_server import wait_until
from fake_product import WAITS, FakeRuntime
from starlette.testclient import TestClient

from models.catalogue import Figure
from service.http import routes
from service.http.schemas import BatchReply, BriefReply, LanguagesReply, ModelsReply

ARTICLE = "Le conseil municipal a voté le budget. Il compte 12 millions d'euros."


def test_a_brief_has_every_documented_part(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE, "title": "Budget"})
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    content = BriefReply.model_validate_json(reply.content)
    assert [brief.language for brief in content.briefs] == ["fr", "en"]
    assert content.briefs[0].text == "Le conseil municipal a voté le budget."
    source = content.briefs[1].sentences[0].sources[0]
    assert content.article.text[source.start : source.end] == source.quote
    assert content.briefs[0].checks.supported == 1
    assert reply.headers["Location"] == f"/v1/briefs/{content.id}"
    assert reply.headers["Cache-Status"] == "Breve; fwd=miss; stored"
    assert "brief;dur=250.0" in reply.headers["Server-Timing"]
    assert "total;dur=" in reply.headers["Server-Timing"]


def test_an_equal_request_gets_the_same_bytes_from_the_store(client: TestClient, runtime: FakeRuntime) -> None:
    first = client.post("/v1/briefs", json={"text": ARTICLE})
    again = client.post("/v1/briefs", json={"text": ARTICLE})
    spelled_otherwise = client.post("/v1/briefs", json={"languages": ["fr", "en"], "text": ARTICLE})
    assert first.content == again.content == spelled_otherwise.content
    assert again.headers["Cache-Status"] == spelled_otherwise.headers["Cache-Status"] == "Breve; hit"
    assert first.headers["ETag"] == again.headers["ETag"]
    assert runtime.briefer.runs == 1


def test_languages_keep_their_order_and_may_leave_french_out(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE, "languages": ["de", "en"]})
    assert [brief["language"] for brief in reply.json()["briefs"]] == ["de", "en"]


def test_every_option_reaches_the_pipeline(client: TestClient, runtime: FakeRuntime) -> None:
    asked = {
        "html": "<p>Bonjour à tous.</p>",
        "title": "Salut",
        "languages": ["en"],
        "length": "short",
        "source_language": "fr",
        "cache": "bypass",
        "policy": "warn",
        "typography": "french",
        "glossary": {"maire": "mayor"},
        "do_not_translate": ["Saint-Aubin"],
    }
    assert client.post("/v1/briefs", json=asked).status_code == 200
    seen = runtime.briefer.seen[-1]
    assert (seen.text, seen.html, seen.title, seen.languages) == (None, asked["html"], "Salut", ("en",))
    assert (seen.length, seen.source_language, seen.cache, seen.policy) == ("short", "fr", "bypass", "warn")
    assert (seen.typography, seen.glossary, seen.do_not_translate) == ("french", {"maire": "mayor"}, ("Saint-Aubin",))


def test_bypass_neither_reads_nor_stores(client: TestClient, runtime: FakeRuntime) -> None:
    stored = client.post("/v1/briefs", json={"text": ARTICLE})
    bypassing = client.post("/v1/briefs", json={"text": ARTICLE, "cache": "bypass"})
    assert bypassing.headers["Cache-Status"] == "Breve; fwd=request"
    assert "Location" not in bypassing.headers
    assert bypassing.content != stored.content
    assert runtime.briefer.runs == 2
    assert client.post("/v1/briefs", json={"text": ARTICLE}).content == stored.content


def test_only_answers_what_is_stored_and_refuses_the_rest(client: TestClient) -> None:
    missed = client.post("/v1/briefs", json={"text": ARTICLE, "cache": "only"})
    assert (missed.status_code, missed.json()["code"]) == (404, "not_cached")
    written = client.post("/v1/briefs", json={"text": ARTICLE})
    found = client.post("/v1/briefs", json={"text": ARTICLE, "cache": "only"})
    assert found.content == written.content
    assert found.headers["Cache-Status"] == "Breve; hit"


def test_a_stored_brief_is_read_by_its_id_and_not_sent_twice(client: TestClient) -> None:
    written = client.post("/v1/briefs", json={"text": ARTICLE})
    read = client.get(written.headers["Location"])
    assert (read.content, read.headers["ETag"]) == (written.content, written.headers["ETag"])
    tag = read.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        unchanged = client.get(written.headers["Location"], headers={"If-None-Match": sent})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["ETag"] == tag
    changed = client.get(written.headers["Location"], headers={"If-None-Match": '"other"'})
    assert changed.content == written.content


def test_a_deleted_brief_is_gone(client: TestClient, runtime: FakeRuntime) -> None:
    where = client.post("/v1/briefs", json={"text": ARTICLE}).headers["Location"]
    gone = client.delete(where)
    assert (gone.status_code, gone.content) == (204, b"")
    assert runtime.replies == {}
    assert list(runtime.parts.values()) == [("entry",)]
    for reply in (client.get(where), client.delete(where)):
        assert (reply.status_code, reply.json()["code"]) == (404, "brief_not_found")
    assert client.post("/v1/briefs", json={"text": ARTICLE}).headers["Cache-Status"] == "Breve; fwd=miss; stored"


def test_a_batch_keeps_its_order_and_refuses_item_by_item(client: TestClient) -> None:
    single = client.post("/v1/briefs", json={"text": ARTICLE})
    items = [{"text": "Un."}, {"text": ARTICLE}, {"text": "  "}, {"txt": "x"}, 7, {"text": "Fin.", "languages": ["xx"]}]
    reply = client.post("/v1/briefs:batch", json={"items": items})
    assert reply.status_code == 200
    content = BatchReply.model_validate_json(reply.content)
    assert [item.index for item in content.items] == list(range(6))
    assert [item.status for item in content.items] == [200, 200, 422, 422, 422, 422]
    codes = [item.error.code for item in content.items if item.error is not None]
    assert codes == ["empty_article", "invalid_request", "invalid_request", "unknown_language"]
    assert content.items[0].brief is not None
    assert content.items[0].brief.article.text == "Un."
    assert single.content in reply.content


def test_an_unforeseen_failure_of_one_item_spares_the_others(client: TestClient) -> None:
    reply = client.post("/v1/briefs:batch", json={"items": [{"text": "LE PROGRAMME A UN DÉFAUT."}, {"text": "Bien."}]})
    first, second = reply.json()["items"]
    assert (first["status"], first["error"]["code"]) == (500, "internal")
    assert "DÉFAUT" not in first["error"]["detail"]
    assert second["status"] == 200


@pytest.mark.parametrize(
    "body", [{}, {"items": {}}, {"items": []}, {"items": [{"text": "Un."}] * 33}, {"items": [{"text": "Un."}], "x": 1}]
)
def test_a_batch_of_the_wrong_shape_is_refused_whole(client: TestClient, body: dict[str, object]) -> None:
    reply = client.post("/v1/briefs:batch", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_equal_requests_at_once_share_one_run(client: TestClient, runtime: FakeRuntime) -> None:
    replies: list[bytes] = []
    body = {"text": f"{WAITS}. Il finira."}
    threads = [
        threading.Thread(target=lambda: replies.append(client.post("/v1/briefs", json=body).content)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    computations = client.app.state.service.computations  # type: ignore[attr-defined]
    wait_until(lambda: sum(run.waiters for run in computations._runs.values()) == 4)
    runtime.briefer.gate.set()
    for thread in threads:
        thread.join(20)
    assert len(set(replies)) == 1
    assert len(replies) == 4
    assert runtime.briefer.runs == 1


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back(
    open_client: Callable[..., TestClient], runtime: FakeRuntime
) -> None:
    client = open_client(max_queue=2, concurrency=1)
    texts = [f"{WAITS}, {number}." for number in range(3)]
    waiting = [threading.Thread(target=client.post, args=("/v1/briefs",), kwargs={"json": {"text": t}}) for t in texts]
    for one in waiting:
        one.start()
    admission = client.app.state.service.admission  # type: ignore[attr-defined]
    wait_until(lambda: admission.counts().free == 0)
    figures = client.get("/metrics").text.splitlines()
    assert {"breve_running_articles 1.0", "breve_waiting_articles 2.0"} <= set(figures)
    refused = client.post("/v1/briefs", json={"text": ARTICLE})
    assert (refused.status_code, refused.json()["code"]) == (429, "overloaded")
    assert int(refused.headers["Retry-After"]) == refused.json()["retry_after"] >= 1
    runtime.briefer.gate.set()
    for one in waiting:
        one.join(20)
    assert client.post("/v1/briefs", json={"text": ARTICLE}).status_code == 200


def test_a_run_past_its_time_ends_and_leaves_nothing_running(client: TestClient, runtime: FakeRuntime) -> None:
    late = client.post("/v1/briefs", json={"text": f"{WAITS}."}, headers={"X-Request-Timeout": "0.05"})
    assert (late.status_code, late.json()["code"]) == (504, "deadline")
    wait_until(lambda: runtime.briefer.tickets[-1].cancelled or runtime.briefer.tickets[-1].remaining() == 0.0)
    assert runtime.replies == {}


def test_a_page_that_takes_too_long_to_read_ends_in_time(client: TestClient, runtime: FakeRuntime) -> None:
    held = threading.Event()
    real = runtime.briefer.identify
    runtime.briefer.identify = lambda request: (held.wait(20), real(request))[1]  # type: ignore[method-assign]
    late = client.post("/v1/briefs", json={"html": "<p>Bonjour."}, headers={"X-Request-Timeout": "0.05"})
    held.set()
    assert (late.status_code, late.json()["code"]) == (504, "deadline")
    assert runtime.briefer.runs == 0


def test_the_server_caps_the_time_that_a_client_asks_for(open_client: Callable[..., TestClient]) -> None:
    client = open_client(timeout=0.2)
    late = client.post("/v1/briefs", json={"text": f"{WAITS}."}, headers={"X-Request-Timeout": "900"})
    assert late.status_code == 504


@pytest.mark.parametrize("sent", ["0", "-1", "soon", "1_0", "1e-999", "nan", "٣", ""])
def test_a_time_that_is_no_positive_number_is_refused(client: TestClient, sent: str) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers={b"X-Request-Timeout": sent.encode()})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "X-Request-Timeout"


def test_models_and_languages_are_listed(client: TestClient) -> None:
    models = ModelsReply.model_validate_json(client.get("/v1/models").content)
    assert models.models[0].id == "fake"
    languages = LanguagesReply.model_validate_json(client.get("/v1/languages").content)
    assert [(one.code, one.name, one.own_name, one.experimental) for one in languages.languages] == [
        ("fr", "French", "français", False),
        ("en", "English", "English", False),
        ("de", "German", "Deutsch", True),
    ]


def test_what_was_measured_of_our_translator_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "figures", lambda id: (Figure("en", 35.6, 61.3, "sentences"),) if id == "fake" else ())
    french, english, german = client.get("/v1/languages").json()["languages"]
    assert english["measured"] == {"bleu": 35.6, "chrf": 61.3, "data": "sentences"}
    assert "measured" not in french
    assert "measured" not in german
