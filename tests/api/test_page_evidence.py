"""The page's result: each sentence and fact beside its source in the article, for every way to read it."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from page_server import FESTIVAL, TITLE, WRITTEN
from page_window import ENGLISH_ARTICLE, Visit, ask, lit, read, sentence
from playwright.sync_api import expect

pytest_plugins = ["page_fixtures"]


def test_pointing_at_a_sentence_shows_its_sources_and_its_counterparts(visit: Visit) -> None:
    page = visit()
    read(page, ("fr", "en", "de"))
    expect(page.locator("#result-title")).to_have_text(TITLE)
    assert page.locator(".brief-text").all_text_contents() == [
        " ".join(said[language] for said, _, _ in WRITTEN) for language in ("fr", "en", "de")
    ]
    for number, (_, passages, _) in enumerate(WRITTEN, 1):
        for language, others in (("fr", ("en", "de")), ("de", ("fr", "en"))):
            sentence(page, f"{language}/s{number}").locator(".fact").last.hover()
            assert lit(page) == "".join(passages)
            peers = page.locator(".is-peer")
            assert [peer.get_attribute("data-key") for peer in peers.all()] == [f"{one}/s{number}" for one in others]
    page.mouse.move(1, 1)
    assert lit(page) == ""


def test_a_source_far_down_is_scrolled_into_view(visit: Visit) -> None:
    page = visit(viewport={"width": 1280, "height": 560}, reduced_motion="reduce")
    read(page)
    panel = page.locator("#article").bounding_box()
    sentence(page, "en/s2").hover()
    box = page.locator("#article .is-source").first.bounding_box()
    assert panel is not None
    assert box is not None
    assert panel["y"] <= box["y"] <= box["y"] + box["height"] <= panel["y"] + panel["height"]
    assert page.evaluate("document.getElementById('article').scrollTop") > 0
    assert page.evaluate("scrollY") == 0


def test_a_fact_shows_where_the_article_says_it(visit: Visit) -> None:
    page = visit()
    read(page)
    for language in ("fr", "en"):
        facts = sentence(page, f"{language}/s1").locator(".fact")
        stated = WRITTEN[0][2][language]
        assert facts.all_text_contents() == [words for _, _, words, _, _ in stated]
        for fact, (_, _, _, in_article, _) in zip(facts.all(), stated, strict=True):
            fact.hover()
            assert lit(page, "is-stated") == in_article


def test_pointing_at_the_article_shows_what_rests_on_it(visit: Visit) -> None:
    page = visit()
    read(page)
    page.locator("#article .passage", has_text="41 200").hover()
    active = page.locator(".is-active, .is-peer")
    assert [one.get_attribute("data-key") for one in active.all()] == ["fr/s1", "en/s1"]
    page.locator("#article p").nth(3).hover()
    expect(page.locator(".is-active")).to_have_count(0)


def test_the_keyboard_alone_goes_the_whole_way(visit: Visit) -> None:
    page = visit()
    press = page.keyboard.press
    press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.locator("#article-title")).to_be_focused()
    press("Tab")
    page.keyboard.insert_text(FESTIVAL)
    press("Control+Enter")
    expect(page.locator("#article .passage").first).to_be_visible()
    expect(page.locator("#result-title")).to_be_focused()
    expect(page.locator("#live")).to_have_text("The brief is ready, in 2 languages.")
    while not page.evaluate("document.activeElement.dataset.key"):
        press("Tab")
    expect(sentence(page, "fr/s1")).to_be_focused()
    assert lit(page) == "".join(WRITTEN[0][1])
    press("Tab")
    expect(sentence(page, "fr/s2")).to_be_focused()
    assert lit(page) == "".join(WRITTEN[1][1])
    press("Shift+Tab")
    press("ArrowRight")
    press("ArrowRight")
    assert lit(page, "is-stated") == "41 200"
    expect(page.locator("#live")).to_have_text("“41 200”, in the article: “41 200”")
    press("Enter")
    expect(sentence(page, "fr/s1")).to_have_attribute("aria-pressed", "true")
    press("Tab")
    press("Tab")
    expect(page.locator(".brief").first.get_by_role("button", name="Copy the brief")).to_be_focused()
    assert lit(page) == "".join(WRITTEN[0][1])
    press("Escape")
    assert lit(page) == ""


def test_a_screen_reader_hears_where_a_sentence_comes_from(visit: Visit) -> None:
    page = visit()
    read(page)
    described = """key => document.querySelector(`[data-key="${key}"]`).getAttribute("aria-describedby")
        .split(" ").map(id => document.getElementById(id).textContent)"""
    heard = page.evaluate(described, "en/s1")
    assert heard[0] == "Source in the article:"
    assert "".join(heard[1:]) == "".join(WRITTEN[0][1])
    assert page.evaluate(described, "fr/s2")[0] == "Sentence taken from the article as it stands."
    for role, name in (("main", None), ("banner", None), ("contentinfo", None), ("region", "The article")):
        assert page.get_by_role(role, name=name).count() >= 1  # type: ignore[arg-type]


def test_what_was_taken_as_it_stands_and_what_is_doubtful_is_told_apart(visit: Visit) -> None:
    page = visit()
    read(page, ("fr", "de"))
    french, german = page.locator('[data-language="fr"]'), page.locator('[data-language="de"]')
    expect(french.locator(".label")).to_have_text("Written")
    expect(french.locator(".is-verbatim")).to_have_text(WRITTEN[1][0]["fr"])
    assert german.locator(".label").all_text_contents() == ["Translated from French", "Experimental"]
    expect(german.locator(".fact.is-altered")).to_have_text("Marktplatz")
    expect(german.locator(".doubts li")).to_have_text("“Marktplatz” does not match its source.")
    expect(german.locator(".note")).to_contain_text("1 to review")
    page.locator("#again").click()
    ask(page, "Le maire a promis 12 arbres. Le parc ouvrira lundi. Les riverains attendent.")
    expect(french.locator(".label")).to_have_text("The article’s own sentences")
    expect(page.locator("#warnings li")).to_have_text(re.compile("the brief is made of its own sentences"))


def test_axe_finds_nothing_in_any_state(visit: Visit) -> None:
    page = visit(color_scheme="light")
    axe = Axe()

    def check(state: str) -> None:
        found = axe.run(page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        # In the dark nothing but the colours is different.
        page.emulate_media(color_scheme="dark")
        found = axe.run(page, options={"runOnly": ["color-contrast"]})
        assert found.violations_count == 0, f"{state}, dark: {found.generate_report()}"
        page.emulate_media(color_scheme="light")

    page.locator("#examples summary").click()
    check("empty, with the examples shown")
    page.keyboard.press("Escape")
    ask(page, ENGLISH_ARTICLE)
    expect(page.locator("#problem")).to_be_visible()
    check("error")
    read(page, ("fr", "en", "de"))
    check("result")
    sentence(page, "de/s2").locator(".fact").first.hover()
    page.set_viewport_size({"width": 360, "height": 740})
    check("result on a telephone, a sentence pointed at")


def test_a_telephone_shows_the_sources_at_the_foot_and_never_scrolls_sideways(visit: Visit) -> None:
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 360
    page.locator("#examples summary").tap()
    box = page.locator("#examples-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    read(page)
    assert page.evaluate(width) == 360
    sentence(page, "fr/s1").locator(".fact").nth(1).tap()
    expect(page.locator("#evidence mark")).to_have_text("41 200")
    assert page.locator("#evidence blockquote").all_text_contents() == WRITTEN[0][1]
    page.locator("#evidence-show").tap()
    expect(page.locator("#article .is-source").first).to_be_in_viewport()
    sentence(page, "en/s2").tap()
    expect(page.locator("#evidence blockquote")).to_have_text(WRITTEN[1][1][0])
    page.locator("#evidence-close").tap()
    expect(page.locator("#evidence")).to_be_hidden()
