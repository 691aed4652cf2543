"""Whether two systems differ: the paired bootstrap over the same articles (Koehn 2004)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.errors import InvalidRequest
from service.evaluation.intervals import DRAWS, bounds, resampled_means
from service.evaluation.scores import SystemScores

#: A difference counts when chance alone gives one so large less often than this.
SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Difference:
    """First system minus second, with its 95 % interval and the two-sided bootstrap probability."""

    metric: str
    first: float
    second: float
    mean: float
    low: float
    high: float
    p: float

    @property
    def differs(self) -> bool:
        """Whether the two systems differ in this metric at the 5 % level."""
        return self.p < SIGNIFICANCE

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if not self.differs:
            return "none shown"
        return "higher" if self.mean > 0 else "lower"


def paired_difference(
    metric: str, first: NDArray[np.float64], second: NDArray[np.float64], seed: int, draws: int = DRAWS
) -> Difference:
    """Compare two systems' values for the same articles in the same order.

    The probability counts the resamples whose difference, centred on none, is at least as far from
    zero as the one observed; one is added to both counts, so that it is never zero. Raises
    ``InvalidRequest`` when the lengths differ.
    """
    if len(first) != len(second):
        raise InvalidRequest(f"cannot compare {len(first)} articles with {len(second)}")
    differences = first - second
    observed = float(differences.mean())
    means = resampled_means(differences, seed, draws)
    low, high = np.percentile(means, bounds())
    # Rounding noise must not hide that two equal systems are equal.
    as_far = int(np.count_nonzero(np.abs(means - observed) >= abs(observed) - 1e-12))
    return Difference(
        metric=metric,
        first=float(first.mean()),
        second=float(second.mean()),
        mean=observed,
        low=float(low),
        high=float(high),
        p=(as_far + 1) / (draws + 1),
    )


def compare_systems(first: SystemScores, second: SystemScores, seed: int, draws: int = DRAWS) -> list[Difference]:
    """The difference in every metric that both systems have."""
    return [
        paired_difference(metric, values, second.values[metric], seed, draws)
        for metric, values in first.values.items()
        if metric in second.values
    ]
