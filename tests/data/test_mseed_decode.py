"""Samples of records in every encoding, against what was written and against obspy."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace

from seisdsl.data import mseed_decode
from seisdsl.data.mseed import records
from seisdsl.data.mseed_decode import DAMAGED, INTEGRITY, decoded

RARE = Path(obspy.__file__).parent / "io/mseed/tests/data/encoding"
KINDS = {"FLOAT32": "f4", "FLOAT64": "f8"}


def counts(size: int = 9000) -> np.ndarray:
    random = np.random.default_rng(1)
    data = np.cumsum(random.normal(scale=20, size=size)).astype(np.int32)
    data[::997] += random.integers(-9000, 9000, len(data[::997]), dtype=np.int32)  # wide differences too
    return data


def miniseed(data: np.ndarray, **options: object) -> np.ndarray:
    buffer = io.BytesIO()
    Stream([Trace(data, {"station": "AAA", "channel": "EHZ"})]).write(buffer, format="MSEED", **options)
    return np.frombuffer(buffer.getvalue(), np.uint8).copy()


@pytest.mark.parametrize("length", [256, 512, 4096])
@pytest.mark.parametrize("byteorder", [0, 1])
@pytest.mark.parametrize("encoding", ["STEIM1", "STEIM2", "INT16", "INT32", "FLOAT32", "FLOAT64"])
def test_every_encoding_gives_what_was_written(encoding: str, byteorder: int, length: int) -> None:
    data = counts().astype("i2" if encoding == "INT16" else KINDS.get(encoding, "i4"))
    content = miniseed(data, encoding=encoding, byteorder=byteorder, reclen=length)
    table, _ = records(content)
    found = decoded(content, table)
    (samples,) = found.samples
    assert samples.dtype == KINDS.get(encoding, "i4")
    np.testing.assert_array_equal(samples, data)
    assert set(found.fault) == {""}


@pytest.mark.parametrize("path", sorted(RARE.glob("*.mseed")), ids=lambda path: path.stem)
def test_rare_encodings_give_what_obspy_gives(path: Path) -> None:
    content = np.fromfile(path, np.uint8)
    trace = obspy.read(path, format="MSEED")[0]
    table, _ = records(content)
    if trace.data.dtype.kind == "S":  # a log
        assert set(table.encoding) == {0}
        return
    np.testing.assert_array_equal(np.concatenate(decoded(content, table).samples), trace.data)


def test_a_damaged_record_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mseed_decode, "AT_ONCE", 4096)  # several slices, on two threads
    data = counts()
    content = miniseed(data, encoding="STEIM2", reclen=512)
    content[5 * 512 + 64 : 6 * 512] = 0xA5
    content[7 * 512 + 64 + 8 : 7 * 512 + 64 + 12] = [0, 0, 48, 57]  # the last sample, as promised
    table, _ = records(content)
    found = decoded(content, table)
    faults = {row: str(fault) for row, fault in enumerate(found.fault) if fault}
    assert faults == {5: DAMAGED, 7: INTEGRITY}
    good = np.repeat(found.fault == "", table.samples)
    np.testing.assert_array_equal(found.samples[0][good], data[good])


def test_any_bytes_as_samples_give_samples_or_a_fault() -> None:
    content = miniseed(counts(3000), encoding="STEIM1", reclen=512)
    random = np.random.default_rng(3)
    for at in range(64, len(content), 512):
        content[at : at + 448] = random.integers(0, 256, 448)
    table, _ = records(content)
    assert (decoded(content, table).fault != "").all()
