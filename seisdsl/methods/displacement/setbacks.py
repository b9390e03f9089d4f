"""Where daily series are set back: lines with a ramp down, from one day to another."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_SIZES = (2, 4, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160)  # days of the ramps that are tried first
_LIKELY = 2.0  # errors from which on a ramp bounds the lines of others
_ROUNDS = 40  # in each the surest far and wide are taken
_TILE = 50_000  # ramps fitted at a time


@dataclass(frozen=True)
class Setbacks:
    """The series each is of, the days of its ramp, and those its line is fitted to, all included."""

    row: Tensor
    start: Tensor
    onset: Tensor
    end: Tensor
    stop: Tensor


def moments(values: Tensor, weights: Tensor) -> Tensor:
    """[series, day + 1, 6]: running sums, from which any line and ramp is fitted."""
    day = torch.arange(values.shape[1], dtype=values.dtype, device=values.device)
    heavy = weights * values
    parts = (weights, weights * day, weights * day**2, heavy, heavy * day, heavy * values)
    return torch.nn.functional.pad(torch.stack(parts, -1).cumsum(1), (0, 0, 1, 0))


def ramps(sums: Tensor, row: Tensor, ramp: Setbacks, least: float) -> tuple[Tensor, Tensor]:
    """How far down ramps go in the series `row`, and the error of that, for unit noise.

    Least squares of a line and one ramp. Where they miss the data by more than the noise the error is
    larger alike; it is infinite with fewer than `least` days up to the onset, or from the end on.
    """
    onset, end = ramp.onset, ramp.end
    before = sums[row, onset + 1] - sums[row, ramp.start]
    during = sums[row, end] - sums[row, onset + 1]
    after = sums[row, ramp.stop + 1] - sums[row, end]
    n, t, tt, y, ty, yy = (before + during + after).unbind(-1)
    n1, t1, tt1, y1, ty1, _ = during.unbind(-1)
    n2, t2, _, y2, _, _ = after.unbind(-1)
    size = (end - onset).clamp_min(1).to(sums)
    r = (t1 - onset * n1) / size + n2
    rt = (tt1 - onset * t1) / size + t2
    rr = (tt1 - 2 * onset * t1 + onset**2 * n1) / size**2 + n2
    ry = (ty1 - onset * y1) / size + y2
    # what is left of ramp and data without a line
    flat = (n * tt - t * t).clamp_min(1e-9)
    own = rr - (tt * r * r - 2 * t * r * rt + n * rt * rt) / flat
    both = ry - (tt * r * y - t * (r * ty + rt * y) + n * rt * ty) / flat
    data = yy - (tt * y * y - 2 * t * y * ty + n * ty * ty) / flat
    known = (before[..., 0] >= least) & (n2 >= least) & (own > 1e-6)
    own = own.clamp_min(1e-6)
    misfit = ((data - both**2 / own) / (n - 3).clamp_min(1)).clamp_min(1.0)
    error = (misfit / own).sqrt()
    return (-both / own).masked_fill(~known, 0), error.masked_fill(~known, torch.inf)


def setbacks(
    asked: Tensor, values: Tensor, weights: Tensor, half: int, within: int, least: float
) -> Setbacks:
    """Those that stand out in series of unit noise, of the onsets that are asked about [series, day].

    Lines run `half` days before the onset and after the end. The surest within `half` days are taken
    first and bound the lines of those beside them, and so on until none is likely: an event is then
    judged by what lies between its neighbours. One that begins within some days of another's end is
    part of it. At last each is given the onset and end that fit best.
    """
    sums = moments(values, weights)
    taken, ends = torch.zeros_like(asked), torch.zeros_like(asked, dtype=torch.long)
    sizes = torch.tensor([size for size in _SIZES if size <= half], device=asked.device)
    for _ in range(_ROUNDS):
        row, onset = (asked & ~taken).nonzero(as_tuple=True)
        sure, end = _surest(sums, row, onset, _bounds(taken, ends, row, onset), sizes, half, within, least)
        ratio = torch.full(asked.shape, -torch.inf, dtype=sums.dtype, device=sums.device)
        ratio[row, onset] = sure
        highest = torch.nn.functional.max_pool1d(ratio[:, None], 2 * half + 1, 1, half)[:, 0]
        new = ((ratio >= highest) & (ratio > _LIKELY))[row, onset]
        if not bool(new.any()):
            break
        taken[row[new], onset[new]] = True
        ends[row[new], onset[new]] = end[new]
    row, onset = taken.nonzero(as_tuple=True)
    before, after = _bounds(taken, ends, row, onset)
    shifts = torch.arange(-within, within + 1, device=asked.device)
    tried = (onset[:, None] + shifts).clamp(0, asked.shape[1] - 1)
    beside = [one.repeat_interleave(len(shifts)) for one in (row, before, after)]
    sizes = torch.arange(1, half + 1, device=asked.device)
    sure, end = _surest(sums, beside[0], tried.flatten(), (beside[1], beside[2]), sizes, half, within, least)
    best = sure.view(len(row), len(shifts)).argmax(1, keepdim=True)
    onset, end = tried.gather(1, best)[:, 0], end.view(len(row), len(shifts)).gather(1, best)[:, 0]
    return _with_lines(row, onset, end, before, after, half)


def _with_lines(
    row: Tensor, onset: Tensor, end: Tensor, before: Tensor, after: Tensor, half: int
) -> Setbacks:
    start = torch.minimum(torch.maximum(before, onset - half), onset)
    return Setbacks(row, start, onset, end, torch.minimum(after, end + half))


def _bounds(taken: Tensor, ends: Tensor, row: Tensor, onset: Tensor) -> tuple[Tensor, Tensor]:
    """The last end of those taken before each onset, and the first onset of those after it."""
    last = taken.shape[1] - 1
    day = torch.arange(last + 1, device=taken.device)
    ended = torch.where(taken, ends, 0).cummax(1).values
    begun = torch.where(taken, day, last).flip(1).cummin(1).values.flip(1)
    before = torch.where(onset > 0, ended[row, (onset - 1).clamp_min(0)], 0)
    return before, torch.where(onset < last, begun[row, (onset + 1).clamp_max(last)], last)


def _surest(
    sums: Tensor,
    row: Tensor,
    onset: Tensor,
    bounds: tuple[Tensor, Tensor],
    sizes: Tensor,
    half: int,
    within: int,
    least: float,
) -> tuple[Tensor, Tensor]:
    """By how many errors the surest ramp from each onset goes down, and where it ends."""
    sure, ends = [], []
    tile = max(1, _TILE // len(sizes))
    for at in range(0, max(len(row), 1), tile):
        own = slice(at, at + tile)
        first, before, after = (one[own, None] for one in (onset, *bounds))
        end = first + sizes
        inside = (first > before + within) & (end <= after - within)
        end = torch.minimum(end, torch.maximum(after, first))
        down, error = ramps(sums, row[own, None], _with_lines(row, first, end, before, after, half), least)
        best, number = (down / error).masked_fill(~inside, -torch.inf).max(1, keepdim=True)
        sure.append(best[:, 0])
        ends.append(end.gather(1, number)[:, 0])
    return torch.cat(sure), torch.cat(ends)
