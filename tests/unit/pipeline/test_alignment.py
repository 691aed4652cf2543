from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.pipeline.alignment import MAX_SOURCES, AlignmentIndex, find_sources
from service.pipeline.article import Article, read_article

TEXT = (
    "La ville de Grenoble a inauguré samedi une nouvelle ligne de tramway longue de 12,4 kilomètres. "
    "Le chantier, lancé en 2019, a coûté 310 millions d'euros, soit 45 millions de plus que prévu. "
    "« Nous avons tenu nos promesses », s'est félicité le maire, Éric Dumas. "
    "L'opposition dénonce un gaspillage d'argent public. "
    "Claire Morel, conseillère d'opposition, réclame un audit indépendant avant la fin de l'année.\n"
    "Des habitants inquiets\n"
    "Plusieurs riverains se plaignent du bruit des rames, qui passent toutes les six minutes. "
    "Une pétition a recueilli 2.600 signatures en trois semaines. "
    "La régie des transports promet de poser des murs antibruit au printemps. "
    "Le trafic attendu est de 48.000 voyageurs par jour."
)


@pytest.fixture
def article() -> Article:
    return read_article(TEXT, None, None)


def quotes(sentence: str, article: Article) -> list[str]:
    return [source.quote for source in find_sources(sentence, article)]


@pytest.mark.parametrize("number", range(10))
def test_a_copied_sentence_has_exactly_itself_with_score_1(article: Article, number: int) -> None:
    copied = article.sentences[number]
    (source,) = find_sources(copied.text, article)
    assert (source.start, source.end, source.quote, source.score) == (copied.start, copied.end, copied.text, 1.0)


@pytest.mark.parametrize(
    "sentence",
    [
        "\u00ab\u00a0Nous avons tenu nos promesses\u00a0\u00bb, s’est félicité le maire, Éric Dumas.",
        '"Nous avons tenu nos promesses", s\'est félicité le maire, Éric Dumas.',
    ],
)
def test_a_copy_with_other_marks_and_spaces_is_a_copy(article: Article, sentence: str) -> None:
    (source,) = find_sources(sentence, article)
    assert source.score == 1.0
    assert source.quote.endswith("le maire, Éric Dumas.")


@pytest.mark.parametrize(
    ("sentence", "starts"),
    [
        ("Grenoble inaugure un tramway de 12,4 kilomètres.", ["La ville de Grenoble"]),
        ("Une élue, Claire Morel, demande un audit.", ["Claire Morel"]),
        ("Près de 48.000 personnes devraient l'emprunter chaque jour.", ["Le trafic attendu"]),
        ("Des murs antibruit seront posés au printemps.", ["La régie des transports"]),
        # two facts, two sources
        (
            "La nouvelle ligne de tramway de Grenoble a coûté 310 millions d'euros.",
            ["Le chantier", "La ville de Grenoble"],
        ),
        (
            "Les riverains se plaignent du bruit et ont signé une pétition (2.600 signatures).",
            ["Plusieurs riverains", "Une pétition"],
        ),
        (
            "Le maire Éric Dumas se félicite, mais l'opposition dénonce un gaspillage d'argent public.",
            ["L'opposition dénonce", "« Nous avons"],
        ),
    ],
)
def test_paraphrases_and_fusions_have_their_sources_and_no_others(
    article: Article, sentence: str, starts: list[str]
) -> None:
    found = quotes(sentence, article)
    assert len(found) == len(starts)
    assert all(any(quote.startswith(start) for quote in found) for start in starts), found


def test_the_best_source_comes_first(article: Article) -> None:
    scores = [
        s.score for s in find_sources("Le chantier du tramway de Grenoble a coûté 310 millions d'euros.", article)
    ]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_a_sentence_with_nothing_of_the_article_has_score_0(article: Article) -> None:
    (source,) = find_sources("Xylophone zanzibar.", article)
    assert source.score == 0.0


def test_an_article_without_sentences_has_no_sources() -> None:
    assert find_sources("Le chat dort.", Article("", None, ())) == ()


WORDS = st.lists(st.sampled_from([*TEXT.split(), "chat", "«", "»", "\n", "."]), max_size=40).map(" ".join)


@settings(deadline=None)
@given(WORDS, WORDS.filter(lambda text: any(map(str.isalpha, text))))
def test_sources_are_spans_of_the_article(sentence: str, text: str) -> None:
    article = read_article(text, None, None)
    sources = find_sources(sentence, article)
    assert 1 <= len(sources) <= MAX_SOURCES
    assert all(article.text[s.start : s.end] == s.quote and 0 <= s.score <= 1 for s in sources)
    assert len({source.start for source in sources}) == len(sources)


def test_an_article_of_600_words_takes_milliseconds(article: Article) -> None:
    long = read_article("\n".join(TEXT.replace("Grenoble", f"Ville{n}") for n in range(6)), None, None)
    taken = []
    for _ in range(3):
        begin = time.process_time()
        index = AlignmentIndex(long)
        index.find("Grenoble inaugure une ligne de tramway qui a coûté 310 millions d'euros.")
        taken.append(time.process_time() - begin)
    assert long.words > 600
    assert min(taken) < 0.05  # 3 ms on an idle core
