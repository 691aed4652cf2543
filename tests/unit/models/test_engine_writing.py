"""Prompts, limits and batches of the embedded model, with a tokenizer of characters."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import SummaryOptions, TranslationOptions
from models.dictionary import Dictionaries, Entry
from models.engines.grounding import Spellings
from models.engines.search import Task, Written
from models.engines.tokenizer import Tokenizer
from models.engines.writing import (
    Batch,
    brief_search,
    brief_task,
    candidates,
    dictionaries_of,
    translation_search,
    translation_task,
    translation_tasks,
)
from models.preparation.base import Pieces
from models.preparation.store import Built
from models.preparation.vocabulary import BOS, EOS, sentencepiece_model
from models.prompts import BRIEF_CUE, TRANSLATION_CUES

NORMAL, CONTROL, UNKNOWN, BYTE = 1, 3, 2, 6


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    letters = [chr(code) for code in range(32, 127) if chr(code) != " "] + ["▁", "\n", "é", "à"]
    texts = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    types = [CONTROL] * 3 + [UNKNOWN] + [BYTE] * 256 + [NORMAL] * len(letters)
    pieces = Pieces(texts, [-float(at) for at in range(len(texts))], types)
    path: Path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    path.write_bytes(sentencepiece_model(pieces, np.arange(len(texts))))
    return Tokenizer(path)


def built(adapted: bool) -> Built:
    return Built("m", "1", "d", "", ("translation",), ("en",), 40, (), {"adapted": adapted})


@given(lengths=st.lists(st.integers(1, 50), max_size=30), budget=st.integers(1, 200))
def test_parts_keep_the_order_and_the_budget(lengths: list[int], budget: int) -> None:
    tasks = [Task(tuple(range(length)), 1) for length in lengths]
    sizes: list[tuple[int, int]] = []

    def decode(part: list[Task]) -> list[int]:
        sizes.append((len(part), max(len(task.prompt) for task in part)))
        return [len(task.prompt) for task in part]

    assert Batch(tasks, budget).map(decode) == lengths
    assert all(rows == 1 or rows * longest <= budget for rows, longest in sizes)


def test_an_article_is_cut_to_the_window_and_keeps_its_cue(tokenizer: Tokenizer) -> None:
    task = brief_task(tokenizer, Spellings(tokenizer), "abcdefgh " * 50, 20, SummaryOptions())
    cue = tokenizer.encode(BRIEF_CUE)
    assert task.prompt[0] == BOS
    assert list(task.prompt[-len(cue) :]) == cue
    assert len(task.prompt) == 1 + 20 + len(cue)


def test_a_brief_may_end_only_with_enough_words(tokenizer: Tokenizer) -> None:
    task = brief_task(tokenizer, Spellings(tokenizer), "texte", 20, SummaryOptions(min_words=3, max_words=9))
    assert task.accept is not None
    assert not task.accept(tuple(tokenizer.encode("deux mots")))
    assert task.accept(tuple(tokenizer.encode("trois petits mots")))
    assert task.min_tokens < task.max_tokens


def test_digits_may_be_repeated_in_a_brief(tokenizer: Tokenizer) -> None:
    search = brief_search(tokenizer, SummaryOptions(candidates=3))
    assert set(tokenizer.encode("2025")) <= search.repeatable
    assert not set(tokenizer.encode("abc")) & search.repeatable
    assert (search.beams, search.candidates) == (3, 3)


@pytest.mark.parametrize("target", TRANSLATION_CUES)
def test_a_trained_translator_reads_the_sentence_and_its_cue(tokenizer: Tokenizer, target: str) -> None:
    task = translation_task(tokenizer, " La pluie. ", 40, (), trained_for=target)
    assert list(task.prompt) == [BOS, *tokenizer.encode("La pluie."), *tokenizer.encode(TRANSLATION_CUES[target])]
    assert {EOS, *tokenizer.encode("\n")} <= translation_search(tokenizer, TranslationOptions()).ends


def test_a_trained_translator_is_told_what_the_dictionary_has(tokenizer: Tokenizer) -> None:
    entry = Entry("pluie", ("rain", "shower"))
    task = translation_task(tokenizer, "La pluie.", 40, (), "en", [entry])
    text = tokenizer.decode(list(task.prompt))
    assert text == "La pluie.\npluie = rain, shower" + TRANSLATION_CUES["en"]
    blank = tokenizer.encode(" ")[0]  # with which every word begins where tokens are characters
    assert task.watched == {blank: ("rain", "shower")}


def test_a_model_is_told_in_the_languages_that_it_was_trained_for(tokenizer: Tokenizer) -> None:
    model = built(adapted=True)
    told = Built(**vars(model) | {"details": model.details | {"told": ["en"]}})
    (task,) = translation_tasks(tokenizer, told, ["Les otages."], TranslationOptions(), dictionaries_of(told))
    assert "otages = hostages" in tokenizer.decode(list(task.prompt))
    (plain,) = translation_tasks(tokenizer, model, ["Les otages."], TranslationOptions(), dictionaries_of(model))
    assert "=" not in tokenizer.decode(list(plain.prompt))


def test_the_base_sees_examples_and_stops_at_a_line_break(tokenizer: Tokenizer) -> None:
    task = translation_task(tokenizer, "La pluie.", 40, (), trained_for=None)
    text = tokenizer.decode(list(task.prompt))
    assert text.count("English:") == 4
    assert text.endswith("French: La pluie.\nEnglish:")
    assert set(tokenizer.encode("\n")) < translation_search(tokenizer, TranslationOptions()).ends


def test_a_forbidden_translation_is_not_accepted(tokenizer: Tokenizer) -> None:
    task = translation_task(tokenizer, "La pluie.", 40, ("The rain.",), trained_for="en")
    assert task.accept is not None
    assert not task.accept(tuple(tokenizer.encode(" The rain.")))
    assert task.accept(tuple(tokenizer.encode("Rain.")))


def test_forbidden_texts_belong_to_their_own_sentence(tokenizer: Tokenizer) -> None:
    options = TranslationOptions(forbidden=(("A",), ()))
    first, second = translation_tasks(tokenizer, built(adapted=True), ["un", "deux"], options, Dictionaries(()))
    assert first.accept is not None
    assert second.accept is None


def test_an_unknown_target_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="'ja' is not one of en"):
        translation_tasks(tokenizer, built(adapted=True), ["un"], TranslationOptions(target="ja"), Dictionaries(()))


def test_candidates_with_the_same_text_are_one(tokenizer: Tokenizer) -> None:
    rain, spaced = tuple(tokenizer.encode("rain")), tuple(tokenizer.encode(" rain "))
    snow = tuple(tokenizer.encode("snow"))
    outputs = [Written(rain, -1.0, True), Written(spaced, -2.0, True), Written(snow, -3.0, True)]
    found = candidates(outputs, tokenizer)
    assert [candidate.text for candidate in found] == ["rain", "snow"]
    assert found[0].score == pytest.approx(-1 / 5)
    assert all(left.score >= right.score for left, right in itertools.pairwise(found))


@given(text=st.text(max_size=60))
def test_any_text_comes_back_from_its_tokens(tokenizer: Tokenizer, text: str) -> None:
    expected = text.encode("utf-8", "replace").decode().replace("▁", "_")
    assert tokenizer.decode(tokenizer.encode(text)) == expected


def test_a_lone_surrogate_does_not_stop_the_tokenizer(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a?b"


def test_several_briefs_are_sampled_and_a_single_one_is_the_likeliest(tokenizer: Tokenizer) -> None:
    assert brief_search(tokenizer, SummaryOptions(candidates=6)).temperature > 0
    assert brief_search(tokenizer, SummaryOptions(candidates=1)).temperature == 0
