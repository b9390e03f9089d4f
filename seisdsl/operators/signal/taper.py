"""The operator `taper`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Ratio, Time
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.signal._runs import known_runs
from seisdsl.operators.signal.recorded_runs import RecordedRuns


class Taper(Operator, name="taper"):
    """Let each recorded run rise from zero at its start and fall to zero at its end.

    Before a filter or a Fourier transform, so that the ends do not ring. What lies under the taper
    is lost to amplitudes. The weights are those of obspy.
    """

    cite = ()
    example = "simulate two-events | detrend | taper 5% | highpass 1Hz | show"
    tags = ("ends",)
    version = 1

    fraction: Ratio = param("5%", "of a run, at either side", at_least="0%", at_most="50%")
    longest: Time | None = param(None, "a side is never longer than this", above="0s")
    shape: Literal["hann", "cosine"] = param(
        "hann", "weight one is reached just inside the taper, or at its last sample"
    )

    def survey(self) -> tuple[str, Operator]:
        """The ends are those of the whole run."""
        return "runs", RecordedRuns()

    def facts(self, piped: Facts) -> Facts:
        self._check()
        return piped

    def _check(self) -> None:
        if not 0 <= self.fraction <= 0.5:
            raise Unsuitable(
                f"a side of a taper is 0 to 50 % of a run, found {100 * self.fraction:g} %",
                parameter="fraction",
                repair="write fraction=50%",
            )

    def apply(self, waves: Waves, *, runs: Table | None = None) -> Waves:
        from seisdsl.methods.signal.runs import tapered

        self._check()
        longest = math.inf if self.longest is None else self.longest * waves.rate
        known = known_runs(waves, RecordedRuns().apply(waves) if runs is None else runs)
        side = (known.count * self.fraction).clamp(max=longest).long()
        samples = tapered(
            waves.samples, waves.mask, known.runs, known.first, known.count, side, shape=self.shape
        )
        return replace(waves, samples=samples)
