"""Segments on a grid: any part laid alone is that part of the whole, and every sample is accounted for."""

from __future__ import annotations

import time as clock
import warnings
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seisdsl.data.accounts import tidied, totals
from seisdsl.data.grid import Grid, Rates
from seisdsl.data.laying import laid
from seisdsl.data.segments import Account, Segment
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

BEGIN = 1_471_219_200 * NS
Z, N = Channel("XX", "AAA", "", "EHZ"), Channel("XX", "AAA", "", "EHN")


def segment(samples, after=0.0, rate=100.0, channel=Z, file="a", quality=0, late=0):
    start = BEGIN + round(after * NS) + late
    return Segment(channel, start, rate, np.asarray(samples), file=file, quality=quality)


def quietly(segments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return laid(segments, **options)


# Parts of the whole ---------------------------------------------------------------------------------


@st.composite
def mixes(draw):
    """Segments of two channels with gaps, overlaps, versions, bad samples, other rates and times."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    segments = []
    other = draw(st.sampled_from([100.0, 100.0, 50.0, 40.0]))
    for channel in (Z, N):
        after = random.uniform(0, 3)
        for file in "abcdef"[: draw(st.integers(1, 6))]:
            length = int(random.integers(1, 4000))
            rate = other if channel is N else 100.0
            numbers = np.arange(round(after * rate), round(after * rate) + length)
            data = (1000 * np.sin(numbers * 0.7)).astype(np.int32)  # a function of time: overlaps agree
            if random.random() < 0.3:
                at = int(random.integers(length))
                data[at : at + 50] += 1  # and here they do not
            if random.random() < 0.3:
                data = data.astype(np.float64)
                data[random.integers(length, size=3)] = random.choice([np.nan, np.inf, 1e12])
            if random.random() < 0.1:
                data = np.full(7000, data[0])
                length = len(data)
            late = int(random.choice([0, 0, 3_000_000, -2_000_000]))
            start = BEGIN + round(numbers[0] * NS / rate) + late
            quality = int(random.integers(2))
            segments.append(Segment(channel, start, rate, data, file=file, quality=quality))
            if random.random() < 0.2:
                segments.append(replace(segments[-1], file=file + " again"))
            after += length / rate + random.choice([0.0, 0.0, -5.0, 0.04, 12.0])
    cuts = sorted(random.integers(0, 200 * 10, size=draw(st.integers(0, 5))) / 10)
    return segments, cuts


@settings(max_examples=60, deadline=None)
@given(mixes())
def test_parts_laid_alone_are_parts_of_the_whole(mix):
    segments, cuts = mix
    whole = quietly(segments, rate=100.0)
    rates = Rates.of(((s.channel.id, s.rate, len(s.samples)) for s in segments), 100.0)
    edges = [whole.span.start, *(BEGIN + round(cut * NS) for cut in cuts), whole.span.end]
    edges = sorted(edge for edge in edges if whole.span.start <= edge <= whole.span.end)
    times = [TimeRange(a, b) for a, b in pairwise(edges) if a < b]
    parts = [quietly(segments, time=time, rates=rates) for time in times]
    assert sum(part.length for part in parts) == whole.length
    joined = Waves.joined([part for part in parts if part.channels])
    assert [c.id for c in joined.channels] == [c.id for c in whole.channels]
    first = round((joined.start - whole.start) * 100 / NS)
    inside = slice(first, first + joined.length)
    assert torch.equal(joined.mask, whole.mask[:, inside])
    assert not whole.mask[:, :first].any()
    np.testing.assert_allclose(
        joined.samples.double(), whole.samples[:, inside].double(), rtol=0, atol=1e-6 * 1e3
    )
    for row in range(len(whole.channels)):
        recorded = whole.mask[row].nonzero()[:, 0].numpy()
        times = whole.time_of(recorded, row)
        np.testing.assert_array_equal(joined.time_of(recorded - first, row), times)
    told = sum((part.account for part in parts), start=Account())
    assert tidied(told) == whole.account


@settings(max_examples=60, deadline=None)
@given(mixes())
def test_every_sample_read_is_used_or_rejected(mix):
    segments, _ = mix
    waves = quietly(segments, rate=100.0)
    told = totals(waves.account)
    assert told["read"] == sum(len(s.samples) for s in segments)
    assert told["read"] == told["used"] + told["rejected"]
    used = sum(tally.samples for tally in waves.account.used if tally.rate == 100)
    if all(s.rate == 100 for s in segments):
        assert used == int(waves.mask.sum())


def test_a_part_has_just_the_samples_of_its_time():
    data = segment(np.arange(500))
    part = laid([data], time=TimeRange(BEGIN + 1_234_000_000, BEGIN + 2_000_000_000))
    assert (part.start, part.length) == (BEGIN + 1_240_000_000, 76)
    assert part.samples[0, 0] == 124
    nothing = laid(
        [data], time=TimeRange(BEGIN + 100 * NS, BEGIN + 101 * NS), rates=Rates.of([("", 100.0, 1)])
    )
    assert nothing.samples.shape == (0, 100)
    assert (nothing.start, nothing.rate) == (BEGIN + 100 * NS, 100)


# The grid -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [100.0, 33.3, 1 / 3, 128.0, 99.9998, 1000.0])
def test_numbers_and_times_of_a_grid_belong_together(rate):
    grid = Grid(rate)
    step = NS / rate
    for number in range(grid.number(BEGIN), grid.number(BEGIN) + 50):
        time = grid.time(number)
        assert abs(time - number * grid.exact.denominator * NS / grid.exact.numerator) <= 256  # of a float
        assert grid.number(time + round(0.4 * step)) == grid.number(time - round(0.4 * step)) == number
        assert grid.numbers(TimeRange(time, time + round(0.01 * step))) == (number, number + 1)
        assert (
            grid.numbers(TimeRange(time + round(0.1 * step), time + round(0.2 * step))) == (number + 1,) * 2
        )


def test_the_grid_does_not_begin_with_the_record():
    waves = laid([segment(np.arange(100), after=0.0063)])
    assert waves.start == BEGIN + 10_000_000
    assert waves.time_of(0) == BEGIN + 6_300_000
    assert waves.first == BEGIN // NS * 100 + 1


def test_each_run_keeps_its_own_time():
    parts = [segment(np.ones(100)), segment(np.ones(100), 2, late=4_000_000), segment(np.ones(100), 4)]
    with pytest.warns(UserWarning, match=r"a: XX\.AAA\.\.EHZ: segments lie between the samples of others"):
        waves = laid(parts)
    assert waves.lateness == (((200, 4_000_000), (300, 0)),)
    assert waves.time_of(250) == BEGIN + 2_504_000_000


def test_a_clock_that_is_off_by_less_than_headers_tell_is_on_time():
    assert laid([segment(np.ones(100), late=90_000)]).lateness == ()


def test_a_drifting_rate_keeps_its_times_within_a_tenth_of_an_interval():
    data = segment(np.ones(30_000), rate=100.0012)
    waves = laid([data], rate=100.0)
    at = np.arange(0, 30_000, 100)
    true = BEGIN + at * NS / 100.0012
    assert np.abs(waves.time_of(at) - true).max() < 0.11 * NS / 100


def test_a_run_read_from_its_middle_lies_where_the_whole_run_does():
    """A record that begins just between two grid points goes to the side that its run went to."""
    whole = segment(np.arange(1000), late=5_000_000)
    jittered = replace(whole, start=whole.start + 7 * NS - 40_000, samples=whole.samples[700:])
    alone, within = laid([jittered]), laid([replace(jittered, origin=whole.start)])
    assert within.time_of(0) == laid([whole]).time_of(700)
    assert alone.start == within.start - 10_000_000  # without knowing, it goes to the other side


# Overlaps -------------------------------------------------------------------------------------------


def reasons(waves):
    told = Counter()
    for tally in waves.account.rejected:
        told[tally.file, tally.reason] += tally.samples
    return dict(told)


def test_equal_samples_count_once():
    data = np.arange(300)
    waves = laid([segment(data), segment(data[200:], 2, file="b"), segment(data[:50], file="c")])
    assert waves.mask.all()
    assert waves.samples[0].tolist() == data.tolist()
    assert reasons(waves) == {("b", "duplicate"): 100, ("c", "duplicate"): 50}


def test_the_better_version_wins():
    old, new = segment(np.zeros(300), quality=1), segment(np.ones(100), 1, file="b", quality=2)
    for order in ([old, new], [new, old]):
        waves = laid(order, judge=False)
        assert waves.samples[0].tolist() == [0] * 100 + [1] * 100 + [0] * 100
        assert reasons(waves) == {("a", "superseded"): 100}


def test_of_two_that_contradict_each_other_neither_is_believed():
    waves = laid([segment(np.zeros(300)), segment(np.ones(100), 1, file="b")], judge=False)
    assert waves.mask[0].tolist() == [True] * 100 + [False] * 100 + [True] * 100
    assert reasons(waves) == {("a", "overlap_conflict"): 100, ("b", "overlap_conflict"): 100}


def test_a_better_version_stands_above_two_that_contradict_each_other():
    three = [segment(np.full(50, n), file=str(n), quality=n // 2) for n in range(3)]
    waves = laid(three, judge=False)
    assert (waves.samples == 2).all()
    assert reasons(waves) == {("0", "superseded"): 50, ("1", "superseded"): 50}


def test_a_number_stands_in_for_one_that_is_none():
    holes = np.ones(50)
    holes[10:20] = np.nan
    waves = laid([segment(holes), segment(np.ones(50), file="b")])
    assert waves.mask.all()
    assert reasons(waves) == {("a", "not a number"): 10, ("b", "duplicate"): 40}


# Rates and units ------------------------------------------------------------------------------------


def test_the_higher_rate_of_a_channel_wins_where_it_has_two():
    slow, fast = segment(np.zeros(500), rate=50.0, file="slow"), segment(np.ones(200), 4, file="fast")
    waves = laid([slow, fast], rate=100.0, judge=False)
    assert reasons(waves) == {("slow", "superseded"): 100}
    assert (waves.samples[0, 400:600] == 1).all()
    assert waves.mask[0, :390].all()
    assert waves.mask[0, 610:990].all()


def test_mixed_units_are_refused():
    with pytest.raises(Unsuitable, match=r"different units: counts and m/s\^2") as refusal:
        laid([segment(np.ones(5)), replace(segment(np.ones(5), file="b", channel=N), unit="m/s^2")])
    assert "b is in m/s^2" in refusal.value.notes


def test_mixed_numbers_are_promoted():
    parts = [segment(np.array([2**24 + 1], np.int32)), segment(np.array([0.5], np.float32), 0.01)]
    assert laid(parts).samples[0].tolist() == [2**24 + 1, 0.5]


# Speed ----------------------------------------------------------------------------------------------


def test_a_day_of_two_thousand_gaps_is_laid_in_a_tenth_of_a_second():
    random = np.random.default_rng(0)
    parts = [segment(random.integers(-500, 500, 4000, np.int32), after=n * 43.2) for n in range(2000)]
    laid(parts[:10])
    best = min(timed(parts) for _ in range(3))
    assert best < 0.1 * 2.5, best  # seconds of this thread; 2.5 for a busy machine


def timed(parts):
    begin = clock.thread_time()
    waves = laid(parts)
    assert int(waves.mask.sum()) == 8_000_000
    return clock.thread_time() - begin
