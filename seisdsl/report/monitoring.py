"""Pictures of what classifiers and associators give: probabilities by station, groups, fields."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.scores import Scores
from seisdsl.data.table import Detections, Picks, Table
from seisdsl.data.words import counted, duration
from seisdsl.report.condensed import ScoresColumns, scores_columns, spread
from seisdsl.report.maps import around, draw_map, paper_of
from seisdsl.report.records import edges_of
from seisdsl.report.style import (
    FAINT,
    INK,
    MARK,
    NS,
    PALETTE,
    SCALE,
    WIDE,
    colour_of_phase,
    instants,
    nothing,
    outlined,
    plain,
    time_axis,
)  # fmt: skip

_PANELS = 4
_MOST = 60  # stations of a raster
_NAMED = 14  # stations whose names stand beside a panel
_NEAR = 75.0  # km: members of a group that are joined by a line


def probabilities(scores: Scores | ScoresColumns, of: str | None = None) -> Figure:
    """The probability of each class but noise against time, a row for each station."""
    held = scores if isinstance(scores, ScoresColumns) else scores_columns([scores])
    classes = [of] if of else [name for name in held.classes if name != "noise"] or list(held.classes)
    order = sorted(range(len(held.channels)), key=lambda row: -(held.channels[row].latitude or 0.0))

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(classes), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, name in zip(panels, classes, strict=True):
            values = np.ma.masked_invalid(held.probability[order, held.classes.index(name)])
            image = axes.pcolormesh(
                instants(held.times.edges), np.arange(len(order) + 1), values, cmap=SCALE, vmin=0, vmax=1,
                rasterized=True,
            )  # fmt: skip
            _stations(axes, [held.channels[row].station for row in order])
            axes.set_title(name, loc="left")
            canvas.colorbar(image, ax=axes, label="probability", pad=0.01)
        time_axis(panels[-1], held.times.span.start, held.times.span.end)

    said = ["white: not judged", "stations from north to south"]
    if held.times.several:
        said.append(f"the largest of each {duration(held.times.step / NS)}")
    high = min(0.8 + 0.16 * max(len(order), 8), 3.6)
    return Figure(draw, "", "; ".join(said), (WIDE, 0.8 + high * len(classes)), held.simulated)


def _stations(axes: Any, names: Sequence[str]) -> None:
    """Names of stations beside rows from the top, as many as can be read."""
    axes.set_ylim(len(names), 0)
    every = max(1, -(-len(names) // _NAMED))
    axes.set_yticks(np.arange(0, len(names), every) + 0.5, names[::every], fontsize=8)
    axes.set_ylabel("station")


def groups_map(groups: Groups) -> Figure:
    """The groups of the windows in which most stations took part, members joined by lines."""
    frame = groups.frame
    times = frame.group_by("time").len().sort(["len", "time"], descending=[True, False])["time"]
    chosen = sorted(times.head(_PANELS).to_list())

    def draw(canvas: Any) -> None:
        if not chosen:
            nothing(canvas, "no group")
            return
        box = around(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
        panels = np.atleast_1d(canvas.subplots(1, len(chosen), sharey=True, sharex=True))
        for axes, time in zip(panels, chosen, strict=True):
            draw_map(axes, box)
            now = frame.filter(frame["time"] == time)
            for number, (_, own) in enumerate(now.group_by("group", maintain_order=True)):
                places = own.select("longitude", "latitude").to_numpy()
                colour = PALETTE[number % len(PALETTE)]
                for one, other in combinations(places, 2):
                    apart = (one - other) * (np.cos(np.deg2rad(one[1])), 1) * 111.2
                    if np.hypot(*apart) < _NEAR:
                        axes.plot(*zip(one, other, strict=True), color=colour, lw=0.8, zorder=3)
                axes.scatter(*places.T, color=colour, s=22, zorder=4)
            axes.set_title(f"{time:%H:%M:%S}", fontsize=9)

    day = f"; UTC, {chosen[0]:%Y-%m-%d}" if chosen else ""
    caption = f"groups of stations by window, those of most stations{day}"
    return Figure(draw, "", caption, (3.2 * max(len(chosen), 1), 5.0), groups.simulated)


def by_of(table: Table) -> str:
    """The column that tells where: a station or a site; "" where there is none."""
    return next((name for name in ("station", "site") if name in table.frame.columns), "")


def raster(table: Table) -> Figure:
    """What was picked or detected, station by station, against time."""
    frame, by = table.frame.drop_nulls("time"), by_of(table)
    places = sorted({str(name) for name in frame[by].to_list()}, reverse=True)
    shown = [places[row] for row in spread(len(places), _MOST)]
    frame = frame.filter(frame[by].is_in(shown))

    def draw(canvas: Any) -> None:
        if not len(frame):
            nothing(canvas, "nothing found")
            return
        axes = canvas.add_subplot()
        at = {name: row for row, name in enumerate(shown)}
        rows = np.array([at[name] for name in frame[by].to_list()])
        times = frame["time"].dt.timestamp("ns").to_numpy()
        last = int(times.max())
        if "phase" in frame.columns:
            names = [phase or "" for phase in frame["phase"].to_list()]
            phases = sorted(set(names))
            for phase in phases:
                own = np.array([one == phase for one in names])
                colour, dash = colour_of_phase(phase, phases)
                where = instants(times[own])
                axes.vlines(where, rows[own] - 0.42, rows[own] + 0.42, color=colour, lw=1.2, ls=dash,
                            label=f"{phase} pick".strip())  # fmt: skip
            if any(phases):
                axes.legend(
                    loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, borderaxespad=0.2
                )
        elif "end" in frame.columns:
            ends = frame["end"].fill_null(frame["time"]).dt.timestamp("ns").to_numpy()
            axes.hlines(rows, instants(times), instants(ends), color=MARK, lw=3)
            axes.plot(instants(times), rows, "|", color=MARK, ms=7)
            last = int(ends.max())
        else:
            axes.plot(instants(times), rows, "|", color=MARK, ms=8, mew=1.3)
        axes.set_yticks(range(len(shown)), shown, fontsize=8)
        axes.set_ylim(-0.7, len(shown) - 0.3)
        axes.set_ylabel(by)
        axes.grid(axis="y", color=FAINT, lw=0.3)
        plain(axes)
        edge = max((last - int(times.min())) // 50, NS)
        time_axis(axes, int(times.min()) - edge, last + edge)

    what = {Picks: "pick", Detections: "detection"}.get(type(table), "row")
    left = f"{len(shown)} of {len(places)} {by}s" if len(shown) < len(places) else ""
    return Figure(
        draw, counted(len(table), what), left, (WIDE, 1.4 + 0.17 * max(len(shown), 4)), table.simulated
    )


def field_map(field: Field, heard: Field | None = None) -> Figure:
    """A field over latitude and longitude, at its last time where it has several.

    `heard` is the least energy that would have been heard: drawn as lines, and hatched where none would.
    """

    lat, lon, values = plane_of(field)
    box = around(edges_of(lon), edges_of(lat))
    wide, high = paper_of(box)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        draw_map(axes, box)
        image = axes.pcolormesh(
            lon, lat, np.ma.masked_invalid(values), cmap=SCALE, shading="nearest", zorder=0.5, rasterized=True
        )
        unit = f" ({field.unit})" if field.unit else ""
        canvas.colorbar(image, ax=axes, label=f"{field.name.replace('_', ' ')}{unit}", shrink=0.8)
        if heard is not None and heard is not field:
            _heard(axes, heard)

    said = ""
    if heard is not None and heard is not field:
        unit = f" in {heard.unit}" if heard.unit else ""
        said = f"lines: {heard.name}{unit}"
        said += "" if bool(heard.mask.all()) else "; hatched: nothing would have been heard"
    return Figure(draw, "", said, (max(wide + 1.9, 4.5), high + 1.2), field.simulated)


def _heard(axes: Any, heard: Field) -> None:
    lat, lon, least = plane_of(heard)
    known = np.isfinite(least)
    if not known.all():
        axes.contourf(lon, lat, (~known).astype(float), [0.5, 1.5], colors="none", hatches=["////"], zorder=2)
    if known.any() and np.ptp(least[known]) > 0:
        lines = axes.contour(lon, lat, np.ma.masked_invalid(least), 5, colors=INK, linewidths=0.9, zorder=3)
        for text in axes.clabel(lines, fontsize=8):
            text.set_path_effects(outlined())


def plane_of(field: Field) -> tuple[Any, Any, Any]:
    """Latitudes, longitudes and values over them, at the last point of every other direction."""
    kept = [axis.name for axis in field.axes]
    values = field.to_numpy()
    lat, lon = (
        field.axes[kept.index(name)].values.cpu().double().numpy() for name in ("latitude", "longitude")
    )
    while len(kept) > 2:
        extra = next(name for name in kept if name not in ("latitude", "longitude"))
        values = np.take(values, -1, axis=kept.index(extra))
        kept.remove(extra)
    return lat, lon, values.T if kept == ["longitude", "latitude"] else values
