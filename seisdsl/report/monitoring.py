"""Pictures of what classifiers and associators give: probabilities by station, groups, fields."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.scores import Scores
from seisdsl.data.table import Detections, Picks
from seisdsl.data.words import counted
from seisdsl.report.maps import around, draw_map
from seisdsl.report.style import FAINT, MARK, NS, PALETTE, SCALE, instants, plain, time_axis

_PANELS = 4
_NEAR = 75.0  # km: members of a group that are joined by a line


def probabilities(scores: Scores, of: str | None = None) -> Figure:
    """The probability of each class but noise against time, a row for each station."""
    classes = [of] if of else [name for name in scores.classes if name != "noise"] or list(scores.classes)
    order = sorted(range(len(scores.channels)), key=lambda row: -(scores.channels[row].latitude or 0.0))

    def draw(canvas: Any) -> None:
        panels = np.atleast_1d(canvas.subplots(len(classes), 1, sharex=True))
        p = scores.probabilities.detach().cpu().numpy()
        known = scores.mask.cpu().numpy()[order]
        edges = scores.start + (np.arange(scores.windows + 1) - 0.5) * scores.step * NS
        for axes, name in zip(panels, classes, strict=True):
            values = np.ma.array(p[order, scores.classes.index(name)], mask=~known)
            image = axes.pcolormesh(
                instants(edges.astype(np.int64)), np.arange(len(order) + 1), values, cmap=SCALE, vmin=0, vmax=1,
                rasterized=True,
            )  # fmt: skip
            axes.invert_yaxis()
            axes.set_ylabel("station, from the north")
            axes.set_title(name, loc="left")
            canvas.colorbar(image, ax=axes, label="probability", pad=0.01)
        time_axis(panels[-1], int(edges[0]), int(edges[-1]))

    return Figure(draw, "", "white: not judged", (8.0, 1 + 3.2 * len(classes)), scores.simulated)


def groups_map(groups: Groups) -> Figure:
    """The groups of the windows in which most stations took part, members joined by lines."""
    frame = groups.frame
    times = frame.group_by("time").len().sort(["len", "time"], descending=[True, False])["time"]
    chosen = sorted(times.head(_PANELS).to_list())

    def draw(canvas: Any) -> None:
        if not chosen:
            axes = canvas.add_subplot()
            axes.set_axis_off()
            axes.text(0.5, 0.5, "no group", ha="center", va="center")
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

    return Figure(
        draw, "", "groups of stations, by window", (3.2 * max(len(chosen), 1), 5.0), groups.simulated
    )


def raster(table: Picks | Detections) -> Figure:
    """What was picked or detected, station by station, against time."""
    frame = table.frame
    stations = sorted(frame["station"].unique().to_list(), reverse=True)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        if not len(frame):
            axes.set_axis_off()
            axes.text(0.5, 0.5, "nothing found", ha="center", va="center")
            return
        at = {name: row for row, name in enumerate(stations)}
        rows = np.array([at[name] for name in frame["station"].to_list()])
        times = frame["time"].dt.timestamp("ns").to_numpy()
        if isinstance(table, Picks):
            phases = frame["phase"].to_list()
            for colour, phase in zip(PALETTE, sorted({p or "" for p in phases}), strict=False):
                own = np.array([(p or "") == phase for p in phases])
                axes.scatter(
                    instants(times[own]), rows[own], marker="|", color=colour, s=30, label=phase or None
                )
            if any(phases):
                axes.legend(loc="upper right", ncols=2)
            last = int(times.max())
        else:
            ends = frame["end"].dt.timestamp("ns").to_numpy()
            axes.hlines(rows, instants(times), instants(ends), color=MARK, lw=2)
            last = int(ends.max())
        axes.set_yticks(range(len(stations)), stations, fontsize=max(4, min(8, 240 / len(stations))))
        axes.grid(axis="y", color=FAINT, lw=0.3)
        plain(axes)
        edge = max((last - int(times.min())) // 50, NS)
        time_axis(axes, int(times.min()) - edge, last + edge)

    what = "pick" if isinstance(table, Picks) else "detection"
    return Figure(
        draw, counted(len(frame), what), "", (8.0, min(12.0, 2 + 0.12 * len(stations))), table.simulated
    )


def field_map(field: Field) -> Figure:
    """A field over latitude and longitude, at its last time where it has several."""
    names = [axis.name for axis in field.axes]

    def draw(canvas: Any) -> None:
        values = field.to_numpy()
        kept = list(names)
        while len(kept) > 2:
            extra = next(name for name in kept if name not in ("latitude", "longitude"))
            values = np.take(values, -1, axis=kept.index(extra))
            kept.remove(extra)
        if kept == ["longitude", "latitude"]:
            values = values.T
        lat, lon = (field.axes[names.index(name)].values.cpu().numpy() for name in ("latitude", "longitude"))
        axes = canvas.add_subplot()
        draw_map(axes, around(lon, lat))
        image = axes.pcolormesh(
            lon, lat, np.ma.masked_invalid(values), cmap=SCALE, shading="nearest", zorder=0.5, rasterized=True
        )
        unit = f" ({field.unit})" if field.unit else ""
        canvas.colorbar(image, ax=axes, label=f"{field.name.replace('_', ' ')}{unit}", shrink=0.8)

    return Figure(draw, "", "", (6.5, 6.5), field.simulated)
