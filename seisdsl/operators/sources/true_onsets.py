"""The operator `true-onsets`."""

from __future__ import annotations

from seisdsl.data.table import Picks
from seisdsl.data.truth import Truth
from seisdsl.data.waves import Waves
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param


class TrueOnsets(Operator, name="true-onsets"):
    """Give the true P and S onsets behind simulated waves, to judge picks by.

    Those in the time of the waves at the stations that are in them. The `score` of an onset is its
    expected peak over the noise: what hardly stands `above` it nobody picks. Real records carry no
    truth: their onsets are those that an analyst has picked, see `read-picks`.
    """

    example = "let waves = simulate two-events\nwaves | sta-lta on=4 | score truth=(waves | true-onsets)"
    tags = ("truth", "score", "picks")

    above: float = param(3.0, "expected peak over the noise, at least", at_least=0)

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Picks:
        import polars as pl

        known = waves.truth
        if not isinstance(known, Truth) or known.arrivals is None:
            raise Unsuitable("these waves are not simulated: nobody knows their true onsets")
        here = {f"{channel.network}.{channel.station}" for channel in waves.channels}
        onsets = known.arrivals.within(waves.span)
        station = pl.concat_str("network", "station", separator=".")
        return onsets.with_frame(
            onsets.frame.filter(station.is_in(sorted(here)), pl.col("score") >= self.above)
        )
