"""Intensity measures against closed forms and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from seisdsl.methods.motion.baseline import levelled
from seisdsl.methods.motion.measures import (
    denser,
    durations,
    horizontal,
    integrated,
    intensity,
    rotated,
)
from seisdsl.methods.motion.oscillator import responses
from seisdsl.methods.motion.spectra import response_durations, spectral_displacement

RATE = 100.0


def plain_filter(f: float) -> float:
    """The JMA's three filters, written as the notification has them."""
    x = f / 10
    high = 1 / math.sqrt(
        1 + 0.694 * x**2 + 0.241 * x**4 + 0.0557 * x**6 + 0.009664 * x**8 + 0.00134 * x**10 + 0.000155 * x**12
    )
    return math.sqrt(1 / f) * high * math.sqrt(1 - math.exp(-((f / 0.5) ** 3)))


@pytest.mark.parametrize("frequency", [0.5, 1.0, 2.0, 7.0])
def test_the_intensity_of_a_tone_is_in_closed_form(frequency):
    """A tone is above a level for a share of each period; 0.3 s altogether of 60."""
    seconds, amplitude = 60.0, 80.0
    t = np.arange(round(seconds * RATE)) / RATE
    fade = np.clip(np.minimum(t, seconds - t) / 5, 0, 1)
    components = np.zeros((1, 3, len(t)))
    components[0, 0] = amplitude * fade * np.sin(2 * np.pi * frequency * t + 0.3)
    reached = amplitude * plain_filter(frequency) * math.cos(math.pi / 2 * 0.3 / (seconds - 10))
    found = float(intensity(torch.as_tensor(components), RATE))
    assert found == pytest.approx(2 * math.log10(reached) + 0.94, abs=0.02)


def test_the_intensity_is_that_of_a_plain_calculation():
    components = np.random.default_rng(1).normal(size=(2, 3, 3000)) * 30
    found = intensity(torch.as_tensor(components), RATE).numpy()
    for own, value in zip(components, found, strict=True):
        size = 5000
        frequency = np.fft.rfftfreq(size, 1 / RATE)
        gain = np.array([plain_filter(f) if f else 0.0 for f in frequency])
        moved = np.fft.irfft(np.fft.rfft(own, size) * gain, size)[:, :3000]
        length = np.sort(np.sqrt((moved**2).sum(0)))[::-1]
        assert value == pytest.approx(2 * math.log10(length[29]) + 0.94, abs=1e-9)


def test_nothing_has_no_intensity():
    assert torch.isnan(intensity(torch.zeros(1, 3, 100), RATE)).all()
    assert torch.isnan(intensity(torch.ones(1, 3, 20), RATE)).all()  # shorter than 0.3 s


@pytest.mark.parametrize("shape", ["round", "straight"])
def test_rotated_motion_is_that_of_every_direction(shape):
    chance = np.random.default_rng(2)
    first = chance.normal(size=(4, 4000))
    second = chance.normal(size=(4, 4000)) if shape == "round" else 0.3 * first
    found = rotated((torch.as_tensor(first), torch.as_tensor(second))).numpy()
    for angle in range(180):
        turned = first * math.cos(math.radians(angle)) + second * math.sin(math.radians(angle))
        np.testing.assert_allclose(found[:, angle], np.abs(turned).max(1), rtol=1e-10, atol=1e-10)


def test_definitions_of_horizontal_motion():
    """Motion in one direction: its median over directions is smaller by the root of two."""
    line = torch.sin(torch.linspace(0, 20, 2000, dtype=torch.float64))[None]
    pair = (3 * line, 4 * line)
    peak = float(line.abs().max())
    assert float(horizontal(pair, "vector")) == pytest.approx(5 * peak)
    assert float(horizontal(pair, "rotd100")) == pytest.approx(5 * peak, rel=1e-4)
    assert float(horizontal(pair, "rotd50")) == pytest.approx(5 * peak * math.sqrt(0.5), rel=1e-2)
    assert float(horizontal(pair, "geometric-mean")) == pytest.approx(math.sqrt(12) * peak)
    assert float(horizontal(pair, "larger")) == pytest.approx(4 * peak)


def test_acceleration_is_integrated():
    t = torch.arange(2000, dtype=torch.float64) / 1000
    found = integrated(torch.cos(7 * t)[None], 1e-3)
    assert float((found[0] - torch.sin(7 * t) / 7).abs().max()) < 1e-5


def test_a_boxcar_of_noise_lasts_92_percent_of_it():
    """From 3 % to 95 % of the energy of 60 s of noise, mean of 40 records."""
    chance = np.random.default_rng(3)
    records = np.zeros((40, 9000))
    records[:, 1500:7500] = chance.normal(size=(40, 6000))
    pair = (torch.as_tensor(records), torch.as_tensor(records))
    lengths = torch.full((40,), 9000)
    found = response_durations(pair, lengths, 0.01, [0.3], 0.05, "geometric-mean", tail=False)
    assert float(found.mean()) == pytest.approx(0.92 * 60, rel=0.03)
    tail = response_durations(pair, lengths, 0.01, [10.0], 0.05, "vector", tail=True)
    none = response_durations(pair, lengths, 0.01, [10.0], 0.05, "vector", tail=False)
    assert (tail >= none).all()


