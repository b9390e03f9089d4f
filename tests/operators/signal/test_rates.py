from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.waves import Channel, Waves
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.decimate import Decimate
from seisdsl.operators.signal.resample import Resample

TONES = (0.31, 1.7, 3.9)  # Hz


def tones(times):
    """A signal with a large offset, known at any time."""
    return 5000 + sum(np.cos(2 * np.pi * f * times + f) for f in TONES)


def waves_of(rate: float, seconds: float, offset: int = 0) -> Waves:
    times = np.arange(round(seconds * rate)) / rate + offset / 1e9
    samples = torch.from_numpy(tones(times))[None]
    mask = torch.ones(samples.shape, dtype=torch.bool)
    return Waves(samples, mask, rate, 0, (Channel("XX", "A", "", "HHZ"),), (offset,))


@pytest.mark.parametrize("factor", [2, 5, 16])
def test_decimation_is_obspys(factor, record):
    given = Decimate(factor=factor).apply(record)
    assert given.rate == 100 / factor
    for ours, run in zip(given.to_obspy(), record.to_obspy(), strict=True):
        run.decimate(factor)
        assert ours.stats.starttime == run.stats.starttime
        np.testing.assert_allclose(ours.data, run.data, rtol=0, atol=1e-9 * abs(run.data).max())


def test_decimation_keeps_gaps_and_the_common_grid(gappy):
    given = Decimate(factor=5).apply(gappy)
    assert torch.equal(given.mask, gappy.mask[:, ::5])
    assert not given.samples[~given.mask].any()
    after_gap = gappy.to_obspy()[1].filter("lowpass_cheby_2", freq=10.0, maxorder=12)
    np.testing.assert_allclose(given.samples[0, 152:300], after_gap.data[0::5], atol=1e-7)


def test_too_much_at_once_is_refused(record):
    for factor in (1, 17):
        with pytest.raises(Unsuitable, match=f"found {factor}"):
            Decimate(factor=factor).facts(Facts(rate=100.0))
        with pytest.raises(Unsuitable, match=f"found {factor}"):
            Decimate(factor=factor).apply(record)
    assert Decimate(factor=4).facts(Facts(rate=100.0)).rate == 25.0


@pytest.mark.parametrize("old", [12.5, 20.0, 100.0, 99.9967])
@pytest.mark.parametrize("new", [10.0, 12.8, 25.0, 40.0])
def test_tones_are_the_same_at_any_rate(old, new):
    given = Resample(rate=new).apply(waves_of(old, 60.0))
    times = np.arange(given.length) / new
    inside = (times > 45 / min(old, new)) & (times < 60 - 45 / min(old, new))
    assert given.mask[0, inside].all()
    np.testing.assert_allclose(given.samples[0, inside], tones(times)[inside], rtol=0, atol=3e-6)


def test_what_the_new_rate_cannot_hold_is_gone():
    waves = waves_of(100.0, 60.0)
    high = np.cos(2 * np.pi * 10.4 * np.arange(6000) / 100)
    given = Resample(rate=20.0).apply(replace(waves, samples=waves.samples + torch.from_numpy(high)))
    inside = slice(60, -60)
    times = np.arange(given.length) / 20
    np.testing.assert_allclose(given.samples[0, inside], tones(times)[inside], rtol=0, atol=3e-6)


def test_traces_between_grid_points_come_to_lie_on_it():
    given = Resample(rate=100.0).apply(waves_of(100.0, 20.0, offset=-3_300_000))
    assert given.offsets == (0,)
    times = np.arange(given.length) / 100
    np.testing.assert_allclose(given.samples[0, 60:-60], tones(times)[60:-60], rtol=0, atol=3e-6)
    assert not given.mask[0, -1]  # the last old sample lies before the grid's last time


@pytest.mark.parametrize("new", [25.0, 40.0, 250.0])
def test_each_run_is_resampled_as_if_it_were_alone(gappy, new):
    given = Resample(rate=new).apply(gappy)
    times = np.arange(given.length) / new
    held = torch.zeros_like(given.mask)
    for trace, start, end in gappy.segments().tolist():
        inside = torch.from_numpy((times >= start / 100 - 1e-9) & (times <= (end - 1) / 100 + 1e-9))
        held[trace] |= inside
        alone = torch.zeros_like(gappy.mask)
        alone[trace, start:end] = True
        other = torch.where(alone, gappy.samples, 1e9)  # what is not of the run cannot matter
        part = Resample(rate=new).apply(replace(gappy, samples=other, mask=alone))
        assert torch.equal(part.samples[trace, inside], given.samples[trace, inside])
    assert torch.equal(given.mask, held)
    assert not given.samples[~given.mask].any()


def test_a_constant_stays_one_to_the_ends_of_every_run(gappy):
    flat = gappy.with_samples(torch.full_like(gappy.samples, 123456.0))
    for rate in (12.8, 40.0, 99.9967, 250.0):
        given = Resample(rate=rate).apply(flat)
        assert given.mask.any()
        torch.testing.assert_close(
            given.samples[given.mask], torch.full_like(given.samples[given.mask], 123456.0)
        )


def test_the_same_rate_changes_nothing(record):
    assert Resample(rate=100.0).apply(record) is record
    assert Resample(rate=20.0).facts(Facts(rate=100.0)).rate == 20.0
    with pytest.raises(Unsuitable, match="above 0 Hz"):
        Resample(rate=0.0).facts(Facts())
