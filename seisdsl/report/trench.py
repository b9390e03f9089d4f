"""Axes of trenches, as maps show them: `stdlib/map` says where they are from."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import numpy as np

from seisdsl.report.style import TRENCH, outlined
from seisdsl.resources import STDLIB


@cache
def trenches() -> dict[str, np.ndarray[Any, Any]]:
    """Points [point, longitude and latitude] of each axis by its name."""
    found: dict[str, list[tuple[float, float]]] = {}
    with (STDLIB / "map" / "trenches.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["name"], []).append((float(row["longitude"]), float(row["latitude"])))
    return {name: np.array(points) for name, points in found.items()}


def draw_trenches(axes: Any, box: tuple[float, float, float, float]) -> None:
    """Those in a box of west, east, south and north, dashed, with their names."""
    west, east, south, north = box
    for name, points in trenches().items():
        fine = np.linspace(0, len(points) - 1, 20 * len(points))
        lon, lat = (np.interp(fine, np.arange(len(points)), column) for column in points.T)
        inside = (lon > west) & (lon < east) & (lat > south) & (lat < north)
        if not inside.any():
            continue
        axes.plot(*points.T, color=TRENCH, lw=1.1, ls=(0, (6, 2)), zorder=1.5)
        if np.hypot(np.ptp(lon[inside]), np.ptp(lat[inside])) < 0.25 * max(east - west, north - south):
            continue
        middle = np.flatnonzero(inside)[inside.sum() // 2]
        near = slice(max(middle - 10, 0), middle + 10)
        slope = np.polyfit(lat[near], lon[near], 1)[0] if np.ptp(lat[near]) > np.ptp(lon[near]) else None
        squeeze = np.cos(np.deg2rad(lat[middle]))
        rise = 1 / slope / squeeze if slope else np.polyfit(lon[near], lat[near], 1)[0] / squeeze
        axes.text(
            lon[middle], lat[middle], name, rotation=np.rad2deg(np.arctan(rise)), rotation_mode="anchor",
            fontsize=8, color=TRENCH, ha="center", va="bottom", style="italic", clip_on=True, zorder=1.5,
            path_effects=outlined(),
        )  # fmt: skip
