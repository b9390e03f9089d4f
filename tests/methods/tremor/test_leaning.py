"""Which class a network leans to by each frequency."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from seisdsl.methods.tremor.leaning import leaning, per_hertz

RATE = 25.0


class ByBand(nn.Module):
    """Three classes; the second has a logit that is the power below 6 Hz, the third that above."""

    def forward(self, rows: Tensor) -> Tensor:
        power = torch.fft.rfft(rows[:, 0]).abs().square() / rows.shape[-1]
        low = torch.fft.rfftfreq(rows.shape[-1], 1 / RATE) < 6
        return torch.stack([power[:, 0] * 0, power[:, low].sum(1), power[:, ~low].sum(1)], 1)


@pytest.mark.parametrize("length", [200, 201])
def test_it_is_what_a_slightly_louder_band_changes(length):
    torch.manual_seed(2)
    body = nn.Sequential(nn.Conv1d(2, 4, 9), nn.Tanh(), nn.AdaptiveAvgPool1d(1), nn.Flatten())
    network = nn.Sequential(body, nn.Linear(4, 3)).double()
    rows = torch.randn(7, 2, length, dtype=torch.float64)
    found = leaning(network, rows, 2, 0, tile=3)
    for low, high in ((0, 1), (20, 60), (90, 101)):
        gain = torch.ones(length // 2 + 1, dtype=torch.float64)
        gain[low:high] = 1 + 1e-5
        louder = torch.fft.irfft(torch.fft.rfft(rows) * gain, length)
        with torch.no_grad():
            before, after = ((out := network(one))[:, 2] - out[:, 0] for one in (rows, louder))
        expected = float((after - before).mean()) / 1e-5
        assert float(found[low:high].sum()) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_a_network_that_goes_by_two_bands_turns_between_them():
    rows = torch.from_numpy(np.random.default_rng(1).normal(size=(20, 1, 500)))
    frequencies, density = per_hertz(leaning(ByBand(), rows, 2, 1), RATE, 1.0)
    turn = float(frequencies[(density > 0).nonzero()[0, 0]])
    assert turn == pytest.approx(6.0, abs=0.1)
    assert bool((density[frequencies < 5.4] < 0).all())
    assert bool((density[frequencies > 6.6] > 0).all())


def test_density_keeps_the_sum_and_a_steady_one_is_steady():
    share = torch.ones(251, dtype=torch.float64)
    share[0] = share[-1] = 0.5  # of half a step
    frequencies, density = per_hertz(share, RATE, 1.0)
    assert (float(frequencies[0]), float(frequencies[-1])) == (0.0, 12.5)
    torch.testing.assert_close(density, torch.full_like(density, 250 / 12.5))
