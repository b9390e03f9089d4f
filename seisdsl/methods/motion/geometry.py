"""Distances and directions on the sphere, in kilometres and degrees, element by element."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]
RADIUS = 6371.0


def epicentral(latitude: ArrayLike, longitude: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike) -> Values:
    """Distance along the surface."""
    lat, lon, lat2, lon2 = (np.radians(np.asarray(v, float)) for v in (latitude, longitude, to_lat, to_lon))
    half = np.sin((lat2 - lat) / 2) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    found: Values = 2 * RADIUS * np.arcsin(np.sqrt(half.clip(0, 1)))
    return found


def azimuth(latitude: ArrayLike, longitude: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike) -> Values:
    """Direction of the second place from the first, clockwise from north, 0 to 360."""
    lat, lon, lat2, lon2 = (np.radians(np.asarray(v, float)) for v in (latitude, longitude, to_lat, to_lon))
    east = np.sin(lon2 - lon) * np.cos(lat2)
    north = np.cos(lat) * np.sin(lat2) - np.sin(lat) * np.cos(lat2) * np.cos(lon2 - lon)
    found: Values = np.degrees(np.arctan2(east, north)) % 360
    return found


def hypocentral(epicentral: ArrayLike, depth: ArrayLike) -> Values:
    found: Values = np.hypot(np.asarray(epicentral, float), np.asarray(depth, float))
    return found
