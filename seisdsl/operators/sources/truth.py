"""The operator `truth`."""

from __future__ import annotations

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param

LATER = 900  # seconds after the origin, within which all waves of an event have come


class TrueEvents(Operator, name="truth"):
    """Give the true events behind simulated waves, to judge a catalogue by.

    Those whose origin lies in the time of the waves, earthquakes and tremor alike, with how long they
    last, the energy they radiate, and at how many `stations` they stand above the noise. What no
    method can find is to be left out first: `where stations >= 3`. Real records carry no truth.
    """

    example = "simulate two-events | truth | show"
    tags = ("truth", "score", "catalogue")

    stations: int = param(1, "at which it stands above the noise, at least", at_least=0)

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Catalog:
        import polars as pl

        if waves.scene is None:
            raise Unsuitable(
                "these waves are not simulated: nobody knows what is in them",
                notes=["a catalogue of others is read by `read-catalog`"],
            )
        span = waves.span
        known = waves.scene(TimeRange(span.start, span.end + LATER * NS)).within(span)
        frame = known.frame.filter(pl.col("stations") >= self.stations)
        return Catalog(frame, known.extra, simulated=True)
