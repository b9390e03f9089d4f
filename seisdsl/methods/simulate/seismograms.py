"""What each station records of an earthquake: direct P and S, each with a scattered coda."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.paths import Rays, attenuation, rays
from seisdsl.methods.simulate.sources import Earthquake, radiation, spectrum

PHASES = ("P", "S")
AUDIBLE = 0.2  # of the noise: a phase whose peak is weaker is not worth computing
_STEEPER = 0.4  # slow sediments turn rays upward: sine of incidence at the sensor over that of the ray
_EVEN = {"P": 0.52, "S": 0.63}  # root mean square of the radiation pattern; scattering forgets the rest
_CODA = 1.5  # root of scattered over direct energy
_CODA_TIME = (2.0, 0.05e-3)  # seconds, seconds per metre: how slowly the coda dies, near and far
_CODAS = 5  # coda times until it has died away
_ECHOES_END, _ECHOES_REST = 0.8, 0.9  # of a window: where echoes end, and where the last has rung out
_COMPONENTS = {"P": (1.0, 0.7, 0.7), "S": (0.7, 1.0, 1.0)}  # of scattered waves: up, north, east


@dataclass(frozen=True)
class Arrivals:
    """Of one earthquake at every station: seconds after the origin and expected peak (m/s), by phase."""

    travel: dict[str, Tensor]
    peak: dict[str, Tensor]


class Network:
    """Stations as tensors, with what the ground under each does to waves and the noise they meet."""

    def __init__(
        self, names: Sequence[str], places: Tensor, gains: Tensor, noise: Tensor, rate: float, seed: int
    ) -> None:
        self.names, self.places, self.gains, self.noise = names, places, gains, noise
        self.rate, self.seed = rate, seed

    def arrivals(self, earthquake: Earthquake) -> Arrivals:
        path = rays(earthquake.latitude, earthquake.longitude, earthquake.depth, self.places)
        return Arrivals(path.travel, {phase: self._peak(earthquake, phase, path) for phase in PHASES})

    def record(self, earthquake: Earthquake, out: Tensor, first: int) -> Arrivals:
        """Add an earthquake to `out` [station, component, time], whose first sample has this number."""
        path = rays(earthquake.latitude, earthquake.longitude, earthquake.depth, self.places)
        peaks = {phase: self._peak(earthquake, phase, path) for phase in PHASES}
        origin = earthquake.origin / 1e9 * self.rate
        lasts = _CODAS * (_CODA_TIME[0] + _CODA_TIME[1] * path.distance) * self.rate
        for phase in PHASES:
            position = origin + path.travel[phase] * self.rate
            inside = (position < first + out.shape[-1]) & (position + 4 * lasts > first)
            heard = (inside & (peaks[phase] > AUDIBLE * self.noise)).nonzero()[:, 0]
            for members, length in _by_length(heard, lasts):
                whole = position[members].floor()
                wave = self._wave(earthquake, phase, path, members, position[members] - whole, length)
                _add(out, members, (whole - first).long(), wave)
        return Arrivals(path.travel, peaks)

    def _peak(self, earthquake: Earthquake, phase: str, path: Rays) -> Tensor:
        """The integral of the direct wave's spectrum, which no part of the wave exceeds."""
        frequencies = torch.linspace(0.1, self.rate / 2, 128, device=self.places.device)
        loss, _ = attenuation(frequencies, path.travel[phase].float())
        level = spectrum(earthquake, phase, frequencies).abs() * loss
        area = torch.trapezoid(level, frequencies, dim=-1)
        return area * self.gains * _EVEN[phase] / path.distance.float()

    def _wave(
        self, earthquake: Earthquake, phase: str, path: Rays, members: Tensor, late: Tensor, length: int
    ) -> Tensor:
        """One phase with its coda [member, component, time], `late` samples after the first.

        The echoes end well before `length`, so that no wave reaches round the end of the transform.
        """
        frequencies = torch.fft.rfftfreq(length, 1 / self.rate, device=self.places.device)
        loss, turn = attenuation(frequencies, path.travel[phase][members].float())
        turn = turn - 2 * torch.pi * frequencies / self.rate * late.float()[:, None]
        level = self.gains[members] / path.distance[members].float() * self.rate
        loss = loss * _below_nyquist(frequencies) * level[:, None]
        way = torch.complex(loss * torch.cos(turn), loss * torch.sin(turn))
        arriving = _product(way, spectrum(earthquake, phase, frequencies))
        echoes = torch.fft.rfft(self._echoes(earthquake, phase, path, members, length), n=length)
        response = _polarised(earthquake, phase, path)[members, :, None] + echoes * _EVEN[phase]
        motion: Tensor = torch.fft.irfft(_product(arriving[:, None], response), n=length)
        return motion[..., : round(_ECHOES_REST * length)]

    def _echoes(self, earthquake: Earthquake, phase: str, path: Rays, members: Tensor, length: int) -> Tensor:
        """Scattering: noise of a fixed energy that dies away exponentially, [member, component, time]."""
        device = self.places.device
        count = round(_ECHOES_END * length)
        raw = np.empty((len(members), 3, count), np.float32)
        for row, number in zip(raw, members.tolist(), strict=True):
            draws(self.seed, "coda", phase, self.names[number], *earthquake.number).standard_normal(
                dtype=np.float32, out=row
            )
        dies = (_CODA_TIME[0] + _CODA_TIME[1] * path.distance[members].float()) * self.rate
        samples = torch.arange(count, device=device)
        envelope = torch.exp(-samples / dies[:, None]) * ((1 - samples / count) / 0.2).clamp(max=1)
        weights = torch.tensor(_COMPONENTS[phase], device=device)
        level = _CODA * torch.sqrt(2 / dies)[:, None, None] * weights[:, None]
        return torch.from_numpy(raw).to(device) * envelope[:, None] * level


