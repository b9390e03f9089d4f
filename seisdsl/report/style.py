"""The one style of all pictures: plain, fit for colour-blind readers, readable at 600 pixels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

NS = 1_000_000_000
SEA, LAND, INK, FAINT, GAP = "#f4f7f9", "#8c8c8c", "#222222", "#b8c0c6", "#e3e7ea"
MARK = "#d55e00"  # Okabe and Ito's vermilion: what is found
TRUE = "#0072b2"  # and their blue: what is true
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
SCALE = "viridis"


def instants(times: Any) -> np.ndarray[Any, Any]:
    """Nanoseconds since 1970 as what a time axis takes."""
    return np.asarray(times, dtype="datetime64[ns]")


def time_axis(axes: Any, first: int, last: int) -> None:
    """UTC along the bottom, with the day in the label where the ticks do not tell it."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter(_form(last - first), tz=UTC))  # type: ignore[no-untyped-call]
    axes.set_xlim(*instants([first, max(last, first + 1)]))
    day = datetime.fromtimestamp((first + (last - first) // 20) // NS, UTC)  # past the edge of the axis
    axes.set_xlabel(f"UTC, {day:%Y-%m-%d}" if last - first < 3 * 86400 * NS else f"UTC, from {day:%Y-%m-%d}")


def _form(length: int) -> str:
    """How times are written on an axis of this length in nanoseconds."""
    for most, form in (
        (4, "%H:%M:%S.%f"),
        (900, "%H:%M:%S"),
        (36 * 3600, "%H:%M"),
        (20 * 86400, "%m-%d %H:%M"),
    ):
        if length <= most * NS:
            return form
    return "%Y-%m-%d" if length <= 3000 * 86400 * NS else "%Y"


def plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(direction="out", length=3)
