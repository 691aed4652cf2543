"""Articles packed in rows for the reader's training, and what each of their sentences is worth."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor

from models.preparation.vocabulary import BOS
from models.reader import WINDOW, plain
from models.training.corpus import records

#: Worths are spread by about a tenth: brought to one, so that the head's rate fits.
SPREAD = 0.1
#: Articles are shuffled, then packed so many at a time.
TOGETHER = 256


@dataclass(frozen=True)
class Article:
    """Token ids, each token's sentence (-1 for none), and of every sentence what it is worth."""

    ids: tuple[int, ...]
    owners: tuple[int, ...]
    worths: tuple[float, ...]
    titles: tuple[float, ...]
    words: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(self.ids)

    @property
    def read(self) -> int:
        """Sentences that begin within the window."""
        return self.owners[-1] + 1


@dataclass(frozen=True)
class Rows:
    """Articles packed in rows (rows, columns), and their read sentences, one after the other."""

    ids: Tensor
    positions: Tensor
    segments: Tensor  # 0 where there is padding
    owners: Tensor  # the sentence of each token, -1 for none
    plain: Tensor  # (sentences, values)
    articles: Tensor  # (sentences,): which article
    worths: Tensor
    titles: Tensor

    def to(self, device: torch.device) -> Rows:
        return Rows(*(getattr(self, field.name).to(device) for field in fields(self)))


def read_articles(path: Path, tokens: SentencePieceProcessor) -> list[Article]:
    """The articles of a file of sentences, each as the product reads it: up to the window."""
    found = []
    for record in records(path):
        ids, owners = [BOS], [-1]
        for number, sentence in enumerate(record["sentences"]):
            if len(ids) >= WINDOW:
                break
            new = tokens.encode(f" {sentence}" if number else sentence)
            ids += new
            owners += [number] * len(new)
        if len(record["sentences"]) > 1:
            words = tuple(len(sentence.split()) for sentence in record["sentences"])
            worths, titles = (centred(record[key]) for key in ("worths", "titles"))
            found.append(Article(tuple(ids[:WINDOW]), tuple(owners[:WINDOW]), worths, titles, words))
    return found


def centred(values: Sequence[float]) -> tuple[float, ...]:
    """Less their mean, and spread by about one."""
    mean = sum(values) / len(values)
    return tuple((value - mean) / SPREAD for value in values)


def packed(articles: Sequence[Article], columns: int) -> Iterator[list[Article]]:
    """Rows of whole articles: each, longest first, goes to the first row with room."""
    rows: list[list[Article]] = []
    for article in sorted(articles, key=lambda each: -each.length):
        row = next((row for row in rows if sum(each.length for each in row) + article.length <= columns), None)
        if row is None:
            rows.append([article])
        else:
            row.append(article)
    yield from rows


def fill(rows: Sequence[Sequence[Article]]) -> Rows:
    """One step."""
    shape = (len(rows), WINDOW)
    ids, positions, segments = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    owners = torch.full(shape, -1, dtype=torch.long)
    sentences = 0
    each = [article for row in rows for article in row]
    for number, row in enumerate(rows):
        column = 0
        for segment, article in enumerate(row, start=1):
            here = slice(column, column + article.length)
            own = torch.tensor(article.owners)
            ids[number, here] = torch.tensor(article.ids)
            positions[number, here] = torch.arange(article.length)
            segments[number, here] = segment
            owners[number, here] = torch.where(own >= 0, own + sentences, own)
            sentences += article.read
            column += article.length
    return Rows(
        ids, positions, segments, owners,
        torch.from_numpy(np.concatenate([plain(a.words, a.read) for a in each])),
        torch.cat([torch.full((a.read,), place) for place, a in enumerate(each)]),
        torch.tensor([worth for a in each for worth in a.worths[: a.read]]),
        torch.tensor([title for a in each for title in a.titles[: a.read]]),
    )  # fmt: skip


def steps(articles: list[Article], rows: int, seed: int) -> Iterator[Rows]:
    """Endless steps, reshuffled each epoch; the same for the same seed."""
    chance = random.Random(seed)
    waiting: list[list[Article]] = []
    while True:
        order = chance.sample(articles, len(articles))
        for start in range(0, len(order), TOGETHER):
            bins = list(packed(order[start : start + TOGETHER], WINDOW))
            chance.shuffle(bins)
            waiting += bins
            while len(waiting) >= rows:
                yield fill(waiting[:rows])
                del waiting[:rows]
