"""Earthquakes: where and how large they are, and what they radiate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.paths import velocity

HOUR = 3600 * 1_000_000_000
DENSITY = 2700.0
STRESS_DROP = 3e6
LARGEST = 5.5


@dataclass(frozen=True)
class Earthquake:
    """Origin in nanoseconds, degrees, metres below the sea, pascals; `number` seeds its details."""

    origin: int
    latitude: float
    longitude: float
    depth: float
    magnitude: float
    stress_drop: float
    mechanism: tuple[float, float, float]  # strike, dip, rake in degrees
    number: tuple[int, ...]

    @property
    def moment(self) -> float:
        return float(10 ** (1.5 * self.magnitude + 9.1))

    def corner(self, phase: str) -> float:
        """Brune's corner frequency; that of P lies higher."""
        radius = (7 * self.moment / (16 * self.stress_drop)) ** (1 / 3)
        corner = 2.34 * velocity(self.depth, "S") / (2 * np.pi * radius)
        return float(corner * (1.5 if phase == "P" else 1))

    @property
    def duration(self) -> float:
        """About how long the source lasts, in seconds."""
        return 1 / self.corner("S")

    @property
    def energy(self) -> float:
        return float(radiated(self.moment, self.corner("P"), self.corner("S"), self.depth))


def earthquakes_of_hour(
    seed: int, hour: int, per_hour: float, places: Sequence[tuple[float, float]], smallest: float
) -> list[Earthquake]:
    """A Poisson number of earthquakes near the stations, their magnitudes after Gutenberg and Richter."""
    generator = draws(seed, "earthquakes", hour)
    found = []
    for number in range(generator.poisson(per_hour)):
        latitude, longitude = places[int(generator.integers(len(places)))]
        north, east = generator.normal(0, 25e3, 2) / 111.2e3
        magnitude = smallest - np.log10(1 - generator.random() * (1 - 10 ** -(LARGEST - smallest)))
        found.append(
            made(
                seed,
                hour * HOUR + int(generator.integers(HOUR)),
                latitude + north,
                longitude + east / np.cos(np.deg2rad(latitude)),
                8e3 + generator.gamma(2, 9e3),
                magnitude,
                (hour, number),
            )
        )
    return sorted(found, key=lambda earthquake: earthquake.origin)


def made(
    seed: int,
    origin: int,
    latitude: float,
    longitude: float,
    depth: float,
    magnitude: float,
    number: tuple[int, ...],
) -> Earthquake:
    """An earthquake with a stress drop and a mechanism of its own, mostly reverse."""
    generator = draws(seed, "mechanism", *number)
    strike, dip, rake = mechanisms(generator)
    stress_drop = STRESS_DROP * generator.lognormal(0, 0.5)
    return Earthquake(
        origin, float(latitude), float(longitude), float(depth), float(magnitude), float(stress_drop),
        (float(strike), float(dip), float(rake)), number,
    )  # fmt: skip


def mechanisms(
    generator: np.random.Generator, count: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strike, dip and rake in degrees."""
    strike, dip = generator.normal(200, 25, count), generator.uniform(10, 60, count)
    return np.asarray(strike), np.asarray(dip), np.asarray(generator.normal(90, 25, count))


def radiated(moment: Any, p_corner: Any, s_corner: Any, depth: float) -> Any:
    """Energy (J) of P and S of double couples with Brune's spectrum, over the whole sphere.

    With the moment rate's spectrum M / (1 + (f/fc)²) the integral of the squared second derivative of
    the moment over time is 2 pi³ M² fc³.
    """
    p, s = (velocity(depth, phase) for phase in "PS")
    squared = 2 * np.pi**3 * moment**2 / (np.pi * DENSITY)
    return squared * (p_corner**3 / (15 * p**5) + s_corner**3 / (10 * s**5))


def magnitude_of_energy(energy: float) -> float:
    """Gutenberg and Richter 1956: log10 E = 1.5 M + 4.8, in joules."""
    return (math.log10(energy) - 4.8) / 1.5


def energy_of_magnitude(magnitude: float) -> float:
    return float(10 ** (1.5 * magnitude + 4.8))


def spectrum(earthquake: Earthquake, phase: str, frequencies: Tensor) -> Tensor:
    """Ground velocity, complex, at one metre in the far field, of a source that radiates evenly.

    Twice the outgoing wave, as at a free surface. 1/(1 + if/fc)² is the transform of Brune's pulse
    t·exp(-2 pi fc t): omega-square and causal.
    """
    speed = velocity(earthquake.depth, phase)
    level = 2 * earthquake.moment / (4 * np.pi * DENSITY * speed**3)
    pulse = level / torch.complex(torch.ones_like(frequencies), frequencies / earthquake.corner(phase)) ** 2
    return pulse * torch.complex(torch.zeros_like(frequencies), 2 * torch.pi * frequencies)


def radiation(mechanism: tuple[float, float, float], azimuth: Tensor, takeoff: Tensor) -> dict[str, Tensor]:
    """Radiation pattern of a double couple (Aki and Richards 2002, eq. 4.89 to 4.91): P, SV, SH."""
    strike, dip, rake = (torch.tensor(np.deg2rad(angle), device=azimuth.device) for angle in mechanism)
    sin_d, cos_d, sin_r, cos_r = torch.sin(dip), torch.cos(dip), torch.sin(rake), torch.cos(rake)
    sin_2d, cos_2d = torch.sin(2 * dip), torch.cos(2 * dip)
    sin_i, cos_i, sin_2i, cos_2i = (
        torch.sin(takeoff), torch.cos(takeoff), torch.sin(2 * takeoff), torch.cos(2 * takeoff),
    )  # fmt: skip
    angle = azimuth - strike
    sin_a, cos_a, sin_2a, cos_2a = (
        torch.sin(angle), torch.cos(angle), torch.sin(2 * angle), torch.cos(2 * angle),
    )  # fmt: skip
    return {
        "P": cos_r * sin_d * sin_i**2 * sin_2a
        - cos_r * cos_d * sin_2i * cos_a
        + sin_r * sin_2d * (cos_i**2 - sin_i**2 * sin_a**2)
        + sin_r * cos_2d * sin_2i * sin_a,
        "SV": sin_r * cos_2d * cos_2i * sin_a
        - cos_r * cos_d * cos_2i * cos_a
        + 0.5 * cos_r * sin_d * sin_2i * sin_2a
        - 0.5 * sin_r * sin_2d * sin_2i * (1 + sin_a**2),
        "SH": cos_r * cos_d * torch.cos(takeoff) * sin_a
        + cos_r * sin_d * sin_i * cos_2a
        + sin_r * cos_2d * cos_i * cos_a
        - 0.5 * sin_r * sin_2d * sin_i * sin_2a,
    }
