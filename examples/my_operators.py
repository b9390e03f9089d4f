"""Operators of one's own, for programs that say `use "my_operators.py"`."""

from __future__ import annotations

from seisdsl.data.table import Picks
from seisdsl.data.waves import Waves
from seisdsl.operator import Operator, Unsuitable, param


class TrueArrivals(Operator, name="true-arrivals"):
    """Give the true P and S onsets behind simulated waves, to judge a picker by.

    The `score` of an onset is how far it is expected to stand above the noise. Real records carry
    no truth and are refused.
    """

    example = 'use "my_operators.py"\nstream two-events | true-arrivals | count'
    tags = ("truth", "score")

    above: float = param(1.0, "leave out onsets that are expected to stand out less than this", at_least=0)

    def apply(self, waves: Waves) -> Picks:
        import polars as pl

        if waves.truth is None:
            raise Unsuitable("these waves are not simulated: nobody knows their true onsets")
        arrivals: Picks = waves.truth.arrivals
        stations = {f"{channel.network}.{channel.station}" for channel in waves.channels}
        time = pl.col("time").dt.timestamp("ns")
        return arrivals.with_frame(
            arrivals.frame.filter(
                (time >= waves.start) & (time < waves.span.end),
                pl.concat_str("network", "station", separator=".").is_in(list(stations)),
                pl.col("score") >= self.above,
            )
        )
