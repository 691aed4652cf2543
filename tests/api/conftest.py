"""The application over the fake product: in process, and behind a real uvicorn on a free port."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import structlog
from api_server import SERVER, Opened, Served, StartProcess, wait_until
from fake_product import FakeRuntime
from redis_server import RedisServer
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


@pytest.fixture
def quiet() -> Iterator[None]:
    """No log lines on the terminal: threads of a server may write them after the test's capture ended."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def runtime() -> FakeRuntime:
    """The fake product behind ``client`` and ``served``."""
    return FakeRuntime()


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings with a home of the test's own."""
    return lambda **given: Settings(home=tmp_path, **given)


@pytest.fixture
def open_client(quiet: None, runtime: FakeRuntime, make_settings: Callable[..., Settings]) -> Iterator[Opened]:
    """A function that starts the application with the given settings and waits until it is ready."""
    with ExitStack() as opened:

        def start(**given: object) -> TestClient:
            app = create_app(make_settings(**given), runtime.build)
            client = opened.enter_context(TestClient(app, raise_server_exceptions=False))
            wait_until(lambda: client.get("/readyz").status_code == 200)
            runtime.briefer.runs = 0
            runtime.briefer.started.clear()
            return client

        yield start


@pytest.fixture
def client(open_client: Opened) -> TestClient:
    """The ready application with default settings."""
    return open_client()


@pytest.fixture
def serve(quiet: None, runtime: FakeRuntime, make_settings: Callable[..., Settings]) -> Iterator[Callable[..., Served]]:
    """A function that serves the application with the given settings on a free port, ready."""
    running: list[Served] = []

    def start(**given: object) -> Served:
        settings = make_settings(port=0, **given)
        app = create_app(settings, runtime.build)
        served = Served(app, settings)
        served.start()
        running.append(served)
        wait_until(lambda: app.state.service.readiness.phase == "ready")
        runtime.briefer.runs = 0
        runtime.briefer.started.clear()
        return served

    yield start
    for served in running:
        served.stop()


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[StartProcess]:
    """A function that runs the server command in a process of its own, and gives it with its address."""
    running: list[subprocess.Popen[str]] = []

    def start(build: str) -> tuple[subprocess.Popen[str], str]:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        script = SERVER.format(tests=str(Path(__file__).parent), home=str(tmp_path), port=port, build=build)
        process = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def server(require_system: Callable[[str], Path], tmp_path: Path) -> Iterator[RedisServer]:
    """A redis-server that runs."""
    server = RedisServer(require_system("redis-server"), tmp_path)
    server.start()
    yield server
    server.kill()
