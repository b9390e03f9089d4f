"""The operator `detrend`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.operator import Operator, param
from seisdsl.operators.signal._runs import known_runs
from seisdsl.operators.signal.recorded_runs import RecordedRuns


class Detrend(Operator, name="detrend"):
    """Take out the trend of each recorded run: the line that fits it best, or its mean.

    Before a filter, so that an offset does not ring. A large earthquake in a short run pulls the
    line; there the mean does less harm.
    """

    cite = ()
    example = "simulate two-events | detrend | bandpass 2..8Hz | show"
    tags = ("trend",)
    version = 2

    kind: Literal["linear", "constant"] = param("linear", "a line in least squares, or the mean")

    def survey(self) -> tuple[str, Operator]:
        """The trend is that of the whole run."""
        return "runs", RecordedRuns(moments=True)

    def apply(self, waves: Waves, *, runs: Table | None = None) -> Waves:
        import torch

        from seisdsl.methods.signal.runs import detrended

        known = known_runs(waves, RecordedRuns(moments=True).apply(waves) if runs is None else runs)
        slope = known.slope if self.kind == "linear" else torch.zeros_like(known.slope)
        samples = detrended(waves.samples, waves.mask, known.runs, known.mean, slope, known.middle)
        return replace(waves, samples=samples)
