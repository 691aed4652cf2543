"""Eight-bit rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.preparation.quantisation import LEVELS, quantise_rows

MATRICES = arrays(np.float32, (3, 8), elements=st.floats(-100, 100, width=32, allow_subnormal=False))


@given(MATRICES)
def test_no_value_moves_by_more_than_half_a_level(matrix: NDArray[np.float32]) -> None:
    restored = quantise_rows(matrix).restore()
    level = np.abs(matrix).max(axis=1, keepdims=True) / LEVELS
    assert (np.abs(restored - matrix) <= level * 0.5001 + 1e-30).all()


@given(MATRICES)
def test_quantising_again_changes_nothing(matrix: NDArray[np.float32]) -> None:
    rows = quantise_rows(matrix)
    assert (quantise_rows(rows.restore()).values == rows.values).all()


def test_each_row_has_its_own_scale() -> None:
    rows = quantise_rows(np.array([[0.5, -1.0], [100.0, 50.0]], dtype=np.float32))
    assert rows.values.tolist() == [[64, -127], [127, 64]]
    assert rows.scales.ravel() == pytest.approx([1 / 127, 100 / 127])


def test_a_row_of_zeros_stays_zero() -> None:
    assert quantise_rows(np.zeros((1, 4), dtype=np.float32)).restore().tolist() == [[0.0] * 4]
