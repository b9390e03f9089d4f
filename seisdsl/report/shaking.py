"""Pictures of ground motion: how it falls off with distance, and its response spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.motion import Motion
from seisdsl.report.residuals import label, log_axis, numbers, unit_text
from seisdsl.report.style import FAINT, INK, SCALE, TRUE, WIDE, nothing, plain

_MEASURES = ("pga", "pgv", "intensity")
_LINES = 60  # spectra drawn one by one
_GROUPS = 12


def attenuation(motion: Motion) -> Figure:
    """Each measure against distance, coloured by magnitude where that is known, with medians."""
    distance = numbers(motion, "distance")
    shown = [name for name in _MEASURES if _known(motion, name, distance).any()]
    if not shown:
        return Figure(lambda canvas: nothing(canvas, "no distance is known"), size=(WIDE, 3.0))
    magnitude = numbers(motion, "magnitude") if "magnitude" in motion.frame.columns else None
    if magnitude is not None and not np.isfinite(magnitude).any():
        magnitude = None

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(1, len(shown), squeeze=False)[0]
        dots = None
        for axes, name in zip(panels, shown, strict=True):
            there = _known(motion, name, distance)
            values, far = numbers(motion, name)[there], distance[there]
            size = float(np.clip(3000 / len(far), 3, 22))
            how = {"color": TRUE} if magnitude is None else {"c": magnitude[there], "cmap": SCALE}
            if magnitude is not None:
                how |= {"vmin": np.nanmin(magnitude), "vmax": np.nanmax(magnitude)}
            dots = axes.scatter(far, values, s=size, lw=0, alpha=0.7, rasterized=len(far) > 2000, **how)
            parts = np.array_split(np.argsort(far, kind="stable"), min(_GROUPS, max(1, len(far) // 8)))
            middle = [(np.median(far[part]), np.median(values[part])) for part in parts]
            axes.plot(*zip(*middle, strict=True), "o-", color=INK, ms=3, lw=1, zorder=4)
            log_axis(axes.xaxis)
            if name != "intensity":
                log_axis(axes.yaxis)
            axes.set_xlabel(label(motion, "distance"))
            axes.set_ylabel({"pga": "PGA", "pgv": "PGV"}.get(name, "JMA intensity") + _unit(motion, name))
            axes.grid(color=FAINT, lw=0.3)
            plain(axes)
        if magnitude is not None:
            canvas.colorbar(dots, ax=list(panels), label="magnitude", shrink=0.8, pad=0.02)

    caption = "black: medians of groups of like size"
    return Figure(draw, "", caption, (WIDE, 3.2), motion.simulated)


def spectra(motion: Motion) -> Figure:
    """Response spectra: each record's, and of many their median with the middle two thirds."""
    columns = periods_of(motion)
    periods = np.array(sorted(columns))
    values = np.array([numbers(motion, columns[period]) for period in periods.tolist()])
    values = values[:, np.isfinite(values).all(axis=0) & (values > 0).all(axis=0)] if len(values) else values
    if not values.size:
        return Figure(lambda canvas: nothing(canvas, "no spectrum is known"), size=(WIDE, 3.0))
    count = values.shape[1]

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        if count <= _LINES:
            axes.plot(periods, values, color=FAINT, lw=0.8)
        if count > 2:
            low, middle, high = np.percentile(values, (16, 50, 84), axis=1)
            if count > _LINES:
                axes.fill_between(periods, low, high, color=TRUE, alpha=0.25, lw=0, label="16 to 84 %")
            axes.plot(periods, middle, "o-", color=TRUE, ms=3.5, lw=1.5, label="median")
            axes.legend(frameon=False)
        log_axis(axes.xaxis)
        log_axis(axes.yaxis)
        axes.set_xlabel("period (s)")
        axes.set_ylabel(f"spectral acceleration{_unit(motion, columns[float(periods[0])])}")
        axes.grid(color=FAINT, lw=0.3, which="both")
        plain(axes)

    return Figure(draw, "", f"{count} records, damping 5 %", (WIDE * 0.75, 3.8), motion.simulated)


def periods_of(motion: Motion) -> dict[float, str]:
    """The columns of spectral accelerations by their periods in seconds."""
    found = {}
    for name in motion.frame.columns:
        if name.startswith("sa_"):
            try:
                found[float(name.removeprefix("sa_").replace("_", "."))] = name
            except ValueError:
                continue
    return found


def _known(motion: Motion, name: str, distance: Any) -> Any:
    if name not in motion.frame.columns:
        return np.zeros(len(distance), bool)
    values = numbers(motion, name)
    return np.isfinite(values) & (distance > 0) & ((values > 0) | (name == "intensity"))


def _unit(motion: Motion, name: str) -> str:
    known = motion.columns.get(name)
    return unit_text(known.unit if known else "")
