"""Words that a translation's language lacks, and what is put in their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dictionary import Dictionary, parse_dictionary
from service.pipeline.rewording import reworded

ENGLISH = parse_dictionary(
    "arme\tweapon|gun\n"
    "ennuyés\tbored\n"
    "abcès\tabscess\n"
    "brusquement\tabruptly\n"
    "affectation\tassignment\n"
    "haute\thigh\n"
    "haute couture\thaute couture\n"
    "mazout\tfuel oil\n"
    "smartphone\tsmartphone\n"
    "choristes\tchoristers\n"
)
GERMAN = parse_dictionary("campagne\tWahlkampf\nbrusquement\tplötzlich\nrestaurant\tRestaurant\n")
SPANISH = parse_dictionary("bilan\tbalance\ncontacté\tcontactado\nvidéo\tvídeo\nmenu\tmenú\n")


@pytest.mark.parametrize(
    ("french", "written", "right"),
    [
        ("Il portait une arme.", "He was carrying a arme.", "He was carrying a weapon."),
        ("Les enfants ennuyés sont là.", "The ennuyed children are there.", "The bored children are there."),
        ("Elle a un abcès.", "She has an abcess.", "She has an abscess."),
        ("Il part brusquement au mazout.", "He brusquement leaves on mazout.", "He abruptly leaves on fuel oil."),
    ],
)
def test_english_words_that_are_none_are_looked_up(french: str, written: str, right: str) -> None:
    assert reworded(french, written, "en", ENGLISH) == right


@pytest.mark.parametrize(
    ("french", "written"),
    [
        ("Son affectation a changé.", "His afected post has changed."),  # too unlike
        ("La haute couture va bien.", "The haute couture is fine."),  # so it is called
        ("Un smartphone est là.", "A smartphone is there."),
        ("Les Choristes est un film.", "Les Choristes is a movie."),  # a name
        ("Le film « Les choristes » sort.", "The film Les choristes is out."),  # beside another word of it
        ("Il vend du saindoux.", "He sells saindoux."),  # the dictionary has nothing
        ("Il a une arme.", "He has an arm."),  # a word that English has
    ],
)
def test_what_is_not_plain_is_left(french: str, written: str) -> None:
    assert reworded(french, written, "en", ENGLISH) == written


def test_what_a_caller_asked_for_is_left() -> None:
    assert reworded("Du mazout, une arme.", "Some mazout, an arme.", "en", ENGLISH, ["mazout"]) == (
        "Some mazout, an weapon."
    )


def test_in_other_languages_only_words_that_stayed_french_are_replaced() -> None:
    assert reworded("Le bilan en vidéo", "El bilan en video", "es", SPANISH) == "El balance en vídeo"
    assert reworded("Elle a contacté un avocat.", "Contactó a un abogado.", "es", SPANISH) == "Contactó a un abogado."
    assert reworded("Il part brusquement.", "Er geht brusquement.", "de", GERMAN) == "Er geht plötzlich."


def test_a_german_noun_has_a_capital_and_a_name_keeps_its_own() -> None:
    assert reworded("Il fait campagne.", "Er macht Campagne.", "de", GERMAN) == "Er macht Wahlkampf."
    assert reworded("La Campagne va mal.", "Der Campagne geht es schlecht.", "de", GERMAN) == (
        "Der Campagne geht es schlecht."
    )


@pytest.mark.parametrize(
    ("french", "written", "language", "right"),
    [
        ("Il va à Gênes puis à Lyon.", "He goes to Gênes, then to Lyon.", "en", "He goes to Genoa, then to Lyon."),
        ("Le Nil est haut.", "The Nil is high.", "en", "The Nile is high."),
        ("Gênes aime Gênes.", "Gênes loves Gênes.", "en", "Genoa loves Genoa."),
        ("Il va à Gênes.", "Er fährt nach Gênes.", "de", "Er fährt nach Genua."),
        (
            "Elle lit la Tribune de Genève.",
            "She reads the Tribune de Genève.",
            "en",
            "She reads the Tribune de Genève.",
        ),
    ],
)
def test_places_have_the_names_of_the_language(french: str, written: str, language: str, right: str) -> None:
    assert reworded(french, written, language, None) == right


def test_a_place_that_a_caller_wants_so_keeps_its_name() -> None:
    assert reworded("Il va à Gênes.", "He goes to Gênes.", "en", None, ["Gênes"]) == "He goes to Gênes."


def test_without_a_dictionary_nothing_changes() -> None:
    assert reworded("Une arme.", "An arme.", "en", None) == "An arme."
    assert reworded("Une arme.", "An arme.", "en", Dictionary({})) == "An arme."


@given(st.text(max_size=40), st.text(alphabet="armebisquonty «»-'.", max_size=60))
def test_only_what_the_french_has_is_replaced(french: str, written: str) -> None:
    if not {"arme", "abcès", "ennuyés"} & set(french.lower().split()):
        assert reworded(french, written, "en", ENGLISH) == written
