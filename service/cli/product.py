"""The real product for the commands: each function imports what it needs when it is called."""

from __future__ import annotations

from collections.abc import Callable

from models.errors import BreveError
from service.cache.protocol import Cache
from service.cli.context import CommandRuntime, Product
from service.errors import EmptyArticle, Misconfigured
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
        strict_check=_strict_check,
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
    from service.http.server import serve

    serve(settings)


def _open_cache(settings: Settings) -> Cache:
    if settings.redis_url is not None:
        from service.cache.redis import RedisCache

        try:
            return RedisCache(settings.redis_url.get_secret_value(), ttl=settings.cache_ttl)
        except ValueError as error:
            raise Misconfigured(f"BREVE_REDIS_URL: {error}") from error
    from service.cache.sqlite import open_cache

    return open_cache(settings.cache_file, max_bytes=settings.cache_max_bytes, ttl=settings.cache_ttl)


def _render(briefing: Briefing) -> bytes:
    from service.http.rendering import render

    return render(briefing)


def _strict_check(article: str) -> Callable[[str], bool]:
    from service.pipeline.article import clean, read_article
    from service.pipeline.support import SupportChecker

    try:
        checker = SupportChecker(read_article(article, None, None))
    except EmptyArticle:
        return lambda brief: not brief.strip()  # an empty article supports an empty brief alone
    return lambda brief: checker.check(clean(brief)).holds


def _error_code(error: BreveError) -> str:
    from service.http.problems import problem_of

    return problem_of(error).code
