"""Decays of any time constant, by products of a few with the data: fits without going back to the days.

A decay changes smoothly with the logarithm of its time constant, so that one of any constant is a cubic
through four of a grid. Chi-square under white and flicker noise, and its slope and curvature with all
amplitudes at their best (variable projection), then need the grid's products alone, once computed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seisdsl.methods.displacement import bins
from seisdsl.methods.displacement.design import Terms, columns, decays
from seisdsl.methods.displacement.regression import solved

PER_KIND = 44
_RIDGE = 1e-10  # two decays of one time constant are one
_TILE = 4
_LEAST = 1e-3  # of the scatter: noise-free series are not fitted better


@dataclass(frozen=True)
class Dictionary:
    """Of each site and component, in units of its noise, without what the plain columns explain.

    `products` [site, component, entry, entry] are of the decays with each other, `side` of them with the
    data, `power` of the data with themselves; `grid` are logarithms of days.
    """

    products: Tensor
    side: Tensor
    power: Tensor
    grid: Tensor
    first: tuple[int, ...]  # the first entry of each decay's kind

    @property
    def spacing(self) -> float:
        return float(self.grid[1] - self.grid[0])

    def misfits(self, pairs: Tensor, tile: int = 256) -> Tensor:
        """[combination, site]: for entries of the grid [combination, decay]."""
        place = pairs + torch.tensor(self.first, device=pairs.device)
        size = self.products.diagonal(dim1=-2, dim2=-1).clamp_min(1e-300).sqrt()
        even = self.products / size[..., :, None] / size[..., None, :]
        side = self.side / size
        parts = []
        for at in range(0, len(place), tile):
            some = place[at : at + tile]
            small = even[..., some[:, :, None], some[:, None, :]]
            small = small + _RIDGE * torch.eye(small.shape[-1], dtype=small.dtype, device=small.device)
            wanted = side[..., some]
            found = torch.linalg.solve(small, wanted)
            parts.append((self.power[..., None] - (found * wanted).sum(-1)).clamp_min(0).sum(1))
        return torch.cat(parts, -1).T

    def at(self, theta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Chi-square [start, site], its negative slope and its curvature, at theta [start, site, decay]."""
        entry, weight, slope = self._cubic(theta)
        sites = torch.arange(theta.shape[1], device=theta.device)[None, :, None, None]
        rows = self.products.movedim(2, 1)[sites, entry]  # [start, site, decay, 4, component, entry]
        both = torch.stack([weight, slope], 2)  # [start, site, 2, decay, 4]
        half = torch.einsum("bsxkf,bskfce->bscxke", both, rows)
        take = entry.flatten(2)[:, :, None, None, None].expand(*half.shape[:-1], -1)
        near = half.gather(-1, take).view(*half.shape[:-1], *entry.shape[2:])
        product = torch.einsum("bscxkjf,bsyjf->bscxkyj", near, both).flatten(5, 6).flatten(3, 4)
        side = torch.einsum("bsxkf,bskfc->bscxk", both, self.side.movedim(2, 1)[sites, entry]).flatten(3, 4)
        many = theta.shape[-1]
        amount, inverse = solved(product[..., :many, :many], side[..., :many])
        across = product[..., many:, :many]
        left = product[..., many:, many:] - across @ inverse @ across.transpose(-1, -2)
        downhill = amount * (side[..., many:] - (across @ amount[..., None])[..., 0])
        curvature = amount[..., :, None] * left * amount[..., None, :]
        misfit = (self.power - (amount * side[..., :many]).sum(-1)).sum(-1)
        return misfit, downhill.sum(2), curvature.sum(2)

    def apart(self, theta: Tensor, other: Tensor) -> Tensor:
        """[start, site]: how far the decays of theta lie outside those of another, squares of sines added.

        Noise alone makes chi-square differ by twice the root of that between the two, up or down.
        """
        one, two = self._mixed(theta), self._mixed(other)
        across = torch.einsum("bskl,sclm->bsckm", one, self.products)
        own = across @ one[:, :, None].transpose(-1, -2)
        both = across @ two[:, :, None].transpose(-1, -2)
        others = torch.einsum("bskl,sclm,bsjm->bsckj", two, self.products, two)
        none = own[..., 0] * 0
        product = solved(own, none)[1] @ both @ solved(others, none)[1] @ both.transpose(-1, -2)
        shared = product.diagonal(dim1=-2, dim2=-1).sum(-1)
        return (theta.shape[-1] - shared).clamp_min(0).sum(-1)

    def _mixed(self, theta: Tensor) -> Tensor:
        """[start, site, decay, entry]: how much of each entry is in each decay."""
        entry, weight, _ = self._cubic(theta)
        none = weight.new_zeros(*theta.shape, self.products.shape[-1])
        return none.scatter_add(-1, entry, weight)

    def _cubic(self, theta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Four entries of each decay, their weights, and the weights' slopes with theta."""
        share = (theta - self.grid[0]) / self.spacing
        low = share.floor().clamp(1, len(self.grid) - 3)
        t = share - low
        weight = torch.stack([
            -t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2,
            -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6,
        ], -1)  # fmt: skip
        slope = torch.stack([
            -(3 * t**2 - 6 * t + 2) / 6, (3 * t**2 - 4 * t - 1) / 2,
            -(3 * t**2 - 2 * t - 2) / 2, (3 * t**2 - 1) / 6,
        ], -1)  # fmt: skip
        entry = low.long() - 1 + torch.tensor(self.first, device=theta.device)
        return entry[..., None] + torch.arange(4, device=theta.device), weight, slope / self.spacing


def made(
    days: Tensor,
    values: Tensor,
    weights: Tensor,
    terms: Terms,
    ends: tuple[float, float],
    every: int,
    coloured: bool,
) -> Dictionary:
    """The dictionary of the kinds of decay that `terms` have, from one logarithm of days to another.

    `weights` are relative, `every` how many days there are from one position to the next.
    """
    kinds = tuple(dict.fromkeys(terms.decays))
    grid = torch.linspace(*ends, PER_KIND, dtype=torch.float64, device=days.device)
    spread = tuple(kind for kind in kinds for _ in range(PER_KIND))
    plain = columns(days, replace(terms, decays=(), constants=None))
    more = decays(days - terms.since, spread, grid.exp().repeat(len(kinds))[None])
    white, flicker = bins.noise_of(days, values, weights, terms, every)
    flicker = flicker * coloured
    cuts = bins.edges(days, terms.since)
    into = (torch.searchsorted(cuts, days.floor(), right=True) - 1).clamp(0, len(cuts) - 2)
    shape = bins.flicker(cuts)
    parts = []
    for at in range(0, len(values), _TILE):
        own = slice(at, at + _TILE)
        all_ = torch.cat([plain[own], more.expand(len(plain[own]), -1, -1)], -1)[:, None].expand(
            -1, values.shape[1], -1, -1
        )
        stacked, total = bins.means(
            torch.cat([all_, values[own, ..., None]], -1), weights[own], into, len(cuts) - 1
        )
        known = (total > 0).to(stacked)
        least = white[own].amax(1, keepdim=True).clamp_min(1e-9) * _LEAST
        alone = white[own].maximum(least)[..., None] ** 2 / total.clamp_min(1e-12)
        noise = flicker[own][..., None, None] ** 2 * shape * known[..., :, None] * known[..., None, :]
        noise = noise + torch.diag_embed(torch.where(total > 0, alone, 1.0))
        even = torch.linalg.solve_triangular(
            torch.linalg.cholesky(noise), stacked * known[..., None], upper=False
        )
        parts.append(_without(even.transpose(-1, -2) @ even, plain.shape[-1]))
    products, side, power = (torch.cat(part) for part in zip(*parts, strict=True))
    first = tuple(PER_KIND * kinds.index(kind) for kind in terms.decays)
    return Dictionary(products, side, power, grid, first)


def _without(gram: Tensor, base: int) -> tuple[Tensor, Tensor, Tensor]:
    """Products of the decays and the data, once what the first columns explain is taken away."""
    across = gram[..., base:, :base]
    _, inverse = solved(gram[..., :base, :base], gram[..., :base, -1])
    left = gram[..., base:, base:] - across @ inverse @ across.transpose(-1, -2)
    return left[..., :-1, :-1], left[..., :-1, -1], left[..., -1, -1]
