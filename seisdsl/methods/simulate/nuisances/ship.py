"""Ships: lines at multiples of the blade rate that drift a little, louder and fainter as one passes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.nuisances.nuisance import Nuisance
from seisdsl.methods.simulate.stations import Network

_LINES = 8
_DRIFT, _DRIFTS = 0.02, 300.0  # of the frequency, and seconds for there and back


class Ship(Nuisance):
    kind = "ship"
    per_hour = 16.0
    longest = 1200.0
    reach = 25e3

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> tuple[float, float]:
        return chance.uniform(300, cls.longest), 1.5e-6 * chance.lognormal(0, 0.5)

    @cached_property
    def lines(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequencies (Hz), and amplitudes whose squares add up to two."""
        chance = self.chance("lines")
        frequencies = chance.uniform(2.5, 9) * np.arange(1, _LINES + 1)
        strengths = chance.uniform(0.3, 1, _LINES) / np.sqrt(np.arange(1, _LINES + 1))
        return frequencies, strengths * np.sqrt(2 / (strengths**2).sum())

    def record(self, network: Network, out: Tensor, first: int) -> None:
        """Lines above 80 % of Nyquist are lost in the recorder."""
        rate, members = network.rate, self.reached(network)
        begin = int(np.floor(self.begin / 1e9 * rate))
        left, right = max(first, begin), min(first + out.shape[-1], begin + round(self.duration * rate))
        if left >= right or not len(members):
            return
        time = torch.arange(left - begin, right - begin, dtype=torch.float64, device=out.device) / rate
        passing = torch.sin(torch.pi * time / self.duration) ** 2
        swing = _DRIFT * _DRIFTS / (2 * np.pi) * torch.cos(2 * torch.pi * time / _DRIFTS)
        ways = self.ways(network, members) * self.amplitude(network)[members, None]
        turns = [c.uniform(0, 2 * np.pi, _LINES) for c in network.chances(members, ("turns",), self.number)]
        for number, (frequency, strength) in enumerate(zip(*self.lines, strict=True)):
            if frequency > 0.4 * rate:
                break
            phase = 2 * torch.pi * frequency * (time - swing)
            sine, cosine = ((strength * passing * f(phase)).float() for f in (torch.sin, torch.cos))
            for member, way, turn in zip(members.tolist(), ways, turns, strict=True):
                line = sine * float(np.cos(turn[number])) + cosine * float(np.sin(turn[number]))
                out[member, :, left - first : right - first] += way[:, None] * line

    def in_band(self, network: Network) -> Tensor:
        frequencies, strengths = self.lines
        inside = (frequencies >= float(network.band[0])) & (frequencies <= float(network.band[-1]))
        return self.amplitude(network) * float(np.sqrt((strengths[inside] ** 2).sum() / 2 * 3 / 8))

    def delay(self, network: Network) -> Tensor:
        """It has sounded for long when it comes near."""
        return torch.zeros_like(self.distance(network))
