"""Several catalogues in one picture: where each method finds events, and how many by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Catalog, Table
from seisdsl.data.words import duration
from seisdsl.report.maps import around, draw_map, paper_of
from seisdsl.report.style import MARK, NS, PALETTE, WIDE, instants, nothing, plain, time_axis

_MARKS = "os^Dv<>"  # told by form as well as by colour


def side_by_side(values: Mapping[str, Any], stations: Any = None) -> list[tuple[str, Figure]]:
    """The pictures of two or more catalogues; none of fewer."""
    catalogs = {name: v for name, v in values.items() if isinstance(v, Catalog) and len(v)}
    catalogs = {name: v for name, v in catalogs.items() if v.frame["time"].null_count() < len(v)}
    catalogs = dict(list(catalogs.items())[: len(_MARKS)])
    if len(catalogs) < 2:
        return []
    simulated = any(catalog.simulated for catalog in catalogs.values())
    return [
        ("where each finds events", _where(catalogs, stations, simulated)),
        ("how many each has found", Figure(_when(catalogs), "", "", (WIDE, 3.6), simulated)),
    ]


def _where(catalogs: Mapping[str, Catalog], stations: Any, simulated: bool) -> Figure:
    places = {
        name: catalog.frame.select("longitude", "latitude").to_numpy().astype(float)
        for name, catalog in catalogs.items()
    }
    every = np.concatenate([*places.values(), *([] if stations is None else [stations])])
    if not np.isfinite(every).all(axis=1).any():
        return Figure(lambda canvas: nothing(canvas, "no place is known"), size=(WIDE, 3.0))
    box = around(every[:, 0], every[:, 1])
    wide, high = paper_of(box)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        draw_map(axes, box, stations)
        for (name, own), mark, colour in zip(places.items(), _MARKS, PALETTE, strict=False):
            axes.scatter(
                *own.T, s=34, marker=mark, facecolor="none", edgecolor=colour, lw=1.3, label=name, zorder=4
            )
        axes.legend(loc="upper right", frameon=True, framealpha=1)

    return Figure(draw, "", "", (max(wide + 0.9, 3.5), high + 0.8), simulated)


def _when(catalogs: Mapping[str, Catalog]) -> Any:
    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        every = {
            name: np.sort(catalog.frame["time"].drop_nulls().dt.timestamp("ns").to_numpy())
            for name, catalog in catalogs.items()
        }
        first, last = min(own[0] for own in every.values()), max(own[-1] for own in every.values())
        edge = max((last - first) // 30, NS)
        for (name, own), colour, dash in zip(
            every.items(), PALETTE, ("-", "--", ":", "-.") * 2, strict=False
        ):
            at = np.concatenate([[first - edge], own, [last + edge]])
            count = np.concatenate([np.arange(len(own) + 1), [len(own)]])
            axes.step(instants(at), count, where="post", color=colour, ls=dash, label=name)
        axes.set_ylabel("events so far")
        axes.legend(frameon=False)
        plain(axes)
        time_axis(axes, int(first - edge), int(last + edge))

    return draw


_BARS = 60  # at most about so many
_STEPS = [n * NS for n in (1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400)]


def rates(values: Mapping[str, Any]) -> list[Figure]:
    """How many rows each table has in each stretch of time, a panel for each; none where nothing is timed."""
    tables = {
        name: v
        for name, v in values.items()
        if isinstance(v, Table) and v.timed and v.frame["time"].null_count() < len(v)
    }
    if not tables:
        return []
    times = {
        name: table.frame["time"].drop_nulls().dt.timestamp("ns").to_numpy() for name, table in tables.items()
    }
    first, last = min(own.min() for own in times.values()), max(own.max() for own in times.values())
    step = next((size for size in _STEPS if (last - first) / size <= _BARS), _STEPS[-1])
    edges = np.arange(first // step, last // step + 2) * step

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(times), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, own) in zip(panels, times.items(), strict=True):
            number, _ = np.histogram(own, edges)
            axes.bar(
                instants(edges[:-1]), number, np.timedelta64(step, "ns"), align="edge", color=MARK, ec="white"
            )
            axes.set_title(name, loc="left", fontsize=9)
            axes.set_ylabel(f"in {duration(step / NS)}")
            axes.yaxis.get_major_locator().set_params(integer=True)
            plain(axes)
        time_axis(panels[-1], int(edges[0]), int(edges[-1]))

    simulated = any(table.simulated for table in tables.values())
    return [Figure(draw, "", "", (WIDE, 0.8 + 1.5 * len(times)), simulated)]
