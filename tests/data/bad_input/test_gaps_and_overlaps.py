"""Records that do not follow on one another: gaps, overlaps, duplicates, clocks between samples."""

from __future__ import annotations

import time

import numpy as np
import pytest

from seisdsl.operator import Unsuitable


def test_a_gap_stays_a_gap(read, miniseed, trace, counts):
    told = read(miniseed(trace(counts[:3000]), trace(counts[4000:], after=40)))
    expected = counts.astype(float)
    expected[3000:4000] = np.nan
    np.testing.assert_array_equal(told.samples(), expected)
    assert told.totals == {"read": 8000, "used": 8000, "rejected": 0, "by_reason": {}}
    assert told.words == ()


def test_two_thousand_gaps_in_a_day_cost_ten_times_what_two_hundred_do(read, miniseed, trace):
    """Not a hundred times, as where gaps are filled one after the other."""
    random = np.random.default_rng(0)
    seconds = {}
    for gaps in (200, 2000):
        data = random.integers(-500, 500, (gaps, 400)).astype(np.int32)
        path = miniseed(*(trace(row, after=43.2 * n) for n, row in enumerate(data)), name=f"{gaps}.mseed")
        told = read(path)
        expected = np.full((gaps, 4320), np.nan)
        expected[:, :400] = data
        np.testing.assert_array_equal(told.samples(), expected.ravel()[: told.waves.length])
        begin = time.process_time()
        read(path)
        seconds[gaps] = time.process_time() - begin
    assert len(told.waves.segments()) == 2000
    assert seconds[2000] < 30 * seconds[200]


def test_equal_samples_of_an_overlap_are_dropped_and_counted(read, miniseed, trace, counts):
    told = read(miniseed(trace(counts[:5000]), trace(counts[4000:], after=40)))
    np.testing.assert_array_equal(told.samples(), counts)
    assert told.reasons == {"duplicate": 1000}
    assert told.balanced


def test_contradicting_samples_of_an_overlap_are_not_believed(read, miniseed, trace, counts):
    other = counts[4000:] + 7
    told = read(miniseed(trace(counts[:5000]), trace(other, after=40)))
    assert (~told.waves.mask[0]).nonzero()[:, 0].tolist() == list(range(4000, 5000))
    assert told.reasons == {"overlap_conflict": 2000}
    assert told.balanced


def test_of_contradicting_versions_the_better_one_counts(read, miniseed, trace, counts):
    raw = miniseed(trace(counts, quality="R"), name="a/raw.mseed")
    miniseed(trace(counts[4000:5000] + 7, after=40, quality="Q"), name="a/checked.mseed")
    told = read(raw.parent)
    np.testing.assert_array_equal(told.samples()[4000:5000], counts[4000:5000] + 7)
    assert told.waves.mask.all()
    assert told.reasons == {"superseded": 1000}
    assert told.balanced


def test_a_file_that_is_there_twice_counts_once(read, miniseed, trace, counts):
    folder = miniseed(trace(counts), name="a/one.mseed").parent
    miniseed(trace(counts), name="a/copy.mseed")
    told = read(folder)
    np.testing.assert_array_equal(told.samples(), counts)
    assert told.totals == {
        "read": 18_000, "used": 9000, "rejected": 9000, "by_reason": {"duplicate": 9000}
    }  # fmt: skip


def test_records_twice_in_one_file_count_once(read, records):
    path, _ = records
    content = path.read_bytes()
    path.write_bytes(content[:1024] + content[:1024] + content[1024:])
    told = read(path)
    assert told.waves.mask.all()
    assert told.waves.length == 9000
    assert set(told.reasons) == {"duplicate"}
    assert told.balanced


def test_records_out_of_order_are_put_in_order(read, records, counts):
    path, _ = records
    content = path.read_bytes()
    path.write_bytes(content[2048:] + content[:2048])
    np.testing.assert_array_equal(read(path).samples(), counts)


def test_a_clock_between_the_samples_keeps_its_correction(read, miniseed, trace, counts):
    """4 ms late from 20 s on: the samples stay in line, and their times are the true ones."""
    told = read(miniseed(trace(counts[:2000]), trace(counts[2000:], after=20.004)))
    waves = told.waves
    assert waves.time_of(1999) == waves.start + 19_990_000_000
    assert waves.time_of(2000) == waves.start + 20_004_000_000
    np.testing.assert_array_equal(told.samples(), counts)
    (words,) = told.words
    assert "x.mseed: XX.AAA..EHZ: segments lie between the samples of others" in words


def test_two_rates_of_one_channel_are_refused_unless_one_is_asked_for(read, miniseed, trace):
    path = miniseed(trace(np.ones(2000, np.int32)), trace(np.ones(1000, np.int32), after=20, rate=50))
    with pytest.raises(Unsuitable, match="different sampling rates") as refusal:
        read(path)
    assert refusal.value.notes == (
        "1 channel has 50 Hz: XX.AAA..EHZ",
        "1 channel has 100 Hz: XX.AAA..EHZ",
    )
    assert refusal.value.repair == "rate=100Hz resamples those that differ"
    told = read(path, rate=100.0)
    assert told.balanced
    assert told.totals["used"] == 3000
    assert (told.waves.rate, int(told.waves.mask.sum())) == (100, 2000 + 1999)
