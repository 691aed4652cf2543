"""Runs of low rank: they learn, touch only what they may, and what is stored is what was trained."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from test_training_loop import examples, learn, options
from tiny_network import tiny_weights

from models.preparation.adapter import apply_adapter, changed_by, write_thin
from models.preparation.base import LAYER_MATRICES
from models.training.finetune import Trainer, start_of
from models.training.low_rank import Factors
from models.training.network import Network
from models.training.packing import steps


def test_the_loss_falls(tmp_path: Path) -> None:
    chosen = options(tmp_path, rank=8)
    losses = learn(Trainer(tiny_weights(), chosen), chosen, 40)
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:3])


def test_the_first_step_goes_against_the_gradient_of_the_whole_matrix() -> None:
    network = Network(tiny_weights())
    trained = dict(network.named_parameters())
    factors = Factors(trained, network.shape, rank=4, rate=1e-3, seed=1)
    torch.autograd.backward(network(next(steps(examples(), 4, 32, 1))))
    whole = trained["layers.0.feed_out"].grad
    assert whole is not None
    expected = -torch.sign(whole.float() @ factors.down["layer.0.down"].detach().T)
    factors.step(1e-3)
    # Adam's first step is as long as the rate for every value, whatever the gradient's size.
    assert (torch.sign(factors.up["layer.0.down"]) == expected).float().mean() > 0.99
    assert factors.up["layer.0.down"].detach().abs().max() == pytest.approx(1e-3, rel=0.01)


def test_what_is_stored_is_what_was_trained_and_frozen_layers_stay(tmp_path: Path) -> None:
    base, chosen = tiny_weights(), options(tmp_path, rank=64, frozen=1)
    trainer = Trainer(base, chosen)
    learn(trainer, chosen, 10)
    assert trainer.write(tmp_path / "thin.zst", base) == (tmp_path / "thin.zst").stat().st_size
    found = apply_adapter(base, tmp_path / "thin.zst")
    changed = {name for name, array in found.tensors.items() if not np.array_equal(array, base.tensors[name])}
    assert changed == changed_by(tmp_path / "thin.zst") == {f"layer.1.{name}" for name in LAYER_MATRICES}
    parameters = dict(trainer.network.named_parameters())
    trained = parameters["layers.1.feed_out"].detach().float().numpy() - base.tensors["layer.1.down"]
    stored = found.tensors["layer.1.down"] - base.tensors["layer.1.down"]
    # What is left between them is the rounding to eight-bit steps and the network's own to bfloat16.
    assert np.linalg.norm(stored - trained) < 0.5 * np.linalg.norm(trained)


def test_a_run_goes_on_from_a_share_of_an_adapter(tmp_path: Path) -> None:
    base, chosen = tiny_weights(), options(tmp_path, rank=64)
    trainer = Trainer(base, chosen)
    learn(trainer, chosen, 4)
    path = tmp_path / "thin.zst"
    trainer.write(path, base)
    whole, half = (start_of(base, [str(path), *more]) for more in ((), (f"{path}:-0.5",)))
    for name, part in itertools.product(("layer.0.query", "layer.1.down"), (0.5,)):
        np.testing.assert_allclose(
            half.tensors[name], base.tensors[name] + part * (whole.tensors[name] - base.tensors[name]), atol=1e-6
        )


def test_fewer_ranks_are_stored_where_fewer_are_wanted(tmp_path: Path) -> None:
    base, chosen = tiny_weights(), options(tmp_path, rank=16, stored_rank=8)
    trainer = Trainer(base, chosen)
    learn(trainer, chosen, 20)
    assert isinstance(trainer.masters, Factors)
    whole, part = (trainer.masters.thin(rank)["layer.1.gate"] for rank in (16, 8))
    assert part.up.shape == (8, 128)
    wanted = trainer.masters.up["layer.1.gate"].detach() @ trainer.masters.down["layer.1.gate"].detach()
    np.testing.assert_allclose(whole.up.T @ whole.down, wanted.numpy(), atol=1e-5)
    lost = np.linalg.norm(part.up.T @ part.down - wanted.numpy()) / np.linalg.norm(wanted.numpy())
    assert 0 < lost < 0.5
    sizes = [write_thin(tmp_path / "a.zst", trainer.masters.thin(rank)) for rank in (16, 8)]
    assert trainer.write(tmp_path / "part.zst", base) == sizes[1] < 0.7 * sizes[0]
