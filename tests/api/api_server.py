"""What the tests of the API share besides fixtures: a server of this process, one of its own, and waiting."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.http.server import configured
from service.settings import Settings

Opened = Callable[..., TestClient]
StartProcess = Callable[[str], tuple[subprocess.Popen[str], str]]


#: Seconds that a server process may take to start on a busy machine.
STARTING = 120.0


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return as soon as ``holds()`` does; fail if it does not within the time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            pytest.fail("the awaited condition did not come true")
        time.sleep(0.005)


class Served:
    """A uvicorn of this process; ``address`` is where it listens."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.server = uvicorn.Server(configured(app, settings))
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self.server.started)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.server.servers[0].sockets[0].getsockname()[:2]
        return host, port

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(20)


SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from fake_product import FakeRuntime
from service.http.server import serve
from service.settings import Settings
serve(Settings(home=Path({home!r}), port={port}, timeout=20), {build})
"""


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def refuses(url: str) -> bool:
    """Whether nobody listens there any more; one that connected just before the port closed gets a reset instead."""
    try:
        httpx.get(f"{url}/livez")
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        pass
    return False
