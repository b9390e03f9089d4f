"""The operator `envelope`."""

from __future__ import annotations

import math
from dataclasses import replace

from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Time
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param

SHORTEST = 16  # samples of the filter to either side


class Envelope(Operator, name="envelope"):
    """The amplitude at each moment: the absolute value of the analytic signal.

    For tremor and other signals without clear onsets. `bandpass` first: the envelope of a broad
    band or of a record with an offset follows its slowest part. The part of the analytic signal that
    is a quarter of a period late comes from a finite filter, which reaches two periods of `lowest` to
    either side; of bandpassed records the envelope is that of the whole run's Fourier transform to
    10^-4 of the peak and better, but near the ends of a recorded run, where neither is to be trusted.
    """

    cite = (
        "Kanasewich 1981, Time Sequence Analysis in Geophysics, University of Alberta Press",
        "Kaiser 1974, Nonrecursive digital filter design using the I0-sinh window function",
    )
    example = "simulate two-events | bandpass 2..8Hz | envelope smooth=5s | show"
    tags = ("amplitude",)
    version = 2

    smooth: Time | None = param(None, "average over this time around each sample", above="0s")
    lowest: Frequency | None = param(
        None,
        "the lowest frequency that counts; a two-thousandth of the sampling rate if not given",
        above="0Hz",
    )

    def context(self, piped: Facts) -> Context:
        if piped.rate is None:
            return WHOLE
        time = self._reach(piped.rate) / piped.rate + (self.smooth or 0) / 2
        return Context(time, time)

    def facts(self, piped: Facts) -> Facts:
        if piped.rate:
            self._reach(piped.rate)
        return piped

    def _reach(self, rate: float) -> int:
        """Samples of the filter to either side."""
        reach = math.ceil(2 * rate / self.lowest) if self.lowest else 4000
        if reach < SHORTEST:
            raise Unsuitable(
                f"waves sampled at {rate:g} Hz have no quarter of a period to tell for frequencies "
                f"from {self.lowest:g} Hz on",
                parameter="lowest",
                repair=f"write lowest={rate / 100:g}Hz",
            )
        return reach

    def apply(self, waves: Waves) -> Waves:
        import torch

        from seisdsl.methods.pick.runs import runs
        from seisdsl.methods.signal.analytic import quarter_turned
        from seisdsl.methods.signal.runs import averaged

        found = runs(waves.mask)
        late = quarter_turned(waves.samples, found, self._reach(waves.rate))
        values = torch.hypot(waves.samples.double(), late)
        if half := waves.count((self.smooth or 0) / 2):
            values = averaged(values, waves.mask, found, half)
        return replace(waves, samples=values.to(waves.samples.dtype))
