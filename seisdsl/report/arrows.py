"""Motion on a map: an arrow at each site, true in direction, with ellipses of error, and a key of its length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from seisdsl.report.maps import around
from seisdsl.report.style import FAINT, INK, MARK, SCALE_BOTH

_LONGEST = 0.16  # of the map's larger side
_SURE = 2.45  # deviations of two components that hold 95 %
_ACROSS = 12  # arrows along the map's larger side, at most
_NAMED = 40  # sites whose names are written


@dataclass(frozen=True)
class Motion:
    """Of each site: degrees, motion east, north and up in `unit`, and errors of the horizontal ones."""

    names: tuple[str, ...]
    longitude: Any
    latitude: Any
    east: Any
    north: Any
    up: Any
    unit: str
    east_error: Any = None
    north_error: Any = None

    @property
    def largest(self) -> float:
        size = np.hypot(self.east, self.north)
        return float(np.nanmax(size)) if np.isfinite(size).any() else 0.0

    @property
    def scale(self) -> float:
        """Degrees of latitude for one unit of motion."""
        west, east, south, north = around(self.longitude, self.latitude)
        side = max(north - south, (east - west) * float(np.cos(np.deg2rad((south + north) / 2))))
        return _LONGEST * side / self.largest if self.largest else 0.0

    @property
    def drawn(self) -> Any:
        """The sites that have an arrow: of many, one of each cell of a grid."""
        known = np.flatnonzero(np.isfinite(self.east) & np.isfinite(self.north))
        if len(self.names) <= _NAMED:
            return known
        west, east, south, north = around(self.longitude, self.latitude)
        level = float(np.cos(np.deg2rad((south + north) / 2)))
        cell = max(north - south, (east - west) * level) / _ACROSS
        cells = np.stack([(self.longitude - west) * level // cell, (self.latitude - south) // cell])
        return known[np.sort(np.unique(cells[:, known], axis=1, return_index=True)[1])]

    def said(self) -> str:
        many, few = len(self.names), len(self.drawn)
        return f"arrows of {few} of {many:,} sites" if few < many else "arrows"

    def tips(self) -> tuple[Any, Any]:
        """Longitudes and latitudes of the arrows' points."""
        wide = self.scale / np.cos(np.deg2rad(self.latitude))
        return self.longitude + wide * np.nan_to_num(self.east), self.latitude + self.scale * np.nan_to_num(
            self.north
        )

    def box(self) -> tuple[float, float, float, float]:
        """A map that holds the sites and their arrows."""
        lon, lat = self.tips()
        return around(np.concatenate([self.longitude, lon]), np.concatenate([self.latitude, lat]))


def draw_motion(canvas: Any, axes: Any, motion: Motion) -> None:
    own = motion.drawn
    _dots(canvas, axes, motion, 46 if len(motion.names) <= _NAMED else 14)
    if motion.largest:
        lon, lat = motion.tips()
        moved = (lon - motion.longitude)[own], (lat - motion.latitude)[own]
        arrows = axes.quiver(
            motion.longitude[own], motion.latitude[own], *moved, angles="xy", scale_units="xy", scale=1,
            color=MARK, width=0.035 if len(motion.names) <= _NAMED else 0.025, units="inches", zorder=5,
        )  # fmt: skip
        key = rounded(motion.largest)
        length = key * motion.scale / float(np.cos(np.deg2rad(np.mean(axes.get_ylim()))))
        axes.quiverkey(arrows, 0.25, 1.03, length, f"{key:g} {motion.unit}", labelpos="E")
        if motion.east_error is not None:
            _ellipses(axes, motion, lon, lat)
    if len(motion.names) <= _NAMED:
        for name, x, y in zip(motion.names, motion.longitude, motion.latitude, strict=True):
            axes.annotate(name, (x, y), (-5, 5), textcoords="offset points", ha="right", fontsize=8)


def _dots(canvas: Any, axes: Any, motion: Motion, size: float) -> None:
    lon, lat, up = motion.longitude, motion.latitude, motion.up
    if not np.isfinite(up).any():
        axes.scatter(lon, lat, s=size / 2, color="white", edgecolor=INK, lw=0.7, zorder=4)
        return
    limit = float(np.nanmax(np.abs(up))) or 1.0
    dots = axes.scatter(
        lon, lat, c=up, cmap=SCALE_BOTH, vmin=-limit, vmax=limit, s=size, edgecolor=INK, lw=0.7, zorder=4
    )
    canvas.colorbar(dots, ax=axes, label=f"up ({motion.unit})", shrink=0.7, pad=0.02)


def _ellipses(axes: Any, motion: Motion, lon: Any, lat: Any) -> None:
    from matplotlib.patches import Ellipse

    wide = motion.scale / np.cos(np.deg2rad(motion.latitude))
    for at in motion.drawn:
        width, height = (
            2 * _SURE * motion.east_error[at] * wide[at],
            2 * _SURE * motion.north_error[at] * motion.scale,
        )
        if np.isfinite(width) and np.isfinite(height):
            axes.add_patch(
                Ellipse((lon[at], lat[at]), width, height, fill=False, color=FAINT, lw=0.8, zorder=4)
            )


def rounded(largest: float) -> float:
    """A round number not above it."""
    power = 10 ** np.floor(np.log10(largest))
    return float(max(n * power for n in (1, 2, 5) if n * power <= largest))
