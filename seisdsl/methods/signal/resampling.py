"""Another sampling rate: every new sample is a weighted sum of the old ones around its time.

The weights are a sinc under a Kaiser window: flat to 80 % of the lower of the two Nyquist
frequencies, 120 dB down from that frequency on. They are scaled to sum to one over the samples
of the run, so that a constant stays what it is, up to its ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import torch
from torch import Tensor

SIDE = 40  # samples of the lower rate to either side
CUTOFF = 0.9  # of the lower Nyquist frequency: the middle of the transition
BETA = 12.265  # of the Kaiser window, for 120 dB
FINE = 2**12  # entries of a table of weights for each sample of the lower rate
LARGEST = 2**20  # numerator times denominator of a ratio whose weights are worth keeping
TILE = 2**19  # numbers at once on a processor, which its cache holds; a GPU takes more


def resampled(
    samples: Tensor, mask: Tensor, ratio: Fraction, late: Tensor, start: Fraction = Fraction(0)
) -> tuple[Tensor, Tensor]:
    """Samples and mask at new times, `ratio` old samples apart: [trace, time].

    The first new time lies `start` old samples after the grid's first old one; the traces' own
    samples lie `late` [trace] old samples after the grid.
    """
    trace, first, end = _runs(mask)
    return resampled_runs(samples, torch.stack([trace, first, end], 1), ratio, late[trace], start)


def resampled_runs(
    samples: Tensor, runs: Tensor, ratio: Fraction, late: Tensor, start: Fraction = Fraction(0)
) -> tuple[Tensor, Tensor]:
    """The same for runs of samples, rows of trace, start and end (half-open), with a lateness each.

    A new sample is there where those of a run surround it.
    """
    traces, length = samples.shape
    count = max(0, math.ceil((length - start) / ratio))
    grid = New(ratio, int(start * ratio.denominator), count)
    trace, begin, end = runs.T
    first, stop = grid.times(begin, end, late)
    out = samples.new_zeros(traces, count)
    alone = torch.stack([first, stop])
    if ratio.numerator * ratio.denominator <= LARGEST:
        reach = _half(ratio) + 1
        inner, outer = grid.times(begin + reach, end - reach, late)
        inner, outer = inner.minimum(stop), outer.maximum(inner).minimum(stop)
        alone = torch.stack([first, inner, outer, stop])
        _side_by_side(samples, out, grid, trace, late, inner, outer)
    for low, high in zip(alone[::2], alone[1::2], strict=True):
        run, number = _spelled_out(low, high)
        tile = max(1, _tile(samples.device) // _half(ratio))
        for at in range(0, len(run), tile):
            which, here = run[at : at + tile], number[at : at + tile]
            row, bounds = trace[which], (begin[which], end[which])
            out[row, here] = _one_by_one(samples, row, grid.position(here, late[which]), bounds, ratio)
    kept = _between(trace, first, stop, out.shape)
    return out.masked_fill_(~kept, 0), kept


@dataclass(frozen=True)
class New:
    """New times: `count` of them, `ratio` old samples apart; `offset` over its denominator is the first."""

    ratio: Fraction
    offset: int
    count: int

    def position(self, number: Tensor, late: Tensor | float) -> tuple[Tensor, Tensor]:
        """The old sample at or before a new one, and how far the new one is from it, 0 to 1."""
        steps = number * self.ratio.numerator + self.offset
        whole = steps.div(self.ratio.denominator, rounding_mode="floor")
        part = (steps - whole * self.ratio.denominator).double() / self.ratio.denominator - late
        down = part.floor()
        return whole + down.long(), part - down

    def times(self, begin: Tensor, end: Tensor, late: Tensor) -> tuple[Tensor, Tensor]:
        """First new sample within each run, and the one after the last."""
        near = 1e-6  # of an old sample: a new one as near to the end of a run counts as on it
        late = late - self.offset / self.ratio.denominator
        one = float(self.ratio)
        first = ((begin + late - near) / one).ceil().long().clamp(min=0)
        stop = ((end - 1 + late + near) / one).floor().long() + 1
        return first, stop.clamp(max=self.count)


def _side_by_side(
    samples: Tensor, out: Tensor, grid: New, trace: Tensor, late: Tensor, inner: Tensor, outer: Tensor
) -> None:
    """New samples that lie deep inside of runs, by blocks; each lateness and its traces by themselves."""
    deep = outer > inner
    for value in torch.unique(late[deep]).tolist():
        same = deep & (late == value)
        rows, row = torch.unique(trace[same], return_inverse=True)
        low, high = int(inner[same].min()), int(outer[same].max())
        given = _within(samples[rows], grid, value, low, high)
        inside = _between(row, inner[same] - low, outer[same] - low, given.shape)
        place = out[rows, low:high]
        out[rows, low:high] = torch.where(inside, given, place)


def _within(samples: Tensor, grid: New, late: float, low: int, high: int) -> Tensor:
    """New samples as if the record had no ends: blocks of old samples times one matrix."""
    ratio = grid.ratio
    half, old, new = _half(ratio), ratio.numerator, ratio.denominator
    repeats = -(-2 * half // old)
    block, given = repeats * old, repeats * new
    blocks = -(-(high - low) // given)
    before, between = grid.position(low + torch.arange(given), late)
    begin = int(before[0]) - half
    before = before - int(before[0])
    tap = torch.arange(1 - half, half + 1)
    weights = _weights(tap - between[:, None], ratio)
    matrix = torch.zeros(block + 2 * half + 2, given, dtype=torch.float64)
    matrix[before[:, None] + tap + half, torch.arange(given)[:, None]] = weights / weights.sum(
        1, keepdim=True
    )
    matrix = matrix.to(samples.device)
    end = begin + blocks * block + len(matrix)
    wide = torch.nn.functional.pad(samples[:, max(begin, 0) : end], (max(-begin, 0), 0))
    wide = torch.nn.functional.pad(wide, (0, max(0, end - begin - wide.shape[1])))
    windows = wide.unfold(1, len(matrix), block)
    out = samples.new_empty(len(samples), blocks, given)
    tile = max(1, _tile(samples.device) // (len(samples) * len(matrix)))
    for at in range(0, blocks, tile):
        part = slice(at, min(at + tile, blocks))
        out[:, part] = (windows[:, part].double() @ matrix).to(out.dtype)
    return out.flatten(1)[:, : high - low]


def _one_by_one(
    samples: Tensor, row: Tensor, place: tuple[Tensor, Tensor], bounds: tuple[Tensor, Tensor], ratio: Fraction
) -> Tensor:
    """New samples from those old ones around their place that lie within bounds."""
    half = _half(ratio)
    before, between = place
    tap = torch.arange(1 - half, half + 1, device=samples.device)
    old = before[:, None] + tap
    weights = _read_off(tap - between[:, None], ratio)
    weights *= (old >= bounds[0][:, None]) & (old < bounds[1][:, None])
    values = samples[row[:, None], old.clamp(0, samples.shape[1] - 1)]
    return ((values * weights).sum(1) / weights.sum(1)).to(samples.dtype)


def _weights(distance: Tensor, ratio: Fraction) -> Tensor:
    """Weights of old samples by how far they lie from a new one."""
    return _kernel(distance / max(1.0, float(ratio)))


def _read_off(distance: Tensor, ratio: Fraction) -> Tensor:
    """The same from a table, to a few parts in 10^8: where each weight is used once."""
    place = distance.abs() * (FINE / max(1.0, float(ratio)))
    below = place.long()
    table = _table(distance.device)
    return torch.lerp(table[below], table[below + 1], place - below)


@lru_cache(maxsize=4)
def _table(device: torch.device) -> Tensor:
    return _kernel(torch.arange((SIDE + 2) * FINE, dtype=torch.float64) / FINE).to(device)


def _kernel(lobes: Tensor) -> Tensor:
    window: Tensor = torch.special.i0(BETA * (1 - (lobes / SIDE).square()).clamp(min=0).sqrt())
    return torch.sinc(CUTOFF * lobes) * window * (lobes.abs() <= SIDE)


def _half(ratio: Fraction) -> int:
    """Old samples to either side that have a weight."""
    return int(SIDE * max(Fraction(1), ratio)) + 1


def _tile(device: torch.device) -> int:
    return TILE if device.type == "cpu" else 2**8 * TILE


def _spelled_out(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Row and number of all from `low` to `high` (half-open) of each row."""
    many = (high - low).clamp(min=0)
    row = torch.arange(len(many), device=many.device).repeat_interleave(many)
    return row, torch.arange(len(row), device=many.device) - (many.cumsum(0) - many - low)[row]


def _between(row: Tensor, low: Tensor, high: Tensor, shape: torch.Size) -> Tensor:
    """True from `low` to `high` (half-open) of a row, for each of several such stretches."""
    some = high > low
    edges = torch.zeros(shape[0], shape[1] + 1, dtype=torch.int8, device=row.device)
    edges.index_put_((row[some], low[some]), edges.new_ones(()), accumulate=True)
    edges.index_put_((row[some], high[some]), -edges.new_ones(()), accumulate=True)
    return edges[:, :-1].cumsum(1, dtype=torch.int8) > 0


def _runs(mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    edges = torch.nn.functional.pad(mask.to(torch.int8), (1, 1)).diff(dim=-1)
    trace, start = (edges == 1).nonzero().T
    return trace, start, (edges == -1).nonzero()[:, 1]
