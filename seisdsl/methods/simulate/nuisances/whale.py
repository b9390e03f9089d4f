"""Whales: calls of a second that glide from 23 to 17 Hz, in series of minutes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.nuisances.nuisance import Nuisance
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.waveforms import add

_FROM, _TO = 23.0, 17.0  # Hz
_CALL = 1.0  # seconds
_INTERVALS = (10.0, 30.0)


class Whale(Nuisance):
    kind = "whale"
    per_hour = 8.0
    longest = 1200.0
    reach = 25e3

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> tuple[float, float]:
        return chance.uniform(300, cls.longest), 1.5e-6 * chance.lognormal(0, 0.5)

    @property
    def calls(self) -> np.ndarray:
        """Seconds after the first."""
        chance = self.chance("calls")
        usual = chance.uniform(*_INTERVALS)
        times = np.arange(0, self.duration - _CALL, usual)
        return times + chance.uniform(0, 0.1 * usual, len(times))

    def record(self, network: Network, out: Tensor, first: int) -> None:
        """A recorder of less than 58 Hz hears nothing of it."""
        rate, members = network.rate, self.reached(network)
        if 0.4 * rate < _FROM or not len(members):
            return
        arrive = self.starts(network)[members, None] + torch.from_numpy(self.calls).to(out.device) * rate
        inside = (arrive < first + out.shape[-1]) & (arrive + _CALL * rate > first)
        row, call = inside.nonzero(as_tuple=True)
        whole = arrive[row, call].ceil()
        samples = torch.arange(round(_CALL * rate), device=out.device)
        time = ((whole - arrive[row, call])[:, None] + samples) / rate
        glide = torch.sin(2 * torch.pi * (_FROM * time + (_TO - _FROM) / (2 * _CALL) * time**2))
        wave = (glide * torch.sin(torch.pi * (time / _CALL).clamp(max=1)) ** 2).float()
        ways = (self.ways(network, members) * self.amplitude(network)[members, None])[row]
        add(out, members[row], (whole - first).long(), ways[..., None] * wave[:, None])

    def in_band(self, network: Network) -> Tensor:
        return torch.zeros_like(self.amplitude(network))
