"""Weighted fits against numpy, noise against what was put in."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from seisdsl.methods.displacement.design import Terms, columns
from seisdsl.methods.displacement.regression import (
    covariance,
    fitted,
    flicker_response,
    noise,
    weights_of,
)
from seisdsl.methods.simulate.displacement import coloured

NONE = torch.full((2, 0), math.inf, dtype=torch.float64)


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_it_is_numpys_least_squares_with_gaps_and_weights():
    days = torch.arange(400, dtype=torch.float64)
    steps = torch.tensor([[100.0, 250.0], [30.0, math.inf]])
    made = columns(days, Terms(1, (1.0, 2.0), steps))
    values, sigma = drawn(2, 3, 400), 0.5 + drawn(2, 3, 400, seed=2).abs()
    mask = drawn(2, 3, 400, seed=3) > -0.5
    found = fitted(made, values * mask, weights_of(mask, sigma))
    assert made.shape == (2, 400, 8)
    for site, component in ((0, 0), (0, 2), (1, 1)):
        there = mask[site, component].numpy()
        own = made[site].numpy()[there]
        used = [at for at in range(8) if np.any(own[:, at])]
        root = 1 / sigma[site, component].numpy()[there, None]
        wanted = np.linalg.lstsq(
            own[:, used] * root, values[site, component].numpy()[there] * root[:, 0], rcond=None
        )[0]
        assert found.values[site, component, used].numpy() == pytest.approx(wanted, abs=1e-9)
    assert found.values[1, :, 7].tolist() == [0.0, 0.0, 0.0], "a step that a site does not have"


def test_logarithms_and_exponentials_are_what_they_are_called():
    days = torch.tensor([0.0, 10.0, 40.0], dtype=torch.float64)
    made = columns(
        days, Terms(0, (), NONE, ("log", "exponential"), torch.tensor([[3.0, 7.0], [5.0, 9.0]]), 10.0)
    )
    assert made[0, :, 1].tolist() == pytest.approx([0, 0, math.log(1 + 30 / 3)])
    assert made[1, :, 2].tolist() == pytest.approx([0, 0, 1 - math.exp(-30 / 9)])


def test_flicker_noise_has_the_spectrum_of_flicker_noise():
    """Power falls as one over frequency."""
    power = torch.fft.rfft(coloured(drawn(200, 4096))).abs().square().mean(0)
    slope = np.polyfit(np.log(np.arange(20, 400)), power[20:400].log().numpy(), 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.1)


@pytest.mark.parametrize(("white", "flicker"), [(2.0, 0.0), (2.0, 4.0), (0.5, 3.0)])
def test_the_noise_that_was_put_in_is_measured(white, flicker):
    values = white * drawn(40, 3000) + flicker * coloured(drawn(40, 3000, seed=2))
    mask = drawn(40, 3000, seed=3) > -1
    found = noise(values * mask, mask)
    assert float(found[0].mean()) == pytest.approx(white, rel=0.1)
    assert float(found[1].median()) == pytest.approx(flicker, rel=0.25, abs=0.8)


def test_errors_of_rates_cover_the_truth_under_flicker_noise():
    """The covariance against the scatter of many fits, and against its definition on a small case."""
    days = torch.arange(1000, dtype=torch.float64)
    values = coloured(drawn(300, 1, 1000)) * 3 + drawn(300, 1, 1000, seed=5)
    made = columns(days, Terms(1, (), torch.full((300, 0), math.inf)))
    mask = drawn(1, 1, 1000, seed=6).expand(300, 1, 1000) > -0.8
    weights = mask.double()
    found = fitted(made, values * mask, weights)
    told = covariance(made[:1], weights[:1], type(found)(*(part[:1] for part in vars(found).values())), days,
                      torch.ones(1, 1).double(), 3 * torch.ones(1, 1).double())  # fmt: skip
    assert float(told[0, 0, 1, 1].sqrt()) == pytest.approx(float(found.values[:, 0, 1].std()), rel=0.12)
    response = flicker_response(1000, days).numpy()
    lower = np.array([[response[i - j] if i >= j else 0 for j in range(1000)] for i in range(1000)])
    kept = mask[0, 0].numpy()
    own = made[0].numpy()[kept]
    full = np.eye(1000) + 9 * lower @ lower.T * (1 / 365.25) ** 0.5
    inverse = np.linalg.inv(own.T @ own)
    wanted = inverse @ own.T @ full[np.ix_(kept, kept)] @ own @ inverse
    assert told[0, 0].numpy() == pytest.approx(wanted, rel=1e-6)
