"""Simulated displacements: what was asked for is in them, and the same seed gives the same."""

from __future__ import annotations

import math

import pytest
import torch

from seisdsl.language.types import TimeRange
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement

DAY = 86_400_000_000_000


def made(**given):
    return SimulateDisplacement(**given).apply()


def test_the_same_seed_gives_the_same_series():
    one, two, other = (made(stations=3, seed=seed, missing=0.3) for seed in (1, 1, 2))
    assert torch.equal(one.values, two.values)
    assert not torch.equal(one.values, other.values)
    assert float(one.mask.double().mean()) == pytest.approx(0.7, abs=0.03)
    assert not bool(one.values[~one.mask].any())
    assert one.simulated


def test_slow_slip_is_what_its_truth_says():
    """Without noise: steady motion set back by the amplitude, 1 - exp(-t / 5 d), along the azimuth."""
    series = made(
        scene="slow-slip", white=0.0, flicker=0.0, slip=0.002, every=100 * 86400.0, azimuth=math.radians(90)
    )
    assert series.truth is not None
    east, north = series.values[0, 0], series.values[0, 1]
    assert float(north.abs().max()) < 1e-12
    day = torch.arange(730, dtype=torch.float64)
    wanted = 20 * day / 365.25
    for time in series.truth.frame["time"].dt.timestamp("ns"):
        onset = (time - int(series.epochs[0])) / DAY
        wanted = wanted - 2 * (1 - torch.exp(-(day - onset).clamp_min(0) / 5))
    assert torch.allclose(east, wanted, atol=1e-9)
    assert len(series.truth) == 6


def test_a_patch_begins_to_move_west():
    plain, changed = made(stations=40), made(stations=40, change=0.01 / 31_557_600, patch=7)
    moved = (changed.values - plain.values)[:, 0]
    at = math.floor(0.4 * 2500)
    assert int((moved[:, -1] < 0).sum()) == 7
    assert float(moved[:, : at + 1].abs().max()) == 0
    assert float(moved[:, -1].min()) == pytest.approx(-10 * (2499 - at) / 365.25)
    assert changed.truth is not None
    assert "rate-change" in changed.truth.frame["kind"].to_list()


def test_antennas_are_in_the_truth():
    plain, stepped = made(stations=6), made(stations=6, antennas=1.5)
    assert stepped.truth is not None
    own = stepped.truth.frame.filter(stepped.truth.frame["kind"] == "antenna")
    leaps = (stepped.values - plain.values).diff(dim=-1)
    found = {(site, int(day)) for site, _, day in (leaps.abs() > 1e-9).nonzero().tolist()}
    names = [site.name for site in stepped.sites]
    true = {(names.index(site), (time - int(stepped.epochs[0])) // DAY - 1)
            for site, time in zip(own["site"], own["time"].dt.timestamp("ns"), strict=True)}  # fmt: skip
    assert found == true


def test_more_than_forty_years_are_refused():
    with pytest.raises(Unsuitable, match="longer than forty years"):
        SimulateDisplacement(time=TimeRange(0, 50 * 366 * DAY)).facts(Facts())
