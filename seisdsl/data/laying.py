"""Segments of many channels laid on one grid that is the same in every part of a record."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seisdsl.data import judged
from seisdsl.data.accounts import tidied
from seisdsl.data.grid import Grid, Rates
from seisdsl.data.memory import refuse_absurd
from seisdsl.data.other_rates import fits_single, other_rate, reach
from seisdsl.data.rows import Placed, Row, row_of, runs
from seisdsl.data.segments import Account, Segment
from seisdsl.data.waves import NS, Channel, Lateness, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor

SYNTHETIC = "SY"  # the network code that the FDSN keeps for synthetic seismograms
TOLD = 0.1  # of an interval: segments whose lateness differs by more are worth a word


def laid(
    segments: Sequence[Segment],
    *,
    time: TimeRange | None = None,
    rate: float | None = None,
    rates: Rates | None = None,
    judge: bool = True,
    device: torch.device | None = None,
) -> Waves:
    """Waves on the grid of a rate, with an account of every sample of the segments.

    With `time` the grid holds just the samples in it, recorded or not, and the segments should hold
    the `margin` around it too. Channels at another rate are resampled where a `rate` is given, and
    refused where none is; `rates` says which there are where the segments are only a part.
    """
    rates = rates or Rates.of(((s.channel.id, s.rate, len(s.samples)) for s in segments), rate)
    grid = Grid(rates.rate)
    bounds = grid.numbers(time) if time else _bounds(segments, rates)
    unit = _unit(segments)
    _refuse_absurd(segments, grid, bounds)
    by_channel: dict[str, list[Segment]] = {}
    for segment in segments:
        by_channel.setdefault(segment.channel.id, []).append(segment)
    lines = [
        _line(by_channel[name], rates, time, bounds, unit if judge else None) for name in sorted(by_channel)
    ]
    lines = [line for line in lines if line.touched]
    samples, mask = _tensors(lines, bounds[1] - bounds[0], device)
    account = sum((line.account for line in lines), start=Account())
    late = tuple(line.lateness for line in lines)
    return Waves(
        samples,
        mask,
        rate=rates.rate,
        start=grid.time(bounds[0]),
        channels=tuple(line.channel for line in lines),
        lateness=late if any(late) else (),
        unit=unit,
        simulated=any(line.channel.network == SYNTHETIC for line in lines),
        account=tidied(account.within(time) if time else account),
    )


def margin(rates: Rates, judge: bool = True) -> int:
    """Nanoseconds of record around a time that what is laid in it depends on."""
    others = [own for own in rates.own if own not in rates.same]
    judging = max((judged.margin(own) for own in rates.own), default=0.0) if judge else 0.0
    resampling = max((reach(own, rates.rate) for own in others), default=0.0)
    return round((judging + resampling + 2 / min(rates.own, default=1.0)) * NS)


@dataclass
class Line:
    """What a channel's segments give on the grid: samples and mask from some of its numbers on."""

    channel: Channel
    parts: list[tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any]]]
    lateness: Lateness = ()
    account: Account = field(default_factory=Account)
    touched: bool = False  # whether any sample lies in the time

    def add(self, number: int, samples: Any, mask: Any, bounds: tuple[int, int]) -> None:
        left, right = max(number, bounds[0]), min(number + len(mask), bounds[1])
        if left < right:
            part = slice(left - number, right - number)
            self.parts.append((left - bounds[0], samples[part], mask[part]))


def _line(
    segments: Sequence[Segment],
    rates: Rates,
    time: TimeRange | None,
    bounds: tuple[int, int],
    unit: str | None,
) -> Line:
    """A channel's line; judged where its unit is given."""
    grid = Grid(rates.rate)
    line = Line(segments[0].channel, [])
    rows: list[tuple[Row, Grid]] = []
    by = margin(rates, unit is not None)
    around = TimeRange(time.start - by, time.end + by) if time else None
    for own, placed in _by_rate(segments, rates):
        wide = own.numbers(around) if around else None
        placed = [one for one in placed if not wide or (one.left < wide[1] and one.right > wide[0])]
        if not placed:
            continue
        row = row_of(placed, *_range(placed, wide))
        for other in rows:
            _yield_to(row, own, *other)
        if unit is not None:
            judged.judge(row, own.rate, counts=unit == "counts")
        rows.append((row, own))
        line.account += row.account
        here = own.numbers(time) if time else (row.first, row.first + len(row.mask))
        line.touched |= any(one.left < here[1] and one.right > here[0] for one in placed)
        if own == grid:
            line.lateness = _cropped(row.lateness(), *bounds)
            line.add(row.first, row.samples, row.mask, bounds)
            _warn_of_slips(row, grid)
        else:
            line.add(*other_rate(row, own, grid, *bounds), bounds)
    return line


