"""What a miniSEED file holds, from its headers alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seisdsl.data import mseed, mseed3
from seisdsl.data.extent import Extent
from seisdsl.data.mseed_headers import Headers
from seisdsl.data.mseed_judge import ahead, by_run, judged, tallies
from seisdsl.data.segments import Tally

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def scan_mseed(path: str) -> tuple[list[Extent], list[Tally]]:
    """The runs of records of each channel, and what is left out for what its header says or lacks."""
    table, rejected = sound(path, opened(path))
    return extents(path, table), rejected


def sound(path: str, content: Array) -> tuple[Headers, list[Tally]]:
    """The records that can be believed, and the others."""
    table, lost = records(content)
    table, left_out = judged(table)
    rest = [Tally(path, reason=stretch.reason, detail=stretch.detail) for stretch in lost]
    return table, tallies(path, left_out) + rest


def opened(path: str) -> Array:
    """The bytes of a file. They are read, not mapped: a mapped file that shrinks ends the process."""
    import numpy as np

    return np.fromfile(path, np.uint8)


def records(content: Array, length: int = 0) -> tuple[Headers, list[mseed.Lost]]:
    """All records of a file, or of a part of it that begins with one."""
    of_version_3 = content[:3].tobytes() == mseed3.MARK
    return mseed3.records(content) if of_version_3 else mseed.records(content, length)


def extents(path: str, table: Headers) -> list[Extent]:
    """One for each run of records."""
    table, runs = by_run(table)
    found = []
    for begin, end in pairwise([*runs.tolist(), len(table)]):
        rate, samples = float(table.rate[begin]), int(table.samples[begin:end].sum())
        start, offset = int(table.start[begin]), int(table.offset[begin])
        size = int(table.offset[end - 1] + table.length[end - 1]) - offset
        name = table.ids[table.name[begin]]
        lengths, encoding = set(table.length[begin:end].tolist()), int(table.encoding[begin])
        length = lengths.pop() if len(lengths) == 1 else 0
        stop = start + int(ahead(samples, rate))
        found.append(
            Extent(path, name, start, stop, rate, samples, offset, size, length, encoding, table.form)
        )
    return found
