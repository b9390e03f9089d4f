"""Sources of one window of envelopes that are made by hand: a place is known, and so are all lags."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import Tensor

from seisdsl.methods.locate.objective import Beliefs, Observed, averaged_correlation, objective
from seisdsl.methods.tremor.ecm import LONGEST, Network, Search, Source, _jackknife, _observed
from seisdsl.methods.tremor.summit import summit

SPEED = 3.2
STATIONS = torch.tensor(
    [(30.0 * column + 9 * (row % 2), 30.0 * row, 1.0) for row in range(8) for column in range(4)],
    dtype=torch.float64,
)
ONE, OTHER = torch.tensor([40.0, 44.0, 15.0]).double(), torch.tensor([52.0, 166.0, 15.0]).double()


def straight(distance: Tensor, depth: Tensor, station: Tensor) -> Tensor:
    return (distance**2 + (depth - station) ** 2).sqrt() / SPEED


BELIEFS = Beliefs(straight, damping=0.0, depth_spread=8.0, by_amplitudes=False)


def search(**changes: object) -> Search:
    low, high = torch.tensor([-60.0, -60.0, 0.0]).double(), torch.tensor([160.0, 280.0, 60.0]).double()
    return Search(STATIONS, low, high, BELIEFS, depth=15.0, **changes)  # type: ignore[arg-type]


def envelopes(*places: Tensor, noise: float = 0.2, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Bumps of each source's own, as late as its waves are and dying away with distance, in noise."""
    rng = np.random.default_rng(seed)
    second = np.arange(300)
    values = 1 + noise * np.abs(rng.normal(size=(len(STATIONS), 300)))
    for place in places:
        away = (STATIONS - place).norm(dim=1).numpy()
        bumps = zip(rng.uniform(60, 200, 8), rng.uniform(0.5, 2, 8), rng.uniform(4, 9, 8), strict=True)
        for at, size, wide in bumps:
            late = second - at - (away / SPEED)[:, None]
            values += size * np.exp(-((late / wide) ** 2) / 2) * np.exp(-away / 40)[:, None] * 3
    made = torch.from_numpy(values)
    return made, torch.ones_like(made, dtype=torch.bool)


def nearest(found: list[Source], place: Tensor) -> float:
    return min(float((source.place - place)[:2].norm()) for source in found)


def test_one_source_is_where_the_lags_say():
    (source,) = Network(search()).sources(*envelopes(ONE))
    assert nearest([source], ONE) < 1.5
    assert source.residual < 1
    assert not source.at_edge
    assert source.used.sum() >= 4
    first, second = (source.arrivals[n] for n in (0, 5))
    assert float(first - second) == pytest.approx(
        float(straight(*_apart(source.place, 0)) - straight(*_apart(source.place, 5))), abs=1e-6
    )


def _apart(place: Tensor, station: int) -> tuple[Tensor, Tensor, Tensor]:
    return (place - STATIONS[station])[:2].norm(), place[2], STATIONS[station, 2]


def test_two_sources_122_km_apart_are_two():
    found = Network(search()).sources(*envelopes(ONE, OTHER))
    assert nearest(found, ONE) < 3
    assert nearest(found, OTHER) < 3
    assert len(Network(search(sources=1)).sources(*envelopes(ONE, OTHER))) == 1


def test_noise_and_records_that_are_too_short_have_none():
    values, mask = envelopes(noise=1.0)
    assert Network(search()).sources(values, mask) == []
    values, mask = envelopes(ONE)
    mask[:, 140:] = False  # less than half of the window
    assert Network(search()).sources(values, mask) == []


def test_stations_without_record_take_no_part():
    values, mask = envelopes(ONE)
    whole = Network(search()).sources(values, mask)[0]
    near = int(whole.used.nonzero()[0])
    mask[near] = False
    values[near] = 1e9
    (source,) = Network(search()).sources(values.masked_fill(~mask, 0), mask)
    assert not source.used[near]
    assert nearest([source], ONE) < 2


def test_a_source_at_the_side_of_the_box_says_so():
    small = search()
    high = torch.tensor([42.0, 280.0, 60.0]).double()
    cut = Search(STATIONS, small.low, high, BELIEFS, depth=15.0)
    assert all(source.at_edge for source in Network(cut).sources(*envelopes(ONE)))


def test_the_covariance_is_that_of_leaving_out_each_station_by_hand():
    """Of a source heard by few stations: each place found anew from the pairs that are left."""
    seen, number = seen_from(ONE, late=0.5), torch.tensor([100.0]).double()
    low, high = search().low[None], search().high[None]
    place = summit(ONE[None], seen, BELIEFS, number, low, high)
    stations = torch.arange(len(STATIONS))
    found = _jackknife(place, seen, BELIEFS, number, stations, low, high)
    each = []
    for station in range(len(STATIONS)):
        kept = (seen.pairs != station).all(0)
        left = _observed(search(), seen.pairs[:, kept], seen.correlations[0, kept])
        each.append(summit(place, left, BELIEFS, number, low, high)[0].numpy())
    many = len(each)
    by_hand = np.cov(np.array(each).T, bias=True) * (many - 1)
    np.testing.assert_allclose(found.numpy(), by_hand, rtol=1e-3, atol=1e-6)


# The summit ----------------------------------------------------------------------------------------


def seen_from(place: Tensor, late: float = 0.0) -> Observed:
    """Correlations that are Gaussian around the true lags, or around lags that are wrong."""
    pairs = torch.triu_indices(len(STATIONS), len(STATIONS), offset=1)[:, ::7]
    arrivals = (STATIONS - place).norm(dim=1) / SPEED
    lags = torch.arange(-LONGEST, LONGEST + 1).double()
    arrivals = arrivals + late * torch.from_numpy(np.random.default_rng(3).normal(size=len(arrivals)))
    off = lags - (arrivals[pairs[0]] - arrivals[pairs[1]])[:, None]
    return _observed(search(), pairs, 0.8 * torch.exp(-((off / 8) ** 2) / 2))


def test_the_summit_is_that_of_scipy_wherever_it_began():
    seen, number = seen_from(ONE), torch.tensor([100.0]).double()
    low, high = search().low[None], search().high[None]

    def down(place: np.ndarray) -> float:
        return -float(objective(torch.from_numpy(place)[None, None], seen, BELIEFS, number))

    best = minimize(down, ONE.numpy() + 1, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13}).x
    for by in ((0, 0, 0), (4, -3, 5), (-6, 2, -4)):
        found = summit((ONE + torch.tensor(by))[None], seen, BELIEFS, number, low, high)[0]
        assert found.tolist() == pytest.approx(best.tolist(), abs=1e-4)
    assert float(averaged_correlation(found[None, None], seen, straight)) == pytest.approx(0.8, abs=0.01)


def test_the_summit_stays_in_the_box():
    seen, number = seen_from(ONE), torch.tensor([100.0]).double()
    low, high = torch.tensor([[44.0, 20.0, 10.0]]).double(), torch.tensor([[80.0, 60.0, 12.0]]).double()
    found = summit((low + high) / 2, seen, BELIEFS, number, low, high)
    assert bool(((found >= low) & (found <= high)).all())
    assert float(found[0, 0]) == pytest.approx(44.0, abs=0.1)
