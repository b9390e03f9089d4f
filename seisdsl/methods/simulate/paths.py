"""Rays in a half-space whose velocity grows linearly with depth: arcs of circles, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

EARTH = 6371e3
SURFACE_P = 5500.0  # m/s at sea level
GROWTH_P = 0.03  # m/s per metre of depth
P_TO_S = 1.75
QUALITY = 250.0
SITE_DELAY = 0.03  # seconds: attenuation t* under each station


@dataclass(frozen=True)
class Rays:
    """From one source to each station; angles in radians, depths downward."""

    distance: Tensor  # to the hypocentre, m
    azimuth: Tensor  # from north over east, of the station as the source sees it
    takeoff: Tensor  # from straight down
    incidence: Tensor  # from straight up
    travel: dict[str, Tensor]  # seconds, by phase

    def of(self, members: Tensor) -> Rays:
        travel = {phase: seconds[members] for phase, seconds in self.travel.items()}
        return Rays(
            self.distance[members],
            self.azimuth[members],
            self.takeoff[members],
            self.incidence[members],
            travel,
        )


def rays(latitude: float, longitude: float, depth: float, stations: Tensor) -> Rays:
    """`stations` are rows of latitude, longitude (degrees) and elevation (m), in double precision."""
    across, azimuth = on_the_sphere(latitude, longitude, stations)
    zero = SURFACE_P / GROWTH_P  # this high above the sea the velocity would be zero
    source, station = depth + zero, zero - stations[:, 2]
    # every ray is an arc of a circle whose centre lies at that height
    across = across.clamp(min=1.0)
    centre = (across**2 + station**2 - source**2) / (2 * across)
    ratio = 1 + (across**2 + (source - station) ** 2) / (2 * source * station)
    travel = torch.acosh(ratio) / GROWTH_P
    return Rays(
        distance=torch.hypot(across, source - station),
        azimuth=azimuth,
        takeoff=torch.atan2(torch.full_like(centre, source), centre),
        incidence=torch.atan2(station, across - centre),
        travel={"P": travel, "S": travel * P_TO_S},
    )


def on_the_sphere(latitude: float, longitude: float, stations: Tensor) -> tuple[Tensor, Tensor]:
    """Distance (m) and azimuth from a point to each station."""
    here = torch.deg2rad(torch.tensor(latitude, dtype=torch.float64, device=stations.device))
    there = torch.deg2rad(stations[:, 0])
    east = torch.deg2rad(stations[:, 1] - longitude)
    half = torch.sin((there - here) / 2) ** 2 + torch.cos(here) * torch.cos(there) * torch.sin(east / 2) ** 2
    azimuth = torch.atan2(
        torch.sin(east) * torch.cos(there),
        torch.cos(here) * torch.sin(there) - torch.sin(here) * torch.cos(there) * torch.cos(east),
    )
    return 2 * EARTH * torch.asin(half.clamp(max=1).sqrt()), azimuth


def velocity(depth: float, phase: str) -> float:
    p = SURFACE_P + GROWTH_P * depth
    return p if phase == "P" else p / P_TO_S


def attenuation(frequencies: Tensor, travel: Tensor) -> tuple[Tensor, Tensor]:
    """Amplitude and phase of what is left after a constant Q, [..., frequency].

    The phase is Kolsky's dispersion, which keeps the wave causal: lower frequencies come later than
    the highest.
    """
    delay = travel[..., None] / QUALITY + SITE_DELAY
    behind = torch.log(frequencies.clamp(min=1e-3) / frequencies[-1])
    return torch.exp(-torch.pi * frequencies * delay), 2 * frequencies * delay * behind
