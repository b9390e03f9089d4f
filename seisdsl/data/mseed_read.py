"""Samples of a miniSEED file, of which only the records that a time needs are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from seisdsl.data.extent import Extent
from seisdsl.data.mseed_decode import DAMAGED, INTEGRITY, Decoded, decoded, unlike_their_checksum
from seisdsl.data.mseed_headers import FLAGS, STEIM, TEXT, Headers
from seisdsl.data.mseed_judge import ahead, near
from seisdsl.data.mseed_reach import piece, spans
from seisdsl.data.mseed_scan import extents as extents_of
from seisdsl.data.mseed_scan import opened, records, sound
from seisdsl.data.parts import fits
from seisdsl.data.segments import Reading, Segment, Tally
from seisdsl.data.waves import NS, Channel
from seisdsl.language.types import TimeRange

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def read_mseed(
    path: str,
    *,
    time: TimeRange | None = None,
    channels: Sequence[str] = (),
    extents: Sequence[Extent] | None = None,
) -> Reading:
    """The whole records that reach into a time, as segments; a damaged one costs itself alone.

    Where `extents` are known, their bytes alone are read, and what is lost by its header is not told
    again: whoever looked at the file for them has told it.
    """
    reading = Reading()
    if extents is None:
        content = opened(path)
        tables, lost = sound(path, content)
        reading.rejected.extend([t for t in lost if (not t.id or fits(t.id, channels)) and _meets(t, time)])
        reading.read.extend(
            [Tally(path, t.id, t.start, t.rate, t.samples) for t in reading.rejected if t.samples]
        )
        for table in tables:
            _take(reading, path, content, table, _wanted(extents_of(path, table), time, channels), time)
    else:
        with open(path, "rb") as file:
            for begin, end, some in spans(file, _wanted(extents, time, channels), time):
                content = piece(file, begin, end)
                table, _ = records(content, some[0].record_length)
                _take(reading, path, content, table.moved(begin), some, time, begin)
    return reading


def _wanted(extents: Sequence[Extent], time: TimeRange | None, channels: Sequence[str]) -> list[Extent]:
    within = (e for e in extents if time is None or (e.start < time.end and e.end > time.start))
    return [extent for extent in within if fits(extent.id, channels)]


def _meets(tally: Tally, time: TimeRange | None) -> bool:
    return time is None or tally.start is None or tally.within(time) is not None


def _take(
    reading: Reading,
    path: str,
    content: Array,
    table: Headers,
    extents: list[Extent],
    time: TimeRange | None,
    begin: int = 0,
) -> None:
    """Add what the records of some runs hold; `begin` is where in the file the bytes at hand do."""
    import numpy as np

    table, run, number = _of_runs(table, extents, time)
    _promise(reading, path, extents, time, table, run, number)
    if not len(table):
        return
    found = decoded(content, table.moved(-begin))
    fault = found.fault
    if table.form == "MSEED3":
        fault[unlike_their_checksum(content, table.moved(-begin)) & (fault == "")] = INTEGRITY
    starts = np.array([extent.start for extent in extents], np.int64)[run] + ahead(number, table.rate)
    for row in np.flatnonzero(fault != "").tolist():
        reading.rejected.append(_lost(path, table, row, int(starts[row]), str(fault[row])))
    good = np.flatnonzero(fault == "")
    follows = (np.diff(run[good]) == 0) & (number[good][1:] == (number + table.samples)[good][:-1])
    for rows in np.split(good, np.flatnonzero(~follows) + 1) if len(good) else []:
        extent, first = extents[run[rows[0]]], int(rows[0])
        reading.segments.append(Segment(
            Channel(*extent.id.split(".")), int(starts[first]), extent.rate, _joined(found, table, rows),
            file=path, quality=int(table.quality[first]), origin=extent.start if number[first] else None,
        ))  # fmt: skip
        reading.flagged.extend(_flagged(path, extent, table, rows, starts))


def _promise(
    reading: Reading, path: str, extents: list[Extent], time: TimeRange | None,
    table: Headers, run: Array, number: Array,
) -> None:  # fmt: skip
    """Count what the runs promise of a time; of what no record holds it is told that it is lost."""
    import numpy as np

    edges = np.searchsorted(run, np.arange(len(extents) + 1))
    for extent, begin, end in zip(extents, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        held = sorted(zip(number[begin:end].tolist(), table.samples[begin:end].tolist(), strict=True))
        first, last = _needed(extent, time)
        if held:
            first, last = min(first, held[0][0]), max(last, sum(held[-1]))
        if first >= last:
            continue

        def tally(at: int, to: int, *why: str, extent: Extent = extent) -> Tally:
            start = extent.start + int(ahead(at, extent.rate))
            return Tally(path, extent.id, start, extent.rate, to - at, *why)

        reading.read.append(tally(first, last))
        for at, samples in [*held, (last, 0)]:
            if at > first:
                said = "the file no longer holds the records that its headers promised"
                reading.rejected.append(tally(first, at, DAMAGED, said))
            first = at + samples


def _needed(extent: Extent, time: TimeRange | None) -> tuple[int, int]:
    """The samples of a run that surely lie in a time, from and to which number."""
    if time is None:
        return 0, extent.samples
    first, last = ((edge - extent.start) * extent.rate / NS for edge in (time.start, time.end))
    begin = max(0, math.ceil(first + 0.5))
    return begin, max(begin, min(extent.samples, math.ceil(last - 0.5)))


def _of_runs(table: Headers, extents: list[Extent], time: TimeRange | None) -> tuple[Headers, Array, Array]:
    """The records of some runs that reach into a time: of each its run, and its first sample's number there."""
    import numpy as np

    run = np.full(len(table), -1)
    for place, name in enumerate(table.ids):
        own = sorted((e.offset, number) for number, e in enumerate(extents) if e.id == name)
        mine = np.flatnonzero(table.name == place)
        if own and len(mine):
            at = np.searchsorted([offset for offset, _ in own], table.offset[mine], side="right") - 1
            run[mine] = np.where(at >= 0, np.array([number for _, number in own])[at], -1)
    kept = np.flatnonzero((run >= 0) & (table.samples > 0) & (table.encoding != TEXT))
    table, run = table.only(kept), run[kept]
    columns = [(e.offset + e.size, e.start, e.samples) for e in extents]
    last, start, samples = np.array(columns, np.int64).reshape(-1, 3)[run].T
    rate = np.array([e.rate for e in extents])[run]
    number = np.rint((table.start - start) * (rate / NS)).astype(np.int64)
    off = np.abs(table.start - start - ahead(number, rate))
    fitting = (table.offset < last) & (table.rate == rate) & (off <= near(rate))
    fitting &= (number >= 0) & (number + table.samples <= samples)
    if time is not None:
        fitting &= (table.start < time.end) & (table.start + table.samples * (NS / rate) > time.start)
    kept = np.flatnonzero(fitting)
    kept = kept[np.lexsort((table.offset[kept], run[kept]))]
    return table.only(kept), run[kept], number[kept]


