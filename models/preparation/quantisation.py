"""Weights in eight bits: symmetric, one scale for each row of a matrix.

A row is one output of the layer (or one piece of the vocabulary), so the scale can be
applied after the integer product. Rounding to the nearest of 255 levels loses about 0.4 %
of a row's largest weight at most, which is what the usual int8 exports do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 127


@dataclass(frozen=True)
class Rows8:
    """A matrix as ``values * scales``: int8 values (rows, columns), float32 scales (rows, 1)."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]

    def restore(self) -> NDArray[np.float32]:
        """The float32 matrix that the integers stand for."""
        return self.values.astype(np.float32) * self.scales


def quantise_rows(matrix: NDArray[np.float32]) -> Rows8:
    """Round each row to 255 levels between minus and plus its largest magnitude."""
    scales = (np.abs(matrix).max(axis=1, keepdims=True) / LEVELS).astype(np.float32)
    # A row of zeros keeps a scale of one: its integers are zero whatever the scale.
    scales[scales == 0] = 1.0
    values = np.rint(matrix / scales).astype(np.int8)
    return Rows8(values, scales)
