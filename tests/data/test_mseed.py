"""Records whose headers point out of themselves: obspy's decoder follows them, and may end the process."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import obspy
import pytest

from seisdsl.data.mseed import RECORD, record_length, sound_records

SAMPLES = Path(obspy.__file__).parent / "io/mseed/tests/data"
BROKEN = {
    "brokenlastrecord.mseed",
    "corrupt_one_extra_byte_at_end.mseed",
    "infinite-loop.mseed",
    "single_record_plus_noise_record.mseed",
}


def records(encoding: str = "STEIM2", byteorder: int = 1) -> bytes:
    buffer = io.BytesIO()
    stream = obspy.read()
    for trace in stream:
        trace.data = trace.data.astype(np.int32)
    stream.write(buffer, format="MSEED", reclen=512, encoding=encoding, byteorder=byteorder)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["STEIM1", "STEIM2", "INT32"])
@pytest.mark.parametrize("byteorder", [0, 1])
def test_what_obspy_writes_is_sound(encoding: str, byteorder: int) -> None:
    content = records(encoding, byteorder)
    assert record_length(content) == 512
    assert sound_records(content) == (content, 0)


def test_obspys_own_samples_are_sound_but_for_the_broken_ones() -> None:
    found = set()
    for path in SAMPLES.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        if RECORD.match(content) and sound_records(content)[1]:
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
        (54, b"\x14", "another length than its neighbours"),
        (20, b"\x00\x00", "no year"),
        (24, b"\x63", "an hour that there is not"),
        (6, b"X", "no quality"),
    ],
)
def test_one_bad_record_is_left_out(at: int, value: bytes, what: str) -> None:
    content = bytearray(records())
    third = 2 * 512
    content[third + at : third + at + len(value)] = value
    kept, lost = sound_records(bytes(content))
    assert lost == 1, what
    assert kept == bytes(content[:third] + content[third + 512 :])


def test_records_between_other_bytes_are_found() -> None:
    content = records()
    mixed = content[:512] + b"x" * 100 + content[512:2048] + bytes(40) + content[2048:]
    kept, lost = sound_records(mixed)
    assert kept == content
    assert lost == 1


def test_half_a_record_is_none() -> None:
    content = records()
    assert sound_records(content[:300]) == (b"", 1)
    assert sound_records(content[:700]) == (content[:512], 1)
