"""The operator `detrend`."""

from __future__ import annotations

import math
from typing import Literal

from seisdsl.data.waves import Waves
from seisdsl.operator import Context, Operator, param


class Detrend(Operator, name="detrend"):
    """Take out the trend of each recorded run: the line that fits it best, or its mean.

    Before a filter, so that an offset does not ring. A large earthquake in a short run pulls the
    line; there the mean does less harm.
    """

    cite = ()
    example = "simulate two-events | detrend | bandpass 2..8Hz | show"
    tags = ("trend",)
    version = 1

    kind: Literal["linear", "constant"] = param("linear", "a line in least squares, or the mean")

    def context(self) -> Context:
        """The trend is that of the whole run."""
        return Context(math.inf, math.inf)

    def apply(self, waves: Waves) -> Waves:
        from seisdsl.methods.signal.runs import detrended

        return waves.by_segment(lambda runs: detrended(runs, line=self.kind == "linear"))
