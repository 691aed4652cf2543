"""Trains the reader: the model's lower layers, of which the upper few learn to say which sentences matter.

    python -m models.training.reading --base base.gguf --start models/adapters/brief-fr.zst \
        --data sentences.jsonl --valid valid-sentences.jsonl --out runs/reader --compile

``service.evaluation.sentence_worths`` makes the files. The lower layers are the writer's and stay as they are, so that
what serves need not keep them twice; the trained ones look at the whole text, before and behind (as
readers made of writers do: BehnamGhader et al. 2024, arXiv 2404.05961). A sentence is the mean of its tokens'
normalised states; a linear head says how much of the reference brief it holds. Sentences are taken from a trained
reader's states as in Liu and Lapata 2019 (arXiv 1908.08345), there of articles in English.
Writes ``reader.zst``, the difference of the trained layers to the writer's, and ``reader.npz``, the head.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor, nn
from torch.nn import functional as F

from models.preparation.adapter import apply_adapter, write_adapter
from models.preparation.base import Weights, read_base
from models.reader import FROZEN, LAYERS, WINDOW, Head, plain
from models.training.masters import Masters, matrices, rate_at
from models.training.network import Layer, masks, turns_at
from models.training.reading_rows import SPREAD, Article, Rows, fill, packed, read_articles, steps

#: The head's rate is so many times the layers'.
HEAD_RATE = 20
#: How much the order within an article, and the likeness to the title, weigh beside the worth itself.
ORDER, TITLE = 0.5, 0.3


class ReaderNetwork(nn.Module):
    """The lower layers, of which those above ``FROZEN`` are trained and see both ways, and a head."""

    def __init__(self, weights: Weights, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__()
        self.shape = weights.shape
        self.embedding: Tensor
        self.register_buffer("embedding", torch.from_numpy(weights.tensors["embedding"]).to(dtype))
        self.layers = nn.ModuleList(Layer(weights, index, dtype) for index in range(max(LAYERS) + 1))
        for layer in self.layers[:FROZEN]:
            layer.requires_grad_(False)
        seen = weights.shape.width + plain([1], 1).shape[1]
        self.head = nn.Parameter(torch.zeros(2, seen))
        self.start = nn.Parameter(torch.zeros(2))

    def forward(self, rows: Rows) -> Tensor:
        """What each read sentence is worth, and how like the title it is: (sentences, 2)."""
        x = torch.cat([self.sentences(rows), rows.plain], dim=1)
        return F.linear(x, self.head, self.start)

    def sentences(self, rows: Rows) -> Tensor:
        """The states of each read sentence, as ``models.reader.pooled`` makes them: (sentences, width)."""
        x = (F.embedding(rows.ids, self.embedding) * self.shape.width**0.5).to(self.embedding.dtype)
        causal, near, whole = masks(rows.positions, rows.segments, self.shape.window, x.dtype)
        turns = turns_at(rows.positions, self.shape)
        for index, layer in enumerate(self.layers):
            mask = whole if index >= FROZEN else causal if self.shape.is_full(index) else near
            x, _ = layer(x, *turns[self.shape.rope_base_of(index)], mask)
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
        belongs = rows.owners >= 0
        owners, count = rows.owners[belongs], len(rows.worths)
        total = torch.zeros(count, wide.shape[-1], device=wide.device).index_add(0, owners, scaled[belongs])
        return total / torch.bincount(owners, minlength=count).clamp(min=1)[:, None]


def loss_of(scores: Tensor, rows: Rows) -> Tensor:
    """Squared errors, and by article the distance of the distribution of scores from that of worths."""
    value, title = scores.unbind(1)
    squared = (value - rows.worths).pow(2).mean() + TITLE * (title - rows.titles).pow(2).mean()
    orders = []
    for article in range(int(rows.articles[-1]) + 1):
        own = rows.articles == article
        orders.append(F.kl_div(value[own].log_softmax(0), rows.worths[own].softmax(0), reduction="sum"))
    return squared + ORDER * torch.stack(orders).mean()


class ReaderTrainer:
    """A run: the network, the layers' masters, the head's optimiser."""

    def __init__(self, weights: Weights, rate: float, compiled: bool, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.network = ReaderNetwork(weights).to(self.device)
        layers = {
            name: p for name, p in self.network.named_parameters() if name.startswith("layers.") and p.requires_grad
        }
        self.masters = Masters(layers, rate)
        self.head = torch.optim.AdamW([self.network.head, self.network.start], lr=rate * HEAD_RATE, weight_decay=0.0)
        self.step = 0
        if compiled:
            for layer in self.network.layers:
                layer.compile(dynamic=False)

    def learn(self, rows: Rows, rate: float) -> tuple[float, float]:
        """One step; returns the loss and the gradient's norm before clipping."""
        here = rows.to(self.device)
        loss = loss_of(self.network(here), here)
        torch.autograd.backward(loss)
        for group in self.head.param_groups:
            group["lr"] = rate * HEAD_RATE
        self.head.step()
        self.head.zero_grad()
        norm = self.masters.step(rate)
        self.step += 1
        return loss.item(), norm

    def correlation(self, articles: Sequence[Article], rows: int) -> float:
        """How well scores and worths agree within an article, the mean over those of several sentences."""
        found = []
        bins = list(packed(articles, WINDOW))
        bins += [bins[-1]] * (-len(bins) % rows)  # one shape for compiled layers
        with torch.no_grad():
            for start in range(0, len(bins), rows):
                here = fill(bins[start : start + rows]).to(self.device)
                scores = self.network(here)[:, 0]
                for article in range(int(here.articles[-1]) + 1):
                    own = here.articles == article
                    if own.sum() > 3 and here.worths[own].std() > 0:
                        found.append(float(torch.corrcoef(torch.stack([scores[own], here.worths[own]]))[0, 1]))
        return sum(found) / len(found)

    def save(self, path: Path) -> None:
        """Write the state so that an interruption leaves the old or the new one whole."""
        own = {"head": self.network.head, "start": self.network.start, "head_optimiser": self.head.state_dict()}
        torch.save({"step": self.step} | own | self.masters.state(), path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a saved state."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.step = state["step"]
        self.masters.load(state)
        self.head.load_state_dict(state["head_optimiser"])
        with torch.no_grad():
            self.network.head.copy_(state["head"])
            self.network.start.copy_(state["start"])

    def write(self, out: Path, weights: Weights) -> int:
        """Write what the product loads; returns the adapter's bytes."""
        head, start = (each.detach().cpu().numpy()[0] * SPREAD for each in (self.network.head, self.network.start))
        Head(head.astype(np.float32), float(start)).save(out / "reader.npz")
        return write_adapter(out / "reader.zst", weights, matrices(self.masters.values, self.network.shape))


def train(options: argparse.Namespace) -> None:
    """Run from the start, or from the checkpoint in ``out``."""
    torch.manual_seed(options.seed)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    base, tokenizer = read_base(options.base)
    weights = apply_adapter(base, options.start)
    tokens = SentencePieceProcessor(model_proto=tokenizer)
    articles = read_articles(options.data, tokens)[options.skip :]
    valid = read_articles(options.valid, tokens)[: options.checked]
    print(f"{len(articles)} articles, {sum(a.length for a in articles)} tokens", flush=True)
    trainer = ReaderTrainer(weights, options.rate, options.compile, options.device)
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
    source = steps(articles, options.rows, options.seed)
    for _ in range(trainer.step):
        next(source)
    begin = time.perf_counter()
    seen = 0
    while trainer.step < options.steps:
        rows = next(source)
        rate = rate_at(trainer.step, options.rate, options.warmup, options.steps, options.decay)
        loss, norm = trainer.learn(rows, rate)
        seen += int(rows.articles[-1]) + 1
        speed = seen / (time.perf_counter() - begin)
        print(f"step {trainer.step} loss {loss:.3f} norm {norm:.2f} articles/s {speed:.2f}", flush=True)
        if trainer.step % options.save_every == 0 or trainer.step == options.steps:
            trainer.save(checkpoint)
            print(f"step {trainer.step} correlation {trainer.correlation(valid, options.rows):.4f}", flush=True)
    print(json.dumps({"step": trainer.step, "adapter_bytes": trainer.write(out, weights)}))


def parse(arguments: list[str] | None = None) -> Any:
    """Options from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("base", "start", "data", "valid", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--skip", type=int, default=6000, help="first articles, left for the chooser to learn from")
    parser.add_argument("--checked", type=int, default=300, help="articles of --valid looked at on the way")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--decay", type=int, default=600)
    parser.add_argument("--warmup", type=int, default=40)
    parser.add_argument("--save-every", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    train(parse())
