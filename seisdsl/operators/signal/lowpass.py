"""The operator `lowpass`."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency
from seisdsl.operator import Context, Facts, Operator, param
from seisdsl.operators.signal._corners import check_corner, filtered, ringing_context


class Lowpass(Operator, name="lowpass"):
    """Keep what is below a frequency: a Butterworth filter.

    Each recorded run is filtered on its own, from rest. Before taking fewer samples use `decimate` or
    `resample`, which filter as steeply as that needs.
    """

    cite = "Butterworth 1930, On the theory of filter amplifiers, Experimental Wireless 7, 536-541"
    example = "simulate two-events | lowpass 1Hz | show"
    tags = ("filter",)
    version = 1

    below: Frequency = param(..., "half-power point", above="0Hz")
    corners: int = param(4, "order of the filter", at_least=1, at_most=20)
    phase: Literal["causal", "zero"] = param(
        "causal", "filter forwards only, or forwards and backwards (twice the order)"
    )

    def context(self, piped: Facts) -> Context:
        return ringing_context(piped.rate, self.corners, 0.0, self.below, self.phase)

    def facts(self, piped: Facts) -> Facts:
        check_corner(self.below, piped.rate, "below")
        return piped

    def apply(self, waves: Waves) -> Waves:
        check_corner(self.below, waves.rate, "below")
        return filtered(waves, "lowpass", (self.below,), self.corners, self.phase)
