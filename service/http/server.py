"""The server process: uvicorn around the application, until it is told to stop."""

from __future__ import annotations

import math
import sys

import structlog
import uvicorn
from fastapi import FastAPI

from service import wiring
from service.app import create_app
from service.http.keys import refuse_exposure
from service.logging import configure_logging
from service.runtime import Build
from service.settings import Settings

#: Seconds beyond BREVE_TIMEOUT that accepted requests have to end after SIGTERM.
GRACE = 5

#: Seconds after which a thread in Python hands the interpreter lock to one that waits for it. The
#: default of 5 ms is meant for throughput; a refusal needs the lock several times.
SWITCH_SECONDS = 0.001

#: Seconds that an idle connection is kept for the client's next request.
KEEP_ALIVE = 30


def serve(settings: Settings, build: Build = wiring.build) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what was accepted.

    Raises what loading raised, such as ``ModelUnavailable``, once the server has stopped for it,
    and ``Misconfigured`` for a public address without keys.
    """
    refuse_exposure(settings)
    configure_logging(settings)
    failures: list[BaseException] = []

    def stop(error: BaseException) -> None:
        failures.append(error)
        server.should_exit = True

    server = uvicorn.Server(configured(create_app(settings, build, stop), settings))
    sys.setswitchinterval(SWITCH_SECONDS)
    structlog.get_logger(__name__).info("starting", host=settings.host, port=settings.port, profile=settings.profile)
    server.run()
    if failures:
        raise failures[0]


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn runs the application: its own log lines off, proxies believed only when named."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=math.ceil(settings.timeout) + GRACE,
        ws="none",
        lifespan="on",
    )
