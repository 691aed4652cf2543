"""Words that a translation leaves out, put in by the translation step over a scripted translator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from test_translation import ScriptedTranslator

from models.contracts import Candidate, Draft, TranslationOptions, Turn
from service.pipeline.translation import TranslationStep

FAITHLESS = "This unfaithful supporter greeted the goalkeeper."
FAITHFUL = "This unwavering supporter greeted the goalkeeper."
SUPPORTER = "Ce supporter indéfectible a salué le gardien."
UNWAVERING = Turn(5, "unwavering", -2.5, -1.0)


class AmendingTranslator(ScriptedTranslator):
    """Names a turn of its first output, and amends a draft as it is told."""

    def __init__(self, amended: Sequence[Candidate], turns: tuple[Turn, ...] = (UNWAVERING,)) -> None:
        super().__init__({SUPPORTER: [FAITHLESS, "That unfaithful supporter greeted the goalkeeper."]})
        self._amended, self._turns = list(amended), turns

    def translate(self, sentences: Sequence[str], options: TranslationOptions) -> list[list[Candidate]]:
        found = super().translate(sentences, options)
        if any(options.drafts):
            return [self._amended for _ in sentences]
        return [[replace(first, turns=self._turns), *others] for first, *others in found]


def _amend(*amended: Candidate, turns: tuple[Turn, ...] = (UNWAVERING,)) -> tuple[str, AmendingTranslator]:
    translator = AmendingTranslator(amended, turns)
    (sentence,) = TranslationStep(translator, 2).translate([SUPPORTER], "en")
    return sentence.text, translator


def test_a_word_that_is_left_out_is_put_in() -> None:
    text, translator = _amend(Candidate(FAITHFUL, -0.14))
    assert text == FAITHFUL
    assert [options.drafts for _, options in translator.calls] == [(), (Draft(FAITHLESS, UNWAVERING),)]


@pytest.mark.parametrize(
    "amended",
    [
        pytest.param(Candidate(FAITHFUL, -0.16), id="much less likely"),
        pytest.param(Candidate("This steadfastness supporter greeted the keeper.", -0.1), id="says no more"),
        pytest.param(Candidate(f"{FAITHFUL[:-1]} 14 times.", -0.1), id="states another fact"),
        pytest.param(Candidate("This unwavering supporter salued the goalkeeper.", -0.1), id="a word that is none"),
    ],
)
def test_an_amended_translation_that_is_worse_is_not_taken(amended: Candidate) -> None:
    assert _amend(amended)[0] == FAITHLESS


def test_without_a_turn_nothing_is_asked_again() -> None:
    text, translator = _amend(turns=())
    assert text == FAITHLESS
    assert len(translator.calls) == 1
