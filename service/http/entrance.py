"""The first thing that happens to a request under ``/v1``."""

from __future__ import annotations

from starlette.requests import Request

from service.http.state import service_of


async def enter(request: Request) -> None:
    """Who asks; the key goes with the request. Raises ``Unauthorised``."""
    request.state.key = service_of(request).door.enter(request.headers.get("authorization"))
