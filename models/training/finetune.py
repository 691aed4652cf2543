"""Trains the base model for one task and writes the difference that the product loads.

    python -m models.training.finetune translation --base base.gguf --data fr-en/*.xz --out runs/translation
    python -m models.training.finetune brief --base base.gguf --data orangesum/train.jsonl.xz --out runs/brief
    python -m models.training.finetune passages --base base.gguf --data passages.jsonl --out runs/passages
    python -m models.training.finetune passages --base base.gguf --adapters brief-fr.zst --rank 32 --frozen 5 ...

Every weight matrix of the layers is trained (embedding and norms stay), the loss is on the
target alone. A run may begin with ``--adapters`` (``FILE`` or ``FILE:SHARE``), and with ``--rank`` learn a small
difference to them (``low_rank``). With ``--dictionaries`` (languages), what ours have of a sentence is told after
it (``models.dictionary``). The learning rate warms up, stays, and falls to zero over the last
``--decay`` steps (warm-up, stable, decay: Hu et al. 2024, arXiv 2404.06395), so a run can be
stopped at any step and resumed with another ``--steps``. A checkpoint is written on SIGTERM,
on Ctrl-C and every ``--save-every`` steps; the same seed gives the same order of examples.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from sentencepiece import SentencePieceProcessor

from models.dictionary import load_dictionary
from models.preparation.adapter import apply_adapter, write_adapter, write_thin
from models.preparation.base import Weights, read_base
from models.prompts import BRIEF_CUE
from models.training.corpus import Example, brief_examples, passage_examples, translation_examples
from models.training.low_rank import Factors
from models.training.masters import Masters, matrices, rate_at
from models.training.network import Articles, Network, Packed
from models.training.packing import article_steps, steps


@dataclass(frozen=True)
class Options:
    """What a run is made of; written beside its checkpoint, and inherited when it is resumed."""

    task: str
    base: str
    data: tuple[str, ...]
    out: str
    steps: int = 600
    decay: int = 150
    warmup: int = 30
    rows: int = 8
    columns: int = 256
    window: int = 320
    rate: float = 1e-4
    smoothing: float = 0.05
    keep_out_last: int = 500
    adapters: tuple[str, ...] = ()
    dictionaries: tuple[str, ...] = ()
    rank: int = 0
    stored_rank: int = 0
    frozen: int = 0
    save_every: int = 200
    seed: int = 1
    threads: int = 0
    device: str = "cpu"
    compile: bool = False


class Trainer:
    """The network of a run, its masters and its place in the run."""

    def __init__(self, weights: Weights, options: Options) -> None:
        self.options = options
        self.device = torch.device(options.device)
        self.network = Network(weights).to(self.device)
        for layer in self.network.layers[: options.frozen]:
            layer.requires_grad_(False)
        learnt = {name: p for name, p in self.network.named_parameters() if p.requires_grad}
        self.masters: Masters | Factors = (
            Factors(learnt, self.network.shape, options.rank, options.rate, options.seed)
            if options.rank
            else Masters(learnt, options.rate)
        )
        self.step = 0
        if options.compile:
            for layer in self.network.layers:
                layer.compile(dynamic=False)

    def learn(self, step: Packed | Articles) -> tuple[float, float]:
        """One step; returns the loss per target token and the gradient's norm before clipping."""
        loss, options = self.loss(step), self.options
        torch.autograd.backward(loss)
        norm = self.masters.step(rate_at(self.step, options.rate, options.warmup, options.steps, options.decay))
        self.step += 1
        return loss.item(), norm

    def loss(self, step: Packed | Articles) -> torch.Tensor:
        """The mean loss per target token."""
        here, smoothing = step.to(self.device), self.options.smoothing
        if isinstance(here, Articles):
            return self.network.brief_loss(here, smoothing)
        found: torch.Tensor = self.network(here, smoothing)
        return found

    def save(self, path: Path) -> None:
        """Write the state so that an interruption leaves the old or the new one whole."""
        torch.save({"step": self.step} | self.masters.state(), path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a saved state."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.step = state["step"]
        self.masters.load(state)

    def write(self, path: Path, base: Weights) -> int:
        """Write what the product loads: the thin matrices, or the difference to ``base``; returns its bytes."""
        if isinstance(self.masters, Factors):
            return write_thin(path, self.masters.thin(self.options.stored_rank or self.options.rank))
        return write_adapter(path, base, matrices(self.masters.values, self.network.shape))


def read_examples(options: Options, tokens: SentencePieceProcessor) -> list[Example]:
    """The task's examples; prints what was left out, and why."""
    left_out: Counter[str] = Counter()
    paths = [Path(path) for path in options.data]
    if options.task == "translation":
        dictionaries = {language: load_dictionary(language) for language in options.dictionaries}
        found = translation_examples(paths, tokens, options.keep_out_last, left_out, dictionaries, options.seed)
    elif options.task == "passages":
        found = [e for path in paths for e in passage_examples(path, tokens, options.window, left_out)]
    else:
        found = [e for path in paths for e in brief_examples(path, tokens, options.window, left_out)]
    total = sum(example.length for example in found)
    print(f"{len(found)} examples, {total} tokens; left out: {dict(left_out)}", flush=True)
    return found


def start_of(base: Weights, adapters: Sequence[str]) -> Weights:
    """The weights that a run begins with; each of ``adapters`` is ``FILE`` or ``FILE:SHARE``."""
    for adapter in adapters:
        path, _, share = adapter.partition(":")
        base = apply_adapter(base, Path(path), float(share or 1))
    return base


def step_source(
    options: Options, examples: list[Example], tokens: SentencePieceProcessor
) -> Iterator[Packed | Articles]:
    """Rows of packed pairs, or articles read without a gradient."""
    if options.task != "brief":
        return steps(examples, options.rows, options.columns, options.seed)
    return article_steps(examples, options.rows, len(tokens.encode(BRIEF_CUE)), options.seed)


def train(options: Options) -> None:
    """Run from the start, or from the checkpoint in ``out``, and write the adapter there."""
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "options.json").write_text(json.dumps(asdict(options), indent=1) + "\n")
    base, tokenizer = read_base(Path(options.base))
    tokens = SentencePieceProcessor(model_proto=tokenizer)
    examples = read_examples(options, tokens)
    trainer = Trainer(start_of(base, options.adapters), options)
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
        print(f"resumed at step {trainer.step}", flush=True)
    stop = _watch_signals()
    source = step_source(options, examples, tokens)
    for _ in range(trainer.step):
        next(source)
    begin, seen = time.perf_counter(), 0
    while trainer.step < options.steps and not stop:
        packed = next(source)
        loss, norm = trainer.learn(packed)
        seen += packed.count
        rate = seen / (time.perf_counter() - begin)
        print(f"step {trainer.step} loss {loss:.3f} norm {norm:.2f} {packed.counted}/s {rate:.2f}", flush=True)
        if trainer.step % options.save_every == 0:
            trainer.save(checkpoint)
    trainer.save(checkpoint)
    size = trainer.write(out / "adapter.zst", base)
    print(json.dumps({"step": trainer.step, "adapter_bytes": size, "seconds": round(time.perf_counter() - begin)}))


