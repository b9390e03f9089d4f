"""Runs of samples: rows of trace, start, end (half-open), in order of trace and start."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.masks import edges


def runs(mask: Tensor) -> Tensor:
    """Where [trace, time] is true."""
    length = mask.shape[1] + 1
    found = edges(mask)
    trace = found[:, :1].div(length, rounding_mode="floor")
    return torch.cat([trace, found - trace * length], dim=1)


def reaching(values: Tensor, mask: Tensor, level: Tensor | float) -> Tensor:
    """Where recorded values are no less than a level: a number, as exact as it is given, or [trace, 1]."""
    least = torch.as_tensor(level, dtype=values.dtype, device=values.device)
    least = torch.where(least.double() < level, least.nextafter(least.new_tensor(torch.inf)), least)
    if values.device.type == "cpu":  # several times as fast by numpy
        return runs(torch.from_numpy((values.numpy() >= least.numpy()) & mask.numpy()))
    return runs((values >= least) & mask)


def largest(values: Tensor, of: Tensor) -> Tensor:
    """The largest of [trace, time] in each run."""
    trace, start, end = of.T
    lengths = end - start
    number = torch.arange(len(of), device=of.device).repeat_interleave(lengths)
    first = trace * values.shape[-1] + start - (lengths.cumsum(0) - lengths)
    inside = values.flatten()[first[number] + torch.arange(len(number), device=of.device)]
    lowest = values.new_full((len(of),), -torch.inf)
    return lowest.scatter_reduce(0, number, inside, "amax")


def run_around(mask: Tensor, centre: Tensor) -> Tensor:
    """Of each row of [row, time], only the run that holds a sample; nothing where that is False."""
    number = (~mask).cumsum(-1)
    return mask & (number == number.gather(-1, centre[:, None])) & mask.gather(-1, centre[:, None])


def cut_out(samples: Tensor, mask: Tensor, trace: Tensor, centre: Tensor, half: int) -> tuple[Tensor, Tensor]:
    """Windows of `half` samples on either side of samples of traces, with what was recorded in them.

    Beyond a gap or the end of the record, seen from the centre, nothing counts as recorded.
    """
    last = samples.shape[-1] - 1
    index = centre[:, None] + torch.arange(-half, half + 1, device=samples.device)
    inside = (index >= 0) & (index <= last)
    index = index.clamp(0, last)
    values = samples[trace[:, None], index]
    recorded = mask[trace[:, None], index] & inside & values.isfinite()
    return values, run_around(recorded, torch.full_like(centre, half))
