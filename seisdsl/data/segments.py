"""What reading gives: runs of samples as files hold them, and an account of every sample met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from seisdsl.data.waves import NS, Channel

if TYPE_CHECKING:
    import numpy as np

    from seisdsl.language.types import TimeRange


@dataclass(frozen=True)
class Segment:
    """A run of samples of one channel; `good` is False where a sample is not to be believed.

    `start` is the true time of the first sample. `quality` ranks versions of the same data: the
    publication version, or the letter of miniSEED 2 as a number.
    """

    channel: Channel
    start: int
    rate: float
    samples: np.ndarray[Any, Any]
    good: np.ndarray[Any, Any] | None = None
    file: str = ""
    unit: str = "counts"
    quality: int = 0
    origin: int | None = None  # where the run of records began that this is a part of, if earlier

    @property
    def end(self) -> int:
        return self.start + round(len(self.samples) * NS / self.rate)

    @property
    def begun(self) -> int:
        """Start of its whole run: all of it keeps the same time relative to a grid."""
        return self.start if self.origin is None else self.origin

    @property
    def ahead(self) -> int:
        """Samples of its run that come before it."""
        return 0 if self.origin is None else round((self.start - self.origin) * self.rate / NS)


@dataclass(frozen=True)
class Tally:
    """Some consecutive samples of a file, and what became of them.

    Samples whose time is not known (a record whose header is damaged) have no `start`; a file that
    holds no record has no samples either.
    """

    file: str
    id: str = ""
    start: int | None = None
    rate: float = 0.0
    samples: int = 0
    reason: str = ""  # why they were left out: one of REASONS
    detail: str = ""  # in words: where in the file, what was found

    @property
    def end(self) -> int | None:
        if self.start is None or not self.rate > 0:
            return self.start
        return self.start + round(self.samples * NS / self.rate)

    def within(self, time: TimeRange) -> Tally | None:
        """The part of it whose sample times lie in a half-open time; None where there is none.

        What has no time belongs to no part.
        """
        if self.start is None:
            return None
        if not (self.rate > 0 and self.samples):
            return self if time.start <= self.start < time.end else None
        first, last = (self._first_from(edge) for edge in (time.start, time.end))
        if first >= last:
            return None
        begin = self.start + round(first * NS / self.rate)
        return replace(self, start=begin, samples=last - first)

    def _first_from(self, edge: int) -> int:
        """Number of the first sample at or after a time; a thousandth of a sample is no difference."""
        import math

        assert self.start is not None
        at = math.ceil((edge - self.start) * self.rate / NS - 1e-3)
        return min(max(at, 0), self.samples)


@dataclass(frozen=True)
class Account:
    """Every sample met in files is either used or rejected: read = used + rejected, exactly."""

    read: tuple[Tally, ...] = ()
    used: tuple[Tally, ...] = ()
    rejected: tuple[Tally, ...] = ()
    flagged: tuple[Tally, ...] = ()  # used, but worth a look: clipped, clock not locked

    def __add__(self, other: Account) -> Account:
        return Account(
            self.read + other.read,
            self.used + other.used,
            self.rejected + other.rejected,
            self.flagged + other.flagged,
        )

    def within(self, time: TimeRange) -> Account:
        """What it says of the samples of a half-open time."""
        parts = ([part for tally in tallies if (part := tally.within(time))] for tallies in self)
        return Account(*map(tuple, parts))

    def __iter__(self) -> Iterator[tuple[Tally, ...]]:
        return iter((self.read, self.used, self.rejected, self.flagged))

    @property
    def balanced(self) -> bool:
        read, used, rejected, _ = (sum(tally.samples for tally in tallies) for tallies in self)
        return bool(read == used + rejected)


@dataclass(frozen=True)
class Reading:
    """What some files gave. `read` and `rejected` count samples; what is laid on a grid is `used`."""

    segments: list[Segment] = field(default_factory=list)
    read: list[Tally] = field(default_factory=list)
    rejected: list[Tally] = field(default_factory=list)
    flagged: list[Tally] = field(default_factory=list)

    def __iadd__(self, other: Reading) -> Reading:
        self.segments.extend(other.segments)
        self.read.extend(other.read)
        self.rejected.extend(other.rejected)
        self.flagged.extend(other.flagged)
        return self
