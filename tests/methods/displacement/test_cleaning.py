"""Outliers, filled gaps and common noise: what is found, and what is left alone."""

from __future__ import annotations

import torch

from seisdsl.methods.displacement.cleaning import (
    common,
    leading,
    outlying,
    runs_of,
    scatter,
    straight,
)


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_outliers_are_found_and_steps_and_steep_decays_are_not():
    day = torch.arange(600, dtype=torch.float64)
    values = drawn(1, 3, 600)
    values[..., 300:] += 40 + 60 * torch.log1p((day[300:] - 300) / 5)
    values[0, 0, [50, 450]] += 12.0
    mask = torch.ones_like(values, dtype=torch.bool)
    mask[..., 100:130] = False
    found = outlying(values, mask, 5.0, 15)
    assert found.nonzero().tolist() == [[0, 0, 50], [0, 0, 450]]


def test_a_constant_series_has_no_outliers():
    values = torch.zeros(1, 1, 50, dtype=torch.float64)
    assert not bool(outlying(values, values == 0, 5.0, 5).any())


def test_scatter_is_that_of_white_noise_whatever_the_trend():
    values = 2.5 * drawn(20, 4000) + 0.01 * torch.arange(4000)
    mask = drawn(20, 4000, seed=2) > -0.5
    assert torch.allclose(scatter(values, mask), torch.full((20,), 2.5, dtype=torch.float64), rtol=0.1)


def test_days_on_a_straight_line_were_filled():
    values = (drawn(1, 3, 200) * 2).mul(100).round() / 100
    for first, last in ((40, 50), (90, 92)):
        share = torch.linspace(0, 1, last - first + 1, dtype=torch.float64)
        line = values[..., [first]] + share * (values[..., [last]] - values[..., [first]])
        values[..., first : last + 1] = (line * 100).round() / 100
    mask = torch.ones_like(values, dtype=torch.bool)
    found = straight(values, mask, 0.0205, 4)
    assert found[0].nonzero().flatten().tolist() == [*range(41, 50), 91]
    alone = straight(values[:, :1], mask[:, :1], 0.0205, 4)
    assert alone[0].nonzero().flatten().tolist() == list(range(41, 50)), "one component needs a longer line"


def test_runs():
    flags = torch.tensor([1, 1, 0, 1, 1, 1, 0, 1], dtype=torch.bool)
    assert runs_of(flags, 3).int().tolist() == [0, 0, 0, 1, 1, 1, 0, 0]


def test_common_noise_is_told_from_that_of_single_sites():
    shared = 2 * drawn(1, 2, 800, seed=7)
    own = 0.5 * drawn(12, 2, 800)
    mask = drawn(12, 2, 800, seed=8) > -1
    mean, known = common((own + shared) * mask, mask, 3)
    assert bool(known.all())
    assert float((mean - shared[0]).std()) < 0.5 / 12**0.5 * 1.5
    component = leading((own + shared) * mask, mask, 1)
    assert float((component - shared).std()) < 0.3


def test_days_with_few_sites_have_no_common_noise():
    mask = torch.zeros(4, 1, 10, dtype=torch.bool)
    mask[:2] = True
    mean, known = common(drawn(4, 1, 10) * mask, mask, 3)
    assert not bool(known.any())
    assert float(mean.abs().max()) == 0
