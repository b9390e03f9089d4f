"""The inverse filter of an instrument against direct convolution, closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch

from seisdsl.methods.signal.convolution import convolved
from seisdsl.methods.signal.response import deconvolved, impulse, inverse, passed

RUNS = [[0, 0, 5], [0, 40, 2900], [1, 3, 9000], [1, 9001, 9060], [2, 0, 9100]]


@pytest.mark.parametrize("margin", [0, 7])
@pytest.mark.parametrize("reach", [1, 30, 700])
def test_each_run_is_convolved_on_its_own(reach, margin):
    rng = np.random.default_rng(reach)
    samples, kernels = rng.normal(size=(3, 9100)), rng.normal(size=(2, 2 * reach + 1))
    runs = [[*run, number % 2] for number, run in enumerate(RUNS)]
    ends = rng.normal(size=(len(runs), 2))
    given = convolved(*map(torch.tensor, (samples, runs, kernels, ends)), margin)
    expected = np.zeros_like(samples)
    for (trace, start, end, kernel), (before, after) in zip(runs, ends, strict=True):
        longer = np.pad(samples[trace, start:end], reach, constant_values=(before, after))
        filtered = scipy.signal.convolve(longer, kernels[kernel], "valid", method="direct")
        expected[trace, start + margin : max(end - margin, start + margin)] = filtered[
            margin : max(len(filtered) - margin, margin)
        ]
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-10 * np.abs(expected).max())


def test_the_filter_has_the_spectrum_it_is_made_for():
    """A geophone of 1 Hz: between the inner corners filter and response undo each other."""
    rate, reach = 50.0, 3000
    frequencies = torch.linspace(0, rate / 2, 2 * reach + 1, dtype=torch.float64)
    corners = (0.1, 0.2, 18.0, 22.0)

    def geophone(f):
        s = 2j * np.pi * f
        return 400 * s**2 / (s**2 + 2 * 0.7 * 2 * np.pi * s + (2 * np.pi) ** 2)

    weights = passed(frequencies, corners)
    kernel = impulse(inverse(torch.from_numpy(geophone(frequencies.numpy())), 200) * weights, reach)
    assert len(kernel) == 2 * reach + 1
    assert abs(float(kernel.sum())) < 1e-12 * float(kernel.abs().max())
    between = np.linspace(0, rate / 2, 1999)  # mostly not those it was made from
    phases = np.exp(-2j * np.pi * np.outer(between / rate, np.arange(-reach, reach + 1)))
    product = (phases @ kernel.numpy()) * geophone(between)
    expected = passed(torch.from_numpy(between), corners).numpy()
    assert np.abs(product - expected).max() < 2e-3
    inside = (between > 1.2 * corners[1]) & (between < corners[2])
    assert np.abs(product[inside] - 1).max() < 1e-4


def test_the_weights_are_obspys():
    from obspy.signal.invsim import cosine_sac_taper

    frequencies = np.linspace(0, 50, 1001)
    corners = (0.5, 1.0, 20.0, 25.0)
    given = passed(torch.from_numpy(frequencies), corners)
    np.testing.assert_allclose(given, cosine_sac_taper(frequencies, corners), atol=1e-12)


def test_what_lies_below_the_water_keeps_its_phase():
    response = torch.tensor([0, 1e-3j, -0.05, 0.2 + 0.1j, 10 - 3j], dtype=torch.complex128)
    given = inverse(response, 40.0)
    least = abs(10 - 3j) / 100
    for one, value in zip(given.tolist(), response.tolist(), strict=True):
        size = abs(value)
        if size == 0:
            assert one == 0
        else:
            assert one == pytest.approx(1 / (value / size * max(size, least)))


def test_an_offset_leaves_no_trace_and_doubtful_ends_are_not_given():
    samples = torch.full((2, 500), 1e6, dtype=torch.float64)
    runs = torch.tensor([[0, 0, 100, 0], [0, 110, 140, 0], [1, 0, 500, 0]])
    kernel = torch.randn(1, 61, dtype=torch.float64)
    given, mask = deconvolved(samples, runs, kernel - kernel.mean(), 20)
    expected = torch.zeros(2, 500, dtype=torch.bool)
    expected[0, 20:80] = expected[1, 20:480] = True  # the run of 30 samples is too short
    assert torch.equal(mask, expected)
    assert float(given.abs().max()) < 1e-6
