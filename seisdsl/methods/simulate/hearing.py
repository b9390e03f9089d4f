"""Where and when an event is to be heard above the noise, told without making its waves."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from seisdsl.methods.simulate import seismograms, swarms
from seisdsl.methods.simulate.paths import Rays, attenuation
from seisdsl.methods.simulate.sources import Earthquake
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.tremor import Tremor
from seisdsl.methods.simulate.waveforms import PHASES, coda_time

_BEGINS = 0.5  # of the noise: what P must reach for an event to begin with it rather than with S
FAINT = 0.1  # of the noise from 2 to 8 Hz: waves that stay below it are neither made nor told of


@dataclass(frozen=True)
class Hearing:
    """By station: seconds after the origin when waves begin and have died away, their score, and distance.

    `audible` says of each phase where it is worth computing.
    """

    begin: Tensor
    end: Tensor
    score: Tensor
    distance: Tensor
    audible: dict[str, Tensor]


def hearing(event: Earthquake | Tremor, network: Network) -> Hearing:
    kind = seismograms if isinstance(event, Earthquake) else swarms
    path = kind.path_of(event, network)
    travel = {phase: path.travel[phase].float() for phase in PHASES}
    dies, lasts = coda_time(path.distance).float(), event.duration
    alone, audible, energy = {}, {}, torch.zeros_like(dies)
    for phase in PHASES:
        direct, scattered = (
            _at_stations(power, network, path, phase)
            for power in kind.band_power(event, network, path, phase)
        )
        alone[phase] = torch.sqrt((direct + scattered) / (lasts + dies) / network.background)
        audible[phase] = alone[phase] >= FAINT
        if isinstance(event, Earthquake):
            audible[phase] = seismograms.audible(event, network, path, phase)
        energy = energy + (direct + scattered) * audible[phase]
    # power of the last phase's coda just after the source has fallen silent
    coda = scattered * audible[phase] / lasts * -torch.expm1(-2 * lasts / dies)
    silent = travel["S"] + lasts
    begin = torch.where((alone["P"] >= _BEGINS) & audible["P"], travel["P"], travel["S"])
    end = silent + dies / 2 * (coda / network.background).clamp(min=1).log()
    end = torch.maximum(end, begin + 1)
    later = coda * dies / 2 * torch.exp(2 * (silent - end) / dies)
    score = torch.sqrt((energy - later) / (end - begin) / network.background)
    return Hearing(begin, end, score, path.distance, audible)


def _at_stations(power: Tensor, network: Network, path: Rays, phase: str) -> Tensor:
    """Energy in the band of waves with this power at one metre, all components together, (m/s)² s."""
    loss, _ = attenuation(network.band, path.travel[phase].float())
    size = network.ground.gain / path.distance.float()
    up, sideways = power[..., :1, :], power[..., 1:, :].sum(dim=-2)
    both = up[..., 0, :] + sideways * network.sideways
    return torch.trapezoid(both * loss**2, network.band, dim=-1) * size**2
