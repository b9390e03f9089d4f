"""Distances on the Earth, for pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

RADIUS = 6371.0  # km
DEGREE = np.pi * RADIUS / 180


def apart(latitude: float, longitude: float, latitudes: Any, longitudes: Any) -> Any:
    """Kilometres along the surface from one place to others."""
    lat, lon, lats, lons = (
        np.deg2rad(np.asarray(x, float)) for x in (latitude, longitude, latitudes, longitudes)
    )
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def offsets(latitude: float, longitude: float, latitudes: Any, longitudes: Any) -> tuple[Any, Any]:
    """Kilometres east and north of a place, on a plane that touches the Earth there."""
    lats, lons = np.asarray(latitudes, float), np.asarray(longitudes, float)
    turned = (lons - longitude + 180) % 360 - 180
    return turned * DEGREE * np.cos(np.deg2rad(latitude)), (lats - latitude) * DEGREE
