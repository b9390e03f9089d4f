"""Oscillators against closed forms, scipy's lsim, and the spectrum's own way."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.signal import lsim

from seisdsl.methods.motion.oscillator import motion, pushes, responses, steps
from seisdsl.methods.motion.peaks import displacements
from seisdsl.methods.motion.reach import bounds, energies, loudness, reach_of

DT = 0.01
SINGLE, DOUBLE = torch.float32, torch.float64


def history(acceleration, period, damping=0.05, dt=DT, velocity=False, precision=DOUBLE):
    """One oscillator's response from the second sample on."""
    given = torch.as_tensor(np.atleast_2d(acceleration))
    parts = responses(given, [period], damping, dt, velocity=velocity, precision=precision)
    whole = torch.cat([out.flatten(0, 1).T for _, _, out in parts]).double().numpy()
    return whole[:, : given.shape[1] - 1]


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


def between_samples(acceleration, times):
    """The same straight lines, sampled more often."""
    count = acceleration.shape[1]
    at = np.arange((count - 1) * times + 1) / times
    return np.stack([np.interp(at, np.arange(count), one) for one in acceleration])


@pytest.mark.parametrize("precision", [SINGLE, DOUBLE])
@pytest.mark.parametrize("shape", ["steady", "burst", "one spike", "short", "slow"])
def test_the_largest_displacement_is_that_of_the_whole_history(shape, precision):
    """Between samples too: followed in steps 64 times as fine, whose crests are within 1e-5."""
    records = noise(3001, 7)
    if shape == "burst":
        records *= np.exp(-(((np.arange(3001) - 900) / 200.0) ** 2))
    elif shape == "one spike":
        records = np.zeros((7, 3001))
        records[np.arange(7), np.arange(7) * 300 + 31] = 1.0
    elif shape == "short":
        records = records[:, :40]
    elif shape == "slow":
        records = np.cumsum(records, axis=1)
    periods = [0.1, 0.31, 0.97, 1.0, 1.95, 4.0, 10.0]
    found = displacements(torch.as_tensor(records), periods, 0.05, DT, precision).double().numpy()
    at_rest = -(records.shape[1] - 1) % 64  # samples behind the record, in which it is looked at too
    finer = between_samples(np.pad(records, ((0, 0), (0, at_rest))), 64)
    for at, period in enumerate(periods):
        expected = np.abs(history(finer, period, dt=DT / 64)).max(1)
        np.testing.assert_allclose(found[:, at], expected, rtol=1.5e-5)


@pytest.mark.parametrize("period", [0.1, 0.7, 1.3, 5.0])
@pytest.mark.parametrize("block", [32, 64])
def test_nothing_moves_an_oscillator_out_of_its_reach(period, block):
    records = np.concatenate(
        [noise(641, 5), 10 * np.sin(np.arange(641) / period / 16)[None], np.eye(1, 641, 77)]
    )
    own, samples = torch.tensor([period], dtype=DOUBLE), torch.as_tensor(records).T.contiguous()
    forced, free = pushes(own, 0.05, DT, block)
    moved = np.pad(history(records, period), ((0, 0), (1, 0)))
    speed = np.pad(history(records, period, velocity=True), ((0, 0), (1, 0)))
    w = 2 * math.pi / period
    states = np.stack([moved / 2, (-0.05 * w * moved - speed) / (2 * w * math.sqrt(1 - 0.05**2))])[
        ..., ::block
    ]
    given = (
        torch.as_tensor(states).permute(2, 0, 1)[:, :, None].contiguous()
    )  # [place, part, oscillator, record]
    reach = reach_of(forced, free, DOUBLE)
    into = torch.empty(1, 640 // block, len(records), dtype=DOUBLE)
    found = bounds(given, loudness(samples, energies(samples, block), reach.felt), reach, into)[0]
    largest = np.abs(moved[:, 1:]).reshape(len(records), -1, block).max(2).T
    assert (found.numpy() >= largest * (1 - 1e-12)).all()
    assert (found.numpy() < 0.95 * found.numpy().max()).any()  # it tells blocks from each other


def test_a_finer_look_into_a_block_is_that_of_finer_samples():
    own = torch.tensor([0.3], dtype=DOUBLE)
    acceleration = noise(33)[0]
    found = motion(*pushes(own, 0.05, DT, 32, 8))[0, :, :33].numpy() @ acceleration
    expected = history(between_samples(acceleration[None], 8), 0.3, dt=DT / 8)[0]
    np.testing.assert_allclose(found[1:], expected, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("period", [0.11, 0.8, 3.0])
def test_crests_between_samples_are_found(period):
    """A free oscillation behind a push: it is in closed form."""
    record = np.zeros((1, 4000))
    record[0, 1] = 1.0
    w = 2 * math.pi / period
    damped = w * math.sqrt(1 - 0.05**2)
    d, v = history(record[:, :4], period)[0, 1], history(record[:, :4], period, velocity=True)[0, 1]
    t = np.linspace(0, period, 200_001)
    decay = np.exp(-0.05 * w * t)
    crest = np.abs(decay * (d * np.cos(damped * t) + (v + 0.05 * w * d) / damped * np.sin(damped * t))).max()
    found = float(displacements(torch.as_tensor(record), [period], 0.05, DT, DOUBLE))
    assert found == pytest.approx(crest, rel=1e-7)


def test_records_in_many_tiles_are_the_same(monkeypatch):
    records = torch.as_tensor(noise(700, 9))
    whole = displacements(records, [0.3, 1.5, 2.0], 0.05, DT)
    monkeypatch.setattr("seisdsl.methods.motion.oscillator.TILE", 60)
    monkeypatch.setattr("seisdsl.methods.motion.reach.AT_ONCE", 3)
    torch.testing.assert_close(displacements(records, [0.3, 1.5, 2.0], 0.05, DT), whole)


def test_what_is_at_rest_stays_there():
    assert displacements(torch.zeros(2, 100), [1.0], 0.05, DT).tolist() == [[0.0], [0.0]]
    assert displacements(torch.zeros(0, 100), [1.0, 2.0], 0.05, DT).shape == (0, 2)
