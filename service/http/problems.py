"""The one table from error to reply, and the replies themselves (RFC 9457, application/problem+json).

An exception is looked up along its class's ancestry, so an entry for a base class covers its
children; a test proves that every ``BreveError`` has an entry of its own or a wanted parent's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models import errors as model_errors
from models.errors import BreveError
from service import errors

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One kind of failure. ``meaning`` is for the documentation; it is also the ``detail`` that a
    client reads where ``own_words`` is false, because the exception's message is the operator's."""

    code: str
    status: int
    title: str
    meaning: str
    own_words: bool = True
    retry_after: int | None = None


INTERNAL = Problem(
    "internal", 500, "Internal error", "Something failed that should not; the server's log has the details.", False
)
NOT_FOUND = Problem("not_found", 404, "Not found", "Nothing lives at this address.")
METHOD = Problem("method_not_allowed", 405, "Method not allowed", "This address does not know the method; see Allow.")

#: Every exception class that may reach a client, with its reply.
PROBLEMS: Mapping[type[BreveError], Problem] = {
    BreveError: INTERNAL,
    model_errors.ModelError: INTERNAL,
    model_errors.InputTooLong: INTERNAL,
    model_errors.ModelUnavailable: Problem(
        "model_unavailable", 503, "Model unavailable", "Weights or a package of the server are missing.", False, 30
    ),
    model_errors.ModelFailed: Problem(
        "model_failed",
        503,
        "Model failed",
        "The model failed while it computed; the request may be tried again.",
        False,
        1,
    ),
    errors.RequestError: Problem("bad_request", 400, "Bad request", "The request cannot be answered as it is."),
    errors.InvalidJson: Problem(
        "invalid_json",
        400,
        "Invalid JSON",
        "The body is not JSON in UTF-8, is nested too deeply, or names a field twice.",
    ),
    errors.InvalidRequest: Problem(
        "invalid_request", 422, "Invalid request", "A field is missing, unknown, of the wrong type or out of range."
    ),
    errors.EmptyArticle: Problem("empty_article", 422, "Empty article", "No word is left after cleaning."),
    errors.WrongLanguage: Problem(
        "wrong_language",
        422,
        "Not a French article",
        'The article is not French, or too little of it to tell; source_language: "fr" skips the check.',
    ),
    errors.UnknownLanguage: Problem(
        "unknown_language", 422, "Unknown language", "A language was asked for that /v1/languages does not list."
    ),
    errors.ArticleTooLarge: Problem("too_large", 413, "Too large", "The body has more bytes than BREVE_MAX_BYTES."),
    errors.BodyTooSlow: Problem("body_too_slow", 408, "Body too slow", "The body did not arrive within BREVE_TIMEOUT."),
    errors.UnsupportedMedia: Problem(
        "unsupported_media", 415, "Unsupported media type", "The body is of a type that is not read here."
    ),
    errors.NotAcceptable: Problem(
        "not_acceptable", 406, "Not acceptable", "The reply cannot have the form that the Accept header asks for."
    ),
    errors.BriefNotFound: Problem(
        "brief_not_found", 404, "Brief not found", "No stored brief has this id: it was never made, deleted or expired."
    ),
    errors.NotCached: Problem(
        "not_cached", 404, "Not in the cache", "The request said cache: only, and this brief is not stored."
    ),
    errors.JobNotFound: Problem("job_not_found", 404, "Job not found", "No job has this id, or its time is over."),
    errors.Unauthorised: Problem("unauthorised", 401, "Key needed", "A valid key is needed as Authorization: Bearer."),
    errors.RateLimited: Problem("rate_limited", 429, "Rate used up", "This key has used up its rate; see Retry-After."),
    errors.ServiceError: Problem("unavailable", 503, "Unavailable", "The service cannot answer now.", False, 5),
    errors.NotReady: Problem(
        "not_ready", 503, "Not ready", "The models are not loaded and warmed up, or a component is down.", True, 2
    ),
    errors.Overloaded: Problem(
        "overloaded", 429, "Overloaded", "Too many articles wait; Retry-After says when to come back."
    ),
    errors.DeadlineExceeded: Problem(
        "deadline", 504, "Out of time", "The brief was not done within BREVE_TIMEOUT or X-Request-Timeout."
    ),
    errors.Cancelled: Problem("cancelled", 499, "Cancelled", "The caller went away, or cancelled the job."),
    errors.ShuttingDown: Problem(
        "shutting_down", 503, "Shutting down", "The server is draining and takes no new work.", True, 5
    ),
    errors.Misconfigured: Problem(
        "misconfigured", 500, "Misconfigured", "A setting of the server is wrong; its log names it.", False
    ),
}


