"""Life, readiness, ids, security headers, figures and logs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from api_server import Served, wait_until
from fake_product import BREAKS, FakeRuntime
from starlette.testclient import TestClient

from models.errors import ModelFailed, ModelUnavailable
from service.app import create_app
from service.errors import Misconfigured
from service.http.middleware import SECURITY_HEADERS
from service.http.page import POLICY
from service.http.problems import all_problems
from service.logging import configure_logging
from service.pipeline.brief import Briefing
from service.settings import Settings

ARTICLE = "Le conseil municipal a voté le budget."
MakeSettings = Callable[..., Settings]


def test_life_is_told_before_the_models_are_loaded_and_readiness_names_the_phase(
    runtime: FakeRuntime, make_settings: MakeSettings
) -> None:
    loaded = threading.Event()

    def build(settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        phase("loading the translator")
        loaded.wait(20)
        return runtime

    with TestClient(create_app(make_settings(), build)) as client:
        assert client.get("/livez").json()["status"] == "alive"
        wait_until(lambda: client.get("/readyz").json()["phase"] == "loading the translator")
        for reply in (client.get("/readyz"), client.post("/v1/briefs", json={"text": ARTICLE})):
            assert (reply.status_code, reply.json()["code"]) == (503, "not_ready")
            assert reply.headers["Retry-After"] == "2"
        assert client.get("/v1/models").status_code == 503
        loaded.set()
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.get("/readyz").json() == {"status": "ready", "components": {"worker": "ok", "cache": "ok"}}
        assert runtime.briefer.runs == 1
        assert runtime.briefer.seen[0].cache == "bypass"
    assert runtime.closed


def test_readiness_waits_for_a_brief_that_was_really_written(
    runtime: FakeRuntime, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Briefing:
        raise ModelFailed("the first step of the model failed")

    monkeypatch.setattr(runtime.briefer, "run", fails)
    heard: list[BaseException] = []
    with TestClient(create_app(make_settings(), runtime.build, heard.append)) as client:
        wait_until(lambda: client.get("/readyz").json()["phase"] == "failed")
        assert client.get("/readyz").status_code == 503
    assert isinstance(heard[0], ModelFailed)
    assert runtime.closed


def test_missing_weights_are_told_to_whoever_runs_the_server(make_settings: MakeSettings) -> None:
    def build(settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        raise ModelUnavailable("no weights in /secret/folder")

    heard: list[BaseException] = []
    with TestClient(create_app(make_settings(), build, heard.append)) as client:
        wait_until(lambda: len(heard) == 1)
        reply = client.get("/readyz")
        assert (reply.status_code, reply.json()["phase"]) == (503, "failed")
        assert "secret" not in reply.text
    assert isinstance(heard[0], ModelUnavailable)


def test_a_component_that_is_down_makes_the_service_unready(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.state = {"worker": "ok", "cache": "degraded"}
    assert client.get("/readyz").json()["components"]["cache"] == "degraded"
    runtime.state = {"worker": "down", "cache": "ok"}
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["components"]) == (503, {"worker": "down", "cache": "ok"})


def test_stopping_while_loading_ends_at_the_next_phase(make_settings: MakeSettings, runtime: FakeRuntime) -> None:
    phases: list[str] = []
    stopping = threading.Event()

    def build(settings: Settings, phase: Callable[[str], None]) -> FakeRuntime:
        for name in ("one", "two"):
            phase(name)
            phases.append(name)
            stopping.wait(20)
        return runtime

    app = create_app(make_settings(), build)
    with TestClient(app) as client:
        wait_until(lambda: phases == ["one"])
        app.state.service.readiness.refuse()
        stopping.set()
        assert client.get("/readyz").json()["code"] == "shutting_down"
    assert phases == ["one"]


@pytest.mark.parametrize("path", ["/livez", "/v1/briefs", "/none", "/v1/models", "/metrics", "/openapi.json"])
def test_every_reply_has_an_id_and_the_security_headers(client: TestClient, path: str) -> None:
    reply = client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert reply.headers[name] == value
    assert len(reply.headers["X-Request-ID"]) == 32


def test_an_unforeseen_failure_has_them_too(client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": f"{BREAKS}."}, headers={"X-Request-ID": "trace-1234"})
    assert reply.status_code == 500
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert reply.headers["X-Request-ID"] == reply.json()["request_id"] == "trace-1234"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("trace-1234", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("new\tline-id", False),
        ("é" * 9, False),
    ],
)
def test_a_client_may_name_its_request_if_the_name_is_well_formed(client: TestClient, sent: str, kept: bool) -> None:
    reply = client.get("/livez", headers={b"X-Request-ID": sent.encode()})
    assert (reply.headers["X-Request-ID"] == sent) is kept


def test_head_is_get_without_the_body(client: TestClient) -> None:
    get, head = client.get("/livez"), client.head("/livez")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_no_other_origin_may_call_unless_it_is_named(open_client: Callable[..., TestClient]) -> None:
    origin = {"Origin": "https://journal.example"}
    assert "Access-Control-Allow-Origin" not in open_client().get("/livez", headers=origin).headers
    allowing = open_client(cors_origins=("https://journal.example",))
    reply = allowing.get("/livez", headers=origin)
    assert reply.headers["Access-Control-Allow-Origin"] == "https://journal.example"
    assert "Location" in reply.headers["Access-Control-Expose-Headers"]
    other = allowing.get("/livez", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_what_an_operator_closes_is_not_found(open_client: Callable[..., TestClient]) -> None:
    closed = open_client(metrics=False, docs=False)
    assert [closed.get(path).status_code for path in ("/metrics", "/openapi.json", "/docs")] == [404, 404, 404]


def test_the_documentation_is_one_page_that_loads_nothing(client: TestClient) -> None:
    reply = client.get("/docs")
    style = re.search(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in reply.headers["Content-Security-Policy"]
    assert "<script" not in reply.text
    assert not re.search(r"(src|href)=\"(?!/)", reply.text)
    described = client.get("/openapi.json").json()
    for path, item in described["paths"].items():
        for method in item:
            assert f"<code>{method.upper()} {path}</code>" in reply.text
    assert "La médiathèque de Saint-Aubin" in reply.text
    assert all(f"<td>{problem.code}</td>" in reply.text for problem in all_problems())


def test_every_problem_type_leads_to_its_meaning(client: TestClient) -> None:
    problem = client.get("/v1/briefs/none").json()
    meaning = client.get(problem["type"]).json()
    assert (meaning["code"], meaning["status"], meaning["title"]) == ("brief_not_found", 404, problem["title"])


def test_figures_count_requests_replies_refusals_and_steps(client: TestClient) -> None:
    for _ in range(2):
        client.post("/v1/briefs", json={"text": ARTICLE})
    client.post("/v1/briefs", json={"text": ""})
    client.request("BREW", "/someone's/path")
    reply = client.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    lines = set(reply.text.splitlines())
    assert {
        'breve_requests_total{method="POST",route="/v1/briefs",status="200"} 2.0',
        'breve_requests_total{method="other",route="unknown",status="404"} 1.0',
        'breve_replies_total{origin="miss"} 1.0',
        'breve_replies_total{origin="hit"} 1.0',
        'breve_refusals_total{code="empty_article"} 1.0',
        'breve_step_seconds_count{step="brief"} 1.0',
        'breve_cache_total{result="miss",step="brief"} 1.0',
        "breve_waiting_articles 0.0",
    } <= lines
    assert "process_resident_memory_bytes" in reply.text
    assert "someone" not in reply.text


@pytest.fixture
def log(quiet: None, make_settings: MakeSettings) -> Iterator[io.StringIO]:
    """What is logged, with the standard library's loggers as they were afterwards."""
    root = logging.getLogger()
    kept = (root.handlers[:], root.level)
    stream = io.StringIO()
    configure_logging(make_settings(), stream)
    yield stream
    root.handlers[:], root.level = kept
    structlog.reset_defaults()


