"""What every exchange gets, whatever answers it: an id, security headers, HEAD, a log line.

This stands outside the framework's own error handling, so that replies to unexpected errors have
it all too.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: A client's own id is kept if it looks like one; anything else could forge log lines.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}", re.ASCII)

#: Set unless the reply says otherwise: only the page has a policy of its own.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_ENCODED = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]

#: What machines ask every few seconds is not worth a line each time.
_ASKED_OFTEN = frozenset({"/livez", "/readyz", "/metrics"})

#: Told of each finished exchange: route, method, status, seconds, and where there are any the
#: problem's code and the reply's origin, else "".
Observer = Callable[[str, str, int, float, str, str], None]


class Envelope:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, observe: Observer) -> None:
        self._app = app
        self._observe = observe
        self._log = structlog.get_logger("service.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one exchange; lifespan messages pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        scope["breve.request_id"] = request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers.extend(pair for pair in _ENCODED if pair[0] not in present)
                headers.append((b"x-request-id", request_id.encode()))
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        finally:
            seconds = time.perf_counter() - started
            route, problem = route_of(scope), str(scope.get("breve.problem", ""))
            self._observe(route, method, status, seconds, problem, str(scope.get("breve.origin", "")))
            log = self._log.debug if route in _ASKED_OFTEN else self._log.info
            log(
                "answered",
                route=route,
                method=method,
                status=status,
                problem=problem,
                milliseconds=round(seconds * 1e3, 2),
            )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED.fullmatch(value):
            return str(value.decode())
    return uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The path's pattern, so that labels and logs hold neither ids nor what a stranger typed."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "unknown"
