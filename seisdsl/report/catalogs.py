"""Pictures of events: where they are, how deep, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Catalog
from seisdsl.report.maps import around, draw_map, paper_of
from seisdsl.report.style import FAINT, INK, MARK, SCALE, TRUE, WIDE, instants, nothing, plain, time_axis

_UNKNOWN = np.iinfo(np.int64).min  # what numpy, too, takes for no time
_DEPTH = 1.7  # inches of the section of depth


def catalog_map(catalog: Catalog, stations: Any = None, truth: Catalog | None = None) -> Figure:
    """Epicentres on a map with a section of depth to the east; size is magnitude, colour depth."""
    rows = columns_of(catalog)
    true = columns_of(truth) if truth is not None else None

    shown = [rows, *([true] if true is not None else [])]
    lon = np.concatenate([c["longitude"] for c in shown] + ([] if stations is None else [stations[:, 0]]))
    lat = np.concatenate([c["latitude"] for c in shown] + ([] if stations is None else [stations[:, 1]]))
    box = around(lon, lat) if np.isfinite(lon).any() else None
    wide, high = paper_of(box)

    def draw(canvas: Any) -> None:
        if box is None:
            nothing(canvas, "nothing to show")
            return
        left, right = canvas.subplots(1, 2, width_ratios=(wide, _DEPTH), sharey=True)
        draw_map(left, box, stations)
        sizes = sizes_of(rows)
        deep = rows["depth"]
        top = float(np.nanmax(deep, initial=10.0))
        dots = left.scatter(
            rows["longitude"], rows["latitude"], s=sizes, c=deep, cmap=SCALE, vmin=0, vmax=top,
            edgecolor="white", lw=0.5, zorder=4,
        )  # fmt: skip
        if "semi_major" in rows:
            _ellipses(left, rows)
        right.scatter(deep, rows["latitude"], s=sizes, c=deep, cmap=SCALE, vmin=0, vmax=top, lw=0, zorder=4)
        if true is not None:
            for axes, across in ((left, "longitude"), (right, "depth")):
                axes.scatter(
                    true[across],
                    true["latitude"],
                    marker="+",
                    s=90,
                    color=TRUE,
                    lw=1.2,
                    zorder=3.5,
                    label="true",
                )
            left.legend(loc="upper right", frameon=True, framealpha=1)
        magnitude_key(left, rows, "lower right")
        right.set_xlim(0, 1.05 * max(float(np.nanmax(one["depth"], initial=top)) for one in shown))
        right.set_xlabel("depth (km)")
        plain(right)
        left.set_anchor("E")
        canvas.colorbar(
            dots, ax=[left, right], orientation="horizontal", shrink=0.4, aspect=30, label="depth (km)"
        )

    size = (max(wide + _DEPTH + 1.2, 4.5), high + 1.8)
    return Figure(draw, title_of(catalog, truth), _caption(rows), size, catalog.simulated)


def catalog_times(catalog: Catalog) -> Figure:
    """Latitude and number of events against time."""
    rows = columns_of(catalog.with_frame(catalog.frame.drop_nulls("time")))

    def draw(canvas: Any) -> None:
        if not len(rows["time"]):
            nothing(canvas, "nothing to show")
            return
        above, below = canvas.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        times = instants(rows["time"])
        above.scatter(times, rows["latitude"], s=sizes_of(rows), color=MARK, edgecolor="white", lw=0.5)
        above.set_ylabel("latitude (°N)")
        order = np.sort(times)
        below.step(order, np.arange(1, len(order) + 1), where="post", color=MARK)
        below.set_ylabel("events so far")
        for axes in (above, below):
            plain(axes)
        edge = max(int(np.ptp(rows["time"]) * 0.03), 10**9)
        time_axis(below, int(rows["time"].min()) - edge, int(rows["time"].max()) + edge)

    what = "latitude, and the number so far, against time"
    return Figure(draw, title_of(catalog, None), what, (WIDE, 4.8), catalog.simulated)


def columns_of(catalog: Catalog) -> dict[str, Any]:
    frame = catalog.frame
    found: dict[str, Any] = {
        name: frame[name].to_numpy().astype(float) for name in ("latitude", "longitude", "depth", "magnitude")
    }
    found["time"] = frame["time"].dt.timestamp("ns").fill_null(_UNKNOWN).to_numpy().astype(np.int64)
    ellipse = ("semi_major", "semi_minor", "azimuth")
    more = ellipse if all(name in frame.columns for name in ellipse) else ()
    for name in (*more, *(("depth_spread",) if "depth_spread" in frame.columns else ())):
        found[name] = frame[name].to_numpy().astype(float)
    return found


def sizes_of(rows: dict[str, Any]) -> Any:
    """Area grows with magnitude; where there is none, all are alike."""
    return np.where(np.isfinite(rows["magnitude"]), _area(rows["magnitude"]), 45.0)


def _area(magnitude: Any) -> Any:
    return np.clip(16 * 1.75 ** (np.asarray(magnitude, float) - 1), 16, 900)


def magnitude_key(axes: Any, rows: dict[str, Any], place: str) -> None:
    """How large which magnitude is drawn, where there are any; beside what legend there is."""
    from matplotlib.lines import Line2D

    known = rows["magnitude"][np.isfinite(rows["magnitude"])]
    if not len(known):
        return
    low, high = np.floor(known.min()), np.ceil(known.max())
    steps = np.unique(np.round(np.linspace(low, max(high, low + 1), 4)))
    there = None if place.startswith("outside") else axes.get_legend()
    dots = [
        Line2D([], [], ls="", marker="o", ms=_area(m) ** 0.5, color="white", mec=INK, mew=0.7) for m in steps
    ]
    axes.legend(
        dots, [f"{m:.0f}" for m in steps], title="magnitude", loc=place, ncols=len(steps), framealpha=0.9,
        borderpad=0.5, handletextpad=0.3, columnspacing=1.0, fontsize=8, title_fontsize=8,
    ).set_zorder(7)  # fmt: skip
    if there is not None:
        axes.add_artist(there)


def _ellipses(axes: Any, rows: dict[str, Any]) -> None:
    for lon, lat, long, short, azimuth in zip(
        rows["longitude"], rows["latitude"], rows["semi_major"], rows["semi_minor"],
        rows["azimuth"], strict=True,
    ):  # fmt: skip
        if np.isfinite([lon, lat, long, short, azimuth]).all():
            turn = np.linspace(0, 2 * np.pi, 60)
            angle = np.deg2rad(azimuth)
            north = long * np.cos(turn) * np.cos(angle) - short * np.sin(turn) * np.sin(angle)
            east = long * np.cos(turn) * np.sin(angle) + short * np.sin(turn) * np.cos(angle)
            axes.plot(
                lon + east / 111.2 / np.cos(np.deg2rad(lat)),
                lat + north / 111.2,
                color=FAINT,
                lw=0.8,
                zorder=3,
            )


def title_of(catalog: Catalog, truth: Catalog | None) -> str:
    kinds = [kind for kind in catalog.frame["kind"].drop_nulls().unique().to_list() if kind]
    what = kinds[0] if len(kinds) == 1 else "event"
    title = f"{len(catalog)} {what}{'' if len(catalog) == 1 else 's'}"
    return title + (f", {len(truth)} in truth" if truth is not None else "")


def _caption(rows: dict[str, Any]) -> str:
    times = rows["time"][rows["time"] != _UNKNOWN]
    if not len(times):
        return ""
    first, last = instants([times.min(), times.max()]).astype("datetime64[s]")
    return f"{first} to {last} UTC".replace("T", " ", 2)
