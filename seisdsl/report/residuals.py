"""Pictures of what a model leaves over, and of what it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Table
from seisdsl.report.style import FAINT, INK, PALETTE, TRUE, WIDE, instants, nothing, plain, time_axis

_AGAINST = ("distance", "magnitude", "depth", "time")
_GROUPS = 10  # of like size, whose medians are drawn
_BARS = 20
NAMES = ("feature", "column", "name", "input", "station", "site", "event")  # of what a table's rows are


def residual_columns(table: Table) -> list[str]:
    """`residual`, and others that begin so, such as `residual_between`; made where only the parts are there."""
    names = [name for name in table.frame.columns if name.split("_")[0] in ("residual", "residuals")]
    return [name for name in names if table.frame[name].dtype.is_numeric()]


def numbers(table: Table, name: str) -> Any:
    """A column as floats, NaN where there is none; times as nanoseconds."""
    column = table.frame[name]
    if column.dtype.is_temporal():
        return column.dt.timestamp("ns").cast(float).fill_null(float("nan")).to_numpy()
    return column.cast(float).fill_null(float("nan")).to_numpy()


def label(table: Table, name: str) -> str:
    known = table.columns.get(name)
    return f"{name.replace('_', ' ')}{unit_text(known.unit if known else '')}"


def unit_text(unit: str) -> str:
    """A unit in brackets, with raised powers; nothing of none."""
    return f" ({unit.replace('^2', '²').replace('^3', '³')})" if unit else ""


def residuals(table: Table) -> Figure:
    """How residuals are spread, and whether they change with distance, magnitude, depth or time."""
    kinds = residual_columns(table)
    against = [name for name in _AGAINST if name in table.frame.columns]
    against = [name for name in against if np.isfinite(numbers(table, name)).any()][:3]
    rows = [name for name in kinds if np.isfinite(numbers(table, name)).any()][:3]
    if not rows:
        return Figure(lambda canvas: nothing(canvas, "no residual is known"), size=(WIDE, 3.0))

    def draw(canvas: Any) -> None:
        shape = (len(rows), 1 + len(against))
        panels = canvas.subplots(*shape, sharey="row", squeeze=False, width_ratios=[0.6] + [1] * len(against))
        for own, name in zip(panels, rows, strict=True):
            values = numbers(table, name)
            known = np.isfinite(values)
            limit = 1.05 * float(np.percentile(np.abs(values[known]), 99.5)) or 1.0
            own[0].hist(np.clip(values[known], -limit, limit), bins=31, range=(-limit, limit),
                        orientation="horizontal", color=TRUE)  # fmt: skip
            mean, spread = float(values[known].mean()), float(values[known].std())
            own[0].set_title(f"mean {mean:.2g}, s.d. {spread:.2g}", fontsize=8.5, loc="left")
            own[0].set_xlabel("number")
            own[0].set_ylabel(label(table, name))
            own[0].set_ylim(-limit, limit)
            for axes, other in zip(own[1:], against, strict=True):
                _against(axes, numbers(table, other), np.clip(values, -limit, limit), table, other)
            for axes in own:
                axes.axhline(0, color=INK, lw=0.8, zorder=1)
                plain(axes)

    caption = "black: medians of groups of like size, with their middle halves" if against else ""
    return Figure(draw, "", caption, (WIDE, 0.8 + 2.3 * len(rows)), table.simulated)


def _against(axes: Any, at: Any, values: Any, table: Table, name: str) -> None:
    known = np.isfinite(at) & np.isfinite(values)
    at, values = at[known], values[known]
    if not len(at):
        return
    timed = name == "time"
    where = instants(at.astype(np.int64)) if timed else at
    size = float(np.clip(2000 / len(at), 2, 16))
    axes.scatter(where, values, s=size, color=TRUE, alpha=0.45, lw=0, rasterized=len(at) > 2000)
    parts = np.array_split(np.argsort(at, kind="stable"), min(_GROUPS, max(1, len(at) // 8)))
    middles = np.array([np.median(at[part]) for part in parts])
    low, half, high = np.array([np.percentile(values[part], (25, 50, 75)) for part in parts]).T
    places = instants(middles.astype(np.int64)) if timed else middles
    axes.errorbar(places, half, yerr=[half - low, high - half], fmt="o", ms=3.5, color=INK, lw=1, zorder=4)
    if timed:
        edge = max(int(np.ptp(at) / 30), 10**9)
        time_axis(axes, int(at.min()) - edge, int(at.max()) + edge, narrow=True)
        return
    if name == "distance" and (at > 0).all() and at.max() > 20 * at.min():
        log_axis(axes.xaxis)
    axes.set_xlabel(label(table, name))


def log_axis(axis: Any) -> None:
    """Logarithmic, with numbers as people write them."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    from seisdsl.report.ticks import Steps

    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(Steps())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def observed_predicted(table: Table) -> Figure:
    """What was observed against what was predicted."""
    seen, told = numbers(table, "observed"), numbers(table, "predicted")
    known = np.isfinite(seen) & np.isfinite(told)

    def draw(canvas: Any) -> None:
        if not known.any():
            nothing(canvas, "nothing to compare")
            return
        axes = canvas.add_subplot()
        ends = [min(seen[known].min(), told[known].min()), max(seen[known].max(), told[known].max())]
        axes.plot(ends, ends, color=FAINT, lw=1)
        size = float(np.clip(3000 / known.sum(), 2, 20))
        axes.scatter(
            told[known], seen[known], s=size, color=TRUE, alpha=0.5, lw=0, rasterized=known.sum() > 2000
        )
        if ends[0] > 0 and ends[1] > 100 * ends[0]:
            log_axis(axes.xaxis)
            log_axis(axes.yaxis)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel(label(table, "predicted"))
        axes.set_ylabel(label(table, "observed"))
        plain(axes)

    return Figure(draw, "", "line: as predicted", (5.0, 4.6), table.simulated)


