"""The compressed difference: what is written is what is added to the base, to within its rounding."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zstandard

from models.errors import ModelUnavailable
from models.preparation.adapter import apply_adapter, write_adapter
from models.preparation.base import Array, Shape, Weights

SHAPE = Shape(1, 128, 2, 1, 64, 256, 512, 1e-6, 1e6, 10)


def weights(seed: int) -> Weights:
    chance = np.random.default_rng(seed)
    sizes = {"layer.0.query": (128, 128), "layer.0.down": (128, 256)}
    return Weights(SHAPE, {name: chance.normal(0, 0.03, size).astype(np.float32) for name, size in sizes.items()})


def trained(base: Weights, scale: float) -> dict[str, Array]:
    chance = np.random.default_rng(9)
    return {
        name: (array + chance.normal(0, scale, array.shape)).astype(np.float32) for name, array in base.tensors.items()
    }


def test_a_difference_survives_to_within_a_quarter_of_its_deviation(tmp_path: Path) -> None:
    base = weights(1)
    wanted = trained(base, 0.002)
    write_adapter(tmp_path / "a.zst", base, wanted)
    found = apply_adapter(base, tmp_path / "a.zst")
    for name, array in wanted.items():
        error = np.sqrt(np.mean((found.tensors[name] - array) ** 2))
        assert 0 < error < 0.0005


def test_finer_steps_come_closer(tmp_path: Path) -> None:
    base = weights(1)
    wanted = trained(base, 0.002)
    errors = []
    for step in (1.2, 0.8, 0.3):
        write_adapter(tmp_path / "a.zst", base, wanted, step)
        found = apply_adapter(base, tmp_path / "a.zst")
        errors.append(sum(float(np.abs(found.tensors[name] - array).mean()) for name, array in wanted.items()))
    assert errors[0] > errors[1] > errors[2]


def test_the_base_is_left_as_it_is_and_an_unchanged_matrix_stays_exact(tmp_path: Path) -> None:
    base = weights(1)
    before = {name: array.copy() for name, array in base.tensors.items()}
    write_adapter(tmp_path / "a.zst", base, {"layer.0.query": base.tensors["layer.0.query"]})
    found = apply_adapter(base, tmp_path / "a.zst")
    for name, array in before.items():
        np.testing.assert_array_equal(base.tensors[name], array)
        np.testing.assert_array_equal(found.tensors[name], array)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.zst"
    path.write_bytes(b"not zstd")
    with pytest.raises(ModelUnavailable, match=r"broken\.zst cannot be read"):
        apply_adapter(weights(1), path)


def test_an_adapter_of_another_base_is_refused(tmp_path: Path) -> None:
    header = json.dumps({"format": 2, "base": "0" * 64, "group": 64, "tensors": []}).encode()
    (tmp_path / "other.zst").write_bytes(zstandard.ZstdCompressor().compress(header + b"\n"))
    with pytest.raises(ModelUnavailable, match="another base"):
        apply_adapter(weights(1), tmp_path / "other.zst")


def test_a_part_of_the_difference_is_added_where_the_catalogue_says_so(tmp_path: Path) -> None:
    base = weights(1)
    write_adapter(tmp_path / "a.zst", base, trained(base, 0.002))
    whole, half = (apply_adapter(base, tmp_path / "a.zst", strength) for strength in (1.0, 0.5))
    for name, array in base.tensors.items():
        np.testing.assert_allclose(half.tensors[name], (array + whole.tensors[name]) / 2, atol=1e-7)
