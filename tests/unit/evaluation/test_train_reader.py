"""The head's training: what was read is kept, and each article is scored by a head that has not seen it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from models.contracts import ModelIdentity
from models.engines.reading import ArticleReader
from models.reader import Head
from service.evaluation.corpus import Record
from service.evaluation.train_choice import read_scores
from service.evaluation.train_reader import Sums, correlation, kept, look, read_all, sum_of, write_scores

WIDTH = 3


class Letters:
    """A token is a letter."""

    def encode(self, text: str) -> list[int]:
        return [ord(letter) % 50 for letter in text if letter.isalpha()]


def layers(ids: np.ndarray) -> np.ndarray:
    angles = ids[0][:, None] * np.arange(1, WIDTH + 1)
    return np.stack([np.sin(angles), np.cos(angles)]).astype(np.float32)


@pytest.fixture
def reader() -> ArticleReader:
    return ArticleReader(layers, Letters(), Head(np.zeros(1, np.float32), 0.0), ModelIdentity("r", "1", "d", "fake"))


def records(count: int) -> list[Record]:
    towns = ["Quimper", "Lannion", "Vannes", "Dinan", "Redon", "Fougères"]
    found = []
    for number in range(count):
        town = towns[number % len(towns)]
        text = (
            f"Le marché de {town} rouvrira samedi {number + 1} mai. Les travaux ont duré deux ans. "
            f"Une fête aura lieu sur la place. Le maire de {town} coupera le ruban à midi."
        )
        found.append(Record(str(number), text, f"Le marché de {town} rouvre après deux ans de travaux."))
    return found


def test_the_regression_is_the_known_one() -> None:
    chance = np.random.default_rng(3)
    seen = (chance.normal(size=(300, 8)) * np.arange(1, 9)).astype(np.float32)
    target = (seen @ np.arange(8) + chance.normal(size=300)).astype(np.float32)
    ours = Sums.of(seen, target).fit(50.0)
    spread = seen.std(axis=0) + 1e-3
    theirs = Ridge(50.0).fit((seen - seen.mean(axis=0)) / spread, target)
    np.testing.assert_allclose(ours.weights, theirs.coef_ / spread, rtol=1e-3)
    one, two, three = (Sums.of(seen[at::3], target[at::3]) for at in range(3))
    np.testing.assert_allclose((one + two + three).fit(50.0).weights, ours.weights, rtol=1e-4)
    np.testing.assert_allclose((one + two + three - one).fit(50.0).weights, (two + three).fit(50.0).weights, 1e-3)


def test_what_was_read_is_kept_and_not_read_again(reader: ArticleReader, tmp_path: Path) -> None:
    (first,) = read_all(records(5), reader, tmp_path)
    again = kept(tmp_path / "000000.npz")
    assert [each.id for each in again] == list("01234")
    for before, after in zip(first, again, strict=True):
        assert (before.states == after.states).all()
        assert (before.words == after.words).all()
    (tmp_path / "000000.npz").touch()
    untouched = (tmp_path / "000000.npz").stat().st_mtime_ns
    (third,) = read_all(records(5), reader, tmp_path)
    assert (tmp_path / "000000.npz").stat().st_mtime_ns == untouched
    assert [each.id for each in third] == list("01234")


def test_scores_are_written_as_the_chooser_reads_them(reader: ArticleReader, tmp_path: Path) -> None:
    articles = [look(record, reader) for record in records(6)]
    assert all(len(each.worths) == len(each.words) == 4 for each in articles)
    head = sum_of(articles).fit(0.01)
    assert correlation(articles, [head] * 6) > 0.9
    write_scores(tmp_path / "scores.jsonl", articles, [head] * 6)
    found = read_scores([tmp_path / "scores.jsonl"])
    assert list(found) == list("012345")
    assert all(len(each) == 4 for each in found.values())
    assert json.loads((tmp_path / "scores.jsonl").read_text().splitlines()[0])["id"] == "0"
