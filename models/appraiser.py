"""What a candidate brief is worth, by a small network: trained with PyTorch, evaluated with NumPy alone.

It sees plain features of a candidate and, of the sentences that it is made of, the reader's traits: their mean, and
for two sentences the product of one's with the other's, so that it can tell what they have in common.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelUnavailable

Array = NDArray[np.float32]


class Appraiser(Protocol):
    """Predicts how much of a reference brief a candidate shares."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of the features are."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the file that it was read from."""
        ...

    def predict(self, features: Array) -> Array:
        """One value for each row of ``features`` (rows, names)."""
        ...


@dataclass(frozen=True)
class Network:
    """One hidden layer with ``x * sigmoid(x)``: inputs are brought to one scale first.

    ``mean`` and ``spread`` are (inputs,), ``inner`` (inputs, hidden), ``inner_start`` and ``outer`` (hidden,).
    """

    mean: Array
    spread: Array
    inner: Array
    inner_start: Array
    outer: Array
    start: float
    names: tuple[str, ...]
    digest: str = ""

    def predict(self, features: Array) -> Array:
        """One value for each row of ``features`` (rows, names)."""
        hidden = (features - self.mean) / self.spread @ self.inner + self.inner_start
        active = hidden / (1 + np.exp(-np.clip(hidden, -30, 30)))
        return np.asarray(active @ self.outer + self.start, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez_compressed(
            path, mean=self.mean, spread=self.spread, inner=self.inner, inner_start=self.inner_start,
            outer=self.outer, start=np.float32(self.start), names=np.array(self.names),
        )  # fmt: skip


def load_network(path: Path) -> Network:
    """Read a network; raises ``ModelUnavailable`` when the file is missing or damaged."""
    arrays = [field.name for field in fields(Network) if field.name not in ("start", "names", "digest")]
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with np.load(path, allow_pickle=False) as stored:
            found = {name: stored[name] for name in arrays}
            return Network(**found, start=float(stored["start"]), names=tuple(stored["names"].tolist()), digest=digest)
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} cannot be read: {error}", remedy="reinstall breve") from error
