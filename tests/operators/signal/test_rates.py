from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import scipy.signal
import torch

from seisdsl.data.waves import Channel, Waves
from seisdsl.methods.signal.filters import anti_alias
from seisdsl.methods.signal.ringing import SILENT
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.decimate import RINGING, Decimate
from seisdsl.operators.signal.resample import Resample

TONES = (0.31, 1.7, 3.9)  # Hz


def tones(times):
    """A signal with a large offset, known at any time."""
    return 5000 + sum(np.cos(2 * np.pi * f * times + f) for f in TONES)


def waves_of(rate: float, seconds: float, late: int = 0, start: int = 0) -> Waves:
    """`late` is in nanoseconds, `start` the number of the first sample since 1970."""
    times = (start + np.arange(round(seconds * rate))) / rate + late / 1e9
    samples = torch.from_numpy(tones(times))[None]
    mask = torch.ones(samples.shape, dtype=torch.bool)
    lateness = (((0, late),),) if late else ()
    begin = round(start * 1e9 / rate)
    return Waves(samples, mask, rate, begin, (Channel("XX", "A", "", "HHZ"),), lateness)


@pytest.mark.parametrize("factor", [2, 5, 16])
def test_decimation_is_obspys_at_whole_multiples_of_the_new_interval(factor, record):
    given = Decimate(factor=factor).apply(record)
    assert given.rate == 100 / factor
    ahead = -record.first % factor
    assert given.first * factor == record.first + ahead
    for ours, run in zip(given.to_obspy(), record.to_obspy(), strict=True):
        run.filter("lowpass_cheby_2", freq=50 / factor, maxorder=12)
        assert ours.stats.starttime == run.stats.starttime + ahead / 100
        kept = run.data[ahead::factor]
        np.testing.assert_allclose(ours.data, kept, rtol=0, atol=1e-9 * abs(kept).max())
        run.trim(run.stats.starttime + ahead / 100)


@pytest.mark.parametrize("factor", [2, 5, 16])
def test_a_record_on_the_grid_is_decimated_as_by_obspy(factor, record):
    on_grid = replace(record, start=0)
    given = Decimate(factor=factor).apply(on_grid)
    for ours, run in zip(given.to_obspy(), on_grid.to_obspy(), strict=True):
        run.decimate(factor)
        np.testing.assert_allclose(ours.data, run.data, rtol=0, atol=1e-9 * abs(run.data).max())


def test_decimation_keeps_gaps_and_the_common_grid(gappy):
    ahead = -gappy.first % 5
    given = Decimate(factor=5).apply(gappy)
    assert torch.equal(given.mask, gappy.mask[:, ahead::5])
    assert not given.samples[~given.mask].any()
    after_gap = gappy.to_obspy()[1].filter("lowpass_cheby_2", freq=10.0, maxorder=12)
    kept = after_gap.data[ahead::5]  # it begins at sample 760
    np.testing.assert_allclose(given.samples[0, 152 : 152 + len(kept)], kept, atol=1e-7)


def test_the_filter_before_decimation_is_silent_in_time():
    for factor in range(2, 17):
        impulse = np.zeros(400 * factor)
        impulse[0] = 1
        response = scipy.signal.sosfilt(np.array(anti_alias(factor)), impulse)
        left = abs(response)[::-1].cumsum()[::-1]
        assert np.count_nonzero(left > SILENT) <= RINGING * factor
    assert Decimate(factor=4).context(Facts(rate=100.0)).before == RINGING / 25


def test_too_much_at_once_is_refused(record):
    for factor in (1, 17):
        with pytest.raises(Unsuitable, match=f"found {factor}"):
            Decimate(factor=factor).facts(Facts(rate=100.0))
        with pytest.raises(Unsuitable, match=f"found {factor}"):
            Decimate(factor=factor).apply(record)
    assert Decimate(factor=4).facts(Facts(rate=100.0)).rate == 25.0


@pytest.mark.parametrize("old", [12.5, 20.0, 100.0, 99.9967])
@pytest.mark.parametrize("new", [10.0, 12.8, 25.0, 40.0])
@pytest.mark.parametrize("start", [0, 123_457])
def test_tones_are_the_same_at_any_rate(old, new, start):
    waves = waves_of(old, 60.0, start=start)
    given = Resample(rate=new).apply(waves)
    assert 0 <= given.start - waves.start < 1e9 / new
    assert abs(given.start - given.first * 1e9 / new) <= 0.5  # a whole multiple of the interval since 1970
    times = (given.first + np.arange(given.length)) / new
    since = times - start / old
    inside = (since > 45 / min(old, new)) & (since < 60 - 45 / min(old, new))
    assert inside.any()
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
    given = Resample(rate=100.0).apply(waves_of(100.0, 20.0, late=-3_300_000))
    assert given.lateness == ()
    times = np.arange(given.length) / 100
    np.testing.assert_allclose(given.samples[0, 60:-60], tones(times)[60:-60], rtol=0, atol=3e-6)
    assert not given.mask[0, -1]  # the last old sample lies before the grid's last time


@pytest.mark.parametrize("new", [40.0, 99.9967, 100.0])
def test_each_run_is_moved_by_its_own_lateness(new):
    """Two runs with a gap between them, and a third that follows the second without one."""
    late = {0: 2_000_000, 1000: -4_100_000, 2000: 3_300_000}
    by = np.repeat(list(late.values()), 1000)
    samples = torch.from_numpy(tones(np.arange(3000) / 100 + by / 1e9))[None].repeat(2, 1)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[:, 980:1000] = False
    channels = (Channel("XX", "A", "", "HHZ"), Channel("XX", "B", "", "HHZ"))
    samples[1] = torch.from_numpy(tones(np.arange(3000) / 100))
    waves = Waves(samples.masked_fill(~mask, 0), mask, 100.0, 0, channels, (tuple(late.items()), ()))
    given = Resample(rate=new).apply(waves)
    assert given.lateness == ()
    times = np.arange(given.length) / new
    for trace, edges in ((0, (0, 9.8, 10, 20, 30)), (1, (0, 9.8, 10, 30))):
        deep = np.zeros(given.length, bool)
        for low, high in pairwise(edges):
            deep |= (times > low + 1.05) & (times < high - 1.05)
        assert deep.sum() > 15 * new
        assert given.mask[trace, deep].all()
        np.testing.assert_allclose(given.samples[trace, deep], tones(times)[deep], rtol=0, atol=3e-6)
        assert not given.mask[trace, (times > 9.81) & (times < 9.99)].any()


@pytest.mark.parametrize("new", [25.0, 40.0, 250.0])
def test_each_run_is_resampled_as_if_it_were_alone(gappy, new):
    given = Resample(rate=new).apply(gappy)
    ahead = (given.start - gappy.start) / 1e9
    times = np.arange(given.length) / new + ahead
    held = torch.zeros_like(given.mask)
    largest = float(gappy.samples.abs().max())
    for trace, start, end in gappy.segments().tolist():
        inside = torch.from_numpy((times >= start / 100 - 1e-9) & (times <= (end - 1) / 100 + 1e-9))
        held[trace] |= inside
        alone = torch.zeros_like(gappy.mask)
        alone[trace, start:end] = True
        other = torch.where(alone, gappy.samples, 1e9)  # what is not of the run cannot matter
        part = Resample(rate=new).apply(replace(gappy, samples=other, mask=alone))
        torch.testing.assert_close(
            part.samples[trace, inside], given.samples[trace, inside], rtol=0, atol=1e-12 * largest
        )
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
