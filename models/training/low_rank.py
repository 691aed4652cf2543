"""Runs of low rank: what is learnt is two thin matrices for each of the base's (Hu et al. 2021, arXiv 2106.09685).

The network computes with the whole matrices, as in a run that trains all of them; the gradient of
the thin ones follows from theirs (``up`` gets G down, ``down`` gets up' G), and what is added to the start is
their product. So the speed is that of the other runs, and what the product loads a twentieth of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.preparation.adapter import Thin
from models.preparation.base import Array, Shape
from models.training.masters import BETAS, LARGEST_NORM, PARTS


class Factors:
    """The thin matrices of some parameters in float32, and AdamW over them."""

    def __init__(self, trained: Mapping[str, nn.Parameter], shape: Shape, rank: int, rate: float, seed: int) -> None:
        self.trained = dict(trained)
        self.start = {name: p.detach().float().clone() for name, p in self.trained.items()}
        self.up: dict[str, Tensor] = {}
        self.down: dict[str, Tensor] = {}
        chance = torch.Generator().manual_seed(seed)
        for name, place, rows in self._parts(shape):
            columns, device = self.start[name].shape[1], self.start[name].device
            # Nothing is changed at the start, and the first gradient goes to ``up`` alone.
            self.up[place] = torch.zeros(rows.stop - rows.start, rank, device=device, requires_grad=True)
            down = torch.randn(rank, columns, generator=chance) * columns**-0.5
            self.down[place] = down.to(device).requires_grad_()
        self.places = list(self._parts(shape))
        every = [*self.up.values(), *self.down.values()]
        self.optimiser = torch.optim.AdamW(every, lr=rate, betas=BETAS, weight_decay=0.0, fused=True)

    def _parts(self, shape: Shape) -> Iterator[tuple[str, str, slice]]:
        """Each parameter's parts: its name, the part's among the base's, and its rows."""
        sizes = {
            "query": shape.heads * shape.head_width,
            "key": shape.key_heads * shape.head_width,
            "value": shape.key_heads * shape.head_width,
            "gate": shape.feed_forward,
            "up": shape.feed_forward,
            "output": shape.width,
            "down": shape.width,
        }
        for name in self.trained:
            _, layer, kind = name.split(".")
            at = 0
            for part in PARTS[kind]:
                yield name, f"layer.{layer}.{part}", slice(at, at + sizes[part])
                at += sizes[part]

    def step(self, rate: float) -> float:
        """Follow the parameters' gradients, and forget them; returns the thin gradients' norm before clipping."""
        for name, place, rows in self.places:
            whole = self.trained[name].grad
            if whole is not None:
                gradient = whole[rows].float()
                self.up[place].grad = gradient @ self.down[place].detach().T
                self.down[place].grad = self.up[place].detach().T @ gradient
        for parameter in self.trained.values():
            parameter.grad = None
        norm = torch.nn.utils.clip_grad_norm_([*self.up.values(), *self.down.values()], LARGEST_NORM)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad()
        self._follow()
        return float(norm)

    @torch.no_grad()
    def _follow(self) -> None:
        """The parameters become the start and what was learnt."""
        for name, place, rows in self.places:
            self.trained[name][rows] = torch.addmm(self.start[name][rows], self.up[place], self.down[place])

    def state(self) -> dict[str, Any]:
        """What ``load`` goes on from."""
        return {"up": self.up, "down": self.down, "optimiser": self.optimiser.state_dict()}

    @torch.no_grad()
    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from a saved state."""
        for mine, saved in ((self.up, state["up"]), (self.down, state["down"])):
            for place, values in saved.items():
                mine[place].copy_(values)
        self.optimiser.load_state_dict(state["optimiser"])
        self._follow()

    def thin(self, rank: int) -> dict[str, Thin]:
        """What was learnt, under the base's names, as the nearest of at most this rank."""
        arrays = {
            place: (up.detach().cpu().numpy(), self.down[place].detach().cpu().numpy()) for place, up in self.up.items()
        }
        return {place: nearest(up, down, rank) for place, (up, down) in arrays.items()}


def nearest(up: Array, down: Array, rank: int) -> Thin:
    """Of all products of at most this rank the nearest to ``up @ down`` (Eckart and Young 1936), its halves alike."""
    before, upper = np.linalg.qr(up)
    after, lower = np.linalg.qr(down.T)
    left, values, right = np.linalg.svd(upper @ lower.T)
    kept = min(rank, len(values))
    root = np.sqrt(values[:kept])
    return Thin((before @ left[:, :kept] * root).T, (after @ right[:kept].T * root).T)
