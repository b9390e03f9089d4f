"""Pictures of slow records: displacement by site and component, and where it goes on a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.series import Series
from seisdsl.data.table import Table
from seisdsl.report.arrows import Motion, draw_motion
from seisdsl.report.condensed import spread
from seisdsl.report.maps import draw_map, paper_of
from seisdsl.report.style import FAINT, INK, MARK, NS, TRUE, WIDE, instants, nothing, time_axis

SITES = 8  # on one picture
_SIGMAS = 3  # beyond which a bar of error is not drawn longer: the others would not be seen
_SHARE = 0.05  # of the epochs, at either end of the record, whose median says where a site is


def series_figure(series: Series, model: Series | None = None, sites: Sequence[int] | None = None) -> Figure:
    """A row for each site, a column for each component: values with their errors, steps, and a model.

    Components of which nothing is known are left out.
    """
    rows = list(sites) if sites is not None else spread(len(series.sites), SITES)
    if series.span is None or not rows or not bool(series.mask.any()):
        return Figure(lambda canvas: nothing(canvas, "nothing recorded"), size=(WIDE, 3.0))
    span = series.span
    values, epochs = series.to_numpy(), series.epochs.cpu().numpy()
    shown = [n for n in range(len(series.components)) if bool(series.mask[:, n].any())]

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(rows), len(shown), sharex=True, sharey="row", squeeze=False)
        for own, row in zip(panels, rows, strict=True):
            for component, axes in zip(shown, own, strict=True):
                draw_dots(axes, series, values, row, component)
                if model is not None:
                    draw_line(axes, model, series.sites[row].name, series.components[component])
                draw_steps(axes, series, series.sites[row].name)
            own[0].set_ylabel(f"{series.sites[row].name}\n({series.unit})", fontsize=8)
        for component, axes in zip(shown, panels[0], strict=True):
            axes.set_title(series.components[component])
        edge = max((span.end - span.start) // 40, NS)
        for axes in panels[-1]:
            time_axis(axes, span.start - edge, span.end + edge, narrow=len(shown) > 1)

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

    names = tuple(series.sites[row].name for row in placed)
    motion = Motion(names, lon, lat, east, north, up, series.unit)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        draw_map(axes, motion.box())
        draw_motion(canvas, axes, motion)

    paper = paper_of(motion.box())
    assert series.span is not None
    first, last = (str(np.datetime64(edge, "ns"))[:10] for edge in (series.span.start, series.span.end))
    caption = (
        f"each site went, {first} to {last}: medians of the last {100 * _SHARE:g} % of its epochs less those "
        f"of the first; {motion.said()} east and north, colour up"
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


def is_fitted(table: Table) -> bool:
    """Whether it is a table of rates by site and component with places, as `trajectory` gives."""
    columns = {"site", "component", "rate", "rate_error", "latitude", "longitude"}
    return columns <= {*table.frame.columns} and table.frame["latitude"].is_not_null().any()


def rates_map(table: Table) -> Figure:
    """The rate of each site with its error."""
    frame = table.frame.filter(table.frame["latitude"].is_not_null() & table.frame["longitude"].is_not_null())
    sites = frame.unique("site", keep="first", maintain_order=True)
    unit = (table.extra or {})["rate"].unit

    def of(component: str, column: str) -> Any:
        own = dict(frame.filter(frame["component"] == component).select("site", column).rows())
        found = [own.get(name) for name in sites["site"]]
        return np.array([np.nan if one is None else one for one in found], float)

    lon, lat = (sites[name].to_numpy().astype(float) for name in ("longitude", "latitude"))
    east, north, up = (of(name, "rate") for name in ("east", "north", "up"))
    errors = of("east", "rate_error"), of("north", "rate_error")
    motion = Motion(tuple(sites["site"].to_list()), lon, lat, east, north, up, unit, *errors)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        draw_map(axes, motion.box())
        draw_motion(canvas, axes, motion)

    paper = paper_of(motion.box())
    caption = f"{motion.said()}: rates east and north with ellipses that hold 95 %; colour: up"
    return Figure(draw, "", caption, (max(paper[0] + 1.8, 4.2), paper[1] + 1.3), table.simulated)
