"""Which event a record is of: the one whose waves it holds, and of several the strongest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seisdsl.methods.motion.geometry import epicentral, hypocentral

Values = NDArray[np.float64]
QUICK, SLOW = 8.2, 2.8  # km/s: no P wave is quicker on average, and few S waves slower
EARLY = 2.0  # seconds by which an origin time and a clock may be wrong


def events_of(
    start: Values, seconds: Values, distance: Values, origin: Values, magnitude: Values, depth: Values
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each record's event, -1 where it has none, and how many could be it.

    `distance` [record, event] is epicentral, in kilometres; times are in seconds. A record holds an
    event if waves of it can come while the record lasts, the first P waves or the last S waves. Which
    is the strongest is told by the magnitude less what is lost on the way.
    """
    far = np.hypot(distance, depth)
    first, last = origin + far / QUICK - EARLY, origin + far / SLOW + EARLY
    begin, end = start[:, None], (start + seconds)[:, None]
    holds = (last >= begin) & (first <= end)
    strong = np.where(holds, strength(magnitude, far), -np.inf)
    found = np.where(holds.any(1), strong.argmax(1) if strong.shape[1] else 0, -1)
    return found.astype(np.int64), holds.sum(1)


def strength(magnitude: Values, far: Values) -> Values:
    """About the logarithm of the amplitude at a hypocentral distance."""
    found: Values = np.where(np.isfinite(magnitude), 0.5 * magnitude, 0.0) - np.log10(far + 1) - 0.003 * far
    return found


def arrivals(
    latitude: float, longitude: float, to_lat: Values, to_lon: Values, depth: Values
) -> tuple[Values, Values, Values]:
    """Of a station and events: the hypocentral distance, the first P wave and the last S wave that can come."""
    far = hypocentral(epicentral(latitude, longitude, to_lat, to_lon), depth)
    return far, far / QUICK - EARLY, far / SLOW + EARLY
