"""Travel times in closed form: in a gradient, and through constant layers with their head waves.

Distances and depths in km (depth below sea level), speeds in km/s. All of it can be differentiated.
"""

from __future__ import annotations

import torch
from torch import Tensor

HALVINGS = 60  # of the ray parameter's interval
FLAT = 1e-6  # km: a ray between points of one depth is taken to sink by this much


def gradient(distance: Tensor, depth: Tensor, station: Tensor, *, surface: float, growth: float) -> Tensor:
    """Where the speed is `surface` at sea level and grows by `growth` (km/s) with each km of depth."""
    one, other = surface + growth * depth, surface + growth * station
    squared = distance**2 + (depth - station) ** 2
    if growth == 0:
        return (squared + 1e-18).sqrt() / surface
    part = growth**2 * squared / (4 * one * other)
    # acosh(1 + 2 x) = 2 asinh(sqrt(x)), which keeps its digits for near points
    return 2 * torch.asinh((part + 1e-18).sqrt()) / abs(growth)


def layered(distance: Tensor, depth: Tensor, station: Tensor, tops: Tensor, speeds: Tensor) -> Tensor:
    """First arrivals through constant layers whose tops are given; the first reaches up without end.

    The direct ray, by its ray parameter, or the head wave along the top of a deeper, faster layer.
    """
    distance, depth, station = torch.functional.broadcast_tensors(distance, depth, station)  # type: ignore[no-untyped-call]
    upper, lower = torch.minimum(depth, station), torch.maximum(depth, station)
    lower = torch.where(lower - upper < FLAT, upper + FLAT, lower)
    top = tops.clone()
    top[0] = -torch.inf
    bottom = torch.cat([top[1:], top.new_full((1,), torch.inf)])
    between = _crossed(upper, lower, top, bottom)
    times = [_direct(distance, between, speeds)]
    for number in range(1, len(tops)):
        speed, refractor = speeds[number], tops[number]
        if bool((speed <= speeds[:number]).any()):
            continue
        ray = 1 / speed
        legs = _crossed(upper, refractor, top, bottom) + _crossed(lower, refractor, top, bottom)
        legs, above = legs[..., :number], speeds[:number]
        cosine = (1 - (ray * above) ** 2).sqrt()
        reach = (legs * ray * above / cosine).sum(-1)
        time = distance * ray + (legs * cosine / above).sum(-1)
        there = (lower <= refractor) & (distance >= reach)
        times.append(torch.where(there, time, torch.inf))
    return torch.stack(times).amin(0)


def _crossed(upper: Tensor, lower: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """How much of each layer lies between two depths: [..., layer]."""
    high = torch.maximum(upper[..., None], top)
    low = torch.minimum(lower[..., None], bottom)
    return (low - high).clamp(min=0)


def _direct(distance: Tensor, legs: Tensor, speeds: Tensor) -> Tensor:
    """By halving the interval of the ray parameter; at the ray found, the time does not depend on it."""
    with torch.no_grad():
        fastest = torch.where(legs > 0, speeds, 0).amax(-1)
        low, high = torch.zeros_like(fastest), torch.full_like(fastest, torch.pi / 2)
        for _ in range(HALVINGS):
            middle = (low + high) / 2  # the angle in the fastest layer
            sine = torch.sin(middle)[..., None] * speeds / fastest[..., None]
            across = (legs * sine / (1 - sine**2).clamp(min=1e-30).sqrt()).sum(-1)
            low, high = (
                torch.where(across < distance, middle, low),
                torch.where(across < distance, high, middle),
            )
        ray = torch.sin((low + high) / 2) / fastest
    upright = (1 / speeds**2 - ray[..., None] ** 2).clamp(min=1e-30).sqrt()
    return ray * distance + (torch.where(legs > 0, legs * upright, 0)).sum(-1)
