"""The block form of recursive filters against scipy's recursion, in extended precision where it tells."""

from __future__ import annotations

import math
import os
from itertools import groupby
from pathlib import Path

import numpy as np
import obspy
import pytest
import scipy.signal
import torch

from seisdsl.methods.signal import filters
from seisdsl.methods.signal.ringing import SILENT, ringing


def noise(traces: int, length: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(traces, length, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("length", [1, 63, 64, 65, 1000, 150_001])
def test_any_length_is_scipys_recursion(length):
    sections = filters.butterworth("bandpass", (2.0, 8.0), 100.0, 4)
    samples = noise(2, length)
    given = filters.filtered(samples, torch.ones_like(samples, dtype=torch.bool), sections)
    expected = scipy.signal.sosfilt(np.array(sections), samples.numpy())
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-12)


def test_each_of_many_runs_starts_from_rest():
    """Gaps of one sample or many, at any place in a block, over more than one tile of blocks."""
    samples = noise(3, 60_000)
    sections = filters.butterworth("highpass", (0.5,), 100.0, 3)
    mask = torch.rand(samples.shape, generator=torch.Generator().manual_seed(3)) > 0.002
    mask[1, 20_000:20_300] = False
    given = filters.filtered(samples.masked_fill(~mask, 0), mask, sections)
    for trace in range(3):
        at = 0
        for recorded, group in groupby(mask[trace].tolist()):
            end = at + len(list(group))
            expected = scipy.signal.sosfilt(np.array(sections), samples[trace, at:end].numpy()) * recorded
            np.testing.assert_allclose(given[trace, at:end], expected, rtol=0, atol=1e-12)
            at = end


EXTREME = [
    ("bandpass", (0.01, 0.05), 4),
    ("bandpass", (0.005, 0.006), 4),
    ("bandpass", (0.1, 45.0), 4),
    ("lowpass", (0.001,), 8),
    ("highpass", (0.001,), 5),
    ("lowpass", (49.9,), 6),
]


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="no extended precision on this platform")
@pytest.mark.parametrize(("kind", "edges", "corners"), EXTREME)
def test_extreme_corners_lose_no_more_than_the_recursion_does(kind, edges, corners):
    sections = np.array(filters.butterworth(kind, edges, 100.0, corners))
    samples = noise(1, 100_000) + 1000
    exact = scipy.signal.sosfilt(sections.astype(np.longdouble), samples.numpy().astype(np.longdouble))
    recursion = scipy.signal.sosfilt(sections, samples.numpy())
    mask = torch.ones_like(samples, dtype=torch.bool)
    given = filters.filtered(samples, mask, filters.butterworth(kind, edges, 100.0, corners)).numpy()
    ours, theirs = (abs(result - exact).max() / abs(exact).max() for result in (given, recursion))
    assert ours <= max(theirs, 1e-13)


@pytest.mark.parametrize("factor", [2, 3, 7, 16])
def test_the_filter_before_decimation_is_obspys(factor):
    samples = noise(1, 5000)
    from obspy.signal.filter import lowpass_cheby_2

    mask = torch.ones_like(samples, dtype=torch.bool)
    given = filters.filtered(samples, mask, filters.anti_alias(factor))
    expected = lowpass_cheby_2(samples[0].numpy(), 50.0 / factor, 100.0)
    np.testing.assert_allclose(given[0], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("corners", [1, 2, 4, 8])
@pytest.mark.parametrize(
    ("low", "high"),
    [(2.0, 8.0), (1.0, 1.1), (45.0, 49.9), (0.1, 30.0), (0.0, 1.0), (0.0, 49.5), (1.0, math.inf)],
)
def test_a_filter_is_silent_after_it_rang(corners, low, high):
    """What any input that ends leaves behind at most, and not asked for much too long."""
    edges = tuple(edge for edge in (low, high) if 0 < edge < math.inf)
    kind = "bandpass" if len(edges) == 2 else "highpass" if low else "lowpass"
    samples = round(ringing(100.0, corners, low, high) * 100)
    impulse = np.zeros(2 * samples + 100)
    impulse[0] = 1
    response = scipy.signal.sosfilt(np.array(filters.butterworth(kind, edges, 100.0, corners)), impulse)
    left = abs(response)[::-1].cumsum()[::-1]
    loud = np.count_nonzero(left > SILENT)
    assert loud <= samples < 1.2 * loud + 2


def test_a_real_record_with_gaps_is_as_obspy_filters_it():
    folder = os.environ.get("SEISDSL_TEST_DATA")
    if not folder:
        pytest.skip("SEISDSL_TEST_DATA is unset")
    path = Path(folder) / "waveforms/aegean-gaps/aegean_sea_example.mseed"
    sections_at = {}
    for run in obspy.read(str(path), format="MSEED").split():
        rate = run.stats.sampling_rate
        sections = sections_at.setdefault(rate, filters.butterworth("bandpass", (0.05, 0.4 * rate), rate, 4))
        samples = torch.from_numpy(run.data.astype(np.float64))[None]
        given = filters.filtered(samples, torch.ones_like(samples, dtype=torch.bool), sections)
        run.filter("bandpass", freqmin=0.05, freqmax=0.4 * rate, corners=4)
        np.testing.assert_allclose(given[0], run.data, rtol=0, atol=1e-6 * abs(run.data).max())