def plain_duration(energy, last, low, high):
    """In samples: trapezoids summed up, and a straight line between samples."""
    passed = np.concatenate([[0], np.cumsum((energy[1 : last + 1] + energy[:last]) / 2)])
    return float(np.diff(np.interp([low * passed[-1], high * passed[-1]], passed, np.arange(last + 1)))[0])


def test_durations_are_those_of_a_plain_sum_and_end_with_the_record():
    chance = np.random.default_rng(5)
    energy = chance.uniform(0.1, 1, size=(4, 97)) ** 3
    energy[:, 0] = 0.0
    lengths = [97, 60, 33, 2]
    blocks = torch.as_tensor(energy[:, 1:]).reshape(4, 3, 32).permute(1, 2, 0)
    found = durations(blocks, torch.tensor(lengths), 0.1, 0.05, 0.95)
    for own, length, seconds in zip(energy, lengths, found.tolist(), strict=True):
        assert seconds == pytest.approx(0.1 * plain_duration(own, length - 1, 0.05, 0.95), rel=1e-9)
    assert torch.isnan(durations(torch.zeros(2, 4, 1), torch.tensor([9]), 0.1, 0.05, 0.95)).all()


def test_a_tone_sampled_more_often_is_the_same_tone():
    t = np.arange(1000) / 100
    fade = np.sin(np.pi * t / t[-1]) ** 4
    tone = torch.as_tensor(fade * np.sin(2 * np.pi * 20 * t))[None]
    finer = denser(tone, 4)[0].numpy()
    s = np.arange(len(finer)) / 400
    expected = np.sin(np.pi * s / t[-1]) ** 4 * np.sin(2 * np.pi * 20 * s)
    assert np.abs(finer - expected).max() < 1e-4
    assert denser(tone, 1) is tone


def test_short_periods_are_followed_in_finer_steps():
    """The peak response at 25 Hz to a tone of 20 Hz, of which 100 Hz gives five samples a period."""
    t = np.arange(2000) / 100
    fine = np.arange(40_000) / 2000

    def tone(at):
        return np.sin(np.pi * at / 20) ** 2 * np.sin(2 * np.pi * 20 * at)

    pair = (torch.as_tensor(tone(t))[None],) * 2
    exact = (torch.as_tensor(tone(fine))[None],) * 2
    found = float(spectral_displacement(pair, 0.01, [0.04], 0.05, "larger", samples=40))
    expected = float(spectral_displacement(exact, 0.0005, [0.04], 0.05, "larger"))
    assert found == pytest.approx(expected, rel=0.01)


def test_the_free_oscillation_behind_a_record_counts():
    """A push in the last sample moves a slow oscillator most a quarter of a period later."""
    record = torch.zeros(1, 500, dtype=torch.float64)
    record[0, -20:] = 1.0
    found = float(spectral_displacement((record, record), 0.01, [4.0], 0.05, "larger"))
    w = 2 * math.pi / 4.0
    assert found == pytest.approx(0.2 / w * math.exp(-0.05 * math.pi / 2), rel=0.02)


@pytest.mark.parametrize(
    ("how", "left"), [("pre-event", "offset"), ("mean", "offset"), ("linear", "trend"), ("none", "")]
)
def test_baselines(how, left):
    chance = torch.Generator().manual_seed(4)
    motion = torch.zeros(1, 2000, dtype=torch.float64)
    motion[0, 1200:] = torch.randn(800, generator=chance, dtype=torch.float64)
    drift = {"offset": 3.0 + 0 * torch.arange(2000), "trend": 2 + 1e-2 * torch.arange(2000), "": 0.0}[left]
    found = levelled(motion + drift, how, 1000)
    assert float((found - motion).abs().max()) < {"pre-event": 1e-12, "none": 1e-12}.get(how, 0.2)


@pytest.mark.parametrize("how", ["vector", "rotd50", "rotd100"])
@pytest.mark.parametrize("shape", ["round", "straight", "short"])
def test_motion_in_all_directions_is_that_of_whole_histories(how, shape):
    """Turned one by one; at least 80 places in a period are within 0.1 % of the crest between them."""
    chance = np.random.default_rng(6)
    count = 50 if shape == "short" else 2500
    fade = np.exp(-(((np.arange(count) - 700) / 300.0) ** 2)) if shape == "round" else 1.0
    first = chance.normal(size=(3, count)) * fade
    second = chance.normal(size=(3, count)) * fade if shape != "straight" else 0.4 * first
    periods, times = [0.1, 0.7, 1.5, 6.0], 10
    pair = (torch.as_tensor(first), torch.as_tensor(second))
    found = spectral_displacement(pair, 0.01, periods, 0.05, how).numpy()
    angles = np.radians(np.arange(180))[:, None]
    at = np.arange((count + 700) * times + 1) / times
    fine = [
        np.stack([np.interp(at, np.arange(count + 700), np.pad(a, (0, 700))) for a in part])
        for part in (first, second)
    ]
    for number, period in enumerate(periods):
        x, y = (
            next(iter(responses(torch.as_tensor(a), [period], 0.05, 0.01 / times, precision=torch.float64)))[
                2
            ]
            .flatten(0, 1)
            .T.numpy()
            for a in fine
        )
        for row in range(3):
            if how == "vector":
                expected = np.hypot(x[row], y[row]).max()
            else:
                turned = np.abs(x[row] * np.cos(angles) + y[row] * np.sin(angles)).max(1)
                expected = turned.max() if how == "rotd100" else np.quantile(turned, 0.5)
            assert found[row, number] == pytest.approx(expected, rel=1e-3)
