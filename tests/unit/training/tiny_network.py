"""Weights of a Gemma 3 so small that training it takes moments."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from models.preparation.base import LAYER_MATRICES, LAYER_NORMS, Shape, Weights

SHAPE = Shape(2, 64, 2, 1, 32, 128, 512, 1e-6, 1e6, 96)


def tiny_weights(layers: int = 2) -> Weights:
    chance = np.random.default_rng(3)
    sizes = {
        "query": (64, 64), "key": (32, 64), "value": (32, 64), "output": (64, 64), "gate": (128, 64), "up": (128, 64),
        "down": (64, 128), "query_norm": (32,), "key_norm": (32,),
    }  # fmt: skip
    tensors = {"embedding": chance.normal(0, 0.1, (96, 64)).astype(np.float32), "final_norm": np.ones(64, np.float32)}
    for layer, name in itertools.product(range(layers), LAYER_MATRICES | LAYER_NORMS):
        size = sizes.get(name, (64,))
        values = np.ones(size) if len(size) == 1 else chance.normal(0, 0.1, size)
        tensors[f"layer.{layer}.{name}"] = values.astype(np.float32)
    return Weights(replace(SHAPE, layers=layers), tensors)
