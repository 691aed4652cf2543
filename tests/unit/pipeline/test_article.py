from __future__ import annotations

import textwrap
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.errors import EmptyArticle, InvalidRequest
from service.pipeline.article import MAX_TITLE, clean, clean_title, read, read_article


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("e\u0301te\u0301", "été"),
        ("\ufeffTexte", "Texte"),
        ("a\x00b\x07c\x1bd\x7fe", "abcde"),
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("un\u2028deux\u2029trois\x0cquatre", "un\ndeux\n\ntrois\n\nquatre"),
        ("zéro\u200blargeur\u2060\u00ad", "zérolargeur"),
        ("\u202etexte\u202c \u2066caché\u2069", "texte caché"),
        ("l\x92\x93État\x94 \x80", "l’“État” €"),
        ("seul \ud800 ici", "seul \ufffd ici"),
        ("paire \ud83d\ude00", "paire 😀"),
        ("famille \U0001f468\u200d\U0001f469 et a\u200db", "famille \U0001f468\u200d\U0001f469 et ab"),
        ("un  \t deux", "un deux"),
        ("« Oui\u00a0» et 10\u202f000", "« Oui\u00a0» et 10\u202f000"),
        ("Oui \u00a0!", "Oui\u00a0!"),
        ("12\u2009000", "12\u202f000"),
        ("  un  \n  deux  ", "un\ndeux"),
        ("un\n\n\n\n\ndeux", "un\n\ndeux"),
        ("un\n \u00a0\n\t\ndeux", "un\n\ndeux"),
    ],
)
def test_cleaning(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_lines_broken_by_a_mail_program_are_joined_and_paragraphs_stay() -> None:
    paragraph = (
        "Le conseil municipal de Lyon a voté jeudi soir le budget de l'année prochaine, qui prévoit une hausse des "
        "dépenses de transport. Le maire a défendu un texte d'équilibre, que l'opposition juge trop coûteux pour les "
        "contribuables de la ville et des communes voisines."
    )
    wrapped = textwrap.fill(paragraph, 60)
    assert wrapped.count("\n") >= 4
    assert clean(f"{wrapped}\n\n{wrapped}") == f"{paragraph}\n\n{paragraph}"


def test_short_lines_such_as_headings_and_lists_are_not_joined() -> None:
    text = "Un titre\nUn intertitre un peu plus long que le titre lui-même\nFin\n- pommes\n- poires"
    assert clean(text) == text


@settings(deadline=None)
@given(st.text())
@example("\r\r\n\u2029\x85\x0b")
@example("a\u0301\u200d\ud800\udc00")
def test_cleaned_text_is_printable_and_normal(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert cleaned == cleaned.strip()
    assert "\n\n\n" not in cleaned
    cleaned.encode()


@pytest.mark.parametrize("unit", ["a\u0301\u0323", "\u0301\u0323", " ", "\n ", "\u200d", "\ud800", "\u00a0 "])
def test_two_mebibytes_are_cleaned_in_bounded_time(unit: str) -> None:
    begin = time.process_time()
    clean(unit * (1_000_000 // len(unit)))
    assert time.process_time() - begin < 20  # sorting so many marks the naive way takes many minutes


def test_an_article_has_sentences_whose_offsets_refer_to_the_cleaned_text() -> None:
    article = read_article("\ufeffLe chat  dort.\r\n\r\nIl re\u0302ve.", None, " Un\ntitre ")
    assert article.text == "Le chat dort.\n\nIl rêve."
    assert article.title == "Un titre"
    assert article.words == 5
    assert [article.text[s.start : s.end] for s in article.sentences] == ["Le chat dort.", "Il rêve."]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff\x00", "… !? – _ _", "😀🎉"])
def test_an_article_without_words_is_refused(text: str) -> None:
    with pytest.raises(EmptyArticle):
        read_article(text, None, "Un titre")


@pytest.mark.parametrize(("text", "html"), [(None, None), ("Un texte.", "<p>Un texte.</p>")])
def test_exactly_one_of_text_and_html_must_be_given(text: str | None, html: str | None) -> None:
    with pytest.raises(InvalidRequest, match="exactly one of text and html"):
        read_article(text, html, None)


def test_a_page_gives_its_title_unless_the_caller_has_one() -> None:
    html = "<html><head><title>De la page</title></head><body><p>Le chat dort &agrave; Paris.</p></body></html>"
    assert read(None, html, None).article.title == "De la page"
    assert read(None, html, "Du client").article.title == "Du client"
    assert read(None, html, None).article.text == "Le chat dort à Paris."


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(EmptyArticle):
        read_article(None, "<html><body><script>var x = 1</script></body></html>", None)


@pytest.mark.parametrize(("title", "cleaned"), [(None, None), ("", None), ("…", None), ("a" * 999, "a" * MAX_TITLE)])
def test_titles(title: str | None, cleaned: str | None) -> None:
    assert clean_title(title) == cleaned
