"""A brief's numbers and names are held to the article's while they are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.engines.decoding import decode
from models.engines.grounding import Grounding, Spellings
from models.engines.search import Ids, Scores, Search, Task

TEXTS = [
    "<end>", "Le", " maire", " de", " Lyon", " Ly", "on", " Paris", " a", " 1", "2", "3", " Mac", "ron", "rond", ".",
    " Hier", " L'", "Or", "éal", " 12",
]  # fmt: skip
END = 0
ARTICLE = "Le maire de Lyon a reçu 12 élus de L'Oréal et M. Macron."


class Listed:
    def piece(self, id: int) -> str:
        return TEXTS[id]

    def __len__(self) -> int:
        return len(TEXTS)


class Preferring:
    """Likes certain pieces at each step, the first best, and everything else equally little."""

    def __init__(self, liked: dict[int, list[str]]) -> None:
        self._liked, self._step = liked, 0

    def start(self, prompts: Sequence[Sequence[int]]) -> Scores:
        return self._scores(len(prompts))

    def step(self, parents: NDArray[np.int32], tokens: Ids) -> Scores:
        self._step += 1
        return self._scores(len(parents))

    def _scores(self, rows: int) -> Scores:
        logs = np.full((rows, len(TEXTS)), -20.0, dtype=np.float32)
        for place, text in enumerate(self._liked.get(self._step, [])):
            logs[:, TEXTS.index(text)] = -0.1 - place
        ids = np.argsort(-logs, axis=1, kind="stable")
        return Scores(ids, np.take_along_axis(logs, ids, axis=1), lambda row: logs[row])


def allowed(*before: str) -> set[str]:
    ids = tuple(TEXTS.index(text) for text in before)
    every = np.arange(len(TEXTS))
    mask = Grounding(ARTICLE, Spellings(Listed()), frozenset({END}))(ids, every)
    return {TEXTS[at] for at in every[mask].tolist()}


def test_a_sentence_may_open_with_any_capital() -> None:
    assert {"Le", "Or", " Paris"} <= allowed()
    assert " Hier" in allowed("Le", " maire", ".")


def test_inside_a_sentence_only_the_names_of_the_article_may_begin() -> None:
    found = allowed("Le", " maire", " de")
    assert {" Lyon", " Ly", " Mac"} <= found
    assert not {" Paris", " Hier"} & found


def test_a_name_that_was_begun_must_be_finished_as_the_article_has_it() -> None:
    assert {"on"} <= allowed("Le", " maire", " de", " Ly")
    assert not {" maire", "<end>", ".", "ron"} & allowed("Le", " maire", " de", " Ly")
    assert "ron" in allowed("Le", " Mac")
    assert "rond" not in allowed("Le", " Mac")


def test_a_finished_name_may_be_followed_by_words_and_by_the_end() -> None:
    assert {" a", ".", "<end>"} <= allowed("Le", " maire", " de", " Lyon")


def test_an_elided_article_is_no_part_of_the_name() -> None:
    assert "Or" in allowed("Le", " maire", " L'")
    assert "éal" in allowed("Le", " maire", " L'", "Or")
    assert "." not in allowed("Le", " maire", " L'", "Or")


@pytest.mark.parametrize(("before", "may", "may_not"), [([" a", " 1"], {"2"}, {"3", ".", "<end>", " de"})])
def test_a_number_is_the_articles_digit_for_digit(before: list[str], may: set[str], may_not: set[str]) -> None:
    found = allowed("Le", *before)
    assert may <= found
    assert not may_not & found
    assert "3" not in allowed("Le", " a", " 12")
    assert " de" in allowed("Le", " a", " 12")


def test_the_search_takes_the_likeliest_text_that_the_article_supports() -> None:
    lyon = TEXTS.index(" Lyon")
    model = Preferring({0: ["Le"], 1: [" Paris", " Lyon"], 2: ["<end>"]})
    grounding = Grounding(ARTICLE, Spellings(Listed()), frozenset({END}))
    ((best,),) = decode(model, [Task((5,), 4, allowed=grounding)], Search(frozenset({END})))
    assert best.ids == (TEXTS.index("Le"), lyon)
