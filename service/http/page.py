"""The web page: one document in two languages, its style, scripts and icon, and the sample articles.

Nothing is built or fetched from elsewhere. ``page/words.js`` holds every word of the interface as
JSON; the document is filled with them once for each language when the router is made.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.http.negotiation import JSON, choose
from service.seeds import Seed, load_seeds

#: What the page may load: its own files, and nothing that is written into the document.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

LANGUAGES = ("fr", "en")

_FOLDER = "page"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# An element that names its words: data-w for its text, data-w-label, -placeholder and -content for an attribute.
_TEXT = re.compile(r'(<[^<>]*\bdata-w="([^"]+)"[^<>]*>)')
_ATTRIBUTE = re.compile(r'\bdata-w-(label|placeholder|content)="([^"]+)"')
_ATTRIBUTES = {"label": "aria-label", "placeholder": "placeholder", "content": "content"}


@dataclass(frozen=True)
class Content:
    """Bytes to be served, plain and compressed; each form has a strong tag of its own (RFC 9110, 8.8.3)."""

    plain: bytes
    zipped: bytes
    tag: str
    media_type: str

    @classmethod
    def of(cls, data: bytes, media_type: str) -> Content:
        """Compress and digest once."""
        return cls(data, gzip.compress(data, 9, mtime=0), hashlib.sha256(data).hexdigest()[:32], media_type)

    def reply(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The form that the client takes, or 304 when it has it already.

        A client keeps its copy but asks each time whether it is still right, so that document and
        scripts are always of one version.
        """
        zipped = "gzip" in request.headers.get("accept-encoding", "").lower()
        tag = f'"{self.tag}-gz"' if zipped else f'"{self.tag}"'
        sent = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding", **headers}
        known = [name.strip().removeprefix("W/") for name in request.headers.get("if-none-match", "").split(",")]
        if tag in known or "*" in known:
            return Response(status_code=304, headers=sent)
        if zipped:
            sent["Content-Encoding"] = "gzip"
        return Response(self.zipped if zipped else self.plain, headers=sent, media_type=self.media_type)


def page_router(folder: Path | None = None) -> APIRouter:
    """Serves ``/``, ``/assets/*`` and ``/v1/examples``; ``folder`` holds the seeds, none means no examples.

    Raises ``InvalidRequest`` when the folder has no seed or a malformed one.
    """
    router = APIRouter(include_in_schema=False)
    _add_page(router)
    _add_examples(router, () if folder is None else load_seeds(folder))
    return router


def words() -> dict[str, dict[str, Any]]:
    """The words of the interface by language and key; a pair of texts is singular and plural."""
    script = files("service.http").joinpath(_FOLDER, "words.js").read_text("utf-8")
    found: dict[str, dict[str, Any]] = orjson.loads(script[script.index("{") : script.rindex("}") + 1])
    return found


def document(language: str) -> str:
    """The page's HTML with the words of ``language`` in their places."""
    known = words()[language]
    raw = files("service.http").joinpath(_FOLDER, "page.html").read_text("utf-8").replace("{language}", language)
    filled = _TEXT.sub(lambda found: found[1] + html.escape(str(known[found[2]])), raw)
    return _ATTRIBUTE.sub(
        lambda found: f'{found[0]} {_ATTRIBUTES[found[1]]}="{html.escape(str(known[found[2]]))}"', filled
    )


def interface_language(accepted: str | None) -> str:
    """The interface's language for an ``Accept-Language`` header: French where it is preferred, else English.

    Without a header it is French, the language of the articles.
    """
    if not accepted or not accepted.strip():
        return "fr"
    best, best_quality = "en", 0.0
    for part in accepted.lower().split(","):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((_quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        language = tag.split("-")[0]
        if language in LANGUAGES and quality > best_quality:
            best, best_quality = language, quality
    return best


def _quality(digits: str) -> float:
    return float(digits) if re.fullmatch(r"[01](\.\d{0,3})?", digits) else 0.0


def _add_page(router: APIRouter) -> None:
    pages = {language: Content.of(document(language).encode(), "text/html; charset=utf-8") for language in LANGUAGES}
    assets = _assets()

    @router.get("/")
    async def page(request: Request) -> Response:
        content = pages[interface_language(request.headers.get("accept-language"))]
        return content.reply(request, {"Content-Security-Policy": POLICY, "Vary": "Accept-Encoding, Accept-Language"})

    @router.get("/assets/{name}")
    async def asset(request: Request, name: str) -> Response:
        if name not in assets:
            raise HTTPException(404)
        return assets[name].reply(request, {})


def _add_examples(router: APIRouter, seeds: tuple[Seed, ...]) -> None:
    listed = [{"id": seed.id, "topic": seed.topic, "title": seed.title} for seed in seeds]
    menu = Content.of(orjson.dumps({"examples": listed}), JSON)
    articles = {
        seed.id: Content.of(
            orjson.dumps({"id": seed.id, "topic": seed.topic, "title": seed.title, "text": seed.text}), JSON
        )
        for seed in seeds
    }

    @router.get("/v1/examples")
    async def examples(request: Request) -> Response:
        choose(request.headers.get("accept"), (JSON,))
        return menu.reply(request, {})

    @router.get("/v1/examples/{id}")
    async def example(request: Request, id: str) -> Response:
        choose(request.headers.get("accept"), (JSON,))
        if id not in articles:
            raise HTTPException(404)
        return articles[id].reply(request, {})


def _assets() -> dict[str, Content]:
    """The files beside the document, by name."""
    found: dict[str, Content] = {}
    for entry in files("service.http").joinpath(_FOLDER).iterdir():
        media_type = _MEDIA_TYPES.get(Path(entry.name).suffix)
        if media_type is not None:
            found[entry.name] = Content.of(entry.read_bytes(), f"{media_type}; charset=utf-8")
    return found
