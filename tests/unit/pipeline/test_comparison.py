"""What the checks of a translation say, one by one."""

from __future__ import annotations

import pytest

from service.pipeline.comparison import compare


def test_an_invented_name_is_altered_and_has_no_source() -> None:
    support = compare("Le président américain a parlé.", "President Donald Trump spoke.", "en")
    (check,) = support.failures
    assert (check.status, check.fact.kind, check.fact.text, check.source) == ("altered", "name", "Donald Trump", None)


def test_a_lost_number_is_missing_with_its_place_in_the_french() -> None:
    french = "Il a couru 42 km."
    (check,) = compare(french, "He ran.", "en").failures
    assert (check.status, check.fact.value) == ("missing", "42 km")
    assert check.source is not None
    assert french[check.source[0] : check.source[1]] == "42 km"


def test_a_changed_number_is_one_failure_that_names_both() -> None:
    (check,) = compare("Le taux est de 7,1 %.", "The rate is 7.4%.", "en").failures
    assert check.status == "altered"
    assert "7.4%" in check.detail
    assert "7,1 %" in check.detail


def test_a_supported_fact_points_at_the_french_that_states_it() -> None:
    french = "Deux millions d'euros"
    (check,) = compare(french, "€2m", "en").checks
    assert check.status == "supported"
    assert check.source is not None
    assert french[check.source[0] : check.source[1]] == french


def test_allowed_renderings_are_neither_missing_nor_invented() -> None:
    french, english = "Le Palais Bourbon a voté.", "The Lower Chamber voted."
    assert not compare(french, english, "en").holds
    assert not compare(french, english, "en", {"Palais Bourbon": "Bourbon Palace"}).holds
    assert compare(french, english, "en", {"Palais Bourbon": "Lower Chamber"}).holds


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Un homme a été blessé.", "One man was injured."),
        ("D'abord, il a souri.", "First, he smiled."),
        ("Il était une fois un roi.", "Once upon a time there was a king."),
        ("Les deux équipes jouent.", "Both teams are playing."),
        ("Un vélo neuf", "A new bike"),
    ],
)
def test_words_that_only_look_like_numbers_raise_no_alarm(french: str, english: str) -> None:
    assert compare(french, english, "en").holds


@pytest.mark.parametrize(
    ("french", "english", "holds"),
    [
        ("Il y a une demi-douzaine d'exemples.", "There are half a dozen examples.", True),
        ("Il y a une demi-douzaine d'exemples.", "There are a dozen examples.", False),
        ("Le parti des Frères musulmans a gagné.", "The party of the Moslem brothers won.", True),
        ("C'est sans aucun doute un progrès.", "This is surely progress.", True),
        ("Il voyage sans aucun bagage.", "He travels with baggage.", False),
        ("La route est sans danger.", "The road is free from danger.", True),
        ("Il reçoit son homologue du Nicaragua.", "He receives his Nicaraguan counterpart.", True),
        ("Le pont est ouvert, contrairement à hier.", "The bridge is open, compared to yesterday.", False),
        ("Le pont est ouvert, contrairement à hier.", "Unlike yesterday, the bridge is open.", True),
        ("À l'inverse du pont, le tunnel est fermé.", "In contrast to the bridge, the tunnel is closed.", True),
        ("Le pont ne fermera pas, contrairement à hier.", "The bridge will not close, compared to yesterday.", False),
        ("Le pont est ouvert, contrairement à hier.", "The bridge is open, as it was not yesterday.", True),
        ("À l'inverse du pont, le tunnel est fermé.", "In view of the bridge, the tunnel is closed.", False),
        ("Il reçoit son homologue du Nicaragua.", "He receives his Honduran counterpart.", False),
    ],
)
def test_what_a_hundred_flagged_translations_taught(french: str, english: str, holds: bool) -> None:
    failures = compare(french, english, "en", {}).failures
    assert (not failures) is holds, failures


@pytest.mark.parametrize(
    ("french", "english", "holds"),
    [
        ("Elle a écrit « Five Little Rooms ».", 'She wrote "Five Little Rooms."', True),
        ("Il a vu Theresa May partir.", "He saw Theresa May leave.", True),
        ("Il est venu lundi.", "He came in May.", False),
        ("Cinq maires sont venus.", "Six mayors came.", False),
        ("La zone sépare les deux Corées.", "The zone separates the two Koreas.", True),
        ("Un score final de 16,5 à 10,5.", "A final score of 16.5 to 10.5.", True),
        ("Une vingtaine de maisons ont brûlé.", "A score of houses burned.", True),
    ],
)
def test_a_copied_title_a_surname_and_a_match_s_score_are_no_values(french: str, english: str, holds: bool) -> None:
    assert compare(french, english, "en").holds is holds


def test_a_currency_may_not_be_dropped_but_a_unit_of_age_may() -> None:
    assert not compare("Cela coûte 30 euros.", "It costs 30.", "en").holds
    assert compare("Elle est âgée de 30 ans.", "She is aged 30.", "en").holds


def test_a_denial_by_a_word_answers_a_negation() -> None:
    assert compare("Ce n'est pas possible.", "It is impossible.", "en").holds
    assert not compare("Ce n'est pas possible.", "It is possible.", "en").holds


def test_quotation_marks_may_be_of_any_kind_but_not_vanish() -> None:
    assert compare("« Oui », dit-il.", "'Yes', he says.", "en").holds
    assert compare("« Oui », dit-il.", "„Ja“, sagt er.", "de").holds
    assert not compare("« Oui », dit-il.", "Yes, he says.", "en").holds


def test_german_nouns_are_not_taken_for_names() -> None:
    assert compare("Le chien dort dans la maison.", "Der Hund schläft im Haus.", "de").holds


def test_an_empty_translation_lacks_every_fact() -> None:
    failures = compare("Jean a gagné 3 euros à Londres.", "", "en").failures
    assert {check.status for check in failures} == {"missing"}
    assert {check.fact.kind for check in failures} == {"name", "money"}


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="ru"):
        compare("Oui.", "Да.", "ru")


@pytest.mark.parametrize(
    ("language", "french", "translation"),
    [
        ("en", "Nous avons mangé.", "We've eaten."),
        ("en", "Ne le faites pas.", "Don't do it."),
        ("en", "Il pleut à la mi-septembre.", "It rains in mid-September."),
        ("en", "Il n'a PAS menti.", "He did NOT lie."),
        ("de", "Le patron est parti hier.", "Der Chef ist gestern gegangen."),
    ],
)
def test_capitals_that_name_nobody_raise_no_alarm(language: str, french: str, translation: str) -> None:
    assert compare(french, translation, language).holds


def test_a_city_is_not_taken_for_the_adjective_of_its_people() -> None:
    (check,) = compare("Le maire est arrivé à Londres.", "Der Bürgermeister ist in Paris.", "de").failures
    assert (check.status, check.fact.text) == ("altered", "Paris")


def test_a_number_may_not_be_said_more_often_than_in_french() -> None:
    french = "Le club demandait 60 000 euros de dommages et intérêts."
    doubled = compare(french, "The club claimed 60,000 euros in damages and 60,000 euros in interest.", "en")
    assert [(check.status, check.source) for check in doubled.failures] == [("altered", None)]
    assert compare(french, "The club claimed 60,000 euros in damages.", "en").holds
    twice = "Il a vendu 12 vaches en mars et 12 vaches en mai."
    assert compare(twice, "He sold 12 cows in March and 12 cows in May.", "en").holds
