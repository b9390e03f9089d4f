"""Waves as they might also have come, held against what is known of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from obspy import Trace
from obspy.signal.rotate import rotate_ne_rt

from seisdsl.methods.learn.variations import added, amplitude, chance, dead, log_between, moved, turned


def waves(traces: int = 3, length: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    samples = torch.randn(traces, length, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    mask = torch.ones(traces, length, dtype=torch.bool)
    mask[1, 10:15] = False
    return samples.masked_fill(~mask, 0), mask


@pytest.mark.parametrize("late", [-45, -20, -3, 0, 4, 20, 45])
@pytest.mark.parametrize("length", [40, 20, 13])
def test_what_a_shift_brings_in_is_a_gap(late, length):
    samples, mask = waves()
    found, known = moved(samples, mask, late, length)
    first = (40 - length) // 2 - late
    for place in range(length):
        here = first + place
        there = 0 <= here < 40
        assert known[:, place].tolist() == (mask[:, here].tolist() if there else [False] * 3)
        assert found[:, place].tolist() == (samples[:, here].tolist() if there else [0.0] * 3)


def test_turning_is_that_of_obspy():
    samples, _ = waves()
    mask = torch.ones_like(samples, dtype=torch.bool)
    found, known = turned(samples, mask, (1, 2), math.radians(25))
    north, east = (Trace(samples[row].numpy()).data for row in (1, 2))
    radial, transverse = rotate_ne_rt(north, east, 180 - 25)  # from the station to the source
    np.testing.assert_allclose(found[1], radial, atol=1e-12)
    np.testing.assert_allclose(found[2], transverse, atol=1e-12)
    assert torch.equal(found[0], samples[0])
    assert bool(known.all())


def test_a_gap_of_one_horizontal_is_one_of_both_when_turned():
    samples, mask = waves()
    found, known = turned(samples, mask, (1, 2), 1.0)
    assert torch.equal(known[2], mask[1])
    assert torch.equal(known[0], mask[0])
    assert not bool(found[2, 10:15].any())


def test_components_go_missing_as_often_as_asked_but_never_all():
    mask = torch.ones(3, 5, dtype=torch.bool)
    mask[2] = False
    left = torch.stack([dead(mask, 0.5, chance(1, n)).any(-1) for n in range(2000)]).double()
    assert bool((left[:, :2].sum(1) >= 1).all())
    # each stays with 1/2, and where both would go one of them with 1/2 again
    np.testing.assert_allclose(left.mean(0).tolist(), [0.625, 0.625, 0.0], atol=0.045)


def test_noise_is_added_with_its_amplitude_and_its_gaps():
    samples, mask = waves()
    noise, known = waves()
    noise, known = noise.flip(0, 1), known.flip(0, 1)
    found, both = added(samples, mask, noise, known, 2.0)
    assert torch.equal(both, mask & known)
    torch.testing.assert_close(found[both], (samples + 2 * noise)[both])
    assert not bool(found[~both].any())
    counts, _ = added((100 * samples).int(), mask, noise, known, 0.25)
    assert counts.is_floating_point()


def test_amplitude_is_of_what_was_recorded_without_its_level():
    samples, mask = waves()
    rows = [row[own] - row[own].mean() for row, own in zip(samples.numpy(), mask.numpy(), strict=True)]
    expected = np.sqrt(np.mean(np.concatenate(rows) ** 2))
    assert amplitude(samples, mask) == pytest.approx(expected)
    assert amplitude(torch.where(mask, samples + 1e4, 1e9), mask) == pytest.approx(expected)
    assert amplitude(samples, mask & False) == 0


def test_chance_belongs_to_its_key():
    drawn = [log_between(0.5, 8, chance(1, "XX.A", n)) for n in range(2000)]
    assert drawn[7] == log_between(0.5, 8, chance(1, "XX.A", 7)) != log_between(0.5, 8, chance(2, "XX.A", 7))
    assert min(drawn) >= 0.5
    assert max(drawn) <= 8
    assert np.mean(np.array(drawn) < 2) == pytest.approx(0.5, abs=0.045)  # the middle in its logarithm
