"""What each station records of a tremor: each part of its swarm by one transform for each station."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from scipy.fft import next_fast_len
from torch import Tensor

from seisdsl.methods.simulate.paths import Rays, attenuation, rays, velocity
from seisdsl.methods.simulate.sources import DENSITY
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.tensors import patterns
from seisdsl.methods.simulate.tremor import Tremor, fine
from seisdsl.methods.simulate.waveforms import (
    CODA,
    COMPONENTS,
    EVEN,
    add,
    below_nyquist,
    coda_time,
    echoes,
    polarised,
    product,
)

_PART = 60.0  # seconds of a swarm whose waves are made at once
_CODAS = 4  # coda times until it has died away
_CLASS = 5.0  # seconds by which lengths of codas are told apart
_REST = 1.0  # seconds after which the last filter has rung out
_STATIONS = 24  # at once
_SCATTERED = CODA**2 / (1 + CODA**2)  # part of the energy, which scattering leaves as it is


def path_of(tremor: Tremor, network: Network) -> Rays:
    return rays(tremor.latitude, tremor.longitude, tremor.depth, network.places)


def record(tremor: Tremor, network: Network, heard: dict[str, Tensor], out: Tensor, first: int) -> None:
    """Add a tremor to `out` [station, component, time] where it is heard, station by station, by phase."""
    path, rate = path_of(tremor, network), network.rate
    codas = (_CODAS * coda_time(path.distance) / _CLASS).ceil().long()
    for begin in range(0, math.ceil(tremor.duration), int(_PART)):
        end = min(begin + _PART, tremor.duration)
        leaves = (tremor.origin / 1e9 + begin) * rate
        arrives = {phase: leaves + path.travel[phase] * rate for phase in heard}
        longest = (_PART + _CLASS * (codas + 1)) * rate
        inside = {
            phase: heard[phase] & (at < first + out.shape[-1]) & (at + longest > first)
            for phase, at in arrives.items()
        }
        if not any(some.any() for some in inside.values()):
            continue
        source = tremor.swarm.moment_rates(begin, end, rate).to(out.device)
        for phase, some in inside.items():
            for members, coda in _by_coda(some.nonzero()[:, 0], codas, rate):
                whole = arrives[phase][members].floor()
                late = arrives[phase][members] - whole
                wave = _wave(tremor, network, phase, path, members, late, source, coda)
                add(out, members, (whole - first).long(), wave)


def band_power(tremor: Tremor, network: Network, path: Rays, phase: str) -> tuple[Tensor, Tensor]:
    """Of direct and of scattered waves at one metre, one-sided, [station, component, frequency].

    Both as if the whole swarm came at once: its energy in the band.
    """
    pairs = 2 * _level(tremor, phase) ** 2 * tremor.swarm.power(network.band)
    pattern = polarised(patterns(path.azimuth, path.takeoff), phase, path)  # [element, station, component]
    both = pattern[:, None] * pattern
    direct = torch.einsum("ijsc,ijf->scf", both, pairs)
    whole = pairs[:3, :3].diagonal().sum(-1) / 2 + pairs[3:, 3:].diagonal().sum(-1)
    weights = torch.tensor(COMPONENTS[phase], device=direct.device) ** 2
    scattered = _SCATTERED * EVEN[phase] ** 2 * weights / weights.sum()
    return (1 - _SCATTERED) * direct, scattered[:, None] * whole


def _level(tremor: Tremor, phase: str) -> float:
    """Ground velocity at one metre over the moment's second derivative: twice, as at a free surface."""
    return 2 / (4 * math.pi * DENSITY * velocity(tremor.depth, phase) ** 3)


def _wave(
    tremor: Tremor,
    network: Network,
    phase: str,
    path: Rays,
    members: Tensor,
    late: Tensor,
    source: Tensor,
    coda: int,
) -> Tensor:
    """A part of the swarm in one phase [member, component, time], `late` samples after the first."""
    rate, finer = network.rate, fine(network.rate)
    path, ground = path.of(members), network.ground.of(members)
    used = -(-source.shape[-1] // finer) + coda + round(_REST * rate)
    length = 2 * next_fast_len(-(-(used + round(_REST * rate)) // 2), real=True)
    frequencies = torch.fft.rfftfreq(length, 1 / rate, device=source.device)
    loss, turn = attenuation(frequencies, path.travel[phase].float())
    turn = turn - 2 * torch.pi * frequencies / rate * late.float()[:, None]
    size = ground.gain / path.distance.float() * (_level(tremor, phase) / finer)
    loss = loss * (2 * torch.pi * frequencies * below_nyquist(frequencies)) * size[:, None]
    way = torch.complex(-loss * torch.sin(turn), loss * torch.cos(turn))
    rates = torch.fft.rfft(source, n=length * finer)[:, : length // 2 + 1]
    dies, weights = (
        coda_time(path.distance.float()) * rate,
        torch.tensor(COMPONENTS[phase], device=source.device),
    )
    chances = network.chances(members, ("tremor", phase), tremor.number)
    strength = EVEN[phase] * math.sqrt(_SCATTERED)
    echo = echoes(chances, dies, coda, strength, weights / weights.norm())
    motion = product(torch.fft.rfft(echo, n=length), rates[6])
    pattern = polarised(patterns(path.azimuth, path.takeoff), phase, path)
    for element, one in zip(pattern * math.sqrt(1 - _SCATTERED), rates, strict=False):
        motion += element[..., None] * one
    motion = product(motion, way[:, None])
    if not ground.rock:
        motion[:, 1:] = product(motion[:, 1:], ground.sideways(frequencies)[:, None])
    wave: Tensor = torch.fft.irfft(motion, n=length)
    return wave[..., :used]


def _by_coda(heard: Tensor, codas: Tensor, rate: float) -> Iterator[tuple[Tensor, int]]:
    """Stations whose codas last about as long, some at a time, with the samples of the coda."""
    for size in sorted(set(codas[heard].tolist())):
        some = heard[codas[heard] == size]
        for begin in range(0, len(some), _STATIONS):
            yield some[begin : begin + _STATIONS], round(size * _CLASS * rate)
