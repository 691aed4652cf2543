"""The reader: tokens to sentences, states to scores, and what is left unread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.contracts import ModelIdentity, Reader
from models.engines.reading import ArticleReader, reader_identity
from models.errors import ModelUnavailable
from models.preparation.store import Built
from models.reader import WINDOW, Head, features, load_head, pooled

WIDTH = 4
#: A layer's states, and six plain values.
SEEN = WIDTH + 6


class Words:
    """A token is a word, and its id the word's length."""

    def encode(self, text: str) -> list[int]:
        return [len(word) for word in text.split()]


class Layers:
    """States that hold a token's id in every place; remembers what it read."""

    def __init__(self) -> None:
        self.read: list[list[int]] = []

    def __call__(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        self.read.append(ids[0].tolist())
        own = np.repeat(ids[0][:, None], WIDTH, axis=1).astype(np.float32)
        own[:, 0] = 1
        return own[None]


def head(**weights: float) -> Head:
    """A head that looks at one value: a state, or whether a sentence is the ``first``."""
    at = {"state": 1, "first": WIDTH + 2}
    values = np.zeros(SEEN, np.float32)
    for name, weight in weights.items():
        values[at[name]] = weight
    return Head(values, 0.0)


def reader(layers: Layers, own: Head) -> ArticleReader:
    return ArticleReader(layers, Words(), own, ModelIdentity("r", "1", "d", "fake"))


def scores(found: Sequence[Sequence[object]]) -> list[list[float]]:
    return [[each.score for each in one] for one in found]  # type: ignore[attr-defined]


def test_it_satisfies_the_protocol() -> None:
    made = reader(Layers(), head())
    assert isinstance(made, Reader)
    assert made.window == WINDOW
    assert made.count_tokens("trois petits mots") == 3


def test_a_sentence_is_the_mean_of_its_tokens_states() -> None:
    states = np.array([[[3.0, 4.0], [6.0, 8.0], [0.0, 2.0]]], dtype=np.float32)
    found = pooled(states, [-1, 0, 1])
    norm = np.sqrt(2)
    assert found.shape == (2, 1, 2)
    np.testing.assert_allclose(found[0, 0], np.array([0.6, 0.8]) * norm, rtol=1e-5)
    np.testing.assert_allclose(found[1, 0], np.array([0.0, 1.0]) * norm, rtol=1e-5)


def test_a_sentence_without_a_token_has_states_of_zero() -> None:
    assert (pooled(np.ones((2, 2, 3), np.float32), [0, 2])[1] == 0).all()


def test_a_head_sees_states_places_and_lengths() -> None:
    states = np.random.default_rng(1).normal(size=(3, 1, WIDTH)).astype(np.float32)
    seen = features(states, [10, 20, 30, 40])
    assert seen.shape == (3, SEEN)
    np.testing.assert_allclose(seen[:, :WIDTH], states[:, 0])
    np.testing.assert_allclose(seen[:, WIDTH + 1], [0, 0.25, 0.5])
    np.testing.assert_allclose(seen[:, WIDTH + 5], [1 / 3, 2 / 3, 1.0])


def test_each_line_of_each_article_has_a_score() -> None:
    layers = Layers()
    found = reader(layers, head(state=1.0)).read(["un mot\nanticonstitutionnellement", "oui"])
    assert [len(one) for one in found] == [2, 1]
    assert found[0][0].score < found[0][1].score
    assert all(each.text == "" for one in found for each in one)
    assert len(layers.read) == 2


def test_sentences_beyond_the_window_are_as_telling_as_the_least_of_the_others() -> None:
    layers = Layers()
    long = " ".join(["mots"] * (WINDOW - 1))
    (found,) = scores(reader(layers, head(state=1.0, first=-1.0)).read([f"petit\n{long}\njamais lu\nnon plus"]))
    assert len(layers.read[0]) == WINDOW
    assert len(found) == 4
    assert found[2] == found[3] == min(found[:2])


def test_an_empty_line_is_a_sentence_too() -> None:
    (found,) = scores(reader(Layers(), head(state=1.0)).read(["avant\n\naprès"]))
    assert len(found) == 3
    assert np.isfinite(found).all()


def test_an_article_without_a_token_has_a_score_too() -> None:
    assert scores(reader(Layers(), head(state=1.0)).read([""])) == [[0.0]]


def test_a_head_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    projection = np.arange(2 * WIDTH, dtype=np.float32).reshape(WIDTH, 2)
    written = Head(np.arange(SEEN, dtype=np.float32), 0.25, "", projection)
    written.save(path)
    found = load_head(path)
    states, words = np.ones((2, 1, WIDTH), np.float32), [3, 4]
    assert found.scores(states, words) == written.scores(states, words)
    assert found.traits(states, 2) == written.traits(states, 2)
    assert len(found.digest) == 64


def test_traits_are_a_projection_of_a_sentences_states_and_the_unread_have_the_last_ones() -> None:
    projection = np.zeros((WIDTH, 2), np.float32)
    projection[1, 0], projection[2, 1] = 2.0, -1.0
    told = Head(np.zeros(SEEN, np.float32), 0.0, "", projection)
    states = np.arange(2 * WIDTH, dtype=np.float32).reshape(2, 1, WIDTH)
    assert told.traits(states, 4) == [(2.0, -2.0), (10.0, -6.0), (10.0, -6.0), (10.0, -6.0)]
    assert head().traits(states, 2) == [(), ()]
    assert told.traits(states[:0], 2) == [(), ()]


@pytest.mark.parametrize("content", [None, b"", b"PK nothing"])
def test_a_missing_or_damaged_head_names_itself(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "head.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"head\.npz"):
        load_head(path)


def test_another_head_or_another_model_is_another_identity() -> None:
    def named(model: str, own: str) -> str:
        built = Built("writer", "1", model, "licence", ("summary",), ("fr",), 320, ())
        return reader_identity(built, Head(np.zeros(1, np.float32), 0.0, own), "fake").digest

    assert len({named("a", "x"), named("a", "y"), named("b", "x")}) == 3
