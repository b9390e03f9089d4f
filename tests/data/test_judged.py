"""Broken instruments are seen, and honest records of every kind pass untouched."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import obspy
import pytest

from seisdsl.data.judged import margin
from seisdsl.data.laying import laid
from seisdsl.data.obspy_waves import segments_of
from seisdsl.data.scenes import Scene, planned, simulated
from seisdsl.data.segments import Segment
from seisdsl.data.stations import network
from seisdsl.data.waves import NS, Channel
from seisdsl.language.types import TimeRange

BEGIN = 1_471_219_200 * NS
Z = Channel("XX", "AAA", "", "EHZ")


def judged(samples, rate=100.0, after=0.0, unit="counts"):
    """What is rejected and flagged of some samples: first sample, how many, why."""
    start = BEGIN + round(after * NS)
    account = laid([Segment(Z, start, rate, np.asarray(samples), unit=unit)]).account

    def rows(tallies):
        return [(round((t.start - start) * rate / NS), t.samples, t.reason, t.detail) for t in tallies]

    return rows(account.rejected), rows(account.flagged)


def noise(length=20_000, scale=300.0, seed=1):
    return (np.random.default_rng(seed).normal(size=length) * scale).astype(np.int32)


# Dead channels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 7, -(2**31)])
@pytest.mark.parametrize("first", [0, 1, 3333, 14_000])
def test_a_minute_without_change_is_dead(value, first):
    samples = noise()
    samples[max(first - 1, 0) : first + 6001] = value + 1
    samples[first : first + 6000] = value
    assert judged(samples) == ([(first, 6000, "dead channel", f"constant at {value:g}")], [])


def test_less_than_a_minute_is_not():
    samples = noise()
    samples[3000:8999] = 5
    samples[[2999, 8999]] = 6
    assert judged(samples) == ([], [])


def test_a_slow_channel_is_given_more_time():
    """A minute of a 1 Hz channel is sixty samples, which quiet ground and coarse counts make equal."""
    samples = noise(4000)
    samples[100:500] = 3
    assert judged(samples, rate=1.0) == ([], [])
    samples[100:700] = 3
    assert judged(samples, rate=1.0)[0] == [(100, 600, "dead channel", "constant at 3")]


def test_two_dead_hours_with_a_gap_between_are_two_rows():
    dead = [Segment(Z, BEGIN + at * NS, 100.0, np.zeros(7000, np.int32)) for at in (0, 100)]
    assert [t.samples for t in laid(dead).account.rejected] == [7000, 7000]


# Spikes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [1, 255, 256, 5000, 19_998])
def test_a_single_sample_far_off_is_a_spike(at):
    samples = noise().astype(np.float64)
    samples[at] = -2e9
    assert judged(samples, unit="m/s") == ([(at, 1, "spike", "-2e+09")], [])


def test_no_count_needs_more_than_31_bits():
    samples = noise().astype(np.float64)
    samples[5000:5003] = 1e12
    assert judged(samples)[0] == [(5000, 3, "spike", "1e+12")]
    assert judged(samples, unit="nm/s")[0] == []  # three on end, in a unit where they may be honest


def test_a_strong_onset_after_great_quiet_is_no_spike():
    """From one count of noise to nearly full scale between two samples, and on."""
    random = np.random.default_rng(0)
    samples = random.integers(-1, 2, 20_000).astype(np.int32)
    after = np.arange(3000)
    samples[10_240 - 3 : 13_240 - 3] = 8e6 * np.sin(2.5 * after) * np.exp(-after / 800)
    assert judged(samples) == ([], [])


def test_a_calibration_pulse_or_a_step_is_no_spike():
    samples = noise(scale=1)
    samples[5000:] += 4_000_000
    samples[9000:9500] += 4_000_000
    assert judged(samples)[0] == []


# Clipping -------------------------------------------------------------------------------------------


def test_full_scale_is_flagged_and_kept():
    time = np.arange(20_000) / 100
    samples = np.clip(1.5e7 * np.sin(2 * np.pi * time), -(2**23), 2**23 - 1).astype(np.int32)
    rejected, flagged = judged(samples)
    assert rejected == []
    assert {detail for *_, detail in flagged} == {"at 8.38861e+06", "at -8.38861e+06"}
    top = np.concatenate([np.arange(first, first + count) for first, count, *_ in flagged])
    expected = np.flatnonzero((samples == 2**23 - 1) | (samples == -(2**23)))
    assert np.isin(top, expected).all()
    assert len(top) > 0.95 * len(expected)  # but what two blocks share in ones and twos


def test_a_wave_cut_off_below_full_scale_is_flagged():
    time = np.arange(20_000) / 100
    samples = np.clip(90_000 * np.sin(2 * np.pi * 5 * time) + noise(scale=50), -70_000, 70_000)
    _, flagged = judged(samples.astype(np.int32))
    assert {detail for *_, detail in flagged} == {"at 70000", "at -70000"}


@pytest.mark.parametrize("period", [0.2, 1.0, 8.0, 50.0])
@pytest.mark.parametrize("size", [1, 10, 3000, 5_000_000])
def test_the_flat_tops_of_slow_waves_are_no_clipping(period, size):
    samples = size * np.sin(2 * np.pi * np.arange(20_000) / 100 / period + 0.3)
    assert judged(np.round(samples).astype(np.int32)) == ([], [])


# Honest records -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two-events", "S-net"])
def test_simulated_waves_are_not_touched(name):
    begin = 1_471_219_200 * NS
    scene = Scene(network(name)[:8], seed=2, planned=planned(name))
    waves = simulated(scene, TimeRange(begin, begin + 300 * NS))
    for row in waves.samples.numpy():
        assert judged(row, unit="m/s") == ([], [])
        assert judged(np.round(row * 1e9).astype(np.int32)) == ([], [])


def real(pattern):
    folder = os.environ.get("SEISDSL_TEST_DATA")
    if not folder:
        pytest.skip("SEISDSL_TEST_DATA names no folder of real records")
    return sorted(Path(folder).glob(f"waveforms/{pattern}"))


@pytest.mark.parametrize("pattern", ["aegean-gaps/*.mseed", "noise-pair-socal/*.ms", "ridgecrest*/*.mseed"])
def test_real_records_are_not_touched(pattern):
    for path in real(pattern):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waves = laid(segments_of(obspy.read(str(path), format="MSEED")).segments)
        assert waves.account.rejected == ()
        assert waves.account.flagged == ()


def test_a_real_dead_station_is_seen():
    (path,) = real("southern-alps-events/waveforms/2013-09-11-2208-44.DFDPC_024_00")
    stream = obspy.read(str(path), format="MSEED")
    account = laid(segments_of(tr for tr in stream if tr.stats.sampling_rate == 100).segments).account
    assert {(t.id, t.reason, t.samples) for t in account.rejected} == {
        (f"ZT.WZ02..EL{code}", "dead channel", 9001) for code in "ENZ"
    }


# Parts ----------------------------------------------------------------------------------------------


def test_a_part_with_its_margin_is_judged_as_the_whole_is():
    random = np.random.default_rng(3)
    samples = noise(60_000).astype(np.float64)
    samples[10_000:17_000] = 4
    samples[random.integers(0, 60_000, 20)] = 3e9
    samples[40_000:41_000] = np.clip(samples[40_000:41_000] * 1e4, -1e6, 1e6)
    whole = laid([Segment(Z, BEGIN, 100.0, samples)])
    by = round(margin(100.0) * 100)
    for first in (0, 9_990, 10_017, 14_000, 16_999, 40_500):
        left, right = max(0, first - by), first + 1000 + by
        piece = Segment(Z, BEGIN + left * NS // 100, 100.0, samples[left:right])
        time = TimeRange(BEGIN + first * NS // 100, BEGIN + (first + 1000) * NS // 100)
        part = laid([piece], time=time)
        assert part.mask[0].equal(whole.mask[0, first : first + 1000])
        assert part.account == whole.account.within(time)
