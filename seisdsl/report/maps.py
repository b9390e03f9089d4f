"""Maps: places in degrees with the coast, and panels of depth beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.report.coast import coast
from seisdsl.report.style import INK, LAND, SEA, STATION, outlined
from seisdsl.report.trench import draw_trenches

_MARGIN = 0.08  # of the larger side, around what is shown
_LEAST = 0.4  # degrees


def around(longitudes: Any, latitudes: Any) -> tuple[float, float, float, float]:
    """West, east, south and north of a map that shows all of these places."""
    lon, lat = (np.asarray(x, float) for x in (longitudes, latitudes))
    lon, lat = lon[np.isfinite(lon)], lat[np.isfinite(lat)]
    side = max(np.ptp(lon), np.ptp(lat), _LEAST)
    edge = max(_MARGIN * side, (_LEAST - min(np.ptp(lon), np.ptp(lat))) / 2)
    return (
        float(lon.min() - edge),
        float(lon.max() + edge),
        float(max(lat.min() - edge, -89)),
        float(min(lat.max() + edge, 89)),
    )


def draw_map(axes: Any, box: tuple[float, float, float, float], stations: Any = None) -> None:
    """The ground of a map: coast, trenches, and stations as triangles, [station, longitude and latitude]."""
    west, east, south, north = box
    axes.set_facecolor(SEA)
    lines = coast(*box)
    if len(lines):
        axes.plot(lines[:, 0], lines[:, 1], color=LAND, lw=0.7, zorder=1)
    draw_trenches(axes, box)
    if stations is not None and len(stations):
        axes.scatter(
            stations[:, 0],
            stations[:, 1],
            marker="^",
            s=14,
            color="white",
            edgecolor=STATION,
            lw=0.8,
            zorder=2,
        )
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / max(np.cos(np.deg2rad((south + north) / 2)), 0.05))
    axes.set_xlabel("longitude (°E)")
    axes.set_ylabel("latitude (°N)")
    _scale_bar(axes, box)


def _scale_bar(axes: Any, box: tuple[float, float, float, float]) -> None:
    west, east, south, north = box
    per_degree = 111.2 * np.cos(np.deg2rad(south))
    wide = (east - west) * per_degree / 4
    power = 10 ** np.floor(np.log10(wide))
    length = max(n * power for n in (1, 2, 5) if n * power <= wide)
    left, low = west + 0.03 * (east - west), south + 0.03 * (north - south)
    right = left + length / per_degree
    axes.plot([left, right], [low, low], color=INK, lw=2, zorder=5, path_effects=outlined())
    axes.text(right, low, f" {length:g} km", va="center", fontsize=8, zorder=5, path_effects=outlined())


def paper_of(box: tuple[float, float, float, float] | None) -> tuple[float, float]:
    """Width and height of a map in inches, as its place on the Earth asks for."""
    if box is None:
        return 4.0, 3.0
    west, east, south, north = box
    across = (east - west) * np.cos(np.deg2rad((south + north) / 2))
    larger = max(across, (north - south) * 0.85)
    return float(max(5.0 * across / larger, 1.2)), float(max(5.0 * (north - south) / larger, 1.2))
