"""Spelled-out numbers become digits, and nothing else of the sentence changes."""

from __future__ import annotations

import pytest

from service.pipeline.spelled_numbers import in_digits


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("La quarante et unième course part dimanche.", "La 41e course part dimanche."),
        ("Il a reçu trente-deux lettres et deux cent douze appels.", "Il a reçu 32 lettres et 212 appels."),
        ("Les trois quarts des vingt élus ont voté.", "Les trois quarts des 20 élus ont voté."),
        (
            "Une vingtaine de personnes, deux chiens et 14 chats.",
            "Une vingtaine de personnes, deux chiens et 14 chats.",
        ),
        ("Deux millions de visiteurs sont venus.", "Deux millions de visiteurs sont venus."),
        ("Aucun nombre ici.", "Aucun nombre ici."),
    ],
)
def test_numbers_from_thirteen_are_written_in_digits(sentence: str, expected: str) -> None:
    assert in_digits(sentence) == expected
