"""How much of a station's motion falls into each of several bands, window by window: nothing is lost between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

NS = 1_000_000_000
WINDOW = 4.0  # seconds; windows follow one another by half of it
SHARP = 4.0  # of the Kaiser-Bessel-derived window: what is 2 Hz away is down by 70 dB
COMPONENTS = 3
TILE = 2**22  # samples at once


class BandPower(NamedTuple):
    """Squared motion over time, [station, band, window], of all three components together.

    `mask` is [station, window]; the middle of a window lies `step` seconds after that of the one before,
    that of the first at `start` (ns). Bands are as wide as one another around `middles` (Hz).
    """

    values: Tensor
    mask: Tensor
    start: int
    step: float
    middles: Tensor

    def place(self, time: Tensor) -> Tensor:
        """The number of the first window whose middle is not before times (ns)."""
        return torch.ceil((time - self.start).double() / (self.step * NS) - 1e-6).long()


def band_power(
    samples: Tensor,
    mask: Tensor,
    rate: float,
    start: int,
    stations: Sequence[Sequence[int]],
    *,
    band: tuple[float, float],
    bands: int,
) -> BandPower:
    """Of [trace, time] whose first sample is at `start` (ns): of each station, told by its traces' numbers.

    Windows begin at whole numbers of half windows since 1970. They are tapered so that the squares of
    all windows add up to those of the record (Princen and Bradley). A component that is missing counts
    as the mean of the others; a window of which a sample was not recorded is left out.
    """
    half = max(2, round(WINDOW / 2 * rate))
    number = round(start * rate / NS)
    skip = -number % half
    count = max(0, (samples.shape[-1] - skip) // half - 1)
    taper = _taper(half).to(samples.device)
    share, middles = _shares(half, rate, band, bands)
    share = share.to(samples.device) * (2 / (2 * half) / rate)
    values = samples.new_zeros(len(stations), bands, count, dtype=torch.float64)
    known = torch.zeros(len(stations), count, dtype=torch.bool, device=samples.device)
    for row, traces in enumerate(stations):
        own = list(traces)
        step = max(1, TILE // (2 * half * max(1, len(own))))
        for first in range(0, count, step):
            last = min(first + step, count)
            part = slice(skip + first * half, skip + (last + 1) * half)
            windows = samples[own, part].double().unfold(-1, 2 * half, half)
            whole = mask[own, part].unfold(-1, 2 * half, half).all(-1)
            whole &= windows.amax(-1) > windows.amin(-1)
            level = windows.mean(-1, keepdim=True)
            power = torch.fft.rfft((windows - level) * taper).abs().square() @ share
            there = whole.sum(0)
            total = torch.where(whole[..., None], power, 0).sum(0)
            values[row, :, first:last] = (total * COMPONENTS / there.clamp(min=1)[:, None]).T
            known[row, first:last] = there > 0
    begin = round((number + skip + half) * NS / rate)
    return BandPower(values, known, begin, half / rate, middles.to(samples.device))


def _taper(half: int) -> Tensor:
    kernel = torch.kaiser_window(half + 1, periodic=False, beta=math.pi * SHARP, dtype=torch.float64)
    rise = (kernel.cumsum(0)[:-1] / kernel.sum()).sqrt()
    return torch.cat([rise, rise.flip(0)])


def _shares(half: int, rate: float, band: tuple[float, float], bands: int) -> tuple[Tensor, Tensor]:
    """How much of each frequency of the transform belongs to each band, [frequency, band]; and their middles."""
    spacing = rate / (2 * half)
    frequency = torch.arange(half + 1, dtype=torch.float64) * spacing
    edges = torch.linspace(band[0], band[1], bands + 1, dtype=torch.float64)
    low = torch.maximum(frequency[:, None] - spacing / 2, edges[:-1])
    high = torch.minimum(frequency[:, None] + spacing / 2, edges[1:])
    return (high - low).clamp(min=0) / spacing, (edges[1:] + edges[:-1]) / 2
