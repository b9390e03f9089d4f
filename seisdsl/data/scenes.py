"""What a source of simulated waves says: which stations, which earthquakes, from which seed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.memory import refuse_absurd
from seisdsl.data.parts import patterns_of
from seisdsl.data.stations import Station, network, read_stations
from seisdsl.language.types import TimeRange
from seisdsl.operator import SourceSettings, Unsuitable
from seisdsl.resources import STDLIB

if TYPE_CHECKING:
    from seisdsl.data.waves import Waves

BEGIN = 1_471_219_200_000_000_000  # 2016-08-15T00:00Z, in the tremor episode that the examples speak of
DURATION = 600.0
RATE = 100.0
PER_HOUR = 60.0
RATES = (1.0, 1000.0)
SCENES = STDLIB / "scenes"
Planned = tuple[int, float, float, float, float]


@dataclass(frozen=True)
class Scene:
    """What is simulated: earthquakes at random, `per_hour` on average, and those `planned`.

    A planned one is its origin (ns), latitude, longitude (degrees), depth (m) and magnitude.
    """

    stations: tuple[Station, ...]
    rate: float = RATE
    seed: int = 1
    per_hour: float = PER_HOUR
    smallest: float = 1.5
    planned: tuple[Planned, ...] = ()


def is_simulated(source: SourceSettings) -> bool:
    """A source of real records may have taken a network from the library's source of its name."""
    return not source.get("archive") and source.get("waves") is None


def scene_of(
    source: SourceSettings,
    *,
    seed: int | None = None,
    rate: float | None = None,
    per_hour: float | None = None,
    smallest: float = 1.5,
) -> Scene:
    """The scene that a source describes; what is given stands above what it says.

    A network that has earthquakes of its own, in `stdlib/scenes`, has no others unless asked.
    """
    rate = rate or source.get("rate", RATE)
    if not RATES[0] <= rate <= RATES[1]:
        raise Unsuitable(
            f"waves are simulated at {RATES[0]:g} to {RATES[1]:g} Hz, not at {rate:g} Hz", parameter="rate"
        )
    quakes = tuple(quake for name in _networks(source) for quake in planned(name))
    if per_hour is None:
        per_hour = 0.0 if quakes else PER_HOUR
    seed = source.get("seed", 1) if seed is None else seed
    return Scene(stations_of(source), rate, seed, per_hour, smallest, quakes)


def time_of(source: SourceSettings, duration: float | None = None) -> TimeRange:
    """The time that is simulated where none is asked for."""
    said = source.get("time")
    if said and duration is None:
        time: TimeRange = said
        return time
    begin = said.start if said else BEGIN
    return TimeRange(begin, begin + round((duration or DURATION) * 1e9))


def stations_of(source: SourceSettings) -> tuple[Station, ...]:
    """Those of its networks, or of its own list."""
    if names := _networks(source):
        return tuple(station for name in names for station in network(name))
    if path := source.get("stations"):
        return read_stations(path)
    raise Unsuitable(
        f"source `{source.name}` does not say where its stations are",
        notes=['it needs `network = "S-net"` or `stations = "stations.csv"` to be simulated'],
    )


def _networks(source: SourceSettings) -> tuple[str, ...]:
    return patterns_of(source.get("network"))


def planned(name: str) -> tuple[Planned, ...]:
    """The earthquakes that a network of the standard library has at set times."""
    path = SCENES / f"{name}.csv"
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key: float(text) for key, text in row.items()} for row in csv.DictReader(file)]
    return tuple(
        (BEGIN + round(r["after"] * 1e9), r["latitude"], r["longitude"], r["depth"], r["magnitude"])
        for r in rows
    )


def held(scene: Scene, time: TimeRange) -> int:
    """Bytes of the samples and their mask."""
    return 3 * len(scene.stations) * round(time.seconds * scene.rate) * 5


def simulated(scene: Scene, time: TimeRange) -> Waves:
    """The waves of a scene on the device of this run."""
    traces, length = 3 * len(scene.stations), round(time.seconds * scene.rate)
    refuse_absurd(traces, length, 10, time)
    from seisdsl.engine.device import device
    from seisdsl.methods.simulate import simulated_waves

    return simulated_waves(scene, time, device())
