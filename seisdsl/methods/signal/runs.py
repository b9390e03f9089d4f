"""What is done to recorded runs of [trace, time], each of which may be a part of a longer one.

`runs` are rows of trace, start and end (half-open), in order. What is said of a run is told by
tensors [run]; samples of the longer run are counted from the first one of the part at hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from seisdsl.methods.masks import complete
from seisdsl.methods.room import empty

IN_CACHE = 2**16  # samples at once of rows without a gap, as the cache of a processor holds
TILE = 2**22  # samples at once on a processor; a GPU takes more


def moments(samples: Tensor, mask: Tensor, runs: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of each run, and the sum of its samples, less that, times how far they are from its middle."""
    if len(runs) == len(mask) and complete(mask):
        return _moments_of_whole(samples)
    mean = torch.zeros(len(runs), dtype=torch.float64, device=samples.device)
    tilt = torch.zeros_like(mean)
    for rows, some in _tiles(mask, runs):
        own = runs[some]
        middle = (own[:, 1] + own[:, 2] - 1).double() / 2
        values, run, time = _recorded(samples[rows], mask[rows], own)
        count = own[:, 2] - own[:, 1]
        level = samples[own[:, 0], own[:, 1]].double()  # nothing of a large offset is left to round
        values -= level[run]
        level = _sums(values, run, len(own)) / count
        values -= level[run]
        more = _sums(values, run, len(own)) / count
        mean[some] = samples[own[:, 0], own[:, 1]] + level + more
        tilt[some] = _sums(values.mul_(time - middle[run]), run, len(own))
    return mean, tilt


def _moments_of_whole(samples: Tensor) -> tuple[Tensor, Tensor]:
    """The same for rows without a gap, tile by tile, each about its own mean and middle."""
    mean, tilt = (torch.zeros(len(samples), dtype=torch.float64, device=samples.device) for _ in range(2))
    for rows, columns in _in_cache(samples):
        values = samples[rows, columns].to(torch.float64, copy=True)
        count = values.shape[1]
        level = values.mean(-1)
        values -= level[:, None]
        level += values.mean(-1)
        before = columns.start
        apart = level - mean[rows]  # from what came before, whose middle is half of all these away
        ramp = torch.arange(count, dtype=torch.float64, device=samples.device) - (count - 1) / 2
        tilt[rows] += values @ ramp + apart * (before * count / 2)
        mean[rows] += apart * (count / (before + count))
    return mean, tilt


def detrended(
    samples: Tensor, mask: Tensor, runs: Tensor, mean: Tensor, slope: Tensor, middle: Tensor
) -> Tensor:
    """Samples less a line through each run: its value in the middle, and how much it rises in a sample."""
    if len(runs) == len(mask) and complete(mask):
        return _detrended_whole(samples, mean, slope, middle)
    out = torch.zeros_like(samples)
    for rows, some in _tiles(mask, runs):
        values, run, time = _recorded(samples[rows], mask[rows], runs[some])
        values -= mean[some][run]
        if slope.any():
            values -= (time - middle[some][run]).mul_(slope[some][run])
        _put(out[rows], mask[rows], values)
    return out


def _detrended_whole(samples: Tensor, mean: Tensor, slope: Tensor, middle: Tensor) -> Tensor:
    out = empty(tuple(samples.shape), samples.dtype, samples.device)
    for rows, columns in _in_cache(samples):
        values = samples[rows, columns].to(torch.float64, copy=True)
        ramp = torch.arange(values.shape[1], dtype=torch.float64, device=samples.device)
        values -= (mean[rows] + (columns.start - middle[rows]) * slope[rows])[:, None]
        out[rows, columns] = values.addr_(slope[rows], ramp, alpha=-1)
    return out


