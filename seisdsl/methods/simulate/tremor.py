"""Tremor: swarms of low-frequency earthquakes, and what they radiate together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from scipy.signal import lfilter
from torch import Tensor

from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.sources import (
    HOUR,
    energy_of_magnitude,
    magnitude_of_energy,
    mechanisms,
    radiated,
)
from seisdsl.methods.simulate.tensors import double_couples

LONGEST = 300.0  # seconds
_SHORTEST = 20.0
_RATES = (0.5, 3.0)  # low-frequency earthquakes a second
CORNERS = (1.0, 3.0)  # Hz
_SWELLS = (5.0, 50.0)  # seconds: how fast the swarm grows and fades
_FINE = 100.0  # Hz, at least, at which moment rates are sampled
_PULSE = 12.0  # a pulse is over so many times 1/(2 pi corner) after its start
_FAINTEST = 100.0  # W radiated by the faintest tremor at random
_LOUDEST = 50.0  # times its amplitude
_STEP = 0.5  # seconds
AMPLITUDES = 1.5  # exponent of their power law
_PATCHES = 8  # stations for each patch of the plate interface that tremor comes from
_SPREAD, _THICKNESS = 8e3, 1e3  # metres, along a patch and across it
_INTERFACE = (8e3, 25e3)  # metres: patches below the deepest and the shallowest water


@dataclass(frozen=True)
class Tremor:
    """Start in nanoseconds, degrees, metres below the sea, seconds; seed and number tell its details.

    The magnitude is that of an earthquake that radiates as much, after Gutenberg and Richter (1956):
    log10 E = 1.5 M + 4.8, in joules.
    """

    origin: int
    latitude: float
    longitude: float
    depth: float
    magnitude: float
    duration: float
    seed: int
    number: tuple[int, ...]

    @property
    def energy(self) -> float:
        return energy_of_magnitude(self.magnitude)

    @property
    def swarm(self) -> Swarm:
        return _swarm(self)


@dataclass(frozen=True, eq=False)
class Swarm:
    """Of each low-frequency earthquake: seconds after the start, corner (Hz), moment (N m), double couple."""

    time: np.ndarray
    corner: np.ndarray
    moment: np.ndarray
    couple: np.ndarray  # [event, element]

    def moment_rates(self, begin: float, end: float, rate: float) -> Tensor:
        """Moment rates (N m/s) of those that start in a half-open part, by element and in all, [7, time].

        The first sample is at `begin`; `fine` times as many samples as `rate` says keep what is above
        its Nyquist frequency out of what is below.
        """
        inside = (self.time >= begin) & (self.time < end)
        turning, rate = 2 * np.pi * self.corner[inside, None], rate * fine(rate)
        longest = int(_PULSE / (2 * np.pi * CORNERS[0]) * rate)
        position = (self.time[inside, None] - begin) * rate
        columns = np.ceil(position) + np.arange(longest)
        after = (columns - position) / rate
        pulses = turning**2 * after * np.exp(-turning * after)
        moments = np.column_stack([self.couple, np.ones(len(self.time))])[inside] * self.moment[inside, None]
        count = int((end - begin) * rate) + longest + 1
        place = columns.astype(np.int64).ravel()
        series = [np.bincount(place, (m[:, None] * pulses).ravel(), count) for m in moments.T]
        return torch.from_numpy(np.array(series, np.float32))

    def power(self, frequencies: Tensor) -> Tensor:
        """Of the moments' second time derivatives, by pairs of elements, [6, 6, frequency].

        That of each earthquake on its own: they come at random times, and on average nothing is left of
        their products.
        """
        corner = torch.from_numpy(self.corner).to(frequencies)[:, None]
        each = (2 * torch.pi * frequencies / (1 + (frequencies / corner) ** 2)) ** 2
        tensor = torch.from_numpy(self.couple * self.moment[:, None]).to(frequencies)
        power: Tensor = torch.einsum("ki,kj,kf->ijf", tensor, tensor, each)
        return power


def fine(rate: float) -> int:
    return max(1, int(np.ceil(_FINE / rate)))


@lru_cache(maxsize=64)
def _swarm(tremor: Tremor) -> Swarm:
    """A Poisson swarm whose moments follow an Ornstein-Uhlenbeck process reflected at zero."""
    chance = draws(tremor.seed, "swarm", *tremor.number)
    per_second, swell = chance.uniform(*_RATES), min(chance.uniform(*_SWELLS), tremor.duration / 3)
    count = max(1, int(chance.poisson(per_second * tremor.duration)))
    time = np.sort(chance.uniform(0, tremor.duration, count))
    corner = chance.uniform(*CORNERS, count)
    steps = int(tremor.duration / _STEP) + 2
    memory = np.exp(-_STEP / swell)
    pushes = np.sqrt(1 - memory**2) * chance.standard_normal(steps)
    pushes[0] = chance.standard_normal()
    wander = np.abs(lfilter([1.0], [1.0, -memory], pushes))
    edge = np.minimum(time, tremor.duration - time) / swell
    moment = (0.1 + np.interp(time / _STEP, np.arange(steps), wander)) * np.minimum(1, edge + 0.1)
    couple = double_couples(*mechanisms(chance, count))
    energy = sum(radiated(moment, corner, corner, tremor.depth).tolist())
    return Swarm(time, corner, moment * np.sqrt(tremor.energy / energy), couple)


def tremors_of_hour(
    seed: int, hour: int, per_hour: float, places: Sequence[tuple[float, float, float]]
) -> list[Tremor]:
    """A Poisson number of tremors from patches of the plate interface below the stations.

    Their amplitudes follow a power law, N(>A) ~ A^-1.5.
    """
    chance = draws(seed, "tremors", hour)
    where, weights = _patches(seed, tuple(places))
    found = []
    for number in range(chance.poisson(per_hour)):
        latitude, longitude, depth = where[int(chance.choice(len(where), p=weights))]
        north, east = chance.normal(0, _SPREAD, 2) / 111.2e3
        duration = float(np.exp(chance.uniform(np.log(_SHORTEST), np.log(LONGEST))))
        amplitude = min((1 - chance.random()) ** (-1 / AMPLITUDES), _LOUDEST)
        found.append(
            Tremor(
                hour * HOUR + int(chance.integers(HOUR)),
                float(latitude + north),
                float(longitude + east / np.cos(np.deg2rad(latitude))),
                float(depth + chance.normal(0, _THICKNESS)),
                magnitude_of_energy(_FAINTEST * amplitude**2 * duration),
                duration,
                seed,
                (hour, number),
            )
        )
    return sorted(found, key=lambda tremor: tremor.origin)


@lru_cache(maxsize=8)
def _patches(seed: int, places: tuple[tuple[float, float, float], ...]) -> tuple[np.ndarray, np.ndarray]:
    """Latitude, longitude and depth of patches, and how active each is.

    The deeper the water, the nearer the trench and the shallower the interface.
    """
    chance = draws(seed, "patches")
    near = chance.choice(len(places), max(1, len(places) // _PATCHES), replace=False)
    rank = np.argsort(np.argsort([place[2] for place in places])) / max(1, len(places) - 1)
    depth = _INTERFACE[0] + rank * (_INTERFACE[1] - _INTERFACE[0])
    activity = chance.exponential(size=len(near))
    return np.column_stack([np.array(places)[:, :2], depth])[near], activity / activity.sum()
