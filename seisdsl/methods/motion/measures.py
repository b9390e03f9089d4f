"""Intensity measures of accelerograms, all records at once: [record, sample], or two or three of these.

Records that are shorter than the longest end in zeros. What is nothing but zeros has no measure: NaN.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

Horizontal = Literal["geometric-mean", "rotd50", "rotd100", "larger", "vector"]
ANGLES = 180  # of half a turn
CANDIDATES = 512  # samples among which the largest in any direction most often is
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
    """The largest motion in each of 180 directions: [record, angle] (Boore 2010).

    Only samples that are far from rest can be the largest: most often those that are farthest.
    """
    angle = torch.arange(ANGLES, dtype=torch.float64, device=pair[0].device) * (math.pi / ANGLES)
    turn = torch.stack([angle.cos(), angle.sin()], -1).to(pair[0].dtype)
    both = torch.stack(pair, 1)  # [record, component, sample]
    count = both.shape[-1]
    if count <= CANDIDATES:
        return largest(turn @ both)
    radius = both.square().sum(1)
    far, at = radius.topk(CANDIDATES + 1, dim=-1)
    some = both.gather(2, at[:, None, :CANDIDATES].expand(-1, 2, -1))
    found = largest(turn @ some)
    unsure = (found.amin(-1).square() < far[:, -1]).nonzero()[:, 0]
    for row in unsure.tolist():
        found[row] = largest(turn @ both[row])
    return found


def durations(energy: Tensor, lengths: Tensor, dt: float, low: float, high: float) -> Tensor:
    """Seconds between a low and a high share of the energy of each record: [record, sample] and samples."""
    last = (lengths - 1).clamp(min=0)[:, None]
    steps = (energy[:, 1:] + energy[:, :-1]) / 2
    passed = torch.nn.functional.pad(steps.double().cumsum(-1), (1, 0))
    whole = passed.gather(1, last.clamp(max=passed.shape[1] - 1))
    edges = whole * torch.tensor([low, high], dtype=passed.dtype, device=passed.device)
    after = torch.searchsorted(passed, edges.contiguous()).clamp(1, passed.shape[1] - 1)
    left, right = passed.gather(1, after - 1), passed.gather(1, after)
    share = (edges - left) / (right - left).clamp(min=1e-300)
    times = (after - 1 + share) * dt
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
