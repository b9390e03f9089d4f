"""The operator `highpass`."""

from __future__ import annotations

import math
from typing import Literal

from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency
from seisdsl.operator import Context, Facts, Operator, param
from seisdsl.operators.signal._corners import check_corner, filtered, ringing_context


class Highpass(Operator, name="highpass"):
    """Keep what is above a frequency: a Butterworth filter.

    It takes out drift and swell. Each recorded run is filtered on its own, from rest: an offset rings
    at its start, so `detrend` first.
    """

    cite = "Butterworth 1930, On the theory of filter amplifiers, Experimental Wireless 7, 536-541"
    example = "simulate two-events | highpass 1Hz | show"
    tags = ("filter",)
    version = 1

    above: Frequency = param(..., "half-power point", above="0Hz")
    corners: int = param(4, "order of the filter", at_least=1, at_most=20)
    phase: Literal["causal", "zero"] = param(
        "causal", "filter forwards only, or forwards and backwards (twice the order)"
    )

    def context(self, piped: Facts) -> Context:
        return ringing_context(piped.rate, self.corners, self.above, math.inf, self.phase)

    def facts(self, piped: Facts) -> Facts:
        check_corner(self.above, piped.rate, "above")
        return piped

    def apply(self, waves: Waves) -> Waves:
        check_corner(self.above, waves.rate, "above")
        return filtered(waves, "highpass", (self.above,), self.corners, self.phase)
