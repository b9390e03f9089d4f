"""Pictures of ground motion: how it falls off with distance, its spectra, and what a model leaves over."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.motion import Motion
from seisdsl.methods.motion.mixed import Mixed, mixed, numbered
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


def left(motion: Motion) -> Figure:
    """What a model leaves over against distance and magnitude, with means and how sure they are."""
    values = numbers(motion, "residual")
    against = [name for name in ("distance", "magnitude") if np.isfinite(numbers(motion, name)).any()]
    known = np.isfinite(values)
    of = mixed(values[known], numbered(motion.frame["event"].fill_null("").to_numpy().astype(str)[known])[1])
    limit = 1.1 * float(np.percentile(np.abs(values[known]), 99.5)) or 1.0

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(1, len(against), sharey=True, squeeze=False)[0]
        for axes, name in zip(panels, against, strict=True):
            at = numbers(motion, name)
            own = known & np.isfinite(at) & ((at > 0) | (name != "distance"))
            size = float(np.clip(2000 / own.sum().clip(1), 2, 16))
            axes.scatter(
                at[own], values[own], s=size, color=TRUE, alpha=0.35, lw=0, rasterized=own.sum() > 2000
            )
            edges = _edges(name, at[own])
            middle, mean, error = _means(motion, own, at, values, edges, of)
            axes.errorbar(middle, mean, error, fmt="o", ms=4, color=INK, capsize=2.5, lw=1.2, zorder=4)
            axes.axhline(0, color=INK, lw=0.8, zorder=1)
            if name == "distance":
                log_axis(axes.xaxis)
            axes.set_xlabel(label(motion, name))
            axes.set_ylim(-limit, limit)
            plain(axes)
        panels[0].set_ylabel(motion.columns["residual"].help or "residual")

    caption = (
        f"black: means, their standard errors allowing for what records of one event share; "
        f"mean {of.mean:.2g}, between events {of.between:.2g}, within {of.within:.2g}"
    )
    return Figure(draw, "", caption, (WIDE, 3.4), motion.simulated)


def is_left(motion: Motion) -> bool:
    """Whether a model has said what it leaves over of these."""
    if "residual" not in motion.frame.columns or not np.isfinite(numbers(motion, "residual")).any():
        return False
    names = [name for name in ("distance", "magnitude") if name in motion.frame.columns]
    return any(np.isfinite(numbers(motion, name)).any() for name in names)


def _edges(name: str, at: Any) -> Any:
    """Of bins: a quarter of a magnitude, or a fifth of a decade of distance."""
    step = 0.25 if name == "magnitude" else 0.2
    along = at if name == "magnitude" else np.log10(at)
    edges = step * np.arange(np.floor(along.min() / step), np.floor(along.max() / step) + 2)
    return edges if name == "magnitude" else 10**edges


def _means(motion: Motion, own: Any, at: Any, values: Any, edges: Any, of: Mixed) -> tuple[Any, Any, Any]:
    """Middle, mean and standard error of each bin that has rows."""
    _, event = numbered(motion.frame["event"].fill_null("").to_numpy().astype(str))
    found = []
    for low, high in pairwise(edges):
        here = own & (at >= low) & (at < high)
        if count := int(here.sum()):
            shares = np.bincount(event[here]) / count
            error = np.sqrt(of.between**2 * np.sum(shares**2) + of.within**2 / count)
            found.append((np.median(at[here]), values[here].mean(), error))
    return tuple(np.array(found).T)


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
