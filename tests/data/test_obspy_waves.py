"""An obspy stream becomes traces on one grid: held against obspy's own merge, and cases by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import obspy
import pytest
import torch
from obspy import Stream, Trace, UTCDateTime

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.waves import NS
from seisdsl.operator import Unsuitable

SAMPLES = Path(obspy.__file__).parent
BEGIN = UTCDateTime(2016, 8, 15)


def trace(data, after=0.0, rate=100.0, begin=BEGIN, channel="EHZ", station="AAA"):
    header = {
        "network": "XX", "station": station, "channel": channel,
        "sampling_rate": rate, "starttime": begin + after,
    }  # fmt: skip
    return Trace(np.ma.asarray(data) if np.ma.isMaskedArray(data) else np.asarray(data), header)


def waves(*traces, **options):
    return waves_from_obspy(Stream(traces), **options)


@pytest.mark.parametrize(
    "name",
    [
        "io/mseed/tests/data/BW.BGLD.__.EHE.D.2008.001.first_10_records",
        "io/mseed/tests/data/BW.UH3.__.EHZ.D.2010.171.first_record",
        "io/gse2/tests/data/loc_RJOB20050831023349.z",
    ],
)
def test_real_records_lie_where_obspy_merges_them(name):
    stream = obspy.read(SAMPLES / name, format="GSE2" if name.endswith(".z") else "MSEED")
    found = waves_from_obspy(stream)
    merged = stream.copy().merge(method=0)
    assert len(merged) == len(found.channels)
    for row, whole in enumerate(sorted(merged, key=lambda t: t.id)):
        assert abs(found.time_of(0, row) - whole.stats.starttime.ns) < 0.01 * NS / found.rate
        values = np.ma.filled(np.ma.asarray(whole.data).astype(float), np.nan)
        np.testing.assert_array_equal(found.to_numpy()[row, : len(values)], values)


def test_gaps_cut_at_random_into_a_real_record_come_back_as_gaps():
    whole = obspy.read()[0]
    random = np.random.default_rng(1)
    cuts = np.sort(random.choice(np.arange(10, 2990), 40, replace=False)).reshape(-1, 2)
    lost = np.zeros(3000, bool)
    stream, last = Stream(), 0
    for left, right in cuts:
        stream += whole.slice(whole.stats.starttime + last / 100, whole.stats.starttime + (left - 1) / 100)
        lost[left:right] = True
        last = right
    stream += whole.slice(whole.stats.starttime + last / 100)
    found = waves_from_obspy(stream)
    np.testing.assert_array_equal(~found.mask[0].numpy(), lost)
    np.testing.assert_array_equal(found.to_numpy()[0], np.where(lost, np.nan, whole.data))


def test_equal_samples_of_an_overlap_count_once():
    data = np.arange(200.0)
    found = waves(trace(data[:120]), trace(data[80:], after=0.8), trace(data[:120]))
    assert found.mask.all()
    np.testing.assert_array_equal(found.samples[0].numpy(), data)


def test_contradicting_samples_of_an_overlap_are_not_believed():
    data = np.arange(200.0)
    other = data[80:].copy()
    other[5:10] += 1
    third = data[84:100].copy()
    found = waves(trace(data[:120]), trace(other, after=0.8), trace(third, after=0.84))
    assert (~found.mask[0]).nonzero()[:, 0].tolist() == [85, 86, 87, 88, 89]
    assert (found.samples[~found.mask] == 0).all()


def test_masked_nan_and_infinite_samples_were_not_recorded():
    data = np.ma.masked_array(np.arange(8.0), [0, 1, 0, 0, 0, 0, 0, 0])
    data[3], data[5] = np.nan, -np.inf
    found = waves(trace(data))
    assert found.mask[0].tolist() == [True, False, True, False, True, False, True, True]
    assert found.samples.isfinite().all()


def test_a_sample_missing_in_one_file_is_taken_from_another():
    holes = np.arange(8.0)
    holes[2] = np.nan
    assert waves(trace(np.arange(8.0)), trace(holes)).mask.all()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (np.array([2**24, -(2**24)], np.int32), torch.float32),
        (np.array([2**24 + 1, 0], np.int32), torch.float64),
        (np.array([2**24 + 3, -(2**31)], np.int32), torch.float64),
        (np.array([0.1, 0.2], np.float32), torch.float32),
        (np.array([0.5, 0.25]), torch.float32),
        (np.array([0.1, 0.2]), torch.float64),
        (np.array([1e300, 0.0]), torch.float64),
        (np.array([1, 2], ">i4"), torch.float32),
    ],
)
def test_single_precision_only_where_it_is_exact(data, expected):
    found = waves(trace(data))
    assert found.samples.dtype == expected
    np.testing.assert_array_equal(found.samples[0].double().numpy(), data.astype(float))


def test_a_trace_between_grid_points_keeps_its_own_time():
    found = waves(trace(np.arange(10.0)), trace(np.arange(10.0), after=0.013, channel="EHN"))
    assert [c.code for c in found.channels] == ["EHN", "EHZ"]
    assert found.lateness == (((1, 3_000_000),), ())
    assert found.time_of(found.mask[0].nonzero()[0].item(), 0) == (BEGIN + 0.013).ns


def test_a_segment_off_the_grid_of_its_channel_is_told():
    with pytest.warns(UserWarning, match=r"XX\.AAA\.\.EHZ: segments lie between the samples of others"):
        waves(trace(np.arange(50.0)), trace(np.arange(9.0), after=2.004))


def test_mixed_rates_are_refused_with_the_repair():
    with pytest.raises(Unsuitable) as refusal:
        waves(trace(np.ones(500)), trace(np.ones(90), rate=50, station="B"), trace(np.ones(9), rate=50))
    assert refusal.value.notes == (
        "2 channels have 50 Hz: XX.AAA..EHZ, XX.B..EHZ",
        "1 channel has 100 Hz: XX.AAA..EHZ",
    )
    assert refusal.value.repair.startswith("rate=100Hz")


@pytest.mark.parametrize("own", [250.0, 200.0, 50.0, 40.0])
def test_resampling_keeps_a_sine_and_drops_what_no_longer_fits(own):
    time = np.arange(round(20 * own)) / own
    tone = np.sin(2 * np.pi * 5 * time)
    high = np.sin(2 * np.pi * 0.45 * own * time) if own > 150 else 0  # above the new Nyquist
    found = waves(trace(tone + high, rate=own), trace(np.zeros(2000), channel="EHN"), rate=100.0)
    middle = slice(200, 1800)
    expected = np.sin(2 * np.pi * 5 * np.arange(2000) / 100)
    assert found.rate == 100
    np.testing.assert_allclose(found.samples[1, middle], expected[middle], atol=3e-3)


def test_resampling_does_not_cross_a_gap():
    data = np.ones(2000)
    data[1000:] = np.nan
    data[1500:] = 5
    found = waves(trace(data, rate=200), rate=100.0)
    assert found.mask[0].tolist() == [True] * 500 + [False] * 250 + [True] * 250
    np.testing.assert_allclose(found.samples[0, :500], 1, rtol=1e-6)
    np.testing.assert_allclose(found.samples[0, 750:], 5, rtol=1e-6)


def test_a_rate_in_single_precision_is_the_whole_one():
    assert waves(trace(np.ones(10), rate=float(np.float32(1 / np.float32(0.01))))).rate == 100
    assert waves(trace(np.ones(10), rate=100.0000022)).rate == 100


def test_empty_and_text_traces_are_left_out_and_rate_zero_is_refused():
    found = waves(trace([]), trace(np.ones(3)), trace(np.array(list("log"), "S1"), channel="LOG"))
    assert [c.code for c in found.channels] == ["EHZ"]
    with pytest.raises(Unsuitable, match="there are no samples"):
        waves(trace([]))
    with pytest.raises(Unsuitable, match="rate of 0 Hz"):
        waves(trace(np.ones(3), rate=0))


def test_records_decades_apart_are_refused_before_memory_is_taken():
    with pytest.raises(Unsuitable, match=r"need \d[\d,]* GiB") as refusal:
        waves(trace(np.ones(100)), trace(np.ones(100), begin=UTCDateTime(1970, 1, 1)))
    assert "from 1970-01-01T00:00Z to 2016-08-15T00:00Z" in refusal.value.notes[0]


def test_times_before_1970_and_at_1970_are_accepted():
    assert waves(trace(np.ones(5), begin=UTCDateTime(0))).start == 0
    assert waves(trace(np.ones(5), begin=UTCDateTime(-10))).start == -10_000_000_000


def test_two_thousand_gaps_take_no_time():
    begins = np.arange(2000) * 1.0
    found = waves(*(trace(np.ones(50, np.float32), after=b) for b in begins))
    assert int(found.mask.sum()) == 100_000
    assert len(found.segments()) == 2000


def test_coordinates_come_from_the_headers():
    sac = obspy.read(SAMPLES / "io/sac/tests/data/test.sac", format="SAC")
    sac[0].stats.sac.update({"stla": 48.0, "stlo": 12.5, "stel": 600.0})
    channel = waves_from_obspy(sac).channels[0]
    assert (channel.latitude, channel.longitude, channel.elevation) == (48.0, 12.5, 600.0)


def test_the_network_of_synthetics_is_taken_at_its_word():
    mine = trace(np.ones(5))
    assert not waves(mine).simulated
    mine.stats.network = "SY"
    assert waves(mine).simulated


def test_there_and_back_is_the_same():
    stream = obspy.read()
    back = waves_from_obspy(stream).to_obspy()
    for ours, theirs in zip(back, sorted(stream, key=lambda t: t.id), strict=True):
        assert ours.id == theirs.id
        assert ours.stats.starttime == theirs.stats.starttime
        np.testing.assert_array_equal(ours.data, theirs.data)
