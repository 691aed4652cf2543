from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.extraction import MAX_ELEMENTS, extract

PARAGRAPHS = [
    f"Le ministre de la région {n} a annoncé mardi une réforme pour les communes rurales, qui voteront avant l'été."
    for n in range(1, 9)
]
PAGE = f"""<!doctype html><html><head><title>La réforme des communes - Le Journal</title>
<script>var secret = "à ne pas lire";</script></head><body>
<nav><ul><li><a href="/">Accueil</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>La réforme des communes</h1>{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}</article>
<footer><p>Mentions légales</p></footer></body></html>"""


def test_a_page_gives_its_article_without_menus_and_its_title_without_the_sites_name() -> None:
    page = extract(PAGE)
    assert page.title == "La réforme des communes"
    assert page.text.split("\n") == PARAGRAPHS
    assert not page.visible_text_only


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ('<meta property="og:title" content="Nommé"><title>Autre - Site</title>', "<h1>Encore</h1>", "Nommé"),
        ("<title>Le vrai titre | Le Journal</title>", "<h1>LE JOURNAL DU SOIR</h1>", "Le vrai titre"),
        ("", "<h1>Le seul titre</h1>", "Le seul titre"),
        ("", "", None),
    ],
)
def test_the_title(head: str, body: str, title: str | None) -> None:
    assert extract(f"<html><head>{head}</head><body>{body}<p>{PARAGRAPHS[0]}</p></body></html>").title == title


@pytest.mark.parametrize(
    "html", ["<p>Bonjour à tous.</p>", "<div>Bonjour à tous.", "Bonjour <b>à</b> tous.", "<<p>Bonjour à tous."]
)
def test_fragments_and_broken_pages_give_their_text(html: str) -> None:
    assert "Bonjour à tous." in extract(html).text


def test_deeply_nested_tables_give_their_visible_text() -> None:
    for depth in (100, 20_000):
        page = extract("<html><body>" + "<table><tr><td>" * depth + PARAGRAPHS[0] + "</td></tr></table>" * depth)
        assert page.text.strip() == PARAGRAPHS[0]
        assert page.visible_text_only


def test_the_visible_text_has_no_scripts_and_keeps_blocks_apart() -> None:
    html = (
        "<style>p {}</style>" + "<p>Un <i>mot</i> ici.</p><script>var x</script><ul><li>Deux</li></ul>" * MAX_ELEMENTS
    )
    page = extract(html)
    assert page.visible_text_only
    assert page.text.split("\n")[:4] == ["Un mot ici.", "Deux", "Un mot ici.", "Deux"]


def test_rows_of_a_table_become_lines() -> None:
    table = "<table><tr><th>Ville</th><th>Habitants</th></tr><tr><td>Paris</td><td>2 millions</td></tr></table>"
    lines = extract(PAGE.replace("</article>", f"{table}</article>")).text.split("\n")
    assert lines[-1] == "Paris ; 2 millions"


def test_an_encoding_that_the_page_declares_does_not_garble_text_already_decoded() -> None:
    for declaration in ('<?xml version="1.0" encoding="utf-16"?>', '<meta charset="iso-8859-1">'):
        assert extract(declaration + PAGE).text.split("\n") == PARAGRAPHS


def test_text_without_any_tag_is_given_back() -> None:
    assert extract("1 < 2 & 3 > 2, dit Théo").text == "1 < 2 & 3 > 2, dit Théo"


@pytest.mark.parametrize(
    "junk",
    [
        "<",
        "&",
        "<!--",
        "<script>",
        "<b><i>x ",
        '<a href="x">y</a> ',
        "<![CDATA[",
        "<p>mot</p>",
        "\x00",
        'a="b" ',
        "<td>x",
    ],
)
def test_two_mebibytes_of_junk_take_bounded_time(junk: str) -> None:
    begin = time.process_time()
    extract("<div " + junk * (2 * 1024 * 1024 // len(junk)))
    assert time.process_time() - begin < 20  # about one second; trafilatura alone takes over ten for some


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<table>", "<td>", "<", ">", "&", "&#0;", "<title>", "mot "])
        | st.text(max_size=4)
    )
)
def test_nothing_makes_it_fail(parts: list[str]) -> None:
    page = extract("".join(parts))
    assert isinstance(page.text, str)


def test_nothing_is_fetched(socket_disabled: None) -> None:
    page = extract(
        PAGE.replace("<article>", '<base href="http://192.0.2.1/"><img src="http://192.0.2.1/a.png"><article>')
    )
    assert page.text.split("\n") == PARAGRAPHS
