"""Where the kit's briefs come from: the product in this process, or a server; both give the reply's bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import orjson

from models.errors import ModelUnavailable
from service.errors import InvalidRequest, NotReady, Overloaded, RequestError, ServiceError
from service.http.rendering import render
from service.pipeline.brief import Briefer, BriefRequest
from service.queue.ticket import Ticket

#: Seconds that a server may take for one article.
HTTP_TIMEOUT = 120.0


class Answerer(Protocol):
    """Gives the reply, as bytes, to a request."""

    def answer(self, request: BriefRequest) -> bytes:
        """The reply's body. Raises children of ``BreveError``."""
        ...

    def close(self) -> None:
        """Let go of models or connections."""
        ...


class InProcess:
    """The product in this process, loaded at the first request, so that tests without one need no weights."""

    def __init__(self, load: Callable[[], tuple[Briefer, Callable[[], None]]]) -> None:
        self._load = load
        self._briefer: Briefer | None = None
        self._close: Callable[[], None] = lambda: None

    def answer(self, request: BriefRequest) -> bytes:
        """Run the pipeline."""
        if self._briefer is None:
            self._briefer, self._close = self._load()
        return render(self._briefer.run(request, Ticket()))

    def close(self) -> None:
        """Close the product if it was loaded."""
        self._close()


def default_product() -> tuple[Briefer, Callable[[], None]]:
    """The product that the environment's settings describe, and the function that closes it."""
    from service import wiring
    from service.settings import Settings

    product = wiring.build(Settings(), lambda phase: None)
    return product.briefer, product.close


class OverHttp:
    """A running server. Raises ``ModelUnavailable`` when the package httpx is missing."""

    def __init__(self, url: str, timeout: float = HTTP_TIMEOUT) -> None:
        try:
            import httpx
        except ImportError as error:
            raise ModelUnavailable(
                "asking a server needs the package httpx", remedy="python -m pip install httpx"
            ) from error
        self._failed: type[Exception] = httpx.HTTPError
        self._client = httpx.Client(base_url=url, timeout=timeout)
        self._url = url

    def answer(self, request: BriefRequest) -> bytes:
        """``POST /v1/briefs``; a problem becomes the error of its family, with its code and sentence."""
        try:
            reply = self._client.post("/v1/briefs", json=body_of(request))
        except self._failed as error:
            raise NotReady(f"no answer from {self._url} ({error})") from error
        if reply.status_code != 200:
            raise _problem(reply.status_code, reply.content, self._url)
        return reply.content

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def body_of(request: BriefRequest) -> dict[str, Any]:
    """The request as the body of ``POST /v1/briefs``."""
    body: dict[str, Any] = {
        name: value
        for name in ("text", "html", "title", "source_language")
        if (value := getattr(request, name)) is not None
    }
    return body | {
        "languages": list(request.languages),
        "length": request.length,
        "cache": request.cache,
        "policy": request.policy,
        "typography": request.typography,
        "glossary": dict(request.glossary),
        "do_not_translate": list(request.do_not_translate),
    }


def _problem(status: int, content: bytes, url: str) -> RequestError | ServiceError:
    try:
        data = orjson.loads(content)
        told = f"{url} answers {status} {data['code']}: {data['detail']}"
    except (ValueError, KeyError, TypeError):
        return ServiceError(f"{url} answers {status} and is not a server of Brève")
    if status == 429:
        return Overloaded(told, int(data.get("retry_after", 1)))
    return InvalidRequest(told) if status < 500 else ServiceError(told)