def _joined(found: Decoded, table: Headers, rows: Array) -> Array:
    """The samples of some records in a row."""
    import numpy as np

    group, place, samples = found.group[rows], found.place[rows], table.samples[rows]
    apart = (np.diff(group) != 0) | (place[1:] != place[:-1] + samples[:-1])
    firsts = [0, *(np.flatnonzero(apart) + 1).tolist()]
    lasts = [*(first - 1 for first in firsts[1:]), len(rows) - 1]
    pieces = [
        found.samples[group[a]][place[a] : place[b] + samples[b]] for a, b in zip(firsts, lasts, strict=True)
    ]
    joined: Array = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return joined


def _lost(path: str, table: Headers, row: int, start: int, reason: str) -> Tally:
    where = f"the record at byte {int(table.offset[row])}"
    said = f"{where} cannot be decoded"
    if reason == INTEGRITY:
        steim = table.encoding[row] in STEIM and table.form == "MSEED"
        said = f"{where} does not end in the sample it promises" if steim else f"{where} fails its checksum"
    name = table.ids[table.name[row]]
    return Tally(path, name, start, float(table.rate[row]), int(table.samples[row]), reason, said)


def _flagged(path: str, extent: Extent, table: Headers, rows: Array, starts: Array) -> Iterator[Tally]:
    """For each flag the stretches of records that have it."""
    import numpy as np

    flags = table.flags[rows]
    if not flags.any():
        return
    for bit, reason in enumerate(FLAGS):
        raised = np.flatnonzero((flags >> bit) & 1)
        for some in np.split(raised, np.flatnonzero(np.diff(raised) > 1) + 1) if len(raised) else []:
            first, samples = int(starts[rows[some[0]]]), int(table.samples[rows[some]].sum())
            yield Tally(path, extent.id, first, extent.rate, samples, reason)
