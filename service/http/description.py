"""The OpenAPI description: what the framework cannot know, because routes read and write bytes.

``service/http/openapi.json`` is the committed copy; ``python -m service.http.publish`` writes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.http.problems import MEDIA_TYPE, Problem, all_problems
from service.http.schemas import BatchIn, BriefIn, BriefReply, JobReply, ProblemOut
from service.version import VERSION

COMMITTED = Path(__file__).with_name("openapi.json")

_SUMMARY = "Short French and English briefs of French articles, with every fact traced to its source."

_HEADERS = {
    "location": ("Location", "Where this reply can be read again; absent with cache: bypass."),
    "etag": ("ETag", "A digest of the reply's bytes."),
    "cache-status": ("Cache-Status", "Whether the reply came from the cache (RFC 9211)."),
    "retry-after": ("Retry-After", "Whole seconds after which a job that is not done is worth asking for."),
    "preference-applied": ("Preference-Applied", "respond-async."),
    "job": ("Location", "Where the job can be read."),
    "server-timing": ("Server-Timing", "Milliseconds that the steps took for this request."),
}

_OF_EVERY_KIND = ("internal", "unauthorised", "rate_limited")
_CODES = {
    "static": ("internal", "not_found", "invalid_request"),
    "list": (*_OF_EVERY_KIND, "not_ready", "shutting_down", "not_acceptable"),
    "read": (*_OF_EVERY_KIND, "not_ready", "shutting_down", "not_acceptable", "brief_not_found", "invalid_request"),
    "job": (*_OF_EVERY_KIND, "not_acceptable", "job_not_found", "invalid_request", "unavailable"),
    "delete": (*_OF_EVERY_KIND, "not_ready", "shutting_down", "brief_not_found", "invalid_request"),
    "write": (
        *_OF_EVERY_KIND, "invalid_json", "not_cached", "not_acceptable", "body_too_slow", "too_large",
        "unsupported_media", "invalid_request", "empty_article", "wrong_language", "unknown_language", "overloaded",
        "cancelled", "model_unavailable", "model_failed", "not_ready", "shutting_down", "deadline", "unavailable",
    ),
}  # fmt: skip

Responses = dict[int | str, dict[str, Any]]

#: The header by which a client says that it does not want to wait.
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "respond-async (RFC 7240): a brief that is not stored yet becomes a job.",
    "schema": {"type": "string", "examples": ["respond-async"]},
}

_EVENTS = (
    "Server-sent events: `progress` with the phase that is over (accepted, started, article, brief, translation), "
    "`brief` with one language's brief, French first, then `done` with the whole reply or `error` with a problem; "
    "a comment every 15 seconds."
)


def given(model: type[BaseModel], *headers: str) -> Responses:
    """The description of a 200 reply with the named headers."""
    listed = _headers(headers)
    return {200: {"model": model, "description": "Done.", **({"headers": listed} if listed else {})}}


def brief_replies() -> Responses:
    """The descriptions of a brief's reply: whole, as a stream, or the job that it has become."""
    whole = given(BriefReply, "location", "etag", "cache-status", "server-timing")
    whole[200]["content"] = {"text/event-stream": {"schema": {"type": "string", "description": _EVENTS}}}
    accepted = {"model": JobReply, "description": "It is a job now."}
    return {**whole, 202: {**accepted, "headers": _headers(("job", "retry-after", "preference-applied"))}}


def _headers(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in (_HEADERS[one] for one in names)
    }


def refusals(kind: Literal["static", "list", "read", "delete", "job", "write"]) -> Responses:
    """The descriptions of the problems that an address may answer with, by status."""
    by_status: dict[int, list[Problem]] = {}
    for problem in all_problems():
        if problem.code in _CODES[kind]:
            by_status.setdefault(problem.status, []).append(problem)
    return {status: _refusal(problems) for status, problems in by_status.items()}


def _refusal(problems: list[Problem]) -> dict[str, Any]:
    text = " ".join(f"`{problem.code}`: {problem.meaning}" for problem in problems)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    described: dict[str, Any] = {"description": text, "content": content}
    if any(problem.status in (429, 503) for problem in problems):
        described["headers"] = {"Retry-After": {"description": "Whole seconds.", "schema": {"type": "integer"}}}
    return described


def takes(model: type[BaseModel], *headers: dict[str, Any]) -> dict[str, Any]:
    """The description of a JSON body that the route reads by itself, and of the headers it heeds."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    timeout = {
        "name": "X-Request-Timeout",
        "in": "header",
        "required": False,
        "description": "Seconds that this request may take, at most BREVE_TIMEOUT.",
        "schema": {"type": "number", "exclusiveMinimum": 0},
    }
    return {"requestBody": {"required": True, "content": content}, "parameters": [timeout, *headers]}


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole description of an application, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title="Brève", version=VERSION, summary=_SUMMARY, routes=app.routes)
        _, received = models_json_schema(
            [(BriefIn, "validation"), (BatchIn, "validation"), (ProblemOut, "serialization")],
            ref_template="#/components/schemas/{model}",
        )
        made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, item in made["paths"].items():
            for operation in item.values() if path.startswith("/v1/") else ():
                # The empty choice: a server on loopback, or an open one, asks for no key.
                operation["security"] = [{"key": []}, {}]
        schemas = made["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas.update(received["$defs"])
        made["components"]["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = made
    return app.openapi_schema


def as_bytes(description: dict[str, Any]) -> bytes:
    """The description as it is committed."""
    return orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
