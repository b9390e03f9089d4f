"""Stacks, kinks and chances of slow slip, against plain statistics."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from seisdsl.methods.displacement.slow_slip import (
    Kinks,
    candidates,
    cauchy,
    harmonic,
    lost,
    merged,
    set_back,
    stacked,
    step_evidence,
    stouffer,
)  # fmt: skip


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_stack_has_unit_noise_and_does_not_mind_who_is_missing():
    noise = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)[:, None]
    values = noise * drawn(3, 3000) + torch.tensor([[0.0], [300.0], [-100.0]])
    mask = drawn(3, 3000, seed=2) > -0.5
    stack, weight = stacked(values.masked_fill(~mask, 0), mask, torch.ones(1, 3, dtype=torch.float64))
    left = (stack - stack[weight > 0].mean()) * weight.sqrt()
    assert float(left[weight > 0].std()) == pytest.approx(1.0, rel=0.1)
    assert float(weight.max()) == pytest.approx(1.0)


def test_kinks_of_one_sign_that_are_near_are_one():
    bends = torch.zeros(2, 50, dtype=torch.float64)
    bends[0, [10, 12, 14, 30]] = torch.tensor([-1.0, -3.0, 2.0, -1.0], dtype=torch.float64)
    bends[1, 11] = -1.0
    assert merged(bends, 4.0) == [(0, 12.5, -4.0), (0, 15.0, 2.0), (0, 31.0, -1.0), (1, 12.0, -1.0)]
    assert merged(bends * 0, 4.0) == []


def test_a_sites_chance_is_that_of_its_two_slopes():
    """Against scipy's own fits of the two lines."""
    day = torch.arange(120, dtype=torch.float64)
    values = drawn(4, 120) - 0.3 * (day - 60).clamp_min(0)
    mask = drawn(4, 120, seed=3) > -1
    bends = torch.zeros(1, 118, dtype=torch.float64)
    bends[0, 59] = -1.0
    members = torch.ones(1, 4, dtype=torch.float64)
    stack = stacked(values, mask, members)
    found = candidates(bends, stack, values, mask, members, 4.0, 30.0, 3.0)
    onset = int(found.onset[0])
    assert abs(onset - 60) <= 4
    from seisdsl.methods.displacement.cleaning import scatter

    for site in range(4):
        parts = []
        for first, last in ((30, onset), (onset, 90)):
            own = [d for d in range(first, last + 1) if mask[site, d]]
            line = stats.linregress(own, values[site, own].numpy())
            spread = np.var(own) * len(own)
            parts.append((line.slope, 1 / spread))
        noise = float(scatter(values, mask)[site])
        ratio = (parts[0][0] - parts[1][0]) / (noise * math.sqrt(parts[0][1] + parts[1][1]))
        assert float(found.chance[0, site]) == pytest.approx(max(stats.norm.sf(ratio), 1e-15), rel=1e-6)


def test_a_sites_chance_is_that_of_its_ramp():
    """Against numpy's fit of a line and the ramp that the stack has."""
    values = drawn(3, 120) + 0.1 * torch.arange(120) - 4.0 * ((torch.arange(120) - 60) / 8).clamp(0, 1)
    mask = drawn(3, 120, seed=3) > -1
    bends = torch.zeros(1, 118, dtype=torch.float64)
    bends[0, 61] = -1.0
    members = torch.tensor([[1.0, 1.0, 0.0]], dtype=torch.float64)
    stack = stacked(values, mask, members)
    found = set_back(bends, stack, values, mask, members, 4.0, 30.0, 3.0)
    onset, end = int(found.onset[0]), int(found.end[0])
    assert (onset, end) == (pytest.approx(60, abs=2), pytest.approx(68, abs=4))
    assert bool(found.chance[0, 2].isnan()), "is no member"
    from seisdsl.methods.displacement.cleaning import scatter

    for site in range(2):
        day = np.array([d for d in range(onset - 30, end + 31) if d < 120 and mask[site, d]])
        shape = np.stack([np.ones(len(day)), day, -np.clip((day - onset) / (end - onset), 0, 1)], 1)
        fit, left, _, _ = np.linalg.lstsq(shape, values[site, day].numpy(), rcond=None)
        noise = float(scatter(values, mask)[site])
        spread = max(1.0, left[0] / noise**2 / (len(day) - 3))
        error = noise * math.sqrt(spread * np.linalg.inv(shape.T @ shape)[2, 2])
        assert float(found.slowed[0, site]) == pytest.approx(fit[2], rel=1e-6)
        assert float(found.chance[0, site]) == pytest.approx(
            max(stats.norm.sf(fit[2] / error), 1e-15), rel=1e-5
        )


def test_what_is_lost_adds_up_over_events():
    unknown = torch.full((2, 1), 0.5, dtype=torch.float64)
    days = [torch.tensor(one, dtype=torch.float64) for one in ([2.0, 5.0], [4.0, 6.0])]
    slowed = torch.tensor([[4.0], [1.0]], dtype=torch.float64)
    kinks = Kinks(torch.zeros(2, dtype=torch.long), *days, unknown, slowed)
    assert lost(kinks, 8).tolist() == [[0, 0, 0, 2, 4, 4, 5, 5]]
    assert lost(kinks.some(kinks.onset > 3), 8).tolist() == [[0, 0, 0, 0, 0, 0, 1, 1]]


def test_chances_combined():
    chance = torch.tensor([[0.01, 0.2, 0.5], [0.03, float("nan"), 0.4]], dtype=torch.float64)
    assert harmonic(chance)[0] == pytest.approx(float(stats.hmean([0.01, 0.2, 0.5])))
    weight = np.array([2.0, 1.0, 4.0])
    combined = stouffer(chance, torch.from_numpy(weight))
    assert combined[0] == pytest.approx(stats.combine_pvalues(chance[0], "stouffer", weight).pvalue)
    known = stats.combine_pvalues([0.03, 0.4], "stouffer", weight[[0, 2]])
    assert combined[1] == pytest.approx(known.pvalue)
    deviate = np.mean(np.tan((0.5 - np.array([0.03, 0.4])) * np.pi))
    assert cauchy(chance)[1] == pytest.approx(stats.cauchy.sf(deviate))


def test_akaikes_criterion_of_a_step():
    """Against fits by numpy on one day; steps forward count nothing."""
    values = drawn(2, 80)
    values[0, 40:] -= 4.0
    values[1, 40:] += 4.0
    mask = torch.ones_like(values, dtype=torch.bool)
    fall = step_evidence(values, mask, 20)
    time = np.arange(20, 60) - 39.5
    line = np.stack([np.ones(40), time], 1)
    full = np.concatenate([line, (time > 0)[:, None]], 1)
    left = [
        np.sum(
            (values[0, 20:60].numpy() - a @ np.linalg.lstsq(a, values[0, 20:60].numpy(), rcond=None)[0]) ** 2
        )
        for a in (line, full)
    ]
    assert float(fall[0, 40]) == pytest.approx(40 * math.log(left[0] / left[1]) - 2, rel=1e-9)
    assert abs(int(fall[0].argmax()) - 40) <= 4
    assert float(fall[1, 40]) == 0
