"""Turns that a beam remembers, and drafts that take one, over a model whose every output is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.contracts import Draft, Turn
from models.engines.amending import amend
from models.engines.decoding import decode
from models.engines.search import WATCHED_FROM, Ids, Scores, Search, Task, Written
from models.engines.writing import candidates

WORDS = ("<eos>", " a", " fine", " unfair", " fair", " day", "s", ".", "A")
END = 0
SEARCH = Search(ends=frozenset({END}), beams=3, candidates=3, patient=True)


class WordTokenizer:
    """Whole words as tokens, the longest first; a token's text begins with its blank."""

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        while text:
            piece = max((word for word in WORDS[1:] if text.startswith(word)), key=len)
            ids.append(WORDS.index(piece))
            text = text[len(piece) :]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(WORDS[id] for id in ids)

    def piece(self, id: int) -> str:
        return WORDS[id]


class Sentences:
    """Prefers one sentence, and after some beginnings another word too; every token has some chance."""

    def __init__(self, sentence: str, also: dict[str, tuple[str, float]]) -> None:
        tokenizer = WordTokenizer()
        self._sentence = (*tokenizer.encode(sentence), END)
        self._also = {tuple(tokenizer.encode(text)): (WORDS.index(word), log) for text, (word, log) in also.items()}
        self._texts: list[tuple[int, ...]] = []
        self.steps = 0

    def logprobs(self, text: tuple[int, ...]) -> NDArray[np.float32]:
        logs = np.full(len(WORDS), -30.0)
        if len(text) < len(self._sentence):
            logs[self._sentence[len(text)]] = -0.5
        else:
            logs[END] = -0.5
        if text in self._also:
            word, log = self._also[text]
            logs[word] = log
        return logs.astype(np.float32)

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        # The prompt's own token is 99.
        self._texts = [tuple(prompt[1:]) for prompt in prompts]
        return self._scores()

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        self.steps += 1
        pairs = zip(parents.tolist(), tokens[:, 0].tolist(), strict=True)
        self._texts = [(*self._texts[parent], token) for parent, token in pairs]
        return self._scores()

    def _scores(self) -> Scores:
        table = np.stack([self.logprobs(text) for text in self._texts])
        ids = np.argsort(-table, axis=1, kind="stable")[:, :8]
        return Scores(ids, np.take_along_axis(table, ids, axis=1), lambda place: table[place])


FAIR = WORDS.index(" fair")
TASK = Task((99,), max_tokens=8, watched={FAIR: ("fair", "fair play")})


def written(model: Sentences, task: Task = TASK) -> list[Written]:
    return decode(model, [task], SEARCH)[0]


def amended(model: Sentences, draft: Draft) -> list[str]:
    def run(tasks: list[Task]) -> list[list[Written]]:
        return decode(model, tasks, SEARCH)

    return [one.text for one in amend(run, WordTokenizer(), [TASK], [draft])[0]]  # type: ignore[arg-type]


def test_a_likely_watched_word_that_was_not_taken_is_a_turn() -> None:
    model = Sentences("A unfair day.", {"A": (" fair", -2.0)})
    best = written(model)[0]
    [first] = [one for one in candidates([best], WordTokenizer(), TASK.watched)]  # type: ignore[arg-type]
    assert first.text == "A unfair day."
    assert first.turns == (Turn(2, "fair", -2.0, -0.5), Turn(2, "fair play", -2.0, -0.5))


def test_what_was_taken_is_no_turn() -> None:
    best = written(Sentences("A fair day.", {}))[0]
    [first] = candidates([best], WordTokenizer(), TASK.watched)  # type: ignore[arg-type]
    assert (first.text, first.turns) == ("A fair day.", ())


@pytest.mark.parametrize(("log", "turns"), [(WATCHED_FROM, 2), (WATCHED_FROM - 0.1, 0)])
def test_only_likely_words_are_remembered(log: float, turns: int) -> None:
    best = written(Sentences("A unfair day.", {"A": (" fair", log)}))[0]
    [first] = candidates([best], WordTokenizer(), TASK.watched)  # type: ignore[arg-type]
    assert len(first.turns) == turns


def test_nothing_is_remembered_where_nothing_is_watched() -> None:
    assert written(Sentences("A unfair day.", {"A": (" fair", -2.0)}), Task((99,), 8))[0].seen == ()


def test_a_draft_keeps_its_beginning_takes_its_turn_and_is_written_on() -> None:
    model = Sentences("A unfair day.", {"A": (" fair", -2.0)})
    assert amended(model, Draft("A unfair day.", Turn(2, "fair", -2.0, -0.5)))[0] == "A fair day."


def test_the_score_is_that_of_the_whole_text() -> None:
    model = Sentences("A unfair day.", {"A": (" fair", -2.0)})
    draft = Draft("A unfair day.", Turn(2, "fair", -2.0, -0.5))

    def run(tasks: list[Task]) -> list[list[Written]]:
        return decode(model, tasks, SEARCH)

    best = amend(run, WordTokenizer(), [TASK], [draft])[0][0]  # type: ignore[arg-type]
    # "A", " fair", " day", "." and the end mark.
    assert best.score == pytest.approx((-0.5 - 2.0 - 0.5 - 0.5 - 0.5) / 5)
    assert best.tokens == 4


def test_a_word_is_not_made_longer() -> None:
    model = Sentences("A unfair day.", {"A": (" fair", -2.0), "A fair": ("s", -0.1)})
    draft = Draft("A unfair day.", Turn(2, "fair", -2.0, -0.5))
    assert all(text.startswith("A fair") and not text.startswith("A fairs") for text in amended(model, draft))


def test_drafts_that_are_none_ask_nothing() -> None:
    asked: list[int] = []

    def run(tasks: list[Task]) -> list[list[Written]]:
        asked.append(len(tasks))
        return []

    assert amend(run, WordTokenizer(), [], []) == []  # type: ignore[arg-type]
    assert asked == [0]
