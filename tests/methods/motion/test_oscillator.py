"""Oscillators against closed forms, scipy's lsim, and the spectrum's own way."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.signal import lsim

from seisdsl.methods.motion.oscillator import (
    BLOCK,
    displacements,
    responses,
    steps,
)

DT = 0.01
SINGLE, DOUBLE = torch.float32, torch.float64


def history(acceleration, period, damping=0.05, dt=DT, velocity=False, precision=DOUBLE):
    """One oscillator's response from the second sample on."""
    given = torch.as_tensor(np.atleast_2d(acceleration))
    parts = responses(given, [period], damping, dt, velocity=velocity, precision=precision)
    return torch.cat([out.clone() for _, _, out in parts]).double().numpy()


def noise(count=5000, records=1, seed=1):
    return np.random.default_rng(seed).normal(size=(records, count))


@pytest.mark.parametrize("damping", [0.005, 0.05, 0.3])
@pytest.mark.parametrize("period", [0.1, 1.0, 10.0])
def test_a_step_moves_it_as_the_closed_form_says(period, damping):
    count = 3000
    w = 2 * math.pi / period
    damped = w * math.sqrt(1 - damping**2)
    t = np.arange(1, count) * DT
    decay = np.exp(-damping * w * t)
    expected = -(1 - decay * (np.cos(damped * t) + damping * w / damped * np.sin(damped * t))) / w**2
    for precision, near in ((DOUBLE, 1e-11), (SINGLE, 1e-6)):
        found = history(np.ones(count), period, damping, precision=precision)[0]
        assert np.abs(found - expected).max() < near * np.abs(expected).max()


def test_a_sine_moves_it_as_the_closed_form_says():
    """At so fine a step that a straight line between samples is a sine to 1e-7."""
    dt, period, damping, frequency = 1e-4, 0.8, 0.05, 1.7
    t = np.arange(40_000) * dt
    w, p = 2 * math.pi / period, 2 * math.pi * frequency
    part = 1 / (w**2 - p**2 + 2j * damping * w * p)  # of -exp(ipt)
    root = complex(-damping * w, w * math.sqrt(1 - damping**2))
    # the free oscillation that makes both displacement and velocity zero at the start
    forced0, forced1 = -part.imag, -(1j * p * part).imag
    free = (-forced1 + root.conjugate() * forced0) / (2j * root.imag)
    expected = -(part * np.exp(1j * p * t)).imag + 2 * (free * np.exp(root * t)).real
    found = history(np.sin(p * t), period, damping, dt)[0]
    assert np.abs(found - expected[1:]).max() < 1e-6 * np.abs(expected).max()


@pytest.mark.parametrize("period", [0.1, 0.9, 12.0])
def test_noise_moves_it_as_lsim_says(period):
    acceleration = noise()[0]
    w = 2 * math.pi / period
    system = ([[0, 1], [-w * w, -0.1 * w]], [[0], [-1]], np.eye(2), [[0], [0]])
    _, expected, _ = lsim(system, acceleration, np.arange(len(acceleration)) * DT)
    for of in (0, 1):
        found = history(acceleration, period, velocity=bool(of))[0]
        assert np.abs(found - expected[1:, of]).max() < 1e-9 * np.abs(expected[:, of]).max()


def test_the_spectrum_gives_the_same():
    """Convolution with what one sample's acceleration does, by FFT."""
    acceleration, period = noise(4000)[0], 0.7
    a, before, after = (part[0].numpy() for part in steps(torch.tensor([period]), 0.05, DT))
    count = len(acceleration)
    powers = np.empty((count, 2, 2))
    powers[0] = np.eye(2)
    for at in range(1, count):
        powers[at] = a @ powers[at - 1]
    kernel = np.zeros(count + 1)
    kernel[:count] += (powers @ after)[:, 0]
    kernel[1:] += (powers @ before)[:, 0]
    spectrum = np.fft.rfft(acceleration, 2 * count) * np.fft.rfft(kernel, 2 * count)
    first = (powers @ after)[:, 0] * acceleration[0]  # before the record there is no line to its first sample
    expected = np.fft.irfft(spectrum, 2 * count)[:count] - first
    found = history(acceleration, period)[0]
    assert np.abs(found - expected[1:]).max() < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("precision", [SINGLE, DOUBLE])
@pytest.mark.parametrize("shape", ["steady", "burst", "one spike", "short"])
def test_the_largest_displacement_is_that_of_the_whole_history(shape, precision):
    records = noise(3001, 7)
    if shape == "burst":
        records *= np.exp(-(((np.arange(3001) - 900) / 200.0) ** 2))
    elif shape == "one spike":
        records = np.zeros((7, 3001))
        records[np.arange(7), np.arange(7) * 300 + 31] = 1.0
    elif shape == "short":
        records = records[:, :40]
    periods = [0.1, 0.31, 1.0, 4.0, 10.0]
    found = displacements(torch.as_tensor(records), periods, 0.05, DT, precision).double().numpy()
    at_rest = -(records.shape[1] - 1) % BLOCK  # samples behind the record, in which it is looked at too
    padded = np.pad(records, ((0, 0), (0, at_rest)))
    for at, period in enumerate(periods):
        expected = np.abs(history(padded, period)).max(1)
        np.testing.assert_allclose(found[:, at], expected, rtol=1e-6 if precision == SINGLE else 1e-10)


def test_records_in_many_tiles_are_the_same(monkeypatch):
    records = torch.as_tensor(noise(700, 9))
    whole = displacements(records, [0.3, 2.0], 0.05, DT)
    monkeypatch.setattr("seisdsl.methods.motion.oscillator.TILE", 60)
    torch.testing.assert_close(displacements(records, [0.3, 2.0], 0.05, DT), whole)


def test_what_is_at_rest_stays_there():
    assert displacements(torch.zeros(2, 100), [1.0], 0.05, DT).tolist() == [[0.0], [0.0]]
