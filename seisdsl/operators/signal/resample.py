"""The operator `resample`."""

from __future__ import annotations

import math
from dataclasses import replace

from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Frequency
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param


class Resample(Operator, name="resample"):
    """Bring waves to any sampling rate, without delay and without folding.

    Each new sample is a sum of old ones under a sinc in a Kaiser window: flat to 80 % of the lower
    of the two Nyquist frequencies, 120 dB down from it on. Every trace comes to lie on the common
    grid, and a recorded run is resampled on its own; its first and last 40 samples (of the lower
    rate) are less exact. Slow where the ratio of the rates is not one of whole numbers below about
    a thousand.
    """

    cite = (
        "Crochiere and Rabiner 1983, Multirate Digital Signal Processing, Prentice-Hall",
        "Kaiser 1974, Nonrecursive digital filter design using the I0-sinh window function",
    )
    example = "simulate two-events | resample 20Hz | show"
    tags = ("rate",)
    version = 1

    rate: Frequency = param(..., "new sampling rate", above="0Hz")

    def context(self) -> Context:
        """Forty samples of the lower rate: the new one, or the old one that is not known here."""
        return Context(math.inf, math.inf)

    def facts(self, piped: Facts) -> Facts:
        self._check()
        return piped.but(rate=self.rate)

    def _check(self) -> None:
        if not 0 < self.rate < math.inf:
            raise Unsuitable(f"a sampling rate lies above 0 Hz, found {self.rate:g} Hz", parameter="rate")

    def apply(self, waves: Waves) -> Waves:
        from fractions import Fraction

        import torch

        from seisdsl.methods.signal.resampling import resampled

        self._check()
        if self.rate == waves.rate and not any(waves.offsets):
            return waves
        late = torch.tensor(waves.offsets, dtype=torch.float64, device=waves.samples.device)
        ratio = Fraction(waves.rate / self.rate).limit_denominator(1_000_000)
        samples, mask = resampled(waves.samples, waves.mask, ratio, late * (waves.rate / NS))
        return replace(waves, samples=samples, mask=mask, rate=self.rate, offsets=(0,) * len(waves.channels))
