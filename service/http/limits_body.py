"""Request bodies: read within limits of size and time, and let a refused client finish sending.

A server that answers and closes while the client still sends makes the kernel reset the
connection, and the client loses the answer. So a reply to a request whose body was not read is
sent at once, and the rest of the body is then read and thrown away, within bounds.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import ArticleTooLarge, BodyTooSlow, Cancelled, UnsupportedMedia

#: How much is thrown away, in bytes and in seconds, before the connection is closed all the same.
DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0


async def read_body(request: Request, max_bytes: int, seconds: float) -> bytes:
    """The whole body, which must be called JSON.

    Raises ``UnsupportedMedia``, ``ArticleTooLarge`` (at the first byte too many, or before the
    first byte if the length is announced), ``BodyTooSlow`` and ``Cancelled``.
    """
    check_media(request.headers.get("content-type"))
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request.receive, max_bytes)
    except TimeoutError:
        raise BodyTooSlow(f"the body did not arrive within {seconds:g} seconds") from None


def check_media(content_type: str | None) -> None:
    """Raise ``UnsupportedMedia`` unless the header says JSON in UTF-8."""
    if content_type == "application/json":
        return
    media, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    if media != "application/json":
        raise UnsupportedMedia("the body must be sent as Content-Type: application/json")
    named = dict(piece.partition("=")[::2] for piece in parameters)
    if named.get("charset", "utf-8").strip('"') not in ("utf-8", "utf8"):
        raise UnsupportedMedia("JSON is always UTF-8; another charset is not read")


async def _collect(receive: Receive, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Cancelled("the client went away while it sent the body")
        part = message.get("body", b"")
        size += len(part)
        if size > max_bytes:
            raise _too_large(max_bytes)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(max_bytes: int) -> ArticleTooLarge:
    return ArticleTooLarge(f"the body may have {max_bytes} bytes at most")


class DrainBody:
    """ASGI middleware: holds a reply's last message back until the rest of the body was read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; requests without a body are not touched."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, waits=b"expect" in dict(scope["headers"]))
        await self._app(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its reply. ``waits``: the client sends nothing before it is told to continue."""

    def __init__(self, receive: Receive, send: Send, waits: bool) -> None:
        self._receive, self._send = receive, send
        self._complete = False
        self._untouched = waits

    async def receive(self) -> Message:
        self._untouched = False
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._complete = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._complete:
            # What else arrives on this connection may be the refused body.
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not last or self._complete or self._untouched:
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._drain()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drain(self) -> None:
        left = DRAIN_BYTES
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._complete and left > 0:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
