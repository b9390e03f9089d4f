"""Intensity measures of accelerograms, all records at once: [record, sample], or two or three of these.

Records that are shorter than the longest end in zeros. What is nothing but zeros has no measure: NaN.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Horizontal = Literal["geometric-mean", "rotd50", "rotd100", "larger", "vector"]
ANGLES = 180  # of half a turn
SECTORS = 36
WIDE = ANGLES / SECTORS
HANDFUL = 32  # points of a record that are turned together
AT_ONCE = 2**5  # handfuls
LASTING = 0.3  # seconds that the filtered acceleration is above what the intensity is worked out from
PADDING = 20.0  # seconds of zeros behind a record, in which the intensity's filter dies away
Pair = tuple[Tensor, Tensor]


def largest(values: Tensor) -> Tensor:
    """Of the absolute values of each record."""
    return torch.maximum(values.amax(-1), -values.amin(-1))


def integrated(values: Tensor, dt: float) -> Tensor:
    """From rest, by trapezoids."""
    steps = (values[..., 1:] + values[..., :-1]) * (dt / 2)
    return torch.nn.functional.pad(steps.cumsum(-1), (1, 0))


def horizontal(pair: Pair, how: Horizontal) -> Tensor:
    """The largest horizontal motion of each record, by one of its definitions."""
    if how in ("geometric-mean", "larger"):
        return of_two(largest(pair[0]), largest(pair[1]), how)
    if how == "vector":
        return (pair[0] ** 2 + pair[1] ** 2).amax(-1).sqrt()
    turned = rotated(pair)
    return turned.amax(-1) if how == "rotd100" else turned.quantile(0.5, dim=-1)


def of_two(first: Tensor, second: Tensor, how: Horizontal) -> Tensor:
    """What two components have together, where only their largest values are needed."""
    return torch.maximum(first, second) if how == "larger" else (first * second).sqrt()


def rotated(pair: Pair) -> Tensor:
    """The largest motion in each of 180 directions: [record, angle] (Boore 2010)."""
    first, second = pair
    sides = [first, second, first + second, first - second]
    at = torch.stack([side.abs().argmax(1) for side in sides], 1)
    known = Known.of(torch.stack([first.gather(1, at), second.gather(1, at)], -1))
    row, place = ((first.square() + second.square()) >= known.any.square()[:, None]).nonzero().T
    return turned(first[row, place], second[row, place], row, known)


class Known(NamedTuple):
    """What the motion of records is at least, as some of their points tell."""

    any: Tensor  # [record]: in any direction
    sectors: Tensor  # [record, sector]: from rest to where a point may be the farthest in some direction

    @classmethod
    def of(cls, points: Tensor) -> Known:
        """Of [record, point, component]."""
        farthest = _directions(points)
        apart = torch.arange(ANGLES, dtype=torch.float64, device=points.device)
        apart = (
            apart - (torch.arange(SECTORS, dtype=torch.float64, device=points.device)[:, None] + 0.5) * WIDE
        ).abs()
        apart = (torch.minimum(apart, ANGLES - apart) - WIDE / 2).clamp(min=0) * (math.pi / ANGLES)
        share = (1 / apart.cos().clamp(min=1e-9)).to(points.dtype)
        sectors = torch.stack([(farthest * one).amin(1) for one in share], 1)
        return cls(farthest.amin(1), sectors)

    def beyond(self, first: Tensor, second: Tensor, record: Tensor) -> Tensor:
        """The numbers of points that may be the farthest in some direction."""
        angle = torch.atan2(second, first) * (ANGLES / math.pi / WIDE)
        sector = torch.remainder(angle.floor().long(), SECTORS)
        least = self.sectors.flatten().index_select(0, record * SECTORS + sector)
        return (torch.hypot(first, second) >= least).nonzero()[:, 0]


def _directions(points: Tensor) -> Tensor:
    angle = torch.arange(ANGLES, dtype=torch.float64, device=points.device) * (math.pi / ANGLES)
    turn = torch.stack([angle.cos(), angle.sin()]).to(points.dtype)
    return (points @ turn).abs_().amax(1)


def turned(first: Tensor, second: Tensor, record: Tensor, known: Known) -> Tensor:
    """The largest motion in each of 180 directions of points, in the order of their records: [record, angle]."""
    some, count = known.beyond(first, second, record), len(known.any)
    first, second, record = (part.index_select(0, some) for part in (first, second, record))
    number = torch.bincount(record, minlength=count)
    handfuls = (number + HANDFUL - 1) // HANDFUL
    begins = (handfuls.cumsum(0) - handfuls).index_select(0, record) * HANDFUL
    place = (
        begins
        + torch.arange(len(record), device=record.device)
        - (number.cumsum(0) - number).index_select(0, record)
    )
    laid = first.new_zeros(int(handfuls.sum()) * HANDFUL, 2)
    laid[place] = torch.stack([first, second], -1)
    found = first.new_zeros(count, ANGLES)
    owner = torch.arange(count, device=record.device).repeat_interleave(handfuls)
    parts = []
    for own in torch.split(laid.view(-1, HANDFUL, 2), AT_ONCE):
        parts.append(_directions(own))
    every = torch.cat(parts) if parts else found[:0]
    return found.scatter_reduce_(0, owner[:, None].expand(-1, ANGLES), every, "amax")


def durations(energy: Tensor, lengths: Tensor, dt: float, low: float, high: float) -> Tensor:
    """Seconds between a low and a high share of the energy of each record, by trapezoids.

    `energy` is [block, place, record] from the second sample on; at the first there is none.
    """
    blocks, places, count = energy.shape
    ends = torch.nn.functional.pad(energy[:, -1], (0, 0, 1, 0)).double()  # of what is before each block, too
    before = torch.nn.functional.pad(energy.sum(1).double().cumsum(0), (0, 0, 1, 0))
    record = torch.arange(count, device=energy.device)[:, None]

    def passed(block: Tensor) -> Tensor:
        """At the end of what is before a block, and at its places: [record, edge, place]."""
        own = energy[block, :, record].double()
        own = torch.cat([ends[block, record][..., None], own], -1)
        return before[block, record][..., None] + own.cumsum(-1) - own / 2 - own[..., :1]

    last = (lengths - 1).clamp(min=0, max=blocks * places)[:, None]
    block = ((last - 1).clamp(min=0) // places).clamp(max=blocks - 1)
    whole = passed(block).gather(2, (last - block * places)[..., None])[..., 0]
    edges = whole * torch.tensor([low, high], dtype=torch.float64, device=energy.device)
    reached = (before - ends / 2).T.contiguous()
    block = (torch.searchsorted(reached, edges.contiguous()) - 1).clamp(0, blocks - 1)
    within = passed(block)
    after = torch.searchsorted(within, edges[..., None]).clamp(1, places)
    left, right = (within.gather(2, at)[..., 0] for at in (after - 1, after))
    share = (edges - left) / (right - left).clamp(min=1e-300)
    times = (block * places + after[..., 0] - 1 + share) * dt
    return (times[:, 1] - times[:, 0]).masked_fill(whole[:, 0] <= 0, math.nan)


def intensity(components: Tensor, rate: float) -> Tensor:
    """Measured seismic intensity of the JMA of [record, component, sample] in gal, not rounded.

    Each component is filtered as the notification of the Meteorological Agency has it (No. 4 of 1996),
    and the vector sum is taken that is reached for 0.3 s altogether.
    """
    count = components.shape[-1]
    size = count + round(PADDING * rate)
    spectrum = torch.fft.rfft(components.double(), n=size)
    frequency = torch.fft.rfftfreq(size, 1 / rate, dtype=torch.float64, device=components.device)
    moved = torch.fft.irfft(spectrum * jma_filter(frequency), n=size)[..., :count]
    length = moved.square().sum(1).sqrt()
    lasting = max(1, round(LASTING * rate))
    if lasting > count:
        return torch.full_like(length[:, 0], math.nan)
    reached = length.topk(lasting, dim=-1).values[:, -1]
    found: Tensor = 2 * reached.clamp(min=1e-300).log10() + 0.94
    return found.masked_fill(reached <= 0, math.nan)


def jma_filter(frequency: Tensor) -> Tensor:
    """The filter before the JMA's seismic intensity: effect of period, high cut and low cut."""
    x2 = (frequency / 10).square()
    high = 1 + x2 * (0.694 + x2 * (0.241 + x2 * (0.0557 + x2 * (0.009664 + x2 * (0.00134 + x2 * 0.000155)))))
    period = frequency.clamp(min=1e-12).rsqrt()
    low = (1 - (-((frequency / 0.5) ** 3)).exp()).clamp(min=0).sqrt()
    return torch.where(frequency > 0, period * low * high.rsqrt(), 0.0)


def denser(values: Tensor, factor: int) -> Tensor:
    """The same motion sampled more often, by its spectrum."""
    if factor == 1:
        return values
    count = values.shape[-1]
    size = count + 256
    spectrum = torch.fft.rfft(values.double(), n=size)
    if size % 2 == 0:
        spectrum[..., -1] /= 2
    finer: Tensor = torch.fft.irfft(spectrum, n=size * factor) * factor
    return finer[..., : (count - 1) * factor + 1]
