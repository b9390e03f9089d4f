"""What ships, whales, air guns and teleseisms have in common: a time, a place, and how far they are heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from seisdsl.data.scenes import Scene
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.paths import on_the_sphere
from seisdsl.methods.simulate.sources import HOUR
from seisdsl.methods.simulate.stations import Network

WATER = 1500.0  # m/s
_FAINT = 0.2  # of the noise: where its amplitude is less, its waves are not made
_NEAR = 5e3  # metres, within which it is equally loud
_SCATTER = 15e3  # metres, of places about the stations
_LATEST = 300.0  # seconds: the latest that any station first records it


@dataclass(frozen=True)
class Nuisance:
    """Nanoseconds, seconds, degrees, and the amplitude beside it in m/s; seed and number tell its details."""

    kind: ClassVar[str]
    per_hour: ClassVar[float]  # a hundred stations
    longest: ClassVar[float]  # seconds
    reach: ClassVar[float]  # metres in which amplitudes fall to 1/e, besides their spreading

    begin: int
    duration: float
    latitude: float
    longitude: float
    loudness: float
    seed: int
    number: tuple[int, ...]

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> tuple[float, float]:
        """Duration and loudness of one at random."""
        raise NotImplementedError

    def record(self, network: Network, out: Tensor, first: int) -> None:
        """Add its waves to `out` [station, component, time], whose first sample has this number."""
        raise NotImplementedError

    def in_band(self, network: Network) -> Tensor:
        """Root mean square at each station in the band, all components together, m/s."""
        raise NotImplementedError

    # What follows from it

    def chance(self, *purpose: str) -> np.random.Generator:
        return draws(self.seed, self.kind, *purpose, *self.number)

    def distance(self, network: Network) -> Tensor:
        return on_the_sphere(self.latitude, self.longitude, network.places)[0]

    def amplitude(self, network: Network) -> Tensor:
        distance = self.distance(network).float()
        return self.loudness * torch.exp(-distance / self.reach) / torch.sqrt(1 + (distance / _NEAR) ** 2)

    def reached(self, network: Network) -> Tensor:
        """The numbers of the stations that record it."""
        return (self.amplitude(network) >= _FAINT * network.noise).nonzero()[:, 0]

    def delay(self, network: Network) -> Tensor:
        """Seconds after its beginning when each station first records it."""
        return self.distance(network) / WATER

    def starts(self, network: Network) -> Tensor:
        """That as a position in samples since 1970."""
        return self.begin / 1e9 * network.rate + self.delay(network) * network.rate

    def ways(self, network: Network, members: Tensor) -> Tensor:
        """How the motion goes up, north and east at each member: a unit vector, [member, component]."""
        purpose = (self.kind, "ways")
        drawn = [chance.standard_normal(3) for chance in network.chances(members, purpose, self.number)]
        ways = torch.tensor(np.array(drawn, np.float32).reshape(-1, 3), device=members.device)
        unit: Tensor = ways / ways.norm(dim=1, keepdim=True)
        return unit

    @classmethod
    def near(cls, scene: Scene, hour: int, number: int, chance: np.random.Generator) -> Self:
        """One of an hour, near a station."""
        station = scene.stations[int(chance.integers(len(scene.stations)))]
        north, east = chance.normal(0, _SCATTER, 2) / 111.2e3
        begin = hour * HOUR + int(chance.integers(HOUR))
        longitude = station.longitude + east / np.cos(np.deg2rad(station.latitude))
        place = (float(station.latitude + north), float(longitude))
        duration, loudness = cls.drawn(chance)
        return cls(begin, float(duration), *place, float(loudness), scene.seed, (hour, number))


def of_hours(kind: type[Nuisance], scene: Scene, time: TimeRange) -> Iterator[Nuisance]:
    """A Poisson number an hour, those whose waves may reach into the time."""
    earliest = time.start - round((kind.longest + _LATEST) * NS)
    per_hour = kind.per_hour * len(scene.stations) / 100
    for hour in range(earliest // HOUR, (time.end - 1) // HOUR + 1):
        chance = draws(scene.seed, f"{kind.kind}s", hour)
        for number in range(chance.poisson(per_hour)):
            one = kind.near(scene, hour, number, chance)
            if earliest <= one.begin < time.end:
                yield one
