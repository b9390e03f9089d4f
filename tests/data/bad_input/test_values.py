"""Samples that are no record of the ground: not numbers, dead, spikes, clipped, of mixed kinds."""

from __future__ import annotations

import numpy as np
import pytest

from seisdsl.operator import Unsuitable


def test_integers_and_floats_of_one_channel_are_promoted(read, miniseed, trace):
    whole, broken = np.arange(500, dtype=np.int32), np.arange(500, dtype=np.float32) + 0.5
    told = read(miniseed(trace(whole), trace(broken, after=5)))
    np.testing.assert_array_equal(told.samples(), np.concatenate([whole, broken]))
    assert told.reasons == {}


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_was_not_recorded(read, miniseed, trace, bad):
    data = np.random.default_rng(0).normal(size=10_000)
    data[5000:5003] = bad
    told = read(miniseed(trace(data)))
    assert (~told.waves.mask[0]).nonzero()[:, 0].tolist() == [5000, 5001, 5002]
    assert told.waves.samples.isfinite().all()
    assert told.reasons == {"not a number": 3}
    assert told.balanced


def test_a_dead_channel_is_left_out_and_told(read, miniseed, trace, counts):
    told = read(miniseed(trace(counts), trace(np.zeros(9000, np.int32), channel="EHN")))
    assert told.waves.mask.sum(dim=1).tolist() == [0, 9000]
    (row,) = told.waves.account.rejected
    assert (row.id, row.samples, row.reason, row.detail) == (
        "XX.AAA..EHN", 9000, "dead channel", "constant at 0"
    )  # fmt: skip
    assert read(miniseed(trace(np.zeros(9000, np.int32))), judge=False).waves.mask.all()


def test_a_spike_is_left_out_and_told(read, miniseed, trace, counts):
    data = counts.astype(np.float64)
    data[1234] = 1e12
    told = read(miniseed(trace(data)))
    assert (~told.waves.mask[0]).nonzero()[:, 0].tolist() == [1234]
    assert told.reasons == {"spike": 1}
    assert told.waves.samples.abs().max() < 1e5
    assert told.balanced


def test_clipping_is_kept_and_flagged(read, miniseed, trace):
    wave = 1.2e7 * np.sin(2 * np.pi * np.arange(9000) / 100)
    told = read(miniseed(trace(np.clip(wave, -(2**23), 2**23 - 1).astype(np.int32))))
    assert told.waves.mask.all()
    assert {tally.reason for tally in told.waves.account.flagged} == {"clipped"}
    assert told.reasons == {}


def test_a_trace_without_samples_is_passed_over(read, miniseed, trace, counts, tmp_path):
    path = miniseed(trace(counts))
    empty = bytearray(path.read_bytes()[:512])
    empty[13:15] = b"BB"  # another station
    empty[30:32] = bytes(2)  # of which the record holds no sample
    path.write_bytes(path.read_bytes() + empty)
    told = read(path)
    assert [channel.station for channel in told.waves.channels] == ["AAA"]
    path.write_bytes(empty)
    with pytest.raises(Unsuitable, match="no samples"):
        read(path)
