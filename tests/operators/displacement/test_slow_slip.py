"""Slow slip found in simulated positions, and nothing in noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.series_read import of_sites
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement._event_free import noise_of
from seisdsl.operators.displacement._slow_slip import along
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
        ({"by": "group", "rounds": 2}, 0.9),
        ({"test": "slope", "rounds": 5}, 0.9),
        ({"by": "master", "test": "slope", "penalty": 3.0}, 0.55),
        ({"by": "master", "penalty": 3.0, "rounds": 5}, 0.55),
        ({"by": "aic", "half": 16 * 86400.0, "threshold": 6.0}, 0.75),
        ({"penalty": None, "rounds": 2}, 0.75),
        ({"combine": "cauchy", "rounds": 2}, 0.75),
        ({"combine": "harmonic", "rounds": 2}, 0.75),
    ],
)
def test_events_of_two_millimetres_are_found_with_gaps(positions, given, least):
    found = SlowSlip(azimuth=PLATE, **given).apply(positions)
    assert score(found, positions.truth) >= least
    assert found.simulated
    assert set(found.frame["kind"]) == {"slow-slip"}


def test_the_azimuth_is_that_of_the_steady_motion(positions):
    small = SimulateDisplacement(scene="slow-slip", slip=0.001, white=0.0003, seed=3).apply()
    assert score(SlowSlip(rounds=5).apply(small), small.truth) > 0.95
    left = Residual().apply(FitTrajectory(seasons=0).apply(positions), positions)
    with pytest.raises(Unsuitable, match="no steady motion stands out") as refused:
        SlowSlip().apply(left)
    assert refused.value.parameter == "azimuth"
    assert score(SlowSlip(azimuth=PLATE, rounds=5).apply(left), positions.truth) > 0.9


@pytest.mark.parametrize("flicker", [0.0, 0.001])
def test_noise_is_told_as_often_as_is_said(flicker):
    """Ten years: 20 events that noise has twice a year or less often, and five that are told by default."""
    record = SimulateDisplacement(
        scene="slow-slip", slip=0.0, flicker=flicker, seed=40,
        time=TimeRange(14_610 * 86_400_000_000_000, 18_262 * 86_400_000_000_000),
    ).apply()  # fmt: skip
    found = SlowSlip(azimuth=PLATE, confidence=0.7).apply(record).frame
    assert 9 <= (found["false_alarms"] <= 2).sum() <= 34
    assert (found["confidence"] >= 0.95).sum() <= 7


def test_confidence_is_that_of_two_months():
    small = SimulateDisplacement(scene="slow-slip", slip=0.0008, seed=3).apply()
    found = SlowSlip(azimuth=PLATE, confidence=0.3, rounds=5).apply(small).frame
    due = np.exp(-found["false_alarms"].to_numpy() * 60 / 365.25)
    assert found["confidence"].to_numpy() == pytest.approx(due)
    assert len(set(due)) > 1


@pytest.mark.parametrize(
    ("slip", "flicker", "least", "most"), [(0.003, 0.0, 0.0, 0.7), (0.003, 0.002, 1.2, 2.8)]
)
def test_events_are_not_taken_for_flicker_noise(slip, flicker, least, most):
    """Sites that are set back 3 mm each month have 2.4 mm of it as they stand, and no other noise than white."""
    record = SimulateDisplacement(scene="slow-slip", slip=slip, flicker=flicker, seed=8).apply()
    how = SlowSlip(azimuth=PLATE)
    _, values, mask = along(how, record)
    members = torch.ones(1, len(values), dtype=torch.float64)
    measured = noise_of(how, values, mask, members, 5)[1]
    assert least <= float(measured.square().mean().sqrt()) <= most


def test_an_event_by_itself_is_as_long_and_as_large_as_it_is():
    """1 - exp(-t / 5 d) of 6 mm: it has gone nine tenths of its way after 11 days."""
    record = SimulateDisplacement(scene="slow-slip", slip=0.006, every=150 * 86400.0, seed=2).apply()
    found = SlowSlip(azimuth=PLATE, rounds=5).apply(record)
    assert len(found) == len(record.truth) == 4
    assert found.frame["amplitude"].to_numpy() == pytest.approx(5.3, abs=0.7)
    assert found.frame["duration"].to_numpy() / 86400 == pytest.approx(9, abs=4)
    assert days(found) == pytest.approx(days(record.truth), abs=2)


def test_events_that_reach_a_part_of_the_network_are_found_by_neighbours():
    wide = SimulateDisplacement(
        scene="slow-slip", stations=12, slip=0.004, every=60 * 86400.0, reach=35e3, seed=6
    ).apply()
    assert wide.truth is not None
    found = SlowSlip(azimuth=PLATE, neighbours=50e3, noise="white", rounds=2).apply(wide)
    assert score(found, wide.truth) > 0.9
    assert found.frame["latitude"].null_count() == 0
    unplaced = replace(wide, sites=tuple(replace(site, latitude=None) for site in wide.sites))
    with pytest.raises(Unsuitable, match="have no neighbours"):
        SlowSlip(azimuth=PLATE, neighbours=40e3).apply(unplaced)


def test_one_station_only_and_too_few(positions):
    alone = of_sites(positions, [0])
    found = days(SlowSlip(azimuth=PLATE, rounds=5).apply(alone))
    assert len(found) >= 3
    assert np.median(np.abs(found[:, None] - days(positions.truth)[None]).min(1)) <= 2
    with pytest.raises(Unsuitable, match="judged by 5 sites, and there are 1"):
        SlowSlip(azimuth=PLATE, fewest=5).apply(alone)
    with pytest.raises(Unsuitable, match="there is no site X"):
        SlowSlip(azimuth=PLATE, by="master", master="X").apply(positions)


def test_a_station_with_no_days_does_no_harm(positions):
    mask = positions.mask.clone()
    mask[0] = False
    found = SlowSlip(azimuth=PLATE, rounds=5).apply(
        replace(positions, mask=mask, values=positions.values.masked_fill(~mask, 0))
    )
    assert bool(torch.isfinite(torch.tensor(days(found))).all())
    assert score(found, positions.truth) > 0.9
