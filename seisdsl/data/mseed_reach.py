"""Which bytes of a file the records of a time lie in, found by looking at a few headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from seisdsl.data.extent import Extent
from seisdsl.data.mseed_headers import headers
from seisdsl.language.types import TimeRange

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PROBES = 32  # headers looked at at once
FEW = 64  # records: of so many, all are read
NEAR = 1 << 16  # bytes: parts no further apart are read as one


def spans(
    file: BinaryIO, extents: list[Extent], time: TimeRange | None
) -> list[tuple[int, int, list[Extent]]]:
    """Parts of a file, from and to which byte, with the runs of records that lie in each."""
    found: list[tuple[int, int, list[Extent]]] = []
    for begin, end, extent in sorted(((*reach(file, e, time), e) for e in extents), key=lambda s: s[:2]):
        first, last, others = found[-1] if found else (0, 0, [])
        if others and begin <= last + NEAR and _alike(extent, others[0]):
            found[-1] = first, max(last, end), others
            others.append(extent)
        else:
            found.append((begin, end, [extent]))
    return found


def _alike(one: Extent, other: Extent) -> bool:
    return (one.record_length, one.format) == (other.record_length, other.format)


def piece(file: BinaryIO, begin: int, end: int) -> Array:
    """Some bytes of a file, or as many of them as it still has."""
    import numpy as np

    file.seek(begin)
    return np.frombuffer(file.read(max(end - begin, 0)), np.uint8)


def reach(file: BinaryIO, extent: Extent, time: TimeRange | None) -> tuple[int, int]:
    """From and to which byte the records of a run lie that reach into a time.

    Times rise within a run. Where its records have no common length, or hardly a header looked at is
    one of its own, the whole run is meant.
    """
    import numpy as np

    length, end = extent.record_length, extent.offset + extent.size
    if time is None or not length:
        return extent.offset, end
    low, high = 0, (end - extent.offset) // length
    while high - low > FEW:
        probes = np.unique(np.linspace(low, high - 1, PROBES).astype(np.int64))
        looked = np.zeros((len(probes), length), np.uint8)
        for row, at in zip(looked, (extent.offset + probes * length).tolist(), strict=True):
            found = piece(file, at, at + length)
            row[: len(found)] = found
        table, sound = headers(looked.reshape(-1), np.arange(len(probes)) * length, length)
        sound &= np.array([name == extent.id for name in table.ids])[table.name]
        early = probes[sound & (table.start <= time.start)]
        late = probes[sound & (table.start >= time.end)]
        narrower = int(early.max(initial=low)), int(late.min(initial=high))
        if narrower == (low, high):
            break
        low, high = narrower
    return extent.offset + low * length, extent.offset + high * length
