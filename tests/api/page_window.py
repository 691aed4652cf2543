"""A browser's window on the page, and what the tests do and look at in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api_server import Served
from fake_product import FakeRuntime
from page_server import FESTIVAL, TITLE
from playwright.sync_api import Browser, Page, expect

ENGLISH_ARTICLE = "The council adopted the budget on Monday, and the mayor thanked the members."
Visit = Callable[..., Page]


class Site:
    """A server with the page, and the fake product behind it."""

    def __init__(self, served: Served, runtime: FakeRuntime) -> None:
        self.url, self.runtime = served.url, runtime


class Window:
    """A page that hears of every script that fails and of every breach of the page's policy."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.context = browser.new_context(**{"locale": "en-GB", **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        # Replies that refuse are part of what is tested; Chromium reports each.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.faults.append(text)

    def open(self, address: str) -> Page:
        self.page.goto(address)
        expect(self.page.locator("#languages input")).to_have_count(3)
        return self.page


def ask(page: Page, article: str, title: str = "", languages: tuple[str, ...] = ("fr", "en")) -> None:
    """Fill the form in and send it."""
    page.locator("#article-title").fill(title)
    page.locator("#article-text").fill(article)
    for box in page.locator("#languages input").all():
        box.set_checked(box.get_attribute("value") in languages)
    page.locator("#submit").click()


def read(page: Page, languages: tuple[str, ...] = ("fr", "en")) -> None:
    """Ask for the festival's briefs and wait for them."""
    ask(page, FESTIVAL, TITLE, languages)
    expect(page.locator("#article .passage").first).to_be_visible()


def sentence(page: Page, key: str) -> Any:
    return page.locator(f'[data-key="{key}"]')


def lit(page: Page, kind: str = "is-source") -> str:
    """The passages of the article that are lit up, joined."""
    return "".join(page.locator(f"#article .{kind}").all_text_contents())
