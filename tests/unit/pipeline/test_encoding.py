from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.encoding import decode, looks_like_html

TEXT = "L’été à Noël : « œuvre », 5 €"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "windows-1252"),
    ],
)
def test_the_encoding_is_recognised_and_named(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.encoding) == (TEXT, encoding)


def test_an_encoding_that_a_page_declares_is_used_when_the_bytes_are_not_utf8() -> None:
    page = '<html><head><meta charset="iso-8859-15"></head><p>5 € d\'été</p></html>'
    assert decode(page.encode("iso-8859-15")).text == page


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", "inconnu"])
def test_a_wrong_or_latin_1_declaration_means_windows_1252(declared: str) -> None:
    page = f'<meta charset="{declared}"><p>5 € d’été</p>'
    decoded = decode(page.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (page, "windows-1252")


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    assert isinstance(decode(data).text, str)


@settings(deadline=None)
@given(st.text().filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    if not text.encode().startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><title>a</title>",
        "\ufeff  <html lang='fr'><body>a",
        "<p>Un texte.</p>",
        "<div class='a'>Un texte",
        "Un <b>texte</b> gras",
    ],
)
def test_html_is_recognised(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Un texte.",
        "a < b et c > d",
        "Le <3 de Paris",
        "if (a<b) {}",
        "La balise <p> ouvre un paragraphe.",
        "<Nom inconnu>",
    ],
)
def test_plain_text_is_not_taken_for_html(text: str) -> None:
    assert not looks_like_html(text)
