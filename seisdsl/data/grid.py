"""The grid of a sampling rate: sample n lies n intervals after 1970, in whatever part of a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from seisdsl.data.parts import first
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

NEAR = 10**6  # a sample that lies this part of an interval before an edge counts as on it


@dataclass(frozen=True)
class Grid:
    rate: float

    @cached_property
    def exact(self) -> Fraction:
        return Fraction(self.rate).limit_denominator(1_000_000)

    @cached_property
    def _terms(self) -> tuple[int, int]:
        """Samples and the nanoseconds that they take."""
        return self.exact.numerator, self.exact.denominator * NS

    def number(self, time: int) -> int:
        """Of the sample nearest to a time; of the later one where there are two."""
        samples, ns = self._terms
        return (2 * time * samples + ns) // (2 * ns)

    def time(self, number: int) -> int:
        samples, ns = self._terms
        return (2 * number * ns + samples) // (2 * samples)

    def numbers(self, time: TimeRange) -> tuple[int, int]:
        """The first sample of a half-open time, and the first one after it."""
        samples, ns = self._terms
        first, last = (-((ns - edge * samples * NEAR) // (ns * NEAR)) for edge in (time.start, time.end))
        return first, max(first, last)

    def around(self, time: TimeRange) -> tuple[int, int]:
        """The last sample at or before a time's start, and the first one at or after its end."""
        samples, ns = self._terms
        first = (time.start * samples * NEAR + ns) // (ns * NEAR)
        return first, self.numbers(time)[1]


# Rates ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rates:
    """The rate of a grid, and those of the records laid on it."""

    rate: float
    own: frozenset[float]  # all rates in headers
    same: frozenset[float]  # those of them that count as this one

    @classmethod
    def of(cls, runs: Iterable[tuple[str, float, int]], rate: float | None = None) -> Rates:
        """Of runs of records: channel, rate and number of samples of each.

        Where no rate is given it is the commonest, and refused if there are others.
        """
        longest: Counter[float] = Counter()
        counts: Counter[float] = Counter()
        channels: dict[float, set[str]] = {}
        for channel, own, samples in runs:
            longest[own] = max(longest[own], samples)
            counts[nominal(own)] += samples
            channels.setdefault(nominal(own), set()).add(channel)
        common = max(counts, key=lambda own: (counts[own], own), default=1.0)
        wanted = rate or common
        same = frozenset(own for own in longest if _one(own, wanted, longest[own]))
        if rate is None and len(same) < len(longest):
            raise _mixed(common, channels)
        return cls(wanted, frozenset(longest), same)

    def grid(self, own: float) -> Grid:
        """On which records of a rate are laid first."""
        return Grid(self.rate if own in self.same else nominal(own))

    def time(self, start: int, own: float, first: int, last: int) -> TimeRange:
        """On that grid, the time from one sample to another (half-open) of a run that begins at `start`."""
        grid = self.grid(own)
        number = grid.number(start)
        return TimeRange(grid.time(number + first), grid.time(number + last))


def _mixed(common: float, channels: Mapping[float, Collection[str]]) -> Unsuitable:
    return Unsuitable(
        "the channels have different sampling rates",
        parameter="rate",
        notes=[
            f"{len(ids)} {'channel has' if len(ids) == 1 else 'channels have'} {rate:g} Hz: "
            + ", ".join(first(sorted(ids), 3))
            for rate, ids in sorted(channels.items())
        ],
        repair=f"rate={common:g}Hz resamples those that differ",
    )


def _one(own: float, rate: float, samples: int) -> bool:
    """Whether a run drifts less than half a sample off the grid, or its header is merely rounded."""
    return nominal(own) == nominal(rate) or abs(own / rate - 1) * samples < 0.5


def nominal(rate: float) -> float:
    """Single precision in a header turns 100 Hz into 100.00000224 Hz."""
    for whole in (float(round(rate)), 1 / max(round(1 / rate), 1)):
        if whole and abs(rate / whole - 1) < 1e-7:
            return whole
    return rate