def _by_rate(segments: Sequence[Segment], rates: Rates) -> Iterator[tuple[Grid, list[Placed]]]:
    """The segments of each rate on a grid of theirs: first those at the rate that is wanted."""
    groups: dict[Grid, list[Segment]] = {}
    for segment in segments:
        groups.setdefault(rates.grid(segment.rate), []).append(segment)
    for own in sorted(groups, key=lambda own: (own.rate != rates.rate, -own.rate)):
        yield own, [Placed(segment, own) for segment in groups[own]]


def _range(placed: Sequence[Placed], wide: tuple[int, int] | None) -> tuple[int, int]:
    """Whole blocks of numbers that hold all segments, or as much of them as is wanted."""
    first, last = min(one.left for one in placed), max(one.right for one in placed)
    if wide:
        first, last = max(first, wide[0]), min(last, wide[1])
    return first // judged.BLOCK * judged.BLOCK, -(-last // judged.BLOCK) * judged.BLOCK


def _yield_to(row: Row, own: Grid, other: Row, grid: Grid) -> None:
    """Leave out what a row of the same channel has at another rate."""
    for start, end in runs(other.mask):
        time = TimeRange(grid.time(other.first + start), grid.time(other.first + end - 1) + 1)
        left, right = (min(max(at, row.first), row.first + len(row.mask)) for at in own.numbers(time))
        row.reject(left, right, "superseded", f"recorded at {grid.rate:g} Hz too")


def _cropped(changes: Sequence[tuple[int, int]], first: int, last: int) -> Lateness:
    """The changes from one number to another, counted from the first."""
    kept = {0: 0}
    for number, by in changes:
        if number < last:
            kept[max(number - first, 0)] = by
    at = sorted(kept.items())
    return tuple(c for i, c in enumerate(at) if c[1] != (at[i - 1][1] if i else 0))


def _warn_of_slips(row: Row, grid: Grid) -> None:
    late = [next(owner.lateness(left, right))[1] for left, right, owner in row.owners]
    if late and (max(late) - min(late)) * grid.rate > TOLD * NS:
        own = row.owners[0][2].segment
        warnings.warn(
            f"{own.file or 'records'}: {own.channel.id}: segments lie between the samples of others; "
            "each keeps its own time",
            stacklevel=4,
        )


def _bounds(segments: Sequence[Segment], rates: Rates) -> tuple[int, int]:
    """The numbers on the grid that hold all segments."""
    times = [rates.time(s.begun, s.rate, s.ahead, s.ahead + len(s.samples)) for s in segments]
    if not times:
        return 0, 0
    return Grid(rates.rate).around(TimeRange(min(t.start for t in times), max(t.end for t in times)))


def _unit(segments: Sequence[Segment]) -> str:
    files = {segment.unit: segment.file for segment in segments}
    if len(files) > 1:
        raise Unsuitable(
            f"the files are in different units: {' and '.join(sorted(files))}",
            notes=[f"{file} is in {unit}" for unit, file in sorted(files.items())],
            repair="read the files of each unit by themselves",
        )
    return next(iter(files), "counts")


def _refuse_absurd(segments: Sequence[Segment], grid: Grid, bounds: tuple[int, int]) -> None:
    length = bounds[1] - bounds[0]
    if length:
        channels = len({segment.channel.id for segment in segments})
        held = sum(len(s.samples) * grid.rate / s.rate for s in segments)
        span = TimeRange(grid.time(bounds[0]), grid.time(bounds[1]))
        refuse_absurd(channels, length, 5, span, held / (channels * length) if channels else 1.0)


def _tensors(lines: Sequence[Line], length: int, device: torch.device | None) -> tuple[Tensor, Tensor]:
    """Samples and mask of all channels, in single precision where that is exact."""
    import numpy as np
    import torch

    from seisdsl.engine.device import device as current_device

    single = all(fits_single(samples) for line in lines for _, samples, _ in line.parts)
    samples = np.zeros((len(lines), length), np.float32 if single else np.float64)
    mask = np.zeros(samples.shape, bool)
    for row, line in enumerate(lines):
        for at, values, good in line.parts:
            here = slice(at, at + len(good))
            free = ~mask[row, here] & good if mask[row, here].any() else True
            np.copyto(samples[row, here], values, where=free, casting="unsafe")
            mask[row, here] |= good
    target = device or current_device()
    return torch.from_numpy(samples).to(target), torch.from_numpy(mask).to(target)
