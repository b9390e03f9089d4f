"""The network that gives the next day, its scales, and a plain loop as reference for its forecasts."""

from __future__ import annotations

import pytest
import torch

from seisdsl.methods.displacement.lstm import (
    NextDay,
    ahead,
    first_window,
    interpolated,
    lowest_highest,
    trained,
    widest,
    windows_of,
)  # fmt: skip


def test_short_gaps_are_interpolated_and_long_ones_stay():
    values = torch.tensor([[0.0, 1.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 8.0, 0.0]])
    mask = values != 0
    filled, there = interpolated(values, mask, 2)
    assert filled[0, 1:5].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert there[0].int().tolist() == [0, 1, 1, 1, 1, 0, 0, 0, 1, 0]


def test_windows_are_whole_with_the_day_after():
    mask = torch.tensor([[1, 1, 1, 0, 1, 1, 1, 1]], dtype=torch.bool)
    assert windows_of(mask, 2).tolist() == [[0, 0], [0, 4], [0, 5]]


def test_each_day_is_forecast_from_the_window_before_it():
    torch.manual_seed(1)
    network = NextDay(4).eval()
    rows = torch.rand(3, 6)
    found = ahead(network, rows, 5, tile=2)
    with torch.no_grad():
        for row in range(3):
            record = rows[row].tolist()
            for _ in range(5):
                record.append(float(network(torch.tensor([record[-6:]]))))
            assert found[row].tolist() == pytest.approx(record[6:], abs=1e-6)


def test_a_scale_of_the_first_window_knows_nothing_of_later():
    values = torch.arange(40, dtype=torch.float64)[None] * 2
    later = values.clone()
    later[:, 20:] += 1000
    mask = torch.ones_like(values, dtype=torch.bool)
    first, second = (first_window(v, mask, 20, torch.ones(1)) for v in (values, later))
    assert [a.tolist() for a in first] == [b.tolist() for b in second]
    assert bool(first[2])
    assert not bool(first_window(values * 0.01, mask, 20, torch.ones(1))[2]), "it does not stand out"
    assert widest(values, mask, *first) == pytest.approx((78 - 4) / (float(first[1])), rel=1e-6)
    assert [float(x) for x in lowest_highest(values, mask)] == [0.0, 78.0]


def test_it_learns_a_decay_and_the_same_seed_gives_the_same_weights():
    day = torch.arange(200.0)
    series = torch.stack([0.1 + 0.8 * (1 - torch.exp(-day / tau)) for tau in (30.0, 45.0, 60.0, 90.0)])
    places = windows_of(torch.ones(4, 120, dtype=torch.bool), 20)
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        network = NextDay(8)
        history = trained(
            network, series, places, places, 20, epochs=12, batch=32, each=256, rate=0.01, patience=12, seed=4
        )
        weights.append(network.state_dict())
    assert history[-1]["valid_loss"] < 0.3 * history[0]["valid_loss"]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
