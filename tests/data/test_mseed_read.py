"""Reading miniSEED: what is sound is read once, what is not is told once, and every sample is counted."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import obspy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obspy import Stream, Trace, UTCDateTime

from seisdsl.data import mseed_judge, mseed_read
from seisdsl.data.mseed_read import read_mseed
from seisdsl.data.mseed_scan import records, scan_mseed
from seisdsl.data.segments import Reading
from seisdsl.data.sniff import sniff
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

BEGIN = UTCDateTime(2016, 8, 15)
SECOND = 10**9
SAMPLES = Path(obspy.__file__).parent


def counts(size: int = 9000, seed: int = 1) -> np.ndarray:
    return np.cumsum(np.random.default_rng(seed).normal(scale=20, size=size)).astype(np.int32)


def trace(
    data: np.ndarray, after: float = 0, station: str = "AAA", rate: float = 100.0, **mseed: object
) -> Trace:
    header = {"network": "XX", "station": station, "channel": "EHZ", "sampling_rate": rate}
    return Trace(data, {**header, "starttime": BEGIN + after, "mseed": mseed})


def packed(*traces: Trace, **options: object) -> bytes:
    buffer = io.BytesIO()
    for one in traces:
        Stream([one]).write(buffer, format="MSEED", **{"reclen": 512, **options})
    return buffer.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.mseed"


def balanced(reading: Reading) -> bool:
    good = sum(len(segment.samples) for segment in reading.segments)
    return sum(t.samples for t in reading.read) == good + sum(t.samples for t in reading.rejected)


def ids(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


def sample_files() -> list[Path]:
    """miniSEED files that come with obspy, and that obspy reads too."""
    found = []
    for path in sorted(SAMPLES.glob("io/mseed/tests/data/**/*")):
        try:
            if path.is_file() and sniff(path) in ("MSEED", "MSEED3"):
                found.append(path)
        except Unsuitable:
            continue
    return found


UNNAMED = {"nan_float32.mseed", "nan_float64.mseed", "gecko_non_ascii_header.ms"}  # ids that cannot be


@pytest.mark.parametrize("path", sample_files(), ids=ids)
def test_obspys_own_files_give_the_samples_that_obspy_reads(path: Path) -> None:
    reading = read_mseed(str(path))
    assert balanced(reading)
    if path.name == "infinite-loop.mseed":  # which obspy refuses
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stream = obspy.read(path, format=sniff(path))
    if path.name in UNNAMED:
        assert {tally.reason for tally in reading.rejected} == {"bad id"}
        return
    theirs: dict[str, list[tuple[int, np.ndarray]]] = {}
    for one in stream:
        if one.data.dtype.kind in "if" and len(one.data):
            theirs.setdefault(one.id, []).append((one.stats.starttime.ns, one.data))
    for name, parts in theirs.items():
        own = [s for s in reading.segments if s.channel.id == name]
        ours = [s.samples for s in sorted(own, key=lambda s: s.start)]
        parts.sort(key=lambda part: part[0])
        np.testing.assert_array_equal(np.concatenate(ours), np.concatenate([data for _, data in parts]))
        assert abs(min(s.start for s in own) - parts[0][0]) < 1000
    assert {s.channel.id for s in reading.segments} == set(theirs)


def test_the_records_of_a_time_are_found_among_many_and_are_the_same(file: Path) -> None:
    data = counts(400_000)
    file.write_bytes(packed(trace(data), trace(data[::-1].copy(), station="BBB"), encoding="STEIM2"))
    extents, lost = scan_mseed(str(file))
    assert [(e.id, e.samples, e.record_length) for e in extents] == [
        ("XX.AAA..EHZ", 400_000, 512), ("XX.BBB..EHZ", 400_000, 512)
    ]  # fmt: skip
    assert lost == []
    for after, seconds in [(0, 1), (1234.5, 60), (3990, 60), (100, 0.005)]:
        start = (BEGIN + after).ns
        time = TimeRange(start, start + round(seconds * SECOND))
        for known in (extents, None):
            reading = read_mseed(str(file), time=time, channels=["XX.BBB.*"], extents=known)
            (segment,) = reading.segments
            first = round((segment.start - BEGIN.ns) / 1e7)
            np.testing.assert_array_equal(segment.samples, data[::-1][first : first + len(segment.samples)])
            assert segment.start <= start
            assert segment.end >= min(time.end, extents[1].end)
            assert len(segment.samples) < seconds * 100 + 2000
            assert segment.begun == BEGIN.ns


def test_channels_that_take_turns_are_put_together(file: Path) -> None:
    one, other = (
        packed(trace(counts(seed=n), station=s), encoding="STEIM2") for n, s in ((1, "A"), (2, "B"))
    )
    records = [part[at : at + 512] for at in range(0, 15 * 512, 512) for part in (one, other)]
    file.write_bytes(b"".join(records))
    extents, _ = scan_mseed(str(file))
    assert [e.id for e in extents] == ["XX.A..EHZ", "XX.B..EHZ"]
    (a, b) = read_mseed(str(file), extents=extents).segments
    np.testing.assert_array_equal(a.samples, counts(seed=1)[: len(a.samples)])
    np.testing.assert_array_equal(b.samples, counts(seed=2)[: len(b.samples)])


def test_a_gap_ends_a_run_and_a_little_drift_does_not(file: Path) -> None:
    """100.00005 Hz for 100 Hz is off by a tenth of a sample after 2,000 s."""
    parts = [trace(counts(1000), after=n * 10 * (1 - 5e-7)) for n in range(300)]
    gap = trace(counts(1000), after=4000)
    file.write_bytes(packed(*parts, gap, encoding="INT32"))
    extents, _ = scan_mseed(str(file))
    assert [e.samples for e in extents][-1] == 1000
    starts = [(e.start - BEGIN.ns) / SECOND for e in extents[:-1]]
    assert len(starts) == 2
    assert 1900 < starts[1] < 2200


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (8, "宮".encode(), "bad id"),
        (8, b"aaa  ", "bad id"),
        (20, (1970).to_bytes(2, "big") + b"\0\1", "bad time"),
        (20, (2150).to_bytes(2, "big"), "bad time"),
        (20, (1969).to_bytes(2, "big"), "bad time"),
        (32, bytes(4), "bad rate"),
        (32, b"\x7f\xff\x7f\xff", "bad rate"),
        (52, b"\x63", "damaged header"),
        (64 + 8, b"\0\0\x30\x39", "integrity"),
        (64, bytes([0xA5] * 448), "damaged record"),
        (0, bytes(512), "not a record"),
        (0, b"<html>503 Busy</html>" * 20, "not a record"),
    ],
)
def test_what_is_wrong_with_a_record_is_told(file: Path, at: int, value: bytes, reason: str) -> None:
    content = bytearray(packed(trace(counts()), encoding="STEIM2"))
    content[4 * 512 + at : 4 * 512 + at + len(value)] = value
    file.write_bytes(content)
    reading = read_mseed(str(file))
    assert [tally.reason for tally in reading.rejected] == [reason]
    assert [tally.detail for tally in reading.rejected] != [""]
    assert len(reading.segments) == 2
    assert balanced(reading)
    extents, lost = scan_mseed(str(file))
    known = read_mseed(str(file), extents=extents)
    assert [t.reason for t in lost + known.rejected] == [reason]  # the one or the other tells it
    assert [len(s.samples) for s in known.segments] == [len(s.samples) for s in reading.segments]


def test_a_record_of_the_future_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(packed(trace(counts()), encoding="STEIM2"))
    assert read_mseed(str(file)).rejected == []
    monkeypatch.setattr(mseed_judge, "now", lambda: (BEGIN - 86400 * 2).ns)
    assert {t.reason for t in read_mseed(str(file)).rejected} == {"bad time"}


def test_what_headers_say_of_the_time_is_kept(file: Path) -> None:
    one = trace(counts(300))
    one.stats.starttime = BEGIN + 0.123456
    content = bytearray(packed(one, encoding="STEIM2"))
    content[40:44] = (-25_000).to_bytes(4, "big", signed=True)  # 2.5 s early, not yet applied
    for activity, shift in ((0, -2.5), (2, 0)):
        content[36] = activity
        file.write_bytes(content)
        assert read_mseed(str(file)).segments[0].start == (BEGIN + 0.123456 + shift).ns


def test_flags_are_told_by_stretch(file: Path) -> None:
    content = bytearray(packed(trace(counts()), encoding="STEIM2"))
    for record in (2, 3, 7):
        content[record * 512 + 38] = 0x02
    content[5 * 512 + 38] = 0x80
    file.write_bytes(content)
    reading = read_mseed(str(file))
    held = [int.from_bytes(content[at + 30 : at + 32], "big") for at in range(0, len(content), 512)]
    assert [(t.reason, t.samples) for t in reading.flagged] == [
        ("time tag questionable", held[5]), ("clipped", held[2] + held[3]), ("clipped", held[7])
    ]  # fmt: skip
    assert reading.flagged[1].start == BEGIN.ns + sum(held[:2]) * 10_000_000


def test_qualities_rank_raw_below_checked(file: Path) -> None:
    found = []
    for letter in "RDQM":
        file.write_bytes(packed(trace(counts(300), dataquality=letter), encoding="STEIM2"))
        found.append(read_mseed(str(file)).segments[0].quality)
    assert found == sorted(set(found))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 18 * 512 - 1), st.integers(0, 255)), max_size=25), st.integers(0, 600)
)
def test_every_sample_is_counted_whatever_the_bytes(
    file: Path, changes: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(packed(trace(counts()), encoding="STEIM2"))
    for at, value in changes:
        content[at] = value
    file.write_bytes(content[: len(content) - cut])
    reading = read_mseed(str(file))
    assert balanced(reading)
    extents, lost = scan_mseed(str(file))
    known = read_mseed(str(file), extents=extents)
    promised = sum(e.samples for e in extents)
    kept = sum(len(s.samples) for s in known.segments)
    assert promised == kept + sum(t.samples for t in known.rejected)
    assert sum(t.samples for t in reading.read) == promised + sum(t.samples for t in lost)


def test_many_short_runs_are_looked_at_together(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(packed(*(trace(counts(500, n), after=9.0 * n) for n in range(50)), encoding="STEIM2"))
    extents, _ = scan_mseed(str(file))
    looks: list[int] = []
    monkeypatch.setattr(mseed_read, "records", lambda *args: looks.append(1) or records(*args))
    segments = read_mseed(str(file), extents=extents).segments
    assert (len(extents), len(looks)) == (50, 1)
    for n, segment in enumerate(segments):
        np.testing.assert_array_equal(segment.samples, counts(500, n))


@pytest.mark.parametrize("left", [0, 20, 5 * 512])
def test_what_a_file_no_longer_holds_is_told(file: Path, left: int) -> None:
    content = packed(trace(counts()), encoding="STEIM2")
    file.write_bytes(content)
    extents, _ = scan_mseed(str(file))
    file.write_bytes(content[:left])
    reading = read_mseed(str(file), extents=extents)
    assert {t.reason for t in reading.rejected} == {"damaged record"}
    assert sum(t.samples for t in reading.read) == 9000
    assert balanced(reading)


@pytest.mark.parametrize("size", [0, 1, 30])
def test_a_file_of_hardly_a_byte_has_no_samples(file: Path, size: int) -> None:
    file.write_bytes(b"000001D   AAA"[:size])
    assert read_mseed(str(file)).segments == []
