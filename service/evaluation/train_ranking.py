"""Trains the ranking of written briefs and extracts, and writes its forest.

    python -m service.evaluation.train_ranking --out models/adapters/ranking.npz \
        --learn train.jsonl.xz train-candidates.jsonl --check valid.jsonl.xz valid-candidates.jsonl

The candidates are those that ``service.evaluation.candidates`` records, of articles that the
writing model was not trained on: it is too sure of its own words elsewhere. An example is
one contender of an article, its worth the ROUGE-1 plus ROUGE-2 with the article's abstract,
less the mean of the article's contenders, since only their order matters. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from models.catalogue import adapter_path
from models.contracts import Candidate
from models.forest import Forest, load_forest
from service.evaluation.corpus import Record, read_records
from service.evaluation.train_choice import as_forest, grams, untrained, worth
from service.pipeline import ranking
from service.pipeline.article import read_article
from service.pipeline.choice import Chooser, Reading
from service.pipeline.lengths import LENGTHS

TREES, SHRINKAGE, LEAVES, SMALLEST_LEAF = 150, 0.04, 12, 40
WANTED = LENGTHS["medium"]


@dataclass(frozen=True)
class Judged:
    """An article with what was written of it and the brief that a person wrote."""

    record: Record
    written: tuple[Candidate, ...]


def read_judged(data: Path, candidates: Path) -> list[Judged]:
    """The records of ``data`` of which candidates were recorded."""
    lines = (json.loads(line) for line in candidates.read_text(encoding="utf-8").splitlines())
    written = {line["id"]: tuple(Candidate(**each) for each in line["candidates"]) for line in lines}
    return [Judged(record, written[record.id]) for record in read_records(data) if record.id in written]


def readings(judged: Sequence[Judged], chooser: Chooser) -> Iterator[tuple[Judged, Reading]]:
    """Each article as the chooser sees it, without a title."""
    for each in judged:
        yield each, chooser.reading(read_article(each.record.article, None, None))


def examples(
    judged: Sequence[Judged], chooser: Chooser
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Features and centred worths of every contender, and the article that each belongs to."""
    tables, worths, owners = [], [], []
    for number, (each, reading) in enumerate(readings(judged, chooser)):
        contenders = reading.contenders(each.written, WANTED)
        if len(contenders) < 2:
            continue
        reference = grams(each.record.reference)
        values = np.array([sum(worth(grams(contender.text), reference)) for contender in contenders])
        tables.append(ranking.rows(contenders))
        worths.append((values - values.mean()).astype(np.float32))
        owners.append(np.full(len(contenders), number))
    return np.concatenate(tables), np.concatenate(worths), np.concatenate(owners)


def fit(features: NDArray[np.float32], worths: NDArray[np.float32], seed: int) -> Forest:
    """A forest that predicts a contender's centred worth."""
    model = HistGradientBoostingRegressor(
        max_iter=TREES, learning_rate=SHRINKAGE, max_leaf_nodes=LEAVES, min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=1.0, random_state=seed,
    )  # fmt: skip
    model.fit(features, worths)
    return as_forest(model, ranking.NAMES)


def measure(judged: Sequence[Judged], chooser: Chooser) -> dict[str, float]:
    """What the chosen briefs share with the references, how long they are, and where they come from."""
    scores, words, origins, dropped = [], [], Counter[str](), 0
    for each, reading in readings(judged, chooser):
        chosen = reading.choose(each.written, WANTED)
        scores.append(worth(grams(chosen.text), grams(each.record.reference)))
        words.append(len(chosen.text.split()))
        origins[chosen.origin] += 1
        dropped += chosen.dropped
    first, second = np.mean(scores, axis=0) * 100
    return {
        "articles": len(scores),
        "rouge1": round(float(first), 2),
        "rouge2": round(float(second), 2),
        "words": round(float(np.mean(words)), 1),
        "written": round(origins["written"] / len(scores), 3),
        "unsupported_passed_over": dropped,
    }


def main() -> None:
    """Train, write, and measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learn", type=Path, nargs=2, action="append", required=True, metavar=("DATA", "CANDIDATES"))
    parser.add_argument("--check", type=Path, nargs=2, metavar=("DATA", "CANDIDATES"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    choice = load_forest(adapter_path("choice.npz"))
    judged = [each for data, candidates in options.learn for each in read_judged(data, candidates)]
    features, worths, _ = examples(judged, Chooser(choice, untrained(ranking.NAMES)))
    fit(features, worths, options.seed).save(options.out)
    report: dict[str, object] = {"articles": len(judged), "examples": len(worths)}
    if options.check:
        report["check"] = measure(read_judged(*options.check), Chooser(choice, load_forest(options.out)))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
