"""What training changed, in the form that the product loads.

The difference between a trained matrix and the base's is stored in a few bits: groups of
``GROUP`` values along a row share one float16 scale, and each value is one of 2**bits - 1
evenly spaced levels around zero. Rounding so costs about a tenth of the difference, itself
a few per cent of the weights. The file is a zstd frame: a line of JSON, then the arrays in
the order that it lists. Everything is little-endian.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from models.errors import ModelUnavailable
from models.preparation.base import BASE_DIGEST, Array, Weights

FORMAT = 1
GROUP = 64
_LEVEL = 19  # zstd: written once, read often


def write_adapter(path: Path, base: Weights, trained: Mapping[str, Array], bits: int = 4) -> int:
    """Store the difference of ``trained`` (by the base's names) to ``base``; returns the file's bytes."""
    entries: list[dict[str, Any]] = []
    body = bytearray()
    for name in sorted(trained):
        levels, scales = _quantise(trained[name] - base.tensors[name], bits)
        entries.append({"name": name, "shape": list(trained[name].shape)})
        body += scales.astype("<f2").tobytes() + levels.tobytes()
    header = {"format": FORMAT, "base": BASE_DIGEST, "bits": bits, "group": GROUP, "tensors": entries}
    frame = zstandard.ZstdCompressor(level=_LEVEL).compress(json.dumps(header).encode() + b"\n" + bytes(body))
    path.write_bytes(frame)
    return len(frame)


def apply_adapter(weights: Weights, path: Path) -> Weights:
    """The base weights with an adapter's differences added; ``weights`` itself is left as it is.

    Raises ``ModelUnavailable`` when the file is missing, damaged or made for another base.
    """
    try:
        raw = zstandard.ZstdDecompressor().decompress(path.read_bytes(), max_output_size=2**31)
        line, _, body = raw.partition(b"\n")
        header = json.loads(line)
    except (OSError, zstandard.ZstdError, ValueError) as error:
        raise ModelUnavailable(f"the adapter {path.name} cannot be read: {error}", remedy="reinstall breve") from error
    if header.get("format") != FORMAT or header.get("base") != BASE_DIGEST:
        raise ModelUnavailable(f"the adapter {path.name} was made for another base", remedy="reinstall breve")
    tensors = dict(weights.tensors)
    place = 0
    for entry in header["tensors"]:
        rows, columns = entry["shape"]
        groups = columns // header["group"]
        scales = np.frombuffer(body, "<f2", rows * groups, place).astype(np.float32).reshape(rows, groups, 1)
        place += rows * groups * 2
        levels = np.frombuffer(body, np.int8, rows * columns, place).astype(np.float32)
        place += rows * columns
        difference = (levels.reshape(rows, groups, -1) * scales).reshape(rows, columns)
        tensors[entry["name"]] = tensors[entry["name"]] + difference
    return Weights(weights.shape, tensors)


def _quantise(difference: Array, bits: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Levels (one byte each: zstd's entropy coder brings them to their few bits) and scales per group."""
    rows, columns = difference.shape
    grouped = difference.reshape(rows, columns // GROUP, GROUP)
    top = 2 ** (bits - 1) - 1
    # A scale of 2.6 deviations over the top level has the least squared error for Gaussian values at 4 bits.
    scales = (grouped.std(axis=2, keepdims=True) * 2.6 / top).astype(np.float16)
    safe = np.maximum(scales.astype(np.float32), 1e-8)
    levels = np.clip(np.rint(grouped / safe), -top, top).astype(np.int8)
    return levels.reshape(rows, columns), scales.reshape(rows, columns // GROUP)
