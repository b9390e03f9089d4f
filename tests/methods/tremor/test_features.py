"""Three numbers of a window, of windows made by hand."""

from __future__ import annotations

import math

import pytest
import torch

from seisdsl.methods.tremor.features import features

FREQUENCIES = torch.arange(65, dtype=torch.float64) / 5.12
STEP = 2.56


def flat(frames: int = 64, components: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    power = torch.ones(1, components, 65, frames, dtype=torch.float64)
    return power, torch.ones(1, components, frames, dtype=torch.bool)


def of(power: torch.Tensor, known: torch.Tensor) -> list[float]:
    return features(power, known, FREQUENCIES, STEP)[0].tolist()


def test_of_a_flat_spectrum():
    centroid, ratio, duration = of(*flat())
    assert centroid == pytest.approx(6.5, abs=0.1)
    assert ratio == pytest.approx(0.0, abs=1e-6)
    assert duration == pytest.approx(math.log10(STEP))  # no frame lasts


def test_a_burst_lasts_as_long_as_it_does():
    power, known = flat()
    low = (FREQUENCIES >= 2) & (FREQUENCIES < 8)
    power[:, :, low, 10:30] = 5.0
    centroid, ratio, duration = of(power, known)
    assert duration == pytest.approx(math.log10(21 * STEP))
    assert ratio == pytest.approx(math.log10((44 + 20 * 5) / 64))
    assert centroid < 6.0


def test_gain_moves_nothing():
    chance = torch.Generator().manual_seed(1)
    power, known = torch.rand(4, 3, 65, 64, generator=chance) + 0.1, torch.ones(4, 3, 64, dtype=torch.bool)
    one, other = (features(power * gain, known, FREQUENCIES, STEP) for gain in (1.0, 1e-18))
    torch.testing.assert_close(one, other)


def test_gaps_and_missing_components_count_nothing():
    chance = torch.Generator().manual_seed(1)
    power, known = torch.rand(1, 3, 65, 64, generator=chance) + 0.1, torch.ones(1, 3, 64, dtype=torch.bool)
    alone = features(power[:, :1], known[:, :1], FREQUENCIES, STEP)
    lacking = known.clone()
    lacking[:, 1] = False  # not recorded
    dead = power.clone()
    dead[:, 2] = 0  # recorded, and nothing but zeros
    dead[:, 1] = 77.0
    torch.testing.assert_close(features(dead, lacking, FREQUENCIES, STEP), alone)
    gap = known.clone()
    gap[..., 20:40] = False
    cut = torch.cat([power[..., :20], power[..., 40:]], -1)
    filled = power.masked_fill(~gap[:, :, None], 9e9)
    torch.testing.assert_close(
        features(filled, gap, FREQUENCIES, STEP), features(cut, known[..., :44], FREQUENCIES, STEP)
    )


def test_of_nothing_nothing_is_said():
    power, known = flat()
    assert of(power * 0, known) == [0, 0, 0]
    assert of(power, ~known) == [0, 0, 0]
