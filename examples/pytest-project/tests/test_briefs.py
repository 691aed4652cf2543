"""What this newsroom asks of its briefs, whoever or whatever writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.testing import Breve, assert_brief

ARTICLES = sorted((Path(__file__).parents[1] / "articles").glob("*.txt"))


@pytest.fixture(params=ARTICLES, ids=lambda path: path.stem)
def article(request: pytest.FixtureRequest) -> str:
    text: str = request.param.read_text(encoding="utf-8")
    return text


def test_a_brief_is_short_french_and_true_to_its_article(breve: Breve, article: str) -> None:
    brief = breve.brief(article)
    breve.assert_brief(brief).in_language("fr").max_sentences(3).min_words(10).max_words(60)
    breve.assert_brief(brief).no_unsupported().faithful_to(article)


def test_the_english_brief_says_the_same(breve: Breve, article: str) -> None:
    brief = breve.brief(article)
    assert_brief(brief.in_language("en")).in_language("en").translates(brief)


def test_the_storm_is_named(breve: Breve) -> None:
    storm = next(path for path in ARTICLES if path.stem == "tempete").read_text(encoding="utf-8")
    breve.assert_brief(breve.brief(storm)).covers("Ghislaine", "Cotentin")


def test_briefs_of_our_own_writers_are_held_to_the_same() -> None:
    storm = next(path for path in ARTICLES if path.stem == "tempete").read_text(encoding="utf-8")
    ours = "Le Cotentin a connu des rafales de 137 km/h ; 9 800 foyers ont été privés d'électricité."
    assert_brief(ours, article=storm).no_unsupported().covers("9800").omits("154 km/h").max_words(30)


def test_a_wrong_number_is_noticed() -> None:
    storm = next(path for path in ARTICLES if path.stem == "tempete").read_text(encoding="utf-8")
    with pytest.raises(AssertionError, match="139 km/h"):
        assert_brief("Une rafale de 139 km/h a été mesurée.", article=storm).no_unsupported()
