"""Regression trees as plain arrays: trained with scikit-learn, evaluated with NumPy alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailable


@dataclass(frozen=True)
class Forest:
    """Boosted trees; a node goes left where ``feature <= threshold`` and is a leaf where ``left`` is itself.

    All arrays have one entry per node but ``roots``, which has one per tree.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    start: float
    names: tuple[str, ...]
    digest: str = ""  # SHA-256 of the file that it was read from

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The predicted value of each row of ``features`` (rows, names)."""
        node = np.broadcast_to(self.roots, (len(features), len(self.roots))).copy()
        rows = np.arange(len(features))[:, None]
        while True:
            goes_left = features[rows, self.feature[node]] <= self.threshold[node]
            following = np.where(goes_left, self.left[node], self.right[node])
            if np.array_equal(following, node):
                break
            node = following
        return np.asarray(self.value[node].sum(axis=1) + self.start, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez_compressed(
            path, feature=self.feature, threshold=self.threshold, left=self.left, right=self.right, value=self.value,
            roots=self.roots, start=np.float32(self.start), names=np.array(self.names),
        )  # fmt: skip


def load_forest(path: Path) -> Forest:
    """Read a forest; raises ``ModelUnavailable`` when the file is missing or damaged."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("feature", "threshold", "left", "right", "value", "roots")}
            return Forest(**arrays, start=float(stored["start"]), names=tuple(stored["names"].tolist()), digest=digest)
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} cannot be read: {error}", remedy="reinstall breve") from error
