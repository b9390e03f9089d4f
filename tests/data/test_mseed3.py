"""miniSEED 3 as libmseed writes it: everything comes back, and damage costs one record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pymseed import DataEncoding, MS3TraceList, timestr2nstime

from seisdsl.data.mseed_read import read_mseed
from seisdsl.data.mseed_scan import scan_mseed

BEGIN = timestr2nstime("2016-08-15T00:00:00.123456789Z")
DATA = np.cumsum(np.random.default_rng(1).normal(scale=20, size=9000)).astype(np.int32)
NAME = "FDSN:XX_LONGNAME_00_E_H_Z"


def written(path: Path, encoding: DataEncoding = DataEncoding.STEIM2, kind: str = "i") -> list[bytes]:
    """The records of a file."""
    traces = MS3TraceList()
    data = DATA.astype({"i": "i4", "f": "f4", "d": "f8"}[kind])
    traces.add_data(NAME, data, kind, 100.0, starttime=BEGIN, publication_version=3)
    found = list(traces.generate(max_record_length=512, encoding=encoding, format_version=3))
    path.write_bytes(b"".join(found))
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.mseed3"


@pytest.mark.parametrize(("encoding", "kind"), [
    (DataEncoding.STEIM1, "i"), (DataEncoding.STEIM2, "i"), (DataEncoding.INT32, "i"),
    (DataEncoding.FLOAT32, "f"), (DataEncoding.FLOAT64, "d"),
])  # fmt: skip
def test_what_libmseed_writes_is_read(file: Path, encoding: DataEncoding, kind: str) -> None:
    written(file, encoding, kind)
    for extents in (None, scan_mseed(str(file))[0]):
        (segment,) = read_mseed(str(file), extents=extents).segments
        np.testing.assert_array_equal(segment.samples, DATA)
        assert segment.channel.id == "XX.LONGNAME.00.EHZ"
        assert (segment.start, segment.rate, segment.quality) == (BEGIN, 100.0, 3)


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (300, b"\x55", "integrity"),  # the samples are others than their checksum says
        (30, b"\x63", "integrity"),  # so is the header: another flag
        (12, b"\x63", "damaged header"),
        (0, b"XX", "not a record"),
        (45, b"\xe5", "bad id"),
    ],
)
def test_a_damaged_record_costs_itself_alone(file: Path, at: int, value: bytes, reason: str) -> None:
    records = written(file)
    content = bytearray(b"".join(records))
    place = sum(map(len, records[:4])) + at
    content[place : place + len(value)] = value
    file.write_bytes(content)
    reading = read_mseed(str(file))
    assert [tally.reason for tally in reading.rejected] == [reason]
    before, after = reading.segments
    np.testing.assert_array_equal(before.samples, DATA[: len(before.samples)])
    np.testing.assert_array_equal(after.samples, DATA[-len(after.samples) :])


def test_foreign_bytes_and_a_broken_end_are_told(file: Path) -> None:
    records = written(file)
    file.write_bytes(b"".join([*records[:3], bytes(100), *records[3:6], records[6][:200]]))
    reading = read_mseed(str(file))
    assert [t.reason for t in reading.rejected] == ["not a record", "truncated"]
    (segment,) = reading.segments
    np.testing.assert_array_equal(segment.samples, DATA[: len(segment.samples)])
    promised = int.from_bytes(records[6][24:28], "little")
    assert [t.samples for t in reading.rejected] == [0, promised]
    assert sum(t.samples for t in reading.read) == len(segment.samples) + promised


@pytest.mark.parametrize("size", [10, 39, 45])
def test_of_a_header_that_is_not_all_there_no_samples_are_known(file: Path, size: int) -> None:
    records = written(file)
    file.write_bytes(b"".join([*records[:3], records[3][:size]]))
    (tally,) = read_mseed(str(file)).rejected
    assert (tally.reason, tally.samples) == ("truncated", 0)


@pytest.mark.parametrize(("at", "value", "reason"), [
    (8, b"\xff\xff", "bad time"), (8, b"\x01\0", "bad time"),
    *((16, np.float64(rate).tobytes(), "bad rate") for rate in (np.nan, np.inf, 1e-7, 2e5, 5e-324, -1e300)),
])  # fmt: skip
def test_times_and_rates_that_cannot_be_are_told(file: Path, at: int, value: bytes, reason: str) -> None:
    content = bytearray(b"".join(written(file)))
    content[at : at + len(value)] = value
    file.write_bytes(content)
    assert [t.reason for t in read_mseed(str(file)).rejected] == [reason]
