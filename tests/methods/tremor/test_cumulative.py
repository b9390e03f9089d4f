"""Maps of energy against the error function, and of what could be seen against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from obspy.geodetics import gps2dist_azimuth
from scipy.special import erf

from seisdsl.methods.tremor.cumulative import cells_of, cumulative, detectable

KM = math.pi * 6371 / 180


def test_a_round_event_is_spread_as_a_gaussian() -> None:
    place = torch.tensor([[0.03, 140.04]]).double()
    covariance = 64.0 * torch.eye(2).double()[None]
    total = cumulative(place, covariance, torch.tensor([2e6]), 0.1, -5, 1395, (10, 10))
    assert float(total.sum()) == pytest.approx(2e6, rel=1e-3)

    def share(first: float, middle: float) -> np.ndarray:
        edges = (np.arange(11) * 0.1 + first - middle) * KM / (8 * math.sqrt(2))
        return np.diff(erf(edges)) / 2

    expected = 2e6 * np.outer(share(-0.5, 0.03), share(139.5, 140.04))
    assert total.numpy() == pytest.approx(expected, abs=0.03 * expected.max())


def test_an_ellipse_lies_along_its_longer_axis_and_events_add_up() -> None:
    place = torch.tensor([[38.0, 142.0], [38.0, 142.0]]).double()
    along = torch.tensor([[100.0, 99.0], [99.0, 100.0]]).double()  # to the north-east
    total = cumulative(place, along.expand(2, 2, 2), torch.tensor([1.0, 2.0]), 0.1, 375, 1415, (10, 10))
    assert float(total.sum()) == pytest.approx(3, rel=1e-3)
    rising = sum(float(total[n, n]) for n in range(10))
    falling = sum(float(total[n, 9 - n]) for n in range(10))
    assert rising > 3 * falling


def test_what_is_outside_of_the_map_is_not_on_it_and_180_degrees_is_no_edge() -> None:
    place = torch.tensor([[10.05, 179.95]]).double()
    covariance = 4.0 * torch.eye(2).double()[None]
    east = cumulative(place, covariance, torch.tensor([1.0]), 0.1, 95, 1795, (10, 10))
    assert float(east.sum()) == pytest.approx(1, rel=1e-3)
    assert float(cumulative(place, covariance, torch.tensor([1.0]), 0.1, 0, 0, (10, 10)).sum()) == 0


def test_cells_are_counted_from_zero_degrees() -> None:
    assert cells_of(torch.tensor([0.05, 0.1, -0.05, 142.3]).double(), 0.1).tolist() == [0, 1, -1, 1423]


def test_the_least_energy_is_that_which_enough_stations_need() -> None:
    rng = np.random.default_rng(0)
    stations = np.column_stack([rng.uniform(37, 39, 9), rng.uniform(141, 143, 9), rng.uniform(0, 6, 9)])
    joules = rng.uniform(1e-6, 1e-4, 9)
    cells = np.array([[38.05, 142.05], [37.15, 143.45]])
    found = detectable(
        *(torch.from_numpy(part) for part in (cells, stations, joules)), depth=15.0, damping=0.02, fewest=4
    )
    for cell, energy in zip(cells, found.tolist(), strict=True):
        needed = []
        for (latitude, longitude, below), own in zip(stations, joules, strict=True):
            across = gps2dist_azimuth(*cell, latitude, longitude, a=6371e3, f=0)[0] / 1000
            away = math.hypot(across, 15 - below)
            needed.append(own * (1000 * away) ** 2 * math.exp(2 * 0.02 * away))
        assert energy == pytest.approx(sorted(needed)[3], rel=1e-6)
    few = detectable(
        *(torch.from_numpy(p) for p in (cells, stations[:3], joules[:3])), depth=15.0, damping=0.02, fewest=4
    )
    assert few.isinf().all()
