"""Trains the chooser of sentences and writes its forest.

    python -m service.evaluation.train_choice train.jsonl.xz --out models/adapters/choice.npz --check valid.jsonl.xz

Each example is one sentence, or one pair, of an article, whole or shortened; its worth is the ROUGE-1 plus
ROUGE-2 that it shares with the article's abstract (Unicode words). A caller may give no
title, so half of the articles are shown without theirs. With ``--scores``, the files that ``train_reader``
writes, the forest also learns what the reader said of the sentences. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

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

#: What a reader said of each article's sentences, by the article's id.
Scores = Mapping[str, Sequence[float]]
Grams = tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]


def grams(text: str) -> Grams:
    """The words of a text and their pairs."""
    words = _WORD.findall(text.lower())
    return Counter((word,) for word in words), Counter(pairwise(words))


def worth(candidate: Grams, reference: Grams) -> tuple[float, float]:
    """ROUGE-1 and ROUGE-2 (F1)."""
    first, second = (_f1(mine, wanted) for mine, wanted in zip(candidate, reference, strict=True))
    return first, second


def _f1(mine: Counter[tuple[str, ...]], wanted: Counter[tuple[str, ...]]) -> float:
    shared = sum(min(count, wanted[gram]) for gram, count in mine.items())
    return 2 * shared / (mine.total() + wanted.total() or 1)


def examples(
    records: list[Record], chooser: Chooser, titles: float, seed: int, scores: Scores
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features and worths of every candidate of the records."""
    chance = random.Random(seed)
    rows: list[NDArray[np.float32]] = []
    worths: list[float] = []
    for record in records:
        title = record.title if chance.random() < titles else None
        reading = chooser.reading(read_article(record.article, None, title), scores.get(record.id))
        reference = grams(record.reference)
        for parts in reading.extracts.candidates(EXAMPLES):
            rows.append(reading.extracts.features(parts))
            worths.append(sum(worth(grams(reading.extracts.text(parts)), reference)))
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


def measure(records: list[Record], chooser: Chooser, read: Scores) -> dict[str, float]:
    """What the extracts of medium length share with the references, and how long they are."""
    scores, words = [], []
    for record in records:
        reading: Reading = chooser.reading(read_article(record.article, None, None), read.get(record.id))
        text = reading.extract(LENGTHS["medium"])
        scores.append(worth(grams(text), grams(record.reference)))
        words.append(len(text.split()))
    first, second = np.mean(scores, axis=0) * 100
    return {
        "rouge1": round(float(first), 2),
        "rouge2": round(float(second), 2),
        "words": round(float(np.mean(words)), 1),
    }


def untrained(names: tuple[str, ...] = Salience.NAMES) -> Forest:
    """A forest of one leaf, to enumerate candidates before there is one."""
    zero = np.zeros(1, np.int32)
    nothing = np.zeros(1, np.float32)
    return Forest(zero.astype(np.int16), nothing, zero, zero, nothing, zero, 0.0, names)


def read_scores(paths: list[Path]) -> dict[str, list[float]]:
    """What ``train_reader`` wrote, by article."""
    lines = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return {line["id"]: line["scores"] for line in lines}


def main() -> None:
    """Train, write, and measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="records to measure the result on")
    parser.add_argument("--limit", type=int, default=8000, help="articles to learn from")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--titles", type=float, default=0.5, help="share of articles shown with their title")
    parser.add_argument("--scores", type=Path, nargs="+", default=[], help="a reader's scores of these articles")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    records, read = read_records(options.data), read_scores(options.scores)
    random.Random(options.seed).shuffle(records)
    records = [each for each in records[: options.limit] if not read or each.id in read]
    names = Salience.NAMES + Salience.READ if read else Salience.NAMES
    empty = Chooser(untrained(), informed=untrained(Salience.NAMES + Salience.READ))
    features, worths = examples(records, empty, options.titles, options.seed, read)
    print(f"{len(worths)} examples of {len(records)} articles", flush=True)
    model = HistGradientBoostingRegressor(
        max_iter=options.trees, learning_rate=SHRINKAGE, max_leaf_nodes=LEAVES, min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=1.0, random_state=options.seed,
    )  # fmt: skip
    model.fit(features, worths)
    as_forest(model, names).save(options.out)
    report: dict[str, Any] = {"examples": len(worths), "seconds": round(time.perf_counter() - begin)}
    if options.check:
        made = load_forest(options.out)
        chooser = Chooser(untrained(), informed=made) if read else Chooser(made)
        report["check"] = measure(read_records(options.check), chooser, read)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
