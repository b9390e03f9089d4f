"""Detections where a trace stands out."""

import numpy as np
import obspy
import pytest
from obspy.signal.trigger import trigger_onset

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.table import Detections
from seisdsl.operator import WHOLE, Context, Facts, Unsuitable
from seisdsl.operators.pick.energy_ratio import EnergyRatio
from seisdsl.operators.pick.trigger import Trigger


def envelope(traces=1, samples=2000, seed=0):
    return np.abs(np.random.default_rng(seed).normal(2, 0.1, size=(traces, samples)))


def test_it_agrees_with_obspy_on_the_ratio_of_a_real_record():
    waves = waves_from_obspy(obspy.read())
    ratio = EnergyRatio(short=0.5, long=5.0).apply(waves)
    found = Trigger(on=3.0, off=1.0, scale="none").apply(ratio).frame
    expected = []
    for channel, row in zip(waves.channels, ratio.samples.numpy(), strict=True):
        expected += [
            (
                channel.code,
                waves.time_of(int(on)),
                waves.time_of(int(off) + 1),
                (off - on + 1) / 100,
                row[on : off + 1].max(),
            )
            for on, off in trigger_onset(row, 3.0, 1.0)
        ]
    rows = found.select(
        "channel", found["time"].to_physical(), found["end"].to_physical(), "duration", "peak"
    ).rows()
    assert len(expected) >= 3
    assert [row[:3] for row in rows] == [row[:3] for row in expected]
    np.testing.assert_allclose([row[3:] for row in rows], [row[3:] for row in expected], rtol=1e-12)


def test_thresholds_are_multiples_of_each_traces_median(waves_of, seconds_of):
    samples = envelope(2) * np.array([[1], [1000]])
    samples[:, 500:700] *= 4
    mask = np.ones(samples.shape, bool)
    mask[1, :450] = False
    detections = Trigger(on=3.0).apply(waves_of(samples, ["A.Z", "B.Z"], mask))
    assert seconds_of(detections) == [5.0, 5.0]
    assert detections.frame["duration"].to_list() == [2.0, 2.0]
    medians = [np.median(samples[0]), np.median(samples[1, 450:])]
    peaks = samples[:, 500:700].max(1) / medians
    assert detections.frame["peak"].to_list() == pytest.approx(peaks.tolist())


def test_a_gap_ends_a_detection(waves_of, seconds_of):
    samples = envelope()
    samples[0, 500:700] *= 4
    mask = np.ones(samples.shape, bool)
    mask[0, 600:610] = False
    detections = Trigger(on=3.0).apply(waves_of(samples, ["A.Z"], mask))
    assert seconds_of(detections) == pytest.approx([5.0, 6.1])
    assert detections.frame["duration"].to_list() == pytest.approx([1.0, 0.9])


def test_short_ones_are_left_out(waves_of, seconds_of):
    samples = envelope()
    samples[0, 500:700] *= 4
    samples[0, 1000:1010] *= 4
    waves = waves_of(samples, ["A.Z"])
    assert seconds_of(Trigger(on=3.0, shortest=0.1).apply(waves)) == [5.0, 10.0]
    assert seconds_of(Trigger(on=3.0, shortest=0.11).apply(waves)) == [5.0]


def test_long_ones_are_told_in_parts_from_whole_multiples_on(waves_of, seconds_of):
    samples = envelope()
    samples[0, 530:700] *= 4
    samples[0, 1047:1057] *= 4
    found = Trigger(on=3.0, longest=0.5).apply(waves_of(samples, ["A.Z"]))
    assert seconds_of(found) == pytest.approx([5.3, 5.5, 6.0, 6.5, 10.47])
    assert found.frame["duration"].to_list() == pytest.approx([0.2, 0.5, 0.5, 0.5, 0.1])


def test_it_lasts_until_half_of_on_unless_told_otherwise(waves_of):
    samples = np.full((1, 1000), 1.0)
    samples[0, 500:550], samples[0, 550:600] = 4, 1.8
    waves = waves_of(samples, ["A.Z"])
    assert Trigger(on=3.0).apply(waves).frame["duration"].to_list() == [1.0]
    assert Trigger(on=3.0, off=2.0).apply(waves).frame["duration"].to_list() == [0.5]


def test_dead_traces_and_quiet_ones_give_an_empty_table(waves_of):
    samples = envelope(2)
    samples[0] = 0
    samples[0, 5] = 1
    detections = Trigger(on=3.0).apply(waves_of(samples, ["A.Z", "B.Z"]))
    assert len(detections) == 0
    assert list(detections.frame.columns) == [*Detections.COLUMNS, "clipped"]
    assert len(Trigger().apply(waves_of(np.zeros((0, 5)), []))) == 0


def test_what_cannot_be_is_refused(waves_of):
    with pytest.raises(Unsuitable, match="both sides of zero"):
        Trigger(on=3.0).apply(waves_of(envelope() - 2, ["A.Z"]))
    with pytest.raises(Unsuitable, match="before it begins"):
        Trigger(on=3.0, off=4.0).facts(Facts())
    with pytest.raises(Unsuitable, match="holds no sample at 2 Hz"):
        Trigger(longest=0.1).facts(Facts(rate=2))


def test_it_needs_all_of_the_record_unless_its_length_is_bounded():
    assert Trigger().context(Facts()) == Trigger(scale="none").context(Facts()) == WHOLE
    assert Trigger(scale="none", longest=10.0).context(Facts()) == Context(before=10, after=10)
