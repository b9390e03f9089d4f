from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import scipy.signal
import torch

from seisdsl.data.spectrogram import Spectrogram
from seisdsl.language.types import TimeRange
from seisdsl.operator import Facts, SourceSettings, Unsuitable
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.sources.simulate import Simulate


@pytest.mark.parametrize(("window", "overlap"), [(2.56, 0.5), (5.12, 0.9), (1.01, 0.0), (0.57, 0.3)])
def test_power_is_scipys(window, overlap, record):
    given = Spectrograms(window=window, overlap=overlap).apply(record)
    size = round(window * 100)
    hop = size - int(size * overlap)
    ahead = -record.first % hop  # the first window begins at a whole multiple of the hop since 1970
    frequencies, times, power = scipy.signal.spectrogram(
        record.samples.numpy()[:, ahead:], 100.0, "hann", size, int(size * overlap), detrend="constant"
    )
    np.testing.assert_allclose(given.power, power, rtol=0, atol=1e-9 * power.max())
    np.testing.assert_allclose(given.frequencies, frequencies)
    centres = (given.start - record.start) / 1e9 + given.step * np.arange(given.power.shape[2])
    np.testing.assert_allclose(centres, times + ahead / 100, atol=1e-9)
    assert given.mask.all()
    assert given.unit == "counts²/Hz"


def test_single_precision_agrees_in_spite_of_an_offset(record):
    raw = record.samples + 1e5
    single = Spectrograms().apply(replace(record, samples=raw.float())).power
    double = Spectrograms().apply(replace(record, samples=raw.float().double())).power
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=0, atol=1e-5 * float(double.max()))


def test_its_sum_over_frequency_is_the_variance_of_white_noise(record):
    noise = torch.randn(1, 200_000, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    waves = replace(
        record, samples=noise, mask=torch.ones_like(noise, dtype=torch.bool),
        channels=record.channels[:1], unit="m/s",
    )  # fmt: skip
    given = Spectrograms().apply(waves)
    total = given.power.mean(2).sum() * (given.frequencies[1] - given.frequencies[0])
    assert float(total) == pytest.approx(1, rel=0.02)
    assert given.unit == "(m/s)²/Hz"


def test_windows_that_touch_a_gap_are_left_out(gappy):
    given = Spectrograms(window=0.64).apply(gappy)
    ahead = -gappy.first % 32
    for trace in range(3):
        for number in range(given.mask.shape[1]):
            first = ahead + number * 32
            whole = bool(gappy.mask[trace, first : first + 64].all())
            assert bool(given.mask[trace, number]) == whole
            assert bool(given.power[trace, :, number].any()) == whole


def test_a_record_shorter_than_a_window_has_no_windows(record):
    given = Spectrograms(window=31.0).apply(record)
    assert given.power.shape == (3, 1551, 0)
    assert given.mask.shape == (3, 0)


def test_a_window_of_less_than_two_samples_is_refused(record):
    with pytest.raises(Unsuitable, match="holds 1 samples at 100 Hz") as refusal:
        Spectrograms(window=0.01).facts(Facts(rate=100.0))
    assert refusal.value.repair == "write window=2.56s"
    with pytest.raises(Unsuitable, match="less than 100 %"):
        Spectrograms(overlap=1.0).apply(record)


def test_windows_come_as_late_as_the_run_that_they_lie_in(gappy):
    late = replace(gappy, lateness=(((0, 1000), (760, -2000), (1501, 0)), (), ((5, 77),)))
    given = Spectrograms(window=0.64).apply(late)
    ahead = -gappy.first % 32
    for trace in range(3):
        told = dict(given.lateness[trace])
        by = 0
        for number in range(given.windows):
            by = told.get(number, by)
            if given.mask[trace, number]:
                assert by == late.late(trace, ahead + number * 32)


def test_parts_in_time_are_joined_and_found_again(gappy):
    late = replace(gappy, lateness=(((0, 1000), (760, -2000)), (), ()))
    whole = Spectrograms(window=0.64).apply(late)
    second = 1_000_000_000
    times = [gappy.start + at * second for at in (-1, 3, 11, 40)]
    parts = [whole.within(TimeRange(low, high)) for low, high in pairwise(times)]
    assert sum(part.windows for part in parts) == whole.windows
    assert parts[1].span.start >= times[1]
    assert parts[1].start + round((parts[1].windows - 1) * whole.step * second) < times[2]
    back = Spectrogram.joined(parts)
    assert torch.equal(back.power, whole.power)
    assert torch.equal(back.mask, whole.mask)
    assert (back.start, back.span, back.channels) == (whole.start, whole.span, whole.channels)
    assert back.lateness == whole.lateness


def test_a_channel_that_a_part_lacks_was_not_recorded_then(record):
    whole = Spectrograms(window=0.64).apply(record)
    middle = record.start + 10_000_000_000
    early, later = (whole.within(TimeRange(*time)) for time in ((0, middle), (middle, 2 * middle)))
    fewer = Spectrograms(window=0.64).apply(record.select([0, 2])).within(TimeRange(0, middle))
    back = Spectrogram.joined([later, fewer])
    assert [channel.id for channel in back.channels] == [channel.id for channel in record.channels]
    assert not back.mask[1, : early.windows].any()
    assert not back.power[1, :, : early.windows].any()
    assert torch.equal(back.power[[0, 2]], whole.power[[0, 2]])
    assert torch.equal(back.power[1, :, early.windows :], later.power[1])


def test_the_truth_goes_along_with_simulated_waves():
    waves = Simulate(
        what=SourceSettings(name="two", settings=(("network", "two-events"),)), duration=120.0, rate=25.0
    ).apply()
    whole = Spectrograms().apply(waves)
    middle = waves.start + 60 * 10**9
    early, later = (
        whole.within(TimeRange(*edges)) for edges in ((waves.start, middle), (middle, middle + 60 * 10**9))
    )
    assert whole.truth.frame["magnitude"].to_list() == [2.5, 2.0]
    assert early.truth.frame["magnitude"].to_list() == [2.5]
    assert Spectrogram.joined([later, early]).truth.frame["magnitude"].to_list() == [2.5, 2.0]
    assert Spectrograms().apply(replace(waves, scene=None)).truth is None
