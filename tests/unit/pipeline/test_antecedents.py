"""Demonstratives whose noun a brief has not named."""

from __future__ import annotations

import pytest

from service.pipeline.antecedents import unexplained


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("La zone la plus touchée par ces crues est à l'est.", ("crues",)),
        ("Une crue a fait deux morts. Ces crues sont rares.", ()),
        ("La police recherche cet homme disparu.", ("homme",)),
        ("Le théâtre rouvre ce mardi 3 mai, après cette longue année.", ("longue",)),
        ("Le théâtre rouvre cette semaine ; ce sera le troisième.", ()),
        ("Les six loueurs de ces deux nouvelles machines sont ravis.", ("machines",)),
        ("Ce que dit le maire, ce dont il parle et ce qu'il tait.", ()),
        ("L'école a fermé, c'est la seule de cette vallée.", ("vallée",)),
        ("Est-ce grave ?", ()),
        ("", ()),
    ],
)
def test_nouns_that_were_not_named_before(text: str, nouns: tuple[str, ...]) -> None:
    assert unexplained(text) == nouns
