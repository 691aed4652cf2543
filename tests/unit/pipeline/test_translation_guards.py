"""Guards of translations: what each code means, and that sound translations have none."""

from __future__ import annotations

import pytest

from service.pipeline.translation_guards import guard

FRENCH = "Le maire de la ville a annoncé que le pont serait fermé pendant les travaux."


@pytest.mark.parametrize(
    ("language", "translation"),
    [
        ("en", "The mayor of the city announced that the bridge would be closed during the works."),
        ("de", "Der Bürgermeister der Stadt kündigte an, dass die Brücke während der Arbeiten gesperrt wird."),
        ("es", "El alcalde de la ciudad anunció que el puente estaría cerrado durante las obras."),
        ("it", "Il sindaco della città ha annunciato che il ponte sarà chiuso durante i lavori."),
        ("pt", "O presidente da câmara anunciou que a ponte estaria fechada durante as obras."),
    ],
)
def test_a_sound_translation_has_no_code(language: str, translation: str) -> None:
    assert guard(FRENCH, translation, language) == ()


@pytest.mark.parametrize(
    ("translation", "code"),
    [
        ("  ", "empty"),
        ("The mayor.", "length"),
        (
            "The mayor of the city of the city of the city of the city announced that the bridge would be closed.",
            "repetition",
        ),
        (FRENCH, "untranslated"),
        ("The mayor announced que le pont serait fermé pendant les travaux of the city.", "untranslated"),
        ("El alcalde de la ciudad anunció que el puente estaría cerrado durante las obras.", "wrong_language"),
    ],
)
def test_what_is_wrong_has_its_code(translation: str, code: str) -> None:
    assert code in guard(FRENCH, translation, "en")


def test_repetition_of_the_french_itself_is_not_blamed_on_the_translation() -> None:
    french = "Non, non, non, non, il ne viendra pas à la fête."
    assert "repetition" not in guard(french, "No, no, no, no, he will not come to the party.", "en")


def test_text_without_letters_may_stay() -> None:
    assert guard("12 345 — 67 %", "12 345 — 67 %", "en") == ()


def test_short_names_may_stay_as_they_are() -> None:
    assert guard("Jean Dupont", "Jean Dupont", "en") == ()


def test_an_empty_sentence_has_nothing_to_lose() -> None:
    assert guard("", "", "en") == ()


@pytest.mark.parametrize(
    ("french", "translation"),
    [
        ("Le roman « La Maison aux esprits » sort.", 'The novel "La Maison aux esprits" is out.'),
        ("Il est place de la Bastille ce soir.", "He is at the Place de la Bastille tonight."),
        ("Le groupe La République en marche vote.", "The La République en marche group is voting."),
    ],
)
def test_names_and_titles_may_stay_french(french: str, translation: str) -> None:
    assert guard(french, translation, "en") == ()


@pytest.mark.parametrize(
    ("french", "translation"),
    [
        ("BAISSE DE L'IMPÔT SUR LE REVENU Le ministre parle.", "BAISSE DE L'IMPÔT SUR LE REVENU The minister speaks."),
        (
            "« C'est la fin de la guerre dans ce pays et dans les autres », dit-il.",
            '"C\'est la fin de la guerre dans ce pays et dans les autres," he says.',
        ),
    ],
)
def test_headings_and_what_is_said_may_not(french: str, translation: str) -> None:
    assert "untranslated" in guard(french, translation, "en")
