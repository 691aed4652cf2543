"""What operators and their machinery ask: does it run, can it serve, what does an error mean."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.http.description import given, refusals
from service.http.negotiation import JSON
from service.http.problems import all_problems
from service.http.schemas import AliveReply, ProblemKind, ReadyReply
from service.http.state import service_of
from service.version import VERSION

router = APIRouter(tags=["operations"])


@router.get("/livez", summary="Whether the process runs", responses=given(AliveReply))
async def live() -> Response:
    """Answers from the first moment, before the models are loaded."""
    return Response(orjson.dumps({"status": "alive", "version": VERSION}), media_type=JSON)


@router.get("/readyz", summary="Whether briefs can be asked for", responses={**given(ReadyReply), **refusals("list")})
async def ready(request: Request) -> Response:
    """200 once a warm-up brief was written and while no component is down; else 503 with the phase.

    A component that is `degraded` (a shared cache that is away) does not stop the service.
    """
    components = service_of(request).readiness.components()
    return Response(orjson.dumps({"status": "ready", "components": dict(components)}), media_type=JSON)


@router.get("/problems/{code}", summary="What a problem means", responses={**given(ProblemKind), **refusals("static")})
async def explain(code: str) -> Response:
    """Where a problem's `type` leads."""
    for problem in all_problems():
        if problem.code == code:
            content = {"code": code, "status": problem.status, "title": problem.title, "meaning": problem.meaning}
            return Response(orjson.dumps(content), media_type=JSON)
    raise HTTPException(404)
