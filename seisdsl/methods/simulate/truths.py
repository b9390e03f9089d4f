"""The truth behind simulated waves: events, onsets, and where they are to be heard; no wave is made for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import torch

from seisdsl.data.scenes import Scene
from seisdsl.data.stations import Station
from seisdsl.data.table import Picks
from seisdsl.data.truth import Heard, Truth
from seisdsl.data.waves import NS
from seisdsl.language.types import ColumnOf, TimeRange, Type
from seisdsl.methods.simulate import seismograms
from seisdsl.methods.simulate.events import earthquakes, tremors
from seisdsl.methods.simulate.hearing import FAINT, Hearing, hearing
from seisdsl.methods.simulate.nuisances import Nuisance, nuisances
from seisdsl.methods.simulate.sources import Earthquake
from seisdsl.methods.simulate.stations import Network, network_of
from seisdsl.methods.simulate.tremor import Tremor
from seisdsl.methods.simulate.waveforms import PHASES

_LOUD = 1.0  # of the noise: what a true arrival's expected peak, or a tremor's waves, reach
_MORE = {
    "event": ColumnOf(Type("Text"), help="its name, the same in all tables"),
    "duration": ColumnOf(Type("Time"), "s", "of the source"),
    "energy": ColumnOf(Type("Energy"), "J", "radiated as seismic waves"),
    "stress_drop": ColumnOf(Type("Pressure"), "Pa"),
    "strike": ColumnOf(Type("Angle"), "deg"),
    "dip": ColumnOf(Type("Angle"), "deg"),
    "rake": ColumnOf(Type("Angle"), "deg"),
}
Row = tuple[object, ...]


def truth(scene: Scene, time: TimeRange) -> Truth:
    """The earthquakes of which an onset lies in a time, the tremors that are heard in it, and where."""
    network, stations = network_of(scene, torch.device("cpu")), scene.stations
    events: list[Row] = []
    onsets: list[Row] = []
    heard: list[Row] = []
    for quake in earthquakes(scene, time):
        found = list(_onsets(quake, network, scene, time))
        onsets += (row for _, row in found)
        heard += _heard(quake, hearing(quake, network), stations, time)
        if found:
            source = (quake.stress_drop, *quake.mechanism)
            events.append(_event(quake, len({number for number, _ in found}), source))
    for tremor in tremors(scene, time):
        told = hearing(tremor, network)
        rows = list(_heard(tremor, told, stations, time))
        heard += rows
        if rows:
            events.append(_event(tremor, int((told.score >= _LOUD).sum()), (None,) * 4))
    for nuisance in nuisances(scene, time):
        heard += _disturbed(nuisance, network, stations, time)
    names = [*Truth.COLUMNS, *_MORE]
    return Truth.of(
        _columns(names, sorted(events, key=lambda row: row[:3])),
        extra=_MORE,
        simulated=True,
        arrivals=Picks.of(_columns(Picks.COLUMNS, sorted(onsets)), simulated=True),
        heard=Heard.of(_columns(Heard.COLUMNS, sorted(heard)), simulated=True),
    )


def _event(event: Earthquake | Tremor, stations: int, source: Row) -> Row:
    place = (event.latitude, event.longitude, event.depth / 1e3, event.magnitude)
    how = (1.0, stations, _name(_kind(event), event.origin, *place[:2]), event.duration, event.energy)
    return (event.origin, *place, _kind(event), *how, *source)


def _kind(event: Earthquake | Tremor) -> str:
    return "earthquake" if isinstance(event, Earthquake) else "tremor"


def _name(kind: str, begin: int, latitude: float, longitude: float) -> str:
    """From its time and place, so that it is the same in every part of a record."""
    at = dt.datetime(1970, 1, 1) + dt.timedelta(milliseconds=begin // 10**6)
    return f"{kind} {at.isoformat(timespec='milliseconds')}Z {latitude:.3f} {longitude:.3f}"


def _onsets(quake: Earthquake, network: Network, scene: Scene, time: TimeRange) -> Iterator[tuple[int, Row]]:
    """True arrivals of an earthquake in a time, with the number of the station."""
    path, (up, north, _) = seismograms.path_of(quake, network), scene.codes
    for phase in PHASES:
        peak = seismograms.peaks(quake, network, path, phase)
        ratios, sizes = (peak / network.noise).tolist(), (peak * network.louder(phase)).tolist()
        for number, (travel, ratio) in enumerate(zip(path.travel[phase].tolist(), ratios, strict=True)):
            at = quake.origin + round(travel * NS)
            if ratio >= _LOUD and time.start <= at < time.end:
                station, code = scene.stations[number], up if phase == "P" else north
                size = sizes[number]
                yield number, (at, station.network, station.station, "", code, phase, ratio, 0.0, size)


def _heard(
    event: Earthquake | Tremor, told: Hearing, stations: Sequence[Station], time: TimeRange
) -> Iterator[Row]:
    kind = _kind(event)
    named = _name(kind, event.origin, event.latitude, event.longitude)
    begins, ends, scores, distances = (
        part.tolist() for part in (told.begin, told.end, told.score, told.distance)
    )
    for number in (told.score >= FAINT).nonzero()[:, 0].tolist():
        begin, end = (event.origin + round(part[number] * NS) for part in (begins, ends))
        if begin < time.end and end > time.start:
            station = (stations[number].network, stations[number].station)
            yield (begin, end, *station, named, kind, scores[number], distances[number] / 1e3)


def _disturbed(
    nuisance: Nuisance, network: Network, stations: Sequence[Station], time: TimeRange
) -> Iterator[Row]:
    named = _name(nuisance.kind, nuisance.begin, nuisance.latitude, nuisance.longitude)
    scores = (nuisance.in_band(network) / network.background.sqrt()).tolist()
    delays, distances = nuisance.delay(network).tolist(), nuisance.distance(network).tolist()
    for number in nuisance.reached(network).tolist():
        begin = nuisance.begin + round(delays[number] * NS)
        end = begin + round(nuisance.duration * NS)
        if begin < time.end and end > time.start:
            station = (stations[number].network, stations[number].station)
            yield (begin, end, *station, named, nuisance.kind, scores[number], distances[number] / 1e3)


def _columns(names: Iterable[str], rows: Sequence[Row]) -> dict[str, Row]:
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
