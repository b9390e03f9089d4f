"""Air guns: the same low pulse every 10 to 60 s, for an hour or two, heard over tens of kilometres."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.nuisances.nuisance import Nuisance
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.waveforms import add, below_nyquist, echoes

_INTERVALS = (10.0, 60.0)
_PULSE = 6.0  # seconds
_RINGS = 0.8  # seconds in which the pulse falls to 1/e
_CORNER, _LOWEST = 6.0, 2.0  # Hz, between which it is loudest


class AirGun(Nuisance):
    kind = "airgun"
    per_hour = 0.4
    longest = 7200.0
    reach = 40e3

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> tuple[float, float]:
        return chance.uniform(1800, cls.longest), 3e-6 * chance.lognormal(0, 0.5)

    @property
    def interval(self) -> float:
        return float(self.chance("interval").uniform(*_INTERVALS))

    def pulses(self, network: Network, members: Tensor) -> Tensor:
        """What each member records of one shot, [member, component, time]."""
        rate, count = network.rate, round(_PULSE * network.rate)
        chances = network.chances(members, (self.kind, "pulse"), self.number)
        dies = torch.full((len(members),), _RINGS * rate, device=members.device)
        rings = echoes(chances, dies, count, 1.0, torch.ones(3, device=members.device))
        frequencies = torch.fft.rfftfreq(2 * count, 1 / rate, device=members.device)
        shape = (frequencies / _LOWEST) ** 2 / (1 + (frequencies / _LOWEST) ** 2)
        shape = shape / (1 + (frequencies / _CORNER) ** 2) * below_nyquist(frequencies)
        pulse = torch.fft.irfft(torch.fft.rfft(rings, n=2 * count) * shape, n=2 * count)[..., :count]
        loudest = pulse.abs().amax(dim=(1, 2), keepdim=True)
        heard: Tensor = pulse * (self.amplitude(network)[members, None, None] / loudest)
        return heard

    def record(self, network: Network, out: Tensor, first: int) -> None:
        rate, members = network.rate, self.reached(network)
        if not len(members):
            return
        start, interval = self.starts(network), self.interval
        shots = math.ceil(self.duration / interval)
        earliest = (first - _PULSE * rate - float(start[members].max())) / (interval * rate)
        latest = (first + out.shape[-1] - float(start[members].min())) / (interval * rate)
        pulses: Tensor | None = None
        for shot in range(max(0, math.floor(earliest)), min(shots, math.ceil(latest) + 1)):
            pulses = self.pulses(network, members) if pulses is None else pulses
            at = (start[members] + shot * interval * rate).round().long()
            add(out, members, at - first, pulses)

    def in_band(self, network: Network) -> Tensor:
        members, found = self.reached(network), torch.zeros_like(self.amplitude(network))
        pulses = self.pulses(network, members)
        spectrum = torch.fft.rfft(pulses).abs().square().sum(dim=1) / network.rate**2
        frequencies = torch.fft.rfftfreq(pulses.shape[-1], 1 / network.rate, device=members.device)
        inside = (frequencies >= network.band[0]) & (frequencies <= network.band[-1])
        energy = 2 * spectrum[:, inside].sum(dim=1) * frequencies[1]
        found[members] = torch.sqrt(energy / self.interval)
        return found
