"""Coloured noise: power falls as f^-a, at a level and with an exponent of each station's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.sites import Ground

BLOCK = 60.0  # seconds
LEVEL = 3e-8  # m/s, root mean square per square root of Hz at 1 Hz: a quiet sea floor
LOUDNESS = 3.0  # about the root mean square from 1 to 10 Hz over the level at 1 Hz
COMPONENTS = 3
_FLATTENS = 0.05  # Hz, below which the power rises no further


def station_noise(seed: int, station: str) -> tuple[float, float]:
    """A station's level at 1 Hz (m/s per square root of Hz) and the exponent of its power spectrum."""
    generator = draws(seed, "noise of", station)
    return LEVEL * float(generator.lognormal(0, 0.5)), float(generator.uniform(0.5, 2))


def noise(
    seed: int,
    stations: Sequence[str],
    rate: float,
    first: int,
    count: int,
    device: torch.device,
    ground: Ground | None = None,
) -> Tensor:
    """Noise [station, component, count] from the sample number `first`, counted from 1970.

    Each block of time comes from random phases of its own and fades into the next, with the
    squares of both weights adding up to one, so that the power stays the same throughout.
    """
    size = round(BLOCK * rate)
    shapes = torch.stack([_shape(size, rate, *station_noise(seed, s)) for s in stations]).to(device)[:, None]
    if ground is not None and not ground.rock:
        frequencies = torch.fft.rfftfreq(2 * size, 1 / rate, device=device)
        louder = ground.sideways(frequencies).abs()
        shapes = torch.cat([shapes, *(2 * [shapes * louder[:, None]])], dim=1)
    fade = torch.sin(torch.pi / 2 * (torch.arange(size, device=device) + 0.5) / size)
    out = torch.empty(len(stations), COMPONENTS, count, device=device)
    before: Tensor | None = None
    for block in range(first // size, (first + count - 1) // size + 1):
        if before is None:
            before = _wave(seed, stations, block - 1, shapes, size)
        now = _wave(seed, stations, block, shapes, size)
        both = before[..., size:] * fade.flip(0) + now[..., :size] * fade
        start = block * size - first
        left, right = max(start, 0), min(start + size, count)
        out[..., left:right] = both[..., left - start : right - start]
        before = now
    return out


def _wave(seed: int, stations: Sequence[str], block: int, shapes: Tensor, size: int) -> Tensor:
    """Two blocks long, [station, component, time]."""
    phases = np.empty((len(stations), COMPONENTS, size + 1, 2), np.float32)
    for row, station in zip(phases, stations, strict=True):
        draws(seed, "noise", station, block).standard_normal(dtype=np.float32, out=row)
    spectra = torch.view_as_complex(torch.from_numpy(phases).to(shapes.device))
    wave: Tensor = torch.fft.irfft(spectra * shapes, n=2 * size)
    return wave


def _shape(size: int, rate: float, level: float, exponent: float) -> Tensor:
    """What unit random phases of 2 * size samples are multiplied by."""
    frequencies = torch.fft.rfftfreq(2 * size, 1 / rate, dtype=torch.float64)
    density = level**2 * frequencies.clamp(min=_FLATTENS) ** -exponent  # one-sided, (m/s)² per Hz
    shape = torch.sqrt(density * rate * size / 2)
    shape[0] = 0
    return shape.float()
