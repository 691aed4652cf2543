"""How telling a sentence is, by what the language model thinks of while it reads: a linear head on its states.

The model reads the article once, and only its lower half is computed: the writer's lowest layers, then a few of the
reader's own, which see before and behind (``models.training.reading`` trained them, and the head with them). Each
sentence is the mean of its tokens' states. (Sentences taken from a trained reader's states: Liu and Lapata 2019,
arXiv 1908.08345.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailable

#: The layers (counted from 0) after which a sentence is looked at.
LAYERS = (8,)
#: So many of the lowest layers are the writer's own; those above were trained, and see before and behind.
FROZEN = 5
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


def plain(words: Sequence[int], read: int) -> Array:
    """The place and the length of each of the first ``read`` sentences; ``words`` has the length of every one."""
    place, total = np.arange(read, dtype=np.float32), len(words)
    columns = [
        np.log1p(place), place / total, place == 0, place == 1,
        np.full(read, np.log(total)), np.array(words[:read]) / 30,
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def features(states: Array, words: Sequence[int]) -> Array:
    """What the head sees of each read sentence (rows): its states, its place and its length.

    ``states`` is (read sentences, layers, width), ``words`` the length of every sentence of the article.
    """
    return np.concatenate([states.reshape(len(states), -1), plain(words, len(states))], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Head:
    """A linear map from ``features`` to how telling a sentence is, and one from its states to its traits.

    ``projection`` is (width, traits): what the chooser sees of a sentence's states (``models.appraiser``).
    """

    weights: Array
    start: float
    digest: str = ""  # SHA-256 of the file that it was read from
    projection: Array | None = None

    def scores(self, states: Array, words: Sequence[int]) -> list[float]:
        """One number for each sentence; those that were not read are as telling as the least of the others."""
        found = (features(states, words) @ self.weights + self.start).tolist() if len(states) else []
        least = min(found, default=0.0)
        return [*found, *[least] * (len(words) - len(found))]

    def traits(self, states: Array, count: int) -> list[tuple[float, ...]]:
        """What the chooser sees of each of ``count`` sentences; those that were not read are as the last one."""
        if self.projection is None or not len(states):
            return [()] * count
        found = [tuple(row) for row in np.round(states[:, -1] @ self.projection, 3).tolist()]
        return [*found, *[found[-1]] * (count - len(found))]

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        parts: dict[str, Any] = {"weights": self.weights, "start": np.float32(self.start)}
        if self.projection is not None:
            parts["projection"] = self.projection
        np.savez_compressed(path, **parts)


def load_head(path: Path) -> Head:
    """Read a head; raises ``ModelUnavailable`` when the file is missing or damaged."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with np.load(path, allow_pickle=False) as stored:
            projection = stored.get("projection")
            return Head(stored["weights"], float(stored["start"]), digest, projection)
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} cannot be read: {error}", remedy="reinstall breve") from error
