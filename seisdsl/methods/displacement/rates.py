"""Changes of rate in daily series: two lines that meet, and on which day."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.displacement.regression import fitted

YEAR = 365.25


def changed(values: Tensor, mask: Tensor, least: int, every: int) -> tuple[Tensor, Tensor, Tensor]:
    """The best day, the change of rate a year and its error for white noise: [site, component].

    Days are tried each `every`, `least` days from both ends of the record.
    """
    length = values.shape[-1]
    day = torch.arange(length, dtype=torch.float64, device=values.device)
    weights = mask.double()
    size = torch.zeros(values.shape[:2], dtype=torch.float64, device=values.device)
    error, best = torch.ones_like(size), torch.full_like(size, float("nan"))
    lowest = torch.full_like(size, float("inf"))
    for at in range(least, length - least, every):
        shape = torch.stack([torch.ones_like(day), day / YEAR, ((day - at) / YEAR).clamp_min(0)], -1)
        found = fitted(shape.expand(len(values), -1, -1), values, weights)
        both = (mask[..., :at].sum(-1) > least // 2) & (mask[..., at:].sum(-1) > least // 2)
        better = found.known & both & (found.rms < lowest)
        lowest = torch.where(better, found.rms, lowest)
        size = torch.where(better, found.values[..., 2], size)
        error = torch.where(better, found.rms * found.inverse[..., 2, 2].clamp_min(0).sqrt(), error)
        best = torch.where(better, float(at), best)
    return best, size, error
