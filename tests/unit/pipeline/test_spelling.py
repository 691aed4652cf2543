"""What is put right of a model's English, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pipeline.spelling import respelled


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("They exchangeed letters, influenceing a old law.", "They exchanged letters, influencing an old law."),
        ("A educational book of an certain value", "An educational book of a certain value"),
        ("the sum was debateed", "the sum was debated"),
        ("Takeing the train", "Taking the train"),
        ("asked toorganize a race ofpainters", "asked to organize a race of painters"),
        ("in the south ofAzerbaijan withESA", "in the south of Azerbaijan with ESA"),
        ("the star isŞirali fromŽatec", "the star is Şirali from Žatec"),
        ('a "economic" plan, an "national" one', 'an "economic" plan, a "national" one'),
    ],
)
def test_slips_are_put_right(written: str, right: str) -> None:
    assert respelled(written, "en") == right


@pytest.mark.parametrize(
    "text",
    [
        "They agreed, succeed, exceed, feed and need speed while being, seeing, fleeing and ageing.",
        "an hour, an honest heir, a historic union, a European, a one-off, a once, a year, an urgent use, a unique one",
        "an MP, an FBI agent, a U-turn, vitamin A old, plan A improved",
        "He said a annoncé and EXCHANGEED.",
        "a.m. old, l'a old",
        "@theVerge, www.toDay, #andNow",
        "Therapists ontology, together, theists, fromage, tomatillo, inacceptable, ofcom, inform, andesite",
    ],
)
def test_what_is_right_or_not_english_is_left(text: str) -> None:
    assert respelled(text, "en") == text


def test_other_languages_are_left_alone() -> None:
    assert respelled("a old exchangeed", "pt") == "a old exchangeed"


@given(st.text(alphabet="aeinbdgsru \"'-.A", max_size=60))
def test_it_is_idempotent(text: str) -> None:
    once = respelled(text, "en")
    assert respelled(once, "en") == once
