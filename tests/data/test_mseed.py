"""Records whose headers point out of themselves: a decoder follows them, and may end the process."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import obspy
import pytest

from seisdsl.data.mseed import RECORD, record_length, records

SAMPLES = Path(obspy.__file__).parent / "io/mseed/tests/data"
BROKEN = {
    "brokenlastrecord.mseed",
    "corrupt_one_extra_byte_at_end.mseed",
    "infinite-loop.mseed",
    "single_record_plus_noise_record.mseed",
}


def written(encoding: str = "STEIM2", byteorder: int = 1) -> bytes:
    buffer = io.BytesIO()
    stream = obspy.read()
    for trace in stream:
        trace.data = trace.data.astype(np.int32)
    stream.write(buffer, format="MSEED", reclen=512, encoding=encoding, byteorder=byteorder)
    return buffer.getvalue()


def sound(content: bytes) -> tuple[bytes, list[str]]:
    """The bytes of the sound records, and the reasons why others are none."""
    table, lost = records(np.frombuffer(content, np.uint8))
    ends = zip(table.offset, table.offset + table.length, strict=True)
    return b"".join(content[begin:end] for begin, end in ends), [stretch.reason for stretch in lost]


@pytest.mark.parametrize("encoding", ["STEIM1", "STEIM2", "INT32"])
@pytest.mark.parametrize("byteorder", [0, 1])
def test_what_obspy_writes_is_sound(encoding: str, byteorder: int) -> None:
    content = written(encoding, byteorder)
    assert record_length(content) == 512
    assert sound(content) == (content, [])


def test_obspys_own_samples_are_sound_but_for_the_broken_ones() -> None:
    found = set()
    for path in SAMPLES.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        if RECORD.match(content) and sound(content)[1]:
            found.add(path.name)
    assert found == BROKEN


@pytest.mark.parametrize(
    ("at", "value", "what"),
    [
        (30, b"\xff\xff", "more samples than a record holds"),
        (44, b"\x7f\xff", "data beyond its end"),
        (46, b"\x7f\xff", "blockettes beyond its end"),
        (50, b"\x7f\xff", "a next blockette beyond its end"),
        (50, b"\x00\x30", "blockettes in a circle"),
        (52, b"\x63", "an encoding that there is not"),
        (54, b"\x14", "a length beyond the file"),
        (54, b"\x0a", "a length that takes in its neighbour"),
        (20, b"\x00\x00", "no year"),
        (24, b"\x63", "an hour that there is not"),
    ],
)
def test_one_bad_record_is_left_out(at: int, value: bytes, what: str) -> None:
    content = bytearray(written())
    third = 2 * 512
    content[third + at : third + at + len(value)] = value
    kept, lost = sound(bytes(content))
    assert lost == ["damaged header"], what
    assert kept == bytes(content[:third] + content[third + 512 :])


@pytest.mark.parametrize("junk", [b"x" * 512, bytes(512), b"x" * 100, bytes(40), b"000123 " * 9, b"7" * 3000])
def test_records_between_other_bytes_are_found(junk: bytes) -> None:
    content = written()
    mixed = content[:512] + junk + content[512:2048] + junk + content[2048:]
    assert sound(mixed) == (content, ["not a record"] * 2)


def test_half_a_record_is_none() -> None:
    content = written()
    assert sound(content[:300]) == (b"", ["truncated"])
    assert sound(content[:700]) == (content[:512], ["truncated"])
    assert sound(content[: 512 + 20]) == (content[:512], ["truncated"])


def test_records_of_several_lengths_are_found() -> None:
    short, buffer = written(), io.BytesIO()
    obspy.read().write(buffer, format="MSEED", reclen=4096)
    long = buffer.getvalue()
    mixed = long[:4096] + short[:1024] + long[4096:12288] + short[1024:]
    assert sound(mixed) == (mixed, [])
    mixed = short[:1024] + long + short[1024:]
    assert sound(mixed) == (mixed, [])


def test_a_known_length_holds_where_records_do_not_tell_it() -> None:
    content = bytearray(written("STEIM1")[:1024])
    for at in (0, 512):
        content[at + 39], content[at + 46 : at + 48] = 0, b"\0\0"  # no blockette
    content[256:264] = b"000123D "  # looks like a record
    table, _ = records(np.frombuffer(bytes(content), np.uint8), 512)
    assert table.length.tolist() == [512, 512]
