"""Outliers, filled gaps, breaks and common noise of daily series [site, component, day]."""

from __future__ import annotations

import torch
from torch import Tensor

MAD = 1.4826  # of Gaussian noise: one deviation over the median absolute deviation


def scatter(values: Tensor, mask: Tensor) -> Tensor:
    """One deviation of white noise [...], from differences of days that follow each other."""
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


def breaks(
    values: Tensor, mask: Tensor, days: int, fewest: int = 10, tile: int = 16
) -> tuple[Tensor, Tensor]:
    """[site, day]: how far a step before each day stands out, over all components, and its deviation.

    A line with a step is fitted to the days around it; the step's size over its own usual size in this
    series allows for coloured noise. The squares are added over components and their root is taken.
    """
    parts = []
    for at in range(0, len(values), tile):
        own, there = values[at : at + tile], mask[at : at + tile]
        parts.append(_jump(own, there, days, fewest))
    return torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts])


def _jump(values: Tensor, mask: Tensor, days: int, fewest: int) -> tuple[Tensor, Tensor]:
    length = values.shape[-1]
    weight = mask.to(values)
    offset = torch.arange(-days, days, dtype=values.dtype, device=values.device) + 0.5
    pad = (days, days - 1)
    held = torch.nn.functional.pad(values.masked_fill(~mask, 0), pad).unfold(-1, 2 * days, 1)[..., :length, :]
    known = torch.nn.functional.pad(weight, pad).unfold(-1, 2 * days, 1)[..., :length, :]
    after = (offset > 0).to(values)
    shape = torch.stack([torch.ones_like(offset), offset / days, after])
    normal = torch.einsum("sctw,iw,jw->sctij", known, shape, shape)
    right = torch.einsum("sctw,iw->scti", held, shape)
    left_count = (known * (1 - after)).sum(-1)
    right_count = (known * after).sum(-1)
    enough = (left_count >= fewest) & (right_count >= fewest)
    eye = torch.eye(3, dtype=values.dtype, device=values.device)
    normal = torch.where(enough[..., None, None], normal, eye)
    solution = torch.linalg.solve(normal, right)
    error = torch.linalg.inv(normal)[..., 2, 2].clamp_min(1e-12).sqrt()
    ratio = (solution[..., 2] / error).masked_fill(~enough, float("nan"))
    usual = torch.nanmedian(ratio.abs(), dim=-1, keepdim=True).values * MAD
    score = (ratio / usual.clamp_min(1e-12)).nan_to_num(0.0)
    size = torch.linalg.vector_norm(
        solution[..., :2, :, 2] if solution.shape[1] > 1 else solution[..., 2], dim=1
    )
    return score.square().sum(1).sqrt(), size.masked_fill(~enough.any(1), 0)


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
