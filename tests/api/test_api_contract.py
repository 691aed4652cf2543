"""The API keeps to its own description: committed, true to its examples, and under generated requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
import schemathesis
from api_server import Served
from fake_product import FakeRuntime
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks
from starlette.testclient import TestClient

from service.http.description import COMMITTED, as_bytes
from service.http.examples import EXAMPLE_ARTICLE, load_example, record
from service.http.problems import all_problems
from service.http.schemas import BriefReply, read_brief


@pytest.fixture
def description(client: TestClient) -> dict[str, Any]:
    """What the application says of itself."""
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


OPERATIONS = [
    "DELETE /v1/briefs/{id}",
    "DELETE /v1/jobs/{id}",
    "GET /livez",
    "GET /problems/{code}",
    "GET /readyz",
    "GET /v1/briefs/{id}",
    "GET /v1/jobs/{id}",
    "GET /v1/languages",
    "GET /v1/models",
    "POST /v1/briefs",
    "POST /v1/briefs:batch",
]
WITH_WRONG_REQUESTS = ["POST /v1/briefs", "POST /v1/briefs:batch"]


def test_every_operation_is_tried(description: dict[str, Any]) -> None:
    described = [f"{method.upper()} {path}" for path, item in description["paths"].items() for method in item]
    assert sorted(described) == OPERATIONS


def answer_generated(served: Served, label: str, mode: GenerationMode, excluded: list[Any]) -> list[int]:
    """The statuses that generated requests got; every check of schemathesis but the excluded ones holds."""
    method, path = label.split(" ")
    api = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    operation = api[path][method]
    statuses: list[int] = []
    # A right request may ask for less time than anything takes.
    headers = {"X-Request-Timeout": "20"} if mode is GenerationMode.POSITIVE and label.startswith("POST") else None

    with requests.Session() as session:

        @settings(
            max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered(case: Case[Any]) -> None:
            reply = case.call_and_validate(session=session, headers=headers, excluded_checks=excluded)
            statuses.append(reply.status_code)

        answered()
    return statuses


@pytest.mark.parametrize("label", OPERATIONS)
def test_a_right_request_gets_what_the_description_says(serve: Callable[..., Served], label: str) -> None:
    # Whether an article has a word, or a language is written here, no schema can say.
    statuses = answer_generated(serve(), label, GenerationMode.POSITIVE, [checks.positive_data_acceptance])
    assert max(statuses) < 500
    assert min(statuses) == 200 or "{" in label


@pytest.mark.parametrize("label", WITH_WRONG_REQUESTS)
def test_a_wrong_request_is_refused_as_the_description_says(serve: Callable[..., Served], label: str) -> None:
    # A batch with a wrong item is answered, and the item refused.
    excluded = [checks.negative_data_rejection] if label.endswith(":batch") else []
    assert max(answer_generated(serve(), label, GenerationMode.NEGATIVE, excluded)) < 500


def test_the_committed_description_is_the_present_one(description: dict[str, Any]) -> None:
    assert COMMITTED.read_bytes() == as_bytes(description), "write it anew: python -m service.http.publish"


def test_the_documentation_names_every_operation_field_and_header(description: dict[str, Any]) -> None:
    text = (Path(__file__).parents[2] / "docs" / "http.md").read_text("utf-8")
    for path, item in description["paths"].items():
        for method, operation in item.items():
            assert f"`{method.upper()} {path}`" in text
            headers = {name for reply in operation["responses"].values() for name in reply.get("headers", {})}
            assert all(name in text for name in headers)
    assert all(f"`{name}`" in text for name in description["components"]["schemas"]["BriefIn"]["properties"])


def test_every_reference_of_the_description_leads_somewhere(description: dict[str, Any]) -> None:
    text = as_bytes(description).decode()
    wanted = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert wanted <= set(description["components"]["schemas"])


def test_every_code_is_in_the_description(description: dict[str, Any]) -> None:
    text = orjson.dumps(description["paths"]).decode()
    # What the framework refuses has no address; a setting that is wrong stops the start.
    elsewhere = {"method_not_allowed", "misconfigured", "bad_request"}
    missing = {problem.code for problem in all_problems() if f"`{problem.code}`" not in text}
    assert missing == elsewhere


def test_the_example_is_a_reply_that_the_pipeline_could_give() -> None:
    example = load_example()
    assert read_brief(example["request"]).text == EXAMPLE_ARTICLE
    reply = BriefReply.model_validate(example["reply"])
    assert [brief.language for brief in reply.briefs] == example["request"]["languages"]
    assert reply.article.text == EXAMPLE_ARTICLE
    for brief in reply.briefs:
        assert brief.text == " ".join(sentence.text for sentence in brief.sentences)
        for sentence in brief.sentences:
            for source in sentence.sources:
                assert reply.article.text[source.start : source.end] == source.quote
            for check in sentence.checks:
                if check.end:
                    assert sentence.text[check.start : check.end] == check.text
                else:
                    assert brief.language != "fr"


def test_the_example_can_be_recorded_anew(tmp_path: Path) -> None:
    record(FakeRuntime().briefer, tmp_path / "example.json")
    written = orjson.loads((tmp_path / "example.json").read_bytes())
    assert written["request"] == load_example()["request"]
    assert BriefReply.model_validate(written["reply"]).article.text == EXAMPLE_ARTICLE
