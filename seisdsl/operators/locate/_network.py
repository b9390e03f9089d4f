"""The stations of a record that a part of an episode is located with, in kilometres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.table import Table
from seisdsl.data.waves import Channel, Waves
from seisdsl.operator import Unsuitable
from seisdsl.operators.locate._episodes import Part

if TYPE_CHECKING:
    from torch import Tensor

MOST = 20  # stations: their pairs grow with the square of it
BOX = 20.0  # km: half the size of a grid is a multiple of it


@dataclass(frozen=True)
class Network:
    """Stations with coordinates, and the traces of one instrument of each."""

    names: tuple[tuple[str, str], ...]
    traces: tuple[tuple[int, ...], ...]
    places: Tensor  # [station, (latitude, longitude, depth in km)]
    sites: Tensor  # [station]: logarithms of gains


def network_of(waves: Waves, sites: Table | None) -> Network:
    import torch

    gains = gains_of(sites)
    found: dict[tuple[str, str], tuple[tuple[int, ...], Channel]] = {}
    for traces in waves.by_instrument().values():
        channel = waves.channels[traces[0]]
        name = (channel.network, channel.station)
        if channel.latitude is not None and channel.longitude is not None and name not in found:
            found[name] = (tuple(traces), channel)
    if not found:
        raise Unsuitable(
            "no station of these waves has coordinates",
            notes=["`locate` reads them from the stations of the source"],
            repair='name a station file: source MY-NET: Waves { stations = "stations.xml" ... }',
        )
    places = [
        (channel.latitude, channel.longitude, -(channel.elevation or 0.0) / 1000)
        for _, channel in found.values()
    ]
    return Network(
        tuple(found),
        tuple(traces for traces, _ in found.values()),
        torch.tensor(places, dtype=torch.float64),
        torch.tensor([gains.get(station, 0.0) for _, station in found], dtype=torch.float64),
    )


def gains_of(sites: Table | None) -> dict[str, float]:
    if sites is None:
        return {}
    lacking = {"station", "gain_log"} - set(sites.frame.columns)
    if lacking:
        raise Unsuitable(
            f"a table of site terms has the columns station and gain_log; this one lacks {min(lacking)}",
            parameter="sites",
        )
    rows = sites.frame.select("station", "gain_log").drop_nulls().rows()
    return {str(station): float(gain) for station, gain in rows if math.isfinite(gain)}


@dataclass(frozen=True)
class Around:
    """The stations of one part, nearest first: their numbers, and east, north, depth (km) from its middle."""

    numbers: tuple[int, ...]
    places: Tensor
    half: float  # of the box to look in, along the surface


def around(part: Part, network: Network, margin: float, farthest: float = math.inf) -> Around:
    """Those of the group and those within `margin` km of one of them, up to `MOST`.

    A station that is nearer to another group of the same time hears that one. No source is looked
    for more than `farthest` km from the middle.
    """
    import torch

    from seisdsl.methods.locate.grid import to_local

    origin = torch.tensor(part.middle, dtype=torch.float64)
    local = to_local(network.places[:, 0], network.places[:, 1], origin)
    own = [number for number, name in enumerate(network.names) if name in part.stations]
    if not own:
        return Around((), local.new_zeros(0, 3), BOX)
    apart = torch.cdist(local, local[own]).amin(1)
    distance = local.norm(dim=1)
    apart[_nearer_to_others(local, distance, origin, part)] = torch.inf
    apart[own] = 0
    near = sorted((n for n in range(len(local)) if apart[n] <= margin), key=lambda n: float(distance[n]))[
        :MOST
    ]
    reach = min(float(local[own].abs().max()) + margin, farthest)
    places = torch.cat([local[near], network.places[near, 2:]], 1)
    return Around(tuple(near), places, math.ceil(reach / BOX) * BOX)


def _nearer_to_others(local: Tensor, distance: Tensor, origin: Tensor, part: Part) -> Tensor:
    import torch

    from seisdsl.methods.locate.grid import to_local

    others = torch.tensor(part.others, dtype=torch.float64).view(-1, 2)
    if not len(others):
        return torch.zeros_like(distance, dtype=torch.bool)
    return torch.cdist(local, to_local(others[:, 0], others[:, 1], origin)).amin(1) < distance
