"""The operator `decimate`."""

from __future__ import annotations

from dataclasses import replace

from seisdsl.data.waves import Waves
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param

MOST = 16  # beyond it the filter's coefficients are too coarse
RINGING = 172  # samples that are kept: so long does the filter go on


class Decimate(Operator, name="decimate"):
    """Keep one sample in several, after a causal lowpass that lets nothing fold in.

    As obspy's: Chebyshev of the second kind, 96 dB down from the new Nyquist frequency on. It delays
    the signal; `resample` does not. The samples kept are those at whole multiples of the new interval
    since 1970, whatever part of a record is at hand; after a gap the first of them may come up to a
    new interval after the gap's end.
    """

    cite = "Beyreuther et al. 2010, doi:10.1785/gssrl.81.3.530"
    example = "simulate two-events | decimate 5 | show"
    tags = ("rate",)
    version = 2

    factor: int = param(..., "keep one sample in this many", at_least=2, at_most=MOST)

    def context(self, piped: Facts) -> Context:
        """The filter rings for a number of samples; how long that is, only the rate says."""
        return Context(before=RINGING * self.factor / piped.rate) if piped.rate else WHOLE

    def facts(self, piped: Facts) -> Facts:
        self._check()
        return piped.but(rate=piped.rate / self.factor if piped.rate else None)

    def _check(self) -> None:
        if not 2 <= self.factor <= MOST:
            raise Unsuitable(
                f"one sample in 2 to {MOST} can be kept at once, found {self.factor}",
                parameter="factor",
                notes=["decimate in several steps, or use `resample`"] if self.factor > MOST else [],
            )

    def apply(self, waves: Waves) -> Waves:
        from seisdsl.methods.signal import filters

        self._check()
        samples = filters.filtered(waves.samples, waves.mask, filters.anti_alias(self.factor))
        return replace(waves, samples=samples).cut(-waves.first % self.factor, waves.length, self.factor)
