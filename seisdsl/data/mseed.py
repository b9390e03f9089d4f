"""Where the miniSEED 2 records of a file are, and what lies between them.

No decoder may see a record whose header is damaged: it would read what is not its own, and end the
whole process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seisdsl.data.mseed_headers import HEADER, Headers, headers

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

RECORD = re.compile(rb"[\d \0]{6}[DRQM][ \0]")
_EVERY = re.compile(rb"(?=[\d \0]{6}[DRQM][ \0])")
_CONTROL = re.compile(rb"\d{6}[VAST][ *]")  # headers of a full SEED volume
_SHORTEST = 128
_LONGEST = 1 << 20

TRUNCATED, DAMAGED, FOREIGN = "truncated", "damaged header", "not a record"


@dataclass(frozen=True)
class Lost:
    """Bytes of a file that are no sound record, and what one that breaks off promised.

    Where and how many they are is filled in where `detail` has {at} and {size}.
    """

    offset: int
    size: int
    reason: str
    detail: str
    promised: Headers | None = None

    @property
    def said(self) -> str:
        return self.detail.format(size=self.size, at=self.offset)

    def moved(self, by: int) -> Lost:
        """The same in a file of which these bytes are a later part."""
        promised = self.promised and self.promised.moved(by)
        return replace(self, offset=self.offset + by, promised=promised)


def records(content: Array, length: int = 0) -> tuple[Headers, list[Lost]]:
    """The records whose headers make sense, and what else there is.

    `length` is that of records that do not tell their own, where it is known.
    """
    import numpy as np

    whole = bytes(content[: 2 * _LONGEST])
    length = length or record_length(whole) or _distance(whole)
    step = min(length or 512, 4096)
    grid = np.arange(0, len(content) - HEADER + 1, step)
    table, sound = headers(content, grid, length)
    if sound.all() and (table.length == step).all() and len(table) * step == len(content):
        return table, []
    taken = _walk(table.offset[sound], table.length[sound])
    table = table.only(np.flatnonzero(sound)[taken])
    more = [place for gap in _gaps(table, len(content)) for place in _signatures(content, *gap)]
    if more:
        offsets = np.union1d(table.offset, more)
        table, sound = headers(content, offsets, length)
        table = table.only(np.flatnonzero(sound)[_walk(offsets[sound], table.length[sound])])
    lost = [stretch for gap in _gaps(table, len(content)) for stretch in _lost(content, *gap, step)]
    return table, [_with_promise(stretch, content, length) for stretch in lost]


def record_length(content: bytes) -> int | None:
    """The record length that blockette 1000 of the first record gives."""
    table = _first(content[:4096])
    return int(table.length[0]) if table else None


def _first(content: bytes, length: int = 0) -> Headers | None:
    """What the first record says, whether or not all of it is there."""
    import numpy as np

    if not RECORD.match(content):
        return None
    ample = np.frombuffer(content.ljust(_LONGEST, b"\0"), np.uint8)
    table, sound = headers(ample, np.zeros(1, np.int64), length)
    return table if sound[0] else None


def _with_promise(lost: Lost, content: Array, length: int) -> Lost:
    if lost.reason != TRUNCATED or lost.size < HEADER:
        return lost
    return replace(lost, promised=_first(content[lost.offset :].tobytes(), length))


def _distance(content: bytes) -> int:
    """How far apart records begin that do not tell their length."""
    lengths = (1 << power for power in range(7, 21))
    near = (n for n in lengths if RECORD.match(content, n) or n == len(content))
    return next(near, 0) if RECORD.match(content) else 0


def _walk(offsets: Array, lengths: Array) -> list[int]:
    """Which records follow on one another; one that would swallow the next is none."""
    taken: list[int] = []
    begin, end = offsets.tolist(), (offsets + lengths).tolist()
    done = 0
    for number, (at, to) in enumerate(zip(begin, end, strict=True)):
        if at >= done and (number + 1 == len(begin) or to <= begin[number + 1]):
            taken.append(number)
            done = to
    return taken


def _gaps(table: Headers, size: int) -> list[tuple[int, int]]:
    """The bytes between records: from, to."""
    edges = [
        (0, 0),
        *zip(table.offset.tolist(), (table.offset + table.length).tolist(), strict=True),
        (size, size),
    ]
    return [(end, begin) for (_, end), (begin, _) in pairwise(edges) if begin > end]


def _signatures(content: Array, begin: int, end: int) -> list[int]:
    piece = content[begin : end + 7].tobytes()
    most = len(content) - HEADER - begin
    return [begin + found.start() for found in _EVERY.finditer(piece) if found.start() <= most]


def _lost(content: Array, begin: int, end: int, step: int) -> list[Lost]:
    """What a stretch without sound records is: one entry for each kind in turn."""
    pieces = [(at, min(at + step, end)) for at in range(begin, end, step)]
    kinds = [(at, to, _kind(content, at, to, step)) for at, to in pieces]
    if _CONTROL.match(content[begin : begin + 8].tobytes()):
        kinds = [piece for piece in kinds if piece[2][0] != FOREIGN]
    merged: list[tuple[int, int, tuple[str, str]]] = []
    for at, to, kind in kinds:
        if merged and merged[-1][1:] == (at, kind) and kind[0] != TRUNCATED:
            merged[-1] = (merged[-1][0], to, kind)
        else:
            merged.append((at, to, kind))
    return [Lost(at, to - at, *kind) for at, to, kind in merged]


def _kind(content: Array, begin: int, end: int, step: int) -> tuple[str, str]:
    piece = content[begin:end]
    head = piece[:8].tobytes()
    if not piece.any():
        return FOREIGN, "bytes of zeros, {size:,} of them, at byte {at}"
    if not RECORD.match(head):
        return FOREIGN, "foreign bytes, {size:,} of them, at byte {at}"
    if end == len(content) and end - begin < step:
        return TRUNCATED, "breaks off within the record at byte {at}"
    return DAMAGED, "a record header at byte {at} contradicts itself"
