"""How sure a mean is: the percentile bootstrap over articles (Efron 1979; for text systems Koehn 2004)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Resamples and the interval's share, the customary ones.
DRAWS = 1000
CONFIDENCE = 95.0

# Resampled indices are made in blocks of at most this many numbers: 8 MB.
_BLOCK = 1_000_000


@dataclass(frozen=True)
class Interval:
    """A mean with the bounds of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds: what a table shows after ±."""
        return (self.high - self.low) / 2


def resampled_means(values: NDArray[np.float64], seed: int, draws: int = DRAWS) -> NDArray[np.float64]:
    """The means of ``draws`` resamples with replacement.

    The same seed, number of draws and length give the same resamples, so that two systems'
    means may be subtracted pairwise.
    """
    return np.concatenate([values[block].mean(axis=1) for block in _blocks(len(values), seed, draws)])


def interval(values: NDArray[np.float64], seed: int, draws: int = DRAWS) -> Interval:
    """The mean of at least one value and its bootstrap interval."""
    means = resampled_means(values, seed, draws)
    low, high = np.percentile(means, bounds())
    return Interval(float(values.mean()), float(low), float(high))


def bounds() -> tuple[float, float]:
    """The percentiles that cut off the interval: 2.5 and 97.5."""
    margin = (100.0 - CONFIDENCE) / 2
    return margin, 100.0 - margin


def _blocks(count: int, seed: int, draws: int) -> Iterator[NDArray[np.int64]]:
    generator = np.random.default_rng(seed)
    size = max(1, _BLOCK // count)
    for start in range(0, draws, size):
        yield generator.integers(0, count, size=(min(size, draws - start), count))
