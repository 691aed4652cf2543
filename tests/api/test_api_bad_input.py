"""Every bad input that we could think of, with the code and the sentence that it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from fake_product import BREAKS, FAILS
from starlette.testclient import TestClient

from service.http.schemas import ProblemOut

ARTICLE = "Le conseil municipal a voté le budget."
JSON = {"Content-Type": "application/json"}


def refused(reply: Any, status: int, code: str) -> ProblemOut:
    """The problem, after the checks that hold for every one."""
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = ProblemOut.model_validate_json(reply.content)
    assert problem.status == status
    assert problem.request_id == reply.headers["X-Request-ID"]
    assert problem.type == f"/problems/{code}"
    assert problem.detail[0].isupper() or problem.detail.startswith(("Body", "X-"))
    assert problem.detail.endswith((".", "!", "?"))
    assert "Traceback" not in reply.text
    return problem


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"{", "line 1"),
        (b'{"text": "a",}', "column"),
        (b"{'text': 'a'}", "not valid JSON"),
        (b'{"text": NaN}', "not valid JSON"),
        (b'{"text": "a\x00b"}', "not valid JSON"),
        (b'{"text": "\\ud83d seul"}', "not valid JSON"),
        ("Un été à Nîmes".encode("cp1252"), "UTF-8"),
        (b'{"text": "L\x92\xe9t\xe9"}', "UTF-8"),
        (orjson.dumps({"text": "a"}).decode().encode("utf-16"), "UTF-8"),
        (b'\xef\xbb\xbf{"text": "a"}', "not valid JSON"),
        (b'{"text": "a", "text": "b"}', "twice"),
        (b'{"text": "a", "glossary": {"x": "1", "x": "2"}}', "twice"),
        (b"[]", "one JSON object"),
        (b'"text"', "one JSON object"),
        (b"null", "one JSON object"),
        (b'{"text": ' + b"[" * 17 + b"]" * 17 + b"}", "levels deep"),
        (b"[" * 500_000, "levels deep"),
        (b'{"a":' * 100_000, "levels deep"),
    ],
)
def test_what_is_not_json_is_refused(client: TestClient, body: bytes, says: str) -> None:
    problem = refused(client.post("/v1/briefs", content=body, headers=JSON), 400, "invalid_json")
    assert says in problem.detail


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"text": ARTICLE, "html": ARTICLE}, "body"),
        ({"text": None, "html": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": [ARTICLE]}, "text"),
        ({"text": ARTICLE, "colour": "red"}, "colour"),
        ({"text": ARTICLE, "languages": "fr"}, "languages"),
        ({"text": ARTICLE, "languages": []}, "languages"),
        ({"text": ARTICLE, "languages": ["fr", "fr"]}, "languages"),
        ({"text": ARTICLE, "languages": ["fr", "FR"]}, "languages.1"),
        ({"text": ARTICLE, "languages": ["fr", 2]}, "languages.1"),
        ({"text": ARTICLE, "languages": ["fr", "en", "de", "es", "it", "pt", "nl"]}, "languages"),
        ({"text": ARTICLE, "length": "longer"}, "length"),
        ({"text": ARTICLE, "cache": True}, "cache"),
        ({"text": ARTICLE, "policy": "lax"}, "policy"),
        ({"text": ARTICLE, "typography": ""}, "typography"),
        ({"text": ARTICLE, "source_language": "en"}, "source_language"),
        ({"text": ARTICLE, "title": "T" * 1001}, "title"),
        ({"text": ARTICLE, "glossary": {"maire": 1}}, "glossary.maire"),
        ({"text": ARTICLE, "glossary": {"maire": ""}}, "glossary.maire"),
        ({"text": ARTICLE, "do_not_translate": [""]}, "do_not_translate.0"),
        ({"text": ARTICLE, "do_not_translate": ["x"] * 201}, "do_not_translate"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, body: dict[str, object], field: str) -> None:
    problem = refused(client.post("/v1/briefs", json=body), 422, "invalid_request")
    assert problem.errors is not None
    assert field in [error.field for error in problem.errors]


def test_a_wrong_value_is_not_repeated_to_the_client(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": ["SECRET"], "length": "SECRET"})
    assert "SECRET" not in reply.text


@pytest.mark.parametrize("text", ["", "   ", "\u00a0\u200b", "2024 12 % 3,5", "... !? —", "\u0000\u0007"])
def test_an_article_without_a_word_is_refused(client: TestClient, text: str) -> None:
    refused(client.post("/v1/briefs", json={"text": text}), 422, "empty_article")


@pytest.mark.parametrize(
    "text",
    [
        "Le son\u0000 coupé\u0007 revient.",
        "مرحبا بالعالم et bonjour.",
        "Une fête 🎉👩‍👩‍👧 à Nîmes.",
        "mot " * 100_000,
    ],
)
def test_odd_but_readable_text_gets_a_brief(client: TestClient, text: str) -> None:
    assert client.post("/v1/briefs", json={"text": text}).status_code == 200


def test_deeply_nested_html_is_only_text_to_the_json_reader(client: TestClient) -> None:
    page = "<table><tr><td>" * 2000 + "Bonjour [{[{ à tous." + "</td></tr></table>" * 2000
    assert client.post("/v1/briefs", json={"html": page}).status_code == 200


def test_another_language_is_refused_by_its_name(client: TestClient) -> None:
    asked = {"text": "It is the first time that the council meets."}
    problem = refused(client.post("/v1/briefs", json=asked), 422, "wrong_language")
    assert (problem.detected, problem.confidence) == ("en", 0.9877)
    assert client.post("/v1/briefs", json={**asked, "source_language": "fr"}).status_code == 200


def test_a_language_that_nobody_writes_is_refused(client: TestClient) -> None:
    refused(client.post("/v1/briefs", json={"text": ARTICLE, "languages": ["fr", "zz"]}), 422, "unknown_language")


def test_five_megabytes_are_too_many(client: TestClient) -> None:
    problem = refused(client.post("/v1/briefs", json={"text": "mot " * 1_250_000}), 413, "too_large")
    assert "2097152" in problem.detail


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json", ""]
)
def test_another_media_type_is_refused(client: TestClient, content_type: str) -> None:
    body = orjson.dumps({"text": ARTICLE})
    refused(client.post("/v1/briefs", content=body, headers={"Content-Type": content_type}), 415, "unsupported_media")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'])
def test_json_may_be_spelled_out(client: TestClient, content_type: str) -> None:
    body = orjson.dumps({"text": ARTICLE})
    assert client.post("/v1/briefs", content=body, headers={"Content-Type": content_type}).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9, image/*", "application/json;q=0", "*/*;q=0"])
def test_a_form_that_we_do_not_write_is_refused(client: TestClient, accept: str) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers={"Accept": accept})
    refused(reply, 406, "not_acceptable")
    refused(client.get("/v1/models", headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "text/html, application/json;q=0.1", "text/html, */*;q=0.8"]
)
def test_a_form_that_includes_json_is_served(client: TestClient, accept: str) -> None:
    assert client.post("/v1/briefs", json={"text": ARTICLE}, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/v1", "/v1/briefs/", "/v1/brief", "/v1/briefs/a/b", "/%00", "/v1/briefs/..%2fetc", "/problems/none"],
)
def test_an_unknown_address_is_not_found(client: TestClient, path: str) -> None:
    refused(client.get(path), 404, "not_found")


@pytest.mark.parametrize("id", ["0" * 64, "é", "%ff", "a" * 4000])
def test_an_unknown_id_is_not_found(client: TestClient, id: str) -> None:
    refused(client.get(f"/v1/briefs/{id}"), 404, "brief_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/v1/briefs", "POST"), ("GET", "/v1/briefs:batch", "POST"), ("POST", "/livez", "GET")],
)
def test_a_method_that_an_address_does_not_know_is_refused(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    reply = client.request(method, path)
    refused(reply, 405, "method_not_allowed")
    assert allowed in reply.headers["Allow"]


def test_a_failing_model_may_be_asked_again(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": f"{FAILS}."})
    problem = refused(reply, 503, "model_failed")
    assert FAILS not in problem.detail
    assert reply.headers["Retry-After"] == "1"


def test_a_mistake_of_ours_shows_no_traceback_and_no_text(client: TestClient) -> None:
    problem = refused(client.post("/v1/briefs", json={"text": f"{BREAKS}."}), 500, "internal")
    assert BREAKS not in problem.detail


def test_what_failed_is_not_stored(client: TestClient, runtime: Any) -> None:
    for text in (f"{FAILS}.", f"{BREAKS}.", ""):
        client.post("/v1/briefs", json={"text": text})
    assert runtime.replies == {}


def test_a_smaller_limit_is_heeded(open_client: Callable[..., TestClient]) -> None:
    client = open_client(max_bytes=1024, max_json_depth=4)
    refused(client.post("/v1/briefs", json={"text": "a" * 1024}), 413, "too_large")
    refused(client.post("/v1/briefs", json={"text": [[[[1]]]]}), 400, "invalid_json")
