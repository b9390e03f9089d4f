"""Sections of depth through a catalogue: along where its events lie, and across."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Catalog
from seisdsl.report.catalogs import columns_of, magnitude_key, sizes_of, title_of
from seisdsl.report.spans import offsets
from seisdsl.report.style import FAINT, INK, SCALE, TRENCH, TRUE, WIDE, nothing, plain
from seisdsl.report.trench import trenches

_ACROSS = 6.0  # inches of a section
_LEAST, _MOST = 1.0, 3.2
_POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def depth_sections(catalog: Catalog, truth: Catalog | None = None, stations: Any = None) -> Figure:
    """Two sections at right angles, the first along the direction in which the epicentres spread most."""
    rows = columns_of(catalog)
    lon, lat = rows["longitude"], rows["latitude"]
    there = np.isfinite(lon) & np.isfinite(lat) & np.isfinite(rows["depth"])
    if not there.any():
        return Figure(lambda canvas: nothing(canvas, "no depth is known"), size=(WIDE, 3.0))
    middle = float(np.median(lat[there])), float(np.median(lon[there]))
    azimuth = _strike(*offsets(*middle, lat[there], lon[there]))
    true = columns_of(truth) if truth is not None else None
    ways = (azimuth, (azimuth + 90) % 360)
    reach = [_reach(rows, true, middle, way) for way in ways]
    deep = [rows["depth"], *([true["depth"]] if true is not None else [])]
    top = max(float(np.nanmax(np.concatenate(deep))) * 1.08, 5.0)
    times, tall = zip(*(_stretched(top, high - low) for low, high in reach), strict=True)

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(2, 1, height_ratios=tall)
        for axes, way, (low, high), times_larger in zip(panels, ways, reach, times, strict=True):
            along = _along(rows, middle, way)
            if "depth_spread" in rows:
                axes.errorbar(along, rows["depth"], yerr=np.nan_to_num(rows["depth_spread"]), fmt="none",
                              ecolor=FAINT, elinewidth=0.7, zorder=2)  # fmt: skip
            axes.scatter(along, rows["depth"], s=sizes_of(rows), c=rows["depth"], cmap=SCALE, vmin=0, vmax=top,
                         edgecolor="white", lw=0.5, zorder=3)  # fmt: skip
            if true is not None:
                axes.scatter(_along(true, middle, way), true["depth"], marker="+", s=60, color=TRUE, lw=1.3,
                             label="true", zorder=4)  # fmt: skip
            if stations is not None and len(stations):
                at = _along({"longitude": stations[:, 0], "latitude": stations[:, 1]}, middle, way)
                axes.plot(at[(at >= low) & (at <= high)], np.zeros(((at >= low) & (at <= high)).sum()), "^",
                          color="white", mec=INK, mew=0.6, ms=5, clip_on=False, zorder=5)  # fmt: skip
            for name, at in _crossings(middle, way, low, high):
                axes.axvline(at, color=TRENCH, ls=(0, (6, 2)), lw=1.1, zorder=1)
                axes.text(at, 0.03 * top, f" {name}", color=TRENCH, fontsize=8, style="italic", va="top")
            axes.set_xlim(low, high)
            axes.set_ylim(top, -0.04 * top)
            axes.set_ylabel("depth (km)")
            axes.set_xlabel("distance (km)")
            far, near = _points(way)
            axes.set_title(near, loc="left", weight="bold")
            axes.set_title(far, loc="right", weight="bold")
            axes.set_title(f"towards {way:.0f}°" + (f", depth × {times_larger}" if times_larger > 1 else ""))
            axes.set_aspect(times_larger)
            plain(axes)
        if true is not None:
            canvas.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left")
        magnitude_key(canvas, rows, "outside lower right")

    said = [f"through {middle[0]:.2f}°N {middle[1]:.2f}°E"]
    if "depth_spread" in rows:
        said.append("bars: one s.d.")
    return Figure(draw, title_of(catalog, truth), "; ".join(said), (WIDE, 2.6 + sum(tall)), catalog.simulated)


def _stretched(deep: float, wide: float) -> tuple[int, float]:
    """How many times as large as distances depths are drawn, and how many inches they then take."""
    times = next((n for n in (1, 2, 5, 10, 20) if _ACROSS * n * deep / wide >= _LEAST), 50)
    return times, min(_ACROSS * times * deep / wide, _MOST)


def _strike(east: Any, north: Any) -> float:
    """The direction in which places spread most, from north over east, below 180 degrees."""
    if len(east) < 3:
        return 0.0
    spread = np.cov(np.vstack([east, north]))
    _, vectors = np.linalg.eigh(spread)
    return float(np.rad2deg(np.arctan2(vectors[0, -1], vectors[1, -1])) % 180)


def _along(rows: Any, middle: tuple[float, float], azimuth: float) -> Any:
    east, north = offsets(*middle, rows["latitude"], rows["longitude"])
    turn = np.deg2rad(azimuth)
    return east * np.sin(turn) + north * np.cos(turn)


def _reach(rows: Any, true: Any, middle: tuple[float, float], azimuth: float) -> tuple[float, float]:
    parts = [_along(one, middle, azimuth) for one in (rows, true) if one is not None]
    every = np.concatenate(parts)
    every = every[np.isfinite(every)]
    edge = max(0.06 * np.ptp(every), 5.0)
    return float(every.min() - edge), float(every.max() + edge)


def _crossings(
    middle: tuple[float, float], azimuth: float, low: float, high: float
) -> list[tuple[str, float]]:
    """Where axes of trenches cross the line of a section."""
    found = []
    for name, points in trenches().items():
        rows = {"longitude": points[:, 0], "latitude": points[:, 1]}
        along, aside = _along(rows, middle, azimuth), _along(rows, middle, azimuth + 90)
        for at in np.flatnonzero(np.diff(np.sign(aside)) != 0):
            share = aside[at] / (aside[at] - aside[at + 1])
            place = float(along[at] + share * (along[at + 1] - along[at]))
            if low <= place <= high:
                found.append((name, place))
    return found


def _points(azimuth: float) -> tuple[str, str]:
    """The points of the compass towards which a section runs, and from which."""
    point = round(azimuth / 45) % 8
    return _POINTS[point], _POINTS[(point + 4) % 8]
