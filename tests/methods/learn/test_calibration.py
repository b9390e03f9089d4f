"""Temperatures and biases beside scipy's search, and that probabilities come true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import log_softmax

from seisdsl.methods.learn.calibration import calibrated, counted_alike, loss_of


def given(sharper: float, count: int = 3000) -> tuple[torch.Tensor, torch.Tensor]:
    """Truth drawn by the probabilities of logits, which are then made too sharp."""
    chance = torch.Generator().manual_seed(3)
    logits = torch.randn(count, 3, generator=chance, dtype=torch.float64) * 2
    truth = torch.multinomial(logits.softmax(1), 1, generator=chance)[:, 0]
    return logits * sharper, truth


def even(truth: torch.Tensor) -> torch.Tensor:
    return torch.full((len(truth),), 1 / len(truth), dtype=torch.float64)


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("balance", [False, True])
@pytest.mark.parametrize("sharper", [0.4, 3.0])
def test_it_is_the_same_that_scipy_finds(sharper, balance, with_bias):
    logits, truth = given(sharper, 600)
    share = counted_alike(truth, 3) if balance else even(truth)
    temperature, bias = calibrated(logits, truth, share, with_bias)

    def wrong(x: np.ndarray) -> float:
        levels = log_softmax(logits.numpy() * x[0] + x[1:] * with_bias, axis=1)
        loss = -(levels[np.arange(len(truth)), truth.numpy()] * share.numpy()).sum()
        return float(loss + (x[1:] ** 2).sum() / (2 * len(truth)))

    best = minimize(
        wrong, [1.0, 0.0, 0.0, 0.0], method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-14, "maxiter": 20_000, "maxfev": 20_000},
    ).x  # fmt: skip
    assert temperature == pytest.approx(1 / best[0], rel=1e-4)
    if with_bias:
        assert bias == pytest.approx((best[1:] - best[1:].mean()).tolist(), abs=1e-4)
    else:
        assert bias == []


@pytest.mark.parametrize("sharper", [0.5, 1.0, 4.0])
def test_what_made_logits_too_sharp_is_found(sharper):
    logits, truth = given(sharper)
    assert calibrated(logits, truth, even(truth), False)[0] == pytest.approx(sharper, rel=0.06)


def test_a_class_that_comes_less_often_than_its_logits_say_gets_a_bias():
    logits, truth = given(1.0, 20_000)
    moved = logits + torch.tensor([1.5, 0.0, 0.0])
    _, bias = calibrated(moved, truth, even(truth), True)
    assert bias == pytest.approx([-1.0, 0.5, 0.5], abs=0.06)
    assert sum(bias) == pytest.approx(0, abs=1e-12)


def test_the_truth_is_never_less_likely_than_before():
    logits, truth = given(6.0)
    temperature, _ = calibrated(logits, truth, even(truth), False)
    assert loss_of(logits / temperature, truth, even(truth)) < loss_of(logits, truth, even(truth))


def test_where_all_is_right_or_all_is_wrong_it_ends_within_bounds():
    truth = torch.tensor([0, 1] * 50)
    logits = torch.nn.functional.one_hot(truth, 2) * 3.0
    assert 0.05 <= calibrated(logits, truth, even(truth), False)[0] < 0.5
    assert 10 < calibrated(logits, 1 - truth, even(truth), False)[0] <= 20