def test_logs_are_json_lines_with_the_request_id_and_without_text(log: io.StringIO, client: TestClient) -> None:
    client.post("/v1/briefs", json={"text": ARTICLE}, headers={"X-Request-ID": "trace-1234"})
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    answered = next(line for line in lines if line.get("request_id") == "trace-1234" and line["event"] == "answered")
    assert (answered["status"], answered["route"]) == (200, "/v1/briefs")
    assert "conseil" not in log.getvalue()


def test_the_times_of_the_reply_are_those_of_the_log_and_the_figures(log: io.StringIO, client: TestClient) -> None:
    reply = client.post("/v1/briefs", json={"text": ARTICLE}, headers={"X-Request-ID": "trace-1234"})
    given = {name: float(value) for name, value in re.findall(r"(\w+);dur=([\d.]+)", reply.headers["Server-Timing"])}
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (written,) = (line for line in lines if line["event"] == "written")
    assert written["request_id"] == "trace-1234"
    assert written["steps"] == {name: value for name, value in given.items() if name != "total"}
    assert written["steps"]["brief"] == 250.0
    assert (written["cache_hits"], written["cache_misses"]) == (0, 1)
    figures = client.get("/metrics").text
    assert 'breve_step_seconds_sum{step="brief"} 0.25' in figures


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/event-stream"}, {"Prefer": "respond-async"}])
def test_an_unforeseen_failure_is_logged_without_the_text_that_it_met(
    log: io.StringIO, serve: Callable[..., Served], headers: dict[str, str]
) -> None:
    httpx.post(f"{serve().url}/v1/briefs", json={"text": f"{BREAKS}. {ARTICLE}"}, headers=headers, timeout=20)
    wait_until(lambda: "RuntimeError" in log.getvalue())
    assert "conseil" not in log.getvalue()
    assert BREAKS not in log.getvalue()


def test_the_page_has_its_own_policy_and_the_sample_articles_are_listed(client: TestClient) -> None:
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert '<html lang="fr">' in page.text
    assert len(client.get("/v1/examples").json()["examples"]) >= 6


def test_sample_articles_that_cannot_be_read_stop_the_start(
    make_settings: MakeSettings, runtime: FakeRuntime, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match="BREVE_SEEDS"):
        create_app(make_settings(seeds=tmp_path / "none"), runtime.build)
