"""Names of French text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pipeline.french_facts import extract_facts
from service.pipeline.french_names import pieces


def _names(text: str) -> list[str]:
    return [fact.text for fact in extract_facts(text) if fact.kind == "name"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("selon Jean Dupont", ["Jean Dupont"]),
        ("Macron a parlé.", ["Macron"]),
        ("Jean Dupont a parlé.", ["Jean Dupont"]),
        ("Selon Jean Dupont, il pleut.", ["Jean Dupont"]),
        ("Pourtant, il pleut.", []),
        ("Interrogée hier, elle a dit non.", []),
        ("Il pleut. Emmanuel Macron est venu.", ["Emmanuel Macron"]),
        ("La SNCF et l'ONU", ["SNCF", "ONU"]),
        ("L'Insee publie", ["Insee"]),
        ("la femme d'Emmanuel", ["Emmanuel"]),
        ("le général Charles de Gaulle", ["Charles de Gaulle"]),
        ("avec Ursula von der Leyen", ["Ursula von der Leyen"]),
        ("avec Marine Le Pen", ["Marine Le Pen"]),
        ("le Conseil d'État", ["Conseil d'État"]),
        ("à Saint-Jean-de-Luz", ["Saint-Jean-de-Luz"]),
        ("Notre-Dame brûle", ["Notre-Dame"]),
        ("avec Jean-Marc Dupont", ["Jean-Marc Dupont"]),
        ("M. Dupont et Mme Morel", ["Dupont", "Morel"]),
        ("M. Jean Dupont", ["Jean Dupont"]),
        ("le Covid-19 et un A320", ["Covid-19", "A320"]),
        ("le joueur Mamadou N'Diaye", ["Mamadou N'Diaye"]),
        ("par J. K. Rowling", ["J. K. Rowling"]),
        ("un iPhone neuf", ["iPhone"]),
        ("les Français", ["Français"]),
        ("le peuple français", []),
        ("« Il faut partir », dit Léa", ["Léa"]),
        ("Est-il venu ?", []),
        ("Lundi, en Mars", ["Mars"]),
        ("Louis XIV", ["Louis XIV"]),
    ],
)
def test_names_are_found_whole(text: str, names: list[str]) -> None:
    assert _names(text) == names


def test_the_value_ignores_case_accents_and_joining_signs() -> None:
    first, second = extract_facts("les États-Unis et les ETATS UNIS")
    assert first.value == second.value == "etats unis"


def test_a_name_falls_apart_at_its_particles() -> None:
    assert pieces("conseil d etat") == ["conseil", "etat"]
    assert pieces("dominique de la roche") == ["dominique", "roche"]
    assert pieces("jean dupont") == ["jean dupont"]


@given(st.text(alphabet="AZaé' ’-.dlLN1\n", max_size=200))
def test_names_are_never_empty_and_lie_where_they_say(text: str) -> None:
    for fact in extract_facts(text):
        if fact.kind == "name":
            assert fact.value.strip()
            assert text[fact.start : fact.end] == fact.text
