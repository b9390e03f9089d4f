"""Stations as an obspy inventory, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seisdsl.data.stations import Station
from seisdsl.data.waves import Waves

if TYPE_CHECKING:
    from obspy import Inventory


def inventory_of(of: Waves | Sequence[Station]) -> Inventory:
    """The stations of waves, with their channels, or those of a list.

    Channels without coordinates are left out: an inventory has none such.
    """
    from obspy import Inventory
    from obspy.core.inventory import Network

    networks: dict[str, dict[tuple[Any, ...], Any]] = {}
    if isinstance(of, Waves):
        for channel in of.channels:
            if channel.latitude is not None and channel.longitude is not None:
                place = (channel.latitude, channel.longitude, channel.elevation or 0.0)
                stations = networks.setdefault(channel.network, {})
                key = (channel.station, *place)
                station = stations.setdefault(key, _station(channel.station, place))
                station.channels.append(_channel(channel.code, channel.location, place, of.rate))
    else:
        for one in of:
            stations = networks.setdefault(one.network, {})
            stations[one.station, *one.place, one.since] = _station(
                one.station, one.place, start_date=_time(one.since), end_date=_time(one.until)
            )
    return Inventory(
        networks=[Network(code, stations=list(held.values())) for code, held in networks.items()],
        source="seisdsl",
    )


def _station(code: str, place: tuple[float, float, float], **dates: Any) -> Any:
    from obspy.core.inventory import Station as Listed

    latitude, longitude, elevation = place
    return Listed(code, latitude, longitude, elevation, **dates)


def _channel(code: str, location: str, place: tuple[float, float, float], rate: float) -> Any:
    from obspy.core.inventory import Channel as Listed

    latitude, longitude, elevation = place
    return Listed(code, location, latitude, longitude, elevation, 0.0, sample_rate=rate)


def _time(ns: int | None) -> Any:
    from obspy import UTCDateTime

    return None if ns is None else UTCDateTime(ns=ns)


def stations_of(inventory: Inventory) -> tuple[Station, ...]:
    """The stations of an inventory, an entry for each epoch."""
    return tuple(
        Station(
            network.code,
            entry.code,
            float(entry.latitude),
            float(entry.longitude),
            float(entry.elevation),
            entry.start_date and int(entry.start_date.ns),
            entry.end_date and int(entry.end_date.ns),
        )
        for network in inventory
        for entry in network
    )
