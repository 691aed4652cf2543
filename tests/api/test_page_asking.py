"""The page's form: what it sends, what it refuses and why, and the ways back to an article and its brief."""

from __future__ import annotations

import json
import re
from typing import Any

from fake_product import BREAKS
from page_server import FESTIVAL, TITLE, WRITTEN
from page_window import ENGLISH_ARTICLE, Site, Visit, ask, lit, read, sentence
from playwright.sync_api import expect

pytest_plugins = ["page_fixtures"]


def test_an_english_article_is_refused_in_plain_words_and_can_be_insisted_on(visit: Visit) -> None:
    page = visit()
    ask(page, ENGLISH_ARTICLE)
    problem = page.locator("#problem")
    expect(problem).to_contain_text("This article does not seem to be in French (detected: English).")
    expect(problem).to_be_focused()
    expect(page.locator("#article-text")).to_have_value(ENGLISH_ARTICLE)
    problem.get_by_role("button", name="It is French, go on").click()
    expect(page.locator(".brief-text").first).to_have_text(ENGLISH_ARTICLE)


def test_a_fault_of_the_server_comes_with_its_request_number(visit: Visit) -> None:
    page = visit(locale="fr-FR")
    with page.expect_response("**/v1/briefs") as replied:
        ask(page, f"{BREAKS}.")
    problem = page.locator("#problem")
    expect(problem).to_contain_text("Une erreur s’est produite sur le serveur.")
    expect(problem).to_contain_text(f"Numéro de la demande : {replied.value.headers['x-request-id']}")
    page.locator('[data-interface="en"]').click()
    expect(problem).to_contain_text("Something went wrong on the server.")
    expect(problem.get_by_role("button", name="Try again")).to_be_visible()


def test_what_cannot_be_sent_is_said_at_once(visit: Visit) -> None:
    page = visit()
    page.locator("#submit").click()
    expect(page.locator("#problem")).to_have_text("Paste an article first, or choose an example.")
    ask(page, FESTIVAL, languages=())
    expect(page.locator("#problem")).to_have_text("Choose at least one language.")
    page.context.set_offline(True)
    ask(page, FESTIVAL)
    expect(page.locator("#problem")).to_contain_text("The server does not answer.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#article .passage").first).to_be_visible()


def test_a_key_is_asked_for_and_sent(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#key")).to_be_hidden()

    def guarded(route: Any) -> None:
        if route.request.headers.get("authorization") == "Bearer secret-key":
            route.continue_()
        else:
            body = json.dumps({"code": "unauthorised", "status": 401, "request_id": "abcdefgh"})
            route.fulfill(status=401, body=body, content_type="application/problem+json")

    page.route("**/v1/briefs", guarded)
    ask(page, FESTIVAL)
    expect(page.locator("#problem")).to_contain_text("This server asks for an access key")
    page.get_by_label("Access key").fill("secret-key")
    page.locator("#submit").click()
    expect(page.locator("#article .passage").first).to_be_visible()


def test_a_link_reopens_the_brief_and_back_returns_to_the_article(visit: Visit, site: Site) -> None:
    page = visit()
    read(page)
    link = page.url
    assert re.fullmatch(re.escape(site.url) + r"/#b=[0-9a-f]{64}", link)
    page.go_back()
    expect(page.locator("#article-text")).to_have_value(FESTIVAL)
    expect(page.locator("#result")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#article .passage").first).to_be_visible()
    other = visit(link.removeprefix(site.url))
    expect(other.locator("#result-title")).to_have_text(TITLE)
    sentence(other, "en/s2").hover()
    assert lit(other) == "".join(WRITTEN[1][1])


def test_a_link_to_a_forgotten_brief_says_so(visit: Visit) -> None:
    page = visit("/#b=0000000000000000")
    expect(page.locator("#problem")).to_contain_text("This brief is no longer kept on this server")
    expect(page.locator("#article-text")).to_be_visible()


def test_an_example_takes_the_article_s_place_and_gives_it_back(visit: Visit) -> None:
    page = visit()
    page.locator("#article-text").fill("Mon article.")
    page.locator("#examples summary").click()
    page.locator("#examples-list button", has_text="Coup de vent sur le Cotentin").click()
    expect(page.locator("#article-title")).to_have_value("Coup de vent sur le Cotentin")
    expect(page.locator("#submit")).to_be_focused()
    page.get_by_role("button", name="Restore my text").click()
    expect(page.locator("#article-text")).to_have_value("Mon article.")
    expect(page.locator("#restore")).to_be_hidden()


def test_markup_in_an_article_stays_text(visit: Visit) -> None:
    page = visit()
    article = (
        'Le maire <img src="x" onerror="alert(1)"> a promis 3 arbres. La <b>ville</b> & <script>1</script> attend.'
    )
    ask(page, article, "<i>Titre</i>")
    expect(page.locator("#result-title")).to_have_text("<i>Titre</i>")
    expect(page.locator(".brief-text").first).to_have_text(article)
    assert page.locator("#result :is(img, b, i, script)").count() == 0


def test_the_interface_changes_its_language_and_remembers_it(visit: Visit) -> None:
    page = visit(locale="fr-FR")
    expect(page.locator("h1").first).to_have_text("L’essentiel d’un article, chaque fait à sa source.")
    read(page)
    expect(page.locator('[data-language="en"] .label')).to_have_text("Traduite du français")
    page.locator('[data-interface="en"]').click()
    expect(page.locator('[data-language="en"] .label')).to_have_text("Translated from French")
    expect(page.locator("#again")).to_have_text("New article")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#again")).to_have_text("New article")
