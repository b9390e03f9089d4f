"""From the objective to a place and how sure it is: a grid, a gradient from its summit, and finer grids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from seisdsl.methods.locate.grid import count_of, nodes, on_the_side
from seisdsl.methods.locate.objective import (
    Beliefs,
    Observed,
    averaged_correlation,
    evidence,
    objective,
    pair_number,
)

TILE = 2**21  # pairs times nodes at once
FINE = (15, 15, 9)  # nodes of the finer grids
WIDE = 4.0  # standard deviations from the mean to their sides
ZOOMS = 3
CLIMB = 12  # steps along the gradient
NEAR = 10.0  # km from the mean, within which a place counts as found
ELLIPSE = 5.991  # of chi squared with two degrees of freedom: 95 %


class Found(NamedTuple):
    """Of each source; places are east, north and depth in km."""

    best: Tensor  # [B, 3]: the summit
    mean: Tensor  # [B, 3]
    covariance: Tensor  # [B, 3, 3]
    correlation: Tensor  # [B]: ACC at the summit
    near: Tensor  # [B]: the probability that it is within 10 km of the mean
    at_edge: Tensor  # [B]: whether the grid's side takes part


def located(
    seen: Observed, beliefs: Beliefs, low: Tensor, high: Tensor, *, step: float, depth_step: float
) -> Found:
    """Sources in boxes [B, 3] of places, all sources' boxes of the same size."""
    size = (high - low)[0].tolist()
    counts = (count_of(size[0], step), count_of(size[1], step), count_of(size[2], depth_step))
    parts = [
        _located(seen.some(some).counted(), beliefs, low[some], high[some], counts)
        for some in _tiles(len(low), seen.pairs.shape[1] * counts[0] * counts[1] * counts[2])
    ]
    return Found(*(torch.cat(values) for values in zip(*parts, strict=True)))


def _tiles(sources: int, each: int) -> Iterator[slice]:
    many = max(1, TILE // max(each, 1))
    for first in range(0, sources, many):
        yield slice(first, first + many)


def _located(
    seen: Observed, beliefs: Beliefs, low: Tensor, high: Tensor, counts: tuple[int, int, int]
) -> Found:
    places = nodes(low, high, counts)
    left, rest = (value.double() for value in _over_tiles(places.float(), seen.single(), beliefs))
    rows = torch.arange(len(places), device=places.device)
    from_noise = seen.samples * seen.stations.shape[1] / 2
    guess = (rest - from_noise[:, None] * left).argmax(-1)
    number = pair_number(places[rows, guess][:, None], seen, beliefs)
    value = rest - number[:, None] * left
    share = value.softmax(-1)
    at_edge = share[:, on_the_side(counts, share.device)].sum(-1) > 0.05
    at_edge |= on_the_side(counts, share.device)[value.argmax(-1)]
    best = climbed(places[rows, value.argmax(-1)], seen, beliefs, number, low, high)
    mean, covariance = _moments(places, share)
    spacing = (high - low) / (torch.tensor(counts, device=low.device) - 1)
    for _ in range(ZOOMS):
        half = WIDE * covariance.diagonal(dim1=-2, dim2=-1).clamp(min=0).sqrt()
        half = torch.maximum(half, spacing)
        places = nodes(torch.maximum(mean - half, low), torch.minimum(mean + half, high), FINE)
        left, rest = _over_tiles(places, seen, beliefs)
        share = (rest - number[:, None] * left).softmax(-1)
        mean, covariance = _moments(places, share)
        spacing = 2 * half / (torch.tensor(FINE, device=low.device) - 1)
    away, cell = (places - mean[:, None])[..., :2].norm(dim=-1), spacing[:, :2].amax(-1, keepdim=True)
    near = (share * ((NEAR - away) / cell + 0.5).clamp(0, 1)).sum(-1)  # cells on the rim count in part
    acc = averaged_correlation(best[:, None], seen, beliefs.times)[:, 0]
    return Found(best, mean, covariance, acc, near, at_edge)


def _over_tiles(places: Tensor, seen: Observed, beliefs: Beliefs) -> tuple[Tensor, Tensor]:
    step = max(1, TILE // max(1, len(places) * seen.pairs.shape[1]))
    left, rest = zip(
        *(evidence(part, seen, beliefs) for part in torch.split(places, step, dim=1)), strict=True
    )
    return torch.cat(left, dim=1), torch.cat(rest, dim=1)


def climbed(
    start: Tensor, seen: Observed, beliefs: Beliefs, number: Tensor, low: Tensor, high: Tensor
) -> Tensor:
    """From the best node [B, 3] up the gradient, each source by steps of its own that shrink where they fail."""
    place, length = start, torch.ones(len(start), dtype=start.dtype, device=start.device)
    value = objective(place[:, None], seen, beliefs, number)[:, 0]
    for _ in range(CLIMB):
        with torch.enable_grad():
            free = place.detach().requires_grad_()
            total = objective(free[:, None], seen, beliefs, number).sum()
            (slope,) = torch.autograd.grad(total, free)
        way = slope / slope.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        tried = torch.minimum(torch.maximum(place + length[:, None] * way, low), high)
        new = objective(tried[:, None], seen, beliefs, number)[:, 0]
        better = new > value
        place = torch.where(better[:, None], tried, place)
        value = torch.where(better, new, value)
        length = torch.where(better, 1.3 * length, 0.4 * length)
    return place


def _moments(places: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    mean = (share[..., None] * places).sum(1)
    off = places - mean[:, None]
    return mean, torch.einsum("bg,bgi,bgj->bij", share, off, off)


def ellipse(covariance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Semi-axes (km, the longer first) of the 95 % ellipse of epicentres, and the longer's azimuth (degrees)."""
    spread, ways = torch.linalg.eigh(covariance[:, :2, :2])
    axes = (ELLIPSE * spread.clamp(min=0)).sqrt()
    azimuth = torch.rad2deg(torch.atan2(ways[:, 0, 1], ways[:, 1, 1])) % 180
    return axes[:, 1], axes[:, 0], azimuth
