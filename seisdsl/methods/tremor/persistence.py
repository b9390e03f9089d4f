"""Persistence clustering on a graph (ToMATo), many windows at once.

Every station climbs to its highest neighbour until it stands on a peak; stations of one peak are a
basin. Two basins that meet are one where the lower peak stands out less than the prominence asked
for; the least prominent peak goes first.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.tremor.graph import Edges

_LOW = -torch.inf


def smoothed(height: Tensor, alive: Tensor, edges: Edges, reach: float) -> Tensor:
    """Half of each height and half of its weighted mean with its neighbours', [window, station]."""
    flat = height.flatten()
    weight = torch.exp(-(edges.km**2) / (2 * reach**2)).to(flat.dtype)
    total = torch.ones_like(flat).index_add_(0, edges.one, weight)
    mean = flat.index_add(0, edges.one, weight * flat[edges.other]) / total
    return (0.5 * flat + 0.5 * mean).view_as(height).masked_fill(~alive, _LOW)


def persistent(height: Tensor, taking_part: Tensor, edges: Edges, prominence: float) -> Tensor:
    """For each window and station the number of the station on its peak, -1 where it has none."""
    windows, stations = height.shape
    ranked = _ranked(height, taking_part).flatten()
    here = taking_part.flatten()
    kept = here[edges.one] & here[edges.other]
    one, other = edges.one[kept], edges.other[kept]
    best = ranked.scatter_reduce(0, one, ranked[other], "amax")
    uphill = (ranked[other] == best[one]) & (ranked[other] > ranked[one])
    peak = torch.arange(len(ranked), device=height.device)
    peak[one[uphill]] = other[uphill]
    while not torch.equal(higher := peak[peak], peak):
        peak = higher
    meet = peak[one] != peak[other]
    one, other = one[meet], other[meet]
    passes = torch.minimum(ranked[one], ranked[other])
    peak = _merged(ranked, peak, (peak[one], peak[other], passes), stations, prominence)
    return (peak % stations).masked_fill(~here, -1).view(windows, stations)


def _ranked(height: Tensor, taking_part: Tensor) -> Tensor:
    """Heights in double precision, of which no two are the same: the station that comes first is higher."""
    step = 1e-9 * torch.arange(height.shape[1], device=height.device, dtype=torch.float64)
    return (height.double() - step).masked_fill(~taking_part, _LOW)


def _merged(
    height: Tensor, peak: Tensor, met: tuple[Tensor, Tensor, Tensor], stations: int, prominence: float
) -> Tensor:
    """Peaks after the basins that do not stand out enough have gone into others, the least prominent first.

    `met` tells the peaks of two basins that meet and how high the pass is.
    """
    one, other, passes = met
    if not len(one):
        return peak
    tops, place = torch.unique(one, return_inverse=True)  # every basin that meets another, both ways
    window, row = torch.unique(tops // stations, return_inverse=True)
    first = torch.searchsorted(row, torch.arange(len(window), device=row.device))
    place_in_row = torch.arange(len(tops), device=row.device) - first[row]
    basins = int(place_in_row.max()) + 1
    to = torch.searchsorted(tops, other)
    saddle = height.new_full((len(window) * basins * basins,), _LOW)
    pair = (row[place] * basins + place_in_row[place]) * basins + place_in_row[to]
    saddle = saddle.scatter_reduce(0, pair, passes, "amax").view(len(window), basins, basins)
    standing = height.new_full((len(window), basins), _LOW)
    standing[row, place_in_row] = height[tops]
    into = _joined(standing, saddle, prominence)[row, place_in_row]
    final = torch.arange(len(peak), device=peak.device)
    final[tops] = tops[first[row] + into]
    return final[peak]


def _joined(standing: Tensor, saddle: Tensor, prominence: float) -> Tensor:
    """The basin that each goes into, [window, basin], by peaks [window, basin] and the passes between."""
    into = torch.arange(standing.shape[1], device=standing.device).repeat(len(standing), 1)
    rows = torch.arange(len(standing), device=standing.device)
    while len(rows):
        uphill = standing[rows, None] > standing[rows, :, None]
        highest, to = saddle[rows].masked_fill(~uphill, _LOW).max(-1)
        stands_out = torch.where(highest > _LOW, standing[rows] - highest, torch.inf)
        least, goes = stands_out.min(1)
        busy = least < prominence
        rows, gone = rows[busy], goes[busy]
        other = to[busy].gather(1, gone[:, None])[:, 0]
        into[rows] = torch.where(into[rows] == gone[:, None], other[:, None], into[rows])
        both = torch.maximum(saddle[rows, other], saddle[rows, gone])
        saddle[rows, other] = both
        saddle[rows, :, other] = both
        saddle[rows, gone] = _LOW
        saddle[rows, :, gone] = _LOW
        saddle[rows, other, other] = _LOW
        standing[rows, gone] = _LOW
    return into
