"""How a time is cut into chunks: at whole multiples of their length since 1970, on every machine alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seisdsl.language.types import TimeRange

SECOND = 10**9
LENGTHS = tuple(seconds * SECOND for seconds in (10, 60, 300, 600, 1800, 3600, 6 * 3600, 86400))
SAMPLES = 3 * 2**26  # bytes of samples in a chunk: the operators hold about ten times as much
MOST = 10**6  # chunks in a run


class TooMany(Exception):
    """The chunks would be too short for the time."""


def span_of(extents: Iterable[TimeRange]) -> TimeRange:
    extents = tuple(extents)
    return TimeRange(min(e.start for e in extents), max(e.end for e in extents))


def fitting(span: TimeRange, size: int) -> int | None:
    """The length for waves of `size` bytes in a time; None where they fit into one chunk."""
    if size <= SAMPLES or span.end <= span.start:
        return None
    seconds = SAMPLES * (span.end - span.start) / size
    return max((length for length in LENGTHS if length <= seconds), default=LENGTHS[0])


def chunks(extents: Sequence[TimeRange], length: int | None) -> tuple[TimeRange, ...]:
    """Those chunks of a length (in ns) that hold a part of the extents; one where no length is given."""
    span = span_of(extents)
    if length is None:
        return (span,)
    if sum((e.end - e.start) // length + 1 for e in extents) > MOST:
        raise TooMany(f"more than {MOST:,} chunks of {length / SECOND:g} s: take longer ones")
    numbers = {
        number
        for extent in extents
        if extent.end > extent.start
        for number in range(extent.start // length, (extent.end - 1) // length + 1)
    }
    return tuple(
        TimeRange(max(number * length, span.start), min((number + 1) * length, span.end))
        for number in sorted(numbers)
    )


def widened(time: TimeRange, before: float, after: float, within: TimeRange) -> TimeRange:
    """A time and so many seconds around it, as far as there is any."""
    start, end = time.start - _ns(before), time.end + _ns(after)
    return TimeRange(max(start, within.start), min(end, within.end))


def _ns(seconds: float) -> int:
    return -int(-seconds * SECOND // 1)


def halves(time: TimeRange) -> tuple[TimeRange, TimeRange]:
    middle = (time.start + time.end) // 2 // SECOND * SECOND
    middle = middle if middle > time.start else (time.start + time.end) // 2
    return TimeRange(time.start, middle), TimeRange(middle, time.end)
