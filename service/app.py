"""The web application: made from settings and a way to build the product, with nothing global."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from service import wiring
from service.cache.redis_link import RedisLink
from service.errors import InvalidRequest, Misconfigured
from service.http import documentation, job_routes, operations, problems, routes
from service.http.computations import Computations
from service.http.description import describe
from service.http.jobs import Jobs
from service.http.keys import Door
from service.http.limits_body import DrainBody
from service.http.metrics import Metrics, scrape
from service.http.middleware import Envelope
from service.http.page import page_router
from service.http.readiness import Readiness
from service.http.state import Service
from service.queue.admission import Admission
from service.queue.jobs import JobStore
from service.queue.redis_jobs import RedisJobs
from service.queue.sqlite_jobs import SQLiteJobs
from service.runtime import Build, Runtime
from service.settings import Settings
from service.version import VERSION

#: Seconds that the last accepted work has to end, after the server has waited for open requests.
DRAIN_SECONDS = 5.0

#: Reply headers that a page of another origin may read, where BREVE_CORS_ORIGINS allows it.
EXPOSED = ("Location", "ETag", "Cache-Status", "Server-Timing", "X-Request-ID", "Retry-After")


def create_app(
    settings: Settings, build: Build = wiring.build, on_failure: Callable[[BaseException], None] | None = None
) -> FastAPI:
    """The application. Models load in the background once it is started; ``on_failure`` hears if they cannot."""
    metrics = Metrics()
    admission = Admission(settings.max_queue)
    computations = Computations(admission, settings.concurrency, metrics.observe_run)
    link = _link(settings)
    jobs = Jobs(_job_store(settings, link), computations, admission, settings.job_ttl)

    def on_ready(runtime: Runtime) -> None:
        metrics.watch(runtime)
        jobs.resume(runtime)

    readiness = Readiness(settings, build, on_ready, on_failure)
    service = Service(settings, readiness, admission, computations, Door(settings, link=link), jobs)
    app = FastAPI(
        title="Brève", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
        lifespan=_lifespan,
    )  # fmt: skip
    metrics.show("breve_running_articles", "Articles being worked on.", lambda: computations.running)
    metrics.show("breve_waiting_articles", "Accepted articles that wait for their turn.", lambda: computations.waiting)
    app.state.service = service
    app.state.metrics = metrics
    app.state.link = link
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(job_routes.router)
    app.include_router(operations.router)
    app.include_router(_page(settings))
    if settings.docs:
        app.add_api_route("/openapi.json", _description, include_in_schema=False)
        app.add_api_route("/docs", documentation.page, include_in_schema=False)
    if settings.metrics:
        app.add_api_route("/metrics", scrape, include_in_schema=False)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
        )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.middleware_stack = DrainBody(Envelope(app.build_middleware_stack(), metrics.observe_exchange))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load, serve, drain: the server has waited for open requests when the last part runs."""
    service: Service = app.state.service
    service.jobs.begin()
    service.readiness.begin()
    yield
    service.readiness.refuse()
    service.jobs.stop()
    await asyncio.to_thread(service.admission.drain, DRAIN_SECONDS)
    await service.computations.close()
    await service.jobs.close()
    await asyncio.to_thread(service.readiness.end)
    if app.state.link is not None:
        await asyncio.to_thread(app.state.link.close)


def _link(settings: Settings) -> RedisLink | None:
    """The way to what replicas share. Raises ``Misconfigured`` for a URL that is none of Redis's."""
    if settings.redis_url is None:
        return None
    try:
        return RedisLink(settings.redis_url.get_secret_value())
    except ValueError as error:
        raise Misconfigured(f"BREVE_REDIS_URL: {error}") from error


def _job_store(settings: Settings, link: RedisLink | None) -> JobStore:
    """Where jobs are: with the other replicas', or in a file of this process."""
    return SQLiteJobs(settings.jobs_file, settings.job_ttl) if link is None else RedisJobs(link, settings.job_ttl)


def _page(settings: Settings) -> APIRouter:
    """The web page. Raises ``Misconfigured`` if its sample articles cannot be read."""
    try:
        return page_router(settings.seeds_folder)
    except InvalidRequest as error:
        raise Misconfigured(f"BREVE_SEEDS: {error}") from error


async def _description(request: Request) -> Response:
    return Response(orjson.dumps(describe(request.app)), media_type="application/json")
