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

from seisdsl.methods.signal import blocks, filters
from seisdsl.methods.signal.ringing import SILENT, ringing


def noise(traces: int, length: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(traces, length, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("length", [1, 47, 48, 49, 1000, 150_001])
def test_any_length_is_scipys_recursion(length):
    sections = filters.butterworth("bandpass", (2.0, 8.0), 100.0, 4)
    samples = noise(2, length)
    given = filters.filtered(samples, torch.ones_like(samples, dtype=torch.bool), sections)
    expected = scipy.signal.sosfilt(np.array(sections), samples.numpy())
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-12)


def run_by_run(samples, mask, sections, zero_phase):
    """Every recorded run through scipy's recursion."""
    sos, given = np.array(sections), np.zeros(samples.shape)
    for trace in range(len(samples)):
        at = 0
        for recorded, group in groupby(mask[trace].tolist()):
            end = at + len(list(group))
            if recorded:
                given[trace, at:end] = scipy.signal.sosfilt(sos, samples[trace, at:end].numpy())
                if zero_phase:
                    given[trace, at:end] = scipy.signal.sosfilt(sos, given[trace, at:end][::-1])[::-1]
            at = end
    return given


def holed():
    """Gaps of one sample or many, at any place in a block, and two long runs without one."""
    mask = torch.rand((3, 60_000), generator=torch.Generator().manual_seed(3)) > 0.002
    mask[1, 20_000:20_300] = False
    mask[1, 30_000:], mask[2, 100:40_000] = True, True
    return mask


@pytest.mark.parametrize("zero_phase", [False, True])
@pytest.mark.parametrize("in_cache", [2**17, 2**11])
@pytest.mark.parametrize("mask", [holed(), torch.ones(3, 60_000, dtype=torch.bool)], ids=["gaps", "whole"])
def test_each_run_starts_from_rest_on_any_number_of_tiles(monkeypatch, mask, in_cache, zero_phase):
    monkeypatch.setattr(blocks, "IN_CACHE", in_cache)
    monkeypatch.setattr(blocks, "LONG", 20_000)
    samples = noise(3, 60_000).masked_fill(~mask, 0)
    sections = filters.butterworth("highpass", (0.5,), 100.0, 3)
    given = filters.filtered(samples, mask, sections, zero_phase=zero_phase)
    expected = run_by_run(samples, mask, sections, zero_phase)
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-11)


def test_unrecorded_samples_are_not_read_and_give_zero():
    samples, mask = noise(2, 3000), holed()[:2, :3000]
    sections = filters.butterworth("bandpass", (2.0, 8.0), 100.0, 4)
    clean = filters.filtered(samples.masked_fill(~mask, 0), mask, sections)
    broken = filters.filtered(samples.masked_fill(~mask, torch.nan), mask, sections)
    assert torch.equal(clean, broken)
    assert not clean[~mask].any()


def test_a_single_precision_record_that_is_a_view_stays_as_it_is():
    record = noise(2, 20_000).float()
    samples, before = record[:, ::2], record.clone()
    sections = filters.butterworth("bandpass", (2.0, 8.0), 100.0, 4)
    given = filters.filtered(samples, torch.ones_like(samples, dtype=torch.bool), sections, zero_phase=True)
    assert given.dtype == torch.float32
    assert torch.equal(record, before)
    expected = run_by_run(samples.double(), torch.ones_like(samples), sections, zero_phase=True)
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [(0, 10), (2, 0)])
def test_nothing_gives_nothing(shape):
    samples = torch.zeros(shape)
    sections = filters.butterworth("lowpass", (5.0,), 100.0, 2)
    assert filters.filtered(samples, samples.bool(), sections, zero_phase=True).shape == shape


@pytest.mark.gpu
def test_a_gpu_gives_the_same():
    samples, mask = noise(3, 60_000), holed()
    sections = filters.butterworth("bandpass", (2.0, 8.0), 100.0, 4)
    for zero_phase in (False, True):
        here = filters.filtered(samples, mask, sections, zero_phase=zero_phase)
        there = filters.filtered(samples.cuda(), mask.cuda(), sections, zero_phase=zero_phase)
        torch.testing.assert_close(there.cpu(), here, rtol=0, atol=1e-11)


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