def importance(table: Table) -> Figure:
    """How much each input of a model counts, the most important above, by each way of telling."""
    frame = table.frame
    name = next(
        one for one in (*NAMES, *frame.columns) if one in frame.columns and str(frame[one].dtype) == "String"
    )
    ways = ways_of(table)
    frame = frame.sort(ways[0], descending=True, nulls_last=True).head(_BARS)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        at = np.arange(len(frame))
        high = 0.8 / len(ways)
        for number, way in enumerate(ways):
            values = frame[way].cast(float).fill_null(0.0).to_numpy()
            spread = f"{way}_spread" if f"{way}_spread" in frame.columns else ""
            error = frame[spread].cast(float).fill_null(0.0).to_numpy() if spread else None
            axes.barh(at + (number - (len(ways) - 1) / 2) * high, values, high * 0.9, xerr=error,
                      color=PALETTE[number % len(PALETTE)], ecolor=INK, label=label(table, way))  # fmt: skip
        axes.set_yticks(at, [str(one) for one in frame[name].to_list()])
        axes.invert_yaxis()
        axes.set_xlabel(label(table, ways[0]) if len(ways) == 1 else "importance")
        if len(ways) > 1:
            axes.legend(frameon=False, loc="lower right")
        axes.axvline(0, color=INK, lw=0.8)
        plain(axes)

    return Figure(draw, "", "", (WIDE, 1.0 + 0.26 * len(frame) * max(1, 0.6 * len(ways))), table.simulated)


def ways_of(table: Table) -> list[str]:
    """The columns that tell importance, each in its own way."""
    frame = table.frame
    if not any(str(dtype) == "String" for dtype in frame.dtypes):
        return []
    found = [one for one in frame.columns if "importance" in one and frame[one].dtype.is_numeric()]
    return [one for one in found if not one.endswith("_spread")]
