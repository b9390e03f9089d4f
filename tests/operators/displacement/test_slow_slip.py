"""Slow slip found in simulated positions, and nothing in noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.series_read import of_sites
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement.residual import Residual
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement
from seisdsl.operators.displacement.slow_slip import SlowSlip
from seisdsl.operators.displacement.trajectory import FitTrajectory

PLATE = math.radians(305)


def days(table) -> np.ndarray:
    return table.frame["time"].dt.timestamp("ns").to_numpy() / 86_400e9


def score(found, true) -> float:
    near = np.abs(days(found)[:, None] - days(true)[None]) <= 5
    return 2 * near.any(0).sum() / (len(found) + len(true))


@pytest.fixture(scope="module")
def positions():
    return SimulateDisplacement(scene="slow-slip", slip=0.002, seed=3, missing=0.1).apply()


@pytest.mark.parametrize(
    ("given", "least"),
    [
        ({}, 0.95),
        ({"by": "group", "rounds": 1}, 0.9),
        ({"by": "master", "penalty": 3.0}, 0.55),
        ({"by": "aic", "half": 16 * 86400.0, "threshold": 6.0}, 0.75),
        ({"penalty": None}, 0.75),
        ({"combine": "cauchy"}, 0.75),
        ({"combine": "harmonic"}, 0.75),
    ],
)
def test_events_of_two_millimetres_are_found_with_gaps(positions, given, least):
    found = SlowSlip(azimuth=PLATE, **given).apply(positions)
    assert score(found, positions.truth) >= least
    assert found.simulated
    assert set(found.frame["kind"]) == {"slow-slip"}


def test_the_azimuth_is_that_of_the_steady_motion(positions):
    small = SimulateDisplacement(scene="slow-slip", slip=0.001, white=0.0003, seed=3).apply()
    assert score(SlowSlip().apply(small), small.truth) > 0.95
    left = Residual().apply(FitTrajectory(seasons=0).apply(positions), positions)
    with pytest.raises(Unsuitable, match="no steady motion stands out") as refused:
        SlowSlip().apply(left)
    assert refused.value.parameter == "azimuth"
    assert score(SlowSlip(azimuth=PLATE).apply(left), positions.truth) > 0.9


@pytest.mark.parametrize("flicker", [0.0, 0.002])
def test_noise_has_one_event_in_two_years_or_fewer(flicker):
    counts = [
        len(SlowSlip(azimuth=PLATE).apply(
            SimulateDisplacement(scene="slow-slip", slip=0.0, flicker=flicker, seed=40 + seed).apply()
        ))
        for seed in range(5)
    ]  # fmt: skip
    assert sum(counts) <= 10, "ten years"


def test_events_that_reach_a_part_of_the_network_are_found_by_neighbours():
    wide = SimulateDisplacement(
        scene="slow-slip", stations=12, slip=0.004, every=60 * 86400.0, reach=35e3, seed=6
    ).apply()
    assert wide.truth is not None
    found = SlowSlip(azimuth=PLATE, neighbours=50e3, rounds=1).apply(wide)
    assert score(found, wide.truth) > 0.7
    assert found.frame["latitude"].null_count() == 0
    unplaced = replace(wide, sites=tuple(replace(site, latitude=None) for site in wide.sites))
    with pytest.raises(Unsuitable, match="have no neighbours"):
        SlowSlip(azimuth=PLATE, neighbours=40e3).apply(unplaced)


def test_one_station_only_and_too_few(positions):
    alone = of_sites(positions, [0])
    assert len(SlowSlip(azimuth=PLATE).apply(alone)) >= 0
    with pytest.raises(Unsuitable, match="judged by 5 sites, and there are 1"):
        SlowSlip(azimuth=PLATE, fewest=5).apply(alone)
    with pytest.raises(Unsuitable, match="there is no site X"):
        SlowSlip(azimuth=PLATE, by="master", master="X").apply(positions)


def test_a_station_with_no_days_does_no_harm(positions):
    mask = positions.mask.clone()
    mask[0] = False
    found = SlowSlip(azimuth=PLATE).apply(
        replace(positions, mask=mask, values=positions.values.masked_fill(~mask, 0))
    )
    assert bool(torch.isfinite(torch.tensor(days(found))).all())
    assert score(found, positions.truth) > 0.9
