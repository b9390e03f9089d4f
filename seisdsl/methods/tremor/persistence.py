"""Persistence clustering on a graph (ToMATo), many windows at once.

Every station climbs to its highest neighbour until it stands on a peak; stations of one peak are a
basin. Two basins that meet are one where the lower peak stands out less than the prominence asked
for; the least prominent peak goes first.
"""

from __future__ import annotations

import torch
from torch import Tensor

_LOW = -torch.inf


def smoothed(height: Tensor, alive: Tensor, near: Tensor, distance: Tensor, reach: float) -> Tensor:
    """Half of each height and half of its weighted mean with its neighbours': [window, station].

    `near` [station, station] holds for all of the windows; what is not `alive` counts nowhere.
    """
    weight = (near * torch.exp(-(distance**2) / (2 * reach**2))).to(height.dtype)
    living = alive.to(height.dtype)
    mean = (height + (height * living) @ weight.T) / (1 + living @ weight.T)
    return (0.5 * height + 0.5 * mean).masked_fill(~alive, _LOW)


def persistent(height: Tensor, taking_part: Tensor, near: Tensor, prominence: float) -> Tensor:
    """For each window and station the number of the station on its peak, -1 where it has none.

    `height` and `taking_part` are [window, station], `near` [station, station].
    """
    stations = height.shape[1]
    number = torch.arange(stations, device=height.device)
    height = _ranked(height, taking_part)
    beside = _lists(near)
    seen = torch.nn.functional.pad(height, (0, 1), value=_LOW)[:, beside]  # [window, station, neighbour]
    best, which = seen.max(-1)
    to = beside.expand(len(height), -1, -1).gather(2, which[..., None])[..., 0]
    peak = torch.where(best > height, to, number)
    for _ in range(max(1, stations.bit_length())):
        peak = peak.gather(1, peak)
    return _merged(height, peak, beside, taking_part, prominence)


def _ranked(height: Tensor, taking_part: Tensor) -> Tensor:
    """Heights in double precision, of which no two are the same: the station that comes first is higher."""
    step = 1e-9 * torch.arange(height.shape[1], device=height.device, dtype=torch.float64)
    return (height.double() - step).masked_fill(~taking_part, _LOW)


def _lists(near: Tensor) -> Tensor:
    """The neighbours of each station in a row, filled up with the number after the last station."""
    most = max(1, int(near.sum(1).max()))
    number = torch.arange(len(near), device=near.device).expand_as(near)
    return number.masked_fill(~near, len(near)).sort(dim=1).values[:, :most]


def _merged(height: Tensor, peak: Tensor, beside: Tensor, taking_part: Tensor, prominence: float) -> Tensor:
    """Basins joined, the least prominent first, until all stand out enough."""
    windows, stations = height.shape
    number = torch.arange(stations, device=height.device)
    top = (peak == number) & taking_part
    place = (top.cumsum(1) - 1).gather(1, peak)  # the basins of a window, counted
    basins = max(1, int(top.sum(1).max()))
    names = torch.full((windows, basins + 1), -1, dtype=torch.long, device=height.device)
    names.scatter_(1, torch.where(top, place, basins), number.expand(windows, -1))
    names, standing = names[:, :basins], height.gather(1, names[:, :basins].clamp(min=0))
    standing = standing.masked_fill(names < 0, _LOW)
    saddle = _saddles(height, place, beside, taking_part, basins)
    into = torch.arange(basins, device=height.device).repeat(windows, 1)
    rows = torch.arange(windows, device=height.device)
    while len(rows):
        uphill = standing[rows, None] > standing[rows, :, None]
        passes = saddle[rows].masked_fill(~uphill, _LOW)
        pass_to = passes.amax(-1)
        beyond = standing[rows, None].masked_fill(passes < pass_to[..., None], _LOW)
        to = beyond.argmax(-1)  # over one pass to several higher basins: the highest
        stands_out = torch.where(pass_to > _LOW, standing[rows] - pass_to, torch.inf)
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
    found = names.gather(1, into).gather(1, place.clamp(0, basins - 1))
    return found.masked_fill(~taking_part, -1)


def _saddles(height: Tensor, place: Tensor, beside: Tensor, taking_part: Tensor, basins: int) -> Tensor:
    """The highest pass between any two basins, [window, basin, basin]."""
    windows = len(height)
    padded = torch.nn.functional.pad(height, (0, 1), value=_LOW)
    across = torch.minimum(height[:, :, None], padded[:, beside])
    here = place.clamp(0, basins - 1)
    there = torch.nn.functional.pad(here, (0, 1))[:, beside]
    pair = here[:, :, None] * basins + there
    across = across.masked_fill(here[:, :, None] == there, _LOW)
    saddle = torch.full((windows, basins * basins), _LOW, dtype=height.dtype, device=height.device)
    saddle.scatter_reduce_(1, pair.reshape(windows, -1), across.reshape(windows, -1), "amax")
    return saddle.view(windows, basins, basins)