def _watch_signals() -> list[int]:
    """A list that stays empty until the process is asked to stop."""
    caught: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: caught.append(received))
    return caught


def parse(arguments: list[str] | None = None) -> Options:
    """Options from the command line; one left out is inherited from the run in ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("translation", "passages", "brief"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--data", nargs="+")
    parser.add_argument("--adapters", nargs="+")
    parser.add_argument("--dictionaries", nargs="+")
    parser.add_argument("--base")
    for option in fields(Options):
        if option.name in ("task", "out", "data", "base", "adapters", "dictionaries"):
            continue
        if option.name == "compile":
            parser.add_argument("--compile", action="store_true", default=None)
        else:
            parser.add_argument(f"--{option.name.replace('_', '-')}", type=type(option.default))
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    known = {option.name for option in fields(Options)}
    stored = Path(given["out"]) / "options.json"
    inherited = json.loads(stored.read_text()) if stored.exists() else {}
    for name, value in inherited.items():
        if name not in given:
            print(f"inherited {name} = {value}")
    merged = {name: value for name, value in inherited.items() if name in known} | given
    merged |= {name: tuple(merged.get(name, ())) for name in ("data", "adapters", "dictionaries")}
    if not merged["data"] or not merged.get("base"):
        parser.error("--data and --base are needed to start a run")
    return Options(**merged)


if __name__ == "__main__":
    train(parse())
