"""The objective piece by piece against plain loops; the posterior against what is known of Gaussians."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from obspy.geodetics import gps2dist_azimuth

from seisdsl.methods.locate.correlations import pair_correlations, pairs_of
from seisdsl.methods.locate.envelopes import Envelopes
from seisdsl.methods.locate.evidence import amplitudes, independent, observed
from seisdsl.methods.locate.grid import nodes, on_the_side, to_degrees, to_local
from seisdsl.methods.locate.objective import Beliefs, amplitude_misfit, averaged_correlation, objective
from seisdsl.methods.locate.posterior import ellipse, located
from seisdsl.methods.locate.sources import lasting, shifted, without

SPEED = 3.2


def straight(distance: torch.Tensor, depth: torch.Tensor, station: torch.Tensor) -> torch.Tensor:
    return (distance**2 + (depth - station) ** 2).sqrt() / SPEED


BELIEFS = Beliefs(straight, damping=0.02, amplitude_spread=0.3)
STATIONS = torch.tensor(
    [[-30.0, -20, 2], [25, -25, 3], [30, 20, 1], [-25, 30, 2], [0, 45, 4], [50, 0, 2], [-55, 5, 1]]
).double()


def made(source: list[float], seed: int = 0, noise: float = 0.05) -> tuple[torch.Tensor, torch.Tensor]:
    """Envelopes of one source at all stations, and the mask."""
    rng = np.random.default_rng(seed)
    shape = np.interp(np.arange(80), np.linspace(0, 79, 12), [0, *rng.uniform(0.2, 2, 10), 0])
    place = torch.tensor(source).double()
    away = (STATIONS - place).norm(dim=1)
    values = np.empty((len(STATIONS), 300))
    for row, distance in enumerate(away.tolist()):
        at = 100 + distance / SPEED
        size = 40 / distance * math.exp(-0.02 * (distance - 40))
        wave = size * np.interp(np.arange(300) - at, np.arange(80), shape, left=0, right=0)
        values[row] = np.hypot(0.5, wave) + noise * rng.normal(size=300)
    found = torch.from_numpy(values)[None]
    return found, torch.ones_like(found, dtype=torch.bool)


def seen_from(source: list[float], seed: int = 0):
    values, mask = made(source, seed)
    return observed(values, mask, STATIONS[None], torch.zeros(1, len(STATIONS)), torch.tensor([15.0]))


def test_places_in_kilometres_are_obspys() -> None:
    origin = torch.tensor([38.0, 142.0]).double()
    for latitude, longitude in ((38.5, 142.9), (37.2, 141.1), (38.0, 143.5)):
        east, north = to_local(*torch.tensor([latitude, longitude], dtype=torch.float64), origin).tolist()
        metres, azimuth, _ = gps2dist_azimuth(38.0, 142.0, latitude, longitude, a=6371e3, f=0)
        assert math.hypot(east, north) == pytest.approx(metres / 1000, rel=1e-6)
        assert math.degrees(math.atan2(east, north)) % 360 == pytest.approx(azimuth, abs=1e-6)
        back = to_degrees(torch.tensor([east, north], dtype=torch.float64), origin)
        assert back.tolist() == pytest.approx([latitude, longitude], abs=1e-9)
    across = to_degrees(torch.tensor([60.0, 0.0]).double(), torch.tensor([-17.0, 179.8]).double())
    assert -180 <= float(across[1]) < -179


def test_nodes_fill_their_box() -> None:
    found = nodes(torch.tensor([[0.0, 0, 0]]), torch.tensor([[4.0, 8, 10]]), (3, 5, 2))
    assert found.shape == (1, 30, 3)
    assert found[0, 0].tolist() == [0, 0, 0]
    assert found[0, -1].tolist() == [4, 8, 10]
    assert found[0, 1].tolist() == [0, 0, 10]
    inner = found[0][~on_the_side((3, 5, 2), found.device)]
    assert {tuple(place) for place in inner[:, :2].tolist()} == {(2.0, 2.0), (2.0, 4.0), (2.0, 6.0)}


def test_the_averaged_correlation_is_the_mean_over_pairs() -> None:
    seen = seen_from([5.0, 3.0, 15.0])
    places = torch.tensor([[[5.0, 3, 15], [20, -30, 10]]]).double()
    found = averaged_correlation(places, seen, straight)[0]
    values, mask = made([5.0, 3.0, 15.0])
    curves = pair_correlations(values, mask, pairs_of(len(STATIONS)), 60)[0].numpy()
    lags = np.arange(-60, 61)
    for number, place in enumerate(places[0]):
        total = weight = 0.0
        for pair, (first, second) in enumerate(pairs_of(len(STATIONS)).T.tolist()):
            lag = float((STATIONS[first] - place).norm() - (STATIONS[second] - place).norm()) / SPEED
            share = float(seen.weights[0, pair])
            total += share * float(np.interp(lag, lags, curves[pair]))
            weight += share
        assert float(found[number]) == pytest.approx(total / weight, abs=0.02)
    assert float(found[0]) > 0.9 > float(found[1])


def test_amplitudes_that_fit_leave_nothing_and_one_outlier_costs_little() -> None:
    seen = seen_from([5.0, 3.0, 15.0])
    places = torch.tensor([[[5.0, 3, 15]]]).double()
    away = ((STATIONS - places[0]).square().sum(1) + 1).sqrt()
    seen.amplitudes[0] = 3.0 - away.log() - 0.02 * away
    seen.heard[:] = True
    assert float(amplitude_misfit(places, seen, BELIEFS)) == pytest.approx(0, abs=1e-9)
    seen.amplitudes[0, 2] += 3.0  # ten standard deviations, which a Gaussian would charge 43 for
    assert 5 < float(amplitude_misfit(places, seen, BELIEFS)) < 12


def test_the_gradient_of_the_objective_is_that_of_finite_differences() -> None:
    seen = seen_from([5.0, 3.0, 15.0])
    place, number = torch.tensor([[[8.3, 1.4, 17.7]]]).double().requires_grad_(), torch.tensor([30.0])
    (slope,) = torch.autograd.grad(objective(place, seen, BELIEFS, number).sum(), place)
    for axis in range(3):
        step = torch.zeros(3).double()
        step[axis] = 1e-4
        with torch.no_grad():
            high, low = (objective(place + sign * step, seen, BELIEFS, number) for sign in (1, -1))
        assert float(slope[0, 0, axis]) == pytest.approx(float(high - low) / 2e-4, rel=1e-3, abs=1e-4)


def test_sources_are_found_together_as_alone() -> None:
    truths = [[5.0, 3.0, 15.0], [-20.0, 10.0, 20.0], [30.0, -12.0, 10.0]]
    parts = [made(truth, seed) for seed, truth in enumerate(truths)]
    values, mask = (torch.cat([part[of] for part in parts]) for of in (0, 1))
    many = len(truths)
    seen = observed(
        values,
        mask,
        STATIONS.expand(many, -1, -1),
        torch.zeros(many, len(STATIONS)),
        torch.full((many,), 15.0),
    )
    low, high = torch.tensor([[-90.0, -90, 0]]).double(), torch.tensor([[90.0, 90, 40]]).double()
    found = located(seen, BELIEFS, low.expand(many, -1), high.expand(many, -1), step=4.0, depth_step=5.0)
    truth = torch.tensor(truths).double()
    assert float((found.mean - truth)[:, :2].norm(dim=1).max()) < 2.5
    assert float((found.best - truth)[:, :2].norm(dim=1).max()) < 2.5
    assert not found.at_edge.any()
    assert bool((found.near > 0.9).all())
    alone = located(seen.some(slice(1, 2)), BELIEFS, low, high, step=4.0, depth_step=5.0)
    assert torch.allclose(alone.mean, found.mean[1:2], atol=0.05)


def test_what_only_the_depth_prior_knows_is_given_back() -> None:
    """Without correlations or amplitudes the posterior is the box, and in depth the prior."""
    values = torch.zeros(1, len(STATIONS), 300).double()
    mask = torch.zeros_like(values, dtype=torch.bool)
    seen = observed(values, mask, STATIONS[None], torch.zeros(1, len(STATIONS)), torch.tensor([30.0]))
    low, high = torch.tensor([[-80.0, -80, 0]]).double(), torch.tensor([[80.0, 80, 60]]).double()
    found = located(seen, Beliefs(straight, 0.02, depth_spread=5.0), low, high, step=4.0, depth_step=2.0)
    assert found.mean[0].tolist() == pytest.approx([0, 0, 30], abs=0.2)
    assert float(found.covariance[0, 2, 2]) == pytest.approx(25, rel=0.05)
    assert float(found.covariance[0, 0, 0]) == pytest.approx(160**2 / 12, rel=0.2)
    assert bool(found.at_edge[0])
    assert found.covariance.isfinite().all()


def test_what_only_the_group_knows_is_given_back() -> None:
    """Without correlations or amplitudes the place is the middle of the group, as unsure as it is said to be."""
    values = torch.zeros(1, len(STATIONS), 300).double()
    mask = torch.zeros_like(values, dtype=torch.bool)
    seen = observed(values, mask, STATIONS[None], torch.zeros(1, len(STATIONS)), torch.tensor([30.0]))
    low, high = torch.tensor([[-100.0, -100, 0]]).double(), torch.tensor([[100.0, 100, 60]]).double()
    beliefs = Beliefs(straight, 0.02, depth_spread=5.0, place_spread=20.0)
    found = located(seen, beliefs, low, high, step=4.0, depth_step=2.0)
    assert found.mean[0].tolist() == pytest.approx([0, 0, 30], abs=0.2)
    assert found.covariance[0].diagonal().tolist() == pytest.approx([400, 400, 25], rel=0.05)
    assert float(found.near[0]) == pytest.approx(1 - math.exp(-(10**2) / 20**2 / 2), rel=0.1)  # Rayleigh
    assert not bool(found.at_edge[0])


def test_where_the_group_is_weighs_as_the_product_of_gaussians_does() -> None:
    seen = seen_from([30.0, -15, 15])
    low, high = torch.tensor([[-80.0, -80, 0]]).double(), torch.tensor([[80.0, 80, 40]]).double()
    plain, held = (
        located(seen, replace(BELIEFS, place_spread=spread), low, high, step=4.0, depth_step=5.0)
        for spread in (math.inf, 30.0)
    )
    inverse = torch.linalg.inv(plain.covariance[0, :2, :2])
    both = torch.linalg.inv(inverse + torch.eye(2) / 30**2)
    wanted = both @ inverse @ plain.mean[0, :2]
    assert float((wanted - plain.mean[0, :2]).norm()) > 0.3
    assert held.mean[0, :2].tolist() == pytest.approx(wanted.tolist(), abs=0.3)


def test_the_ellipse_of_a_known_covariance() -> None:
    turn = math.radians(30)  # the long axis, from north over east
    way = torch.tensor([math.sin(turn), math.cos(turn)])
    across = torch.tensor([way[1], -way[0]])
    covariance = torch.zeros(1, 3, 3)
    covariance[0, :2, :2] = 9 * torch.outer(way, way) + 4 * torch.outer(across, across)
    major, minor, azimuth = ellipse(covariance)
    assert (float(major), float(minor)) == pytest.approx((3 * 2.4477, 2 * 2.4477), rel=1e-3)
    assert float(azimuth) == pytest.approx(30, abs=1e-3)


def test_amplitudes_are_those_above_the_noise() -> None:
    values, mask = torch.full((1, 2, 100), 2.0), torch.ones(1, 2, 100, dtype=torch.bool)
    values[0, 0, 40:60] = 5.0
    mask[0, 0, 90:] = False
    loud, heard = amplitudes(values, mask)
    assert heard.tolist() == [[True, False]]
    assert float(loud[0, 0]) == pytest.approx(math.log(math.sqrt(21 * 20 / 90)))


def test_white_noise_has_as_many_independent_samples_as_samples() -> None:
    values = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 5, 2000)))
    mask = torch.ones_like(values, dtype=torch.bool)
    assert (independent(values, mask, 30) / 2000).tolist()[0] == pytest.approx([1] * 5, abs=0.1)
    slow = values.unfold(-1, 5, 1).mean(-1)  # rho of 1 - k/5: 1 + 2 (0.64 + 0.36 + 0.16 + 0.04) = 3.4
    assert (independent(slow, mask[..., :1996], 30) / 1996 * 3.4).tolist()[0] == pytest.approx(
        [1] * 5, abs=0.15
    )


def test_a_source_that_is_taken_off_is_gone_and_another_stays() -> None:
    values, mask = made([5.0, 3.0, 15.0])
    arrivals = (STATIONS - torch.tensor([5.0, 3, 15]).double()).norm(dim=1)[None] / SPEED
    weights = torch.ones(1, len(STATIONS)).double()
    left = without(values, mask, arrivals, weights)
    pairs = pairs_of(len(STATIONS))
    before = pair_correlations(values, mask, pairs, 60).amax(-1)
    assert float(before.min()) > 0.85
    assert float(pair_correlations(left, mask, pairs, 60).amax(-1).mean()) < 0.5
    first, last = lasting(values, mask, arrivals, weights)
    assert 95 < float(first) < float(last) < 185


def test_shifting_reads_between_seconds() -> None:
    values = torch.arange(10.0)[None, None].double()
    found = shifted(values, torch.tensor([[2.5]]).double())
    assert found[0, 0, :7].tolist() == pytest.approx([2.5 + second for second in range(7)])
    assert not found[0, 0, 7:].any()


def test_envelopes_during_a_time_beyond_the_record() -> None:
    made = Envelopes(torch.arange(5.0)[None], torch.ones(1, 5, dtype=torch.bool), 100)
    values, mask = made.during(98, 4)
    assert values.tolist() == [[0, 0, 0, 1]]
    assert mask.tolist() == [[False, False, True, True]]
    values, mask = made.during(103, 4)
    assert values.tolist() == [[3, 4, 0, 0]]
    assert mask.tolist() == [[True, True, False, False]]
