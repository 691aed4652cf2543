"""Negations and their scopes."""

from __future__ import annotations

import pytest

from service.pipeline.french_facts import extract_facts
from service.pipeline.french_tokens import stem, tokenise
from service.pipeline.negation import DENIALS, OPPOSITES, find_negations


@pytest.mark.parametrize(
    ("text", "marker", "verb"),
    [
        ("Il n'a pas démissionné.", "n'a pas", "démissionné"),
        ("Elle ne viendra plus.", "ne viendra plus", "viendra"),
        ("Il n’a jamais menti.", "n’a jamais", "menti"),
        ("Aucun élève n'a été blessé.", "Aucun élève n", "blessé"),
        ("Personne n'a signé.", "Personne n", "signé"),
        ("Il est parti sans payer.", "sans", "payer"),
        ("Des tableaux jamais montrés.", "jamais", "montrés"),
        ("Une source non prouvée.", "non", "prouvée"),
        ("Le texte ne règle pas le différend.", "ne règle pas", "règle"),
    ],
)
def test_a_negation_has_its_marker_and_its_verb(text: str, marker: str, verb: str) -> None:
    (negation,) = find_negations(tokenise(text))
    (fact,) = (fact for fact in extract_facts(text) if fact.kind == "negation")
    assert fact.text == marker
    assert stem(verb) in negation.scope


@pytest.mark.parametrize(
    "text",
    [
        "Il ne reste que deux places.",
        "Sans doute viendra-t-il.",
        "Il n'hésite pas à partir.",
        "Ce n'est pas que le président pose.",
        "Le festival n'en bat pas moins son record.",
        "Avant qu'il ne parte.",
        "Plus que jamais, il travaille.",
        "Un pas vers la paix.",
        "Oui.",
    ],
)
def test_restrictions_and_idioms_are_no_negations(text: str) -> None:
    assert find_negations(tokenise(text)) == []


def test_a_negation_stays_within_its_sentence() -> None:
    assert find_negations(tokenise("Il ne sait. Pas moi.")) == []


def test_opposites_are_mutual_and_never_themselves() -> None:
    for word, others in OPPOSITES.items():
        assert word not in others
        assert all(word in OPPOSITES[other] for other in others)


def test_refusing_is_a_denial() -> None:
    assert {stem("refuse"), stem("refusé"), stem("dément")} <= DENIALS
    assert stem("accepte") not in DENIALS
