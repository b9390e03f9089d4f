"""Picks and detections tell where the instrument was clipped, in whatever chunks the record is read."""

from __future__ import annotations

import numpy as np
import pytest
from engine.test_run import results
from obspy import Trace, UTCDateTime

from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store

BEGIN = UTCDateTime(2016, 8, 15)
RATE, LENGTH = 100, 18_000
LOUD, QUIET = 6000, 14_000  # samples at which an event begins that is clipped, and one that is not
FULL = 2**23 - 1


@pytest.fixture
def file(tmp_path):
    """Three minutes with two events; the larger one is cut off at the full scale of 24 bits."""
    data = np.random.default_rng(1).normal(scale=300, size=LENGTH)
    decay = np.exp(-np.arange(2000) / 400) * np.sin(2 * np.pi * 5 * np.arange(2000) / RATE)
    data[LOUD : LOUD + 2000] += 3e7 * decay
    data[QUIET : QUIET + 2000] += 3e6 * decay
    header = {"network": "XX", "station": "AAA", "channel": "EHZ", "sampling_rate": RATE, "starttime": BEGIN}
    trace = Trace(np.clip(data, -FULL, FULL).astype(np.int32), header)
    trace.write(str(tmp_path / "x.mseed"), format="MSEED", reclen=512)
    return tmp_path / "x.mseed"


@pytest.mark.parametrize("chunk", [10, 60, None])
@pytest.mark.parametrize(
    "stages",
    [
        "sta-lta short=0.5s long=10s on=5",
        "bandpass 1..20Hz | sta-lta short=0.5s long=10s on=5 | ar-aic window=2s",
        "decimate 2 | energy-ratio short=0.5s long=10s | trigger on=5 scale=none longest=20s",
    ],
)
def test_the_event_that_was_clipped_says_so(file, tmp_path, stages, chunk):
    engine = Engine(chunk and chunk * 10**9, Store(tmp_path / "store"))
    (table,) = results(f'read "{file}" | {stages}', engine)
    seconds = (table.frame["time"].to_physical() / 1e9 - BEGIN.timestamp).to_list()
    assert seconds == pytest.approx([LOUD / RATE, QUIET / RATE], abs=0.3)
    assert table.frame["clipped"].to_list() == [True, False]
    assert table.columns["clipped"].help


def test_all_of_a_record_at_once_finds_the_same_by_itself(file, tmp_path):
    (picks,) = results(f'read "{file}" | ar-aic', Engine(store=Store(tmp_path / "store")))
    assert picks.frame["clipped"].to_list() == [True]
