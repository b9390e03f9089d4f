"""What a miniSEED file holds, from its headers alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seisdsl.data import mseed, mseed3
from seisdsl.data.extent import Extent
from seisdsl.data.mseed_headers import Headers, together
from seisdsl.data.mseed_judge import ahead, by_run, judged, tallies
from seisdsl.data.segments import Tally

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def scan_mseed(path: str) -> tuple[list[Extent], list[Tally]]:
    """The runs of records of each channel, and what is left out for what its header says or lacks."""
    tables, rejected = sound(path, opened(path))
    return [extent for table in tables for extent in extents(path, table)], rejected


def sound(path: str, content: Array) -> tuple[list[Headers], list[Tally]]:
    """The records that can be believed, those of each version by themselves, and the others."""
    table, lost = records(content)
    others, lost = _of_the_other_version(content, table.form, lost)
    found, rejected = [], []
    for some in [table, *others]:
        believed, left_out = judged(some)
        found.append(believed)
        rejected += tallies(path, left_out)
    return found, rejected + [tally for stretch in lost for tally in _told(path, stretch)]


def _of_the_other_version(
    content: Array, form: str, lost: list[mseed.Lost]
) -> tuple[list[Headers], list[mseed.Lost]]:
    """A table of records of the other version of miniSEED in what is lost, and what is lost then."""
    tables: list[Headers] = []
    left: list[mseed.Lost] = []
    for own in _side_by_side(lost):
        begin, end = own[0].offset, own[-1].offset + own[-1].size
        of_other = (mseed3 if form == "MSEED" else mseed).records(content[begin:end])
        table, rest = of_other[0].moved(begin), [stretch.moved(begin) for stretch in of_other[1]]
        if len(table) or any(stretch.promised for stretch in rest):
            tables.append(table)
            own = rest
        left += own
    return [together(tables)] if tables else [], left


def _side_by_side(lost: list[mseed.Lost]) -> list[list[mseed.Lost]]:
    """What is lost, by stretches of the file with no sound record in them."""
    found: list[list[mseed.Lost]] = []
    for stretch in lost:
        if found and found[-1][-1].offset + found[-1][-1].size == stretch.offset:
            found[-1].append(stretch)
        else:
            found.append([stretch])
    return found


def _told(path: str, lost: mseed.Lost) -> list[Tally]:
    """That bytes were left out, with the samples that were to be in them, where that is known."""
    promised = judged(lost.promised)[0] if lost.promised else None
    if promised:
        return tallies(path, [(lost.reason, lost.said, promised)])
    return [Tally(path, reason=lost.reason, detail=lost.said)]


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
