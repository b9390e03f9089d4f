"""What disturbs the noise of a rough scene: ships, whales, air guns and teleseisms."""

from __future__ import annotations

from collections.abc import Iterator

from seisdsl.data.scenes import Scene
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.nuisances.air_gun import AirGun
from seisdsl.methods.simulate.nuisances.nuisance import Nuisance, of_hours
from seisdsl.methods.simulate.nuisances.ship import Ship
from seisdsl.methods.simulate.nuisances.teleseism import Teleseism
from seisdsl.methods.simulate.nuisances.whale import Whale

__all__ = ["Nuisance", "nuisances"]


def nuisances(scene: Scene, time: TimeRange) -> Iterator[Nuisance]:
    """Those of a rough scene whose waves may reach into a time; a plain one has none."""
    if scene.noise == "rough":
        for kind in (Ship, Whale, AirGun, Teleseism):
            yield from of_hours(kind, scene, time)
