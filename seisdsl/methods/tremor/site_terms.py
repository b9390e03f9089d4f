"""How much stronger each station moves than the others, from many events: robust least squares."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

ROUNDS = 30  # of reweighting
HUBER = 1.345  # standard deviations from which an amplitude counts less
TO_SIGMA = 1.4826


class SiteTerms(NamedTuple):
    gain: Tensor  # [station], natural logarithm; of each set of linked stations the sum is zero
    error: Tensor  # one standard deviation
    number: Tensor  # events that each station saw
    linked: Tensor  # the number of the set of stations that events link it with


def site_terms(amplitudes: Tensor) -> SiteTerms:
    """From logarithms of amplitudes [event, station] with distance taken off; NaN where there is none.

    Each is the sum of a size of its event and a term of its station.
    """
    known = ~amplitudes.isnan()
    known &= (known.sum(1) >= 2)[:, None]  # an event at one station says nothing of the station
    values = amplitudes.double().masked_fill(~known, 0)
    weight = known.double()
    number = known.sum(0)
    for _ in range(ROUNDS):
        inverse, gain, size = _solved(values, weight)
        off = (values - size[:, None] - gain).masked_fill(~known, torch.nan)
        free = known.sum() - known.any(1).sum() - known.any(0).sum() + 1
        enough = free > 0
        scale = (
            TO_SIGMA * off.flatten().nanmedian().sub(off).abs().nanmedian() if enough else off.new_ones(())
        )
        scale = scale.nan_to_num(1.0).clamp(min=1e-9)
        weight = (HUBER * scale / off.abs().clamp(min=1e-12)).clamp(max=1).nan_to_num(0)
        weight = weight * known
    spread = (
        (weight * off.nan_to_num(0).square()).sum() / free.clamp(min=1)
        if enough
        else off.new_tensor(torch.nan)
    )
    error = (inverse.diagonal().clamp(min=0) * spread).sqrt()
    return SiteTerms(gain, error, number, _linked(known))


def _solved(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The sizes are taken out of the normal equations; what is left is one row for each station."""
    total = weight.sum(1).clamp(min=1e-300)
    share = weight / total[:, None]
    matrix = torch.diag(weight.sum(0)) - weight.T @ share
    inverse = torch.linalg.pinv(matrix, hermitian=True, rtol=1e-10)
    mean = (share * values).sum(1)
    gain = inverse @ (weight * (values - mean[:, None])).sum(0)
    size = (share * (values - gain)).sum(1)
    return inverse, gain, size


def _linked(known: Tensor) -> Tensor:
    """The least number of the stations that events link each one with, directly or through others."""
    together = (known.double().T @ known.double() > 0) | torch.eye(
        known.shape[1], dtype=torch.bool, device=known.device
    )
    label = torch.arange(known.shape[1], device=known.device)
    for _ in range(known.shape[1]):
        new = torch.where(together, label, known.shape[1]).amin(1)
        if bool((new == label).all()):
            break
        label = new
    return label