def _in_cache(samples: Tensor) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of tiles that a processor's cache holds, in order of time."""
    at_once = IN_CACHE if samples.device.type == "cpu" else 2**8 * IN_CACHE
    traces, length = samples.shape
    many = max(1, at_once // max(1, length))
    for row in range(0, traces, many):
        for start in range(0, length, at_once):
            yield slice(row, row + many), slice(start, min(start + at_once, length))


def tapered(
    samples: Tensor, mask: Tensor, runs: Tensor, first: Tensor, count: Tensor, side: Tensor, *, shape: str
) -> Tensor:
    """Runs that rise from zero over their first `side` samples and fall to zero over their last.

    Of the whole run, `first` is where it begins and `count` how many samples it has. The weights
    are obspy's: "hann" is next to one at the last sample of a side, "cosine" is one.
    """
    reach = side.double() if shape == "hann" else (side - 1).clamp(min=1).double()
    if shape == "hann":
        reach = torch.where(2 * side == count, reach - 0.5, reach)  # the sides meet: one symmetric window
    out = torch.zeros_like(samples)
    for rows, some in _tiles(mask, runs):
        values, run, time = _recorded(samples[rows], mask[rows], runs[some])
        since = time - first[some][run]
        since = torch.minimum(since, count[some][run] - 1 - since)
        weights = 0.5 - 0.5 * (since * (torch.pi / reach[some])[run]).cos()
        _put(out[rows], mask[rows], torch.where(since < side[some][run], values * weights, values))
    return out


def averaged(values: Tensor, mask: Tensor, runs: Tensor, half: int) -> Tensor:
    """The mean of `half` samples to either side of each, of those that its run has."""
    out = torch.zeros_like(values)
    for rows, some in _tiles(mask, runs):
        own = runs[some]
        total = torch.nn.functional.pad(values[rows].double().cumsum(-1), (1, 0))
        _, run, time = _recorded(values[rows], mask[rows], own)
        low = torch.maximum(time - half, own[:, 1][run])
        high = torch.minimum(time + half + 1, own[:, 2][run])
        row = own[:, 0][run] - rows.start
        means = (total[row, high] - total[row, low]).clamp(min=0) / (high - low)
        _put(out[rows], mask[rows], means)
    return out


def _tiles(mask: Tensor, runs: Tensor) -> Iterator[tuple[slice, slice]]:
    """Some traces at a time, and the numbers of their runs."""
    traces, length = mask.shape
    tile = TILE if mask.device.type == "cpu" else 2**6 * TILE
    step = max(1, tile // max(length, 1))
    edges = torch.arange(0, traces + step, step, device=mask.device)
    at = torch.searchsorted(runs[:, 0].contiguous(), edges).tolist()
    for number in range(len(at) - 1):
        if at[number] < at[number + 1]:
            yield slice(number * step, min((number + 1) * step, traces)), slice(at[number], at[number + 1])


def _recorded(samples: Tensor, mask: Tensor, runs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A copy in double precision of the recorded samples, and the run and the time of each.

    As [trace, time] where all were recorded, or else one after the other.
    """
    device = samples.device
    if len(runs) == len(mask) and complete(mask):
        run, time = (
            torch.arange(len(runs), device=device)[:, None],
            torch.arange(mask.shape[1], device=device),
        )
        return samples.to(torch.float64, copy=True), run, time
    lengths = runs[:, 2] - runs[:, 1]
    run = torch.arange(len(runs), device=device).repeat_interleave(lengths)
    time = torch.arange(len(run), device=device) - (lengths.cumsum(0) - lengths - runs[:, 1])[run]
    return samples[mask].double(), run, time


def _sums(values: Tensor, run: Tensor, count: int) -> Tensor:
    if values.dim() == 2:
        return values.sum(-1)
    return values.new_zeros(count).index_add_(0, run, values)


def _put(out: Tensor, mask: Tensor, values: Tensor) -> None:
    if values.dim() == 2:
        out.copy_(values)
    else:
        out[mask] = values.to(out.dtype)
