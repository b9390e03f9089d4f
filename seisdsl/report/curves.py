"""Curves of models of ground motion along distance, azimuth or magnitude: of one model, or of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seisdsl.data.figure import Figure
from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.report.residuals import label, log_axis, numbers, unit_text
from seisdsl.report.style import FAINT, INK, PALETTE, WIDE, plain

Values = NDArray[np.float64]
_COLUMNS = {"target", "magnitude", "predicted", "low", "high", "out_of_domain"}
_DASHES = ("-", "--", ":", "-.")
_NEAR = 0.25  # of magnitude: records within it are drawn beside a curve
_MOST = 4000  # records


def is_curves(value: Any) -> bool:
    """Whether it is a table of `motion-curves`."""
    return (
        isinstance(value, Table)
        and not isinstance(value, Flatfile)
        and _COLUMNS.issubset(value.frame.columns)
    )


def curves_of(values: Mapping[str, Any]) -> dict[str, Table]:
    """Those of some results that go into one picture: along the same, of the same target."""
    found = {name: one for name, one in values.items() if is_curves(one) and len(one)}
    first = next(iter(found.values()), None)
    return {name: one for name, one in found.items() if first is not None and _what(one) == _what(first)}


def several(values: Mapping[str, Any], beside: Flatfile | None = None) -> list[tuple[str, Figure]]:
    """The picture of two or more models; none of fewer."""
    found = curves_of(values)
    return [("what each model gives", curves(found, beside))] if len(found) > 1 else []


def curves(tables: Mapping[str, Table], beside: Flatfile | None = None) -> Figure:
    """Magnitudes by colour, models by dash. Of one model the interval, and the records `beside` it as
    they lie about its curves; of several the records as they were observed."""
    tables = dict(list(tables.items())[: len(_DASHES)])
    first = next(iter(tables.values()))
    along, target = _what(first)
    sizes = sorted({size for one in tables.values() for size in _sizes(one, along)})
    colours = {size: PALETTE[at % len(PALETTE)] for at, size in enumerate(sizes)}
    alone = len(tables) == 1
    points = _points(beside, first, along, target, alone) if beside is not None else []

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        for (name, table), dash in zip(tables.items(), _DASHES, strict=False):
            for size in _sizes(table, along):
                at, values = _curve(table, along, size)
                said = f"M {size:g}" if along != "magnitude" else None
                line = said if alone else name if size == _sizes(table, along)[0] else None
                outside = values["out_of_domain"] > 0
                axes.plot(at, values["predicted"], dash, color=colours[size], lw=0.9, alpha=0.55)
                inside = np.where(outside, np.nan, values["predicted"])
                axes.plot(at, inside, dash, color=colours[size], lw=2, label=line)
                if alone and np.isfinite(values["low"]).any():
                    axes.fill_between(
                        at, values["low"], values["high"], color=colours[size], alpha=0.13, lw=0
                    )
        for size, at, seen in points:
            dot = max(4.0, min(14.0, 3000 / len(at)))
            axes.scatter(at, seen, s=dot, color=colours[size], alpha=0.35, lw=0, zorder=1)
        if along == "distance":
            log_axis(axes.xaxis)
        if target != "intensity":
            log_axis(axes.yaxis)
        if along == "azimuth":
            axes.set_xticks(range(0, 361, 45))
            axes.set_xlim(0, 360)
        axes.set_xlabel(label(first, along))
        axes.set_ylabel(f"{_called(target)}{unit_text(first.columns['predicted'].unit)}")
        axes.grid(color=FAINT, lw=0.3, which="both")
        _keys(axes, {} if alone or along == "magnitude" else colours)
        plain(axes)

    return Figure(
        draw, "", _caption(tables, points, alone, along), (WIDE * 0.85, 4.3), _simulated(tables, beside)
    )


def _what(table: Table) -> tuple[str, str]:
    """What it is along, and what is predicted."""
    along = next((name for name in ("distance", "azimuth") if name in table.frame.columns), "magnitude")
    return along, str(table.frame["target"][0])


def _sizes(table: Table, along: str) -> list[float]:
    """The magnitudes that have curves; along the magnitude there is one curve, of none."""
    if along == "magnitude":
        return [0.0]
    return sorted(table.frame["magnitude"].unique().to_list())


def _curve(table: Table, along: str, size: float) -> tuple[Values, dict[str, Values]]:
    own = numbers(table, "magnitude") == size if along != "magnitude" else np.ones(len(table), bool)
    names = ("predicted", "low", "high", "out_of_domain")
    return numbers(table, along)[own], {name: numbers(table, name)[own] for name in names}


def _points(
    flat: Flatfile, table: Table, along: str, target: str, alone: bool
) -> list[tuple[float, Values, Values]]:
    """The records near each curve: `alone` the curve with their residuals, else as observed by distance."""
    wanted = "residual" if alone else target
    if (
        wanted not in flat.frame.columns
        or along not in flat.frame.columns
        or (not alone and along != "distance")
    ):
        return []
    at, size, values = numbers(flat, along), numbers(flat, "magnitude"), numbers(flat, wanted)
    found = []
    for one in _sizes(table, along):
        near = np.isfinite(at) & np.isfinite(values)
        near &= (np.abs(size - one) <= _NEAR) | (along == "magnitude")
        where, curve = _curve(table, along, one)
        near &= (at >= where.min()) & (at <= where.max())
        own = np.flatnonzero(near)
        own = own[:: len(own) // _MOST + 1]
        shown = values[own]
        if alone and target == "intensity":
            shown = np.interp(at[own], where, curve["predicted"]) + shown
        elif alone:
            shown = 10 ** (np.interp(at[own], where, np.log10(curve["predicted"])) + shown)
        found.append((one, at[own], shown))
    return [one for one in found if len(one[1])]


def _called(target: str) -> str:
    """`PSV at 0.3 s` of `psv_0_3`."""
    kind, _, period = target.partition("_")
    if target == "intensity":
        return "JMA intensity"
    digits = period.removeprefix("tail_").replace("_", ".")
    known = period and digits.replace(".", "", 1).isdigit()
    return (
        f"{kind.upper()} at {digits} s" if known else target.upper() if target in ("pga", "pgv") else target
    )


def _keys(axes: Any, colours: Mapping[float, str]) -> None:
    """What dashes are, or colours where there is one model, and beside it the colours."""
    from matplotlib.lines import Line2D

    handles, names = axes.get_legend_handles_labels()
    if colours:
        handles = [Line2D([], [], color=INK, ls=line.get_linestyle(), lw=2) for line in handles]
        handles += [Line2D([], [], color=colour, lw=2) for colour in colours.values()]
        names = [*names, *(f"M {size:g}" for size in colours)]
    if handles:
        axes.legend(handles, names, frameon=False, ncols=2 if len(handles) > 4 else 1)


def _caption(
    tables: Mapping[str, Table], points: list[tuple[float, Values, Values]], alone: bool, along: str
) -> str:
    said = []
    if any((numbers(one, "out_of_domain") > 0).any() for one in tables.values()):
        said.append("thin: learnt from nothing like it")
    if alone and any(np.isfinite(numbers(one, "low")).any() for one in tables.values()):
        said.append("shaded: interval of single records")
    if points:
        which = "records" if along == "magnitude" else f"records within {_NEAR:g} of the magnitude"
        lies = "what the model leaves over of them, about its curve" if alone else "as observed at any site"
        said.append(f"points: {which}, {lies}")
    return "; ".join(said)


def _simulated(tables: Mapping[str, Table], beside: Flatfile | None) -> bool:
    return any(one.simulated for one in tables.values()) or (beside is not None and beside.simulated)
