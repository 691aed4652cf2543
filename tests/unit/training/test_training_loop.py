"""Training on tiny data and a tiny network: it learns, resumes, and repeats itself for the same seed."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_network import tiny_weights

from models.dictionary import Dictionary
from models.preparation.base import LAYER_MATRICES
from models.prompts import TRANSLATION_CUES
from models.training.corpus import Example, coverage, is_supported, supported_part, translation_examples
from models.training.finetune import Options, Trainer
from models.training.masters import Masters, matrices, rate_at
from models.training.network import Network, Packed
from models.training.packing import article_steps, steps


def examples() -> list[Example]:
    """The target repeats the prompt's last token: learnable in a few steps."""
    return [Example((2, 10 + n % 20, 30 + n % 7), (30 + n % 7, 1)) for n in range(64)]


def options(tmp_path: Path, **changes: object) -> Options:
    given = {"rate": 3e-3, "steps": 40, "decay": 10, "warmup": 3, "rows": 4, "columns": 32} | changes
    return Options("translation", "base", ("data",), str(tmp_path), **given)  # type: ignore[arg-type]


def learn(trainer: Trainer, chosen: Options, count: int, skip: int = 0) -> list[float]:
    source = itertools.islice(steps(examples(), chosen.rows, chosen.columns, chosen.seed), skip, None)
    return [trainer.learn(next(source))[0] for _ in range(count)]


def test_the_loss_falls(tmp_path: Path) -> None:
    chosen = options(tmp_path)
    losses = learn(Trainer(tiny_weights(), chosen), chosen, 40)
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:3])


def test_the_same_seed_gives_the_same_losses(tmp_path: Path) -> None:
    chosen = options(tmp_path)
    runs = [learn(Trainer(tiny_weights(), chosen), chosen, 5) for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("rank", [0, 4])
def test_a_resumed_run_goes_on_as_if_never_stopped(tmp_path: Path, rank: int) -> None:
    chosen = options(tmp_path, rank=rank)
    whole = learn(Trainer(tiny_weights(), chosen), chosen, 8)
    first = Trainer(tiny_weights(), chosen)
    learn(first, chosen, 4)
    first.save(tmp_path / "checkpoint.pt")
    second = Trainer(tiny_weights(), chosen)
    second.load(tmp_path / "checkpoint.pt")
    assert learn(second, chosen, 4, skip=4) == pytest.approx(whole[4:], rel=1e-3)


def test_only_matrices_change_and_they_come_back_under_the_base_names(tmp_path: Path) -> None:
    chosen, base = options(tmp_path), tiny_weights()
    trainer = Trainer(base, chosen)
    before = trainer.network.embedding.clone()
    learn(trainer, chosen, 2)
    assert isinstance(trainer.masters, Masters)
    found = matrices(trainer.masters.values, base.shape)
    assert set(found) == {f"layer.{layer}.{name}" for layer in range(2) for name in LAYER_MATRICES}
    assert all(found[name].shape == base.tensors[name].shape for name in found)
    assert all(np.abs(found[name] - base.tensors[name]).max() > 0 for name in found)
    assert torch.equal(trainer.network.embedding, before)


def test_the_fused_loss_equals_cross_entropy_with_label_smoothing() -> None:
    network = Network(tiny_weights(), torch.float32)
    packed = next(steps(examples(), 4, 32, 1))
    torch.autograd.backward(network(packed, 0.1))
    fused = [parameter.grad.clone() for parameter in network.parameters() if parameter.grad is not None]
    network.zero_grad()
    learnt = packed.targets >= 0
    plain = torch.nn.functional.cross_entropy(
        network.logits(packed)[learnt], packed.targets[learnt], label_smoothing=0.1
    )
    torch.autograd.backward(plain)
    expected = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    assert network(packed, 0.1).item() == pytest.approx(plain.item(), rel=1e-4)
    assert len(fused) == len(expected) > 0
    for mine, wanted in zip(fused, expected, strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-3, atol=1e-6)


def test_examples_packed_in_one_row_do_not_see_each_other() -> None:
    network = Network(tiny_weights(), torch.float32)

    def packed(*parts: list[int]) -> Packed:
        ids = torch.tensor([[id for part in parts for id in part]])
        positions = torch.tensor([[place for part in parts for place in range(len(part))]])
        segments = torch.tensor([[number for number, part in enumerate(parts, 1) for _ in part]])
        return Packed(ids, positions, segments, torch.full_like(ids, -1))

    alone = network.logits(packed([2, 11, 12, 13]))
    together = network.logits(packed([2, 40, 41], [2, 11, 12, 13]))
    torch.testing.assert_close(together[:, 3:], alone, rtol=1e-4, atol=1e-5)


def test_the_rate_warms_up_stays_and_falls_to_zero() -> None:
    rates = [rate_at(step, peak=1.0, warmup=10, steps=100, decay=20) for step in range(100)]
    assert [rates[step] for step in (0, 9, 50, 79)] == pytest.approx([0.1, 1.0, 1.0, 1.0])
    assert 0 < rates[99] < rates[85] < 1.0


def test_every_token_of_every_example_is_packed_once() -> None:
    wanted = examples()
    source = steps(wanted, 2, 16, 5)
    seen: Counter[tuple[int, ...]] = Counter()
    while sum(seen.values()) < len(wanted):
        packed = next(source)
        for row in range(2):
            for number in range(1, int(packed.segments[row].max()) + 1):
                seen[tuple(packed.ids[row][packed.segments[row] == number].tolist())] += 1
    assert seen.keys() == {example.prompt + example.target for example in wanted}


ARTICLE = "Le maire de Lyon a inauguré lundi 12 logements. Ils ont coûté 3,5 millions d'euros."


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Le maire a inauguré 12 logements.", True),
        ("Le maire a inauguré 13 logements.", False),
        ("Hier, le maire de Lyon a parlé.", True),
        ("Hier, le maire de Nantes a parlé.", False),
    ],
)
def test_training_data_is_screened(text: str, supported: bool) -> None:
    assert is_supported(text, ARTICLE) is supported


