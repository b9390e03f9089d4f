"""The graph of a network: which stations are neighbours, and which take over where one is dead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

EARTH = 6371.0  # km


@dataclass(frozen=True)
class Neighbours:
    """`near` [station, station] tells who is whose neighbour, `distance` how far apart they are (km)."""

    near: Tensor
    distance: Tensor


def local(latitude: Any, longitude: Any) -> np.ndarray[Any, Any]:
    """Kilometres east and north of the middle of the places, [place, 2]."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    turned = (lon - lon[0] + 180) % 360 - 180 + lon[0]  # a network may lie across the date line
    middle = np.array([lat.mean(), turned.mean()])
    north = np.deg2rad(lat - middle[0]) * EARTH
    east = np.deg2rad(turned - middle[1]) * EARTH * np.cos(np.deg2rad(middle[0]))
    return np.stack([east, north], axis=1)


def neighbours(places: np.ndarray[Any, Any], farthest: float, nearest: int) -> Neighbours:
    """Edges of the Delaunay triangulation and to the nearest stations, none longer than `farthest`."""
    count = len(places)
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    near = np.zeros((count, count), bool)
    for triangle in _triangles(places):
        near[np.ix_(triangle, triangle)] = True
    order = np.argsort(apart + np.diag(np.full(count, np.inf)), axis=1)[:, : min(nearest, count - 1)]
    near[np.arange(count)[:, None], order] = True
    near = (near | near.T) & (apart <= farthest)
    np.fill_diagonal(near, False)
    return Neighbours(torch.from_numpy(near), torch.from_numpy(apart))


def _triangles(places: np.ndarray[Any, Any]) -> Any:
    from scipy.spatial import Delaunay, QhullError

    try:
        return Delaunay(places).simplices
    except (QhullError, ValueError):  # fewer than three stations, or all in a line
        return ()


def bridged(graph: Neighbours, alive: Tensor, farthest: float) -> Tensor:
    """Who is whose neighbour where only some stations are `alive`, [station, station].

    The neighbours of a dead station become neighbours of one another where they are near enough; so
    do those of a chain of dead ones.
    """
    near, close = graph.near.clone(), graph.distance <= farthest
    for dead in (~alive).nonzero()[:, 0].tolist():
        around = near[dead]
        near |= around[:, None] & around[None] & close
    near &= alive[:, None] & alive[None]
    return near.fill_diagonal_(False)
