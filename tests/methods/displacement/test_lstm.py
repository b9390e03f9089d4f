"""The network that gives the next day, its scales, and a plain loop as reference for its forecasts."""

from __future__ import annotations

import pytest
import torch

from seisdsl.methods.displacement.lstm import (
    Judge,
    Next,
    Windows,
    ahead,
    by_day,
    first_window,
    interpolated,
    lowest_highest,
    means,
    reach,
    trained,
    widest,
)  # fmt: skip


def test_short_gaps_are_interpolated_and_long_ones_stay():
    values = torch.tensor([[0.0, 1.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 8.0, 0.0]])
    mask = values != 0
    filled, there = interpolated(values, mask, 2)
    assert filled[0, 1:5].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert there[0].int().tolist() == [0, 1, 1, 1, 1, 0, 0, 0, 1, 0]


def test_means_are_of_the_days_that_are_known():
    chance = torch.Generator().manual_seed(1)
    values = torch.randn(3, 40, generator=chance, dtype=torch.float64)
    mask = torch.rand(3, 40, generator=chance) > 0.4
    found, there = means(values.masked_fill(~mask, 99.0), mask, 5)
    for row in range(3):
        for day in range(40):
            own = [float(values[row, d]) for d in range(max(0, day - 4), day + 1) if mask[row, d]]
            assert bool(there[row, day]) == (len(own) >= 2.5)
            if there[row, day]:
                assert float(found[row, day]) == pytest.approx(sum(own) / len(own))


def test_windows_are_whole_with_the_value_after():
    mask = torch.tensor([[1, 1, 1, 0, 1, 1, 1, 1]], dtype=torch.bool)
    rows = torch.arange(8.0).expand(1, 1, 8)
    assert Windows(rows, mask, 2, 1).whole().tolist() == [[0, 0], [0, 4], [0, 5]]
    assert Windows(rows, mask, 1, 4).whole().tolist() == [[0, 0], [0, 1], [0, 2]], "the fourth day is missing"
    window, following = Windows(rows, mask, 2, 3).read(torch.tensor([[0, 1]]))
    assert window.tolist() == [[[1.0, 4.0]]]
    assert following.tolist() == [[7.0]]


@pytest.mark.parametrize("change", [False, True])
def test_each_value_is_forecast_from_the_window_before_it(change):
    torch.manual_seed(1)
    network = Next(4, 2, change).eval()
    rows = torch.rand(3, 2, 6)
    found = ahead(network, rows, 5, tile=2)
    with torch.no_grad():
        for row in range(3):
            record = rows[row]
            for _ in range(5):
                record = torch.cat([record, network(record[None, :, -6:])[0, :, None]], 1)
            assert torch.allclose(found[row], record[:, 6:], atol=1e-6)


def test_a_network_of_changes_does_not_feel_where_the_series_is():
    torch.manual_seed(1)
    network = Next(4, 2, True).eval()
    rows = torch.rand(3, 2, 6)
    with torch.no_grad():
        assert torch.allclose(network(rows + 5), network(rows) + 5, atol=1e-5)


@pytest.mark.parametrize("step", [1, 4, 5])
def test_a_straight_line_stays_one_from_means_to_days(step):
    day = torch.arange(60, dtype=torch.float64)
    averaged, _ = means(2 * day[None], torch.ones(1, 60, dtype=torch.bool), step)
    blocks = averaged[:, step - 1 :: step][:, : 40 // step]
    begin = step * (20 // step)
    found = by_day(blocks[:, begin // step :], blocks[:, begin // step - 1], step, 12)
    assert found[0].tolist() == pytest.approx((2 * day[begin : begin + 12]).tolist())


def test_a_judge_counts_what_is_known_after_the_first_window():
    rows = torch.arange(12.0).expand(2, 1, 12).clone()
    mask = torch.ones(2, 12, dtype=torch.bool)
    mask[0, 8] = False
    mask[1, 2] = False
    judge = Judge.of(Windows(rows, mask, 4, 1), torch.tensor([0, 1]), torch.full((2, 1), 3.0))
    assert len(judge.rows) == 1, "the first window of the other has a gap"

    class Stays(Next):
        def forward(self, windows):
            return windows[..., -1]

    ahead_of = [day - 3 for day in range(4, 12) if day != 8]
    assert judge.error(Stays(1, 1, True)) == pytest.approx(3 * sum(ahead_of) / len(ahead_of))


def test_a_scale_of_the_first_window_knows_nothing_of_later():
    values = torch.arange(40, dtype=torch.float64)[None] * 2
    later = values.clone()
    later[:, 20:] += 1000
    mask = torch.ones_like(values, dtype=torch.bool)
    begin, motion = first_window(values, mask, 20)
    assert [float(begin), float(motion)] == [4.0, 20.0], "the median of the last fifteen days"
    assert [x.tolist() for x in first_window(later, mask, 20)] == [begin.tolist(), motion.tolist()]
    noise = torch.tensor([2.0], dtype=torch.float64)
    far = reach(values, mask, begin, 20, noise)
    assert float(far) == pytest.approx((34**2 + 10**2) ** 0.5)
    assert torch.equal(far, reach(later, mask, begin, 20, noise))
    assert widest(values, mask, begin, far, torch.tensor([True])) == pytest.approx(74 / float(far))
    assert [float(x) for x in lowest_highest(values, mask)] == [0.0, 78.0]


@pytest.mark.parametrize("change", [False, True])
def test_it_learns_a_decay_and_the_same_seed_gives_the_same_weights(change):
    day = torch.arange(200.0)
    decays = [0.1 + 0.8 * (1 - torch.exp(-day / tau)) for tau in (30.0, 45.0, 60.0, 90.0)]
    series = torch.stack(decays)[:, None]
    windows = Windows(series, torch.ones(4, 200, dtype=torch.bool), 20, 1)
    early = Windows(series[..., :120], windows.mask[:, :120], 20, 1)
    judge = Judge.of(windows, torch.arange(4), torch.ones(4, 1))
    weights, before = [], 0.0
    for _ in range(2):
        torch.manual_seed(3)
        network = Next(8, 1, change)
        before = judge.error(network.eval())
        history = trained(
            network, early, early.whole(), judge, epochs=12, batch=32, each=512, rate=0.01, seed=4
        )
        weights.append(network.state_dict())
    assert min(row["valid_loss"] for row in history) < 0.3 * before
    assert judge.error(network) == min(row["valid_loss"] for row in history), "the best pass is kept"
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
