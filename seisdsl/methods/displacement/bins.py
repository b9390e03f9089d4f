"""Series in bins that widen after an event, and the coloured noise of their means.

Decays need single days soon after the event and months long after it: a hundred means of bins tell
their time constants as well as thousands of days do, and their full covariance is at hand.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.displacement.design import Terms, columns, decays
from seisdsl.methods.displacement.evidence import CONSTANTS, flicker_of_lag
from seisdsl.methods.displacement.regression import fitted, noise, predicted

_WIDER = 0.1  # of the time since the event
_WIDEST = 30  # days
_LONG = 1000.0  # days, of the slowest logarithm that residuals are taken from


def edges(days: Tensor, since: float) -> Tensor:
    """Whole days: the ends of bins over all of the record."""
    first, last = int(days[0].floor()), int(days[-1].floor()) + 1
    event = min(max(int(since // 1), first), last)
    found = list(range(event, first, -_WIDEST))[::-1]
    found = [first, *(day for day in found if day > first)]
    day = event
    while day < last:
        day = min(day + min(max(1, round(_WIDER * (day - event))), _WIDEST), last)
        found.append(day)
    return torch.tensor(sorted(set(found)), dtype=days.dtype, device=days.device)


def means(values: Tensor, weights: Tensor, bins: Tensor, number: int) -> tuple[Tensor, Tensor]:
    """[..., bin, column] from [..., epoch, column], and the weight [..., bin] of each."""
    shape = (*weights.shape[:-1], number)
    total = weights.new_zeros(shape).index_add_(-1, bins, weights)
    added = values.new_zeros(*shape, values.shape[-1]).index_add_(-2, bins, values * weights[..., None])
    return added / total.clamp_min(1e-12)[..., None], total


def flicker(ends: Tensor) -> Tensor:
    """[bin, bin]: the covariance of the means of all days of bins, of flicker noise of 1 mm year**-1/4."""
    length = int(ends[-1] - ends[0])
    lagged = flicker_of_lag(length + 1, ends)
    both = torch.cat([lagged[1:].flip(0), lagged])
    once = torch.cat([both.new_zeros(1), both.cumsum(0)])
    twice = torch.cat([both.new_zeros(1), once.cumsum(0)])
    at = (ends - ends[0]).long()
    low, high = at[:-1], at[1:]

    def to(one: Tensor, other: Tensor) -> Tensor:
        return twice[one[:, None] - other + length + 1]

    total = to(high, low) - to(low, low) - to(high, high) + to(low, high)
    width = (high - low).to(ends)
    return total / width[:, None] / width


def noise_of(
    days: Tensor, values: Tensor, weights: Tensor, terms: Terms, every: int
) -> tuple[Tensor, Tensor]:
    """White and flicker noise [site, component] of what four logarithms and the plain columns leave.

    One site tells its flicker noise to a third only, and what is taken for too quiet counts for too much:
    all sites have the flicker noise of the middle one.
    """
    plain = columns(days, Terms(terms.degree, terms.harmonics, terms.steps))
    constants = torch.tensor([[*CONSTANTS, _LONG]], dtype=days.dtype, device=days.device)
    more = decays(days - terms.since, ("log",) * constants.shape[1], constants)
    made = torch.cat([plain, more.expand(len(plain), -1, -1)], -1)
    left = values - predicted(made, fitted(made, values, weights).values)
    whole = days.floor()
    if not bool((whole.diff() > 0).all()):
        known = (weights > 0).sum(-1).clamp_min(1)
        white = ((left**2 * weights).sum(-1) / known).sqrt()
        return white, torch.zeros_like(white)
    at = (whole - whole[0]).long()
    grid = left.new_zeros(*left.shape[:2], int(at[-1]) + 1)
    there = torch.zeros(grid.shape, dtype=torch.bool, device=grid.device)
    grid[..., at], there[..., at] = left, weights > 0
    white, flicker = noise(grid, there, every=every)
    known = there.any(-1)
    middle = torch.nanmedian(flicker.masked_fill(~known, float("nan")), dim=0).values.nan_to_num(0.0)
    return white, middle.expand_as(white)
