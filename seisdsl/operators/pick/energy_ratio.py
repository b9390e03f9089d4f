"""The operator `energy-ratio`."""

from __future__ import annotations

from dataclasses import replace

from seisdsl.data.waves import Waves
from seisdsl.operator import Facts
from seisdsl.operators.pick._averages import EnergyAverages


class EnergyRatio(EnergyAverages, name="energy-ratio"):
    """The ratio of short-term to long-term energy, STA/LTA, as a trace of its own.

    For looking at it, or for `trigger on=3.5 scale=none`; `sta-lta` picks from it directly. It
    rises where something begins and says nothing of what lasts. It is zero until `long` has been
    recorded without a gap.
    """

    cite = (
        "Allen 1978, doi:10.1785/BSSA0680051521",
        "Withers et al. 1998, doi:10.1785/BSSA0880010095",
    )
    example = "simulate two-events | energy-ratio | trigger on=3.5 scale=none"
    tags = ("pick", "characteristic function", "STA/LTA")
    version = 2

    def facts(self, piped: Facts) -> Facts:
        if piped.rate:
            self.check_rate(piped.rate)
        return piped

    def apply(self, waves: Waves) -> Waves:
        from seisdsl.methods.pick.stalta import ratios

        self.check_rate(waves.rate)
        short, long = waves.count(self.short), waves.count(self.long)
        values = ratios(waves.samples, waves.mask, short, long, self.method)
        return replace(waves, samples=values, unit="ratio")
