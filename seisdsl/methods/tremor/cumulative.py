"""Energy of many events on a map, each spread over where it may have been; and what could have been seen there."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.locate.grid import to_degrees, to_local

POINTS = 81  # along each axis of an event's ellipse
WIDE = 3.0  # standard deviations
TILE = 2**21  # points, or cells times stations, at once


def spread(place: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor]:
    """Points of Gaussians around [event, (latitude, longitude)] with [event, 2, 2] km2, and their shares.

    [event, point, (latitude, longitude)], and [point], which add up to one.
    """
    step = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64, device=place.device)
    one = torch.exp(-(step**2) / 2)
    share = torch.outer(one, one).flatten()
    unit = torch.cartesian_prod(step, step)
    values, ways = torch.linalg.eigh(covariance.double())
    local = torch.einsum("eij,pj->epi", ways * values.clamp(min=0).sqrt()[:, None], unit)
    return to_degrees(local, place[:, None].expand(-1, len(unit), -1)), share / share.sum()


def cells_of(degrees: Tensor, cell: float) -> Tensor:
    """The numbers of cells, counted from zero degrees: cell n reaches from n to n + 1 times its width."""
    return torch.floor(degrees / cell + 1e-9).long()


def cumulative(
    place: Tensor,
    covariance: Tensor,
    energy: Tensor,
    cell: float,
    south: int,
    west: int,
    shape: tuple[int, int],
) -> Tensor:
    """Joules in each cell, [latitude, longitude], the first of which is the south-western one.

    What an event has outside of the cells is not on the map.
    """
    total = energy.new_zeros(shape[0] * shape[1], dtype=torch.float64)
    step = max(1, TILE // POINTS**2)
    for first in range(0, len(place), step):
        some = slice(first, first + step)
        where, share = spread(place[some], covariance[some])
        row = cells_of(where[..., 0], cell) - south
        turn = round(360 / cell)
        column = (cells_of(where[..., 1], cell) - west) % turn
        inside = (row >= 0) & (row < shape[0]) & (column < shape[1])
        number = (row * shape[1] + column)[inside]
        total.index_add_(0, number, (energy[some, None].double() * share)[inside])
    return total.view(shape)


def detectable(
    cells: Tensor, stations: Tensor, joules: Tensor, *, depth: float, damping: float, fewest: int
) -> Tensor:
    """The energy (J) of a source in each of [cell, (latitude, longitude)] that enough stations would hear.

    `joules` [station] is what a source a metre away needs without attenuation; amplitudes die away by
    `damping` (1/km); stations are latitude, longitude and depth (km). Infinite where they are too few.
    """
    if len(stations) < fewest:
        return cells.new_full((len(cells),), torch.inf, dtype=torch.float64)
    found = []
    for part in torch.split(cells, max(1, TILE // len(stations))):
        local = to_local(stations[:, 0], stations[:, 1], part[:, None])
        away = torch.hypot(local.norm(dim=-1), depth - stations[:, 2])
        needed = joules.log() + 2 * (1000 * away).log() + 2 * damping * away
        found.append(needed.kthvalue(fewest, dim=1).values.exp())
    return torch.cat(found) if found else cells.new_zeros(0)
