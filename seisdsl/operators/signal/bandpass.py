"""The operator `bandpass`."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Range
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.signal._corners import check_corner, filtered, ringing_context


class Bandpass(Operator, name="bandpass"):
    """Keep a band of frequencies: a Butterworth filter.

    Each recorded run is filtered on its own, from rest: an offset rings at its start, so `detrend`
    first. A causal filter leaves onsets where they begin but delays what follows; zero phase keeps
    times and spreads onsets to before they begin, which misleads pickers.
    """

    cite = "Butterworth 1930, On the theory of filter amplifiers, Experimental Wireless 7, 536-541"
    example = "simulate two-events | bandpass 2..8Hz corners=4 | show"
    tags = ("filter",)
    version = 1

    band: Range[Frequency] = param(..., "half-power points")
    corners: int = param(4, "order of the filter at either side", at_least=1, at_most=20)
    phase: Literal["causal", "zero"] = param(
        "causal", "filter forwards only, or forwards and backwards (twice the order)"
    )

    def context(self, piped: Facts) -> Context:
        return ringing_context(piped.rate, self.corners, self.band.low, self.band.high, self.phase)

    def facts(self, piped: Facts) -> Facts:
        self._check(piped.rate)
        return piped

    def _check(self, rate: float | None) -> None:
        low, high = self.band.low, self.band.high
        if low >= high:
            raise Unsuitable(
                f"the band ends at {high:g} Hz, which is not above {low:g} Hz where it begins",
                parameter="band",
                repair=f"write band={high:g}..{low:g}Hz" if high < low else "",
            )
        if low <= 0:
            raise Unsuitable(
                "a band begins above 0 Hz",
                parameter="band",
                notes=[f"`lowpass {high:g}Hz` keeps all below {high:g} Hz"],
            )
        check_corner(low, rate, "band")
        most = 0.45 * (rate or 0)
        check_corner(high, rate, "band", repair=f"write band={low:g}..{most:g}Hz" if low < most else "")

    def apply(self, waves: Waves) -> Waves:
        self._check(waves.rate)
        return filtered(waves, "bandpass", (self.band.low, self.band.high), self.corners, self.phase)
