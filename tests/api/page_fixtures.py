"""Fixtures of the page's tests: a real Chromium over the real application, one of each for every test file.

A plugin that these test files name, and no part of the conftest: no other test needs a browser.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from api_server import Served, wait_until
from page_server import page_application, page_runtime
from page_window import Site, Visit, Window
from playwright.sync_api import Browser, Page, expect, sync_playwright

from service.settings import Settings


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    settings = Settings(home=tmp_path_factory.mktemp("home"), port=0)
    runtime = page_runtime()
    app = page_application(settings, runtime)
    served = Served(app, settings)
    served.start()
    wait_until(lambda: app.state.service.readiness.phase == "ready")
    yield Site(served, runtime)
    runtime.briefer.gate.set()
    served.stop()
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def browser(require_system: Callable[[str], Path]) -> Iterator[Browser]:
    program = require_system("chromium")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Window:
    """The window that a file's tests share which need no other one: opening one takes longer than most tests."""
    return Window(browser)


@pytest.fixture
def visit(site: Site, browser: Browser, window: Window) -> Iterator[Visit]:
    """Opens the page; with options, or a second time, in a window of its own. Nothing may have failed in the end."""
    opened: list[Window] = []

    def open_page(address: str = "/", **options: Any) -> Page:
        own = bool(options or opened)
        opened.append(Window(browser, **options) if own else window)
        return opened[-1].open(site.url + address)

    yield open_page
    site.runtime.briefer.gate.clear()
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        if one is not window:
            one.context.close()
    window.faults.clear()
    window.page.unroute_all()
    window.page.goto("about:blank")
    assert faults == []
