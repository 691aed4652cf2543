"""Multiples and directions stay what they are in English."""

from __future__ import annotations

import pytest

from service.pipeline.comparison import compare


@pytest.mark.parametrize(
    ("french", "english", "lacking"),
    [
        ("Le taux est le quadruple du nôtre.", "The rate is twice ours.", "quadruple"),
        ("Le taux est le quadruple du nôtre.", "The rate is four times ours.", None),
        ("Le port du sud-est est fermé.", "The port in the southwest is closed.", "sud-est"),
        ("Le port du sud-est est fermé.", "The south-eastern port is closed.", None),
        ("Le prix a atteint le double.", "The price has doubled.", None),
        ("Elle est triple championne.", "She is a three-time champion.", None),
        ("Il a lu Sud-Ouest.", "He read Sud-Ouest.", None),
    ],
)
def test_what_english_lacks_is_said(french: str, english: str, lacking: str | None) -> None:
    missing = [check.fact.text for check in compare(french, english, "en").failures if check.status == "missing"]
    assert missing == ([lacking] if lacking else [])


def test_other_languages_are_not_looked_at() -> None:
    assert compare("Le port du sud-est est fermé.", "El puerto está cerrado.", "es").holds
