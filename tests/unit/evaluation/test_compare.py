"""The paired bootstrap says when two runs differ, and when that is not shown."""

from __future__ import annotations

import numpy as np
import pytest

from service.errors import InvalidRequest
from service.evaluation.compare import compare_systems, paired_difference
from service.evaluation.scores import SystemScores


def test_equal_runs_do_not_differ() -> None:
    values = np.arange(30, dtype=np.float64)
    found = paired_difference("rouge1", values, values.copy(), seed=1)
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert found.verdict == "none shown"


def test_a_constant_gain_differs_however_large_the_spread() -> None:
    values = np.random.default_rng(0).normal(30.0, 20.0, size=60)
    found = paired_difference("rouge1", values + 0.5, values, seed=1)
    assert found.mean == pytest.approx(0.5)
    # Every resample of a constant is that constant, so none is far from it: 1 of 1,001.
    assert found.p == pytest.approx(1 / 1001)
    assert (found.differs, found.verdict) == (True, "higher")


def test_a_loss_is_lower() -> None:
    values = np.arange(30, dtype=np.float64)
    assert paired_difference("words", values - 1.0, values, seed=1).verdict == "lower"


def test_noise_is_no_difference() -> None:
    generator = np.random.default_rng(2)
    first, second = generator.normal(30.0, 10.0, size=(2, 40))
    found = paired_difference("rouge1", first, second, seed=1)
    assert found.low < 0.0 < found.high
    assert found.p > 0.05


def test_runs_of_different_length_cannot_be_compared() -> None:
    with pytest.raises(InvalidRequest, match="cannot compare 3 articles with 2"):
        paired_difference("rouge1", np.zeros(3), np.zeros(2), seed=1)


def test_only_metrics_of_both_runs_are_compared() -> None:
    first = SystemScores("a", {"rouge1": np.ones(3), "seconds": np.ones(3)})
    second = SystemScores("b", {"rouge1": np.zeros(3)})
    assert [each.metric for each in compare_systems(first, second, seed=1)] == ["rouge1"]
