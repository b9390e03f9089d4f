"""Time constants of decays: against scipy, the truth, and chi-square written out."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares

from seisdsl.methods.displacement import bins
from seisdsl.methods.displacement.constants import Found, dictionary, intervals, searched
from seisdsl.methods.displacement.design import Terms, columns
from seisdsl.methods.displacement.regression import flicker_response, predicted
from seisdsl.methods.simulate.displacement import coloured

DAYS = torch.arange(2000, dtype=torch.float64)


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def none(sites: int) -> torch.Tensor:
    return torch.full((sites, 0), math.inf, dtype=torch.float64)


def moved(
    kinds: tuple[str, ...], constants: list[list[float]], amplitudes: list[float], noise: float = 0.0
) -> Any:
    """A line, an annual term and decays in three components of each site."""
    sites = len(constants)
    terms = Terms(1, (1.0,), none(sites), kinds, torch.tensor(constants, dtype=torch.float64))
    size = torch.tensor([0.0, 20.0, 1.0, 0.5, *amplitudes], dtype=torch.float64).expand(sites, 3, -1)
    values = predicted(columns(DAYS, terms), size) + noise * drawn(sites, 3, len(DAYS))
    return values, Terms(1, (1.0,), none(sites), kinds)


def found(
    values: torch.Tensor, terms: Terms, shared: bool = True, white: bool = True
) -> tuple[Found, torch.Tensor]:
    known = dictionary(DAYS, values, torch.ones_like(values), terms, coloured=not white)
    best = searched(known, terms, shared)
    return best, intervals(known, best, terms, shared).exp()


def test_three_constants_without_noise():
    values, terms = moved(("log", "log", "exponential"), [[3.0, 150.0, 3000.0]] * 2, [60.0, 110.0, 250.0])
    assert found(values, terms)[0].best.exp()[0].numpy() == pytest.approx([3, 150, 3000], rel=2e-3)


def test_it_is_what_scipy_finds_from_the_truth():
    """Each site has its own; scipy fits constants and amplitudes to the days themselves."""
    kinds = ("log", "exponential")
    values, terms = moved(kinds, [[12.0, 400.0], [20.0, 250.0]], [80.0, 200.0], noise=0.5)
    best = found(values, terms, shared=False)[0].best.exp().numpy()
    for site, truth in enumerate(([12.0, 400.0], [20.0, 250.0])):

        def left(theta: np.ndarray, site: int = site) -> np.ndarray:
            of = Terms(1, (1.0,), none(1), kinds, torch.from_numpy(np.exp(theta))[None])
            made = columns(DAYS, of)[0].numpy()
            data = values[site].numpy().T
            return (data - made @ np.linalg.lstsq(made, data, rcond=None)[0]).ravel()

        wanted = np.exp(least_squares(left, np.log(truth)).x)
        assert best[site] == pytest.approx(wanted, rel=0.01)


def test_constants_that_are_shared_are_told_better_and_lie_in_their_intervals():
    values, terms = moved(("log", "exponential"), [[12.0, 400.0]] * 6, [80.0, 200.0], noise=2.0)
    together, between = found(values, terms)
    _, wide = found(values, terms, shared=False)
    assert together.best.exp()[0].numpy() == pytest.approx([12.0, 400.0], rel=0.05)
    assert bool((together.best == together.best[0]).all())
    truth = torch.tensor([12.0, 400.0]).double()
    assert bool(((between[0, :, 0] < truth) & (truth < between[0, :, 1])).all())
    width, narrow = ((one[..., 1] / one[..., 0]).log().mean() for one in (wide, between))
    assert float(width) > 1.8 * float(narrow)
    assert float(((wide[..., 0] < truth) & (truth < wide[..., 1])).double().mean()) >= 0.75


def test_intervals_are_those_of_many_draws():
    """A logarithm in white and flicker noise: its constant scatters as far as the interval says."""
    values, _ = moved(("log",), [[30.0]] * 60, [40.0])
    values = values + drawn(60, 3, len(DAYS)) + 2 * coloured(drawn(60, 3, len(DAYS), seed=2))
    best, between = found(values, Terms(1, (1.0,), none(60), ("log",)), shared=False, white=False)
    scatter = float(best.best.std())
    told = float((between[:, 0, 1] / between[:, 0, 0]).log().median()) / (2 * 1.96)
    assert told == pytest.approx(scatter, rel=0.25)
    inside = (between[:, 0, 0] < 30) & (between[:, 0, 1] > 30)
    assert float(inside.double().mean()) > 0.85


def test_a_constant_that_the_data_do_not_tell_has_an_open_interval():
    """A relaxation of 20,000 days in 2000 looks like a line."""
    values, terms = moved(("log", "exponential"), [[12.0, 20000.0]] * 2, [80.0, 900.0], noise=2.0)
    between = found(values, terms)[1][0]
    assert float(between[0, 1]) < 20
    assert math.isinf(float(between[1, 1]))
    assert 100 < float(between[1, 0]) < 20000


def test_chi_square_is_that_of_the_means_of_bins():
    """Against numpy with gaps and the covariance of the days written out."""
    days = torch.arange(300, dtype=torch.float64)
    mask = (drawn(1, 1, 300, seed=4) > -0.8).expand(1, 2, 300)
    values = (drawn(1, 2, 300) + 10 * torch.log1p((days - 60).clamp_min(0) / 7)) * mask
    terms = Terms(1, (), torch.tensor([[60.0]]).double(), ("log",), None, 60.0)
    known = dictionary(days, values, mask.double(), terms)
    told, downhill, curvature = known.at(torch.tensor([[[math.log(9.0)]]]).double())

    white, flicker = (part[0].numpy() for part in bins.noise_of(days, values, mask.double(), terms, 1))
    ends = bins.edges(days, 60.0).int().tolist()
    whole = np.zeros((len(ends) - 1, 300))
    for row, (low, high) in enumerate(itertools.pairwise(ends)):
        whole[row, low:high] = 1 / (high - low)
    response = flicker_response(4096 + 301, days).numpy()
    lag = np.array([response[: len(response) - k] @ response[k:] for k in range(300)]) / 365.25**0.5
    shape = whole @ lag[np.abs(np.subtract.outer(np.arange(300), np.arange(300)))] @ whole.T
    assert bins.flicker(bins.edges(days, 60.0)).numpy() == pytest.approx(shape, rel=1e-6)
    there = mask[0, 0].double().numpy()
    count = (whole > 0).astype(float) @ there
    mean = (whole > 0) * there / np.maximum(count, 1)[:, None]
    made = np.stack(
        [np.ones(300), days.numpy(), days.numpy() >= 60, np.log1p(np.maximum(days.numpy() - 60, 0) / 9)], 1
    )

    def squares(component: int) -> float:
        kept = count > 0
        full = (
            white[component] ** 2 * np.diag(1 / count[kept])
            + flicker[component] ** 2 * shape[np.ix_(kept, kept)]
        )
        root = np.linalg.inv(np.linalg.cholesky(full))
        a, b = root @ (mean @ made)[kept], root @ (mean @ values[0, component].numpy())[kept]
        return float(((b - a @ np.linalg.lstsq(a, b, rcond=None)[0]) ** 2).sum())

    assert float(told) == pytest.approx(squares(0) + squares(1), rel=1e-3)
    step = 1e-4
    sides = [known.at(torch.tensor([[[math.log(9.0) + by]]]).double())[0] for by in (-step, step)]
    assert float(downhill) == pytest.approx(-float(sides[1] - sides[0]) / (4 * step), rel=1e-3)
    assert float(curvature) > 0
