"""What goes wrong with instruments of a rough scene: tilts, spikes, dead channels and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.stations import Network

_HOUR = 3600.0
_SETTLES = 20.0  # seconds in which a sensor comes back from a tilt to 1/e


@dataclass(frozen=True)
class Fault:
    """So many at each station in each `period` of absolute seconds, none longer than `longest`."""

    name: str
    mean: float
    period: float = _HOUR
    longest: float = 0.0

    def of(
        self, seed: int, station: str, begin: float, end: float
    ) -> Iterator[tuple[float, int, np.random.Generator]]:
        """Seconds since 1970, component, and random numbers for the rest, that may reach into a time."""
        for period in range(int((begin - self.longest) // self.period), int(end // self.period) + 1):
            chance = draws(seed, self.name, station, period)
            for _ in range(chance.poisson(self.mean)):
                yield (period + chance.random()) * self.period, int(chance.integers(3)), chance


TILTS = Fault("tilts", 0.1, longest=10 * _SETTLES)
SPIKES = Fault("spikes", 1.0)
SILENCES = Fault("silences", 0.06, 6 * _HOUR, 5 * _HOUR)
GAPS = Fault("gaps", 0.05, longest=600.0)


def disturb(network: Network, samples: Tensor, mask: Tensor, first: int) -> None:
    """Put faults into samples and mask [station, component, time].

    A dead channel gives zeros; in a gap nothing was recorded, and samples are zero as well.
    """
    rate, count = network.rate, samples.shape[-1]

    def inside(at: float, seconds: float) -> tuple[int, int, int]:
        """Of a stretch of time: the sample where it begins, and what lies in the record."""
        begin = int(np.floor(at * rate)) - first
        left = max(begin, 0)
        return begin, left, max(left, min(begin + max(1, round(seconds * rate)), count))

    for number, (name, loud) in enumerate(zip(network.names, network.noise.tolist(), strict=True)):
        when = (network.seed, name, first / rate, (first + count) / rate)
        for at, component, chance in TILTS.of(*when):
            size = loud * chance.lognormal(3, 0.7) * chance.choice([-1, 1])
            begin, left, right = inside(at, TILTS.longest)
            if left < right:
                after = torch.arange(left - begin, right - begin, device=samples.device) / rate
                samples[number, component, left:right] += size * torch.exp(-after / _SETTLES)
        for at, component, chance in SPIKES.of(*when):
            size = loud * chance.lognormal(4, 0.7) * chance.choice([-1, 1])
            _, left, right = inside(at, 0)
            samples[number, component, left:right] += size
        for at, component, chance in SILENCES.of(*when):
            seconds, alone = chance.uniform(_HOUR, SILENCES.longest), chance.random() < 0.5
            _, left, right = inside(at, seconds)
            samples[number, component if alone else slice(None), left:right] = 0
        for at, _, chance in GAPS.of(*when):
            _, left, right = inside(at, min(chance.lognormal(3, 1), GAPS.longest))
            mask[number, :, left:right] = False
    samples *= mask
