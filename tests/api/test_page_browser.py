"""The page in a real Chromium over the real application: from an article to its evidence, and what may go wrong."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import structlog
from api_server import Served, wait_until
from axe_playwright_python.sync_playwright import Axe
from fake_product import BREAKS, WAITS, FakeRuntime
from page_server import FESTIVAL, TITLE, WRITTEN, page_application, page_runtime
from playwright.sync_api import Browser, Page, expect, sync_playwright

from service.settings import Settings

ENGLISH_ARTICLE = "The council adopted the budget on Monday, and the mayor thanked the members."
Visit = Callable[..., Page]


class Site:
    """A server with the page, and the fake product behind it."""

    def __init__(self, served: Served, runtime: FakeRuntime) -> None:
        self.url, self.runtime = served.url, runtime


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


@pytest.fixture(scope="module")
def window(browser: Browser) -> Window:
    """The window that all tests share which need no other one: opening one takes longer than most tests."""
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


def test_the_brief_is_copied_and_downloaded_in_three_forms(visit: Visit, site: Site, tmp_path: Path) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    read(page)
    page.get_by_role("button", name="Copy the brief: English").click()
    expect(page.locator("#live")).to_have_text("Copied.")
    english = " ".join(said["en"] for said, _, _ in WRITTEN)
    assert page.evaluate("navigator.clipboard.readText()") == english
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#live")).to_contain_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    def fetched(kind: str) -> bytes:
        page.locator("#downloads summary").click()
        with page.expect_download() as started:
            page.locator(f'[data-download="{kind}"]').click()
        assert started.value.suggested_filename.endswith(f".{kind}")
        started.value.save_as(tmp_path / kind)
        return (tmp_path / kind).read_bytes()

    id = page.url.partition("#b=")[2]
    assert json.loads(fetched("json")) == json.loads(site.runtime.replies[id])
    markdown = fetched("md").decode()
    assert markdown.startswith(f"# {TITLE}\n\n## Français\n\n")
    assert f"## English\n\n{english}\n" in markdown
    assert f"   > {WRITTEN[0][1][1]}\n" in markdown
    with zipfile.ZipFile(io.BytesIO(fetched("docx"))) as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = ["".join(one.itertext()) for one in parts["word/document.xml"].iter(f"{word}p")]
    assert lines[0] == TITLE
    assert english in lines
    assert WRITTEN[0][1][0] in lines


def word_document(*paragraphs: tuple[str, str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .docx as word processors write it: namespaces, runs, a deleted run, compressed members."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{text[:9]}</w:t></w:r>'
        f"<w:del><w:r><w:delText>effacé</w:delText></w:r></w:del><w:r><w:t>{text[9:]}</w:t></w:r></w:p>"
        for style, text in paragraphs
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>')
    return made.getvalue()


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_word_document_is_read_in_the_browser(visit: Visit, compression: int) -> None:
    page = visit()
    made = word_document(
        ("Titre", TITLE), ("Normal", "Le maire a promis."), ("Normal", "Fin &amp; suite."), compression=compression
    )
    page.locator("#file").set_input_files({"name": "Article.DOCX", "mimeType": "", "buffer": made})
    expect(page.locator("#article-text")).to_have_value("Le maire a promis.\n\nFin & suite.")
    expect(page.locator("#article-title")).to_have_value(TITLE)
    expect(page.locator("#article-note")).to_have_text("Article.DOCX loaded. 7 words")


def test_text_and_pages_are_read_in_their_encoding(visit: Visit) -> None:
    page = visit()
    declared = '<!doctype html><meta charset="iso-8859-15"><p>Un € à Uzès'
    for name, content, text in [
        ("utf-8.txt", "L’été à Uzès".encode(), "L’été à Uzès"),
        ("windows.txt", "L’été à Uzès, hier".encode("cp1252"), "L’été à Uzès, hier"),
        ("wide.txt", "L’été à Uzès, enfin".encode("utf-16"), "L’été à Uzès, enfin"),
        ("declared.html", declared.encode("iso-8859-15"), declared),
    ]:
        page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})
        expect(page.locator("#article-text")).to_have_value(text)


def test_a_file_that_cannot_be_read_is_refused_in_plain_words(visit: Visit) -> None:
    page = visit()
    cut = word_document(("Normal", "Le maire a promis."))[:-40]
    for name, content, said in [
        ("photo.jpg", b"\xff\xd8\xff\xe0", "This file cannot be read here"),
        ("broken.docx", b"PK\x03\x04 nothing more", "This .docx document is damaged"),
        ("binary.txt", b"MZ\x00\x01" * 50, "This file cannot be read here"),
        ("cut.docx", cut, "This .docx document is damaged"),
    ]:
        page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})
        expect(page.locator("#problem")).to_contain_text(said)


DROP = """([name, source]) => { const data = new DataTransfer();
    data.items.add(new File([source], name, { type: "text/html" }));
    for (const kind of ["dragover", "drop"])
        document.querySelector("#sheet").dispatchEvent(
            new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); }"""


def test_a_file_too_large_for_an_article_is_not_even_read(visit: Visit) -> None:
    page = visit()
    page.evaluate(DROP.replace("[source]", "[new Uint8Array(source)]"), ["book.txt", 8 * 1024 * 1024 + 1])
    expect(page.locator("#problem")).to_contain_text("This file is too large")


def test_a_dropped_page_is_sent_as_html(visit: Visit, site: Site) -> None:
    page = visit()
    page.evaluate(DROP, ["page.html", "<html><body><p>Le maire a promis. Le parc ouvrira.</p></body></html>"])
    expect(page.locator("#article-note")).to_contain_text("HTML page")
    page.locator("#submit").click()
    expect(page.locator("#article .passage").first).to_be_visible()
    assert site.runtime.briefer.seen
    assert page.locator("#article").inner_text().strip() == "Le maire a promis. Le parc ouvrira."


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
