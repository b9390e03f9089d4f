"""Files with records of miniSEED 2 and of miniSEED 3: both are read, and what lies between them is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pymseed import DataEncoding, MS3TraceList, timestr2nstime

from seisdsl.data.mseed_read import read_mseed
from seisdsl.data.mseed_scan import scan_mseed
from seisdsl.data.segments import Reading

BEGIN = timestr2nstime("2016-08-15T00:00:00Z")
OTHER = {"junk": b"no record" * 57, "zeros": bytes(700)}
ORDERS = ["2 3", "3 2", "2 3 2 3", "3 2 3 2", "2 junk 3 zeros 2", "3 zeros 2 junk 3"]


def counts(seed: int) -> np.ndarray:
    return np.cumsum(np.random.default_rng(seed).normal(scale=20, size=900)).astype(np.int32)


def written(station: str, number: int, version: int) -> bytes:
    """Nine seconds of a station, some records."""
    traces = MS3TraceList()
    start = BEGIN + number * 9 * 10**9
    traces.add_data(f"FDSN:XX_{station}__E_H_Z", counts(number), "i", 100.0, starttime=start)
    records = traces.generate(max_record_length=512, encoding=DataEncoding.STEIM2, format_version=version)
    return b"".join(bytes(record) for record in records)


def made(order: str, same: bool) -> list[bytes]:
    """Pieces of a file; those of each version follow on one another, or all do as one station's."""
    parts: list[bytes] = []
    done = {"2": 0, "3": 0}
    for word in order.split():
        if word in OTHER:
            parts.append(OTHER[word])
        else:
            number = sum(done.values()) if same else done[word]
            parts.append(written("AAA" if same else f"AAA{word}", number, int(word)))
            done[word] += 1
    return parts


def samples(reading: Reading, station: str) -> np.ndarray:
    own = sorted((s for s in reading.segments if s.channel.station == station), key=lambda s: s.start)
    return np.concatenate([segment.samples for segment in own])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("same", [True, False])
def test_records_of_both_versions_are_read(tmp_path: Path, order: str, same: bool) -> None:
    file = tmp_path / "x.mseed"
    file.write_bytes(b"".join(made(order, same)))
    at_once, indexed = read_mseed(str(file)), read_mseed(str(file), extents=scan_mseed(str(file))[0])
    for reading in (at_once, indexed):
        if same:
            many = order.count("2") + order.count("3")
            expected = np.concatenate([counts(number) for number in range(many)])
            np.testing.assert_array_equal(samples(reading, "AAA"), expected)
            continue
        for version in "23":
            expected = np.concatenate([counts(number) for number in range(order.count(version))])
            np.testing.assert_array_equal(samples(reading, f"AAA{version}"), expected)


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_no_record_is_told_where_it_is(tmp_path: Path, order: str) -> None:
    parts, file = made(order, same=True), tmp_path / "x.mseed"
    file.write_bytes(b"".join(parts))
    _, lost = scan_mseed(str(file))
    expected = [
        (sum(map(len, parts[:number])), len(OTHER[word]))
        for number, word in enumerate(order.split())
        if word in OTHER
    ]
    assert len(lost) == len(expected)
    for tally, (at, size) in zip(lost, expected, strict=True):
        assert (tally.reason, tally.samples) == ("not a record", 0)
        assert tally.detail.endswith(f"bytes of zeros, {size} of them, at byte {at}") or tally.detail == (
            f"foreign bytes, {size} of them, at byte {at}"
        )


@pytest.mark.parametrize(("first", "last"), [(2, 3), (3, 2)])
def test_one_that_breaks_off_behind_the_other_version_counts_what_it_promises(
    tmp_path: Path, first: int, last: int
) -> None:
    file = tmp_path / "x.mseed"
    file.write_bytes(written("AAA", 0, first) + written("BBB", 1, last)[:300])
    (tally,) = read_mseed(str(file)).rejected
    alone = tmp_path / "alone.mseed"
    alone.write_bytes(written("BBB", 1, last))
    (whole,) = scan_mseed(str(alone))[0]
    assert (tally.reason, tally.id, tally.start) == ("truncated", whole.id, whole.start)
    assert 0 < tally.samples < whole.samples
