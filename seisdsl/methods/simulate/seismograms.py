"""What each station records of an earthquake: direct P and S, each with a scattered coda."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from seisdsl.methods.simulate.paths import Rays, attenuation, rays
from seisdsl.methods.simulate.sources import Earthquake, radiation, spectrum
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.waveforms import (
    CODA,
    COMPONENTS,
    EVEN,
    PHASES,
    add,
    below_nyquist,
    coda_time,
    echoes,
    polarised,
    product,
)

_AUDIBLE = 0.2  # of the noise: a phase whose peak is weaker is not worth computing
_CODAS = 5  # coda times until it has died away
_ECHOES_END, _ECHOES_REST = 0.8, 0.9  # of a window: where echoes end, and where the last has rung out


def path_of(earthquake: Earthquake, network: Network) -> Rays:
    return rays(earthquake.latitude, earthquake.longitude, earthquake.depth, network.places)


def record(earthquake: Earthquake, network: Network, out: Tensor, first: int) -> None:
    """Add an earthquake to `out` [station, component, time], whose first sample has this number."""
    path = path_of(earthquake, network)
    origin = earthquake.origin / 1e9 * network.rate
    lasts = _CODAS * coda_time(path.distance) * network.rate
    for phase in PHASES:
        position = origin + path.travel[phase] * network.rate
        near = position < first + out.shape[-1]
        heard = near & audible(earthquake, network, path, phase)
        for members, length in _by_length(heard.nonzero()[:, 0], lasts):
            members = members[position[members] + length > first]
            if len(members):
                whole = position[members].floor()
                wave = _wave(earthquake, network, phase, path, members, position[members] - whole, length)
                add(out, members, (whole - first).long(), wave)


def audible(earthquake: Earthquake, network: Network, path: Rays, phase: str) -> Tensor:
    return peaks(earthquake, network, path, phase) > _AUDIBLE * network.noise


def peaks(earthquake: Earthquake, network: Network, path: Rays, phase: str) -> Tensor:
    """What no part of the direct wave exceeds, by station, on rock (m/s): its spectrum's integral."""
    frequencies = torch.linspace(0.1, network.rate / 2, 128, device=network.places.device)
    loss, _ = attenuation(frequencies, path.travel[phase].float())
    level = spectrum(earthquake, phase, frequencies).abs() * loss
    area = torch.trapezoid(level, frequencies, dim=-1)
    return area * network.ground.gain * EVEN[phase] / path.distance.float()


def band_power(earthquake: Earthquake, network: Network, path: Rays, phase: str) -> tuple[Tensor, Tensor]:
    """Of direct and of scattered waves at one metre, one-sided, [station, component, frequency]."""
    level = 2 * spectrum(earthquake, phase, network.band).abs() ** 2
    pattern = radiation(earthquake.mechanism, path.azimuth, path.takeoff)
    scattered = (CODA * EVEN[phase] * torch.tensor(COMPONENTS[phase], device=level.device)) ** 2
    return polarised(pattern, phase, path)[..., None] ** 2 * level, scattered[:, None] * level


def _wave(
    earthquake: Earthquake,
    network: Network,
    phase: str,
    path: Rays,
    members: Tensor,
    late: Tensor,
    length: int,
) -> Tensor:
    """One phase with its coda [member, component, time], `late` samples after the first.

    The echoes end well before `length`, so that no wave reaches round the end of the transform.
    """
    rate, ground = network.rate, network.ground.of(members)
    frequencies = torch.fft.rfftfreq(length, 1 / rate, device=network.places.device)
    loss, turn = attenuation(frequencies, path.travel[phase][members].float())
    turn = turn - 2 * torch.pi * frequencies / rate * late.float()[:, None]
    level = ground.gain / path.distance[members].float() * rate
    loss = loss * below_nyquist(frequencies) * level[:, None]
    way = torch.complex(loss * torch.cos(turn), loss * torch.sin(turn))
    arriving = product(way, spectrum(earthquake, phase, frequencies))
    dies = coda_time(path.distance[members].float()) * rate
    weights = torch.tensor(COMPONENTS[phase], device=dies.device)
    chances = network.chances(members, ("coda", phase), earthquake.number)
    echo = echoes(chances, dies, round(_ECHOES_END * length), CODA, weights)
    pattern = radiation(earthquake.mechanism, path.azimuth, path.takeoff)
    direct = polarised(pattern, phase, path)[members, :, None]
    response = direct + torch.fft.rfft(echo, n=length) * EVEN[phase]
    motion = product(arriving[:, None], response)
    if not ground.rock:
        motion[:, 1:] = product(motion[:, 1:], ground.sideways(frequencies)[:, None])
    wave: Tensor = torch.fft.irfft(motion, n=length)
    return wave[..., : round(_ECHOES_REST * length)]


def _by_length(heard: Tensor, lasts: Tensor) -> Iterator[tuple[Tensor, int]]:
    """Stations whose waves last about as long, with the power of two samples that holds them."""
    classes = torch.log2(lasts[heard] / _ECHOES_END).ceil().clamp(min=6).long()
    for size in sorted(set(classes.tolist())):
        yield heard[classes == size], 2**size
