"""l1 trend filtering against scipy and against its own conditions, gaps included."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import lsq_linear

from seisdsl.methods.displacement.banded import factored
from seisdsl.methods.displacement.trend_filter import bends, by_mallows, filtered, together, unbent


def noisy(count: int, length: int, seed: int = 1) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    walk = 0.3 * torch.randn(count, length, generator=chance, dtype=torch.float64).cumsum(1)
    return walk + torch.randn(count, length, generator=chance, dtype=torch.float64)


def second_differences(length: int) -> np.ndarray:
    matrix = np.zeros((length - 2, length))
    for row in range(length - 2):
        matrix[row, row : row + 3] = (1, -2, 1)
    return matrix


@pytest.mark.parametrize("length", [3, 31, 32, 33, 65, 200])
def test_five_diagonals_are_solved_as_a_dense_system(length):
    chance = torch.Generator().manual_seed(length)
    main = 8 + torch.rand(2, length, generator=chance, dtype=torch.float64)
    first, second = (torch.randn(2, length - n, generator=chance, dtype=torch.float64) for n in (1, 2))
    dense = torch.diag_embed(main)
    for offset, band in ((1, first), (2, second)):
        dense = dense + torch.diag_embed(band, offset) + torch.diag_embed(band, -offset)
    right = torch.randn(2, length, generator=chance, dtype=torch.float64)
    assert torch.allclose(
        factored(main, first, second).solve(right), torch.linalg.solve(dense, right), atol=1e-12
    )


@pytest.mark.parametrize("penalty", [0.5, 12.0, 300.0])
def test_it_is_scipys_bounded_least_squares_of_the_dual(penalty):
    values = noisy(2, 160)
    matrix = second_differences(160)
    trend, kinks = filtered(values, torch.ones_like(values), torch.tensor([penalty]))
    for row in range(2):
        dual = lsq_linear(
            matrix.T, values[row].numpy(), (-penalty, penalty), method="bvls", tol=1e-14, max_iter=3000
        )
        assert np.abs(trend[row].numpy() - (values[row].numpy() - matrix.T @ dual.x)).max() < 1e-4
    assert torch.allclose(kinks, bends(trend), atol=1e-6)


def test_days_without_data_have_no_say():
    """The conditions of the optimum, with half the days missing and a gap of a hundred."""
    values = noisy(3, 400)
    weights = torch.rand(values.shape, generator=torch.Generator().manual_seed(2)).round().double()
    weights[1, 100:200] = 0
    other = values + 1e3 * (weights == 0)
    trend, kinks = filtered(values, weights, torch.tensor([8.0]))
    assert torch.allclose(trend, filtered(other, weights, torch.tensor([8.0]))[0], atol=1e-6)
    force = (weights * (values - trend)).cumsum(1).cumsum(1)
    assert float(force[:, -2:].abs().max()) < 1e-6, "the residual has no mean and no slope"
    assert float(force[:, :-2].abs().max()) < 8 * (1 + 1e-5)
    at = kinks != 0
    assert torch.allclose(force[:, :-2][at], 8 * kinks[at].sign(), atol=1e-4)


def test_a_line_is_left_as_it_is_and_a_kink_is_found():
    day = torch.arange(300, dtype=torch.float64)
    line = torch.stack([0.1 * day, 0.1 * day - 0.5 * (day - 150).clamp_min(0)])
    trend, kinks = filtered(line, torch.ones_like(line), torch.tensor([1.0]))
    assert torch.allclose(trend[0], line[0], atol=1e-6)
    assert not bool((kinks[0].abs() > 1e-6).any())
    assert (kinks[1].abs() > 0.1).nonzero().flatten().tolist() == [149]


def test_together_one_series_is_the_plain_filter():
    values = noisy(1, 120)
    alone, _ = filtered(values, torch.ones_like(values), torch.tensor([6.0]))
    grouped, _ = together(values, torch.ones_like(values), 6.0, most=8000)
    assert torch.allclose(alone, grouped, atol=2e-3)


def test_together_all_bend_on_the_same_days():
    values = noisy(4, 120)
    _, kinks = together(values, torch.ones_like(values), 10.0)
    assert bool(((kinks != 0).sum(0) % 4 == 0).all())
    assert bool((kinks != 0).any())


def test_the_transpose_of_bends():
    force, trend = noisy(1, 48), noisy(1, 50)
    assert torch.allclose((bends(trend) * force).sum(), (trend * unbent(force)).sum())


def test_mallows_takes_a_larger_penalty_for_a_straighter_series():
    straight, rough = noisy(1, 300) * 0, noisy(1, 300).cumsum(1)
    chance = torch.Generator().manual_seed(5)
    noise = torch.randn(1, 300, generator=chance, dtype=torch.float64)
    penalties = torch.tensor([1.0, 5.0, 50.0])
    values = torch.cat([straight + noise, rough + noise])
    chosen = by_mallows(values, torch.ones_like(values), penalties)
    assert chosen.tolist() == [50.0, 1.0]
