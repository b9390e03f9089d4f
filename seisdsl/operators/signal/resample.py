"""The operator `resample`."""

from __future__ import annotations

import math
from dataclasses import replace

from seisdsl.data.grid import Grid
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.signal._grid import aside, late_by_run, steady_runs


class Resample(Operator, name="resample"):
    """Bring waves to any sampling rate, without delay and without folding.

    Each new sample is a sum of old ones under a sinc in a Kaiser window: flat to 80 % of the lower
    of the two Nyquist frequencies, 120 dB down from it on. The new samples lie at whole multiples
    of the new interval since 1970, of every trace alike. A recorded run is resampled on its own; its
    first and last 40 samples (of the lower rate) are less exact. Slow where the ratio of the rates
    is not one of whole numbers below about a thousand.
    """

    cite = (
        "Crochiere and Rabiner 1983, Multirate Digital Signal Processing, Prentice-Hall",
        "Kaiser 1974, Nonrecursive digital filter design using the I0-sinh window function",
    )
    example = "simulate two-events | resample 20Hz | show"
    tags = ("rate",)
    version = 2

    rate: Frequency = param(..., "new sampling rate", above="0Hz")

    def context(self, piped: Facts) -> Context:
        """Forty samples of the lower rate, and what old samples may lie beside the grid."""
        from seisdsl.methods.signal.resampling import SIDE

        if piped.rate is None:
            return WHOLE
        reach = (SIDE + 1) / min(self.rate, piped.rate) + 2 / piped.rate
        return Context(reach, reach)

    def facts(self, piped: Facts) -> Facts:
        self._check()
        return piped.but(rate=self.rate)

    def _check(self) -> None:
        if not 0 < self.rate < math.inf:
            raise Unsuitable(f"a sampling rate lies above 0 Hz, found {self.rate:g} Hz", parameter="rate")

    def apply(self, waves: Waves) -> Waves:
        from seisdsl.methods.signal.resampling import resampled_runs

        self._check()
        if self.rate == waves.rate and not any(waves.lateness) and not aside(waves):
            return waves
        new = Grid(self.rate)
        ratio = Grid(waves.rate).exact / new.exact
        number = math.ceil(waves.first / ratio)
        runs = steady_runs(waves)
        late = late_by_run(waves, runs)
        samples, mask = resampled_runs(waves.samples, runs, ratio, late, number * ratio - waves.first)
        return replace(waves, samples=samples, mask=mask, rate=self.rate, start=new.time(number), lateness=())
