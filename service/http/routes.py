"""The API's addresses. No route handles errors: they meet ``problems.py`` once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import structlog
from babel import Locale
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from models.catalogue import Figure, figures
from models.errors import BreveError
from service.errors import BriefNotFound
from service.http import problems
from service.http.computations import CACHE_STATUS, Answer
from service.http.description import PREFER, brief_replies, given, refusals, takes
from service.http.disconnection import unless_gone
from service.http.entrance import enter
from service.http.job_routes import accept_job, patience, wants_job
from service.http.json_body import parse
from service.http.keys import Key
from service.http.limits_body import read_body
from service.http.negotiation import JSON, STREAM, choose
from service.http.rendering import entity_tag, model_data, server_timing
from service.http.schemas import (
    BatchIn,
    BatchReply,
    BriefIn,
    BriefReply,
    LanguagesReply,
    ModelsReply,
    read_batch,
    read_brief,
)
from service.http.state import Service, seconds_for, service_of
from service.http.streaming import replay, stream
from service.pipeline.brief import Graded
from service.runtime import Runtime
from service.version import PIPELINE_VERSION

router = APIRouter(prefix="/v1", tags=["briefs"], dependencies=[Depends(enter)])


@router.post(
    "/briefs",
    summary="Write the briefs of one article",
    openapi_extra=takes(BriefIn, PREFER),
    responses={**brief_replies(), **refusals("write")},
)
async def write_briefs(request: Request) -> Response:
    """The same request gets the same bytes: `timings` are those of the first time, and this
    request's own are in the `Server-Timing` header. The reply is stored under its `id` unless
    `cache` is `bypass`. With `Accept: text/event-stream` each part is sent as soon as it is there;
    with `Prefer: respond-async` a brief that is not stored yet becomes a job."""
    started = time.perf_counter()
    service = service_of(request)
    streamed = choose(request.headers.get("accept"), (JSON, STREAM)) == STREAM
    seconds = seconds_for(request, service)
    runtime = service.readiness.runtime
    body = await read_body(request, service.settings.max_bytes, service.settings.timeout)
    key = request.state.key
    longest = patience(request, service, seconds)
    answer = service.recall(runtime, body, key, longest)
    if answer is None:
        asked, answer = await service.read(request, runtime, body, key, seconds, longest)
        if answer is None and streamed:
            return await stream(request, service, runtime, asked, seconds)
        if answer is None and wants_job(request, service, asked):
            return await accept_job(request, service, runtime, asked)
        if answer is None:
            answer = await unless_gone(request, service.computations.answer(runtime, asked, seconds))
    request.scope["breve.origin"] = answer.origin
    return replay(answer) if streamed else _reply(answer, started)


@router.post(
    "/briefs:batch",
    summary="Write the briefs of up to 32 articles",
    openapi_extra=takes(BatchIn),
    responses={**given(BatchReply, "server-timing"), **refusals("write")},
)
async def write_batch(request: Request) -> Response:
    """Items are answered in their order, each with its brief or its own problem."""
    started = time.perf_counter()
    service = service_of(request)
    choose(request.headers.get("accept"), (JSON,))
    seconds = seconds_for(request, service)
    runtime = service.readiness.runtime
    body = await read_body(request, service.settings.max_bytes, service.settings.timeout)
    # The list around each item is one level more than a single request has.
    items = read_batch(parse(body, service.settings.max_json_depth + 2))
    answers = await unless_gone(request, _answer_all(service, runtime, items, request.state.key, seconds))
    request_id = problems.request_id_of(request)
    listed = [_item(index, answer, request_id) for index, answer in enumerate(answers)]
    total = server_timing({"total": time.perf_counter() - started})
    return Response(orjson.dumps({"items": listed}), headers={"Server-Timing": total}, media_type=JSON)


@router.get(
    "/briefs/{id}",
    summary="Read a stored reply",
    responses={
        **given(BriefReply, "etag"),
        304: {"description": "The client's copy (If-None-Match) is still right."},
        **refusals("read"),
    },
)
async def read_briefs(request: Request, id: str) -> Response:
    """The bytes that the request with this id got."""
    choose(request.headers.get("accept"), (JSON,))
    body = service_of(request).readiness.runtime.get_reply(id)
    if body is None:
        raise BriefNotFound("no stored brief has this id")
    headers = {"ETag": entity_tag(body), "Cache-Control": "private, no-cache", "Vary": "Accept"}
    if _matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=JSON)


@router.delete(
    "/briefs/{id}",
    status_code=204,
    response_class=Response,
    summary="Forget a stored reply",
    responses={204: {"description": "It is gone."}, **refusals("delete")},
)
async def delete_briefs(request: Request, id: str) -> Response:
    """The reply, and what was computed for it, is deleted."""
    # Deleting writes to disk for each entry: not in the event loop.
    if not await asyncio.to_thread(service_of(request).readiness.runtime.delete_reply, id):
        raise BriefNotFound("no stored brief has this id")
    return Response(status_code=204)


@router.get("/models", summary="The models in use", responses={**given(ModelsReply), **refusals("list")})
async def list_models(request: Request) -> Response:
    """Names, revisions, digests of weights, and licences."""
    choose(request.headers.get("accept"), (JSON,))
    models = [model_data(model) for model in dict.fromkeys(service_of(request).readiness.runtime.briefer.models)]
    return _json({"models": models, "pipeline_version": PIPELINE_VERSION})


@router.get(
    "/languages", summary="The languages that briefs can have", responses={**given(LanguagesReply), **refusals("list")}
)
async def list_languages(request: Request) -> Response:
    """French first; articles are always French."""
    choose(request.headers.get("accept"), (JSON,))
    briefer = service_of(request).readiness.runtime.briefer
    experimental = briefer.experimental if isinstance(briefer, Graded) else frozenset()
    measured = {figure.language: figure for model in briefer.models for figure in figures(model.id)}
    listed = [_language(code, code in experimental, measured.get(code)) for code in briefer.languages]
    return _json({"source": "fr", "languages": listed})


def _language(code: str, experimental: bool, measured: Figure | None) -> dict[str, Any]:
    locale = Locale.parse(code)
    name, own_name = locale.get_display_name("en") or code, locale.get_display_name() or code
    said: dict[str, Any] = {"code": code, "name": name, "own_name": own_name, "experimental": experimental}
    if measured is not None:
        said["measured"] = {"bleu": measured.bleu, "chrf": measured.chrf, "data": measured.data}
    return said


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type=JSON)


def _reply(answer: Answer, started: float) -> Response:
    headers = {
        "ETag": entity_tag(answer.body),
        "Cache-Status": CACHE_STATUS[answer.origin],
        "Server-Timing": server_timing({**answer.notes.seconds, "total": time.perf_counter() - started}),
        "Vary": "Accept",
    }
    if answer.stored:
        headers["Location"] = f"/v1/briefs/{answer.id}"
    return Response(answer.body, headers=headers, media_type=JSON)


async def _answer_all(
    service: Service, runtime: Runtime, items: list[object], key: Key | None, seconds: float
) -> list[Answer | BaseException]:
    answering = (_answer(service, runtime, item, key, seconds) for item in items)
    return await asyncio.gather(*answering, return_exceptions=True)


async def _answer(service: Service, runtime: Runtime, item: object, key: Key | None, seconds: float) -> Answer:
    asked = await service.identify(runtime, read_brief(item), seconds)
    stored = service.let_in(runtime, asked, key, seconds)
    return stored or await service.computations.answer(runtime, asked, seconds)


def _item(index: int, answer: Answer | BaseException, request_id: str) -> dict[str, Any]:
    """One item of a batch's reply; a failure that is ours is logged, for no handler will see it."""
    if isinstance(answer, Answer):
        return {"index": index, "status": 200, "brief": orjson.Fragment(answer.body)}
    if not isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, BreveError):
        structlog.get_logger(__name__).error("an item of a batch failed", exc_info=answer)
    error = problems.describe(answer, request_id)
    return {"index": index, "status": error["status"], "error": error}


def _matches(given_tags: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` names the tag, compared weakly (RFC 9110, section 13.1.2)."""
    if given_tags is None:
        return False
    names = [name.strip().removeprefix("W/") for name in given_tags.split(",")]
    return "*" in names or tag in names
