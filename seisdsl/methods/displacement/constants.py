"""Time constants of decays: those that leave the least misfit, shared by all sites or each site's own."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import torch
from torch import Tensor

from seisdsl.methods.displacement.design import Terms, columns, decays
from seisdsl.methods.displacement.regression import gram, solved

LONGEST = 30_000.0  # days
_CANDIDATES = {1: 24, 2: 14, 3: 9}  # by the number of decays
_ROUNDS = 4
_RIDGE = 1e-9  # two decays of one time constant are one
_APART = 2.0  # between two decays of one kind: nearer ones cannot be told apart


def searched(
    days: Tensor, values: Tensor, weights: Tensor, terms: Terms, shared: bool, tile: int = 24
) -> Tensor:
    """[site, decay] days: the best of a grid in the logarithm, made finer around the best, four times."""
    count, kinds = len(values), terms.decays
    reach = max(float(days[-1] - terms.since), 10.0)
    lows = torch.full((count, len(kinds)), 0.5, dtype=torch.float64, device=days.device).log()
    highs = torch.full_like(lows, min(LONGEST, 5 * reach)).log()
    many = _CANDIDATES.get(len(kinds), 9)
    plain = columns(days, replace(terms, decays=(), constants=None))
    best = (lows + highs) / 2
    bottom, top = lows.clone(), highs.clone()
    for _ in range(_ROUNDS):
        share = torch.linspace(0, 1, many, dtype=torch.float64, device=days.device)
        grid = bottom[..., None] + (top - bottom)[..., None] * share  # [site, decay, candidate]
        misfit, pairs = _misfits(days, values, weights, terms, plain, grid.exp(), tile)
        choice = misfit.sum(0, keepdim=True).expand_as(misfit) if shared else misfit
        number = choice.argmin(1)
        best = torch.gather(grid, 2, pairs[number][..., None])[..., 0]
        width = (top - bottom) / (many - 1) * 1.5
        bottom, top = (best - width).maximum(lows), (best + width).minimum(highs)
    return best.exp()


def _misfits(
    days: Tensor, values: Tensor, weights: Tensor, terms: Terms, plain: Tensor, grid: Tensor, tile: int
) -> tuple[Tensor, Tensor]:
    """Weighted misfit [site, combination] and the combinations [combination, decay]."""
    kinds = terms.decays
    many = grid.shape[2]
    pairs = torch.tensor(list(itertools.product(range(many), repeat=len(kinds))), device=days.device)
    place = pairs + many * torch.arange(len(kinds), device=days.device)
    spread = tuple(kind for kind in kinds for _ in range(many))
    parts = []
    for at in range(0, len(values), tile):
        own = slice(at, at + tile)
        more = decays(days - terms.since, spread, grid[own].flatten(1))
        normal, right, power = gram(torch.cat([plain[own], more], -1), values[own], weights[own])
        left = _left(normal, right, power, plain.shape[-1], place)
        parts.append((left / scatter(values[own], weights[own])[..., None] ** 2).sum(1))
    misfit = torch.cat(parts)
    close = torch.zeros(misfit.shape, dtype=torch.bool, device=days.device)
    for one, other in itertools.combinations(range(len(kinds)), 2):
        if kinds[one] == kinds[other]:
            ratio = grid[:, other][:, pairs[:, other]] / grid[:, one][:, pairs[:, one]]
            close |= ratio < _APART
    return misfit.masked_fill(close, float("inf")), pairs


def _left(normal: Tensor, right: Tensor, power: Tensor, base: int, place: Tensor, tile: int = 256) -> Tensor:
    """[site, component, combination]: what each choice of decays leaves of the data.

    The plain columns are taken out of the normal matrix once, so that only decays are solved for.
    """
    first, inverse = solved(normal[..., :base, :base], right[..., :base])
    across = normal[..., base:, :base]
    own = normal[..., base:, base:] - across @ inverse @ across.transpose(-1, -2)
    side = right[..., base:] - (across @ first[..., None])[..., 0]
    power = power - (first * right[..., :base]).sum(-1)
    size = own.diagonal(dim1=-2, dim2=-1).clamp_min(1e-300).sqrt()
    even = own / size[..., :, None] / size[..., None, :]
    side = side / size
    parts = []
    for at in range(0, len(place), tile):
        some = place[at : at + tile]
        small = even[..., some[:, :, None], some[:, None, :]]
        small = small + _RIDGE * torch.eye(small.shape[-1], dtype=small.dtype, device=small.device)
        wanted = side[..., some]
        found = torch.linalg.solve(small, wanted)
        parts.append((power[..., None] - (found * wanted).sum(-1)).clamp_min(0))
    return torch.cat(parts, -1)


def scatter(values: Tensor, weights: Tensor) -> Tensor:
    """How far values lie from the one before, in the middle: one for a series that does not move."""
    both = (weights[..., 1:] > 0) & (weights[..., :-1] > 0)
    leap = values.diff(dim=-1).abs().masked_fill(~both, float("nan"))
    middle = torch.nanmedian(leap, dim=-1).values.nan_to_num(0.0) * 1.4826 / math.sqrt(2)
    return torch.where(middle > 0, middle, 1.0)
