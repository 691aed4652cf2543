"""The reader's training on a tiny network: it learns which sentence matters, and what it writes can be loaded."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_network import tiny_weights

from models.preparation.adapter import apply_adapter
from models.preparation.vocabulary import BOS
from models.reader import FROZEN, LAYERS, WINDOW, load_head
from models.training.reading import ReaderNetwork, ReaderTrainer, loss_of
from models.training.reading_rows import Article, centred, fill, packed, read_articles, steps

DEPTH = max(LAYERS) + 2
#: The token that makes a sentence worth telling.
TELLING = 77


def article(number: int, sentences: int = 5) -> Article:
    """Sentences of four tokens; one of them, by the number, has the telling token."""
    best = number % sentences
    ids, owners = [BOS], [-1]
    for sentence in range(sentences):
        ids += [10 + (number + sentence) % 20, TELLING if sentence == best else 40, 41, 42 + sentence]
        owners += [sentence] * 4
    worths = centred([0.4 if sentence == best else 0.1 for sentence in range(sentences)])
    return Article(tuple(ids), tuple(owners), worths, worths, (4,) * sentences)


def articles(count: int) -> list[Article]:
    return [article(number, 4 + number % 3) for number in range(count)]


@pytest.fixture(scope="module")
def trained() -> tuple[ReaderTrainer, list[float]]:
    trainer = ReaderTrainer(tiny_weights(DEPTH), 2e-3, compiled=False)
    source = itertools.islice(steps(articles(200), 1, 1), 30)
    return trainer, [trainer.learn(rows, 2e-3)[0] for rows in source]


def test_the_loss_falls_and_unseen_articles_are_ordered(trained: tuple[ReaderTrainer, list[float]]) -> None:
    trainer, losses = trained
    assert np.mean(losses[-3:]) < 0.5 * np.mean(losses[:2])
    assert trainer.correlation([article(number) for number in range(300, 312)], 1) > 0.8


def test_only_the_upper_layers_are_trained_and_come_back_from_the_adapter(
    trained: tuple[ReaderTrainer, list[float]], tmp_path: Path
) -> None:
    trainer, _ = trained
    start = tiny_weights(DEPTH)
    assert trainer.write(tmp_path, start) == (tmp_path / "reader.zst").stat().st_size
    found = apply_adapter(start, tmp_path / "reader.zst")
    changed = {
        int(name.split(".")[1])
        for name in found.tensors
        if not np.array_equal(found.tensors[name], start.tensors[name])
    }
    assert changed == set(range(FROZEN, max(LAYERS) + 1))
    name = f"layer.{FROZEN}.gate"
    step = np.abs(found.tensors[name] - start.tensors[name]).max()
    mine = trainer.masters.values[f"layers.{FROZEN}.feed_in"].detach().numpy()[: len(found.tensors[name])]
    assert np.abs(found.tensors[name] - mine).mean() < step / 2
    head = load_head(tmp_path / "reader.npz")
    assert len(head.weights) == start.shape.width + 6


def test_a_resumed_run_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    def learn(trainer: ReaderTrainer, first: int, last: int) -> list[float]:
        source = itertools.islice(steps(articles(60), 1, 4), first, last)
        return [trainer.learn(rows, 1e-3)[0] for rows in source]

    whole = learn(ReaderTrainer(tiny_weights(DEPTH), 1e-3, compiled=False), 0, 6)
    first = ReaderTrainer(tiny_weights(DEPTH), 1e-3, compiled=False)
    learn(first, 0, 3)
    first.save(tmp_path / "checkpoint.pt")
    second = ReaderTrainer(tiny_weights(DEPTH), 1e-3, compiled=False)
    second.load(tmp_path / "checkpoint.pt")
    assert second.step == 3
    assert learn(second, 3, 6) == pytest.approx(whole[3:], rel=1e-3)


def test_articles_of_one_row_do_not_see_each_other_and_a_sentence_sees_what_follows() -> None:
    network = ReaderNetwork(tiny_weights(DEPTH), torch.float32)
    with torch.no_grad():
        alone = network.sentences(fill([[article(1)]]))
        together = network.sentences(fill([[article(9, 6), article(1)]]))
        torch.testing.assert_close(together[6:], alone, rtol=1e-4, atol=1e-5)
        one = article(1)
        other = Article((*one.ids[:-1], 90), one.owners, one.worths, one.titles, one.words)
        changed = network.sentences(fill([[other]]))
    assert not torch.allclose(changed[0], alone[0], atol=1e-4)


def test_equal_scores_lose_by_the_order_and_the_worths_themselves_by_nothing() -> None:
    rows = fill([articles(3)])
    right = torch.stack([rows.worths, rows.titles], dim=1)
    assert loss_of(right, rows).item() == pytest.approx(0, abs=1e-6)
    assert loss_of(torch.zeros_like(right), rows).item() > 1


def test_every_article_is_packed_whole_and_none_twice() -> None:
    wanted = articles(40)
    found = [each for row in packed(wanted, 64) for each in row]
    assert sorted(each.ids for each in found) == sorted(each.ids for each in wanted)
    assert all(sum(each.length for each in row) <= 64 for row in packed(wanted, 64))


class Letters:
    """A tokenizer of one id a letter."""

    def encode(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]


def test_an_article_is_read_up_to_the_window_and_worths_are_centred(tmp_path: Path) -> None:
    path = tmp_path / "sentences.jsonl"
    long = "x" * WINDOW
    sentences = ["Un.", "Deux.", long, "Jamais lu."]
    lines = [
        {"id": "1", "sentences": sentences, "worths": [0.3, 0.1, 0.2, 0.2], "titles": [0] * 4},
        {"id": "2", "sentences": ["Seul."], "worths": [0.3], "titles": [0.1]},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (found,) = read_articles(path, Letters())  # type: ignore[arg-type]
    assert found.length == WINDOW
    assert found.read == 3
    assert found.ids[:5] == (BOS, ord("U"), ord("n"), ord("."), ord(" "))
    assert found.worths == pytest.approx([1.0, -1.0, 0.0, 0.0])
    rows = fill([[found]])
    assert rows.worths.tolist() == pytest.approx([1.0, -1.0, 0.0])
    assert rows.plain.shape == (3, 6)
