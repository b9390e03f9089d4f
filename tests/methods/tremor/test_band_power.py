"""Power in bands: all of it is somewhere, nothing leaks from far away, and it does not depend on the piece."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from seisdsl.methods.tremor.band_power import NS, BandPower, band_power

RATE = 25.0
BEGIN = 1_471_219_200 * NS
ONE = [[0, 1, 2]]


def noise(seconds: float, traces: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(traces, round(seconds * RATE))))


def told(
    samples: torch.Tensor, mask: torch.Tensor | None = None, start: int = BEGIN, stations=None
) -> BandPower:
    mask = torch.ones_like(samples, dtype=torch.bool) if mask is None else mask
    return band_power(samples, mask, RATE, start, stations or ONE, band=(2.0, 8.0), bands=6)


def test_the_power_of_all_windows_is_that_of_the_filtered_record() -> None:
    samples = noise(200)
    inside = torch.zeros_like(samples)
    inside[:, 500:4500] = samples[:, 500:4500]
    spectrum = np.abs(np.fft.rfft(inside.numpy())) ** 2 * 2 / inside.shape[1] / RATE
    frequency = np.fft.rfftfreq(inside.shape[1], 1 / RATE)
    found = told(inside, torch.ones_like(inside, dtype=torch.bool)).values[0].sum(-1)
    for number in range(6):
        band = (frequency >= 2 + number) & (frequency < 3 + number)
        assert float(found[number]) == pytest.approx(spectrum[:, band].sum(), rel=0.03)


def test_a_sine_is_in_its_band_and_a_swell_in_none() -> None:
    time = torch.arange(round(120 * RATE), dtype=torch.float64) / RATE
    sine = torch.sin(2 * torch.pi * 4.5 * time).expand(3, -1)
    found = told(sine).values[0].sum(-1)
    assert float(found[2]) == pytest.approx(3 * 120 / 2, rel=0.05)
    assert float(found[[0, 1, 3, 4, 5]].sum()) < 0.01 * float(found[2])
    swell = torch.sin(2 * torch.pi * 0.2 * time).expand(3, -1)
    assert float(told(swell).values.sum()) < 1e-7 * 3 * 120 / 2


def test_windows_are_the_same_in_any_part_of_a_record() -> None:
    samples = noise(120)
    whole = told(samples)
    cut = 333
    part = told(samples[:, cut:], start=BEGIN + round(cut / RATE * NS))
    late = round((part.start - whole.start) / (whole.step * NS))
    assert part.start == whole.start + late * 2 * NS
    torch.testing.assert_close(part.values, whole.values[..., late:])
    middle = BEGIN + 2 * NS
    assert whole.start == middle
    assert int(whole.place(torch.tensor(middle + NS // 100))) == 1


def test_a_window_with_a_gap_is_left_out_and_a_missing_component_stands_for_itself() -> None:
    samples = noise(120)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[:, 1000:1003] = False
    known = told(samples, mask).mask[0]
    assert (~known).nonzero()[:, 0].tolist() == [19, 20]  # of 38 to 42 s and 40 to 44 s
    mask[:] = True
    mask[2] = False
    alone = told(samples[:2], stations=[[0, 1]])
    assert bool(told(samples, mask).mask.all())
    torch.testing.assert_close(told(samples, mask).values, alone.values)


def test_a_dead_component_counts_as_missing_and_nothing_at_all_gives_nothing() -> None:
    samples = noise(40)
    samples[2] = 7.3
    assert bool(told(samples).mask.all())
    torch.testing.assert_close(told(samples).values, told(samples[:2], stations=[[0, 1]]).values)
    samples[:] = 7.3
    assert not bool(told(samples).mask.any())
    assert told(samples[:, :0]).values.shape == (1, 6, 0)
    assert math.isclose(told(samples).step, 2.0)
