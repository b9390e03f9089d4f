"""When instruments were clipped: what reading tells, and what goes along with waves to those who measure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from seisdsl.language.types import BOOLEAN, ColumnOf, TimeRange

if TYPE_CHECKING:
    from seisdsl.data.segments import Tally

CLIPPED = {"clipped": ColumnOf(BOOLEAN, help="whether the instrument was clipped meanwhile")}


@dataclass(frozen=True)
class Clips:
    """Stretches of time in which a sample of an instrument was clipped: instrument, start, end.

    In order, and none meets another of its instrument, so that the same samples give the same
    stretches in whatever parts they come.
    """

    stretches: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, flagged: Iterable[Tally]) -> Clips:
        """Of what is used but flagged, in an account of samples read."""
        found = []
        for tally in flagged:
            if tally.reason == "clipped" and tally.start is not None and tally.end is not None:
                found.append((tally.id[:-1], tally.start, tally.end))
        return cls._merged(found)

    @classmethod
    def joined(cls, parts: Iterable[Clips]) -> Clips:
        return cls._merged(stretch for part in parts for stretch in part.stretches)

    @classmethod
    def _merged(cls, stretches: Iterable[tuple[str, int, int]]) -> Clips:
        whole: list[tuple[str, int, int]] = []
        for instrument, start, end in sorted(stretches):
            if whole and whole[-1][0] == instrument and start <= whole[-1][2]:
                whole[-1] = instrument, whole[-1][1], max(end, whole[-1][2])
            else:
                whole.append((instrument, start, end))
        return cls(tuple(whole))

    def within(self, time: TimeRange) -> Clips:
        """Those that reach into a half-open time, as far as they do."""
        cut = ((name, max(start, time.start), min(end, time.end)) for name, start, end in self.stretches)
        return Clips(tuple(stretch for stretch in cut if stretch[1] < stretch[2]))

    def met(self, instrument: str, start: int, end: int) -> bool:
        """Whether it was clipped at some time from a start to an end (half-open)."""
        own = self._of.get(instrument, [])
        after = bisect_right(own, start, key=lambda stretch: stretch[1])
        return after < len(own) and own[after][0] < end

    @cached_property
    def _of(self) -> dict[str, list[tuple[int, int]]]:
        by_instrument: dict[str, list[tuple[int, int]]] = {}
        for instrument, start, end in self.stretches:
            by_instrument.setdefault(instrument, []).append((start, end))
        return by_instrument
