"""Envelopes of stations at whole seconds of UTC: how strong a band of frequencies is, all components together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

NS = 1_000_000_000
PERIODS = 3  # of the lower end of the band, that the filter reaches to either side
BETA = 7.857  # of its Kaiser window, for 80 dB
WIDTHS = 4  # standard deviations of the smoothing that are taken into account
TILE = 2**22  # samples at once


class Envelopes(NamedTuple):
    """`values` and `mask` are [station, second]; `start` is the first second, counted from 1970."""

    values: Tensor
    mask: Tensor
    start: int

    def during(self, first: int, seconds: int) -> tuple[Tensor, Tensor]:
        """Values and mask of some seconds; where there are none, nothing was recorded."""
        left, right = first - self.start, first + seconds - self.start
        low, high = (min(max(edge, 0), self.values.shape[-1]) for edge in (left, right))
        around = (max(low - left, 0), max(right - max(high, left), 0)) if high > low else (0, seconds)
        pad = torch.nn.functional.pad
        return pad(self.values[:, low:high], around), pad(self.mask[:, low:high], around)


def reach(band: tuple[float, float], lowpass: float) -> float:
    """Seconds of record to either side that an envelope is worked out from."""
    return PERIODS / band[0] + WIDTHS * _spread(lowpass) + 1


def envelopes(
    samples: Tensor,
    mask: Tensor,
    rate: float,
    start: int,
    stations: Sequence[Sequence[int]],
    *,
    band: tuple[float, float] = (2.0, 8.0),
    lowpass: float = 0.2,
) -> Envelopes:
    """Of [trace, time] whose first sample is at `start` (ns): of each station, told by its traces' numbers.

    The root of the summed squares of the components' analytic signals in the band, smoothed by a
    Gaussian whose gain is a half in power at `lowpass`. A component that is missing counts as the mean
    of the others. A second has a value where every sample that it is made from was recorded.
    """
    every = max(1, int(rate / (1.6 * (band[1] - band[0]))))
    kernel = _kernel(rate, band).to(samples.device, torch.float32)
    half = kernel.shape[-1] // 2
    number = round(start * rate / NS)
    skip = -(number + half) % every  # the moments looked at are the same in any part of a record
    count = max(0, (samples.shape[-1] - 2 * half - skip + every - 1) // every)
    moments = (torch.arange(count, dtype=torch.float64) * every + skip + half) / rate  # after the start
    second = -(-start // NS)
    offset = (second * NS - start) / NS
    seconds = max(0, math.floor(samples.shape[-1] / rate - offset) + 1)
    near, weights = _smoothing(moments, offset, seconds, lowpass, every / rate)
    near, weights = near.to(samples.device), weights.to(samples.device)
    values = samples.new_zeros(len(stations), seconds, dtype=torch.float64)
    known = torch.zeros(len(stations), seconds, dtype=torch.bool, device=samples.device)
    if not count or not seconds or not near.shape[1]:
        return Envelopes(values, known, second)
    for row, traces in enumerate(stations):
        own = list(traces)
        power = _power(samples[own], mask[own], kernel, skip, every)
        whole = _recorded(samples[own], mask[own], 2 * half + 1, skip, every)
        there = whole.sum(0)
        level = (torch.where(whole, power, 0).sum(0) * len(own) / there.clamp(min=1)).sqrt()
        smooth = (level.double()[near] * weights).sum(-1)
        known[row] = (there > 0)[near].all(-1) & (weights.sum(-1) > 0)
        values[row] = smooth.masked_fill(~known[row], 0)
    return Envelopes(values, known, second)


def _spread(lowpass: float) -> float:
    """Standard deviation in time of a Gaussian that halves the power of a frequency."""
    return math.sqrt(math.log(2)) / (2 * math.pi * lowpass)


@lru_cache(maxsize=16)
def _kernel(rate: float, band: tuple[float, float]) -> Tensor:
    """Real and imaginary part of a filter that keeps the band's positive frequencies: [2, 1, time]."""
    half = math.ceil(PERIODS / band[0] * rate)
    time = torch.arange(-half, half + 1, dtype=torch.float64) / rate
    window = torch.special.i0(BETA * (1 - (time * rate / (half + 1)).square()).clamp(min=0).sqrt())
    low = torch.sinc((band[1] - band[0]) * time) * window
    low /= low.sum() / 2
    turn = math.pi * (band[0] + band[1]) * time
    real = low * turn.cos()
    real -= window * real.sum() / window.sum()  # nothing is left of an offset
    return torch.stack([real, low * turn.sin()])[:, None]


def _power(samples: Tensor, mask: Tensor, kernel: Tensor, skip: int, every: int) -> Tensor:
    """Of [component, time], the squared analytic signal at every so many samples: [component, moment]."""
    length = kernel.shape[-1]
    count = max(0, (samples.shape[-1] - length + 1 - skip + every - 1) // every)
    out = samples.new_zeros(len(samples), count, dtype=torch.float32)
    step = max(1, TILE // every // max(1, len(samples)))
    for first in range(0, count, step):
        last = min(first + step, count)
        some = slice(skip + first * every, skip + (last - 1) * every + length)
        there = mask[:, some]
        part = samples[:, some].double().masked_fill(~there, 0)
        level = part.sum(-1, keepdim=True) / there.sum(-1, keepdim=True).clamp(min=1)
        part = (part - level).masked_fill(~there, 0).float()
        both = torch.nn.functional.conv1d(part[:, None], kernel, stride=every)
        out[:, first:last] = both.square().sum(1)
    return out


def _recorded(samples: Tensor, mask: Tensor, length: int, skip: int, every: int) -> Tensor:
    """Whether all samples that a moment is made from were recorded, by an instrument that was alive."""
    missing = _between((~mask).cumsum(-1), length, skip, every)
    changes = samples.diff(dim=-1, prepend=samples[:, :1]) != 0
    return (missing == 0) & (_between(changes.cumsum(-1), length, skip, every) > 1)


def _between(total: Tensor, length: int, skip: int, every: int) -> Tensor:
    """How much a running total grows over every so many windows of a length."""
    total = torch.nn.functional.pad(total, (1, 0))
    return total[:, length + skip :: every] - total[:, skip : total.shape[-1] - length : every]


def _smoothing(
    moments: Tensor, offset: float, seconds: int, lowpass: float, interval: float
) -> tuple[Tensor, Tensor]:
    """The moments near each second, [second, near], and their weights; all zero where some are beyond the ends."""
    spread = _spread(lowpass)
    side = WIDTHS * spread
    times = offset + torch.arange(seconds, dtype=torch.float64)
    if not len(moments):
        return torch.zeros(seconds, 0, dtype=torch.int64), torch.zeros(seconds, 0, dtype=torch.float64)
    first = torch.ceil((times - side - moments[0]) / interval - 1e-6).long()
    near = first[:, None] + torch.arange(math.floor(2 * side / interval) + 1)
    apart = moments[0] + near * interval - times[:, None]
    weights = torch.exp(-0.5 * (apart / spread) ** 2)
    weights /= weights.sum(-1, keepdim=True)
    weights[(near < 0).any(-1) | (near >= len(moments)).any(-1)] = 0
    return near.clamp(0, len(moments) - 1), weights
