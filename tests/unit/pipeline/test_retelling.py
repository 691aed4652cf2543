"""A rewritten sentence is its source, shortened; whatever changed its parts is not believed."""

from __future__ import annotations

import pytest

from service.pipeline.grounds import Grounds
from service.pipeline.retelling import in_order, retells
from service.pipeline.salience import Stems

STEMS = Stems()
SOURCE = (
    "Selon la maire de Quimper, le pont sera fermé pendant 3 semaines, tandis que le préfet du Finistère juge "
    "les travaux inutiles et promet une enquête."
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Le pont sera fermé pendant 3 semaines, selon la maire de Quimper.", False),  # turned round: not believed
        ("Selon la maire de Quimper, le pont sera fermé pendant 3 semaines.", True),
        ("Le pont sera fermé 3 semaines, tandis que le préfet juge les travaux inutiles.", True),
        ("Le préfet du Finistère juge inutiles les travaux sur le pont fermé par la maire de Quimper.", False),
        ("La maire de Quimper, qui juge les travaux inutiles, promet une enquête.", False),
        ("Le pont sera fermé 3 semaines, contre 3 semaines.", False),
        ("Selon la maire de QuimPER, le pont sera fermé pendant 3 semaines.", False),
    ],
)
def test_the_same_things_in_the_same_order(text: str, told: bool) -> None:
    assert retells(text, SOURCE, STEMS.piece(text).stems, STEMS.piece(SOURCE).stems) is told
    assert (Grounds([SOURCE], STEMS).share(text) > 0) is told


@pytest.mark.parametrize(
    ("source", "text", "told"),
    [
        (
            "Les habitants du port qui ont été évacués et qui n'ont pas de famille seront logés au gymnase.",
            "Les habitants du port qui ont été évacués seront logés au gymnase.",
            False,
        ),
        (
            "Les écoles de la ville fermeront lundi, sauf celles du centre, a annoncé la mairie.",
            "Les écoles de la ville fermeront lundi, a annoncé la mairie.",
            False,
        ),
        (
            "Les écoles de la ville fermeront lundi, sauf celles du centre, a annoncé la mairie.",
            "Les écoles de la ville fermeront lundi, sauf celles du centre.",
            True,
        ),
        (
            "La piscine rouvrira mardi, à condition que les analyses soient bonnes.",
            "La piscine rouvrira mardi.",
            False,
        ),
    ],
)
def test_what_narrows_a_statement_stays(source: str, text: str, told: bool) -> None:
    assert retells(text, source, STEMS.piece(text).stems, STEMS.piece(source).stems) is told


@pytest.mark.parametrize(
    ("stems", "source", "share"),
    [
        ("a b c", "a x b c", 1.0),
        ("c b a", "a b c", 1 / 3),
        ("a c b d", "a b c d", 0.75),
        ("b a", "a b a", 1.0),
        ("x y", "a b", 1.0),
        ("", "a", 1.0),
    ],
)
def test_order_is_the_longest_run_in_common(stems: str, source: str, share: float) -> None:
    assert in_order(stems.split(), source.split()) == pytest.approx(share)
