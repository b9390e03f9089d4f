from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import obspy
import pytest
import scipy.signal
import torch
from obspy import UTCDateTime
from operators.signal.conftest import in_double

from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Range, TimeRange
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.signal.detrend import Detrend
from seisdsl.operators.signal.envelope import Envelope
from seisdsl.operators.signal.recorded_runs import RecordedRuns
from seisdsl.operators.signal.taper import Taper
from seisdsl.operators.signal.trim import Trim


@pytest.mark.parametrize("kind", ["linear", "constant"])
def test_trends_are_those_of_obspy(kind, gappy, assert_like_obspy):
    assert_like_obspy(Detrend(kind=kind).apply(gappy), gappy, "detrend", kind)


def test_a_large_offset_in_single_precision_leaves_no_trend(record):
    raw = replace(record, samples=(record.samples + 1e6).float())
    given = Detrend().apply(raw).samples
    expected = Detrend().apply(replace(record, samples=raw.samples.double())).samples
    torch.testing.assert_close(given.double(), expected, rtol=0, atol=1e-6 * float(expected.abs().max()))


@pytest.mark.parametrize("kind", ["linear", "constant"])
def test_a_trend_put_together_from_parts_is_that_of_the_whole(kind, gappy, assert_like_obspy):
    raw = gappy.with_samples(gappy.samples + 1e6)
    edges = [0, 7, 703, 1500, 1501, 2950, 3000]
    operator = Detrend(kind=kind)
    _, survey = operator.survey()
    runs = Table.joined([survey.apply(raw.cut(low, high)) for low, high in pairwise(edges)])
    assert len(runs) > len(gappy.segments())
    given = Waves.joined([operator.apply(raw.cut(low, high), runs=runs) for low, high in pairwise(edges)])
    assert_like_obspy(given, raw, "detrend", kind)


def test_runs_of_other_waves_are_refused(record, gappy):
    runs = RecordedRuns(moments=True).apply(gappy)
    with pytest.raises(Unsuitable, match="not the runs of these waves"):
        Detrend().apply(record, runs=runs)


@pytest.mark.parametrize("shape", ["hann", "cosine"])
@pytest.mark.parametrize(("fraction", "longest"), [(0.05, None), (0.5, None), (0.3, 1.234), (0.0, None)])
def test_tapers_are_those_of_obspy(shape, fraction, longest, gappy, assert_like_obspy):
    given = Taper(shape=shape, fraction=fraction, longest=longest).apply(gappy)
    # obspy's cosine leaves the first of two samples as it is
    assert_like_obspy(given, gappy, "taper", fraction, type=shape, max_length=longest, shortest=3)


def test_more_than_half_of_a_run_is_no_side_of_a_taper(record):
    with pytest.raises(Unsuitable, match="found 60 %"):
        Taper(fraction=0.6).facts(Facts())
    with pytest.raises(Unsuitable, match="found 60 %"):
        Taper(fraction=0.6).apply(record)


@pytest.mark.parametrize("lowest", [0.5, 2.0])
def test_envelopes_are_the_amplitudes_of_tones(lowest, record):
    times = np.arange(6000) / 100
    for frequency in (lowest, 3.0, 10.0, 50.0 - lowest):
        tone = torch.from_numpy(np.cos(2 * np.pi * frequency * times + 1))[None].repeat(3, 1)
        waves = replace(record, samples=tone, mask=torch.ones_like(tone, dtype=torch.bool))
        given = Envelope(lowest=lowest).apply(waves).samples
        inside = slice(round(200 / lowest), -round(200 / lowest))
        np.testing.assert_allclose(given[:, inside], 1, rtol=0, atol=2e-5)


def test_envelopes_are_those_of_obspy_away_from_the_ends(gappy):
    from obspy.signal.filter import envelope

    waves = Bandpass(band=Range(2.0, 8.0)).apply(gappy)
    given = Envelope(lowest=0.5).apply(waves)
    assert torch.equal(given.mask, gappy.mask)
    assert not given.samples[~given.mask].any()
    compared = 0
    for ours, run in zip(given.to_obspy(), waves.to_obspy(), strict=True):
        inside = slice(400, len(run) - 400)
        np.testing.assert_allclose(
            ours.data[inside], envelope(run.data)[inside], rtol=0, atol=2e-3 * abs(run.data).max()
        )
        compared += len(ours.data[inside])
    assert compared > 500


def test_envelopes_of_hours_of_records_are_those_of_scipy():
    """The figure in the operator's help."""
    folder = os.environ.get("SEISDSL_TEST_DATA")
    if not folder:
        pytest.skip("SEISDSL_TEST_DATA is unset")
    for path in sorted((Path(folder) / "waveforms/ridgecrest-continuous").rglob("*.mseed"))[:3]:
        trace = obspy.read(str(path), format="MSEED").merge(fill_value=0)[0]
        waves = in_double(obspy.Stream([trace.detrend("linear").filter("bandpass", freqmin=2, freqmax=8)]))
        given = Envelope().apply(waves).samples[0].numpy()
        expected = abs(scipy.signal.hilbert(waves.samples[0].numpy()))
        inside = slice(6000, -6000)
        assert abs(given - expected)[inside].max() < 1e-4 * expected.max()


def test_smoothing_is_a_mean_over_what_there_is(gappy):
    plain, smooth = Envelope().apply(gappy), Envelope(smooth=0.3).apply(gappy)
    for ours, run in zip(smooth.to_obspy(), plain.to_obspy(), strict=True):
        there = [run.data[max(0, i - 15) : i + 16].mean() for i in range(len(run))]
        np.testing.assert_allclose(ours.data, there, rtol=1e-9)


def test_cutting_the_ends_is_obspys_trim(gappy):
    given = Trim(before=3.505, after=2.0).apply(gappy)
    start = UTCDateTime(ns=gappy.start)
    for ours, theirs in zip(
        given.to_obspy(), gappy.to_obspy().trim(start + 3.51, start + 27.99), strict=True
    ):
        assert ours.stats.starttime == theirs.stats.starttime
        np.testing.assert_array_equal(ours.data, theirs.data)
    assert given.span == TimeRange(gappy.start + 3_510_000_000, gappy.start + 28_000_000_000)


def test_a_time_to_keep_is_half_open(record):
    second = 1_000_000_000
    given = Trim(time=TimeRange(record.start + 5 * second, record.start + 6 * second)).apply(record)
    assert (given.length, given.start) == (100, record.start + 5 * second)
    assert torch.equal(given.samples, record.samples[:, 500:600])
    wide = Trim(time=TimeRange(record.start - second, record.start + 999 * second)).apply(record)
    assert (wide.length, wide.start) == (record.length, record.start)
    assert Trim(time=TimeRange(0, 1)).apply(record).length == 0


def test_where_nothing_is_left_the_cut_is_refused(record):
    with pytest.raises(Unsuitable, match="nothing is left of a record of 30 s") as refusal:
        Trim(before=20.0, after=10.0).apply(record)
    assert refusal.value.parameter == "before"
    with pytest.raises(Unsuitable, match="ends where it begins"):
        Trim(time=TimeRange(5, 5)).facts(Facts())
