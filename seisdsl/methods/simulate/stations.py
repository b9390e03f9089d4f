"""The stations of a scene as tensors: where they are, what is below them, what noise they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from seisdsl.data.scenes import Scene
from seisdsl.data.truth import Sites
from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.noise import LOUDNESS, station_noise
from seisdsl.methods.simulate.sites import Ground, ground

BAND = (2.0, 8.0)  # Hz, in which events are judged against noise, as far as the sampling rate allows
_POINTS = 33


@dataclass(frozen=True)
class Network:
    """`places` are rows of latitude, longitude (degrees) and elevation (m), in double precision.

    The noise of a station has a level at 1 Hz (m/s per square root of Hz) and an exponent.
    """

    names: Sequence[str]
    places: Tensor
    ground: Ground
    level: Tensor
    exponent: Tensor
    rate: float
    seed: int

    @property
    def noise(self) -> Tensor:
        """About its root mean square where small earthquakes are heard, of up and down motion, m/s."""
        return LOUDNESS * self.level

    def chances(
        self, members: Tensor, purpose: tuple[str, ...], number: tuple[int, ...]
    ) -> list[np.random.Generator]:
        """Random numbers of each member's own, for a purpose."""
        return [draws(self.seed, *purpose, self.names[member], *number) for member in members.tolist()]

    def louder(self, phase: str) -> Tensor:
        """How much the resonance raises the motion that a phase is picked on."""
        return self.ground.louder if phase == "S" else torch.ones_like(self.level)

    @cached_property
    def band(self) -> Tensor:
        high = min(BAND[1], 0.4 * self.rate)
        return torch.linspace(min(BAND[0], high / 4), high, _POINTS, device=self.places.device)

    @cached_property
    def sideways(self) -> Tensor:
        """Power that the resonance adds to horizontal motion in the band, [station, frequency]."""
        return self.ground.sideways(self.band).abs().square()

    @cached_property
    def background(self) -> Tensor:
        """Power of the noise in the band, all components together, (m/s)²."""
        density = self.level[:, None] ** 2 * self.band ** -self.exponent[:, None]
        return torch.trapezoid(density * (1 + 2 * self.sideways), self.band, dim=-1)


def network_of(scene: Scene, device: torch.device) -> Network:
    names = [station.id for station in scene.stations]
    places = [(s.latitude, s.longitude, s.elevation) for s in scene.stations]
    noises = [station_noise(scene.seed, name) for name in names]
    level, exponent = torch.tensor(noises, dtype=torch.float32, device=device).T
    below = ground(scene.seed, names, scene.ground == "soft", device)
    return Network(
        names, torch.tensor(places, dtype=torch.float64, device=device), below, level, exponent, scene.rate,
        scene.seed,
    )  # fmt: skip


def sites_of(scene: Scene) -> Sites:
    network = network_of(scene, torch.device("cpu"))
    ground = network.ground
    columns = {
        "gain": ground.gain,
        "peak": ground.peak,
        "amplification": ground.amplification,
        "horizontal": ground.gain * network.sideways.mean(dim=-1).sqrt(),
        "noise": network.background.sqrt(),
    }
    return Sites.of(
        {
            "network": [station.network for station in scene.stations],
            "station": [station.station for station in scene.stations],
            **{name: column.tolist() for name, column in columns.items()},
        },
        simulated=True,
    )
