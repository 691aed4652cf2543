"""Words that English does not have, told from rare, regular and wanted ones."""

from __future__ import annotations

import pytest

from service.pipeline.coinage import coined


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("The value retened is 137 km/h.", ("retened",)),
        ("The exporteurs complain of the viaduc.", ("exporteurs", "viaduc")),
        ("He was acquitted and then reincarced.", ("reincarced",)),
    ],
)
def test_a_word_that_is_none_is_found(english: str, words: tuple[str, ...]) -> None:
    assert coined(english, "en") == words


@pytest.mark.parametrize(
    "english",
    [
        "The organisation's behaviour was analysed, the centre recognised the tumours and cancelled the programme.",
        "Oncologists reappraised the decentralised rehabilitation of overworked cosmonauts.",
        "They stopped, hurried, rewrote, unmade and outlived the archaeologists' defences.",
        "Mr Dupontel met the Zorglub of Trifouillis in the 18th arrondissement of NATO.",
        "A so-called kilowatt-hour isn't a petaflop-ish thing.",
    ],
)
def test_what_people_write_is_no_coinage(english: str) -> None:
    assert coined(english, "en") == ()


def test_a_term_that_was_asked_for_is_none() -> None:
    assert coined("The gilets jaunes met the zadistes.", "en", ("zadistes", "gilets jaunes")) == ()
    assert coined("The gilets jaunes met the zadistes.", "en", ("gilets jaunes",)) == ("zadistes",)


def test_other_languages_are_not_looked_at() -> None:
    assert coined("Der retenierte Wert.", "de") == ()
