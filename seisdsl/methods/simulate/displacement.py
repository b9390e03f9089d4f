"""Daily displacements of a simulated network: what the ground does, and the noise of positions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from seisdsl.methods.displacement.regression import flicker_response

YEAR = 365.25  # days
EARTH = 111.19  # kilometres of a degree of latitude
LOGS = (3.0, 150.0)  # days: time constants of afterslip
RELAXATION = 3000.0  # days: of the mantle
SOURCE = (38.1, 142.9)  # of the simulated mainshock
_SEASONS = (1.5, 0.6)  # millimetres: annual and semi-annual, in the middle
_HORIZONTAL, _VERTICAL = 1.0, 3.0  # noise, relative


@dataclass(frozen=True)
class Noise:
    """Millimetres: white, flicker (times year**-1/4) and that of the whole network alike, one deviation."""

    white: float = 2.0
    flicker: float = 2.0
    common: float = 0.0


def scattered(count: int, chance: Generator, box: tuple[float, float, float, float]) -> Tensor:
    """[station, (latitude, longitude)] on a jittered grid over south, north, west and east."""
    south, north, west, east = box
    middle = math.cos(math.radians((south + north) / 2))
    rows = max(1, round(math.sqrt(count * (north - south) / ((east - west) * middle))))
    columns = math.ceil(count / rows)
    place = torch.stack(
        torch.meshgrid(torch.arange(rows) + 0.5, torch.arange(columns) + 0.5, indexing="ij"), -1
    ).view(-1, 2)
    place = place + 0.7 * (torch.rand(len(place), 2, generator=chance) - 0.5)
    place = place[torch.randperm(len(place), generator=chance)[:count].sort().values].double()
    size = torch.tensor([(north - south) / rows, (east - west) / columns], dtype=torch.float64)
    return torch.tensor([south, west], dtype=torch.float64) + place * size


def from_source(place: Tensor, source: tuple[float, float] = SOURCE) -> tuple[Tensor, Tensor]:
    """Kilometres from the source, and the unit vector towards it (east, north)."""
    north = (source[0] - place[:, 0]) * EARTH
    east = (source[1] - place[:, 1]) * EARTH * math.cos(math.radians(source[0]))
    away = (north**2 + east**2).sqrt().clamp_min(1.0)
    return away, torch.stack([east, north], -1) / away[:, None]


def postseismic(place: Tensor, days: Tensor, chance: Generator) -> Tensor:
    """[station, (east, north, up), day] after a great earthquake, in millimetres.

    Two logarithms, an exponential and a line, whose amplitudes vary smoothly in space.
    """
    away, towards = from_source(place)
    near = torch.exp(-((away / 260) ** 2))
    phase = 2 * math.pi * torch.rand(4, generator=chance, dtype=torch.float64)
    wave = [1 + 0.25 * torch.sin(place[:, 0] * 1.3 + place[:, 1] * 0.9 * n + phase[n]) for n in range(4)]
    logs = [torch.log1p(days / tau) for tau in LOGS]
    slow = 1 - torch.exp(-days / RELAXATION)
    horizontal = (
        (60 * near * wave[0])[:, None] * logs[0]
        + (110 * near * wave[1])[:, None] * logs[1]
        + (250 * near * wave[2])[:, None] * slow
    )
    steady = torch.stack([-15 - 8 * wave[3], 5 * wave[1] - 8], -1)[..., None] * days / YEAR
    along = towards[..., None] * horizontal[:, None] + steady
    up = (0.25 * horizontal * wave[3][:, None])[:, None]
    return torch.cat([along, up], 1)


def seasons(count: int, days: Tensor, chance: Generator) -> Tensor:
    """[station, component, day]: annual and semi-annual motion, in millimetres."""
    total = torch.zeros(count, 3, len(days), dtype=torch.float64)
    weight = torch.tensor([1.0, 1.0, 3.0], dtype=torch.float64)[:, None]
    for times, size in enumerate(_SEASONS, start=1):
        own = size * torch.randn(2, count, 3, 1, generator=chance, dtype=torch.float64)
        angle = 2 * math.pi * times * days / YEAR
        total += weight * (own[0] * torch.cos(angle) + own[1] * torch.sin(angle))
    return total


def coloured(white: Tensor, interval: float = 1.0) -> Tensor:
    """Flicker noise along the last axis from unit white noise, for 1 mm year**-1/4; interval in days."""
    length = white.shape[-1]
    size = 2 * length
    spectrum = torch.fft.rfft(white, size) * torch.fft.rfft(flicker_response(length, white), size)
    noise: Tensor = torch.fft.irfft(spectrum, size)[..., :length] * (interval / YEAR) ** 0.25
    return noise


def noise(count: int, length: int, how: Noise, chance: Generator) -> Tensor:
    """[station, component, day] in millimetres; stations differ by up to 43 % in how noisy they are."""
    weight = torch.tensor([_HORIZONTAL, _HORIZONTAL, _VERTICAL], dtype=torch.float64)[:, None]
    own = 1 + 0.86 * (torch.rand(count, 1, 1, generator=chance, dtype=torch.float64) - 0.5)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=chance, dtype=torch.float64)

    total = how.white * own * drawn(count, 3, length)
    total += how.flicker * coloured(drawn(count, 3, length))
    total += how.common * coloured(drawn(1, 3, length)) / coloured(drawn(1, 3, length)).std()
    return weight * total


def slow_slip(
    place: Tensor, days: Tensor, onsets: Tensor, slip: float, decay: float, reach: float, centres: Tensor
) -> Tensor:
    """[station, day]: displacement against the steady motion, in millimetres.

    Each event grows as 1 - exp(-t / decay); its amplitude falls with distance from its centre by a
    Gaussian of `reach` kilometres, or is the same everywhere where that is infinite.
    """
    since = (days[None] - onsets[:, None]).clamp_min(0)
    growth = slip * (1 - torch.exp(-since / decay))
    north = (place[:, None, 0] - centres[None, :, 0]) * EARTH
    east = (
        (place[:, None, 1] - centres[None, :, 1]) * EARTH * math.cos(math.radians(float(place[:, 0].mean())))
    )
    size = torch.exp(-(north**2 + east**2) / (2 * reach**2))
    return -(size @ growth)
