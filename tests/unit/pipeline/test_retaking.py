"""What a translation leaves out, and the turn that puts it in; the dictionary is ours."""

from __future__ import annotations

import pytest

from models.contracts import Candidate, Draft, Turn
from service.pipeline.retaking import draft_of, is_fuller, unrendered

FRENCH = "Ce supporter indéfectible a salué le gardien."
ENGLISH = "This unfaithful supporter greeted the goalkeeper."
UNWAVERING = Turn(5, "unwavering", -2.5, -1.0)


@pytest.mark.parametrize(
    ("french", "translation", "missing"),
    [
        (FRENCH, ENGLISH, ("indéfectible",)),
        (FRENCH, "This unwavering supporter greeted the goalkeeper.", ()),
        # Another form of what the dictionary has.
        ("Les débiteurs paieront.", "The debtor will pay.", ()),
        ("Les cuisinières sont là.", "The cookers are here.", ()),
        # An expression counts as one, whatever its words are.
        ("Il a été mis en examen.", "He was reprimanded.", ("a été mis en examen",)),
        ("Il a été mis en examen.", "He was charged.", ()),
    ],
)
def test_what_is_rendered_nowhere_is_found(french: str, translation: str, missing: tuple[str, ...]) -> None:
    assert unrendered(french, translation, "en") == missing


@pytest.mark.parametrize(
    ("french", "translation"),
    [
        # The dictionary has both "gather" and "meet" of other French words: synonyms.
        ("Ils se sont réunis à Lyon.", "They met in Lyon."),
        # A common word is said in many ways.
        ("Cela va bien.", "It is going fine."),
        # A value is compared as one.
        ("Il y a quatorze tulipes.", "There are 14 tulips."),
        # A word that was kept is no word left out.
        ("Le baguenaudier fleurit.", "The baguenaudier blooms."),
    ],
)
def test_what_is_said_otherwise_is_not_missing(french: str, translation: str) -> None:
    assert unrendered(french, translation, "en") == ()


def test_the_turn_that_says_what_is_missing_is_taken() -> None:
    likelier = Turn(5, "unfailing", -2.0, -1.0)
    other = Turn(5, "loyal", -0.5, -1.0)
    candidate = Candidate(ENGLISH, -0.4, turns=(UNWAVERING, likelier, other))
    assert draft_of(FRENCH, ENGLISH, "en", candidate) == Draft(ENGLISH, likelier)


def test_a_word_that_renders_something_is_not_replaced() -> None:
    at_goalkeeper = Turn(ENGLISH.index("goalkeeper"), "unwavering", -1.0, -3.0)
    assert draft_of(FRENCH, ENGLISH, "en", Candidate(ENGLISH, -0.4, turns=(at_goalkeeper,))) is None


def test_a_translation_that_leaves_nothing_out_is_no_draft() -> None:
    text = "This unwavering supporter cheered the goalkeeper."
    turn = Turn(text.index("cheered"), "unwavering", -1.0, -3.0)
    assert draft_of(FRENCH, text, "en", Candidate(text, -0.4, turns=(turn,))) is None


def test_there_is_no_draft_without_turns() -> None:
    assert draft_of(FRENCH, ENGLISH, "en", Candidate(ENGLISH, -0.4)) is None


@pytest.mark.parametrize(
    ("amended", "fuller"),
    [
        ("This unwavering supporter greeted the goalkeeper.", True),
        ("This disloyal supporter greeted the goalkeeper.", False),
        ("This unwavering supporter greeted the the goalkeeper.", False),
    ],
)
def test_what_is_fuller_leaves_less_out_and_doubles_no_word(amended: str, fuller: bool) -> None:
    assert is_fuller(FRENCH, amended, ENGLISH, "en") is fuller
