"""Trains the reader's head: which sentences a reference brief draws on, from the states of the model that reads.

    python -m service.evaluation.train_reader train.jsonl.xz --home HOME --states states/ \\
        --out models/adapters/reader.npz --scores scores.jsonl

A ridge regression towards the ROUGE-1 + ROUGE-2 that a sentence alone shares with the reference,
less the article's mean. Reading takes a quarter of a second an article: what was read stays in
``--states``, and an interrupted run goes on there. ``--scores`` gets, for each article, scores by
a head that had not seen it (``train_choice`` learns from them), and with ``--check`` those of other
articles by the whole head.
"""

from __future__ import annotations

import argparse
import functools
import json
import operator
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engines.openvino import Runtime
from models.engines.openvino_reader import open_reader
from models.engines.reading import ArticleReader
from models.preparation.embedded import load_embedded
from models.reader import Head, features
from service.evaluation.corpus import Record, read_records
from service.evaluation.train_choice import grams, worth
from service.pipeline.article import read_article
from service.pipeline.choice import lines

#: Articles in one file of states.
TOGETHER = 250

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Read:
    """An article as the reader saw it: states (read sentences, layers, width), and what each sentence is worth."""

    id: str
    states: NDArray[np.float16]
    words: NDArray[np.int64]
    worths: NDArray[np.float32]

    def seen(self) -> NDArray[np.float32]:
        """What the head sees."""
        return features(self.states.astype(np.float32), self.words.tolist())


@dataclass
class Sums:
    """What a ridge regression needs to know of its examples."""

    count: float
    inputs: Matrix
    target: float
    products: Matrix
    crossed: Matrix

    @classmethod
    def of(cls, seen: NDArray[np.float32], target: NDArray[np.float32]) -> Sums:
        """The sums of some examples."""
        wide = seen.astype(np.float64)
        return cls(float(len(wide)), wide.sum(0), float(target.sum()), wide.T @ wide, wide.T @ target)

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__))

    def fit(self, strength: float) -> Head:
        """The head; inputs are brought to one scale first, so that ``strength`` means the same for all."""
        mean, target = self.inputs / self.count, self.target / self.count
        covered = self.products / self.count - np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(covered), 0)) + 1e-3
        scaled = covered / np.outer(spread, spread) + np.eye(len(mean)) * strength / self.count
        found = np.linalg.solve(scaled, (self.crossed / self.count - mean * target) / spread) / spread
        return Head(found.astype(np.float32), float(target - mean @ found))


def read_all(records: list[Record], reader: ArticleReader, folder: Path) -> Iterator[list[Read]]:
    """The articles as read, a file's worth at a time; what a file holds already is not read again."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(records), TOGETHER):
        path = folder / f"{start:06}.npz"
        if not path.exists():
            keep(path, [look(record, reader) for record in records[start : start + TOGETHER]])
            print(f"{start + TOGETHER} articles read", flush=True)
        yield kept(path)


def look(record: Record, reader: ArticleReader) -> Read:
    """Read one article, and see what each of its sentences is worth."""
    sentences = lines(read_article(record.article, None, None))
    reference = grams(record.reference)
    worths = np.array([sum(worth(grams(each), reference)) for each in sentences], np.float32)
    states = reader.states(sentences).astype(np.float16)
    return Read(record.id, states, np.array([len(each.split()) for each in sentences]), worths)


def keep(path: Path, articles: list[Read]) -> None:
    """Write what was read, whole or not at all."""
    parts: dict[str, Any] = {
        "ids": np.array([each.id for each in articles]),
        "read": np.array([len(each.states) for each in articles]),
        "sentences": np.array([len(each.words) for each in articles]),
        "states": np.concatenate([each.states for each in articles]),
        "words": np.concatenate([each.words for each in articles]),
        "worths": np.concatenate([each.worths for each in articles]),
    }
    with path.with_suffix(".new").open("wb") as file:
        np.savez(file, **parts)
    path.with_suffix(".new").rename(path)


def kept(path: Path) -> list[Read]:
    """What ``keep`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        states = np.split(stored["states"], np.cumsum(stored["read"])[:-1])
        cuts = np.cumsum(stored["sentences"])[:-1]
        words, worths = np.split(stored["words"], cuts), np.split(stored["worths"], cuts)
        return [Read(str(id), *parts) for id, *parts in zip(stored["ids"], states, words, worths, strict=True)]


def sum_of(articles: list[Read]) -> Sums:
    """The sums over the sentences that were read; a part of the articles at a time, for they are large."""
    total = None
    for start in range(0, len(articles), TOGETHER):
        part = articles[start : start + TOGETHER]
        seen = np.concatenate([each.seen() for each in part])
        target = np.concatenate([(each.worths - each.worths.mean())[: len(each.states)] for each in part])
        total = Sums.of(seen, target) if total is None else total + Sums.of(seen, target)
    if total is None:
        raise ValueError("no article to learn from")
    return total


def correlation(articles: list[Read], heads: list[Head]) -> float:
    """How well scores and worths agree, the mean over articles of several sentences."""
    found = []
    for article, head in zip(articles, heads, strict=True):
        scores = head.scores(article.states.astype(np.float32), article.words.tolist())
        if len(scores) > 3 and article.worths.std() > 0 and np.std(scores) > 0:
            found.append(np.corrcoef(scores, article.worths)[0, 1])
    return round(float(np.mean(found)), 4)


def write_scores(path: Path, articles: list[Read], heads: list[Head]) -> None:
    """One line for each article: its id, and its sentences' scores in order."""
    with path.open("w", encoding="utf-8") as out:
        for article, head in zip(articles, heads, strict=True):
            scores = head.scores(article.states.astype(np.float32), article.words.tolist())
            out.write(json.dumps({"id": article.id, "scores": [round(score, 5) for score in scores]}) + "\n")


def main() -> None:
    """Read, train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="prepared weights (BREVE_HOME)")
    parser.add_argument("--states", type=Path, required=True, help="folder for what was read")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--check", type=Path, help="other records to score, with scores beside --scores")
    parser.add_argument("--limit", type=int, default=7000, help="articles to learn from")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--strength", type=float, default=1e4, help="of the regression's penalty")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    reader = open_reader(load_embedded(options.home), Runtime(), Head(np.zeros(1, np.float32), 0.0))
    records = read_records(options.data)
    random.Random(options.seed).shuffle(records)
    articles = [each for part in read_all(records[: options.limit], reader, options.states) for each in part]
    folds = [sum_of(articles[fold :: options.folds]) for fold in range(options.folds)]
    total = functools.reduce(operator.add, folds)
    head, others = total.fit(options.strength), [(total - own).fit(options.strength) for own in folds]
    head.save(options.out)
    unseen = [others[place % options.folds] for place in range(len(articles))]
    write_scores(options.scores, articles, unseen)
    report = {"articles": len(articles), "sentences": int(total.count), "correlation": correlation(articles, unseen)}
    if options.check:
        folder = options.states / options.check.name.partition(".")[0]
        checked = [each for part in read_all(read_records(options.check), reader, folder) for each in part]
        report["check"] = correlation(checked, [head] * len(checked))
        write_scores(options.scores.with_stem(folder.name), checked, [head] * len(checked))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
