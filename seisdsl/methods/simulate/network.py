"""A network's simulated waves over a time, with the truth behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import torch

from seisdsl.data.grid import Grid
from seisdsl.data.scenes import Scene
from seisdsl.data.table import Picks
from seisdsl.data.truth import Truth
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import ColumnOf, TimeRange, Type
from seisdsl.methods.simulate.draws import draws
from seisdsl.methods.simulate.noise import LOUDNESS, noise, station_noise
from seisdsl.methods.simulate.seismograms import PHASES, Network
from seisdsl.methods.simulate.sources import HOUR, Earthquake, earthquakes_of_hour, made

_LONGEST = 600 * NS  # the waves of an earthquake are over this long after its origin
_SITES = 0.6  # standard deviation of the logarithm of site gains
_HEARD = 1.0  # of the noise: what the expected peak of a true arrival reaches
_MORE = {
    "stress_drop": ColumnOf(Type("Pressure"), "Pa"),
    "strike": ColumnOf(Type("Angle"), "deg"),
    "dip": ColumnOf(Type("Angle"), "deg"),
    "rake": ColumnOf(Type("Angle"), "deg"),
}


def simulated_waves(scene: Scene, time: TimeRange, device: torch.device) -> Waves:
    """The waves of a scene. Whatever time is asked for, a sample at one instant is the same."""
    grid = Grid(scene.rate)
    first, last = grid.numbers(time)
    names = [station.id for station in scene.stations]
    samples = noise(scene.seed, names, scene.rate, first, last - first, device)
    network = _network(scene, device)
    for quake in _earthquakes(scene, time):
        network.record(quake, samples, first)
    samples = samples.flatten(0, 1)
    return Waves(
        samples,
        torch.ones_like(samples, dtype=torch.bool),
        rate=scene.rate,
        start=grid.time(first),
        channels=tuple(
            Channel(s.network, s.station, "", code, s.latitude, s.longitude, s.elevation)
            for s in scene.stations
            for code in _codes(scene.rate)
        ),
        unit="m/s",
        simulated=True,
        scene=partial(truth, scene),
    )


def _codes(rate: float) -> list[str]:
    """Band and instrument codes of a short-period velocity sensor, up, north and east."""
    band = "DH" if rate >= 250 else "EH" if rate >= 80 else "SH" if rate >= 10 else "MH"
    return [band + component for component in "ZNE"]


def _network(scene: Scene, device: torch.device) -> Network:
    names = [station.id for station in scene.stations]
    places = [(s.latitude, s.longitude, s.elevation) for s in scene.stations]
    gains = [draws(scene.seed, "site", name).lognormal(0, _SITES) for name in names]
    noises = [LOUDNESS * station_noise(scene.seed, name)[0] for name in names]
    return Network(
        names,
        torch.tensor(places, dtype=torch.float64, device=device),
        torch.tensor(gains, dtype=torch.float32, device=device),
        torch.tensor(noises, dtype=torch.float32, device=device),
        scene.rate,
        scene.seed,
    )


def _earthquakes(scene: Scene, time: TimeRange) -> Iterator[Earthquake]:
    """Those whose waves may reach into the time, by origin hour by hour."""
    earliest = time.start - _LONGEST
    places = [(s.latitude, s.longitude) for s in scene.stations]
    for hour in range(earliest // HOUR, (time.end - 1) // HOUR + 1):
        for quake in earthquakes_of_hour(scene.seed, hour, scene.per_hour, places, scene.smallest):
            if earliest <= quake.origin < time.end:
                yield quake
    for number, (origin, *place, depth, magnitude) in enumerate(scene.planned):
        if earliest <= origin < time.end:
            yield made(scene.seed, origin, place[0], place[1], depth, magnitude, (number,))


def truth(scene: Scene, time: TimeRange) -> Truth:
    """The earthquakes of which an onset lies in a time, and those onsets; no wave is made for it."""
    network, stations = _network(scene, torch.device("cpu")), scene.stations
    up, north, _ = _codes(scene.rate)
    events: list[tuple[object, ...]] = []
    onsets: list[tuple[object, ...]] = []
    for quake in _earthquakes(scene, time):
        arrivals, heard = network.arrivals(quake), set()
        for phase in PHASES:
            loud = (arrivals.peak[phase] / network.noise).tolist()
            for number, (travel, ratio) in enumerate(zip(arrivals.travel[phase].tolist(), loud, strict=True)):
                at = quake.origin + round(travel * NS)
                if ratio >= _HEARD and time.start <= at < time.end:
                    station, peak = stations[number], float(arrivals.peak[phase][number])
                    code = up if phase == "P" else north
                    onsets.append((at, station.network, station.station, "", code, phase, ratio, 0.0, peak))
                    heard.add(number)
        if heard:
            place = (quake.latitude, quake.longitude, quake.depth / 1e3)
            source = (quake.stress_drop, *quake.mechanism)
            events.append((quake.origin, *place, quake.magnitude, "earthquake", 1.0, len(heard), *source))
    picks = Picks.of(_columns(Picks.COLUMNS, sorted(onsets)), simulated=True)
    return Truth.of(
        _columns([*Truth.COLUMNS, *_MORE], sorted(events)), extra=_MORE, simulated=True, arrivals=picks
    )


def _columns(names: Iterable[str], rows: Sequence[tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
