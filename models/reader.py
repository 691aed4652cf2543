"""How telling a sentence is, by what the language model thinks of while it reads: a linear head on its states.

The model reads the article once, and only its lower half is computed; each sentence is the mean of its
tokens' states after two layers. (Sentences taken from a pretrained reader's states: Liu and Lapata 2019,
arXiv 1908.08345, who train the reader too.) A ridge regression learnt how much of a reference brief a
sentence with such states shares (``service.evaluation.train_reader``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailable

#: The layers (counted from 0) after which a sentence is looked at.
LAYERS = (5, 8)
#: Tokens of an article that are read; sentences beyond have no states.
WINDOW = 768

Array = NDArray[np.float32]


def pooled(states: Array, sentences: Sequence[int]) -> Array:
    """The mean of each sentence's tokens: (read sentences, layers, width).

    ``states`` is (layers, tokens, width) and ``sentences`` names each token's sentence, rising from 0, and -1
    where it belongs to none; a sentence without a token has states of zero.
    """
    scale = 1 / np.sqrt((states**2).mean(axis=2, keepdims=True) + 1e-6)
    owner = np.asarray(sentences)
    count = int(owner.max(initial=-1)) + 1
    belongs = (owner[None, :] == np.arange(count)[:, None]).astype(np.float32)
    belongs /= np.maximum(belongs.sum(axis=1, keepdims=True), 1)
    means = np.stack([belongs @ layer for layer in states * scale], axis=1)
    return np.asarray(means, dtype=np.float32)


def features(states: Array, words: Sequence[int]) -> Array:
    """What the head sees of each read sentence (rows): its states, how it differs from the others, its place.

    ``states`` is (read sentences, layers, width), ``words`` the length of every sentence of the article.
    """
    read, total = len(states), len(words)
    lower, upper = states[:, 0], states[:, -1]
    place = np.arange(read, dtype=np.float32)
    plain = np.stack(
        [
            np.log1p(place), place / total, place == 0, place == 1,
            np.full(read, np.log(total)), np.array(words[:read]) / 30,
        ],
        axis=1,
    )  # fmt: skip
    apart = upper - upper.mean(axis=0, keepdims=True)
    return np.concatenate([lower, upper, apart, plain], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Head:
    """A linear map from ``features`` to how telling a sentence is."""

    weights: Array
    start: float
    digest: str = ""  # SHA-256 of the file that it was read from

    def scores(self, states: Array, words: Sequence[int]) -> list[float]:
        """One number for each sentence; those that were not read are as telling as the least of the others."""
        found = (features(states, words) @ self.weights + self.start).tolist() if len(states) else []
        least = min(found, default=0.0)
        return [*found, *[least] * (len(words) - len(found))]

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez_compressed(path, weights=self.weights, start=np.float32(self.start))


def load_head(path: Path) -> Head:
    """Read a head; raises ``ModelUnavailable`` when the file is missing or damaged."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with np.load(path, allow_pickle=False) as stored:
            return Head(stored["weights"], float(stored["start"]), digest)
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} cannot be read: {error}", remedy="reinstall breve") from error
