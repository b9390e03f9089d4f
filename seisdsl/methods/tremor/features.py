"""What analysts told tremor by before there were networks: three numbers of a window."""

from __future__ import annotations

import torch
from torch import Tensor

LOW, HIGH = (2.0, 8.0), (8.0, 12.0)  # Hz: the band of tremor, and the one above it
WHOLE = (1.0, 12.0)  # Hz, over which the centroid is taken
QUIET = 0.2  # of the frames of a window, whose power is that of its noise
ABOVE = 2.0  # times that power: the frames that last


def features(power: Tensor, known: Tensor, frequencies: Tensor, step: float) -> Tensor:
    """Centroid (Hz), log ratio of the bands, log duration (s) of windows [window, component, frequency, frame].

    `known` [window, component, frame] says which frames were recorded; a frame counts by the
    components that were. Zero where there is nothing.
    """
    power, frequencies = power.double(), frequencies.double()
    there = known[:, :, None] & (power > 0).any(2, keepdim=True)
    number = there.sum(1)
    mean = power.masked_fill(~there, 0).sum(1) / number.clamp(min=1)  # [window, frequency, frame]
    seen = (number > 0)[:, 0]  # [window, frame]
    spectrum = mean.sum(-1)

    def band(of: tuple[float, float]) -> Tensor:
        return (frequencies >= of[0]) & (frequencies < of[1])

    own = band(WHOLE)
    centroid = (spectrum * frequencies)[:, own].sum(1) / spectrum[:, own].sum(1)
    ratio = torch.log10(spectrum[:, band(LOW)].mean(1) / spectrum[:, band(HIGH)].mean(1))
    level = mean[:, band(LOW)].mean(1).masked_fill(~seen, float("nan"))
    noise = level.nanquantile(QUIET, dim=1, keepdim=True)
    lasting = (level > ABOVE * noise).sum(1) * step
    found = torch.stack([centroid, ratio, torch.log10(lasting + step)], 1)
    return torch.where(found.isfinite() & seen.any(1, keepdim=True), found, 0.0).float()
