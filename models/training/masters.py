"""bfloat16 weights for the products, float32 masters for the optimiser: what every run here trains with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.preparation.base import Shape

#: The base's names for the parts of each matrix of ``models.training.network.Layer``.
PARTS = {
    "attention_in": ("query", "key", "value"),
    "attention_out": ("output",),
    "feed_in": ("gate", "up"),
    "feed_out": ("down",),
}
BETAS = (0.9, 0.98)
LARGEST_NORM = 1.0


class Masters:
    """The float32 copies of some parameters, and AdamW over them."""

    def __init__(self, trained: Mapping[str, nn.Parameter], rate: float) -> None:
        self.trained = dict(trained)
        self.values = {name: p.detach().float().clone().requires_grad_() for name, p in self.trained.items()}
        self.optimiser = torch.optim.AdamW(self.values.values(), lr=rate, betas=BETAS, weight_decay=0.0, fused=True)

    def step(self, rate: float) -> float:
        """Follow the parameters' gradients, and forget them; returns their norm before clipping."""
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), LARGEST_NORM)
        for name, parameter in self.trained.items():
            self.values[name].grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(self.values[name])
                self.values[name].grad = None
        return float(norm)

    def state(self) -> dict[str, Any]:
        """What ``load`` goes on from."""
        return {"masters": self.values, "optimiser": self.optimiser.state_dict()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from a saved state."""
        with torch.no_grad():
            for name, master in state["masters"].items():
                self.values[name].copy_(master)
                self.trained[name].copy_(master)
        self.optimiser.load_state_dict(state["optimiser"])


def rate_at(step: int, peak: float, warmup: int, steps: int, decay: int) -> float:
    """The learning rate of this step (from 0): linear warm-up, constant, then 1 - sqrt to zero over the last steps.

    (Warm-up, stable, decay: Hu et al. 2024, arXiv 2404.06395.)
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    into = step - (steps - decay)
    return peak if into < 0 else peak * (1 - math.sqrt(into / decay))


def matrices(masters: Mapping[str, Tensor], shape: Shape) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """The trained matrices (``layers.N.KIND``) under the base's names, float32."""
    heads, keys = shape.heads * shape.head_width, shape.key_heads * shape.head_width
    cuts = {"attention_in": [heads, heads + keys], "feed_in": [shape.feed_forward]}
    found = {}
    for name, master in masters.items():
        _, layer, kind = name.split(".")
        pieces = np.split(master.detach().cpu().numpy(), cuts.get(kind, []))
        found.update({f"layer.{layer}.{part}": piece for part, piece in zip(PARTS[kind], pieces, strict=True)})
    return found
