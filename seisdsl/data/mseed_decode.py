"""Samples of sound miniSEED records, many records at once.

libmseed decodes; the headers that it sees are written here, so that none can lead it astray. It
stops at a record that it cannot decode: the rest is then tried in halves, and one record is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.mseed_headers import ENCODINGS, STEIM, Headers

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

READERS = 2
AT_ONCE = 1 << 20  # bytes that a thread decodes at once
DAMAGED, INTEGRITY = "damaged record", "integrity"
_KINDS = {4: "f4", 5: "f8", 12: "f4", 13: "f4", 14: "f4"}  # all others are whole numbers
_NAME = b"FDSN:XX_DECODED_00_B_H_Z"  # 64 bytes with the fixed part of the header
_BEGIN = 40 + len(_NAME)


@dataclass(frozen=True)
class Decoded:
    """Samples by group of like records; of each record its group, its place in it, what is wrong with it."""

    samples: list[Array]
    group: Array
    place: Array
    fault: Array


def decoded(content: Array, table: Headers) -> Decoded:
    import numpy as np

    key = (table.size * 256 + table.encoding) * 2 + table.big
    kinds = sorted(set(key[np.flatnonzero(np.diff(key, prepend=-1))].tolist()))
    group = np.searchsorted(kinds, key)
    place, fault, samples = np.zeros(len(table), np.int64), np.zeros(len(table), "U16"), []
    for number in range(len(kinds)):
        mine = np.flatnonzero(group == number)
        part = table.only(mine)
        place[mine] = np.cumsum(part.samples) - part.samples
        values, fault[mine] = _alike(content, part)
        samples.append(values)
    return Decoded(samples, group, place, fault)


def kind(encoding: int) -> str:
    """The numpy type of its samples."""
    return _KINDS.get(encoding, "i4")


def _alike(content: Array, table: Headers) -> tuple[Array, Array]:
    """Records of one size, encoding and byte order: all samples, and what is wrong with each record."""
    import numpy as np

    edges = np.concatenate([[0], np.cumsum(table.samples)])
    values = np.empty(int(edges[-1]), kind(int(table.encoding[0])))
    fault = np.zeros(len(table), "U16")
    step = max(1, AT_ONCE // (_BEGIN + int(table.size[0])))

    def work(first: int) -> None:
        last = min(first + step, len(table))
        some = slice(first, last)
        part = table.only(some)
        rows = _rewritten(content, part)
        own = values[edges[first] : edges[last]]
        bounds = edges[first : last + 1] - edges[first]
        _tried(lambda a, b: _unpack(rows[a:b], own[bounds[a] : bounds[b]]), 0, last - first, fault[some])
        if part.encoding[0] in STEIM:
            promised = rows[:, _BEGIN + 8 : _BEGIN + 12].copy().view(">i4")[:, 0]
            wrong = (own[bounds[1:] - 1] != promised) & (fault[some] == "")
            fault[some][wrong] = INTEGRITY

    firsts = range(0, len(table), step)
    if len(firsts) == 1:
        work(0)
    else:
        with ThreadPoolExecutor(READERS, "unpacking") as pool:
            list(pool.map(work, firsts))
    return values, fault


def unlike_their_checksum(content: Array, table: Headers) -> Array:
    """Which records of miniSEED 3 hold other bytes than they were written with."""
    import numpy as np

    fault = np.zeros(len(table), "U16")
    whole = [content[at : at + size].tobytes() for at, size in zip(table.offset, table.length, strict=True)]
    _tried(lambda first, last: _as_written(b"".join(whole[first:last])), 0, len(table), fault)
    unlike: Array = fault != ""
    return unlike


def _as_written(content: bytes) -> bool:
    from pymseed import MiniSEEDError, MS3TraceList

    try:
        MS3TraceList.from_buffer(content)
    except MiniSEEDError:
        return False
    return True


def _tried(unpack: Callable[[int, int], bool], first: int, last: int, fault: Array) -> None:
    """Unpack records, by halves where one of them cannot be."""
    if unpack(first, last):
        return
    if last - first == 1:
        fault[first] = DAMAGED
        return
    middle = (first + last) // 2
    _tried(unpack, first, middle, fault)
    _tried(unpack, middle, last, fault)


def _unpack(rows: Array, values: Array) -> bool:
    from pymseed import MiniSEEDError, MS3TraceList

    try:
        traces = MS3TraceList.from_buffer(rows.reshape(-1), record_list=True, validate_crc=False)
        (run,) = next(iter(traces))
        return bool(run.unpack_recordlist(buffer=values) == len(values))
    except (MiniSEEDError, ValueError, StopIteration):
        return False


def _rewritten(content: Array, table: Headers) -> Array:
    """miniSEED 3 records, one a row, of one channel with one sample a second that follow on one another."""
    import numpy as np

    size = int(table.size[0])
    fixed = np.dtype([
        ("mark", "S2"), ("format", "u1"), ("flags", "u1"), ("nanosecond", "<u4"), ("year", "<u2"),
        ("day", "<u2"), ("hour", "u1"), ("minute", "u1"), ("second", "u1"), ("encoding", "u1"),
        ("rate", "<f8"), ("samples", "<u4"), ("checksum", "<u4"), ("version", "u1"), ("name", "u1"),
        ("extra", "<u2"), ("size", "<u4"), ("id", f"S{len(_NAME)}"), ("content", "u1", (size,)),
    ])  # fmt: skip
    rows = np.zeros(len(table), fixed)
    second = (np.cumsum(table.samples) - table.samples).astype("M8[s]")
    year, day = second.astype("M8[Y]"), second.astype("M8[D]")
    rows["mark"], rows["format"], rows["version"], rows["rate"] = b"MS", 3, 1, 1.0
    rows["id"], rows["name"], rows["size"] = _NAME, len(_NAME), size
    rows["year"], rows["day"] = year.astype(int) + 1970, (day - year).astype(int) + 1
    clock = (second - day).astype(int)
    rows["hour"], rows["minute"], rows["second"] = clock // 3600, clock // 60 % 60, clock % 60
    rows["encoding"], rows["samples"] = table.encoding, table.samples
    windows = np.lib.stride_tricks.sliding_window_view(content, size)
    rows["content"] = windows[table.offset + table.data]
    encoding, big = int(table.encoding[0]), bool(table.big[0])
    if encoding in STEIM and not big:
        whole = size // 64 * 64
        rows["content"][:, :whole] = _turned(rows["content"][:, :whole], encoding)
    elif encoding not in STEIM and big:
        width = ENCODINGS[encoding][0]
        whole = size // width * width
        words = rows["content"][:, :whole].reshape(len(table), -1, width)
        rows["content"][:, :whole] = words[:, :, ::-1].reshape(len(table), whole)
    return rows.view(np.uint8).reshape(len(table), -1)


def _turned(frames: Array, encoding: int) -> Array:
    """Steim frames in the other byte order: within each word, that of the numbers it is made of."""
    import numpy as np

    words = np.ascontiguousarray(frames).reshape(len(frames), -1, 16, 4)
    turned = words[..., ::-1].copy()
    control = turned[:, :, :1].view(">u4")[..., 0]
    code = (control >> (30 - 2 * np.arange(16, dtype=np.uint32))) & 3
    turned[code == 1] = words[code == 1]
    if encoding == STEIM[0]:
        turned[code == 2] = words[code == 2][:, [1, 0, 3, 2]]
    return turned.reshape(frames.shape)
