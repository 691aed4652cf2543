"""The appraiser's training: what it learns, and that the product computes the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.appraiser import load_network
from models.errors import ModelUnavailable
from models.reader import Head
from service.evaluation.corpus import Record
from service.evaluation.reader_states import load_states, save_states, told_of
from service.evaluation.train_appraiser import Example, Weighing, check, learn, read_examples
from service.pipeline.article import read_article
from service.pipeline.choice import lines
from service.pipeline.salience import Salience, Stems

WIDTH = 6
NOUNS = ("marché", "stade", "lycée", "théâtre")


def telling(number: int) -> int:
    """Which sentence of an article its brief is about: nothing in the text shows it."""
    return number * 7 % 11 % len(NOUNS)


def records(count: int) -> list[Record]:
    sentences = [f"Le conseil examinera mardi le dossier du {noun} de la ville avec ses voisins." for noun in NOUNS]
    found = []
    for number in range(count):
        noun = NOUNS[telling(number)]
        found.append(Record(str(number), " ".join(sentences), f"Le dossier du {noun} de la ville.", f"Le {noun}"))
    return found


def states_of(own: list[Record]) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(2)
    found = {}
    for record in own:
        states = chance.normal(0, 0.3, (len(NOUNS), 1, WIDTH)).astype(np.float32)
        states[telling(int(record.id)), 0, 3] = 2.0
        found[record.id] = states
    return found


def head() -> Head:
    return Head(np.zeros(WIDTH + 6, np.float32), 0.0)


@pytest.fixture(scope="module")
def trained() -> tuple[list[Example], Weighing]:
    own = records(60)
    found = read_examples(own, states_of(own), head(), 0.0, 1)
    return found, learn(found, 4, 16, 12, 1)


def test_what_only_the_states_show_is_learnt(trained: tuple[list[Example], Weighing], tmp_path: Path) -> None:
    network, projection = trained[1].exported(Salience.names(4))
    network.save(tmp_path / "network.npz")
    others = records(80)[60:]
    figures = check(others, states_of(others), Head(head().weights, 0.0, "", projection), tmp_path / "network.npz")
    blind = check(others, states_of(others), Head(head().weights, 0.0, "", projection * 0), tmp_path / "network.npz")
    assert figures["rouge1"] > blind["rouge1"] + 2


def test_the_product_computes_what_was_trained(trained: tuple[list[Example], Weighing], tmp_path: Path) -> None:
    examples, model = trained
    network, projection = model.exported(Salience.names(4))
    network.save(tmp_path / "network.npz")
    found = load_network(tmp_path / "network.npz")
    own = records(60)
    states = states_of(own)
    record, each = own[0], examples[0]
    sentences = lines(read_article(record.article, None, None))
    told = told_of(sentences, states[record.id], Head(head().weights, 0.0, "", projection))
    salience = Salience(sentences, None, Stems(), told)
    rows = np.array([
        salience.features(salience.pieces[int(first)], sorted({int(first), int(last)}))
        for first, last in zip(each.first, each.last, strict=True)
    ])  # fmt: skip
    rows[:, : each.plain.shape[1]] = each.plain.numpy()
    with torch.no_grad():
        wanted = model(each, torch.arange(len(each.worths))) * model.scale + model.middle
    np.testing.assert_allclose(found.predict(rows), wanted.numpy(), atol=2e-3)  # traits are told to three decimals


def test_states_come_back_as_they_were_written(tmp_path: Path) -> None:
    own = records(3)
    save_states(tmp_path / "states.npz", states_of(own))
    found = load_states(tmp_path / "states.npz")
    assert list(found) == ["0", "1", "2"]
    for id, states in states_of(own).items():
        np.testing.assert_allclose(found[id], states, atol=2e-3)


@pytest.mark.parametrize("content", [None, b"PK nothing"])
def test_a_missing_or_damaged_network_names_itself(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "network.npz").write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"network\.npz"):
        load_network(tmp_path / "network.npz")
