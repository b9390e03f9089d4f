"""Hills and their peaks: against ToMATo by its definition, one window and one station after the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from methods.tremor.networks import scattered

from seisdsl.methods.tremor.graph import edges, neighbours
from seisdsl.methods.tremor.persistence import persistent, smoothed


def tomato(height: list[float], near: np.ndarray, prominence: float) -> list[int]:
    """Stations from the highest down, each to its highest neighbour's group."""
    came: dict[int, int] = {}  # to whose group each belongs
    root: dict[int, int] = {}

    def of(station: int) -> int:
        while root[station] != station:
            station = root[station]
        return station

    for station in sorted((n for n, h in enumerate(height) if h > -np.inf), key=lambda n: -height[n]):
        seen = [other for other in np.flatnonzero(near[station]) if other in came]
        if not seen:
            root[station] = came[station] = station
            continue
        came[station] = of(came[max(seen, key=lambda n: height[n])])
        for other in sorted(seen, key=lambda n: -height[of(came[n])]):
            low, high = sorted((of(came[station]), of(came[other])), key=lambda n: height[n])
            if low != high and height[low] - height[station] < prominence:
                root[low] = high
    return [of(came[n]) if n in came else -1 for n in range(len(height))]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("prominence", [0.0, 0.8, 3.0, 50.0])
def test_hills_are_those_of_the_definition(seed, prominence):
    net = scattered(seed=seed)
    chance = np.random.default_rng(seed + 100)
    height = torch.from_numpy(chance.normal(0, 2, (9, 40)) + chance.normal(0, 2, 40))
    alive = torch.from_numpy(chance.random((9, 40)) < 0.9)
    taking_part = alive & torch.from_numpy(chance.random((9, 40)) < 0.8)
    found = persistent(height, taking_part, edges(net, alive, 90.0, 4), prominence)
    near = neighbours(net, alive, 90.0, 4).numpy()
    for window in range(9):
        own = height[window].masked_fill(~taking_part[window], -torch.inf)
        assert found[window].tolist() == tomato(own.tolist(), near[window], prominence)


def test_heights_that_are_all_the_same_are_one_hill():
    net = scattered()
    everyone = torch.ones(2, 40, dtype=torch.bool)
    found = persistent(torch.full((2, 40), 3.0), everyone, edges(net, everyone, 200.0, 4), 0.5)
    assert (found == 0).all()


def test_nobody_takes_part():
    net = scattered()
    none = torch.zeros(3, 40, dtype=torch.bool)
    assert (persistent(torch.zeros(3, 40), none, edges(net, none, 90.0, 4), 1.0) == -1).all()


def test_smoothing_is_half_of_a_weighted_mean_with_those_alive():
    net = scattered(30)
    height = torch.randn(5, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    alive = torch.rand(5, 30, generator=torch.Generator().manual_seed(1)) < 0.9
    found = smoothed(height, alive, edges(net, alive, 90.0, 4), 30.0)
    near = neighbours(net, alive, 90.0, 4)
    for window in range(5):
        for one in range(30):
            if not alive[window, one]:
                assert found[window, one] == -torch.inf
                continue
            weight = (near[window, one] * torch.exp(-(net.distance[one] ** 2) / 1800)).numpy()
            mean = (height[window, one] + weight @ height[window].numpy()) / (1 + weight.sum())
            assert found[window, one].item() == pytest.approx(float(0.5 * height[window, one] + 0.5 * mean))
