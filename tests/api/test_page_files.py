"""Files that the page reads in the browser, and those that it writes there."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from page_server import TITLE, WRITTEN
from page_window import Site, Visit, read
from playwright.sync_api import expect

pytest_plugins = ["page_fixtures"]


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
