"""Which event a record is of: the one whose waves it holds, and of several the strongest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    strength = np.where(np.isfinite(magnitude), 0.5 * magnitude, 0.0) - np.log10(far + 1) - 0.003 * far
    strength = np.where(holds, strength, -np.inf)
    found = np.where(holds.any(1), strength.argmax(1) if strength.shape[1] else 0, -1)
    return found.astype(np.int64), holds.sum(1)
