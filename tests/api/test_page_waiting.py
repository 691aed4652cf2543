"""What the page shows while it waits: briefs as they come, a stream that breaks off, a server that starts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from api_server import wait_until
from fake_product import WAITS
from page_server import FESTIVAL, WRITTEN
from page_window import Site, Visit, ask, lit, read, sentence
from playwright.sync_api import Page, expect

pytest_plugins = ["page_fixtures"]


def test_the_french_brief_is_shown_while_the_others_are_written(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, f"Le maire attend. {WAITS}.")
    expect(page.locator('[data-language="fr"] .brief-text')).to_have_text(f"Le maire attend. {WAITS}.")
    expect(page.locator('[data-language="en"]')).to_have_attribute("aria-busy", "true")
    expect(page.locator("#phase")).to_have_text("Translating…")
    sentence(page, "fr/s1").focus()
    site.runtime.briefer.gate.set()
    expect(page.locator('[data-language="en"] .brief-text')).to_be_visible()
    expect(page.locator("#progress")).to_be_hidden()
    expect(sentence(page, "fr/s1")).to_be_focused()
    assert lit(page) == "Le maire attend."


def test_a_brief_under_way_can_be_cancelled(visit: Visit, site: Site) -> None:
    page = visit()
    article = f"Le préfet attend. {WAITS}."
    ask(page, article)
    expect(page.locator('[data-language="fr"] .brief-text')).to_be_visible()
    wait_until(lambda: "Le préfet" in (site.runtime.briefer.seen[-1].text or ""))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#article-text")).to_have_value(article)
    wait_until(lambda: site.runtime.briefer.tickets[-1].cancelled)


def streamed(reply: dict[str, Any], end: str) -> str:
    """The events of a reply, lines ending in CR LF, with a comment between."""
    parts = [
        'event: progress\r\ndata: {"phase": "article"}\r\n\r\n',
        ": still here\r\n\r\n",
        f"event: brief\r\ndata: {json.dumps(reply['briefs'][0], ensure_ascii=False)}\r\n\r\n",
        end,
    ]
    return "".join(parts)


def stored_reply(page: Page, site: Site) -> dict[str, Any]:
    read(page)
    reply: dict[str, Any] = json.loads(site.runtime.replies[page.url.partition("#b=")[2]])
    page.locator("#again").click()
    return reply


def test_a_streamed_reply_is_read_to_its_end(visit: Visit, site: Site) -> None:
    page = visit()
    reply = stored_reply(page, site)
    body = streamed(reply, f"event: done\r\ndata: {json.dumps(reply)}\r\n\r\n")
    page.route("**/v1/briefs", lambda route: route.fulfill(body=body, content_type="text/event-stream; charset=utf-8"))
    with page.expect_request("**/v1/briefs") as asked:
        read(page)
    assert asked.value.headers["accept"].startswith("text/event-stream")
    sentence(page, "fr/s1").hover()
    assert lit(page) == "".join(WRITTEN[0][1])


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("", "The reply broke off before its end."),
        (
            'event: error\r\ndata: {"code": "model_failed", "status": 503, "request_id": "abcdefgh"}\r\n\r\n',
            "The model failed on this article. Try again.Request number: abcdefgh",
        ),
    ],
    ids=["cut", "error"],
)
def test_a_stream_that_fails_says_why(visit: Visit, site: Site, end: str, words: str) -> None:
    page = visit()
    body = streamed(stored_reply(page, site), end)
    page.route("**/v1/briefs", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    ask(page, FESTIVAL)
    expect(page.locator("#problem")).to_contain_text(words)


def test_events_are_read_however_they_are_cut(visit: Visit) -> None:
    page = visit()
    cut = """async ([text, size]) => {
        const { events } = await import("/assets/api.js");
        const bytes = new TextEncoder().encode(text);
        const body = new ReadableStream({ start(out) {
            for (let at = 0; at < bytes.length; at += size) out.enqueue(bytes.slice(at, at + size));
            out.close(); } });
        const found = [];
        for await (const { event, data } of events(body)) found.push([event, data]);
        return found; }"""
    for end in ("\n", "\r\n", "\r"):
        text = end.join(
            [": ping", "event: brief", "data: été 🎭", "data:second", "", "data", "id: 3", "", "data: rest", "", ""]
        )
        for size in (1, 2, 3, 1000):
            assert page.evaluate(cut, [text, size]) == [
                ["brief", "été 🎭\nsecond"],
                ["message", ""],
                ["message", "rest"],
            ]


def test_a_server_that_starts_is_waited_for(visit: Visit, site: Site) -> None:
    page = visit()
    answers = iter([{"code": "not_ready", "status": 503, "retry_after": 1, "request_id": "x"}])

    def starting(route: Any) -> None:
        found = next(answers, None)
        if found is None:
            route.continue_()
        else:
            route.fulfill(status=503, body=json.dumps(found), content_type="application/problem+json")

    page.route("**/v1/languages", starting)
    page.reload()
    expect(page.locator("#article-note")).to_have_text(re.compile("The server is loading its models"))
    expect(page.locator("#article-note")).to_have_text("The server is ready.")
    expect(page.locator("#languages input")).to_have_count(3)
