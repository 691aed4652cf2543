"""The bootstrap: seeded, centred, and the same resamples for every system."""

from __future__ import annotations

import numpy as np
import pytest

from service.evaluation import intervals
from service.evaluation.intervals import interval, resampled_means


def test_equal_values_have_no_spread() -> None:
    found = interval(np.full(20, 30.0), seed=1)
    assert (found.mean, found.low, found.high, found.half_width) == (30.0, 30.0, 30.0, 0.0)


def test_one_value_is_its_own_interval() -> None:
    found = interval(np.array([7.0]), seed=1)
    assert (found.mean, found.low, found.high) == (7.0, 7.0, 7.0)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = np.arange(50, dtype=np.float64)
    assert interval(values, seed=3) == interval(values, seed=3)
    assert interval(values, seed=3) != interval(values, seed=4)


def test_half_the_interval_is_about_two_standard_errors() -> None:
    values = np.random.default_rng(0).normal(30.0, 10.0, size=400)
    # 1.96 x 10 / sqrt(400)
    assert interval(values, seed=1).half_width == pytest.approx(0.98, abs=0.12)


def test_blocks_do_not_change_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(10, dtype=np.float64)
    whole = resampled_means(values, seed=5, draws=64)
    monkeypatch.setattr(intervals, "_BLOCK", 70)
    assert resampled_means(values, seed=5, draws=64).tolist() == whole.tolist()


def test_two_systems_meet_the_same_resamples() -> None:
    values = np.arange(10, dtype=np.float64)
    assert resampled_means(values + 2.0, seed=5) == pytest.approx(resampled_means(values, seed=5) + 2.0)
