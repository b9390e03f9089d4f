"""A burst is cut down to what lasts around it; what lasts stays, and so do gaps."""

from __future__ import annotations

import numpy as np
import torch

from seisdsl.methods.locate.bursts import capped


def test_it_is_the_running_median_that_limits():
    chance = np.random.default_rng(1)
    values = torch.from_numpy(chance.lognormal(0, 1, (2, 3, 200)))
    mask = torch.from_numpy(chance.random((2, 3, 200)) < 0.9)
    found = capped(values * mask, mask, 1.5, around=21)
    for window in range(2):
        for station in range(3):
            for second in range(200):
                near = slice(max(second - 10, 0), second + 11)
                own = sorted(values[window, station, near][mask[window, station, near]].tolist())
                limit = 1.5 * own[(len(own) - 1) // 2]
                expected = (
                    min(values[window, station, second].item(), limit) * mask[window, station, second].item()
                )
                assert abs(found[window, station, second].item() - expected) < 1e-12


def test_an_earthquake_goes_and_tremor_stays():
    envelope = torch.ones(1, 1, 300)
    envelope[..., 100:200] = 3
    tremor = envelope.clone()
    envelope[..., 140:160] = 100
    mask = torch.ones(1, 1, 300, dtype=torch.bool)
    assert capped(envelope, mask, 2.0).max() == 6
    assert torch.equal(capped(tremor, mask, 2.0)[..., 120:180], tremor[..., 120:180])
