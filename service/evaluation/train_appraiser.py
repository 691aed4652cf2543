"""Trains what weighs candidates where the article was read: a small network, and the traits that it sees.

    python -m service.evaluation.train_appraiser train.jsonl.xz states.npz --head models/adapters/reader.npz \\
        --out models/adapters/choice-read.npz --check valid.jsonl.xz --check-states valid-states.npz

Each example is one sentence, or one pair, of an article, whole or shortened, with its plain features and the reader's
states of its sentences (``reader_states``), which a linear map brings to a few traits: that map is written into the
head's file, from which the reader gives them. Learnt are ROUGE-1 and some of ROUGE-2 and ROUGE-L with the abstract
(Unicode words), by squared error and by the order within an article. Half of the articles are shown without their
title. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from models.appraiser import Network, load_network
from models.reader import Head, load_head
from service.evaluation.corpus import Record, read_records
from service.evaluation.reader_states import States, load_states, told_of
from service.evaluation.train_choice import COUNTED, EXAMPLES, grams, measure, untrained, worth
from service.pipeline.article import read_article
from service.pipeline.choice import Chooser, lines
from service.pipeline.salience import Salience

#: How much the order within an article weighs beside the values.
ORDER = 0.3
#: Candidates of one article that a step looks at.
TOGETHER = 120
RATE, DECAY, DROPPED = 1e-3, 0.1, 0.2


@dataclass(frozen=True)
class Example:
    """One article's candidates: plain features, first and last sentence, worth; and its sentences' states."""

    plain: Tensor  # (candidates, values)
    first: Tensor
    last: Tensor
    worths: Tensor
    states: Tensor  # (read sentences, width)


def example(record: Record, states: NDArray[np.float32], head: Head, chooser: Chooser, title: str | None) -> Example:
    """What can be learnt of one article."""
    article = read_article(record.article, None, title)
    reading = chooser.reading(article, told_of(lines(article), states, replace(head, projection=None)))
    reference, read = grams(record.reference), len(states) - 1
    candidates = list(reading.extracts.candidates(EXAMPLES))
    found = [worth(grams(reading.extracts.text(parts)), reference) for parts in candidates]
    return Example(
        torch.from_numpy(np.array([reading.extracts.features(parts) for parts in candidates])),
        torch.tensor([min(parts[0].place, read) for parts in candidates]),
        torch.tensor([min(parts[-1].place, read) for parts in candidates]),
        torch.from_numpy((np.array(found) @ COUNTED).astype(np.float32)),
        torch.from_numpy(states[:, -1]),
    )


class Weighing(nn.Module):
    """The network while it learns; ``exported`` gives what the product computes."""

    def __init__(self, examples: Sequence[Example], traits: int, hidden: int) -> None:
        super().__init__()
        plain = torch.cat([each.plain for each in examples])
        worths = torch.cat([each.worths for each in examples])
        self.mean, self.spread = plain.mean(0), plain.std(0) + 1e-6
        self.middle, self.scale = float(worths.mean()), float(worths.std())
        self.traits = nn.Linear(examples[0].states.shape[1], traits, bias=False)
        self.dropped = nn.Dropout(DROPPED)
        self.inner = nn.Linear(plain.shape[1] + 2 * traits, hidden)
        self.outer = nn.Linear(hidden, 1)

    def forward(self, each: Example, chosen: Tensor) -> Tensor:
        """The values of some candidates of an article, in the examples' spread."""
        seen = self.dropped(self.traits(each.states))
        first, last = seen[each.first[chosen]], seen[each.last[chosen]]
        apart = (each.first[chosen] != each.last[chosen]).float()[:, None]
        plain = (each.plain[chosen] - self.mean) / self.spread
        inputs = torch.cat([plain, (first + last) / 2, first * last * apart], dim=1)
        values: Tensor = self.outer(self.dropped(F.silu(self.inner(inputs))))[:, 0]
        return values

    def exported(self, names: tuple[str, ...]) -> tuple[Network, NDArray[np.float32]]:
        """The network, and the map from a sentence's states to its traits."""

        def array(values: Tensor) -> NDArray[np.float32]:
            return values.detach().numpy().astype(np.float32)

        own = self.inner.in_features - len(self.mean)
        mean, spread = torch.cat([self.mean, torch.zeros(own)]), torch.cat([self.spread, torch.ones(own)])
        start = float(self.outer.bias.detach()[0]) * self.scale + self.middle
        network = Network(
            array(mean), array(spread), array(self.inner.weight.T), array(self.inner.bias),
            array(self.outer.weight[0]) * np.float32(self.scale), start, names,
        )  # fmt: skip
        return network, array(self.traits.weight.T)


def learn(examples: Sequence[Example], traits: int, hidden: int, epochs: int, seed: int) -> Weighing:
    """One article a step; the rate falls to zero."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    model = Weighing(examples, traits, hidden)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = [int(place) for _ in range(epochs) for place in chance.permutation(len(examples))]
    for step, place in enumerate(steps):
        each = examples[place]
        chosen = torch.from_numpy(chance.permutation(len(each.worths))[:TOGETHER])
        wanted = (each.worths[chosen] - model.middle) / model.scale
        values = model(each, chosen)
        order = F.kl_div(values.log_softmax(0), wanted.softmax(0), reduction="sum")
        loss = (values - wanted).pow(2).mean() + ORDER * order
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / len(steps))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return model.eval()


def read_examples(records: Sequence[Record], states: States, head: Head, titles: float, seed: int) -> list[Example]:
    """What can be learnt of the records whose states are known."""
    chance = random.Random(seed)
    chooser = Chooser(untrained(), informed=untrained(Salience.names(0)))
    known = [record for record in records if len(states.get(record.id, ()))]
    shown = [(record, record.title if chance.random() < titles else None) for record in known]
    found = [example(record, states[record.id], head, chooser, title) for record, title in shown]
    return [each for each in found if len(each.worths) > 1]


def check(records: Sequence[Record], states: States, head: Head, network: Path) -> dict[str, float]:
    """What extracts share with the references of other records."""
    known = [record for record in records if record.id in states]
    told = {
        record.id: told_of(lines(read_article(record.article, None, None)), states[record.id], head) for record in known
    }
    return measure(known, Chooser(untrained(), informed=load_network(network)), told)


def main() -> None:
    """Train, write, and measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("states", type=Path)
    parser.add_argument("--head", type=Path, required=True, help="the reader's head, which gets the traits")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="records to measure the result on")
    parser.add_argument("--check-states", type=Path)
    parser.add_argument("--titles", type=float, default=0.5, help="share of articles shown with their title")
    parser.add_argument("--traits", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    head, records = load_head(options.head), read_records(options.data)
    examples = read_examples(records, load_states(options.states), head, options.titles, options.seed)
    print(f"{sum(len(each.worths) for each in examples)} examples of {len(examples)} articles", flush=True)
    model = learn(examples, options.traits, options.hidden, options.epochs, options.seed)
    network, projection = model.exported(Salience.names(options.traits))
    network.save(options.out)
    replace(head, projection=projection).save(options.head)
    report: dict[str, Any] = {"articles": len(examples), "seconds": round(time.perf_counter() - begin)}
    if options.check:
        other = load_states(options.check_states)
        report["check"] = check(read_records(options.check), other, load_head(options.head), options.out)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
