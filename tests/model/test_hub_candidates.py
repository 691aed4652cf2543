"""What the hub's engines make of a runtime's outputs, shown with a runtime that is scripted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from models.contracts import ModelIdentity, Summariser, SummaryOptions, TranslationOptions, Translator
from models.engines.seq2seq import (
    WIDEST,
    Description,
    Limits,
    Output,
    Seq2SeqSummariser,
    Seq2SeqTranslator,
    candidates,
)
from models.errors import ModelFailed

Script = Callable[[str, int], list[Output]]


def description(window: int = 100, positions: int = 120, beams: int = 4) -> Description:
    return Description(
        id="a/b",
        revision="1",
        digest="0",
        source="",
        source_digest="0",
        licence="",
        role="summary",
        languages=("en",),
        family="marian",
        window=window,
        positions=positions,
        beams=beams,
        length_penalty=1.0,
        no_repeat=0,
    )


class ScriptedSearch:
    """A ``BeamSearch`` that answers from a function of text and beams, and keeps what it was asked."""

    def __init__(self, script: Script, model: Description | None = None) -> None:
        self.description = model or description()
        self.identity = ModelIdentity("a/b", "1", "0", "fake")
        self.asked: list[tuple[tuple[str, ...], Limits, int]] = []
        self._script = script

    def count(self, text: str) -> int:
        return 2 * len(text.split())

    def search(self, texts: Sequence[str], limits: Limits, beams: int, outputs: int) -> list[list[Output]]:
        self.asked.append((tuple(texts), limits, beams))
        return [self._script(text, outputs) for text in texts]


def numbered(text: str, outputs: int) -> list[Output]:
    return [Output(f"{text} {number}.", -1.0 - number, 3, complete=True) for number in range(outputs)]


def test_candidates_are_the_best_first_and_none_twice() -> None:
    outputs = [
        Output("Deux.", -0.5, 2, complete=True),
        Output("Un.", -0.2, 2, complete=True),
        Output("Un.", -0.9, 3, complete=True),
        Output("Trois.", -0.7, 2, complete=True),
    ]
    assert [(found.text, found.score) for found in candidates(outputs, 2)] == [("Un.", -0.2), ("Deux.", -0.5)]


def test_a_complete_output_is_preferred_to_a_better_one_that_was_cut() -> None:
    outputs = [Output("Coupé. Au mil", -0.1, 9, complete=False), Output("Entier.", -0.8, 2, complete=True)]
    assert [found.text for found in candidates(outputs, 4)] == ["Entier."]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Il a dit oui. Elle a répon", "Il a dit oui."),
        ("Il a dit « oui ! » Elle", "Il a dit « oui ! »"),
        ("Aucune phrase ne finit", "Aucune phrase ne finit"),
    ],
)
def test_an_output_that_the_limit_cut_ends_after_its_last_sentence(written: str, kept: str) -> None:
    assert [found.text for found in candidates([Output(written, -1.0, 9, complete=False)], 1)] == [kept]


def test_the_engines_satisfy_the_protocols() -> None:
    assert isinstance(Seq2SeqSummariser(ScriptedSearch(numbered)), Summariser)
    assert isinstance(Seq2SeqTranslator(ScriptedSearch(numbered)), Translator)


def test_as_many_candidates_as_wanted_with_the_publishers_beams_at_least() -> None:
    runtime = ScriptedSearch(numbered)
    found = Seq2SeqSummariser(runtime).summarise(["un deux"], SummaryOptions(candidates=2))
    assert [candidate.text for candidate in found[0]] == ["un deux 0.", "un deux 1."]
    Seq2SeqSummariser(runtime).summarise(["un deux"], SummaryOptions(candidates=6))
    assert [beams for _, _, beams in runtime.asked] == [4, 6]


def test_words_become_tokens_by_the_articles_own_rate() -> None:
    runtime = ScriptedSearch(numbered)
    Seq2SeqSummariser(runtime).summarise(["un deux trois quatre"], SummaryOptions(min_words=10, max_words=25))
    assert runtime.asked[0][1] == Limits(20, 50)


def test_no_output_is_longer_than_the_model_has_positions() -> None:
    runtime = ScriptedSearch(numbered, description(positions=30))
    Seq2SeqSummariser(runtime).summarise(["un deux"], SummaryOptions(min_words=40, max_words=60))
    Seq2SeqTranslator(runtime).translate(["un " * 80], TranslationOptions())
    assert [limits for _, limits, _ in runtime.asked] == [Limits(30, 30), Limits(1, 30)]


def test_texts_of_equal_limits_are_searched_for_together_and_answered_in_order() -> None:
    runtime = ScriptedSearch(numbered)
    sentences = ["un deux", "un " * 30, "trois quatre", "cinq"]
    found = Seq2SeqTranslator(runtime).translate(sentences, TranslationOptions(candidates=1))
    assert [each[0].text for each in found] == [f"{sentence} 0." for sentence in sentences]
    assert [texts for texts, _, _ in runtime.asked] == [("un deux", "trois quatre", "cinq"), ("un " * 30,)]


def test_forbidden_texts_are_replaced_by_further_ones_of_their_sentence_only() -> None:
    runtime = ScriptedSearch(numbered)
    options = TranslationOptions(candidates=2, forbidden=(("a  0.", "a 1. "), ()))
    found = Seq2SeqTranslator(runtime).translate(["a", "b"], options)
    assert [[candidate.text for candidate in each] for each in found] == [["a 2.", "a 3."], ["b 0.", "b 1."]]


def test_a_search_is_widened_until_something_is_not_forbidden() -> None:
    runtime = ScriptedSearch(lambda text, outputs: numbered(text, outputs)[:6])
    options = TranslationOptions(candidates=1, forbidden=(tuple(f"a {number}." for number in range(3)) * 2,))
    narrow = ScriptedSearch(lambda text, outputs: numbered(text, outputs // 5))
    assert Seq2SeqTranslator(runtime).translate(["a"], options)[0][0].text == "a 3."
    assert Seq2SeqTranslator(narrow).translate(["a"], options)[0][0].text == "a 3."
    assert [beams for _, _, beams in narrow.asked] == [4, 8, 16, 32]


def test_a_model_that_finds_only_forbidden_texts_fails() -> None:
    runtime = ScriptedSearch(lambda text, outputs: [Output("Non.", -1.0, 2, complete=True)] * outputs)
    with pytest.raises(ModelFailed, match="not forbidden"):
        Seq2SeqTranslator(runtime).translate(["a"], TranslationOptions(forbidden=(("Non.",),)))
    assert runtime.asked[-1][2] == WIDEST


def test_a_blank_sentence_stays_blank_and_asks_nothing() -> None:
    runtime = ScriptedSearch(numbered)
    found = Seq2SeqTranslator(runtime).translate(["  ", "a"], TranslationOptions(candidates=1))
    assert [each[0].text for each in found] == ["", "a 0."]
    assert runtime.asked[0][0] == ("a",)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="'de' is not one of en"):
        Seq2SeqTranslator(ScriptedSearch(numbered)).translate(["a"], TranslationOptions(target="de"))
