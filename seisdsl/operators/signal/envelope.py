"""The operator `envelope`."""

from __future__ import annotations

import math

from seisdsl.data.waves import Waves
from seisdsl.language.types import Time
from seisdsl.operator import Context, Operator, param


class Envelope(Operator, name="envelope"):
    """The amplitude at each moment: the absolute value of the analytic signal.

    For tremor and other signals without clear onsets. `bandpass` first: the envelope of a broad
    band or of a record with an offset follows its slowest part. Each recorded run is transformed
    as a whole, and near its ends the envelope is not to be trusted.
    """

    cite = "Kanasewich 1981, Time Sequence Analysis in Geophysics, University of Alberta Press"
    example = "simulate two-events | bandpass 2..8Hz | envelope smooth=5s | show"
    tags = ("amplitude",)
    version = 1

    smooth: Time | None = param(None, "average over this time around each sample", above="0s")

    def context(self) -> Context:
        """The transform is that of the whole run."""
        return Context(math.inf, math.inf)

    def apply(self, waves: Waves) -> Waves:
        from seisdsl.methods.signal.runs import envelope

        half = waves.count((self.smooth or 0) / 2)
        return waves.by_segment(lambda runs: envelope(runs, half))
