"""Segments of one channel laid into one row of a grid: gaps, overlaps and bad samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seisdsl.data.grid import Grid
from seisdsl.data.segments import Account, Segment, Tally
from seisdsl.data.waves import NS

if TYPE_CHECKING:
    import numpy as np

SLIP = 0.1  # of an interval: how far samples may drift off the grid before their lateness is told anew
ON_GRID = 0.01  # of an interval: closer to the grid than headers tell, samples lie on it


@dataclass(frozen=True, eq=False)
class Placed:
    """A segment, and the number on the grid of its first sample."""

    segment: Segment
    grid: Grid

    @cached_property
    def left(self) -> int:
        return self.grid.number(self.segment.begun) + self.segment.ahead

    @cached_property
    def right(self) -> int:
        return self.left + len(self.segment.samples)

    def tally(self, left: int, right: int, reason: str = "", detail: str = "") -> Tally:
        """Of those of its samples that have these numbers on the grid."""
        own, grid = self.segment, self.grid
        return Tally(own.file, own.channel.id, grid.time(left), grid.rate, right - left, reason, detail)

    def lateness(self, left: int, right: int) -> Iterator[tuple[int, int]]:
        """Numbers on the grid from which on its samples come so many nanoseconds after the grid's."""
        own, step = self.segment, NS / self.grid.rate
        begun = self.left - own.ahead
        late = own.begun - self.grid.time(begun)
        late = late if abs(late) >= ON_GRID * step else 0
        slip = NS / own.rate - step  # of each sample against the one before
        if abs(slip) * (right - begun) < SLIP * step:
            yield left, late
            return
        block = max(1, int(SLIP * step / abs(slip)))
        for number in range((left - begun) // block, (right - 1 - begun) // block + 1):
            yield max(left, begun + number * block), late + round(number * block * slip)


@dataclass
class Row:
    """A channel's samples from a number on the grid on; where `mask` is False there is none."""

    first: int
    samples: np.ndarray[Any, Any]
    mask: np.ndarray[Any, Any]
    owners: list[tuple[int, int, Placed]] = field(default_factory=list)  # whose the samples are, in order
    read: list[Tally] = field(default_factory=list)
    rejected: list[Tally] = field(default_factory=list)
    flagged: list[Tally] = field(default_factory=list)

    def reject(self, left: int, right: int, reason: str, detail: str = "") -> None:
        """Leave out the recorded samples with these numbers on the grid."""
        here = self.mask[left - self.first : right - self.first]
        for start, end in runs(here):
            self.rejected += self._of_owners(left + start, left + end, reason, detail)
        here[:] = False
        self.samples[left - self.first : right - self.first] = 0

    def flag(self, left: int, right: int, reason: str, detail: str = "") -> None:
        self.flagged += self._of_owners(left, right, reason, detail)

    @property
    def account(self) -> Account:
        used: list[Tally] = []
        for start, end in runs(self.mask):
            used += self._of_owners(self.first + start, self.first + end, "", "")
        return Account(*map(tuple, (self.read, used, self.rejected, self.flagged)))

    def lateness(self) -> list[tuple[int, int]]:
        """Numbers from which on the samples come so much after the grid's; not late where there are none."""
        changes: list[tuple[int, int]] = []
        end = None
        for left, right, owner in self.owners:
            if end is not None and left > end:
                changes.append((end, 0))
            changes += owner.lateness(left, right)
            end = right
        if end is not None and end < self.first + len(self.mask):
            changes.append((end, 0))
        return [c for at, c in enumerate(changes) if c[1] != (changes[at - 1][1] if at else 0)]

    def _of_owners(self, left: int, right: int, reason: str, detail: str) -> list[Tally]:
        from bisect import bisect_right

        found = []
        at = bisect_right(self.owners, left, key=lambda owner: owner[1])
        while at < len(self.owners) and self.owners[at][0] < right:
            start, end, owner = self.owners[at]
            found.append(owner.tally(max(left, start), min(right, end), reason, detail))
            at += 1
        return found


def row_of(placed: Sequence[Placed], first: int, last: int) -> Row:
    """The samples of a channel's segments from one number on their grid to another (half-open)."""
    import numpy as np

    dtype = np.result_type(*(one.segment.samples.dtype for one in placed)).newbyteorder("=")
    row = Row(first, np.zeros(last - first, dtype), np.zeros(last - first, bool))
    row.read += [one.tally(*_clipped(one, row)) for one in placed]
    for group in _overlapping(placed):
        if len(group) == 1:
            _lay(row, group[0])
        else:
            _settle(row, group)
    return row


def _overlapping(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Segments that overlap one another, together."""
    group: list[Placed] = []
    end = 0
    for one in sorted(placed, key=lambda one: one.left):
        if group and one.left >= end:
            yield group
            group = []
        end = max(end, one.right) if group else one.right
        group.append(one)
    if group:
        yield group


def _clipped(one: Placed, row: Row) -> tuple[int, int]:
    return max(one.left, row.first), min(one.right, row.first + len(row.mask))


def _good(segment: Segment, part: slice) -> Any:
    """Which samples are numbers and were not marked bad; True for all."""
    import numpy as np

    good: Any = True if segment.good is None else segment.good[part]
    if segment.samples.dtype.kind == "f":
        finite = np.isfinite(segment.samples[part])
        good = good if good is True and finite.all() else finite & good
    return good


def _lay(row: Row, one: Placed) -> None:
    left, right = _clipped(one, row)
    part = slice(left - one.left, right - one.left)
    here = slice(left - row.first, right - row.first)
    good = _good(one.segment, part)
    row.owners.append((left, right, one))
    row.mask[here] = good
    row.samples[here] = one.segment.samples[part]
    if good is not True:
        row.samples[here][~good] = 0
        row.rejected += [one.tally(left + a, left + b, "not a number") for a, b in runs(~good)]


def _settle(row: Row, group: list[Placed]) -> None:
    """Of equal samples one is kept; of others the better version's, or none where both are as good."""
    import numpy as np

    begin = max(min(one.left for one in group), row.first)
    length = min(max(one.right for one in group), row.first + len(row.mask)) - begin
    owner = np.full(length, -1, np.int32)
    spoilt = np.zeros(length, bool)
    values = row.samples[begin - row.first : begin - row.first + length]
    ranked = sorted(group, key=lambda one: (-one.segment.quality, one.segment.begun, one.segment.file))
    quality = np.array([one.segment.quality for one in ranked])
    for number, one in enumerate(ranked):
        left, right = _clipped(one, row)
        part = slice(left - one.left, right - one.left)
        here = slice(left - begin, right - begin)
        samples = one.segment.samples[part]
        good = np.broadcast_to(_good(one.segment, part), samples.shape)
        free = good & (owner[here] < 0)
        taken = good & ~free
        same = taken & ~spoilt[here] & (values[here] == samples)
        worse = taken & ~same & (quality[owner[here]] > quality[number])
        clash = taken & ~same & ~worse
        values[here][free] = samples[free]
        owner[here][free] = number
        spoilt[here] |= clash
        for lost, reason in (
            (~good, "not a number"), (same, "duplicate"), (worse, "superseded"), (clash, "overlap_conflict"),
        ):  # fmt: skip
            row.rejected += [one.tally(left + a, left + b, reason) for a, b in runs(lost)]
    edges = np.flatnonzero(np.diff(owner)) + 1
    for a, b in zip([0, *edges.tolist()], [*edges.tolist(), length], strict=True):
        if owner[a] >= 0:
            row.owners.append((begin + a, begin + b, ranked[owner[a]]))
    row.mask[begin - row.first : begin - row.first + length] = owner >= 0
    for a, b in runs(spoilt):
        row.reject(begin + a, begin + b, "overlap_conflict")


def runs(mask: np.ndarray[Any, Any]) -> list[tuple[int, int]]:
    """Where a run of True begins and ends (half-open)."""
    import numpy as np

    if not mask.any():
        return []
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
