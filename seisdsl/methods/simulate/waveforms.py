"""What makes a wave of a spectrum: echoes, the recorder's filter, and its place in the record."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.paths import Rays

PHASES = ("P", "S")
EVEN = {"P": 0.52, "S": 0.63}  # root mean square of the radiation pattern; scattering forgets the rest
CODA = 1.5  # root of scattered over direct energy
CODA_TIME = (2.0, 0.05e-3)  # seconds, seconds per metre: how slowly the coda dies, near and far
COMPONENTS = {"P": (1.0, 0.7, 0.7), "S": (0.7, 1.0, 1.0)}  # of scattered waves: up, north, east
_STEEPER = 0.4  # slow sediments turn rays upward: sine of incidence at the sensor over that of the ray


def coda_time(distance: Tensor) -> Tensor:
    """Seconds in which the amplitude of scattered waves falls to 1/e."""
    return CODA_TIME[0] + CODA_TIME[1] * distance


def echoes(
    chances: Iterable[np.random.Generator], dies: Tensor, count: int, strength: float, weights: Tensor
) -> Tensor:
    """Scattering: noise that dies away exponentially in `dies` samples, [station, component, time].

    Its squares add up to those of `strength` times the weight of each component. Each station has
    random numbers of its own.
    """
    raw = np.empty((len(dies), 3, count), np.float32)
    for row, chance in zip(raw, chances, strict=True):
        chance.standard_normal(dtype=np.float32, out=row)
    samples = torch.arange(count, device=dies.device)
    envelope = torch.exp(-samples / dies[:, None]) * ((1 - samples / count) / 0.2).clamp(max=1)
    level = strength * torch.sqrt(2 / dies)[:, None, None] * weights[:, None]
    return torch.from_numpy(raw).to(dies.device).mul_(envelope[:, None]).mul_(level)


def polarised(pattern: dict[str, Tensor], phase: str, path: Rays) -> Tensor:
    """Direct wave on up, north, east for a source of unit strength, [..., station, component]."""
    sine = torch.sin(path.incidence) * _STEEPER
    cosine = torch.sqrt(1 - sine**2)
    if phase == "P":
        up, outward, across = pattern["P"] * cosine, pattern["P"] * sine, torch.zeros_like(pattern["P"])
    else:
        up, outward, across = -pattern["SV"] * sine, pattern["SV"] * cosine, pattern["SH"]
    north = outward * torch.cos(path.azimuth) - across * torch.sin(path.azimuth)
    east = outward * torch.sin(path.azimuth) + across * torch.cos(path.azimuth)
    return torch.stack([up, north, east], dim=-1).float()


def below_nyquist(frequencies: Tensor) -> Tensor:
    """The recorder's anti-alias filter: flat to 80 % of Nyquist, then a cosine to nothing."""
    edge = (frequencies / frequencies[-1] - 0.8) / 0.2
    return 0.5 + 0.5 * torch.cos(torch.pi * edge.clamp(0, 1))


def product(one: Tensor, other: Tensor) -> Tensor:
    """Of complex numbers, part by part: torch's own rounds differently with the number of threads."""
    real = (one.real * other.real).sub_(one.imag * other.imag)
    return torch.complex(real, (one.real * other.imag).add_(one.imag * other.real))


def add(out: Tensor, rows: Tensor, starts: Tensor, wave: Tensor) -> None:
    """Add waves to some rows, each from a sample of its own; what lies outside is left out."""
    count, length = out.shape[-1], wave.shape[-1]
    for one, row, start in zip(wave, rows.tolist(), starts.tolist(), strict=True):
        left, right = max(start, 0), min(start + length, count)
        if left < right:
            out[row, :, left:right] += one[:, left - start : right - start]