def _by_length(heard: Tensor, lasts: Tensor) -> Iterator[tuple[Tensor, int]]:
    """Stations whose waves last about as long, with the power of two samples that holds them."""
    classes = torch.log2(lasts[heard] / _ECHOES_END).ceil().clamp(min=6).long()
    for size in sorted(set(classes.tolist())):
        yield heard[classes == size], 2**size


def _polarised(earthquake: Earthquake, phase: str, path: Rays) -> Tensor:
    """Direct wave on up, north, east for a source of unit strength, [station, component]."""
    pattern = radiation(earthquake.mechanism, path.azimuth, path.takeoff)
    sine = torch.sin(path.incidence) * _STEEPER
    cosine = torch.sqrt(1 - sine**2)
    if phase == "P":
        up, outward, across = pattern["P"] * cosine, pattern["P"] * sine, torch.zeros_like(sine)
    else:
        up, outward, across = -pattern["SV"] * sine, pattern["SV"] * cosine, pattern["SH"]
    north = outward * torch.cos(path.azimuth) - across * torch.sin(path.azimuth)
    east = outward * torch.sin(path.azimuth) + across * torch.cos(path.azimuth)
    return torch.stack([up, north, east], dim=-1).float()


def _below_nyquist(frequencies: Tensor) -> Tensor:
    """The recorder's anti-alias filter: flat to 80 % of Nyquist, then a cosine to nothing."""
    edge = (frequencies / frequencies[-1] - 0.8) / 0.2
    return 0.5 + 0.5 * torch.cos(torch.pi * edge.clamp(0, 1))


def _product(one: Tensor, other: Tensor) -> Tensor:
    """Of complex numbers, part by part: torch's own rounds differently with the number of threads."""
    real = one.real * other.real - one.imag * other.imag
    return torch.complex(real, one.real * other.imag + one.imag * other.real)


def _add(out: Tensor, rows: Tensor, starts: Tensor, wave: Tensor) -> None:
    """Add waves to some rows, each from a sample of its own; what lies outside is left out."""
    count, length = out.shape[-1], wave.shape[-1]
    columns = starts[:, None] + torch.arange(length, device=out.device)
    inside = (columns >= 0) & (columns < count)
    member, sample = inside.nonzero(as_tuple=True)
    if len(member):
        station, column = rows[member], columns[member, sample]
        out[station, :, column] += wave[member, :, sample]
