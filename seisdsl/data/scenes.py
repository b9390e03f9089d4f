"""What a source of simulated waves says: which stations, which events, which noise, from which seed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.memory import refuse_absurd
from seisdsl.data.parts import patterns_of
from seisdsl.data.stations import Station, network, read_stations
from seisdsl.language.types import TimeRange
from seisdsl.operator import SourceSettings, Unsuitable
from seisdsl.resources import STDLIB

if TYPE_CHECKING:
    from seisdsl.data.truth import Sites, Truth
    from seisdsl.data.waves import Waves

BEGIN = 1_471_219_200_000_000_000  # 2016-08-15T00:00Z, in the tremor episode that the examples speak of
DURATION = 600.0
RATE = 100.0
PER_HOUR = 60.0
RATES = (1.0, 1000.0)
SCENES = STDLIB / "scenes"
KINDS = ("earthquake", "tremor")
NOISES = ("plain", "rough")
GROUNDS = ("soft", "rock")
SHORTEST, LONGEST = 1.0, 300.0  # seconds, of a tremor


@dataclass(frozen=True)
class Planned:
    """An event at a set time (ns), with its place (degrees, m), magnitude, and of a tremor its length (s)."""

    kind: Literal["earthquake", "tremor"]
    origin: int
    latitude: float
    longitude: float
    depth: float
    magnitude: float
    duration: float = 0.0


@dataclass(frozen=True)
class Scene:
    """What is simulated: earthquakes and tremors at random, so many an hour on average, and those planned.

    It is called with a time and tells what is true of it.
    """

    stations: tuple[Station, ...]
    rate: float = RATE
    seed: int = 1
    per_hour: float = PER_HOUR
    smallest: float = 1.5
    planned: tuple[Planned, ...] = ()
    tremors: float = 0.0
    noise: Literal["plain", "rough"] = "plain"
    ground: Literal["soft", "rock"] = "soft"

    def __call__(self, time: TimeRange) -> Truth:
        from seisdsl.methods.simulate.truths import truth

        return truth(self, time)

    @property
    def codes(self) -> tuple[str, str, str]:
        """Band, instrument and component of a short-period velocity sensor: up, north and east."""
        band = "DH" if self.rate >= 250 else "EH" if self.rate >= 80 else "SH" if self.rate >= 10 else "MH"
        return band + "Z", band + "N", band + "E"


def is_simulated(source: SourceSettings) -> bool:
    """A source of real records may have taken a network from the library's source of its name."""
    return not source.get("archive") and source.get("waves") is None


def scene_of(source: SourceSettings, **given: Any) -> Scene:
    """The scene that a source describes; what is given stands above what it says.

    A network with events of its own, in `stdlib/scenes`, has no others unless they are asked for.
    """

    def said(key: str, otherwise: Any) -> Any:
        value = given.get(key)
        return source.get(key, otherwise) if value is None else value

    rate = said("rate", RATE)
    if not RATES[0] <= rate <= RATES[1]:
        raise Unsuitable(
            f"waves are simulated at {RATES[0]:g} to {RATES[1]:g} Hz, not at {rate:g} Hz", parameter="rate"
        )
    events = _planned_events(source, said("events", None))
    return Scene(
        stations_of(source),
        rate,
        said("seed", 1),
        said("earthquakes", 0.0 if events else PER_HOUR),
        said("smallest", 1.5),
        events,
        said("tremors", 0.0),
        _one_of("noise", NOISES, said("noise", "plain")),
        _one_of("ground", GROUNDS, said("ground", "soft")),
    )


def _one_of(setting: str, words: tuple[str, ...], word: str) -> Any:
    if word not in words:
        raise Unsuitable(f"`{setting}` is {' or '.join(words)}, found {word}", parameter=setting)
    return word


def time_of(source: SourceSettings, duration: float | None = None) -> TimeRange:
    """The time that is simulated where none is asked for."""
    said = source.get("time")
    if said and duration is None:
        time: TimeRange = said
        return time
    begin = said.start if said else BEGIN
    return TimeRange(begin, begin + round((duration or source.get("duration", DURATION)) * 1e9))


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


def _planned_events(source: SourceSettings, name: str | None) -> tuple[Planned, ...]:
    """Those that are asked for by name or in a file, or those of the source's networks."""
    if name is None:
        return tuple(event for network in _networks(source) for event in planned(network))
    if name == "none":
        return ()
    if found := planned(name):
        return found
    if not Path(name).is_file():
        known = ", ".join(sorted(path.stem for path in SCENES.glob("*.csv")))
        raise Unsuitable(
            f"no scene or file is called `{name}`",
            parameter="events",
            notes=[f"the library knows {known}; `none` plans nothing"],
        )
    return _read(Path(name))


def planned(name: str) -> tuple[Planned, ...]:
    """The events that a scene of the standard library has at set times."""
    path = SCENES / f"{name}.csv"
    return _read(path) if path.is_file() else ()


def _read(path: Path) -> tuple[Planned, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_event(row, path) for row in csv.DictReader(file))


def _event(row: dict[str, Any], path: Path) -> Planned:
    kind: Any = row.get("kind") or "earthquake"
    try:
        latitude, longitude, depth, magnitude, after = (
            float(row[key]) for key in ("latitude", "longitude", "depth", "magnitude", "after")
        )
        duration = float(row.get("duration") or 0)
    except (KeyError, TypeError, ValueError):
        raise Unsuitable(
            f"cannot read the events of {path.name}",
            parameter="events",
            notes=["it needs after (s), latitude, longitude, depth (m), magnitude, and kind and duration"],
        ) from None
    if kind not in KINDS or (kind == "tremor" and not SHORTEST <= duration <= LONGEST):
        raise Unsuitable(
            f"{path.name} plans a {kind} of {duration:g} s",
            parameter="events",
            notes=[f"there are {' and '.join(KINDS)}, and a tremor lasts {SHORTEST:g} to {LONGEST:g} s"],
        )
    return Planned(kind, BEGIN + round(after * 1e9), latitude, longitude, depth, magnitude, duration)


def sites(scene: Scene) -> Sites:
    """The ground and the noise at each station of a scene."""
    from seisdsl.methods.simulate.stations import sites_of

    return sites_of(scene)


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
