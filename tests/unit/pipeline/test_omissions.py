"""What a translation that leaves a number out may count in its place."""

from __future__ import annotations

import pytest

from service.pipeline.omissions import counts_unread, repeats_value


def test_one_of_counts_only_where_the_french_does_not_say_it() -> None:
    assert not counts_unread("L'un des maires parle.", "One of the mayors speaks.", "en")
    assert counts_unread("Le maire parle.", "One of the mayors speaks.", "en")


@pytest.mark.parametrize(
    ("language", "plain", "counting"),
    [
        ("de", "Der Bürgermeister hat eine Brücke erwähnt.", "Der Bürgermeister hat dreihunderten zugehört."),
        ("es", "El alcalde mencionó un puente de la ciudad.", "El alcalde mencionó cuarentos puentes."),
        ("it", "Il sindaco ha parlato di un ponte nel centro.", "Il sindaco ha parlato di trentotte ponti."),
        ("pt", "O presidente falou de uma ponte da cidade.", "O presidente falou de milhentas pontes."),
    ],
)
def test_every_language_has_its_counting_words(language: str, plain: str, counting: str) -> None:
    assert not counts_unread("Le maire a parlé d'un pont.", plain, language)
    assert counts_unread("Le maire a parlé d'un pont.", counting, language)


def test_an_english_number_in_another_language_is_not_read() -> None:
    assert counts_unread("Dix bases ferment.", "Nine basi chiudono.", "it")
    assert not counts_unread("Les bases ferment.", "Le basi chiudono per onestà.", "it")


def test_a_number_that_stands_for_a_lost_one_is_noticed() -> None:
    french = "Six objectifs étaient visés, cinq personnes sont arrêtées."
    assert repeats_value(french, "Cinque obiettivi, cinque persone.", "it")
    assert not repeats_value(french, "Sono state arrestate cinque persone.", "it")
