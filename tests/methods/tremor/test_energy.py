"""Energy against waves made from a known one; what is too weak or wrong does not decide."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from seisdsl.methods.tremor.band_power import NS, BandPower, band_power
from seisdsl.methods.tremor.energy import Energies, Medium, energies, half_width, in_band, motion

RATE = 25.0
BEGIN = 1_471_219_200 * NS
MEDIUM = Medium(q=150.0, kappa=0.02)
DISTANCE = np.array([15e3, 22e3, 31e3, 42e3, 55e3, 70e3])
JOULES = 3e5
STARTS, LASTS = 250.0, 40.0
GAINS = np.array([0.5, -0.4, 0.2, 0.0, -0.8, 0.5])


def made(noise: float = 0.0, seed: int = 0) -> torch.Tensor:
    """White waves from 2 to 8 Hz of six stations; the energy of what they show is JOULES at each."""
    rng = np.random.default_rng(seed)
    length = round(600 * RATE)
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    inside = (frequency >= 2) & (frequency < 8)
    out = rng.normal(size=(6, 3, length)) * noise
    for row, distance in enumerate(DISTANCE):
        window = np.zeros((3, length))
        first = round((STARTS + distance / MEDIUM.speed) * RATE)
        window[:, first : first + round(LASTS * RATE)] = rng.normal(size=(3, round(LASTS * RATE)))
        source = np.fft.rfft(window) * inside
        loss = np.exp(-np.pi * frequency * (distance / MEDIUM.speed / MEDIUM.q + MEDIUM.kappa))
        power = (np.fft.irfft(source, length) ** 2).sum() / RATE
        scale = math.sqrt(JOULES / power / (4 * math.pi * 2700 * 3500)) / distance * 2 * math.exp(GAINS[row])
        out[row] += np.fft.irfft(source * loss, length) * scale
    return torch.from_numpy(out)


def powers(samples: torch.Tensor, mask: torch.Tensor | None = None) -> BandPower:
    traces = samples.flatten(0, 1)
    known = torch.ones_like(traces, dtype=torch.bool) if mask is None else mask.flatten(0, 1)
    rows = [[3 * n, 3 * n + 1, 3 * n + 2] for n in range(len(samples))]
    return band_power(traces, known, RATE, BEGIN, rows, band=(2.0, 8.0), bands=12)


def told(power: BandPower, medium: Medium = MEDIUM, fewest: int = 3, q_spread: float = 0.0) -> Energies:
    arrival = torch.from_numpy(DISTANCE)[None] / MEDIUM.speed
    begin = BEGIN + ((STARTS - 10 + arrival) * NS).long()
    end = BEGIN + ((STARTS + LASTS + 10 + arrival) * NS).long()
    return energies(
        motion(power, begin, end), torch.from_numpy(DISTANCE)[None], torch.from_numpy(GAINS), power.middles,
        medium, near=10e3, far=80e3, fewest=fewest, q_spread=q_spread,
    )  # fmt: skip


def test_the_energy_that_was_put_in_comes_out_at_every_station() -> None:
    found = told(powers(made(noise=1e-9)))
    assert found.each[0].tolist() == pytest.approx([math.log10(JOULES)] * 6, abs=0.03)
    assert float(found.log10) == pytest.approx(math.log10(JOULES), abs=0.02)
    assert float(found.spread) < 0.03
    assert (int(found.stations), int(found.quiet)) == (6, 0)


def test_noise_is_taken_off_and_stations_that_drown_in_it_are_left_out() -> None:
    found = told(powers(made(noise=1e-7)))
    assert float(found.log10) == pytest.approx(math.log10(JOULES), abs=0.06)
    silent = told(powers(made(noise=1.0)))
    assert torch.isnan(silent.log10).all()
    assert torch.isnan(silent.spread).all()
    assert int(silent.stations) + int(silent.quiet) == 6
    assert int(silent.stations) < 3


def test_one_station_that_is_wrong_changes_little_and_few_give_no_energy() -> None:
    samples = made(noise=1e-9)
    samples[0] *= 30
    assert float(told(powers(samples)).log10) == pytest.approx(math.log10(JOULES), abs=0.03)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[:4] = False
    assert torch.isnan(told(powers(samples, mask)).log10).all()
    two = told(powers(samples, mask), fewest=2)
    assert int(two.stations) == 2
    assert float(two.log10) == pytest.approx(math.log10(JOULES), abs=0.03)


def test_a_gap_in_the_waves_leaves_the_station_out_and_one_in_the_noise_does_not() -> None:
    samples = made(noise=1e-9)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[0, :, round(265 * RATE) : round(275 * RATE)] = False
    mask[1, :, round(160 * RATE) : round(190 * RATE)] = False
    found = told(powers(samples.masked_fill(~mask, 0), mask))
    assert found.each[0].isnan().tolist() == [True, False, False, False, False, False]
    assert float(found.each[0, 1]) == pytest.approx(math.log10(JOULES), abs=0.03)


def test_another_event_beside_it_is_no_noise() -> None:
    samples = made(noise=1e-7)
    samples[:, :, round(200 * RATE) : round(212 * RATE)] += 1e-3 * torch.randn(
        6, 3, round(12 * RATE), generator=torch.Generator().manual_seed(0)
    )
    assert float(told(powers(samples)).log10) == pytest.approx(math.log10(JOULES), abs=0.05)


def test_stations_near_and_far_tell_that_q_is_wrong() -> None:
    power = powers(made(noise=1e-9))
    wrong = Medium(q=MEDIUM.q / 1.5, kappa=MEDIUM.kappa)
    off = float(told(power, wrong).log10) - math.log10(JOULES)
    better = told(power, wrong, q_spread=0.5)
    assert off > 0.3
    assert abs(float(better.log10) - math.log10(JOULES)) < off / 2
    assert float(better.more) < -0.15
    right = told(power, q_spread=0.5)
    assert float(right.log10) == pytest.approx(math.log10(JOULES), abs=0.05)


def test_q_that_grows_with_frequency_takes_off_less_where_it_is_high() -> None:
    frequency, distance = torch.tensor([1.0, 4.0]), torch.tensor([35e3])
    loss = Medium(q=100.0, q_grows=0.5).loss(frequency, distance)[0]
    assert loss.tolist() == pytest.approx([math.exp(2 * math.pi * 0.1), math.exp(2 * math.pi * 4 * 0.1 / 2)])


def test_the_share_of_a_band_is_the_integral_of_brunes_spectrum() -> None:
    def density(f: float) -> float:
        return f**2 / (1 + (f / 2.5) ** 2) ** 2

    expected = quad(density, 2, 8)[0] / quad(density, 0, np.inf)[0]
    assert in_band(2.5, (2.0, 8.0)) == pytest.approx(expected, rel=1e-6)
    assert in_band(2.5, (1e-4, 1e5)) == pytest.approx(1, abs=1e-4)


def test_the_duration_is_the_width_of_the_stacked_power_at_half_its_height() -> None:
    power = powers(made(noise=1e-7))
    arrival = torch.from_numpy(DISTANCE)[None] / MEDIUM.speed
    begin = torch.tensor([BEGIN + 200 * NS])
    first, last = half_width(power, arrival, begin, 200, torch.ones(1, 6, dtype=torch.bool))
    assert float(first) == pytest.approx(STARTS - 200, abs=4)
    assert float(last - first) == pytest.approx(LASTS, abs=6)