def problem_of(error: Exception) -> Problem:
    """The table's entry for an exception: its class's, or its nearest ancestor's."""
    for ancestor in type(error).__mro__:
        if ancestor in PROBLEMS:
            return PROBLEMS[ancestor]
    return INTERNAL


def all_problems() -> list[Problem]:
    """Every problem once, by status and code: what the documentation lists."""
    return sorted({*PROBLEMS.values(), NOT_FOUND, METHOD}, key=lambda problem: (problem.status, problem.code))


def document(problem: Problem, detail: str, request_id: str, **extras: Any) -> dict[str, Any]:
    """The problem object that a client reads."""
    return {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": detail,
        "request_id": request_id,
        **extras,
    }


def describe(error: Exception, request_id: str) -> dict[str, Any]:
    """The problem object of an exception, with what its class carries."""
    problem = problem_of(error)
    extras: dict[str, Any] = {}
    if isinstance(error, errors.InvalidRequest) and error.errors:
        extras["errors"] = [{"field": field, "message": message} for field, message in error.errors]
    elif isinstance(error, errors.WrongLanguage):
        extras = {"detected": error.detected, "confidence": round(error.confidence, 4)}
    elif isinstance(error, errors.NotReady):
        extras["phase"] = error.phase
        if error.components:
            extras["components"] = dict(error.components)
    retry_after = getattr(error, "retry_after", problem.retry_after)
    if retry_after is not None:
        extras["retry_after"] = retry_after
    detail = str(error) if problem.own_words and str(error) else problem.meaning
    return document(problem, _sentence(detail), request_id, **extras)


def _sentence(detail: str) -> str:
    """A message as a sentence: a capital at the start, a full stop at the end."""
    ended = detail if detail.endswith((".", "!", "?")) else f"{detail}."
    return ended[:1].upper() + ended[1:]


def respond(content: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem object as a reply; ``retry_after`` also becomes the header."""
    sent = dict(headers or {})
    if "retry_after" in content:
        sent["Retry-After"] = str(content["retry_after"])
    if content["status"] == 401:
        sent["WWW-Authenticate"] = 'Bearer realm="breve"'
    return Response(orjson.dumps(content), content["status"], sent, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every exception that leaves a route meet the table, once."""
    app.add_exception_handler(BreveError, _on_known)
    app.add_exception_handler(HTTPException, _on_framework)
    app.add_exception_handler(RequestValidationError, _on_parameter)
    app.add_exception_handler(Exception, _on_unknown)


def request_id_of(request: Request) -> str:
    """The id that the envelope gave to this request."""
    return str(request.scope.get("breve.request_id", ""))


async def _on_known(request: Request, error: Exception) -> Response:
    content = describe(error, request_id_of(request))
    request.scope["breve.problem"] = content["code"]
    if isinstance(error, errors.NotReady):
        # Probes ask every few seconds while the models load: nothing has failed.
        structlog.get_logger(__name__).debug("not ready", phase=error.phase)
    elif content["status"] >= 500:
        structlog.get_logger(__name__).warning("request failed", code=content["code"], exc_info=error)
    return respond(content)


async def _on_framework(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: an unknown address or method, a broken request."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    problem = {404: NOT_FOUND, 405: METHOD}.get(status) or PROBLEMS[errors.RequestError]
    request.scope["breve.problem"] = problem.code
    return respond(document(problem, problem.meaning, request_id_of(request)), headers)


async def _on_parameter(request: Request, error: Exception) -> Response:
    """A path or query parameter that the framework refused."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    listed = tuple((".".join(map(str, one["loc"])), str(one["msg"])) for one in found)
    return await _on_known(request, errors.InvalidRequest("a parameter of the request is not valid", listed))


async def _on_unknown(request: Request, error: Exception) -> Response:
    """A mistake of ours: the client gets the id, the server (which meets the exception too) logs the traceback."""
    request.scope["breve.problem"] = INTERNAL.code
    return respond(document(INTERNAL, INTERNAL.meaning, request_id_of(request)))
