"""Trains the forest that chooses sentences where nothing reads the article, and writes it.

    python -m service.evaluation.train_choice train.jsonl.xz --out models/adapters/choice.npz --check valid.jsonl.xz

Each example is one sentence, or one pair, of an article, whole or shortened; its worth is the ROUGE-1, and some of
the ROUGE-2 and ROUGE-L, that it shares with the article's abstract (Unicode words). A caller may give no
title, so half of the articles are shown without theirs. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from sklearn.ensemble import HistGradientBoostingRegressor

from models.contracts import Candidate
from models.forest import Forest, load_forest
from service.evaluation.corpus import Record, read_records
from service.pipeline.article import read_article
from service.pipeline.choice import Chooser, Reading
from service.pipeline.lengths import LENGTHS, Wanted
from service.pipeline.salience import Salience

#: Lengths of the examples: wider than what is served, so that the forest learns what length is worth.
EXAMPLES = Wanted(least=8, aim=30, most=80, sentences=2)
SHRINKAGE, LEAVES, SMALLEST_LEAF = 0.06, 24, 60
_WORD = re.compile(r"\w+")
#: What ROUGE-1, ROUGE-2 and ROUGE-L count in a candidate's worth: the first alone is the least rough.
COUNTED = np.array([1.0, 0.3, 0.5])


@dataclass(frozen=True)
class Grams:
    """The words of a text, in order and counted, and its pairs of neighbours."""

    words: tuple[str, ...]
    singles: Counter[str]
    pairs: Counter[tuple[str, str]]


def grams(text: str) -> Grams:
    """A text taken apart; words are Unicode words in small letters."""
    words = tuple(_WORD.findall(text.lower()))
    return Grams(words, Counter(words), Counter(pairwise(words)))


def worth(candidate: Grams, reference: Grams) -> tuple[float, float, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L (F1)."""
    lengths = len(candidate.words) + len(reference.words)
    first = (candidate.singles & reference.singles).total()
    second = (candidate.pairs & reference.pairs).total()
    longest = LCSseq.similarity(candidate.words, reference.words)
    return 2 * first / (lengths or 1), 2 * second / max(lengths - 2, 1), 2 * longest / (lengths or 1)


def examples(
    records: list[Record], chooser: Chooser, titles: float, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features and worths of every candidate of the records."""
    chance = random.Random(seed)
    rows: list[NDArray[np.float32]] = []
    worths: list[float] = []
    for record in records:
        title = record.title if chance.random() < titles else None
        reading = chooser.reading(read_article(record.article, None, title))
        reference = grams(record.reference)
        for parts in reading.extracts.candidates(EXAMPLES):
            rows.append(reading.extracts.features(parts))
            worths.append(float(COUNTED @ worth(grams(reading.extracts.text(parts)), reference)))
    return np.array(rows), np.array(worths, dtype=np.float32)


def as_forest(model: HistGradientBoostingRegressor, names: tuple[str, ...]) -> Forest:
    """The trained trees as plain arrays."""
    parts: dict[str, list[NDArray[Any]]] = {key: [] for key in ("feature", "threshold", "left", "right", "value")}
    roots, offset = [], 0
    for (tree,) in model._predictors:
        nodes, leaf = tree.nodes, tree.nodes["is_leaf"].astype(bool)
        own = np.arange(len(nodes)) + offset
        roots.append(offset)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16))
        parts["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float32))
        parts["left"].append(np.where(leaf, own, nodes["left"].astype(np.int64) + offset).astype(np.int32))
        parts["right"].append(np.where(leaf, own, nodes["right"].astype(np.int64) + offset).astype(np.int32))
        parts["value"].append(np.where(leaf, nodes["value"], 0.0).astype(np.float32))
        offset += len(nodes)
    arrays = {key: np.concatenate(values) for key, values in parts.items()}
    start = float(model._baseline_prediction.ravel()[0])
    return Forest(
        arrays["feature"], arrays["threshold"], arrays["left"], arrays["right"], arrays["value"],
        np.array(roots, np.int32), start, names,
    )  # fmt: skip


def measure(records: list[Record], chooser: Chooser, told: Mapping[str, Sequence[Candidate]]) -> dict[str, float]:
    """What the extracts of medium length share with the references, and how long they are.

    ``told`` is what a reader said of the sentences, by the record's id.
    """
    scores, words = [], []
    for record in records:
        reading: Reading = chooser.reading(read_article(record.article, None, None), told.get(record.id))
        text = reading.extract(LENGTHS["medium"])
        scores.append(worth(grams(text), grams(record.reference)))
        words.append(len(text.split()))
    rouge = dict(zip(("rouge1", "rouge2", "rougeL"), (np.mean(scores, axis=0) * 100).round(2).tolist(), strict=True))
    return rouge | {"words": round(float(np.mean(words)), 1)}


def untrained(names: tuple[str, ...] = Salience.NAMES) -> Forest:
    """A forest of one leaf, to enumerate candidates before there is one."""
    zero = np.zeros(1, np.int32)
    nothing = np.zeros(1, np.float32)
    return Forest(zero.astype(np.int16), nothing, zero, zero, nothing, zero, 0.0, names)


def main() -> None:
    """Train, write, and measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="records to measure the result on")
    parser.add_argument("--limit", type=int, default=8000, help="articles to learn from")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--titles", type=float, default=0.5, help="share of articles shown with their title")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    records = read_records(options.data)
    random.Random(options.seed).shuffle(records)
    records = records[: options.limit]
    features, worths = examples(records, Chooser(untrained()), options.titles, options.seed)
    print(f"{len(worths)} examples of {len(records)} articles", flush=True)
    model = HistGradientBoostingRegressor(
        max_iter=options.trees, learning_rate=SHRINKAGE, max_leaf_nodes=LEAVES, min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=1.0, random_state=options.seed,
    )  # fmt: skip
    model.fit(features, worths)
    as_forest(model, Salience.NAMES).save(options.out)
    report: dict[str, Any] = {"examples": len(worths), "seconds": round(time.perf_counter() - begin)}
    if options.check:
        report["check"] = measure(read_records(options.check), Chooser(load_forest(options.out)), {})
    print(json.dumps(report))


if __name__ == "__main__":
    main()
