"""Displacement site by site: what was recorded, what a model says and leaves over, and what was detected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.series import Series
from seisdsl.data.table import Table
from seisdsl.report.condensed import spread
from seisdsl.report.images import Image, image_of
from seisdsl.report.slow import draw_dots, draw_line, draw_steps
from seisdsl.report.style import FAINT, MARK, NS, WIDE, instants, time_axis

MOST = 24  # sites that a page shows one by one
MODELS = ("model", "fitted", "trajectory", "forecast")  # names of series that are drawn into others
RESIDUAL = ("residual", "residuals")


@dataclass(frozen=True)
class SiteShown:
    """The figure of one of several sites; whether a model, what it leaves over and detections are in it."""

    name: str
    image: Image
    modelled: bool
    left: bool
    marked: bool
    steps: bool
    errors: bool
    of: int  # sites in all


def sites_of(values: Mapping[str, Any], stem: str) -> tuple[SiteShown, ...]:
    """A figure for each site of the series that are no model and no residual; none without series."""
    series = {name: one for name, one in values.items() if isinstance(one, Series)}
    model, left = (next((series[n] for n in names if n in series), None) for names in (MODELS, RESIDUAL))
    whole = [one for name, one in series.items() if name not in (*MODELS, *RESIDUAL)]
    if not whole or whole[0].span is None:
        return ()
    of = whole[0]
    found = [one for one in values.values() if isinstance(one, Table) and one.timed and _by(one)]
    shown = []
    for number, row in enumerate(spread(len(of.sites), MOST), 1):
        name = of.sites[row].name
        if not bool(of.mask[row].any()):
            continue
        stretches = [part for table in found for part in _stretches(table, name)]
        in_model, in_left = (one is not None and name in {s.name for s in one.sites} for one in (model, left))
        figure = _figure(of, row, model if in_model else None, left if in_left else None, stretches)
        image = image_of(figure, f"site {name}", title=name, file=f"{stem}-site-{number}")
        shown.append(
            SiteShown(
                name,
                image,
                in_model,
                in_left,
                bool(stretches),
                any(step.site == name for step in of.steps),
                of.sigma is not None,
                len(of.sites),
            )
        )
    return tuple(shown)


def _figure(
    of: Series, row: int, model: Series | None, left: Series | None, stretches: list[tuple[int, int]]
) -> Figure:
    site = of.sites[row].name
    values = of.to_numpy()
    span = of.span
    assert span is not None

    def draw(canvas: Any) -> None:
        rows = 2 if left is not None else 1
        panels = canvas.subplots(
            rows, len(of.components), sharex=True, squeeze=False, height_ratios=[2, 1][:rows]
        )
        for component, axes in enumerate(panels[0]):
            draw_dots(axes, of, values, row, component)
            if model is not None:
                draw_line(axes, model, site, of.components[component])
            axes.set_title(of.components[component])
        panels[0][0].set_ylabel(f"displacement ({of.unit})")
        if left is not None:
            own = left.to_numpy()
            at = [one.name for one in left.sites].index(site)
            for component, axes in enumerate(panels[1]):
                if of.components[component] in left.components:
                    draw_dots(axes, left, own, at, left.components.index(of.components[component]))
                axes.axhline(0, color=FAINT, lw=0.8, zorder=1)
            panels[1][0].set_ylabel(f"left over ({left.unit})")
        edge = max((span.end - span.start) // 40, NS)
        for axes in panels.flat:
            draw_steps(axes, of, site)
            for first, last in stretches:
                axes.axvspan(*instants([first, max(last, first + edge // 4)]), color=MARK, alpha=0.18, lw=0)
        for axes in panels[-1]:
            time_axis(axes, span.start - edge, span.end + edge, narrow=len(of.components) > 1)

    high = 3.4 if left is not None else 2.5
    return Figure(draw, site, "", (WIDE, high), of.simulated)


def _by(table: Table) -> str:
    return next((name for name in ("site", "station") if name in table.frame.columns), "")


def _stretches(table: Table, site: str) -> list[tuple[int, int]]:
    """When something was detected at a site: start and end, the same where there is only a time."""
    frame = table.frame.filter(table.frame[_by(table)] == site).drop_nulls("time")
    first = frame["time"].dt.timestamp("ns").to_numpy()
    last = first
    if "end" in frame.columns:
        last = frame["end"].fill_null(frame["time"]).dt.timestamp("ns").to_numpy()
    return list(zip(np.asarray(first).tolist(), np.asarray(last).tolist(), strict=True))
