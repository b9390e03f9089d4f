"""Breaks that nobody listed: the evidence against its definition, and what is no break."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seisdsl.methods.displacement import evidence
from seisdsl.methods.displacement.breaks import searched, sizes
from seisdsl.methods.displacement.regression import flicker_response, noise
from seisdsl.methods.simulate.displacement import coloured

LENGTH = 900


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def noisy(sites: int = 4, seed: int = 1, length: int = LENGTH) -> torch.Tensor:
    """White noise of 1 mm and flicker noise of 2 mm year**-1/4."""
    return drawn(sites, 3, length, seed=seed) + 2 * coloured(drawn(sites, 3, length, seed=seed + 50))


def whole(values: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(values, dtype=torch.bool)


def found(values: torch.Tensor, mask: torch.Tensor | None = None, listed: dict[int, list[int]] | None = None):
    mask = whole(values) if mask is None else mask
    days = [(listed or {}).get(row, []) for row in range(len(values))]
    sites = searched(values.masked_fill(~mask, 0), mask, days, 6.0, 45)
    return [sorted(one.found) for one in sites]


def test_evidence_is_the_difference_of_two_generalised_fits():
    """Against numpy with the covariance written out, for a piece with gaps."""
    values = noisy(1)
    values[0, 1, 300:] += 4
    mask = drawn(1, 1, LENGTH, seed=3).expand(1, 3, LENGTH) > -0.7
    white, flicker = torch.full((1, 3), 1.0).double(), torch.full((1, 3), 2.0).double()
    local = evidence.Local(values * mask, white, flicker)
    day = torch.tensor([300.0], dtype=torch.float64)
    window = evidence.cut(local, mask, torch.tensor([0]), day - 40, 80)
    told = float(window.gain(window.parabola(), window.steps(day[:, None]))[0])

    there = mask[0, 0, 260:340].numpy()
    response = flicker_response(4096 + 80, values).numpy()
    lag = np.array([response[: len(response) - k] @ response[k:] for k in range(80)]) / 365.25**0.5
    at = np.arange(80)
    full = np.eye(80) + 4 * lag[np.abs(at[:, None] - at)]
    inverse = np.linalg.inv(full[np.ix_(there, there)])
    plain = np.stack([np.ones(80), at, at**2], 1)[there]
    more = np.concatenate([plain, (at >= 40)[there, None]], 1)

    def squares(columns: np.ndarray, data: np.ndarray) -> float:
        left = data - columns @ np.linalg.solve(columns.T @ inverse @ columns, columns.T @ inverse @ data)
        return float(left @ inverse @ left)

    wanted = sum(
        squares(plain, values[0, c, 260:340].numpy()[there]) - squares(more, values[0, c, 260:340].numpy()[there])
        for c in range(3)
    )  # fmt: skip
    assert told == pytest.approx(wanted, rel=1e-6)


def test_columns_that_cannot_be_told_apart_explain_nothing():
    local = evidence.Local(noisy(1), torch.ones(1, 3).double(), torch.ones(1, 3).double())
    day = torch.tensor([300.0], dtype=torch.float64)
    window = evidence.cut(local, whole(local.values), torch.tensor([0]), day - 40, 80)
    step = window.steps(day[:, None])
    assert float(window.gain(torch.cat([window.parabola(), step], -1), step)[0]) == pytest.approx(0, abs=1e-6)


def test_noise_is_measured_beside_breaks():
    values = noisy(60, length=2000)
    values[..., 700:] += 60
    white, flicker = noise(values, whole(values), robust=True)
    assert float(white.mean()) == pytest.approx(1.0, rel=0.1)
    assert float(flicker.median()) == pytest.approx(2.0, rel=0.3)
    assert float(noise(values, whole(values))[1].median()) > 8, "mean squares are those of the breaks"


def test_a_break_stands_out_on_its_day_also_in_a_gap():
    values = noisy()
    values[0, :2, 200:] += 8.0
    values[1, 0, 500:] -= 12.0
    mask = whole(values)
    mask[1, :, 490:510] = False
    assert found(values, mask) == [[200], [510], [], []]


def test_a_day_that_is_neither_before_nor_after_is_the_day_of_the_break():
    values = noisy(2)
    values[0, 0, 400:] += 50.0
    values[0, 0, 400] -= 35.0
    assert found(values) == [[400], []]


def test_flicker_noise_has_no_breaks():
    """Three times as strong as in daily positions."""
    assert found(drawn(20, 3, LENGTH, seed=5) + 6 * coloured(drawn(20, 3, LENGTH, seed=6))) == [[]] * 20


def test_a_decay_is_no_break_but_one_in_it_is():
    """From the beginning of the record, after a listed earthquake, and after one that is found."""
    day = torch.arange(LENGTH, dtype=torch.float64)
    values = noisy(4)
    decay = 60 * torch.log1p(day / 3) + 110 * torch.log1p(day / 150)
    values[0, :2] += decay
    for row in (1, 2, 3):
        values[row, :2, 300:] += 400 + decay[:-300]
    values[3, 0, 330:] += 15.0
    assert found(values, listed={1: [300]}) == [[], [], [300], [300, 330]]


def test_how_far_a_break_goes():
    values = noisy(1)
    values[0, :, 250:] += 20.0
    sites = searched(values, whole(values), [[]], 6.0, 45)
    assert sizes(values, whole(values), sites)[0][250].numpy() == pytest.approx([20.0] * 3, abs=2.5)


def test_two_breaks_of_one_site_and_none_of_a_short_record():
    values = noisy(2)
    values[0, 0, 300:] += 20.0
    values[0, 0, 312:] -= 14.0
    assert found(values) == [[300, 312], []]
    assert found(values[..., :15]) == [[], []]
