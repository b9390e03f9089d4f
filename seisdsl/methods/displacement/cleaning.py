"""Outliers, filled gaps, peaks and common noise of daily series [site, component, day]."""

from __future__ import annotations

import torch
from torch import Tensor

MAD = 1.4826  # of Gaussian noise: one deviation over the median absolute deviation


def scatter(values: Tensor, mask: Tensor) -> Tensor:
    """One deviation of white noise [...], from differences of days that follow each other."""
    if values.shape[-1] < 2:
        return values.new_zeros(values.shape[:-1])
    both = mask[..., 1:] & mask[..., :-1]
    leap = values.diff(dim=-1).abs().masked_fill(~both, float("nan"))
    return torch.nanmedian(leap, dim=-1).values.nan_to_num(0.0) * MAD / 2**0.5


def beside(values: Tensor, mask: Tensor, days: int) -> tuple[Tensor, Tensor]:
    """The median of the `days` before each day and of those after it, NaN where none was recorded."""
    held = values.masked_fill(~mask, float("nan"))
    pad = torch.nn.functional.pad(held, (days, days), value=float("nan"))
    windows = pad.unfold(-1, days, 1)
    middles = torch.nanmedian(windows, dim=-1).values
    length = values.shape[-1]
    return middles[..., :length], middles[..., days + 1 : days + 1 + length]


def outlying(values: Tensor, mask: Tensor, most: float, days: int, tile: int = 16) -> Tensor:
    """Days that lie off those before and off those after by more than `most` deviations, on one side.

    A step lies off those of one side only, and a steep decay between them: neither is an outlier.
    """
    parts = []
    for at in range(0, len(values), tile):
        own, there = values[at : at + tile], mask[at : at + tile]
        before, after = (own - middle for middle in beside(own, there, days))
        limit = most * scatter(own, there)[..., None]
        one_side = before.isnan() ^ after.isnan()
        off = torch.minimum(before.abs(), after.abs())
        off = torch.where(one_side, torch.fmax(before.abs(), after.abs()), off)
        same = one_side | (before.sign() == after.sign())
        parts.append(there & same & (off.nan_to_num(0.0) > limit) & (limit > 0))
    return torch.cat(parts) if parts else mask & False


def straight(values: Tensor, mask: Tensor, tolerance: float, fewest: int) -> Tensor:
    """[site, day]: days inside a straight line of all components at once.

    Where two or more components lie on a line through the days on both sides to within rounding, they
    were interpolated. The ends of such a run were measured. One component alone must do so for
    `fewest` days on end.
    """
    three = mask[..., 2:] & mask[..., 1:-1] & mask[..., :-2]
    bend = values[..., 2:] - 2 * values[..., 1:-1] + values[..., :-2]
    level = (bend.abs() <= tolerance) & three
    inside = (level | ~mask[..., 1:-1]).all(1) & level.any(1)
    alone = values.shape[1] < 2
    inside = torch.nn.functional.pad(inside, (1, 1))
    return runs_of(inside, fewest if alone else 1)


def runs_of(flags: Tensor, fewest: int) -> Tensor:
    """Of runs of true along the last axis, those that are long enough."""
    if fewest <= 1:
        return flags
    pad = torch.nn.functional.pad(flags, (fewest - 1, fewest - 1))
    whole = pad.unfold(-1, fewest, 1).all(-1)
    return torch.nn.functional.pad(whole, (0, 0)).unfold(-1, fewest, 1).any(-1)


def peaks(score: Tensor, least: float, apart: int) -> Tensor:
    """[site, day]: the largest value within `apart` days on both sides, and above `least`."""
    highest = torch.nn.functional.max_pool1d(score[:, None], 2 * apart + 1, 1, apart)[:, 0]
    return (score >= highest) & (score > least)


def common(residual: Tensor, mask: Tensor, fewest: int) -> tuple[Tensor, Tensor]:
    """[component, day]: the mean of all sites, each by its own scatter, and where there were enough."""
    own = scatter(residual, mask).square().clamp_min(1e-12)
    weight = mask / own[..., None]
    total = weight.sum(0)
    mean = (weight * residual).sum(0) / total.clamp_min(1e-300)
    known = mask.sum(0) >= fewest
    return mean.masked_fill(~known, 0), known


def leading(residual: Tensor, mask: Tensor, number: int, rounds: int = 20) -> Tensor:
    """[site, component, day]: what the first principal components say, gaps filled by themselves."""
    size = scatter(residual, mask).clamp_min(1e-6)[..., None]
    scaled = (residual / size).movedim(1, 0)
    there = mask.movedim(1, 0)
    filled = scaled.masked_fill(~there, 0)
    for _ in range(rounds):
        left, power, right = torch.linalg.svd(filled, full_matrices=False)
        model = (left[..., :number] * power[..., None, :number]) @ right[:, :number]
        filled = torch.where(there, scaled, model)
    said: Tensor = model.movedim(0, 1) * size
    return said
