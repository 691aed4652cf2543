"""The training network computes what transformers' Gemma 3 computes, windowed and full layers alike."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from models.engines.transformers_gemma import build_reference
from models.preparation.base import LAYER_MATRICES, LAYER_NORMS, Shape, Weights
from models.training.network import Network, Packed

# Six layers, so that one sees everything; a window shorter than the text, so that the others do not.
SHAPE = Shape(6, 64, 4, 1, 32, 128, 8, 1e-6, 1e6, 96)


def weights() -> Weights:
    chance = np.random.default_rng(7)
    sizes = {
        "query": (128, 64), "key": (32, 64), "value": (32, 64), "output": (64, 128), "gate": (128, 64),
        "up": (128, 64), "down": (64, 128), "query_norm": (32,), "key_norm": (32,),
    }  # fmt: skip
    tensors = {"embedding": chance.normal(0, 0.1, (96, 64)), "final_norm": chance.uniform(0.5, 1.5, 64)}
    for layer, name in itertools.product(range(6), LAYER_MATRICES | LAYER_NORMS):
        size = sizes.get(name, (64,))
        tensors[f"layer.{layer}.{name}"] = (
            chance.uniform(0.5, 1.5, size) if len(size) == 1 else chance.normal(0, 0.2, size)
        )
    return Weights(SHAPE, {name: array.astype(np.float32) for name, array in tensors.items()})


@pytest.mark.parametrize("length", [5, 24])
def test_the_logits_are_those_of_transformers(length: int) -> None:
    base = weights()
    ids = torch.tensor([[2, *np.random.default_rng(1).integers(4, 96, length - 1).tolist()]])
    packed = Packed(ids, torch.arange(length)[None], torch.ones_like(ids), torch.full_like(ids, -1))
    with torch.inference_mode():
        ours = Network(base, torch.float32).logits(packed)
        theirs = build_reference(base)(input_ids=ids).logits
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)
