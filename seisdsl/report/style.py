"""The one style of all pictures: plain, fit for colour-blind readers, readable at 600 pixels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

NS = 1_000_000_000
SEA, LAND, INK, FAINT, GAP = "#f4f7f9", "#8c8c8c", "#222222", "#b8c0c6", "#e3e7ea"
STATION = "#8a949b"
MARK = "#d55e00"  # Okabe and Ito's vermilion: what is found
TRENCH = "#5b6770"
TRUE = "#0072b2"  # and their blue: what is true
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
SCALE = "viridis"
SCALE_BOTH = "PuOr"  # about nought
WIDE = 7.0  # inches: letters of 8 points are still read at 600 pixels


def instants(times: Any) -> np.ndarray[Any, Any]:
    """Nanoseconds since 1970 as what a time axis takes."""
    return np.asarray(times, dtype="datetime64[ns]")


def time_axis(axes: Any, first: int, last: int, *, narrow: bool = False) -> None:
    """UTC along the bottom, with the day in the label where the ticks do not tell it."""
    from matplotlib.dates import MINUTELY, SECONDLY, AutoDateLocator, DateFormatter

    locator = AutoDateLocator(minticks=2 if narrow else 3, maxticks=5 if narrow else 7)  # type: ignore[no-untyped-call]
    locator.intervald |= {MINUTELY: [1, 2, 5, 10, 15, 30], SECONDLY: [1, 2, 5, 10, 15, 30]}
    axes.xaxis.set_major_locator(locator)
    form = _form(last - first, narrow)
    axes.xaxis.set_major_formatter(DateFormatter(form, tz=UTC))  # type: ignore[no-untyped-call]
    if narrow:
        axes.tick_params(axis="x", labelrotation=35, labelsize=8)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_xlim(*instants([first, max(last, first + 1)]))
    day = datetime.fromtimestamp((first + (last - first) // 20) // NS, UTC)  # past the edge of the axis
    until = "" if last - first < 3 * 86400 * NS else "from "
    axes.set_xlabel("UTC" if "%Y" in form else f"UTC, {until}{day:%Y-%m-%d}")


def _form(length: int, narrow: bool) -> str:
    """How times are written on an axis of this length in nanoseconds."""
    day = 86400
    forms = [(4, "%H:%M:%S.%f"), (900, "%H:%M:%S"), (1.5 * day, "%H:%M"), (20 * day, "%m-%d %H:%M"),
             (3000 * day, "%Y-%m-%d")]  # fmt: skip
    if narrow:
        forms = [(900, "%H:%M:%S"), (1.5 * day, "%H:%M"), (60 * day, "%m-%d"), (730 * day, "%Y-%m")]
    return next((form for most, form in forms if length <= most * NS), "%Y")


def outlined() -> list[Any]:
    """Effects that make dark lines and letters legible on dark colours."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="white", alpha=0.8)]


def plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(direction="out", length=3)


def colour_of_phase(phase: str, phases: Sequence[str] = ()) -> tuple[str, Any]:
    """Colour and dash of a phase: what is told by colour is told by dash too."""
    if phase[:1].upper() in ("P", "S"):
        return (MARK, "-") if phase[:1].upper() == "P" else (TRUE, (0, (3, 1)))
    others = [one for one in phases if one[:1].upper() not in ("P", "S")]
    return PALETTE[2 + (others.index(phase) if phase in others else 0) % 4], ":"


def nothing(canvas: Any, said: str) -> None:
    """A picture of what is empty."""
    axes = canvas.add_subplot()
    axes.set_axis_off()
    axes.text(0.5, 0.5, said, ha="center", va="center", transform=axes.transAxes)


_SMALL = ("", "m", "µ", "n", "p")


def quantity(value: float, unit: str) -> str:
    """A number with its unit, in thousandths of metres and less where it is small: `40 µm/s`."""
    power = 0
    if unit.startswith("m") and not unit.startswith(("mi", "mo", "mm")):
        while 0 < abs(value) < 1 and power < len(_SMALL) - 1:
            value, power = value * 1000, power + 1
    return f"{value:.3g} {_SMALL[power]}{unit.replace('^2', '²')}".strip()
