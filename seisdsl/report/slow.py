"""Pictures of slow records: displacement by site and component, and where it goes on a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.series import Series
from seisdsl.report.condensed import spread
from seisdsl.report.maps import around, draw_map, paper_of
from seisdsl.report.style import FAINT, INK, MARK, NS, SCALE_BOTH, TRUE, WIDE, instants, nothing, time_axis

SITES = 8  # on one picture
_SIGMAS = 3  # beyond which a bar of error is not drawn longer: the others would not be seen
_ARROW = 0.8  # inches of the longest
_NAMED = 40  # sites whose names are written
_SHARE = 0.05  # of the epochs, at either end of the record, whose median says where a site is


def series_figure(series: Series, model: Series | None = None, sites: Sequence[int] | None = None) -> Figure:
    """A row for each site, a column for each component: values with their errors, steps, and a model."""
    rows = list(sites) if sites is not None else spread(len(series.sites), SITES)
    if series.span is None or not rows or not bool(series.mask.any()):
        return Figure(lambda canvas: nothing(canvas, "nothing recorded"), size=(WIDE, 3.0))
    span = series.span
    values, epochs = series.to_numpy(), series.epochs.cpu().numpy()
    wide = len(series.components)

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(rows), wide, sharex=True, sharey="row", squeeze=False)
        for own, row in zip(panels, rows, strict=True):
            for component, axes in enumerate(own):
                draw_dots(axes, series, values, row, component)
                if model is not None:
                    draw_line(axes, model, series.sites[row].name, series.components[component])
                draw_steps(axes, series, series.sites[row].name)
            own[0].set_ylabel(f"{series.sites[row].name}\n({series.unit})", fontsize=8)
        for component, axes in enumerate(panels[0]):
            axes.set_title(series.components[component])
        edge = max((span.end - span.start) // 40, NS)
        for axes in panels[-1]:
            time_axis(axes, span.start - edge, span.end + edge, narrow=wide > 1)

    said = ["dots: one for each epoch" if len(epochs) < 400 else ""]
    said += ["bars: one standard deviation"] if series.sigma is not None else []
    said += ["dashes: known steps"] if series.steps else []
    said += ["line: the model"] if model is not None else []
    said += [f"{len(rows)} of {len(series.sites)} sites"] if len(rows) < len(series.sites) else []
    caption = "; ".join(part for part in said if part)
    return Figure(draw, "", caption, (WIDE, 1.2 + 1.35 * len(rows)), series.simulated)


def draw_dots(axes: Any, series: Series, values: Any, row: int, component: int) -> None:
    known = np.isfinite(values[row, component])
    own, at = values[row, component][known], instants(series.epochs.cpu().numpy()[known])
    axes.scatter(
        at, own, s=9 if len(own) < 100 else 2, color=TRUE, lw=0, zorder=3, rasterized=len(own) > 2000
    )
    if series.sigma is not None and len(own):
        sigma = series.sigma[row, component].detach().cpu().double().numpy()[known]
        least, largest = np.percentile(own, (1, 99))
        sigma = np.minimum(sigma, max(_SIGMAS * float(np.median(sigma)), float(largest - least)))
        axes.vlines(at, own - sigma, own + sigma, color=FAINT, lw=0.5, zorder=2, rasterized=len(own) > 2000)


def draw_line(axes: Any, model: Series, site: str, component: str) -> None:
    names = [one.name for one in model.sites]
    if site in names and component in model.components:
        values = model.to_numpy()[names.index(site), model.components.index(component)]
        axes.plot(instants(model.epochs.cpu().numpy()), values, color=INK, lw=1.0, zorder=4)


def draw_steps(axes: Any, series: Series, site: str) -> None:
    for step in series.steps:
        if step.site == site:
            axes.axvline(instants(step.time), color=MARK, lw=0.9, ls="--", zorder=1)


def sites_map(series: Series) -> Figure:
    """Where each site has gone from the record's first days to its last: arrows, and colour for height."""
    placed = [
        row
        for row, site in enumerate(series.sites)
        if site.latitude is not None and site.longitude is not None
    ]
    if not placed or series.span is None:
        return Figure(lambda canvas: nothing(canvas, "no site has a place"), size=(WIDE, 3.0))
    lon = np.array([series.sites[row].longitude for row in placed], float)
    lat = np.array([series.sites[row].latitude for row in placed], float)
    gone = moved(series)[placed]
    at = {name.lower(): n for n, name in enumerate(series.components)}
    east, north, up = (
        gone[:, at[name]] if name in at else np.full(len(placed), np.nan) for name in ("east", "north", "up")
    )

    box = around(lon, lat)
    paper = paper_of(box)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        draw_map(axes, box)
        across = np.isfinite(east) & np.isfinite(north)
        largest = float(np.hypot(east, north)[across].max()) if across.any() else 0.0
        if np.isfinite(up).any():
            limit = float(np.nanmax(np.abs(up))) or 1.0
            dots = axes.scatter(
                lon,
                lat,
                c=up,
                cmap=SCALE_BOTH,
                vmin=-limit,
                vmax=limit,
                s=46,
                edgecolor=INK,
                lw=0.7,
                zorder=4,
            )
            canvas.colorbar(dots, ax=axes, label=f"up ({series.unit})", shrink=0.7, pad=0.02)
        else:
            axes.plot(lon, lat, "o", color="white", mec=INK, ms=5, zorder=4)
        if largest:
            unit = _round(largest)
            arrows = axes.quiver(
                lon[across], lat[across], east[across], north[across], angles="uv", scale=largest / _ARROW,
                scale_units="inches", color=MARK, width=0.035, units="inches", zorder=5,
            )  # fmt: skip
            axes.quiverkey(arrows, 0.25, 1.03, unit, f"{unit:g} {series.unit}", labelpos="E")
        if len(placed) <= _NAMED:
            for row, x, y in zip(placed, lon, lat, strict=True):
                name = series.sites[row].name
                axes.annotate(name, (x, y), (-5, 5), textcoords="offset points", ha="right", fontsize=8)

    assert series.span is not None
    first, last = (str(np.datetime64(edge, "ns"))[:10] for edge in (series.span.start, series.span.end))
    caption = (
        f"medians of the last {100 * _SHARE:g} % of the epochs less those of the first, {first} to {last}"
    )
    return Figure(draw, "", caption, (max(paper[0] + 1.8, 4.2), paper[1] + 1.3), series.simulated)


def moved(series: Series) -> Any:
    """By how much each component of each site has changed, [site, component]; NaN where it is not known."""
    values = series.to_numpy()
    some = max(1, round(_SHARE * values.shape[-1]))
    out = np.full(values.shape[:2], np.nan)
    for at in np.ndindex(*values.shape[:2]):
        own = values[at][np.isfinite(values[at])]
        if len(own) > 1:
            few = min(some, max(1, len(own) // 2))
            out[at] = np.median(own[-few:]) - np.median(own[:few])
    return out


def _round(largest: float) -> float:
    """A round number not above it."""
    power = 10 ** np.floor(np.log10(largest))
    return float(max(n * power for n in (1, 2, 5) if n * power <= largest))
