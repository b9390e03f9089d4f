"""Lists of stations: a CSV with network, station, latitude, longitude, elevation, or a StationXML."""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from seisdsl.data.accounts import iso
from seisdsl.data.parts import first
from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.resources import STDLIB

NETWORKS = STDLIB / "networks"
_NEEDED = ("network", "station", "latitude", "longitude", "elevation")


@dataclass(frozen=True)
class Station:
    """Degrees; metres above the sea, so that the sea floor is negative."""

    network: str
    station: str
    latitude: float
    longitude: float
    elevation: float
    since: int | None = None  # nanoseconds, where the list gives an epoch
    until: int | None = None

    @property
    def id(self) -> str:
        return f"{self.network}.{self.station}"

    def during(self, time: TimeRange) -> bool:
        """Whether its epoch has a part of a time."""
        began = self.since is None or self.since < time.end
        return began and (self.until is None or self.until > time.start)

    @property
    def place(self) -> tuple[float, float, float]:
        return self.latitude, self.longitude, self.elevation


def network_names() -> list[str]:
    """The networks whose stations the standard library knows."""
    return sorted(path.stem for path in NETWORKS.glob("*.csv"))


@cache
def network(name: str) -> tuple[Station, ...]:
    if name not in network_names():
        raise Unsuitable(
            f"no network is called `{name}`",
            parameter="network",
            notes=["known: " + ", ".join(network_names())],
        )
    return read_stations(str(NETWORKS / f"{name}.csv"))


def read_stations(path: str) -> tuple[Station, ...]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise _unsuitable(path, error.strerror or "cannot be opened") from None
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _from_stationxml(path, content)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _unsuitable(path, "it is neither text in UTF-8 nor StationXML") from None
    return _from_csv(path, [line for line in lines if not line.startswith("#")])


def _unsuitable(path: str, why: str) -> Unsuitable:
    return Unsuitable(
        f"cannot read stations from {path}: {why}",
        parameter="stations",
        notes=["a CSV needs the columns " + ", ".join(_NEEDED)],
    )


def _from_csv(path: str, lines: list[str]) -> tuple[Station, ...]:
    rows = csv.DictReader(lines, skipinitialspace=True)
    lacking = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if lacking:
        raise _unsuitable(path, "it has no column " + ", ".join(lacking))
    stations = []
    for number, row in enumerate(rows, start=2):
        try:
            latitude, longitude, elevation = (float(row[name]) for name in _NEEDED[2:])
        except (TypeError, ValueError):
            raise _unsuitable(path, f"row {number} lacks a number") from None
        if not (math.isfinite(elevation) and abs(latitude) <= 90 and abs(longitude) <= 360):
            raise _unsuitable(
                path, f"row {number}: {latitude:g}, {longitude:g}, {elevation:g} is nowhere on the Earth"
            )
        stations.append(Station(row["network"] or "", row["station"] or "", latitude, longitude, elevation))
    if not stations:
        raise _unsuitable(path, "it lists none")
    return tuple(stations)


def _from_stationxml(path: str, content: bytes) -> tuple[Station, ...]:
    import io

    import obspy

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unsuitable(path, "it defines XML entities, which StationXML has no use for")
    if b"FDSNStationXML" not in content[:4096]:
        raise _unsuitable(path, "it is XML, but not StationXML")
    try:
        inventory = obspy.read_inventory(io.BytesIO(content), format="STATIONXML")
    except Exception as error:
        raise _unsuitable(path, (str(error).strip() or type(error).__name__).splitlines()[0]) from error
    found = [_station(net.code, entry) for net in inventory for entry in net]
    if not found:
        raise _unsuitable(path, "it lists none")
    return tuple(found)


def _station(network: str, entry: Any) -> Station:
    since, until = (date and int(date.ns) for date in (entry.start_date, entry.end_date))
    return Station(
        network,
        entry.code,
        float(entry.latitude),
        float(entry.longitude),
        float(entry.elevation),
        since,
        until,
    )


def located(waves: Waves, stations: Sequence[Station], listed: str, time: TimeRange | None = None) -> Waves:
    """The same waves with the coordinates of a list; stations that it lacks keep their own.

    `time` is that of all the records, where these waves are only a part of them.
    """
    time = time or waves.span
    at: dict[str, Station] = {}
    for station in stations:
        if station.during(time):
            other = at.setdefault(station.id, station)
            if other.place != station.place:
                raise _contradiction(listed, other, station)
    known = {station.id for station in stations}
    channels: list[Channel] = []
    unlisted: set[str] = set()
    without: set[str] = set()
    for channel in waves.channels:
        name = f"{channel.network}.{channel.station}"
        if name in at:
            latitude, longitude, elevation = at[name].place
            channel = replace(channel, latitude=latitude, longitude=longitude, elevation=elevation)
        elif channel.latitude is None:
            (without if name in known else unlisted).add(name)
        channels.append(channel)
    if unlisted:
        warnings.warn(f"{listed} does not list {', '.join(first(sorted(unlisted)))}", stacklevel=2)
    if without:
        names = ", ".join(first(sorted(without)))
        warnings.warn(f"{listed} has no epoch of {names} at the time of the records", stacklevel=2)
    return replace(waves, channels=tuple(channels))


def _contradiction(listed: str, one: Station, other: Station) -> Unsuitable:
    return Unsuitable(
        f"cannot read stations from {listed}: it gives {one.id} two places at the time of the records",
        parameter="stations",
        notes=[
            f"{s.latitude:g}, {s.longitude:g}, {s.elevation:g} m from {_day(s.since)} to {_day(s.until)}"
            for s in (one, other)
        ],
        repair="mend the epochs, or take the records of one of them: time=",
    )


def _day(ns: int | None) -> str:
    return iso(ns)[:10] if ns is not None else "ever"
