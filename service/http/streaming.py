"""A brief as a stream of events (``Accept: text/event-stream``): each part as soon as it is there.

Events are ``progress`` (a step ended), ``brief`` (one language's brief, French first), and as the
last one either ``done`` (the whole reply, byte for byte the JSON that others get) or ``error`` (a
problem). What is refused before the work begins is refused by a status, as everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from models.errors import BreveError
from service.errors import Cancelled
from service.http import problems
from service.http.computations import CACHE_STATUS, Answer, Asked
from service.http.following import Following
from service.http.negotiation import STREAM
from service.http.rendering import brief_data
from service.http.state import Service
from service.runtime import Runtime


async def stream(request: Request, service: Service, runtime: Runtime, asked: Asked, seconds: float) -> Response:
    """Run, and send what happens; a client that goes away cancels the run. Raises ``Overloaded``."""
    following = await Following.begin(service.computations, runtime, asked, seconds)

    async def leave(_: object) -> None:
        following.leave()

    # A server that stops sends running streams to their end, as it does with plain replies.
    return EventSourceResponse(
        _events(request, following),
        headers={"Vary": "Accept"},
        ping=service.ping_seconds,
        ping_message_factory=lambda: ServerSentEvent(comment="still at work"),
        client_close_handler_callable=leave,
        shutdown_grace_period=service.settings.timeout,
        media_type=STREAM,
    )


def replay(answer: Answer) -> Response:
    """A stored reply as the same events, at once."""
    briefs = orjson.loads(answer.body)["briefs"]
    events = [_event("brief", orjson.dumps(brief)) for brief in briefs] + [_event("done", answer.body)]
    body = b"".join(event.encode() for event in events)
    headers = {"Vary": "Accept", "Cache-Status": CACHE_STATUS[answer.origin]}
    return Response(body, headers=headers, media_type=STREAM)


async def _events(request: Request, following: Following) -> AsyncIterator[ServerSentEvent]:
    try:
        async for step in following.steps():
            yield _event("progress", orjson.dumps({"phase": step.phase}))
            if step.brief is not None:
                yield _event("brief", orjson.dumps(brief_data(step.brief)))
        answer = await following.answer()
    except asyncio.CancelledError:
        # The reader has hung up: for figures and log it is what a plain client that does so is.
        request.scope["breve.problem"] = problems.problem_of(Cancelled()).code
        raise
    except Exception as error:  # the reply has begun: no handler can answer any more
        yield _event("error", orjson.dumps(_problem(request, error)))
        return
    finally:
        following.leave()
    request.scope["breve.origin"] = answer.origin
    yield _event("done", answer.body)


def _problem(request: Request, error: Exception) -> dict[str, Any]:
    """The problem object, noted for figures and log as a plain reply's is."""
    content = problems.describe(error, problems.request_id_of(request))
    request.scope["breve.problem"] = content["code"]
    if not isinstance(error, BreveError) or content["status"] >= 500:
        structlog.get_logger(__name__).warning("a stream ended in an error", code=content["code"], exc_info=error)
    return content


def _event(name: str, data: bytes) -> ServerSentEvent:
    return ServerSentEvent(data.decode(), event=name)
