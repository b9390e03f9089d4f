"""Places in kilometres east and north of a point, and grids of them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

EARTH = 6371.0  # km


def to_local(latitude: Tensor, longitude: Tensor, origin: Tensor) -> Tensor:
    """East and north (km) of origins [..., (latitude, longitude)], true in distance and direction from there."""
    here, there = torch.deg2rad(origin[..., 0]), torch.deg2rad(latitude)
    turn = torch.deg2rad(longitude - origin[..., 1])
    half = torch.sin((there - here) / 2) ** 2 + torch.cos(here) * torch.cos(there) * torch.sin(turn / 2) ** 2
    distance = 2 * EARTH * torch.asin(half.clamp(0, 1).sqrt())
    azimuth = torch.atan2(
        torch.sin(turn) * torch.cos(there),
        torch.cos(here) * torch.sin(there) - torch.sin(here) * torch.cos(there) * torch.cos(turn),
    )
    return torch.stack([distance * torch.sin(azimuth), distance * torch.cos(azimuth)], -1)


def to_degrees(place: Tensor, origin: Tensor) -> Tensor:
    """Latitude and longitude of places [..., (east, north)] in km from origins."""
    here = torch.deg2rad(origin[..., 0])
    angle = torch.hypot(place[..., 0], place[..., 1]) / EARTH
    azimuth = torch.atan2(place[..., 0], place[..., 1])
    sine = torch.sin(here) * torch.cos(angle) + torch.cos(here) * torch.sin(angle) * torch.cos(azimuth)
    latitude = torch.asin(sine.clamp(-1, 1))
    turn = torch.atan2(
        torch.sin(azimuth) * torch.sin(angle) * torch.cos(here),
        torch.cos(angle) - torch.sin(here) * sine,
    )
    longitude = torch.rad2deg(turn) + origin[..., 1]
    return torch.stack([torch.rad2deg(latitude), (longitude + 180) % 360 - 180], -1)


def nodes(low: Tensor, high: Tensor, counts: tuple[int, int, int]) -> Tensor:
    """Evenly spaced nodes of boxes [box, (east, north, depth)], with both ends: [box, node, 3]."""
    axes = [
        low[:, axis, None]
        + (high - low)[:, axis, None] * torch.linspace(0, 1, count, dtype=low.dtype, device=low.device)
        for axis, count in enumerate(counts)
    ]
    spread = [
        values.view(-1, *(counts[axis] if axis == other else 1 for other in range(3)))
        for axis, values in enumerate(axes)
    ]
    return torch.stack([values.expand(-1, *counts) for values in spread], -1).flatten(1, 3)


def on_the_side(counts: tuple[int, int, int], device: torch.device) -> Tensor:
    """Whether each node lies on a side of the box; its top and bottom are none."""
    east = torch.arange(counts[0], device=device)[:, None, None]
    north = torch.arange(counts[1], device=device)[None, :, None]
    side = (east == 0) | (east == counts[0] - 1) | (north == 0) | (north == counts[1] - 1)
    return side.expand(counts).flatten()


def count_of(length: float, step: float) -> int:
    """Nodes no more than `step` apart along a length."""
    return max(2, math.ceil(length / step - 1e-9) + 1)
