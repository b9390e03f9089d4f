"""Ticks of a logarithmic axis that are as many as can be read, however much it spans."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.ticker import LogLocator, MaxNLocator

_SHORT, _LONG = 0.7, 2.0  # decades: below, even steps; below the other, 1, 2, 5, 10


class Steps(LogLocator):
    """Powers of ten; over few decades 2 and 5 between them, over less than one even steps."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        low, high = sorted((vmin, vmax))
        if not (0 < low < high < math.inf):
            return super().tick_values(vmin, vmax)
        span = math.log10(high / low)
        if span < _SHORT:
            return MaxNLocator(4).tick_values(low, high)
        self.set_params(subs=(1.0, 2.0, 5.0) if span < _LONG else (1.0,))
        return super().tick_values(vmin, vmax)
