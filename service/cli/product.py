"""The real product for the commands: each function imports what it needs when it is called."""

from __future__ import annotations

from collections.abc import Callable

from models.errors import BreveError
from service.cache.protocol import Cache
from service.cli.context import CommandRuntime, Product
from service.pipeline.brief import Briefing
from service.settings import Settings


def real_product() -> Product:
    """The functions behind ``service.cli.context.product``."""
    return Product(
        build=_build,
        prepare=_prepare,
        check_weights=_check_weights,
        serve=_serve,
        open_cache=_open_cache,
        render=_render,
        supported=_supported,
        error_code=_error_code,
    )


def _build(settings: Settings, phase: Callable[[str], None]) -> CommandRuntime:
    from service.wiring import build

    return build(settings, phase)


def _prepare(settings: Settings, progress: Callable[[str, float], None], force: bool) -> None:
    from service.wiring import prepare

    prepare(settings, progress, force)


def _check_weights(settings: Settings) -> None:
    from service.wiring import check_weights

    check_weights(settings)


def _serve(settings: Settings) -> None:
    from service.app import serve

    serve(settings)


def _open_cache(settings: Settings) -> Cache:
    from service.cache.sqlite import open_cache

    return open_cache(settings.cache_file, max_bytes=settings.cache_max_bytes, ttl=settings.cache_ttl)


def _render(briefing: Briefing) -> bytes:
    from service.http.rendering import render

    return render(briefing)


def _supported(text: str, article: str) -> bool:
    from service.pipeline.support import check_support

    return check_support(text, article).holds


def _error_code(error: BreveError) -> str:
    from service.http.problems import problem_of

    return problem_of(error).code
