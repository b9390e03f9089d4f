"""The graph of a network: who is whose neighbour in a window, among the stations that were judged in it.

The graph of a window knows nothing of other stations: where one is dead or not there at all, those
around it are neighbours across the hole. So it is the same whatever part of a record is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

EARTH = 6371.0  # km


@dataclass(frozen=True)
class Network:
    """Stations as points of the unit sphere, [station, 3], and the km between them."""

    points: np.ndarray[Any, Any]
    distance: Tensor


@dataclass(frozen=True)
class Edges:
    """Neighbours, both ways: `one` and `other` are numbers into a flattened [window, station], `km` apart."""

    one: Tensor
    other: Tensor
    km: Tensor


def network(latitude: Any, longitude: Any) -> Network:
    lat, lon = np.deg2rad(np.asarray(latitude, float)), np.deg2rad(np.asarray(longitude, float))
    points = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    chord = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return Network(points, torch.from_numpy(2 * EARTH * np.arcsin(np.clip(chord / 2, 0, 1))))


def local(latitude: Any, longitude: Any) -> np.ndarray[Any, Any]:
    """Kilometres east and north of the middle of the places, [place, 2]."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    turned = (lon - lon[0] + 180) % 360 - 180 + lon[0]  # a network may lie across the date line
    middle = np.array([lat.mean(), turned.mean()])
    north = np.deg2rad(lat - middle[0]) * EARTH
    east = np.deg2rad(turned - middle[1]) * EARTH * np.cos(np.deg2rad(middle[0]))
    return np.stack([east, north], axis=1)


def neighbours(of: Network, alive: Tensor, farthest: float, nearest: int) -> Tensor:
    """Who is whose neighbour in each window, [window, station, station]; `alive` is [window, station].

    The edges of the Delaunay triangulation of the stations that are alive, and those to the nearest
    of them; none longer than `farthest` km.
    """
    near = torch.from_numpy(np.stack([_triangulated(of.points, own) for own in alive.cpu().numpy()]))
    near = near.to(alive.device)
    distance = of.distance.to(alive.device)
    within = int((distance <= farthest).sum(1).max())  # of a station, itself among them
    itself_first = distance - torch.eye(len(distance), device=alive.device)
    by_distance = itself_first.argsort(dim=1)[:, 1:within]
    there = alive[:, by_distance]  # [window, station, the nearest first]
    taken = there & (there.cumsum(-1) <= nearest)
    near.scatter_(2, by_distance.expand_as(taken), taken | near.gather(2, by_distance.expand_as(taken)))
    return (near | near.mT) & alive[:, :, None] & alive[:, None] & (distance <= farthest)


def _triangulated(points: np.ndarray[Any, Any], alive: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Edges of the triangulation on the sphere: those of the convex hull with the middle of the Earth."""
    from scipy.spatial import ConvexHull, QhullError

    near = np.zeros((len(points) + 1, len(points) + 1), bool)
    number = np.append(np.flatnonzero(alive), len(points))
    try:
        corners = number[ConvexHull(np.append(points[alive], [[0.0, 0.0, 0.0]], axis=0)).simplices]
    except (QhullError, ValueError):  # fewer than three stations, or all in a line
        return near[:-1, :-1]
    near[corners, np.roll(corners, 1, axis=1)] = True
    return near[:-1, :-1]


def edges(of: Network, alive: Tensor, farthest: float, nearest: int) -> Edges:
    """The same neighbours as a list."""
    patterns, which = torch.unique(alive, dim=0, return_inverse=True)
    near = neighbours(of, patterns, farthest, nearest)
    window, one, other = near[which].nonzero(as_tuple=True)
    stations = alive.shape[1]
    km = of.distance.to(alive.device)[one, other]
    return Edges(window * stations + one, window * stations + other, km)
