"""Lines with a ramp, against numpy's least squares on one window after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from seisdsl.methods.displacement.setbacks import Setbacks, moments, ramps, setbacks


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def down(days: int, *ramps: tuple[int, int, float]) -> torch.Tensor:
    """Steady motion that is set back from one day to another."""
    day = torch.arange(days, dtype=torch.float64)
    back = [far * ((day - onset) / (end - onset)).clamp(0, 1) for onset, end, far in ramps]
    return (0.2 * day - torch.stack(back).sum(0))[None]


def asked_at(days: int, *onsets: int) -> torch.Tensor:
    asked = torch.zeros(1, days, dtype=torch.bool)
    asked[0, list(onsets)] = True
    return asked


WINDOWS = [(20, 50, 57, 80), (0, 30, 31, 119), (70, 73, 100, 104), (3, 60, 90, 118)]


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_a_ramp_is_what_least_squares_says_with_gaps(scale):
    """With an error from unit noise, or from the misfit where that is larger."""
    values = scale * drawn(2, 120) + 5000 + 2 * torch.arange(120)
    mask = drawn(2, 120, seed=2) > -0.8
    weights = mask * torch.rand(2, 120, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    sums = moments(values, weights)
    for row in range(2):
        for start, onset, end, stop in WINDOWS:
            days = [torch.tensor([day]) for day in (start, onset, end, stop)]
            far, error = ramps(sums, torch.tensor([row]), Setbacks(torch.tensor([row]), *days), 0.1)
            day = np.arange(start, stop + 1)
            root = weights[row, start : stop + 1].sqrt().numpy()
            shape = np.stack([np.ones(len(day)), day - 60, -np.clip((day - onset) / (end - onset), 0, 1)], 1)
            data = values[row, start : stop + 1].numpy() - 5000
            found, left, _, _ = np.linalg.lstsq(root[:, None] * shape, root * data, rcond=None)
            inverse = np.linalg.inv((root[:, None] * shape).T @ (root[:, None] * shape))
            misfit = max(1.0, left[0] / (float(weights[row, start : stop + 1].sum()) - 3))
            assert float(far) == pytest.approx(found[2], rel=1e-5)
            assert float(error) == pytest.approx(math.sqrt(misfit * inverse[2, 2]), rel=1e-5)


def test_a_ramp_with_too_few_days_beside_it_is_not_judged():
    mask = torch.ones(1, 60, dtype=torch.float64)
    mask[0, 36:] = 0
    sums, one = moments(drawn(1, 60), mask), torch.zeros(1, dtype=torch.long)

    def error(onset: int, end: int) -> float:
        days = [torch.tensor([day]) for day in (10, onset, end, 59)]
        return float(ramps(sums, one, Setbacks(one, *days), 3.0)[1])

    assert math.isfinite(error(20, 33)), "days 33, 34 and 35"
    assert error(20, 34) == math.inf
    assert math.isfinite(error(12, 20)), "days 10, 11 and 12"
    assert error(11, 20) == math.inf


def test_onsets_and_ends_are_found_and_a_steady_rate_does_not_matter():
    values = down(300, (60, 67, 18.0), (90, 110, 24.0), (200, 201, 16.0)) + drawn(1, 300)
    weights = torch.ones(1, 300, dtype=torch.float64)
    asked = asked_at(300, 58, 92, 203)
    found = setbacks(asked, values, weights, 30, 4, 3.0)
    assert found.onset.tolist() == pytest.approx([60, 90, 200], abs=1)
    assert found.end.tolist() == pytest.approx([67, 110, 201], abs=2)
    assert int(found.start[1]) == pytest.approx(67, abs=3), "lines begin where the event before ended"
    assert int(found.stop[0]) == pytest.approx(90, abs=3), "and stop where the next begins"
    faster = setbacks(asked, values + 3.0 * torch.arange(300), weights, 30, 4, 3.0)
    assert torch.equal(found.onset, faster.onset)
    assert torch.equal(found.end, faster.end)


def test_what_follows_within_some_days_is_the_same_event():
    values = down(120, (50, 54, 6.0), (56, 60, 6.0)) + 0.3 * drawn(1, 120)
    weights = torch.ones(1, 120, dtype=torch.float64)
    assert len(setbacks(asked_at(120, 50, 56), values, weights, 30, 4, 3.0).row) == 1
    apart = down(120, (40, 44, 6.0), (70, 74, 6.0)) + 0.3 * drawn(1, 120)
    assert len(setbacks(asked_at(120, 40, 70), apart, weights, 30, 4, 3.0).row) == 2


def test_motion_forward_and_days_not_asked_about_are_none():
    weights = torch.ones(1, 120, dtype=torch.float64)
    forward = down(120, (50, 55, -8.0)) + 0.3 * drawn(1, 120)
    assert len(setbacks(asked_at(120, 50), forward, weights, 30, 4, 3.0).row) == 0
    back = down(120, (50, 55, 8.0)) + 0.3 * drawn(1, 120)
    assert len(setbacks(asked_at(120), back, weights, 30, 4, 3.0).row) == 0
