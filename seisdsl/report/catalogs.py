"""Pictures of events: where they are, how deep, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Catalog
from seisdsl.report.maps import around, draw_map
from seisdsl.report.style import FAINT, MARK, SCALE, TRUE, instants, plain, time_axis

_DEPTH = 1.7  # inches of the section of depth


def catalog_map(catalog: Catalog, stations: Any = None, truth: Catalog | None = None) -> Figure:
    """Epicentres on a map with a section of depth to the east; size is magnitude, colour depth."""
    rows = _columns(catalog)
    true = _columns(truth) if truth is not None else None

    shown = [rows, *([true] if true is not None else [])]
    lon = np.concatenate([c["longitude"] for c in shown] + ([] if stations is None else [stations[:, 0]]))
    lat = np.concatenate([c["latitude"] for c in shown] + ([] if stations is None else [stations[:, 1]]))
    box = around(lon, lat) if np.isfinite(lon).any() else None
    wide, high = _paper(box)

    def draw(canvas: Any) -> None:
        if box is None:
            _nothing(canvas)
            return
        left, right = canvas.subplots(1, 2, width_ratios=(wide, _DEPTH), sharey=True)
        draw_map(left, box, stations)
        sizes = _sizes(rows)
        deep = rows["depth"]
        top = float(np.nanmax(deep, initial=10.0))
        dots = left.scatter(
            rows["longitude"], rows["latitude"], s=sizes, c=deep, cmap=SCALE, vmin=0, vmax=top,
            edgecolor="white", lw=0.5, zorder=4,
        )  # fmt: skip
        if "semi_major" in rows:
            _ellipses(left, rows)
        right.scatter(deep, rows["latitude"], s=sizes, c=deep, cmap=SCALE, vmin=0, vmax=top, lw=0)
        if true is not None:
            for axes, across in ((left, "longitude"), (right, "depth")):
                axes.scatter(
                    true[across],
                    true["latitude"],
                    marker="+",
                    s=70,
                    color=TRUE,
                    lw=1.4,
                    zorder=6,
                    label="true",
                )
            left.legend(loc="upper right", frameon=True, framealpha=1)
        right.set_xlim(0, top * 1.05)
        right.set_xlabel("depth (km)")
        plain(right)
        left.set_anchor("E")
        canvas.colorbar(
            dots, ax=[left, right], orientation="horizontal", shrink=0.4, aspect=30, label="depth (km)"
        )

    size = (max(wide + _DEPTH + 1.2, 4.5), high + 1.8)
    return Figure(draw, _title(catalog, truth), _caption(rows), size, catalog.simulated)


def catalog_times(catalog: Catalog) -> Figure:
    """Latitude and number of events against time."""
    rows = _columns(catalog)

    def draw(canvas: Any) -> None:
        if not len(rows["time"]):
            _nothing(canvas)
            return
        above, below = canvas.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        times = instants(rows["time"])
        above.scatter(times, rows["latitude"], s=_sizes(rows), color=MARK, edgecolor="white", lw=0.5)
        above.set_ylabel("latitude (°N)")
        order = np.sort(times)
        below.step(order, np.arange(1, len(order) + 1), where="post", color=MARK)
        below.set_ylabel("events so far")
        for axes in (above, below):
            plain(axes)
        edge = max(int(np.ptp(rows["time"]) * 0.03), 10**9)
        time_axis(below, int(rows["time"].min()) - edge, int(rows["time"].max()) + edge)

    what = "latitude, and the number so far, against time"
    return Figure(draw, _title(catalog, None), what, (7.5, 5.0), catalog.simulated)


def _paper(box: tuple[float, float, float, float] | None) -> tuple[float, float]:
    """Width and height of a map in inches, as its place on the Earth asks for."""
    if box is None:
        return 4.0, 3.0
    west, east, south, north = box
    across = (east - west) * np.cos(np.deg2rad((south + north) / 2))
    larger = max(across, (north - south) * 0.85)
    return float(max(5.0 * across / larger, 1.2)), float(max(5.0 * (north - south) / larger, 1.2))


def _columns(catalog: Catalog) -> dict[str, Any]:
    frame = catalog.frame
    found: dict[str, Any] = {
        name: frame[name].to_numpy().astype(float) for name in ("latitude", "longitude", "depth", "magnitude")
    }
    found["time"] = frame["time"].dt.timestamp("ns").to_numpy().astype(np.int64)
    more = ("semi_major", "semi_minor", "azimuth")
    if all(name in frame.columns for name in more):
        found |= {name: frame[name].to_numpy().astype(float) for name in more}
    return found


def _sizes(rows: dict[str, Any]) -> Any:
    """Area grows with magnitude; where there is none, all are alike."""
    magnitude = np.nan_to_num(rows["magnitude"], nan=1.5)
    return np.clip(14 * 1.8 ** (magnitude - 1), 10, 900)


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


def _title(catalog: Catalog, truth: Catalog | None) -> str:
    kinds = [kind for kind in catalog.frame["kind"].drop_nulls().unique().to_list() if kind]
    what = kinds[0] if len(kinds) == 1 else "event"
    title = f"{len(catalog)} {what}{'' if len(catalog) == 1 else 's'}"
    return title + (f", {len(truth)} in truth" if truth is not None else "")


def _caption(rows: dict[str, Any]) -> str:
    if not len(rows["time"]):
        return ""
    first, last = instants([rows["time"].min(), rows["time"].max()]).astype("datetime64[s]")
    return f"{first} to {last} UTC"


def _nothing(canvas: Any) -> None:
    axes = canvas.add_subplot()
    axes.set_axis_off()
    axes.text(0.5, 0.5, "nothing to show", ha="center", va="center", transform=axes.transAxes)