def test_the_supported_sentences_of_an_abstract_stay() -> None:
    good = "Le maire de Lyon a inauguré lundi douze logements qui ont coûté plusieurs millions à la ville."
    assert supported_part(f"{good} Le coût serait de 4 millions.", ARTICLE) == good
    assert supported_part("Le coût serait de 4 millions.", ARTICLE) is None


def test_coverage_counts_words_that_the_source_has() -> None:
    assert coverage("Le maire inaugure des logements", ARTICLE) == 1.0
    assert coverage("Une tempête traverse le Cotentin", ARTICLE) == 0.0


class Letters:
    """A tokenizer of one id a character."""

    def encode(self, text: str) -> list[int]:
        return [ord(sign) for sign in text]


def test_pairs_of_unlike_lengths_and_those_kept_for_measuring_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ntrex.tsv"
    rows = [
        "ntrex\tBonjour à toutes\tHello everybody",
        "ntrex\tBonjour à tous les gens\tHi",
        "ntrex\tAu revoir\tBye now",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    left_out: Counter[str] = Counter()
    found = translation_examples([path], Letters(), 1, left_out)  # type: ignore[arg-type]
    assert len(found) == 1
    assert left_out == {"lengths differ too much": 1, "ntrex kept for measuring": 1}


def test_parallel_sentences_become_a_pair_for_each_language_but_english(tmp_path: Path) -> None:
    path = tmp_path / "multi.jsonl"
    kept, measured = (
        {"fr": f"Bonjour{end}", "en": "Hello", "de": f"Guten Tag{end}", "po": f"Bom dia{end}"} for end in (" !", " ?")
    )
    path.write_text("\n".join(map(json.dumps, (kept, measured))) + "\n", encoding="utf-8")
    found = translation_examples([path], Letters(), 1, Counter())  # type: ignore[arg-type]
    read = ["".join(map(chr, example.prompt[1:])) for example in found]
    assert read == ["Bonjour !" + TRANSLATION_CUES[language] for language in ("de", "pt")]
    assert ["".join(map(chr, example.target[:-1])) for example in found] == ["Guten Tag !", "Bom dia !"]


def test_most_of_what_the_dictionary_has_is_told_after_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("news\tLes otages sont libres.\tThe hostages are free.\n" * 200, encoding="utf-8")
    dictionaries = {"en": Dictionary({"otages": ("hostages",), "libres": ("free",)})}
    found = translation_examples([path], Letters(), 0, Counter(), dictionaries, 1)  # type: ignore[arg-type]
    read = Counter("".join(map(chr, example.prompt[1:])) for example in found)
    every = "Les otages sont libres.\notages = hostages; libres = free" + TRANSLATION_CUES["en"]
    assert read.most_common(1)[0][0] == every
    assert 100 < read[every] < 160
    assert 10 < read["Les otages sont libres." + TRANSLATION_CUES["en"]] < 40
    again = translation_examples([path], Letters(), 0, Counter(), dictionaries, 1)  # type: ignore[arg-type]
    assert again == found


def pairs_of_different_lengths() -> list[Example]:
    return [Example((2, *range(5, 9 + n % 5), 90, 91), (*range(20, 23 + n % 9), 1)) for n in range(24)]


def test_reading_without_a_gradient_gives_the_same_loss() -> None:
    network = Network(tiny_weights(), torch.float32)
    articles = next(article_steps(pairs_of_different_lengths(), rows=6, cue=2, seed=1))
    same = []
    for row, read in enumerate(articles.lengths.tolist()):
        learnt = int((articles.targets[row] >= 0).sum())
        body = articles.article[row, :read].tolist() + articles.ids[row, :2].tolist()
        same.append(Example(tuple(body), tuple(articles.targets[row, 1 : 1 + learnt].tolist())))
    whole = next(steps(same, rows=6, columns=max(example.length for example in same), seed=1))
    with torch.no_grad():
        assert network.brief_loss(articles, 0.1).item() == pytest.approx(network(whole, 0.1).item(), rel=1e-4)


def test_the_loss_of_briefs_falls(tmp_path: Path) -> None:
    chosen = options(tmp_path)
    trainer = Trainer(tiny_weights(), chosen)
    source = article_steps(pairs_of_different_lengths(), rows=4, cue=2, seed=1)
    losses = [trainer.learn(next(source))[0] for _ in range(40)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:3])


def test_a_step_of_articles_groups_briefs_of_similar_length() -> None:
    source = article_steps(pairs_of_different_lengths(), rows=4, cue=2, seed=1)
    for _ in range(6):
        step = next(source)
        learnt = (step.targets >= 0).sum(1)
        assert int(learnt.max() - learnt.min()) <= 4
        assert step.count == 4


def test_what_exceeds_the_attention_window_is_refused() -> None:
    network = Network(tiny_weights(), torch.float32)
    long = [Example((2, *[5] * 500, 90, 91), (*[20] * 30, 1))]
    with pytest.raises(ValueError, match="window"):
        network.brief_loss(next(article_steps(long, rows=1, cue=2, seed=1)))
