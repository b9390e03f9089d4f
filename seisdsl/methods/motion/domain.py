"""Where a model has learnt: ranges of features, directions, magnitudes and distances that came together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
MAGNITUDE, DISTANCE = 0.25, 0.1  # of a cell: magnitude, and log10 of distance
SECTORS = 24  # of azimuth
FEWEST = 3  # rows in the cells around, for a place to be known


def cells(magnitude: Values, distance: Values) -> NDArray[np.int64]:
    """The cell of each row: [row, magnitude or distance]."""
    far = np.log10(np.maximum(distance, 0.1))
    return np.stack([np.floor(magnitude / MAGNITUDE), np.floor(far / DISTANCE)], 1).astype(np.int64)


def counted(own: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cells that have rows, and how many: [cell, magnitude, distance or number]."""
    places, number = np.unique(own, axis=0, return_counts=True)
    return np.concatenate([places, number[:, None]], 1)


def unknown(own: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether too few rows were in a cell and the eight around it."""
    there = {(int(m), int(d)): int(n) for m, d, n in known}
    asked, back = np.unique(own, axis=0, return_inverse=True)
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    few = [sum(there.get((m + i, d + j), 0) for i, j in around) < FEWEST for m, d in asked.tolist()]
    return np.array(few, bool)[back.ravel()]


def outside(values: Values, low: Values, high: Values) -> NDArray[np.bool_]:
    """Whether a feature lies beyond its range: [row, feature]; what is not known lies nowhere."""
    found: NDArray[np.bool_] = np.any((values < low) | (values > high), axis=1)
    return found


def sectors(azimuth: Values) -> NDArray[np.bool_]:
    """The sectors of azimuth, in degrees, that have rows, or whose neighbours have."""
    own = np.isin(np.arange(SECTORS), _sector(azimuth[np.isfinite(azimuth)]))
    return own | np.roll(own, 1) | np.roll(own, -1)


def astray(azimuth: Values, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a direction is in no such sector; one that is not known lies nowhere."""
    there = np.isfinite(azimuth)
    return there & ~known[_sector(np.where(there, azimuth, 0.0))]


def _sector(azimuth: Values) -> NDArray[np.int64]:
    return np.floor(azimuth % 360 / 360 * SECTORS).astype(np.int64) % SECTORS
