"""The times that there are records of, as few ranges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from seisdsl.language.types import TimeRange

MOST = 1000  # ranges: beyond, the shortest gaps between them are passed over


def coarse(times: Iterable[TimeRange], most: int = MOST) -> tuple[TimeRange, ...]:
    """The union of some times, in order; of many, the longest gaps are kept."""
    union: list[TimeRange] = []
    for one in sorted(times, key=lambda time: time.start):
        if union and one.start <= union[-1].end:
            union[-1] = TimeRange(union[-1].start, max(union[-1].end, one.end))
        else:
            union.append(one)
    if len(union) <= most:
        return tuple(union)
    gaps = sorted(range(1, len(union)), key=lambda at: union[at - 1].end - union[at].start)
    cuts = [0, *sorted(gaps[: most - 1]), len(union)]
    return tuple(TimeRange(union[a].start, union[b - 1].end) for a, b in pairwise(cuts))


def overlap(one: TimeRange, other: TimeRange | None) -> TimeRange | None:
    """What two times have in common; all of the first where there is no second."""
    if other is None:
        return one
    start, end = max(one.start, other.start), min(one.end, other.end)
    return TimeRange(start, end) if start < end else None
