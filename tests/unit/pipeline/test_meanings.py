"""What a translation may state because our dictionary has it of a word of the French sentence."""

from __future__ import annotations

import pytest

from service.pipeline.comparison import compare
from service.pipeline.meanings import meanings_of


def failing(french: str, translation: str, language: str = "en") -> list[tuple[str, str]]:
    return [(check.fact.text, check.status) for check in compare(french, translation, language).failures]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("L'eurodéputé dénonce l'antisémitisme.", "The MEP denounces anti-Semitism."),
        ("Elle veut réveillonner avec les soldats.", "She wants to celebrate New Year's Eve with the soldiers."),
        ("Le « trou noir » du quinquennat", 'The "black hole" of the five-year term'),
        ("Un moratoire d'un trimestre", "A moratorium of a quarter"),
        ("La vingtaine d'arrestations inquiète.", "The twenty or so arrests are a worry."),
        ("Les préservatifs protègent.", "Condoms protect."),
        (
            "Une quadragénaire et un septuagénaire sont morts.",
            "A woman in her forties and a man in his seventies died.",
        ),
    ],
)
def test_what_the_dictionary_has_is_not_invented(french: str, english: str) -> None:
    assert failing(french, english) == []


@pytest.mark.parametrize(
    ("french", "english", "wrong"),
    [
        # A number word is compared as a number, whatever the dictionary has of it.
        ("Ils étaient deux cent cinquante.", "There were fifty of them.", "fifty"),
        ("Il a payé un milliard.", "He paid 2 billion.", "2 billion"),
        ("Le ministre dénonce le racisme.", "The minister denounces anti-Semitism.", "anti-Semitism"),
        ("Son mandat a duré.", "His five-year term went on.", "five-year"),
        ("Une quadragénaire est morte.", "A woman in her fifties died.", "fifties"),
        ("Un homme est mort.", "A man in his forties died.", "forties"),
    ],
)
def test_what_it_has_not_is(french: str, english: str, wrong: str) -> None:
    assert (wrong, "altered") in failing(french, english)


def test_other_languages_have_their_own() -> None:
    assert failing("Le quinquennat commence.", "Comienza el mandato de cinco años.", "es") == []
    assert "quinquenio" not in meanings_of("Le quinquennat commence.", "en").words


def test_a_date_whose_month_was_invented_stands_for_the_one_with_its_day() -> None:
    french = "Dans la nuit du dimanche 10 au lundi 11 mars, il a plu."
    (check,) = compare(french, "From Sunday, December 10 to Monday, March 11, it rained.", "en").failures
    assert (check.fact.text, check.status) == ("December 10", "altered")
    assert check.source is not None
    assert french[slice(*check.source)] == "10"


def test_a_quarantine_is_no_forty() -> None:
    assert failing("Une quarantaine de 14 jours est prévue.", "A 14-day quarantine is planned.") == []
    assert failing("Une quarantaine de touristes est là.", "Tourists are there.") == [("Une quarantaine", "missing")]


def test_without_ever_denies_once() -> None:
    assert failing("Il cherche sans jamais trouver.", "He searches without ever finding.") == []
    assert failing("Il cherche sans jamais trouver.", "He searches and finds.") != []


@pytest.mark.parametrize(
    ("french", "spanish"),
    [
        ("Une cinquantaine d'élus et une centaine de maires", "Una cincuentena de electos y una centena de alcaldes"),
        ("Le VIIe arrondissement", "El distrito VII"),
        ("Les droits TV", "Los derechos de televisión"),
    ],
)
def test_what_spanish_says_otherwise_is_read(french: str, spanish: str) -> None:
    assert failing(french, spanish, "es") == []
