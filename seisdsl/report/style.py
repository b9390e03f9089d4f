"""The one style of all pictures: plain, fit for colour-blind readers, readable at 600 pixels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

NS = 1_000_000_000
SEA, LAND, INK, FAINT = "#f4f7f9", "#8c8c8c", "#222222", "#b8c0c6"
MARK = "#d55e00"  # Okabe and Ito's vermilion: what is found
TRUE = "#0072b2"  # and their blue: what is true
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
SCALE = "viridis"


def instants(times: Any) -> np.ndarray[Any, Any]:
    """Nanoseconds since 1970 as what a time axis takes."""
    return np.asarray(times, dtype="datetime64[ns]")


def time_axis(axes: Any, first: int, last: int) -> None:
    """UTC along the bottom, with the day in the label where the ticks do not tell it."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    axes.set_xlim(*instants([first, max(last, first + 1)]))
    day = datetime.fromtimestamp(first // NS, UTC)
    axes.set_xlabel(f"UTC, {day:%Y-%m-%d}" if last - first < 3 * 86400 * NS else f"UTC, from {day:%Y-%m-%d}")


def plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(direction="out", length=3)
